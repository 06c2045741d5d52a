use super::*;
use crate::local_state::LocalState;
use provider::config_of;
use provider::kit::{Bench, check_schema};

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
        (
            "nope",
            none(),
            none(),
            "There is no backend type named \"nope\". Available are: \"local\".".to_owned(),
        ),
        ("local", Value::number(3), none(), not_valid("an object is required")),
        ("local", list(), none(), not_valid("an object is required")),
        ("local", object([("pth", s("x"))]), none(), not_valid("unexpected attribute \"pth\"")),
        (
            "local",
            object([("path", s(""))]),
            none(),
            "The \"path\" attribute value must not be empty.".to_owned(),
        ),
        ("local", none(), s("x"), "Defaults must be given in an object value.".to_owned()),
        ("local", none(), none(), String::new()),
        ("local", Value::dynamic(), Value::dynamic(), String::new()),
    ];
    for (backend, arguments, defaults, expected) in cases {
        let errors = source().validate(&config(backend, arguments, defaults));
        let details: Vec<&str> = errors.iter().map(|e| &*e.detail).collect();
        assert_eq!(details.join("; "), expected);
    }
}

fn not_valid(why: &str) -> String {
    format!("The given configuration is not valid for backend \"local\": {why}.")
}

#[test]
fn the_schema_is_sound() {
    assert_eq!(check_schema(&source().schema), Vec::<String>::new());
}

const STATE: &str = r#"{"version":4,"terraform_version":"1.11.4","serial":1,"lineage":"l","resources":[],"outputs":{
  "set": {"value":["b","a"],"type":["set","string"]},
  "map": {"value":{"k":1},"type":["map","number"]},
  "object": {"value":{"a":null},"type":["object",{"a":"string"}]},
  "tuple": {"value":[],"type":["tuple",[]]},
  "secret": {"value":"x","type":"string","sensitive":true}
}}"#;

/// Reads in a directory with the given files.
async fn read(files: &[(&str, &str)], given: &[(&'static str, Value)]) -> Result<Value, ProviderError> {
    let dir = tempfile::tempdir().unwrap();
    for (path, content) in files {
        let path = dir.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    let given = given.iter().cloned().chain([("backend", s("local"))]);
    let config = config_of(&source().schema.block, given.collect::<Vec<_>>());
    let read = source().read(Bench::new(dir.path()).call(), &config).await;
    read.map(|object| object.get("outputs").unwrap().clone())
}

#[tokio::test]
async fn outputs_have_their_types() {
    let outputs = read(&[("terraform.tfstate", STATE)], &[]).await.unwrap();
    let expected = object([
        ("map", Value::map(Type::Number, [("k", Value::number(1))])),
        ("object", object([("a", Value::null_of(Type::String))])),
        ("secret", s("x")),
        ("set", Value::set(Type::String, vec![s("a"), s("b")])),
        ("tuple", Value::tuple(vec![])),
    ]);
    assert_eq!(outputs, expected);
}

#[tokio::test]
async fn defaults_stand_in_for_outputs_that_are_missing() {
    let defaults = object([("secret", s("default")), ("other", s("default"))]);
    let outputs = read(&[("terraform.tfstate", STATE)], &[("defaults", defaults)]).await.unwrap();
    assert_eq!((text(&outputs, "secret"), text(&outputs, "other")), (Some("x"), Some("default")));
}

#[tokio::test]
async fn workspaces_lie_in_their_folders() {
    let path = ("config", object([("path", s("p.tfstate"))]));
    let folder = ("config", object([("workspace_dir", s("w"))]));
    let workspace = |name: &str| ("workspace", s(name));
    let cases = [
        ("terraform.tfstate", vec![]),
        ("terraform.tfstate", vec![workspace("default")]),
        ("terraform.tfstate", vec![workspace("")]),
        ("p.tfstate", vec![path.clone()]),
        ("terraform.tfstate.d/dev/terraform.tfstate", vec![workspace("dev"), path]),
        ("w/dev/terraform.tfstate", vec![workspace("dev"), folder]),
    ];
    for (file, given) in cases {
        assert!(read(&[(file, STATE)], &given).await.is_ok(), "{file} {given:?}");
        let missing = read(&[("elsewhere", STATE)], &given).await.unwrap_err();
        assert_eq!(missing.summary, "Unable to find remote state");
    }
}

#[tokio::test]
async fn what_is_no_state_is_refused() {
    for content in ["{", "{}", r#"{"version":99}"#] {
        let error = read(&[("terraform.tfstate", content)], &[]).await.unwrap_err();
        assert_eq!(error.summary, "Unsupported state file format", "{error}");
    }
}
