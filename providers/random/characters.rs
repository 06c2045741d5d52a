//! Random text from kinds of characters, as passwords are made.

use model::{Attribute, Block, Path, Type, Value};
use provider::{ProviderError, text, with_attributes};

use crate::draw::Draw;
use crate::numbers::{check_at_least, count};
use crate::recipe::Given;

const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const NUMERIC: &str = "0123456789";
const SPECIAL: &str = "!@#$%&*()-_=+[]{}<>:?";

/// The kinds: whether it may occur, how often it must, and which characters it has.
const KINDS: [(&str, &str, &str); 4] = [
    ("lower", "min_lower", LOWER),
    ("upper", "min_upper", UPPER),
    ("numeric", "min_numeric", NUMERIC),
    ("special", "min_special", SPECIAL),
];

/// Adds the arguments.
pub(crate) fn with_arguments(block: Block) -> Block {
    let switch = |what: &str| Attribute::optional_computed(Type::Bool, &format!("Whether {what} may occur."));
    let least = |what: &str| {
        Attribute::optional_computed(Type::Number, &format!("How many {what} there are at least."))
    };
    block
        .attr("length", Attribute::required(Type::Number, "How many characters, at least 1."))
        .attr("lower", switch("lower-case letters"))
        .attr("upper", switch("upper-case letters"))
        .attr("numeric", switch("digits"))
        .attr("special", switch("special characters"))
        .attr("min_lower", least("lower-case letters"))
        .attr("min_upper", least("upper-case letters"))
        .attr("min_numeric", least("digits"))
        .attr("min_special", least("special characters"))
        .attr(
            "override_special",
            Attribute::optional(Type::String, "The special characters, instead of the usual ones."),
        )
}

/// Adds the former name of `numeric`.
pub(crate) fn with_old_name(block: Block) -> Block {
    let number = Attribute::optional_computed(Type::Bool, "Whether digits may occur.");
    block.attr("number", number.deprecated("Use `numeric` instead."))
}

/// A configuration without the former name, with what arguments that are left out are.
pub(crate) fn filled_in(config: &Value) -> Value {
    with_attributes(config, defaults(config).into_iter().filter(|(name, _)| *name != "number"))
}

/// What arguments that are left out are: everything may occur, nothing must. `number` is another name for `numeric`.
pub(crate) fn defaults(config: &Value) -> Given {
    let given = |name: &str| config.get(name).filter(|v| !v.is_null()).cloned();
    let or_true = |value: Option<Value>| value.unwrap_or(Value::bool(true));
    let mut all: Given = ["lower", "upper", "special"].map(|name| (name, or_true(given(name)))).into();
    all.push(("numeric", or_true(given("numeric").or(given("number")))));
    all.push(("number", or_true(given("number").or(given("numeric")))));
    for (_, least, _) in KINDS {
        all.push((least, given(least).unwrap_or(Value::number(0))));
    }
    all
}

/// Checks the arguments, as far as they are known.
pub(crate) fn check(arguments: &Value) -> Vec<ProviderError> {
    let mut errors: Vec<ProviderError> = check_at_least(arguments, "length", 1).into_iter().collect();
    errors.extend(KINDS.iter().filter_map(|(_, least, _)| check_at_least(arguments, least, 0)));
    let known = |name: &str| arguments.get(name).is_some_and(Value::is_known);
    let required: usize = KINDS.iter().map(|(_, least, _)| count(arguments, least)).sum();
    let length = count(arguments, "length");
    if errors.is_empty() && known("length") && length < required {
        let detail = format!(
            "Attribute length value must be at least sum of min_upper + min_lower + min_numeric + \
             min_special, got: {length}"
        );
        errors.push(ProviderError::invalid("Invalid Attribute Value", detail).at(Path::of_attr("length")));
    }
    if known("number") && known("numeric") && arguments.get("number") != arguments.get("numeric") {
        let detail =
            "The arguments number and numeric are two names for the same, and have different values.";
        errors.push(
            ProviderError::invalid("Invalid Attribute Combination", detail).at(Path::of_attr("number")),
        );
    }
    let wholly = KINDS.iter().all(|(switch, _, _)| known(switch)) && known("override_special");
    if wholly && required < length && alphabet(arguments).is_empty() {
        let detail = "No kind of character may occur. Permit one of lower, upper, numeric and special.";
        errors.push(ProviderError::invalid("Invalid Attribute Combination", detail));
    }
    errors
}

/// The characters of a kind.
fn characters(arguments: &Value, switch: &str, usual: &str) -> Vec<char> {
    let instead = text(arguments, "override_special").filter(|s| switch == "special" && !s.is_empty());
    instead.unwrap_or(usual).chars().collect()
}

/// All characters that may occur.
fn alphabet(arguments: &Value) -> Vec<char> {
    let permitted = |switch: &str| arguments.get(switch).and_then(Value::as_bool) == Some(true);
    let kinds = KINDS.iter().filter(|(switch, _, _)| permitted(switch));
    kinds.flat_map(|(switch, _, usual)| characters(arguments, switch, usual)).collect()
}

/// Makes the text: what must occur first, then whatever may, in an order that does not tell which is which.
pub(crate) fn make(arguments: &Value, draw: &mut Draw<'_>) -> String {
    let mut made: Vec<char> = Vec::new();
    for (switch, least, usual) in KINDS {
        let kind = characters(arguments, switch, usual);
        made.extend((0..count(arguments, least)).filter_map(|_| draw.one_of(&kind)));
    }
    let all = alphabet(arguments);
    while made.len() < count(arguments, "length") {
        let Some(next) = draw.one_of(&all) else { break };
        made.push(*next);
    }
    draw.shuffle(&mut made);
    made.into_iter().collect()
}

/// The arguments of a text that was made elsewhere.
pub(crate) fn imported(result: &str) -> Given {
    let mut arguments = defaults(&Value::object::<&str>([]));
    arguments.push(("length", Value::number(result.chars().count())));
    arguments
}

/// Brings older stored forms forward: they know `number` alone.
pub(crate) fn upgrade(attributes: &mut serde_json::Map<String, serde_json::Value>) {
    if let Some(number) = attributes.get("number").cloned() {
        attributes.entry("numeric").or_insert(number);
    }
}
