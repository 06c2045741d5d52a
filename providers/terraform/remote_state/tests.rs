use super::*;
use crate::local_state::LocalState;
use provider::config_of;
use provider::kit::check_schema;

fn source() -> RemoteState {
    RemoteState::new(vec![Arc::new(LocalState::new())])
}

fn config(backend: &str, arguments: Value, defaults: Value) -> Value {
    let given = [("backend", Value::string(backend)), ("config", arguments), ("defaults", defaults)];
    config_of(&source().schema.block, given)
}

fn object<const N: usize>(entries: [(&'static str, Value); N]) -> Value {
    Value::object(entries)
}

fn s(text: &str) -> Value {
    Value::string(text)
}

#[test]
fn wrong_configurations_are_refused() {
    let list = || Value::tuple(vec![s("a")]);
    let none = || Value::null();
    let cases = [
        ("nope", none(), none(), "There is no backend type named \"nope\". Available are: \"local\"."),
        ("local", Value::number(3), none(), not_valid("an object is required")),
        ("local", list(), none(), not_valid("an object is required")),
        ("local", object([("pth", s("x"))]), none(), not_valid("unexpected attribute \"pth\"")),
        ("local", object([("path", s(""))]), none(), "The \"path\" attribute value must not be empty."),
        ("local", none(), s("x"), "Defaults must be given in an object value."),
        ("local", none(), none(), ""),
        ("local", Value::dynamic(), Value::dynamic(), ""),
    ];
    for (backend, arguments, defaults, expected) in cases {
        let errors = source().validate(&config(backend, arguments, defaults));
        let details: Vec<&str> = errors.iter().map(|e| &*e.detail).collect();
        assert_eq!(details.join("; "), expected);
    }
}

fn not_valid(why: &str) -> &'static str {
    format!("The given configuration is not valid for backend \"local\": {why}.").leak()
}

#[test]
fn the_schema_is_sound() {
    assert_eq!(check_schema(&source().schema), Vec::<String>::new());
}
