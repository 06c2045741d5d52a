//! `random_pet`: a name of several words that people can remember.

use model::{Attribute, Block, Type, Value};
use provider::{ProviderError, text};

use crate::draw::Draw;
use crate::numbers::{check_at_least, count};
use crate::recipe::{Given, Recipe};
use crate::words::{ADJECTIVES, ADVERBS, NAMES};

/// The resource type.
pub(crate) struct RandomPet;

/// The words: an animal, before it an adjective, before that as many adverbs as are wanted.
fn words(length: usize, draw: &mut Draw<'_>) -> Vec<&'static str> {
    let lists = (0..length).rev().map(|place| match place {
        0 => NAMES,
        1 => ADJECTIVES,
        _ => ADVERBS,
    });
    lists.filter_map(|list| draw.one_of(list)).copied().collect()
}

impl Recipe for RandomPet {
    fn block(&self) -> Block {
        Block::new("Makes a name of several random words.")
            .attr("length", Attribute::optional_computed(Type::Number, "How many words; 2 if left out."))
            .attr("prefix", Attribute::optional(Type::String, "A word to put in front."))
            .attr(
                "separator",
                Attribute::optional_computed(Type::String, "What stands between words; `-` if left out."),
            )
            .attr("id", Attribute::computed(Type::String, "The name."))
    }

    fn defaults(&self, config: &Value) -> Given {
        let given = |name: &str| config.get(name).filter(|v| !v.is_null()).cloned();
        vec![
            ("length", given("length").unwrap_or(Value::number(2))),
            ("separator", given("separator").unwrap_or(Value::string("-"))),
        ]
    }

    fn check(&self, arguments: &Value) -> Vec<ProviderError> {
        check_at_least(arguments, "length", 1).into_iter().collect()
    }

    fn make(&self, arguments: &Value, draw: &mut Draw<'_>) -> Result<Given, ProviderError> {
        let separator = text(arguments, "separator").unwrap_or_default();
        let prefix = text(arguments, "prefix").filter(|prefix| !prefix.is_empty());
        let words = prefix.into_iter().chain(words(count(arguments, "length"), draw));
        Ok(vec![("id", Value::string(words.collect::<Vec<_>>().join(separator)))])
    }
}
