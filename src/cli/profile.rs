//! `-profile`: how long each stage took, as a table and as a trace.
//!
//! The trace is in the trace event format, which `chrome://tracing` and <https://ui.perfetto.dev> open. One track stands for
//! each stage, more where the same stage was entered several times at once. What is short is put together with its
//! neighbours, so that the trace of a hundred thousand objects can still be opened.

mod table;
mod trace;

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::fmt::Display;
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::time::Instant;

use model::stage::{Entry, Gauge, Stage};

/// Where the trace goes unless `-profile=FILE` says otherwise.
pub const DEFAULT_PATH: &str = "stackwright-profile.json";

/// What is shorter is put together with what comes before it on the same track.
const SHORT_NS: u64 = 100_000;

/// Measures a run from its construction on.
pub struct Profile {
    path: PathBuf,
    file: File,
    start: Instant,
    found: RefCell<Found>,
}

/// What was measured so far.
#[derive(Default)]
struct Found {
    totals: [Total; Stage::ALL.len()],
    spans: Vec<Span>,
    /// The last span of each track.
    last: BTreeMap<(Stage, u32), usize>,
}

/// All of one stage.
#[derive(Clone, Default)]
struct Total {
    times: u64,
    /// While it was entered at least once.
    busy_ns: u64,
    longest_ns: u64,
    longest: String,
    /// How many lanes are taken.
    taken: u32,
    /// Lanes that were taken before.
    free: BinaryHeap<Reverse<u32>>,
    /// Since when some lane is taken.
    since_ns: u64,
}

/// A piece of a track: one stay in a stage, or several short ones after each other.
struct Span {
    stage: Stage,
    lane: u32,
    subject: String,
    begin_ns: u64,
    end_ns: u64,
    /// How long the stage was really entered.
    busy_ns: u64,
    times: u64,
}

impl Profile {
    /// Begins to measure; the trace file is made now, so that nobody waits for a run whose trace cannot be written.
    pub fn begin(path: &Path) -> io::Result<Profile> {
        let file = File::create(path)?;
        Ok(Profile { path: path.into(), file, start: Instant::now(), found: RefCell::default() })
    }

    /// Writes the trace and gives the table for people.
    pub fn finish(self) -> io::Result<String> {
        let total_ns = self.now_ns();
        let found = self.found.into_inner();
        trace::write(&found.spans, &mut BufWriter::new(self.file))?;
        Ok(table::table(&found.totals, total_ns, &self.path))
    }

    fn now_ns(&self) -> u64 {
        self.start.elapsed().as_nanos() as u64
    }
}

impl Gauge for Profile {
    fn enter(&self, stage: Stage) -> Entry {
        let at_ns = self.now_ns();
        let lane = self.found.borrow_mut().totals[stage as usize].enter(at_ns);
        Entry { at_ns, lane }
    }

    fn leave(&self, stage: Stage, entry: Entry, subject: &dyn Display) {
        let now_ns = self.now_ns();
        let mut found = self.found.borrow_mut();
        found.totals[stage as usize].leave(entry, now_ns, subject);
        found.keep(stage, entry, now_ns, subject);
    }
}

impl Total {
    fn enter(&mut self, at_ns: u64) -> u32 {
        if self.taken == 0 {
            self.since_ns = at_ns;
        }
        // Lanes that are not free are all taken, so that the next number is that of how many there are.
        let lane = self.free.pop().map_or(self.taken, |Reverse(lane)| lane);
        self.taken += 1;
        lane
    }

    fn leave(&mut self, entry: Entry, now_ns: u64, subject: &dyn Display) {
        self.times += 1;
        self.taken -= 1;
        self.free.push(Reverse(entry.lane));
        if self.taken == 0 {
            self.busy_ns += now_ns.saturating_sub(self.since_ns);
        }
        let took_ns = now_ns.saturating_sub(entry.at_ns);
        if took_ns > self.longest_ns {
            self.longest_ns = took_ns;
            self.longest = subject.to_string();
        }
    }
}

impl Found {
    fn keep(&mut self, stage: Stage, entry: Entry, end_ns: u64, subject: &dyn Display) {
        let took_ns = end_ns.saturating_sub(entry.at_ns);
        let last = self.last.get(&(stage, entry.lane)).map(|at| &mut self.spans[*at]);
        if let Some(span) = last.filter(|span| span.takes(entry.at_ns, took_ns)) {
            (span.end_ns, span.busy_ns, span.times) = (end_ns, span.busy_ns + took_ns, span.times + 1);
            return;
        }
        self.last.insert((stage, entry.lane), self.spans.len());
        let subject = subject.to_string();
        let (begin_ns, lane) = (entry.at_ns, entry.lane);
        self.spans.push(Span { stage, lane, subject, begin_ns, end_ns, busy_ns: took_ns, times: 1 });
    }
}

impl Span {
    /// Whether what began then and took so long is short and close enough to be put to it.
    fn takes(&self, begin_ns: u64, took_ns: u64) -> bool {
        let is_short = self.busy_ns < SHORT_NS * self.times;
        is_short && took_ns < SHORT_NS && begin_ns.saturating_sub(self.end_ns) < SHORT_NS
    }
}

#[cfg(test)]
mod tests;
