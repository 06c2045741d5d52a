use super::*;
use crate::kept::{Kept, testing::*};
use provider::kit::{Bench, Case, check_resource};
use provider::{ResourceType, text};

fn ty() -> Kept<TimeOffset> {
    Kept::new(TimeOffset)
}

const BASE: (&str, &str) = ("base_rfc3339", "2020-01-31T06:36:13Z");

fn based(offset: &'static str, count: i64) -> [(&'static str, Value); 2] {
    [(BASE.0, s(BASE.1)), (offset, n(count))]
}

#[tokio::test]
async fn time_offset_keeps_the_contract() {
    let now = |days: i64| config(&ty(), &[("offset_days", n(days))]);
    let moved = [("base_rfc3339", s("2021-01-31T06:36:13Z")), ("offset_days", n(1))];
    let cases = [
        Case::new("now", now(1)).then(now(-2)),
        Case::new("another base", config(&ty(), &based("offset_days", 1))).then(config(&ty(), &moved)),
        Case::new("triggers", now(1))
            .then(config(&ty(), &[("offset_days", n(1)), ("triggers", triggers("1"))])),
    ];
    assert_eq!(check_resource(&ty(), &Bench::new("/"), &cases).await, vec![]);
}

#[tokio::test]
async fn offsets_are_added_on_calendar_and_clock() {
    let cases = [
        ("offset_days", 1, "2020-02-01T06:36:13Z"),
        ("offset_hours", -7, "2020-01-30T23:36:13Z"),
        ("offset_minutes", 90, "2020-01-31T08:06:13Z"),
        ("offset_months", 1, "2020-03-02T06:36:13Z"),
        ("offset_seconds", 86_400, "2020-02-01T06:36:13Z"),
        ("offset_years", -1, "2019-01-31T06:36:13Z"),
        ("offset_years", 0, BASE.1),
    ];
    for (name, count, expected) in cases {
        let object = make(&ty(), &based(name, count)).await;
        assert_eq!(text(&object, "rfc3339"), Some(expected), "{name} {count}");
        assert_eq!(text(&object, "id"), Some(BASE.1));
    }
}

#[tokio::test]
async fn a_changed_offset_is_planned_in_full_from_the_base_that_was() {
    let object = make(&ty(), &[("offset_days", n(1))]).await;
    let (planned, replaces) = plan(&ty(), Some(&object), &[("offset_days", n(2))]).await;
    assert!(planned.is_wholly_known() && replaces.is_empty());
    assert_eq!(text(&planned, "rfc3339"), Some("2023-11-16T22:13:20Z"));
    let (planned, _) = plan(&ty(), Some(&object), &[("offset_days", Value::unknown(Type::Number))]).await;
    assert!(!planned.get("rfc3339").unwrap().is_known());
}

#[tokio::test]
async fn no_offset_leads_out_of_the_calendar() {
    for (name, count) in [("offset_years", 8000), ("offset_days", i64::MIN), ("offset_hours", i64::MAX)] {
        let planned = plan(&ty(), None, &based(name, count)).await.0;
        let failed = ty().create(Bench::new("/").call(), &planned, &planned).await.unwrap_err();
        assert!(failed.error.detail.contains("the years 0 to 9999"), "{:?}", failed.error);
    }
}

#[test]
fn wrong_arguments_are_refused() {
    let half = Value::number(model::Number::from_f64(0.5).unwrap());
    assert_eq!(refusals(&ty(), &[]), [""]);
    assert_eq!(refusals(&ty(), &[("offset_days", half)]), [".offset_days"]);
    assert_eq!(refusals(&ty(), &[("offset_days", Value::unknown(Type::Number))]), [""; 0]);
    assert_eq!(refusals(&ty(), &[("base_rfc3339", s("?")), ("offset_days", n(1))]), [".base_rfc3339"]);
}

#[tokio::test]
async fn identifiers_name_base_and_offsets() {
    let import = async |id: &str| ty().import(Bench::new("/").call(), id).await;
    let imported = import("2020-01-31T06:36:13Z,,1,,,,").await.unwrap();
    assert_eq!(imported.value, make(&ty(), &based("offset_months", 1)).await);
    for id in
        ["2020-01-31T06:36:13Z,,,,,,", ",,1,,,,", "2020-01-31T06:36:13Z,1", "2020-01-31T06:36:13Z,,x,,,,"]
    {
        assert!(import(id).await.is_err(), "{id}");
    }
}
