use std::time::Instant as Clock;

use super::*;
use provider::kit::{Bench, Case, check_resource};

fn config(given: &[(&'static str, &str)]) -> Value {
    let given = given.iter().map(|(name, text)| (*name, Value::string(text)));
    config_of(&TimeSleep::new().schema.block, given)
}

async fn make(given: &[(&'static str, &str)]) -> Object {
    TimeSleep::new().create(Bench::new("/").call(), &config(given), &config(given)).await.unwrap()
}

#[tokio::test]
async fn time_sleep_keeps_the_contract() {
    let triggered = [("triggers", Value::map(Type::String, [("a", Value::string("1"))]))];
    let cases = [
        Case::new("create", config(&[("create_duration", "1ms")]))
            .then(config(&[("destroy_duration", "1ms")])),
        Case::new("triggers", config(&[("destroy_duration", "1ms")]))
            .then(with_attributes(&config(&[("destroy_duration", "1ms")]), triggered)),
    ];
    assert_eq!(check_resource(&TimeSleep::new(), &Bench::new("/"), &cases).await, vec![]);
}

#[tokio::test]
async fn it_waits_as_long_as_it_says() {
    let begun = Clock::now();
    let object = make(&[("create_duration", "150ms"), ("destroy_duration", "0.05s")]).await;
    assert!(begun.elapsed() >= Duration::from_millis(150));
    let begun = Clock::now();
    TimeSleep::new().delete(Bench::new("/").call(), &object).await.unwrap();
    assert!(begun.elapsed() >= Duration::from_millis(50));
}

#[tokio::test]
async fn it_stops_waiting_when_told_to() {
    let bench = Bench::new("/");
    bench.cancel.cancel();
    let planned = config(&[("create_duration", "10h")]);
    let failed = TimeSleep::new().create(bench.call(), &planned, &planned).await.unwrap_err();
    assert!(failed.partial.is_none() && failed.error.detail.contains("36000 s"), "{:?}", failed.error);
    let object: Object = config(&[("destroy_duration", "10h")]).into();
    assert!(TimeSleep::new().delete(bench.call(), &object).await.is_err());
}

#[test]
fn only_a_number_with_a_unit_is_a_duration() {
    let cases =
        [("30s", true), ("1.5h", true), ("250ms", true), ("30", false), ("1h30m", false), ("-1s", false)];
    let cases = cases.into_iter().chain([(".5s", false), ("s", false), ("1us", false), ("", false)]);
    for (text, accepted) in cases {
        let errors = TimeSleep::new().validate(&config(&[("create_duration", text)]));
        assert_eq!(errors.is_empty(), accepted, "{text}");
    }
    assert_eq!(TimeSleep::new().validate(&config(&[])).len(), 1);
}

#[tokio::test]
async fn identifiers_name_both_durations() {
    let import = async |id: &str| TimeSleep::new().import(Bench::new("/").call(), id).await;
    let given = [("create_duration", "30s"), ("destroy_duration", "1m")];
    let imported = import("30s,1m").await.unwrap().value;
    assert_eq!(text(&imported, "id"), Some("2023-11-14T22:13:20Z"));
    assert_eq!(with_attributes(&imported, [("id", Value::null_of(Type::String))]), config(&given));
    assert!(text(&import(",1m").await.unwrap().value, "create_duration").is_none());
    for id in [",", "30s", "30s,1m,", "soon,"] {
        assert!(import(id).await.is_err(), "{id}");
    }
}
