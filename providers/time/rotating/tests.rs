use super::*;
use crate::kept::{Kept, testing::*};
use provider::kit::{Bench, Case, check_resource};
use provider::{Object, ResourceType};

fn ty() -> Kept<TimeRotating> {
    Kept::new(TimeRotating)
}

fn based(given: &[(&'static str, Value)]) -> Vec<(&'static str, Value)> {
    [&[("rfc3339", s("2090-01-31T00:00:00Z"))], given].concat()
}

#[tokio::test]
async fn time_rotating_keeps_the_contract() {
    let config = |given: &[(&'static str, Value)]| config(&ty(), given);
    let cases = [
        Case::new("now", config(&[("rotation_days", n(1))])).then(config(&[("rotation_hours", n(7))])),
        Case::new("based", config(&based(&[("rotation_days", n(1))])))
            .then(config(&[("rfc3339", s("2091-01-01T00:00:00Z")), ("rotation_days", n(1))])),
        Case::new("an end", config(&[(END, s("2090-01-31T00:00:00+00:00"))]))
            .then(config(&[(END, s("2091-01-31T00:00:00Z"))])),
    ];
    assert_eq!(check_resource(&ty(), &Bench::new("/"), &cases).await, vec![]);
}

#[tokio::test]
async fn the_longest_unit_counts_alone() {
    let cases: [(&[(&'static str, i64)], &str); 5] = [
        (&[("rotation_days", 1)], "2090-02-01T00:00:00Z"),
        (&[("rotation_days", 1), ("rotation_hours", 2)], "2090-01-31T02:00:00Z"),
        (&[("rotation_hours", 2), ("rotation_minutes", 3)], "2090-01-31T00:03:00Z"),
        (&[("rotation_minutes", 3), ("rotation_months", 1)], "2090-03-03T00:00:00Z"),
        (&[("rotation_months", 1), ("rotation_years", 1)], "2091-01-31T00:00:00Z"),
    ];
    for (periods, expected) in cases {
        let periods: Vec<_> = periods.iter().map(|(name, count)| (*name, n(*count))).collect();
        let object = make(&ty(), &based(&periods)).await;
        assert_eq!(text(&object, END), Some(expected), "{periods:?}");
    }
}

#[tokio::test]
async fn it_is_gone_when_its_time_is_over() {
    for (end, expected) in [("2023-11-14T22:13:19Z", false), ("2023-11-14T22:13:20Z", true)] {
        let object: Object = make(&ty(), &[(END, s(end))]).await.into();
        let read = ty().read(Bench::new("/").call(), &object).await.unwrap();
        assert_eq!(read.is_some(), expected, "{end}");
    }
}

#[tokio::test]
async fn periods_change_in_place_and_the_base_replaces() {
    let object = make(&ty(), &based(&[("rotation_days", n(1))])).await;
    let (planned, replaces) = plan(&ty(), Some(&object), &[("rotation_days", n(2))]).await;
    assert_eq!((text(&planned, END), replaces.len()), (Some("2090-02-02T00:00:00Z"), 0));
    let moved = [("rfc3339", s("2091-01-01T00:00:00Z")), ("rotation_days", n(1))];
    assert_eq!(plan(&ty(), Some(&object), &moved).await.1, [".rfc3339"]);
    let over = make(&ty(), &[("rfc3339", s("2020-01-01T00:00:00Z")), ("rotation_days", n(1))]).await;
    assert_eq!(plan(&ty(), Some(&over), &[("rotation_days", n(2))]).await.1, [".rotation_rfc3339"]);
}

#[test]
fn wrong_arguments_are_refused() {
    assert_eq!(refusals(&ty(), &[]), [""]);
    assert_eq!(refusals(&ty(), &[("rotation_days", n(0))]), [".rotation_days"]);
    assert_eq!(refusals(&ty(), &[(END, s("soon"))]), [".rotation_rfc3339"]);
    assert_eq!(refusals(&ty(), &[(END, unknown())]), [""; 0]);
}

#[tokio::test]
async fn identifiers_name_base_and_periods_or_end() {
    let import = async |id: &str| ty().import(Bench::new("/").call(), id).await;
    let periods = import("2090-01-31T00:00:00Z,,,1,,").await.unwrap();
    assert_eq!(periods.value, make(&ty(), &based(&[("rotation_days", n(1))])).await);
    let end = import("2090-01-31T00:00:00Z,2091-01-31T00:00:00Z").await.unwrap();
    assert_eq!(end.value, make(&ty(), &based(&[(END, s("2091-01-31T00:00:00Z"))])).await);
    for id in ["", "2090-01-31T00:00:00Z", "2090-01-31T00:00:00Z,", ",,,1,,", "2090-01-31T00:00:00Z,,,,,"] {
        assert!(import(id).await.is_err(), "{id}");
    }
}
