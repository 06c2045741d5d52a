use model::{Type, Value};
use serde_json::{Value as Json, json};

use super::shapes;

fn example() -> Value {
    Value::object([
        ("id", Value::unknown(Type::String)),
        ("known", Value::string("x")),
        (
            "list",
            Value::tuple(vec![
                Value::number(1),
                Value::unknown(Type::String),
                Value::object([("a", Value::null())]),
            ]),
        ),
        ("output", Value::unknown(Type::object([("a", Type::String)]))),
        ("items", Value::unknown(Type::list(Type::String))),
        ("secret", Value::string("s").sensitive()),
        ("empty", Value::map(Type::String, Vec::<(&str, Value)>::new())),
        ("nothing", Value::null()),
    ])
}

#[test]
fn shapes_follow_the_plan_format() {
    let cases: [(&str, Json, Json); 3] = [
        (
            "known",
            shapes::known_or_null(&example()),
            json!({"empty": {}, "known": "x", "list": [1, null, {"a": null}], "nothing": null, "secret": "s"}),
        ),
        (
            "unknown",
            shapes::unknown(&example()),
            json!({"empty": {}, "id": true, "items": true, "list": [false, true, {}], "output": true}),
        ),
        (
            "sensitive",
            shapes::sensitive(&example()),
            json!({"empty": {}, "items": [], "list": [false, false, {}], "output": {}, "secret": true}),
        ),
    ];
    for (name, got, expected) in cases {
        assert_eq!(got, expected, "{name}");
    }
}
