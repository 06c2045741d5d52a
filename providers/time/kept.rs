//! What the types that keep a point in time have in common.

use async_trait::async_trait;
use model::instant::Instant;
use model::{Attribute, AttributeKind, Block, Schema, Type, Value};
use provider::{
    Call, CreateClass, Failed, Imported, Object, PlanRequest, PlannedChange, ProviderError, ResourceType,
    changed, changed_entries, config_of, text, with_attributes,
};

use crate::arguments::{check_timestamp, instant, with_triggers};

/// Values of attributes by name.
pub(crate) type Given = Vec<(&'static str, Value)>;

/// What is peculiar to one type.
pub(crate) trait Keeper: Send + Sync + 'static {
    /// The argument that holds the point in time; the time of creation if left out.
    const BASE: &'static str;

    /// The arguments but `triggers`, and what is made of them.
    fn block(&self) -> Block;

    /// Checks the arguments beyond timestamps.
    fn check(&self, _config: &Value) -> Vec<ProviderError> {
        Vec::new()
    }

    /// Every computed attribute but the base's own, from known arguments.
    fn make(&self, arguments: &Value, base: Instant) -> Result<Given, ProviderError>;

    /// What is planned for an object yet to be made, beside the arguments; the rest is unknown.
    fn foresee(&self, _arguments: &Value) -> Result<Given, ProviderError> {
        Ok(Vec::new())
    }

    /// What is planned for an object whose arguments or triggers change; the triggers replace it in any case.
    fn change(&self, call: Call<'_>, change: &Change<'_>) -> Result<PlannedChange, ProviderError>;

    /// Whether the object has had its time, so that another has to be made.
    fn is_over(&self, _object: &Value, _now: Instant) -> bool {
        false
    }

    /// The arguments that an import identifier stands for, with their point in time.
    fn import(&self, id: &str) -> Result<(Given, Instant), ProviderError>;
}

/// An object and what its configuration wants of it now.
pub(crate) struct Change<'c> {
    /// The object.
    pub(crate) prior: &'c Value,
    /// What is configured; what is not is as it was.
    pub(crate) proposed: &'c Value,
    /// The same with everything unknown that is not configured.
    pub(crate) open: Value,
}

/// A resource type made of a keeper.
pub(crate) struct Kept<K> {
    keeper: K,
    schema: Schema,
}

impl<K: Keeper> Kept<K> {
    pub(crate) fn new(keeper: K) -> Kept<K> {
        let base = "The point in time, in RFC 3339 form; the time of creation if left out.";
        let id = Attribute::computed(Type::String, &format!("What `{}` is.", K::BASE));
        let block =
            keeper.block().attr(K::BASE, Attribute::optional_computed(Type::String, base)).attr("id", id);
        let block = with_triggers(block, "the object is replaced, with a time of its own");
        Kept { schema: Schema::new(block), keeper }
    }

    /// What a configuration wants with everything unknown that it leaves to the provider.
    fn open(&self, proposed: &Value, config: &Value) -> Value {
        let left = self
            .schema
            .block
            .attributes
            .iter()
            .filter(|(name, a)| a.is_computed() && config.get(name).is_some_and(Value::is_null));
        with_attributes(proposed, left.map(|(name, a)| (&**name, Value::unknown_not_null(a.ty.clone()))))
    }

    /// The object of known arguments; a base that was given stays as it was written.
    fn made(&self, planned: &Value, otherwise: Instant) -> Result<Object, ProviderError> {
        let base = instant(planned, K::BASE).unwrap_or(otherwise);
        let written = text(planned, K::BASE).map_or_else(|| base.to_rfc3339(), str::to_owned);
        let own = [K::BASE, "id"].map(|name| (name, Value::string(&written)));
        let made = self.keeper.make(planned, base)?;
        Ok(with_attributes(planned, made.into_iter().chain(own)).into())
    }
}

/// The time of a call.
pub(crate) fn now(call: Call<'_>) -> Instant {
    Instant::from_unix_ns(call.around.now_ns())
}

#[async_trait]
impl<K: Keeper> ResourceType for Kept<K> {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn create_class(&self) -> CreateClass {
        CreateClass::StateOnly
    }

    fn validate(&self, config: &Value) -> Vec<ProviderError> {
        let base = check_timestamp(config, K::BASE);
        base.into_iter().chain(self.keeper.check(config)).collect()
    }

    async fn plan(&self, call: Call<'_>, request: PlanRequest<'_>) -> Result<PlannedChange, ProviderError> {
        let PlanRequest { config, proposed, .. } = request;
        let open = self.open(proposed, config);
        let Some(prior) = request.prior else {
            let foreseen = self.keeper.foresee(proposed)?;
            return Ok(PlannedChange::in_place(with_attributes(&open, foreseen)));
        };
        let triggered = changed_entries(prior, proposed, "triggers");
        let arguments =
            self.schema.block.attributes.iter().filter(|(_, a)| a.kind != AttributeKind::Computed);
        let names = arguments.map(|(name, _)| &**name).filter(|name| *name != "triggers");
        if triggered.is_none() && changed(prior, proposed, names).is_empty() {
            return Ok(PlannedChange::in_place(proposed.clone()));
        }
        let mut change = self.keeper.change(call, &Change { prior, proposed, open })?;
        change.requires_replace.extend(triggered);
        Ok(change)
    }

    async fn create(&self, call: Call<'_>, planned: &Value, _config: &Value) -> Result<Object, Failed> {
        // Arguments that were unknown when they were checked first.
        if let Some(error) = self.validate(planned).into_iter().find(|e| !e.warning) {
            return Err(error.into());
        }
        Ok(self.made(planned, now(call))?)
    }

    /// Nothing outside can change it; only its time may be over.
    async fn read(&self, call: Call<'_>, prior: &Object) -> Result<Option<Object>, ProviderError> {
        Ok((!self.keeper.is_over(&prior.value, now(call))).then(|| prior.clone()))
    }

    async fn update(
        &self,
        call: Call<'_>,
        prior: &Object,
        planned: &Value,
        _config: &Value,
    ) -> Result<Object, Failed> {
        if let Some(error) = self.validate(planned).into_iter().find(|e| !e.warning) {
            return Err(error.into());
        }
        let base = instant(&prior.value, K::BASE).unwrap_or_else(|| now(call));
        Ok(self.made(planned, base)?)
    }

    async fn delete(&self, _call: Call<'_>, _prior: &Object) -> Result<(), ProviderError> {
        Ok(())
    }

    async fn import(&self, _call: Call<'_>, id: &str) -> Result<Imported, ProviderError> {
        let (arguments, base) = self.keeper.import(id)?;
        Ok(self.made(&config_of(&self.schema.block, arguments), base)?)
    }
}

impl Change<'_> {
    /// The change as it is, which replaces the object where one of some attributes changes.
    pub(crate) fn replacing<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> PlannedChange {
        let requires_replace = changed(self.prior, &self.open, names);
        PlannedChange { planned: self.open.clone(), requires_replace }
    }
}

#[cfg(test)]
pub(crate) mod testing;
