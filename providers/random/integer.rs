//! `random_integer`: a number from a range.

use model::{Attribute, Block, Type, Value};
use provider::{ProviderError, text};

use crate::draw::Draw;
use crate::numbers::{bad_import, check_at_least, integer};
use crate::recipe::{Given, Recipe};

/// The resource type.
pub(crate) struct RandomInteger;

/// A number from `min` to `max`, both included.
fn number(min: i64, max: i64, draw: &mut Draw<'_>) -> i64 {
    let span = max.abs_diff(min);
    let offset = match span.checked_add(1) {
        Some(count) => draw.below(count),
        None => u64::from_le_bytes(draw.bytes(8).try_into().unwrap_or_default()),
    };
    min.wrapping_add_unsigned(offset)
}

impl Recipe for RandomInteger {
    fn block(&self) -> Block {
        Block::new("Makes a random whole number.")
            .attr("min", Attribute::required(Type::Number, "The least number that may come."))
            .attr("max", Attribute::required(Type::Number, "The greatest number that may come."))
            .attr("seed", Attribute::optional(Type::String, "The same seed always gives the same number."))
            .attr("result", Attribute::computed(Type::Number, "The number."))
            .attr("id", Attribute::computed(Type::String, "The number as text."))
    }

    fn check(&self, arguments: &Value) -> Vec<ProviderError> {
        let mut errors: Vec<ProviderError> =
            ["min", "max"].iter().filter_map(|name| check_at_least(arguments, name, i64::MIN)).collect();
        if let (Some(min), Some(max)) = (integer(arguments, "min"), integer(arguments, "max"))
            && min > max
        {
            let detail = "The minimum (min) value needs to be smaller than or equal to maximum (max) value.";
            errors.push(ProviderError::invalid("Create Random Integer Error", detail));
        }
        errors
    }

    fn make(&self, arguments: &Value, draw: &mut Draw<'_>) -> Result<Given, ProviderError> {
        let bound = |name: &str| integer(arguments, name).unwrap_or_default();
        let result = match text(arguments, "seed").filter(|seed| !seed.is_empty()) {
            Some(seed) => number(bound("min"), bound("max"), &mut Draw::seeded(seed)),
            None => number(bound("min"), bound("max"), draw),
        };
        Ok(vec![("result", Value::number(result)), ("id", Value::string(result.to_string()))])
    }

    /// The identifier is `RESULT,MIN,MAX` or `RESULT,MIN,MAX,SEED`.
    fn import(&self, id: &str, _draw: &mut Draw<'_>) -> Result<Given, ProviderError> {
        let wrong = || bad_import("The identifier must be RESULT,MIN,MAX or RESULT,MIN,MAX,SEED.");
        let mut parts = id.splitn(4, ',');
        let mut next = || parts.next().and_then(|p| p.parse::<i64>().ok()).ok_or_else(wrong);
        let (result, min, max) = (next()?, next()?, next()?);
        let seed = parts.next().map_or_else(|| Value::null_of(Type::String), Value::string);
        Ok(vec![
            ("result", Value::number(result)),
            ("min", Value::number(min)),
            ("max", Value::number(max)),
            ("seed", seed),
            ("id", Value::string(result.to_string())),
        ])
    }
}
