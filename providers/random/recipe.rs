//! What all random resource types have in common.

use async_trait::async_trait;
use model::{AttributeKind, Block, Schema, Type, Value};
use provider::{
    Call, CreateClass, Failed, Imported, Object, PlanRequest, PlannedChange, ProviderError, ResourceType,
    changed, changed_entries, with_attributes,
};

use crate::draw::Draw;
use crate::keepers;

/// Values of attributes by name.
pub(crate) type Given = Vec<(&'static str, Value)>;

/// What is peculiar to one type. Every argument but `keepers` replaces the object when it changes.
pub(crate) trait Recipe: Send + Sync + 'static {
    /// The version of the stored form.
    const VERSION: u64 = 0;

    /// The arguments and the values made, without `keepers`.
    fn block(&self) -> Block;

    /// What arguments that are left out are.
    fn defaults(&self, _config: &Value) -> Given {
        Vec::new()
    }

    /// Checks arguments, which may be unknown in part; defaults are filled in.
    fn check(&self, _arguments: &Value) -> Vec<ProviderError> {
        Vec::new()
    }

    /// Makes every computed attribute from known arguments.
    fn make(&self, arguments: &Value, draw: &mut Draw<'_>) -> Result<Given, ProviderError>;

    /// The attributes that an import identifier stands for; those left out are null.
    fn import(&self, id: &str, _draw: &mut Draw<'_>) -> Result<Given, ProviderError> {
        Err(ProviderError::invalid(
            "Resource Import Not Implemented",
            format!("This resource does not support import, so {id:?} can't be taken over."),
        ))
    }

    /// Brings the attributes of an older stored form to the current one.
    fn upgrade(&self, _attributes: &mut serde_json::Map<String, serde_json::Value>) {}
}

/// A resource type made of a recipe.
pub(crate) struct Made<R> {
    recipe: R,
    schema: Schema,
}

impl<R: Recipe> Made<R> {
    pub(crate) fn new(recipe: R) -> Made<R> {
        let block = keepers::with_keepers(recipe.block());
        Made { schema: Schema { version: R::VERSION, block }, recipe }
    }

    fn names(&self, computed: bool) -> impl Iterator<Item = &str> {
        let attributes = self.schema.block.attributes.iter();
        let wanted = move |kind: AttributeKind| (kind == AttributeKind::Computed) == computed;
        attributes.filter(move |(_, a)| wanted(a.kind)).map(|(name, _)| &**name)
    }

    /// The computed attributes, which only making them tells.
    fn unknown(&self) -> impl Iterator<Item = (&str, Value)> {
        let ty = |name: &str| self.schema.block.attributes.get(name).map_or(Type::Dynamic, |a| a.ty.clone());
        self.names(true).map(move |name| (name, Value::unknown_not_null(ty(name))))
    }
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
        self.recipe.check(&with_attributes(config, self.recipe.defaults(config)))
    }

    async fn plan(&self, _call: Call<'_>, request: PlanRequest<'_>) -> Result<PlannedChange, ProviderError> {
        let planned = with_attributes(request.proposed, self.recipe.defaults(request.config));
        let Some(prior) = request.prior else {
            return Ok(PlannedChange::in_place(with_attributes(&planned, self.unknown())));
        };
        let arguments = self.names(false).filter(|name| *name != keepers::NAME);
        let mut requires_replace = changed(prior, &planned, arguments);
        requires_replace.extend(changed_entries(prior, &planned, keepers::NAME));
        if requires_replace.is_empty() {
            return Ok(PlannedChange::in_place(planned));
        }
        Ok(PlannedChange { planned: with_attributes(&planned, self.unknown()), requires_replace })
    }

    async fn create(&self, call: Call<'_>, planned: &Value, _config: &Value) -> Result<Object, Failed> {
        // Arguments that were unknown when they were checked first.
        if let Some(error) = self.recipe.check(planned).into_iter().find(|e| !e.warning) {
            return Err(error.into());
        }
        let made = self.recipe.make(planned, &mut Draw::from(call.around))?;
        Ok(with_attributes(planned, made).into())
    }

    async fn read(&self, _call: Call<'_>, prior: &Object) -> Result<Option<Object>, ProviderError> {
        Ok(Some(prior.clone()))
    }

    /// Only what replaces nothing changes here; it is stored, that is all.
    async fn update(
        &self,
        _call: Call<'_>,
        prior: &Object,
        planned: &Value,
        _config: &Value,
    ) -> Result<Object, Failed> {
        Ok(Object { value: planned.clone(), private: prior.private.clone() })
    }

    async fn delete(&self, _call: Call<'_>, _prior: &Object) -> Result<(), ProviderError> {
        Ok(())
    }

    async fn import(&self, call: Call<'_>, id: &str) -> Result<Imported, ProviderError> {
        let found = self.recipe.import(id, &mut Draw::from(call.around))?;
        Ok(provider::config_of(&self.schema.block, found).into())
    }

    fn upgrade(&self, version: u64, stored: &str) -> Result<String, ProviderError> {
        let unreadable = |why: String| {
            let detail = format!("The stored object of schema version {version} cannot be read: {why}.");
            ProviderError::new(provider::ErrorKind::Internal, "Unsupported schema version", detail)
        };
        if version > R::VERSION {
            return Err(unreadable("a newer program wrote it".into()));
        }
        let mut attributes =
            serde_json::from_str(stored).map_err(|_| unreadable("it is no object".into()))?;
        self.recipe.upgrade(&mut attributes);
        serde_json::to_string(&attributes).map_err(|_| unreadable("it is no object".into()))
    }
}
