//! `null_data_source`: a copy of its input.

use async_trait::async_trait;
use model::{Attribute, Block, Schema, Type, Value};
use provider::{Call, DataSource, ProviderError, with_attributes};

use crate::number;

/// The data source.
pub(crate) struct NullDataSource {
    schema: Schema,
}

const INSTEAD: &str = "A local value holds intermediate values, and `terraform_data` keeps values in the state; use one \
                       of these instead of `null_data_source`.";

impl NullDataSource {
    pub(crate) fn new() -> NullDataSource {
        let strings = || Type::map(Type::String);
        let block = Block::new("Copies its input, as local values do better.")
            .attr("inputs", Attribute::optional(strings(), "Any values by name."))
            .attr("outputs", Attribute::computed(strings(), "What `inputs` is."))
            .attr(
                "has_computed_default",
                Attribute::optional_computed(Type::String, "Any text; `default` if left out."),
            )
            .attr("random", Attribute::computed(Type::String, "A random number, another one in every run."))
            .attr(
                "id",
                Attribute::computed(Type::String, "Always `static`.")
                    .deprecated("It says nothing, and is there for old configurations alone."),
            );
        NullDataSource { schema: Schema::new(Block { deprecated: Some(INSTEAD.into()), ..block }) }
    }
}

#[async_trait]
impl DataSource for NullDataSource {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    async fn read(&self, call: Call<'_>, config: &Value) -> Result<Value, ProviderError> {
        let part = |name: &str| config.get(name).cloned().unwrap_or_else(Value::null);
        let default = Some(part("has_computed_default")).filter(|v| !v.is_null());
        Ok(with_attributes(
            config,
            [
                ("outputs", part("inputs")),
                ("has_computed_default", default.unwrap_or_else(|| Value::string("default"))),
                ("random", number(call.around)),
                ("id", Value::string("static")),
            ],
        ))
    }
}

#[cfg(test)]
mod tests;
