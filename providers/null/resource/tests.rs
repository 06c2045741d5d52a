use super::*;
use provider::kit::{Bench, Case, check_resource};
use provider::{config_of, propose, text};

fn triggers(entries: &[(&'static str, Option<&str>)]) -> Value {
    let value = |v: &Option<&str>| v.map_or_else(|| Value::null_of(Type::String), Value::string);
    Value::map(Type::String, entries.iter().map(|(name, v)| (*name, value(v))))
}

fn config(triggers: Option<Value>) -> Value {
    config_of(&NullResource::new().schema.block, triggers.map(|t| ("triggers", t)))
}

#[tokio::test]
async fn null_resource_keeps_the_contract() {
    let cases = [
        Case::new("nothing", config(None)).then(config(Some(triggers(&[("a", Some("1"))])))),
        Case::new("triggers", config(Some(triggers(&[("a", Some("1"))])))).then(config(None)),
        Case::new("an empty map", config(None)).then(config(Some(triggers(&[])))),
    ];
    assert_eq!(check_resource(&NullResource::new(), &Bench::new("/"), &cases).await, vec![]);
}

#[tokio::test]
async fn triggers_replace_the_object_and_nothing_else_does() {
    let ty = NullResource::new();
    let one = || Some(triggers(&[("a", Some("1"))]));
    let cases = [
        (one(), one(), false),
        (one(), Some(triggers(&[("a", Some("2"))])), true),
        (one(), Some(Value::unknown(Type::map(Type::String))), true),
        (one(), Some(triggers(&[("a", Some("1")), ("b", None)])), false),
        (None, Some(triggers(&[("a", None)])), false),
        (None, one(), true),
    ];
    for (before, after, replaces) in cases {
        let planned = with_attributes(&config(before), [("id", Value::unknown(Type::String))]);
        let prior = ty.create(Bench::new("/").call(), &planned, &planned).await.unwrap().value;
        let config = config(after);
        let proposed = propose(&ty.schema.block, Some(&prior), &config);
        let request =
            PlanRequest { prior: Some(&prior), config: &config, proposed: &proposed, private: None };
        let change = ty.plan(Bench::new("/").call(), request).await.unwrap();
        assert_eq!(change.requires_replace.len(), usize::from(replaces), "{config:?}");
        assert_eq!(change.planned.get("id").unwrap().is_known(), !replaces, "{config:?}");
    }
}

#[tokio::test]
async fn the_identifier_is_a_number_of_its_own() {
    let (ty, bench) = (NullResource::new(), Bench::new("/"));
    let mut ids = Vec::new();
    for _ in 0..2 {
        let made = ty.create(bench.call(), &config(None), &config(None)).await.unwrap().value;
        ids.push(text(&made, "id").unwrap().parse::<u64>().unwrap());
    }
    assert_ne!(ids[0], ids[1]);
    assert!(ids.iter().all(|id| *id < 1 << 63));
}
