//! Spans as trace events.

use std::collections::BTreeSet;
use std::io::{self, Write};

use model::stage::Stage;
use serde_json::json;

use super::Span;

/// Tracks of one stage lie together, below those of the stage before.
const LANES: u32 = 1000;

/// Writes a document of the trace event format, one event in a line.
pub(super) fn write(spans: &[Span], out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{{\"displayTimeUnit\":\"ms\",\"traceEvents\":[")?;
    let tracks: BTreeSet<(Stage, u32)> = spans.iter().map(|s| (s.stage, s.lane)).collect();
    for (stage, lane) in tracks {
        let name = match lane {
            0 => stage.name().to_owned(),
            more => format!("{} {}", stage.name(), more + 1),
        };
        let track = track(stage, lane);
        let named = json!({"name": "thread_name", "ph": "M", "pid": 1, "tid": track, "args": {"name": name}});
        let sorted = json!({"name": "thread_sort_index", "ph": "M", "pid": 1, "tid": track, "args": {"sort_index": track}});
        writeln!(out, "{named},\n{sorted},")?;
    }
    for span in spans {
        writeln!(out, "{},", event(span))?;
    }
    let process = json!({"name": "process_name", "ph": "M", "pid": 1, "args": {"name": "stackwright"}});
    writeln!(out, "{process}\n]}}")?;
    out.flush()
}

fn track(stage: Stage, lane: u32) -> u32 {
    (stage as u32 + 1) * LANES + lane.min(LANES - 1)
}

fn event(span: &Span) -> serde_json::Value {
    let name = match span.times {
        1 => span.subject.clone(),
        times => format!("{} and {} more", span.subject, times - 1),
    };
    json!({
        "name": name,
        "cat": span.stage.name(),
        "ph": "X",
        "ts": micros(span.begin_ns),
        "dur": micros(span.end_ns - span.begin_ns),
        "pid": 1,
        "tid": track(span.stage, span.lane),
        "args": {"times": span.times, "busy_us": micros(span.busy_ns)},
    })
}

fn micros(ns: u64) -> f64 {
    ns as f64 / 1000.0
}
