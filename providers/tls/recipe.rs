//! What all resource types of keys and certificates have in common: made once, kept in the state, made anew with other
//! arguments.

use async_trait::async_trait;
use model::instant::Instant;
use model::{AttributeKind, Block, Path, Schema, Type, Value};
use provider::{
    Call, CreateClass, ErrorKind, Failed, Object, PlanRequest, PlannedChange, ProviderError, ResourceType,
    changed, text, with_attributes,
};

/// Values of attributes by name.
pub(crate) type Given = Vec<(&'static str, Value)>;

/// The attribute that says that a certificate's time is over, or nearly.
pub(crate) const READY: &str = "ready_for_renewal";

/// What is peculiar to one type.
pub(crate) trait Recipe: Send + Sync + 'static {
    /// The version of the stored form.
    const VERSION: u64 = 0;

    /// The arguments whose change makes another object.
    const REPLACING: &'static [&'static str];

    /// The arguments, and what is made of them.
    fn block(&self) -> Block;

    /// What arguments that are left out are.
    const DEFAULTS: &'static [(&'static str, Default)] = &[];

    /// Checks arguments, which may be unknown in part.
    fn check(&self, config: &Value) -> Vec<ProviderError>;

    /// Makes every computed attribute. `config` has what is never stored.
    fn make(&self, call: Call<'_>, planned: &Value, config: &Value) -> Result<Given, ProviderError>;

    /// Whether the object has had its time.
    fn is_due(&self, _object: &Value, _now: Instant) -> bool {
        false
    }

    /// Brings an older stored form to the current one: the attributes to set.
    fn upgrade(&self, _stored: &serde_json::Value) -> Result<Given, ProviderError> {
        Ok(Vec::new())
    }
}

/// What an argument that is left out is.
#[derive(Clone, Copy)]
pub(crate) enum Default {
    /// A number.
    Number(i64),
    /// A text.
    Text(&'static str),
    /// `true` or `false`
    Bool(bool),
}

impl Default {
    pub(crate) fn value(self) -> Value {
        match self {
            Default::Number(n) => Value::number(n),
            Default::Text(text) => Value::string(text),
            Default::Bool(b) => Value::bool(b),
        }
    }
}

/// A resource type made of a recipe.
pub(crate) struct Made<R> {
    recipe: R,
    schema: Schema,
}

impl<R: Recipe> Made<R> {
    pub(crate) fn new(recipe: R) -> Made<R> {
        Made { schema: Schema { version: R::VERSION, block: recipe.block() }, recipe }
    }

    /// The arguments with those filled in that are left out.
    fn completed(&self, arguments: &Value, config: &Value) -> Value {
        let left = R::DEFAULTS.iter().filter(|(name, _)| config.get(name).is_some_and(Value::is_null));
        with_attributes(arguments, left.map(|(name, default)| (*name, default.value())))
    }

    /// What only making the object tells.
    fn unknown(&self) -> impl Iterator<Item = (&str, Value)> {
        let computed = self.schema.block.attributes.iter().filter(|(_, a)| a.kind == AttributeKind::Computed);
        computed
            .filter(|(name, _)| &***name != READY)
            .map(|(name, a)| (&**name, Value::unknown_not_null(a.ty.clone())))
    }

    /// Whether the object's time can be over, so that it says so.
    fn renews(&self) -> bool {
        self.schema.block.attributes.contains_key(READY)
    }

    fn first_error(&self, arguments: &Value) -> Result<(), ProviderError> {
        self.recipe.check(arguments).into_iter().find(|e| !e.warning).map_or(Ok(()), Err)
    }
}

fn now(call: Call<'_>) -> Instant {
    Instant::from_unix_ns(call.around.now_ns())
}

/// The arguments whose change makes another object. Where a key was stored as a digest, as very old versions of Terraform's
/// provider did, or an argument that is new was not stored at all, nothing tells that it changed.
fn replacing(prior: &Value, planned: &Value, names: &[&str]) -> Vec<Path> {
    let counts = |name: &&str| match name.ends_with("_pem") {
        true => text(prior, name).is_none_or(|stored| stored.contains("-----BEGIN ")),
        false => *name != "max_path_length" || prior.get(name).is_some_and(|v| !v.is_null()),
    };
    changed(prior, planned, names.iter().copied().filter(counts))
}

#[async_trait]
impl<R: Recipe> ResourceType for Made<R> {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn create_class(&self) -> CreateClass {
        CreateClass::StateOnly
    }

    fn validate(&self, config: &Value) -> Vec<ProviderError> {
        self.recipe.check(config)
    }

    async fn plan(&self, call: Call<'_>, request: PlanRequest<'_>) -> Result<PlannedChange, ProviderError> {
        let mut planned = self.completed(request.proposed, request.config);
        if self.renews() {
            planned = with_attributes(&planned, [(READY, Value::bool(false))]);
        }
        let Some(prior) = request.prior else {
            return Ok(PlannedChange::in_place(with_attributes(&planned, self.unknown())));
        };
        let mut requires_replace = replacing(prior, &planned, R::REPLACING);
        if self.recipe.is_due(&planned, now(call)) {
            planned = with_attributes(&planned, [(READY, Value::unknown_not_null(Type::Bool))]);
            requires_replace.push(Path::of_attr(READY));
        }
        if !requires_replace.is_empty() {
            planned = with_attributes(&planned, self.unknown());
        }
        Ok(PlannedChange { planned, requires_replace })
    }

    async fn create(&self, call: Call<'_>, planned: &Value, config: &Value) -> Result<Object, Failed> {
        // Arguments that were unknown when they were checked first.
        self.first_error(config)?;
        let made = self.recipe.make(call, planned, config)?;
        let ready = self.renews().then_some((READY, Value::bool(false)));
        Ok(with_attributes(planned, made.into_iter().chain(ready)).into())
    }

    /// Nothing outside can change it; only its time may be over.
    async fn read(&self, call: Call<'_>, prior: &Object) -> Result<Option<Object>, ProviderError> {
        let due = self.recipe.is_due(&prior.value, now(call)).then_some((READY, Value::bool(true)));
        Ok(Some(Object { value: with_attributes(&prior.value, due), ..prior.clone() }))
    }

    /// Only what makes no other object changes here; it is stored, that is all.
    async fn update(
        &self,
        _call: Call<'_>,
        _prior: &Object,
        planned: &Value,
        config: &Value,
    ) -> Result<Object, Failed> {
        self.first_error(config)?;
        Ok(planned.clone().into())
    }

    async fn delete(&self, _call: Call<'_>, _prior: &Object) -> Result<(), ProviderError> {
        Ok(())
    }

    fn upgrade(&self, version: u64, stored: &str) -> Result<String, ProviderError> {
        let unreadable = |why: &str| {
            let detail = format!("The stored object of schema version {version} cannot be read: {why}.");
            ProviderError::new(ErrorKind::Internal, "Unsupported schema version", detail)
        };
        if version > R::VERSION {
            return Err(unreadable("a newer program wrote it"));
        }
        let mut stored: serde_json::Value =
            serde_json::from_str(stored).map_err(|_| unreadable("it is no object"))?;
        for (name, value) in self.recipe.upgrade(&stored)? {
            stored[name] = value.as_str().map(|s| &**s).into();
        }
        Ok(stored.to_string())
    }
}
