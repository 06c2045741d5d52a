//! `null_resource`: nothing, with a life of its own.

use async_trait::async_trait;
use model::{Attribute, Block, Schema, Type, Value};
use provider::{
    Call, CreateClass, Failed, Object, PlanRequest, PlannedChange, ProviderError, ResourceType,
    changed_entries, with_attributes,
};

use crate::number;

/// The resource type.
pub(crate) struct NullResource {
    schema: Schema,
}

impl NullResource {
    pub(crate) fn new() -> NullResource {
        let block = Block::new(
            "Makes nothing. Its provisioners run when it is made, and again whenever one of its `triggers` changes. \
             `terraform_data` does the same, keeps a value besides, and takes triggers of any type.",
        )
        .attr(
            "triggers",
            Attribute::optional(
                Type::map(Type::String),
                "Any values by name; when one of them changes, the object is replaced.",
            ),
        )
        .attr("id", Attribute::computed(Type::String, "A random number, made with the object."));
        NullResource { schema: Schema::new(block) }
    }
}

#[async_trait]
impl ResourceType for NullResource {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn create_class(&self) -> CreateClass {
        CreateClass::StateOnly
    }

    async fn plan(&self, _call: Call<'_>, request: PlanRequest<'_>) -> Result<PlannedChange, ProviderError> {
        let renewed = || with_attributes(request.proposed, [("id", Value::unknown_not_null(Type::String))]);
        let Some(prior) = request.prior else { return Ok(PlannedChange::in_place(renewed())) };
        Ok(match changed_entries(prior, request.proposed, "triggers") {
            Some(path) => PlannedChange { planned: renewed(), requires_replace: vec![path] },
            None => PlannedChange::in_place(request.proposed.clone()),
        })
    }

    async fn create(&self, call: Call<'_>, planned: &Value, _config: &Value) -> Result<Object, Failed> {
        Ok(with_attributes(planned, [("id", number(call.around))]).into())
    }

    async fn read(&self, _call: Call<'_>, prior: &Object) -> Result<Option<Object>, ProviderError> {
        Ok(Some(prior.clone()))
    }

    /// Only triggers that count as the same change here: they are stored, that is all.
    async fn update(
        &self,
        _call: Call<'_>,
        _prior: &Object,
        planned: &Value,
        _config: &Value,
    ) -> Result<Object, Failed> {
        Ok(planned.clone().into())
    }

    async fn delete(&self, _call: Call<'_>, _prior: &Object) -> Result<(), ProviderError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
