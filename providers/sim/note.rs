//! `stackwright_sim_note`: something that exists in the state alone.

use async_trait::async_trait;
use model::{Attribute, Block, Schema, Type, Value};
use provider::{Call, CreateClass, Failed, Object, ProviderError, ResourceType, hex, with_attributes};

/// The resource type.
pub(crate) struct Note {
    schema: Schema,
}

impl Note {
    pub(crate) fn new() -> Note {
        let block = Block::new("A note in the state. Nothing exists outside of it.")
            .attr("text", Attribute::optional(Type::String, "What it says."))
            .attr("id", Attribute::computed(Type::String, "A random id."));
        Note { schema: Schema::new(block) }
    }
}

#[async_trait]
impl ResourceType for Note {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn create_class(&self) -> CreateClass {
        CreateClass::StateOnly
    }

    async fn create(&self, call: Call<'_>, planned: &Value, _config: &Value) -> Result<Object, Failed> {
        let mut random = [0; 8];
        call.around.random(&mut random);
        Ok(with_attributes(planned, [("id", Value::string(hex(&random)))]).into())
    }

    async fn read(&self, _call: Call<'_>, prior: &Object) -> Result<Option<Object>, ProviderError> {
        Ok(Some(prior.clone()))
    }

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
