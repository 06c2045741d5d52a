//! States behind an HTTP address and in PostgreSQL, as `terraform_remote_state` reads them.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use model::{Attribute, Block, Type, Value, convert};
use provider::{Call, ProviderError};
use state::{
    Arguments, Backend, BackendError, BackendType, HttpBackend, HttpSettings, PgBackend, PgSettings,
    StateSnapshot, Store,
};

use crate::RemoteBackend;
use crate::local_state::unreadable;

/// A backend that keeps states where its arguments say.
pub(crate) struct Elsewhere {
    name: &'static str,
    arguments: Block,
    open: Open,
}

/// Gives the keeper of a workspace's state.
type Open = fn(Call<'_>, &Value, &str) -> Result<Arc<dyn Backend>, ProviderError>;

impl Elsewhere {
    /// The backend `http`.
    pub(crate) fn http() -> Elsewhere {
        let arguments = Block::new("A state behind an HTTP address.")
            .attr("address", text("Where the state is; TF_HTTP_ADDRESS if left out."))
            .attr("update_method", text("How it is written."))
            .attr("lock_address", text("Where its lock is taken."))
            .attr("lock_method", text("How its lock is taken."))
            .attr("unlock_address", text("Where its lock is given back."))
            .attr("unlock_method", text("How its lock is given back."))
            .attr("username", text("Who asks; TF_HTTP_USERNAME if left out."))
            .attr("password", text("The password; TF_HTTP_PASSWORD if left out."))
            .attr("skip_cert_verification", flag("Whether the server's certificate is believed unseen."))
            .attr("retry_max", number("How often a request is repeated that the server could not answer."))
            .attr("retry_wait_min", number("Seconds to wait at least before that."))
            .attr("retry_wait_max", number("Seconds to wait at most before that."));
        Elsewhere { name: "http", arguments, open: open_http }
    }

    /// The backend `pg`.
    pub(crate) fn pg() -> Elsewhere {
        let arguments = Block::new("States in PostgreSQL.")
            .attr("conn_str", text("The database, as postgres://USER@HOST/NAME; PG_CONN_STR if left out."))
            .attr("schema_name", text("The schema that holds the tables."))
            .attr("skip_schema_creation", flag("Whether somebody else makes the schema."))
            .attr("skip_table_creation", flag("Whether somebody else makes the tables."))
            .attr("skip_index_creation", flag("Whether somebody else makes the index."));
        Elsewhere { name: "pg", arguments, open: open_pg }
    }
}

fn open_http(call: Call<'_>, arguments: &Value, workspace: &str) -> Result<Arc<dyn Backend>, ProviderError> {
    if workspace != "default" {
        let detail = "The backend \"http\" keeps one state only, and that is the workspace \"default\".";
        return Err(ProviderError::invalid("Workspaces not supported", detail));
    }
    let memory = call.around.current_dir().join(".terraform");
    let settings = told(call, arguments, |given| HttpSettings::read(given, &memory))?;
    Ok(Arc::new(HttpBackend::new(settings).map_err(|e| unusable(&e))?))
}

fn open_pg(call: Call<'_>, arguments: &Value, workspace: &str) -> Result<Arc<dyn Backend>, ProviderError> {
    let settings = told(call, arguments, PgSettings::read)?;
    Ok(Arc::new(PgBackend::new(settings, workspace).map_err(|e| unusable(&e))?))
}

fn text(about: &str) -> Attribute {
    Attribute::optional(Type::String, about)
}

fn flag(about: &str) -> Attribute {
    Attribute::optional(Type::Bool, about)
}

fn number(about: &str) -> Attribute {
    Attribute::optional(Type::Number, about)
}

/// What a backend is told by known arguments, and by the environment where they are silent.
fn told<T>(
    call: Call<'_>,
    arguments: &Value,
    read: impl FnOnce(Arguments<'_>) -> Result<T, BackendError>,
) -> Result<T, ProviderError> {
    let entries = arguments.as_entries().unwrap_or_default().iter();
    let given: BTreeMap<String, String> =
        entries.filter_map(|(name, v)| Some((name.to_string(), words(v)?))).collect();
    let variable = |name: &str| call.around.env(name);
    read(Arguments { given: &given, variable: &variable }).map_err(|e| unusable(&e))
}

/// A value as it is written, or as JSON; nothing of null.
fn words(value: &Value) -> Option<String> {
    match convert::convert(value, &Type::String) {
        Ok(text) => text.as_str().map(|text| text.to_string()),
        Err(_) => model::json::to_string(value).ok(),
    }
}

fn unusable(error: &BackendError) -> ProviderError {
    ProviderError::invalid("Invalid backend configuration", format!("The backend cannot be used: {error}."))
}

#[async_trait]
impl RemoteBackend for Elsewhere {
    fn name(&self) -> &str {
        self.name
    }

    fn arguments(&self) -> &Block {
        &self.arguments
    }

    async fn read(
        &self,
        call: Call<'_>,
        arguments: &Value,
        workspace: &str,
    ) -> Result<Option<StateSnapshot>, ProviderError> {
        let backend = (self.open)(call, arguments, workspace)?;
        Ok(Store::new(backend).read().await.map_err(unreadable)?.snapshot)
    }
}

/// The states of a type of backend that a cloud brings.
pub(crate) struct OfType(pub(crate) Arc<dyn BackendType>);

#[async_trait]
impl RemoteBackend for OfType {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn arguments(&self) -> &Block {
        self.0.arguments()
    }

    async fn read(
        &self,
        call: Call<'_>,
        arguments: &Value,
        workspace: &str,
    ) -> Result<Option<StateSnapshot>, ProviderError> {
        let place = told(call, arguments, |given| self.0.place(given))?;
        Ok(Store::new(place.open(workspace)).read().await.map_err(unreadable)?.snapshot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_argument_of_a_backend_can_be_given() {
        for (backend, names) in
            [(Elsewhere::http(), HttpSettings::ARGUMENTS), (Elsewhere::pg(), PgSettings::ARGUMENTS)]
        {
            let mut known: Vec<&str> = names.to_vec();
            known.sort_unstable();
            assert!(backend.arguments.attributes.keys().map(|k| &**k).eq(known), "{}", backend.name);
        }
    }
}
