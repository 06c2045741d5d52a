//! The data source `terraform_remote_state`: the outputs of another state.

use std::sync::Arc;

use async_trait::async_trait;
use model::convert::{ConvertError, convert};
use model::{Attribute, AttributeKind, Block, Path, Schema, Str, Type, Value, json};
use provider::{Call, DataSource, ErrorKind, ProviderError, text, with_attributes};
use state::{OutputState, StateSnapshot};

/// A place where states are kept, as `terraform_remote_state` reaches it.
#[async_trait]
pub trait RemoteBackend: Send + Sync {
    /// The name that `backend` takes: `local`, `s3`.
    fn name(&self) -> &str;

    /// What `config` may hold.
    fn arguments(&self) -> &Block;

    /// Checks the arguments beyond their types; they are of the block's type and wholly known.
    fn validate(&self, _arguments: &Value) -> Vec<ProviderError> {
        Vec::new()
    }

    /// Reads the state of a workspace; nothing where none was ever written.
    async fn read(
        &self,
        call: Call<'_>,
        arguments: &Value,
        workspace: &str,
    ) -> Result<Option<StateSnapshot>, ProviderError>;
}

/// The data source.
pub(crate) struct RemoteState {
    schema: Schema,
    backends: Vec<Arc<dyn RemoteBackend>>,
}

impl RemoteState {
    pub(crate) fn new(backends: Vec<Arc<dyn RemoteBackend>>) -> RemoteState {
        let block = Block::new("Reads the root module's outputs of another state.")
            .attr(
                "backend",
                Attribute::required(
                    Type::String,
                    "The backend that keeps the state: `local`, `http` or `pg`.",
                ),
            )
            .attr("config", Attribute::optional(Type::Dynamic, "The backend's arguments, as an object."))
            .attr(
                "defaults",
                Attribute::optional(Type::Dynamic, "Outputs to assume where the state lacks them."),
            )
            .attr("outputs", Attribute::computed(Type::Dynamic, "An object of every output."))
            .attr(
                "workspace",
                Attribute::optional(Type::String, "The workspace to read; `default` if left out."),
            );
        RemoteState { schema: Schema::new(block), backends }
    }

    fn backend(&self, config: &Value) -> Result<&dyn RemoteBackend, ProviderError> {
        let name = text(config, "backend").unwrap_or_default();
        let found = self.backends.iter().find(|b| b.name() == name);
        found.map(|b| &**b).ok_or_else(|| self.no_backend(name))
    }

    fn no_backend(&self, name: &str) -> ProviderError {
        let available: Vec<String> = self.backends.iter().map(|b| format!("{:?}", b.name())).collect();
        let detail =
            format!("There is no backend type named {name:?}. Available are: {}.", available.join(", "));
        invalid_config(detail).at(Path::of_attr("backend"))
    }
}

fn invalid_config(detail: String) -> ProviderError {
    ProviderError::invalid("Invalid backend configuration", detail)
}

/// Converts what the configuration gives to the backend's arguments.
fn arguments(backend: &dyn RemoteBackend, config: &Value) -> Result<Value, ProviderError> {
    let given = config.get("config").filter(|c| !c.is_null());
    let empty = Value::object::<Str>([]);
    object_of(backend.arguments(), given.unwrap_or(&empty)).map_err(|why| {
        let name = backend.name();
        let detail = format!("The given configuration is not valid for backend {name:?}: {why}.");
        invalid_config(detail).at(Path::of_attr("config"))
    })
}

/// A value as an object of a block's attributes, or what is wrong with it.
fn object_of(block: &Block, given: &Value) -> Result<Value, String> {
    let entries = given.as_entries().ok_or("an object is required")?;
    if let Some((name, _)) = entries.iter().find(|(name, _)| !block.attributes.contains_key(name)) {
        return Err(format!("unexpected attribute {name:?}"));
    }
    let converted = block.attributes.iter().map(|(name, attribute)| {
        let value = argument(name, attribute, given.get(name))?;
        Ok((name.clone(), value))
    });
    Ok(Value::object(converted.collect::<Result<Vec<_>, String>>()?))
}

fn argument(name: &str, attribute: &Attribute, given: Option<&Value>) -> Result<Value, String> {
    match given.filter(|v| !v.is_null()) {
        Some(given) => convert(given, &attribute.ty).map_err(|error| located(name, error)),
        None if attribute.kind == AttributeKind::Required => Err(format!("attribute {name:?} is required")),
        None => Ok(Value::null_of(attribute.ty.clone())),
    }
}

fn located(name: &str, error: ConvertError) -> String {
    format!(".{name}{}: {}", error.path, error.message)
}

fn wrong_defaults(config: &Value) -> Option<ProviderError> {
    let defaults = config.get("defaults")?;
    let wrong = defaults.is_known() && !defaults.is_null() && defaults.as_entries().is_none();
    wrong.then(|| {
        ProviderError::invalid("Invalid default values", "Defaults must be given in an object value.")
            .at(Path::of_attr("defaults"))
    })
}

/// The value of an output, as the state has it.
fn output(name: &str, state: &OutputState) -> Result<Value, ProviderError> {
    let unreadable = || {
        let detail =
            format!("The state's output value {name:?} is not of the type that is stored beside it.");
        ProviderError::invalid("Invalid output in state", detail)
    };
    let ty = serde_json::from_str(&state.ty).ok().and_then(|ty| json::type_from_json(&ty));
    json::read(&state.value, &ty.ok_or_else(unreadable)?).map_err(|_| unreadable())
}

fn not_found(config: &Value) -> ProviderError {
    let error = ProviderError::new(
        ErrorKind::NotFound,
        "Unable to find remote state",
        "No stored state was found for the given workspace in the given backend.",
    );
    match text(config, "workspace") {
        Some(_) => error.at(Path::of_attr("workspace")),
        None => error,
    }
}

#[async_trait]
impl DataSource for RemoteState {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Vec<ProviderError> {
        let mut errors: Vec<ProviderError> = Vec::new();
        let part_is_known = |name: &str| config.get(name).is_some_and(Value::is_wholly_known);
        if part_is_known("backend") {
            match self.backend(config) {
                Ok(backend) if part_is_known("config") => match arguments(backend, config) {
                    Ok(arguments) => errors.extend(backend.validate(&arguments)),
                    Err(error) => errors.push(error),
                },
                Ok(_) => {}
                Err(error) => errors.push(error),
            }
        }
        errors.extend(wrong_defaults(config));
        errors
    }

    async fn read(&self, call: Call<'_>, config: &Value) -> Result<Value, ProviderError> {
        if let Some(error) = self.validate(config).into_iter().find(|e| !e.warning) {
            return Err(error);
        }
        let backend = self.backend(config)?;
        let arguments = arguments(backend, config)?;
        let workspace = text(config, "workspace").filter(|w| !w.is_empty()).unwrap_or("default");
        let state = backend.read(call, &arguments, workspace).await?.ok_or_else(|| not_found(config))?;
        let mut outputs = default_outputs(config);
        for (name, recorded) in &state.outputs {
            outputs.push((name.clone(), output(name, recorded)?));
        }
        Ok(with_attributes(config, [("outputs", Value::object(outputs))]))
    }
}

fn default_outputs(config: &Value) -> Vec<(Str, Value)> {
    config.get("defaults").and_then(Value::as_entries).unwrap_or_default().to_vec()
}

#[cfg(test)]
mod tests;
