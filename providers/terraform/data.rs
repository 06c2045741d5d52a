//! `terraform_data`: a value kept in the state, with a life of its own.

use std::collections::BTreeMap;

use async_trait::async_trait;
use model::ops::raw_equals;
use model::{Attribute, Block, Path, ProviderAddr, Schema, Type, Value};
use provider::{
    Call, CreateClass, Failed, Imported, MovedFrom, Object, PlanRequest, PlannedChange, ProviderError,
    ResourceType, TakenOver, random, with_attributes,
};

/// The resource type.
pub(crate) struct TerraformData {
    schema: Schema,
}

impl TerraformData {
    pub(crate) fn new() -> TerraformData {
        let block = Block::new("Keeps a value in the state, and is replaced when another value changes.")
            .attr("id", Attribute::computed(Type::String, "A random UUID, made with the object."))
            .attr("input", Attribute::optional(Type::Dynamic, "The value to keep."))
            .attr(
                "output",
                Attribute::computed(Type::Dynamic, "The value kept, known once `input` is applied."),
            )
            .attr(
                "triggers_replace",
                Attribute::optional(Type::Dynamic, "The object is replaced when this value changes."),
            );
        TerraformData { schema: Schema::new(block) }
    }
}

fn part(object: &Value, name: &str) -> Value {
    object.get(name).cloned().unwrap_or_else(Value::null)
}

/// The planned output: unknown, of the input's type, until the input is applied. Null needs no waiting.
fn pending_output(input: &Value) -> Value {
    if input.is_null() { input.clone() } else { Value::unknown(input.ty()) }
}

fn unknown_id() -> Value {
    Value::unknown_not_null(Type::String)
}

/// Gives the object what only applying it tells.
fn applied(call: Call<'_>, planned: &Value) -> Object {
    let id = part(planned, "id");
    let id = if id.is_known() { id } else { Value::string(random::uuid(call.around)) };
    let output = part(planned, "output");
    let output = if output.is_wholly_known() { output } else { part(planned, "input") };
    with_attributes(planned, [("id", id), ("output", output)]).into()
}

#[async_trait]
impl ResourceType for TerraformData {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn create_class(&self) -> CreateClass {
        CreateClass::StateOnly
    }

    async fn plan(&self, _call: Call<'_>, request: PlanRequest<'_>) -> Result<PlannedChange, ProviderError> {
        let proposed = request.proposed;
        let input = part(proposed, "input");
        let renewed =
            || with_attributes(proposed, [("id", unknown_id()), ("output", pending_output(&input))]);
        let Some(prior) = request.prior else { return Ok(PlannedChange::in_place(renewed())) };
        if !raw_equals(&part(prior, "triggers_replace"), &part(proposed, "triggers_replace")) {
            let requires_replace = vec![Path::of_attr("triggers_replace")];
            return Ok(PlannedChange { planned: renewed(), requires_replace });
        }
        // Even a null of another type is another input: its type is stored.
        if raw_equals(&part(prior, "input"), &input) {
            return Ok(PlannedChange::in_place(proposed.clone()));
        }
        Ok(PlannedChange::in_place(with_attributes(proposed, [("output", Value::unknown(input.ty()))])))
    }

    async fn create(&self, call: Call<'_>, planned: &Value, _config: &Value) -> Result<Object, Failed> {
        Ok(applied(call, planned))
    }

    async fn read(&self, _call: Call<'_>, prior: &Object) -> Result<Option<Object>, ProviderError> {
        Ok(Some(prior.clone()))
    }

    async fn update(
        &self,
        call: Call<'_>,
        _prior: &Object,
        planned: &Value,
        _config: &Value,
    ) -> Result<Object, Failed> {
        Ok(applied(call, planned))
    }

    async fn delete(&self, _call: Call<'_>, _prior: &Object) -> Result<(), ProviderError> {
        Ok(())
    }

    /// Of the null provider's resource the triggers go on, as they would be written: it does nothing else.
    fn take_over(&self, from: MovedFrom<'_>) -> Result<TakenOver, ProviderError> {
        let is_null = |addr: &ProviderAddr| addr.same_provider(&ProviderAddr::implied("null"));
        if !from.provider.is_some_and(is_null) || from.ty != "null_resource" {
            return Err(ProviderError::invalid(
                "Unsupported source provider for move operation",
                format!("Only a null_resource can become a terraform_data, and no {}.", from.ty),
            ));
        }
        let wrong = |e: serde_json::Error| {
            ProviderError::invalid(
                "Invalid recorded object",
                format!("The null_resource cannot be read: {e}."),
            )
        };
        let stored: serde_json::Value = serde_json::from_str(from.stored).map_err(wrong)?;
        let triggers = stored["triggers"].as_object().map(|triggers| {
            let types: BTreeMap<&String, &str> = triggers.keys().map(|name| (name, "string")).collect();
            serde_json::json!({ "value": triggers, "type": ["object", types] })
        });
        let attributes = serde_json::json!({
            "id": stored["id"], "input": null, "output": null, "triggers_replace": triggers,
        });
        Ok(TakenOver { attributes: attributes.to_string(), renamed: vec![("triggers", "triggers_replace")] })
    }

    /// Any text is an identifier: nothing exists outside the state.
    async fn import(&self, _call: Call<'_>, id: &str) -> Result<Imported, ProviderError> {
        let nothing = ["input", "output", "triggers_replace"].map(|name| (name, Value::null()));
        Ok(with_attributes(&Value::object([("id", Value::string(id))]), nothing).into())
    }
}

#[cfg(test)]
mod tests;
