//! The table against its own examples and against recorded calls. Calls are written in the language's literals.

mod reader;
mod table;

use super::*;
use reader::{Failure, World, evaluate};

/// Every example of the documentation holds.
#[test]
fn examples_hold() {
    let world = World;
    for function in all() {
        for (call, result) in function.examples {
            let got = match evaluate(call, &world) {
                // Special forms take what is more than a call of literals.
                Err(Failure::NotUnderstood) => continue,
                got => got.unwrap_or_else(|e| panic!("{call}: {e:?}")),
            };
            let want = evaluate(result, &world).unwrap_or_else(|e| panic!("{result}: {e:?}"));
            assert_eq!((got.ty(), &got), (want.ty(), &want), "{call}");
        }
    }
}

/// Calls give what the table says.
#[test]
fn calls_give_what_the_table_says() {
    let world = World;
    let wrong: Vec<String> = table::CALLS
        .iter()
        .filter_map(|(call, expected)| {
            let got = evaluate(call, &world);
            let as_said = match (&got, expected.strip_prefix('!')) {
                (Err(Failure::Call(message)), Some(start)) => message.starts_with(start),
                (Ok(got), None) => {
                    let want = evaluate(expected, &world).unwrap_or_else(|e| panic!("{expected}: {e:?}"));
                    got.ty() == want.ty() && (*got == want || !want.is_known() && !got.is_known())
                }
                _ => false,
            };
            (!as_said).then(|| format!("{call}: {got:?}, not {expected}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_function_is_documented() {
    for function in all() {
        assert!(function.description.ends_with('.'), "{}", function.name);
        assert!(!function.examples.is_empty() || function.hidden, "{} has no example", function.name);
    }
}

#[test]
fn signatures_name_each_function_twice() {
    let json: serde_json::Value = serde_json::from_str(&signature_json()).unwrap();
    assert_eq!(json["format_version"], "1.0");
    let signatures = json["function_signatures"].as_object().unwrap();
    for name in ["abs", "core::abs"] {
        assert_eq!(signatures[name]["parameters"][0]["type"], "number");
        assert_eq!(signatures[name]["return_type"], "number");
    }
    assert_eq!(signatures["coalesce"]["variadic_parameter"]["is_nullable"], true);
    assert!(!signatures.contains_key("type"));
}
