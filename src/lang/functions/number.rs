//! Functions on numbers.

use model::{Number, Type, Value};

use super::arguments::{NOT_WHOLE, items, number, text, whole};
use super::define::{Outcome, blame, define, define_typed, fail};
use super::doubles::natural_logarithm;
use super::{CallError, Function, Param, Surroundings};

/// The family's members.
pub(super) fn members() -> Vec<Function> {
    let mut all = rounding();
    all.extend(several());
    all
}

fn rounding() -> Vec<Function> {
    let num = || Param::number("num", "The number.");
    vec![
        define("abs", "Gives the absolute value of a number.", Type::Number, |args, _| {
            Ok(Value::number(number(args, 0).abs()))
        })
        .takes(num())
        .shows(&[("abs(-12.4)", "12.4")]),
        define("ceil", "Rounds up to a whole number.", Type::Number, |args, _| {
            Ok(Value::number(number(args, 0).ceil()))
        })
        .takes(num())
        .shows(&[("ceil(5.1)", "6")]),
        define("floor", "Rounds down to a whole number.", Type::Number, |args, _| {
            Ok(Value::number(number(args, 0).floor()))
        })
        .takes(num())
        .shows(&[("floor(4.9)", "4")]),
        define("log", "Gives the logarithm of a number to a base.", Type::Number, log)
            .takes(num())
            .takes(Param::number("base", "The base."))
            .shows(&[("log(16, 2)", "4")]),
        define("pow", "Raises a number to a power.", Type::Number, pow)
            .takes(num())
            .takes(Param::number("power", "The power."))
            .shows(&[("pow(3, 2)", "9")]),
        define("signum", "Gives the sign of a whole number: -1, 0 or 1.", Type::Number, signum)
            .takes(num())
            .shows(&[("signum(-13)", "-1")]),
    ]
}

fn several() -> Vec<Function> {
    let numbers = || Param::number("numbers", "The numbers.");
    vec![
        define("max", "Gives the greatest of some numbers.", Type::Number, |args, _| {
            extreme(args, |a, b| a > b)
        })
        .takes_any_number(numbers())
        .shows(&[("max(12, 54, 3)", "54")]),
        define("min", "Gives the least of some numbers.", Type::Number, |args, _| {
            extreme(args, |a, b| a < b)
        })
        .takes_any_number(numbers())
        .shows(&[("min(12, 54, 3)", "3")]),
        define_typed("parseint", "Reads a whole number written in a base.", parseint_type, parseint)
            .takes(Param::any("number", "The digits, as a string."))
            .takes(Param::number("base", "The base, from 2 to 62."))
            .never_null()
            .shows(&[("parseint(\"FF\", 16)", "255")]),
        define("sum", "Adds up the numbers of a list, set or tuple.", Type::Number, sum)
            .takes(Param::any("list", "The numbers."))
            .documented_as(Type::Dynamic)
            .shows(&[("sum([10, 13, 6, 4.5])", "33.5")]),
        define("range", "Lists numbers from a start up to a limit.", Type::list(Type::Number), range)
            .takes_any_number(Param::number(
                "params",
                "The limit; or start and limit; or start, limit and step.",
            ))
            .shows(&[("range(1, 8, 2)", "tolist([1, 3, 5, 7])")]),
    ]
}

/// Calculates with doubles, which is how far logarithms and powers are defined.
fn with_doubles(args: &[Value], calculate: fn(f64, f64) -> f64) -> Outcome {
    let operands = [number(args, 0), number(args, 1)];
    if operands.iter().any(|n| !n.is_infinite() && n.to_f64().is_infinite()) {
        let greatest = Number::from_f64(f64::MAX).map(|n| n.format(model::number::Notation::Fixed, Some(6)));
        let greatest = greatest.unwrap_or_default();
        return fail(format!("a number from -{greatest} to {greatest} is needed"));
    }
    match Number::from_f64(calculate(operands[0].to_f64(), operands[1].to_f64())) {
        Some(n) => Ok(Value::number(n)),
        None => fail("the result is not a real number"),
    }
}

fn log(args: &[Value], _: &dyn Surroundings) -> Outcome {
    with_doubles(args, |n, base| natural_logarithm(n) / natural_logarithm(base))
}

fn pow(args: &[Value], _: &dyn Surroundings) -> Outcome {
    with_doubles(args, super::doubles::power)
}

fn signum(args: &[Value], _: &dyn Surroundings) -> Outcome {
    Ok(Value::number(whole(args, 0)?.signum()))
}

fn extreme(args: &[Value], better: fn(&Number, &Number) -> bool) -> Outcome {
    let numbers = args.iter().filter_map(Value::as_number);
    match numbers.reduce(|best, n| if better(n, best) { n } else { best }) {
        Some(best) => Ok(Value::number(best.clone())),
        None => fail("must pass at least one number"),
    }
}

fn parseint_type(args: &[Value]) -> Result<Type, CallError> {
    match args[0].ty() {
        Type::String => Ok(Type::Number),
        other => blame(0, format!("a string comes first, not {}", other.friendly_name())),
    }
}

fn parseint(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let Some(base) = number(args, 1).to_i64() else { return blame(1, NOT_WHOLE) };
    let Some(base) = u32::try_from(base).ok().filter(|b| (2..=62).contains(b)) else {
        return blame(1, "the base is a whole number from 2 to 62");
    };
    match Number::parse_integer(text(args, 0), base) {
        Some(n) => Ok(Value::number(n)),
        None => blame(0, format!("{:?} is no whole number in base {base}", text(args, 0))),
    }
}

fn sum(args: &[Value], _: &dyn Surroundings) -> Outcome {
    const NOT_NUMBERS: &str = "a list, set or tuple of numbers is needed";
    let ty = args[0].ty();
    let elements = match &ty {
        Type::List(_) | Type::Set(_) | Type::Tuple(_) => items(args, 0),
        Type::Map(_) | Type::Object(_) => {
            let got = ty.friendly_name();
            return blame(0, format!("a list, set or tuple is needed, not {got}"));
        }
        Type::Dynamic | Type::Bool | Type::Number | Type::String | Type::TypeLiteral => {
            return blame(0, "cannot sum noniterable");
        }
    };
    if elements.is_empty() {
        return blame(0, "cannot sum an empty list");
    }
    if !args[0].is_wholly_known() {
        return Ok(Value::unknown_not_null(Type::Number));
    }
    let mut total: Option<Number> = None;
    for element in elements {
        let converted = model::convert::convert(element, &Type::Number).ok();
        let Some(n) = converted.as_ref().and_then(Value::as_number) else { return blame(0, NOT_NUMBERS) };
        total = Some(match total {
            Some(sum) => sum.add(n).or_else(|e| fail(e.to_string()))?,
            None => n.clone(),
        });
    }
    total.map_or_else(|| blame(0, NOT_NUMBERS), |sum| Ok(Value::number(sum)))
}

/// How many numbers `range` gives at most.
const LONGEST_RANGE: usize = 1024;

fn range(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let (start, end, step) = match args.len() {
        1 => (Number::from(0), number(args, 0), None),
        2 => (number(args, 0), number(args, 1), None),
        3 => (number(args, 0), number(args, 1), Some(number(args, 2))),
        _ => return fail("it takes one, two or three arguments"),
    };
    // Between equal ends there is nothing, whatever the step.
    let down = end < start;
    let step = step.unwrap_or_else(|| Number::from(if down { -1 } else { 1 }));
    let steps_down = step < Number::from(0);
    if down && !steps_down {
        return blame(1, "with a positive step the limit is not below the start");
    }
    if start < end && steps_down {
        return blame(1, "with a negative step the limit is not above the start");
    }
    let mut numbers = Vec::new();
    let mut at = start;
    while if down { at > end } else { at < end } {
        if numbers.len() == LONGEST_RANGE {
            return fail(
                "the list would have more than 1024 numbers; bring start and limit closer together or take larger \
                 steps",
            );
        }
        let next = at.add(&step).or_else(|e| fail(e.to_string()))?;
        numbers.push(Value::number(at));
        at = next;
    }
    Ok(Value::list(Type::Number, numbers))
}
