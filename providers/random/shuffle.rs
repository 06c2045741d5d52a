//! `random_shuffle`: a list in another order.

use model::{Attribute, Block, Type, Value};
use provider::{ProviderError, text};

use crate::draw::Draw;
use crate::numbers::{check_at_least, count};
use crate::recipe::{Given, Recipe};

/// The resource type.
pub(crate) struct RandomShuffle;

/// As many elements as are wanted: all in one order, then all in another, and so on.
fn shuffled(input: &[Value], wanted: usize, draw: &mut Draw<'_>) -> Vec<Value> {
    let mut result = Vec::new();
    while result.len() < wanted && !input.is_empty() {
        let mut round = input.to_vec();
        draw.shuffle(&mut round);
        round.truncate(wanted - result.len());
        result.append(&mut round);
    }
    result
}

impl Recipe for RandomShuffle {
    fn block(&self) -> Block {
        let count = "How many elements the result has; by default as many as the input. Elements occur \
                     again where the input has too few.";
        let strings = || Type::list(Type::String);
        Block::new("Brings a list into a random order.")
            .attr("input", Attribute::required(strings(), "The list."))
            .attr("result_count", Attribute::optional(Type::Number, count))
            .attr("seed", Attribute::optional(Type::String, "The same seed always gives the same order."))
            .attr("result", Attribute::computed(strings(), "The list in its new order."))
            .attr("id", Attribute::computed(Type::String, "Always `-`."))
    }

    fn check(&self, arguments: &Value) -> Vec<ProviderError> {
        check_at_least(arguments, "result_count", 0).into_iter().collect()
    }

    fn make(&self, arguments: &Value, draw: &mut Draw<'_>) -> Result<Given, ProviderError> {
        let input = arguments.get("input").and_then(Value::as_items).unwrap_or_default();
        let wanted = match arguments.get("result_count") {
            Some(given) if !given.is_null() => count(arguments, "result_count"),
            _left_out => input.len(),
        };
        let result = match text(arguments, "seed").filter(|seed| !seed.is_empty()) {
            Some(seed) => shuffled(input, wanted, &mut Draw::seeded(seed)),
            None => shuffled(input, wanted, draw),
        };
        Ok(vec![("result", Value::list(Type::String, result)), ("id", Value::string("-"))])
    }
}
