use std::fs;

use model::Stages;
use serde_json::Value as Json;

use super::*;

fn measured(work: impl FnOnce(Stages<'_>)) -> (String, Vec<Json>) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("trace.json");
    let profile = Profile::begin(&path).unwrap();
    work(Stages::measured(&profile));
    let table = profile.finish().unwrap();
    let trace: Json = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    let events = trace["traceEvents"].as_array().unwrap();
    (table, events.iter().filter(|e| e["ph"] == "X").cloned().collect())
}

#[test]
fn every_stage_that_was_entered_has_a_row_and_an_event() {
    let (table, events) = measured(|stages| {
        drop(stages.enter(Stage::Parse, "main.tf"));
        drop(stages.enter(Stage::Render, "plan"));
    });
    let rows: Vec<&str> = table.lines().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(rows[1..5], ["stage", "parse", "render", "all"], "{table}");
    let named: Vec<(&str, &str)> =
        events.iter().map(|e| (e["cat"].as_str().unwrap(), e["name"].as_str().unwrap())).collect();
    assert_eq!(named, [("parse", "main.tf"), ("render", "plan")]);
}

#[test]
fn what_goes_on_at_the_same_time_lies_on_tracks_beside_each_other_and_counts_once() {
    let (_, events) = measured(|stages| {
        let first = stages.enter(Stage::Read, "a");
        let second = stages.enter(Stage::Read, "b");
        drop(first);
        drop(second);
    });
    assert_ne!(events[0]["tid"], events[1]["tid"], "{events:?}");
    let mut total = Total::default();
    let lanes = [total.enter(10), total.enter(20)];
    total.leave(Entry { at_ns: 10, lane: lanes[0] }, 30, &"a");
    total.leave(Entry { at_ns: 20, lane: lanes[1] }, 50, &"b");
    assert_eq!((lanes, total.busy_ns, total.times, &*total.longest), ([0, 1], 40, 2, "b"));
}

#[test]
fn short_neighbours_are_one_event() {
    let mut found = Found::default();
    for at_ns in [0, 20, 40] {
        found.keep(Stage::Diff, Entry { at_ns, lane: 0 }, at_ns + 10, &"d");
    }
    found.keep(Stage::Diff, Entry { at_ns: 60, lane: 0 }, 60 + 2 * SHORT_NS, &"long");
    let kept: Vec<(u64, u64, u64)> = found.spans.iter().map(|s| (s.times, s.busy_ns, s.end_ns)).collect();
    assert_eq!(kept, [(3, 30, 50), (1, 2 * SHORT_NS, 60 + 2 * SHORT_NS)]);
}
