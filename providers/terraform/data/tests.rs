use super::*;
use provider::kit::{Bench, Case, check_resource};
use provider::{config_of, propose};

fn config(given: &[(&'static str, Value)]) -> Value {
    config_of(&TerraformData::new().schema.block, given.iter().cloned())
}

fn object(id: &str, input: Value, output: Value, trigger: Value) -> Value {
    config(&[("id", Value::string(id)), ("input", input), ("output", output), ("triggers_replace", trigger)])
}

fn s(text: &str) -> Value {
    Value::string(text)
}

/// Plans; gives id, output and whether replacement is demanded.
async fn plan(prior: Option<&Value>, config: &Value) -> (Value, Value, bool) {
    let ty = TerraformData::new();
    let proposed = propose(&ty.schema.block, prior, config);
    let request = PlanRequest { prior, config, proposed: &proposed, private: None };
    let change = ty.plan(Bench::new("/").call(), request).await.unwrap();
    (part(&change.planned, "id"), part(&change.planned, "output"), !change.requires_replace.is_empty())
}

#[tokio::test]
async fn a_new_output_is_unknown_of_the_type_of_the_input() {
    let cases = [
        (s("x"), Value::unknown(Type::String)),
        (Value::unknown(Type::Number), Value::unknown(Type::Number)),
        (Value::null(), Value::null()),
        (Value::null_of(Type::String), Value::null_of(Type::String)),
    ];
    for (input, output) in cases {
        let planned = plan(None, &config(&[("input", input.clone())])).await;
        assert_eq!(planned, (unknown_id(), output, false), "{input:?}");
    }
}

#[tokio::test]
async fn a_changed_input_is_applied_in_place() {
    let prior = object("i", s("x"), s("x"), Value::null());
    assert_eq!(plan(Some(&prior), &config(&[("input", s("x"))])).await, (s("i"), s("x"), false));
    let changed = plan(Some(&prior), &config(&[("input", Value::number(1))])).await;
    assert_eq!(changed, (s("i"), Value::unknown(Type::Number), false));
    let dropped = plan(Some(&prior), &config(&[])).await;
    assert_eq!(dropped, (s("i"), Value::dynamic(), false));
}

#[tokio::test]
async fn another_type_of_null_is_another_input() {
    let typed = Value::null_of(Type::String);
    let prior = object("i", typed.clone(), typed, Value::null());
    assert_eq!(plan(Some(&prior), &config(&[])).await, (s("i"), Value::dynamic(), false));
}

#[tokio::test]
async fn a_changed_trigger_demands_a_new_object() {
    let prior = object("i", s("x"), s("x"), s("a"));
    let changed = plan(Some(&prior), &config(&[("input", s("x")), ("triggers_replace", s("b"))])).await;
    assert_eq!(changed, (unknown_id(), Value::unknown(Type::String), true));
    let unknown = config(&[("input", s("x")), ("triggers_replace", Value::unknown(Type::String))]);
    assert_eq!(plan(Some(&prior), &unknown).await, (unknown_id(), Value::unknown(Type::String), true));
}

#[tokio::test]
async fn import_takes_any_identifier() {
    let imported = TerraformData::new().import(Bench::new("/").call(), "foo").await.unwrap();
    assert_eq!(imported.value, object("foo", Value::null(), Value::null(), Value::null()));
}

#[tokio::test]
async fn terraform_data_keeps_the_contract() {
    let tuple = Value::tuple(vec![s("a"), Value::null()]);
    let cases = [
        Case::new("nothing", config(&[])).then(config(&[("input", s("x"))])),
        Case::new("a text", config(&[("input", s("x"))])).then(config(&[("input", tuple)])),
        Case::new("a trigger", config(&[("triggers_replace", s("x"))]))
            .then(config(&[("triggers_replace", Value::number(1))])),
    ];
    assert_eq!(check_resource(&TerraformData::new(), &Bench::new("/"), &cases).await, vec![]);
}
