//! `random_string`: text that is no secret.

use model::{Attribute, Block, Type, Value};
use provider::ProviderError;

use crate::characters;
use crate::draw::Draw;
use crate::recipe::{Given, Recipe};

/// The resource type.
pub(crate) struct RandomString;

fn results(text: &str) -> Given {
    vec![("result", Value::string(text)), ("id", Value::string(text))]
}

impl Recipe for RandomString {
    const VERSION: u64 = 2;

    fn block(&self) -> Block {
        characters::with_old_name(characters::with_arguments(Block::new(
            "Makes random text. It is shown; for secrets use `random_password`.",
        )))
        .attr("result", Attribute::computed(Type::String, "The text."))
        .attr("id", Attribute::computed(Type::String, "The text."))
    }

    fn defaults(&self, config: &Value) -> Given {
        characters::defaults(config)
    }

    fn check(&self, arguments: &Value) -> Vec<ProviderError> {
        characters::check(arguments)
    }

    fn make(&self, arguments: &Value, draw: &mut Draw<'_>) -> Result<Given, ProviderError> {
        Ok(results(&characters::make(arguments, draw)))
    }

    /// The identifier is the text.
    fn import(&self, id: &str, _draw: &mut Draw<'_>) -> Result<Given, ProviderError> {
        Ok(results(id).into_iter().chain(characters::imported(id)).collect())
    }

    fn upgrade(&self, attributes: &mut serde_json::Map<String, serde_json::Value>) {
        characters::upgrade(attributes);
    }
}
