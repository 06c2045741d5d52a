use super::*;
use crate::kept::{Kept, testing::*};
use provider::kit::{Bench, Case, check_resource};
use provider::{ResourceType, text};

fn ty() -> Kept<TimeStatic> {
    Kept::new(TimeStatic)
}

#[tokio::test]
async fn time_static_keeps_the_contract() {
    let given = |time: &str| config(&ty(), &[("rfc3339", s(time))]);
    let cases = [
        Case::new("now", config(&ty(), &[])).then(config(&ty(), &[("triggers", triggers("1"))])),
        Case::new("given", given("2020-02-12T06:36:13Z")).then(given("2021-02-12T06:36:13+02:00")),
    ];
    assert_eq!(check_resource(&ty(), &Bench::new("/"), &cases).await, vec![]);
}

#[tokio::test]
async fn the_time_is_that_of_creation_and_stays() {
    let object = make(&ty(), &[]).await;
    assert_eq!(text(&object, "rfc3339"), Some("2023-11-14T22:13:20Z"));
    assert_eq!(object.get("unix"), Some(&Value::number(1_700_000_000i64)));
    assert_eq!(object.get("hour"), Some(&Value::number(22i64)));
    assert_eq!(plan(&ty(), Some(&object), &[]).await, (object, vec![]));
}

#[tokio::test]
async fn a_given_time_is_planned_in_full_in_its_own_offset() {
    let (planned, _) = plan(&ty(), None, &[("rfc3339", s("2020-02-12T00:36:13+02:00"))]).await;
    assert!(planned.is_wholly_known());
    assert_eq!(planned.get("day"), Some(&Value::number(12i64)));
    assert_eq!(planned.get("unix"), Some(&Value::number(1_581_460_573i64)));
}

#[tokio::test]
async fn another_time_or_trigger_replaces() {
    let object = make(&ty(), &[("triggers", triggers("1"))]).await;
    let cases: [(Attributes<'_>, &[&str]); 3] = [
        (&[("triggers", triggers("2"))], &[".rfc3339", ".triggers"]),
        (&[("triggers", triggers("1")), ("rfc3339", s("2020-02-12T00:36:13Z"))], &[".rfc3339"]),
        (&[("triggers", triggers("1")), ("rfc3339", unknown())], &[".rfc3339"]),
    ];
    for (given, expected) in cases {
        assert_eq!(plan(&ty(), Some(&object), given).await.1, expected, "{given:?}");
    }
}

#[tokio::test]
async fn a_timestamp_is_its_own_identifier() {
    let imported = ty().import(Bench::new("/").call(), "2020-02-12T06:36:13Z").await.unwrap();
    assert_eq!(imported.value, make(&ty(), &[("rfc3339", s("2020-02-12T06:36:13Z"))]).await);
    assert!(ty().import(Bench::new("/").call(), "yesterday").await.is_err());
    assert_eq!(refusals(&ty(), &[("rfc3339", s("yesterday"))]), [".rfc3339"]);
}
