//! What happens while a plan is applied, line by line: for people, or as the `-json` stream.

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use apply::{Event, Events, Operation};
use model::{InstanceAddr, SourceMap};

use super::messages::{self, Counts};
use super::stream::Stream;
use super::text::{Ink, Screen};
use super::{display_address, ephemeral, time, words};

/// Above this many steps only the first are told one by one.
const MANY: usize = 1000;

/// How many those are.
const TOLD: usize = 100;

/// Shows an apply and counts what was done.
#[derive(Default)]
pub struct ApplyView {
    people: Option<People>,
    tools: Vec<Arc<Stream>>,
    sources: Arc<SourceMap>,
    seen: Mutex<Seen>,
}

/// How people are told, and of how many steps in all.
struct People {
    out: Mutex<Box<dyn Write + Send>>,
    screen: Screen,
    total: usize,
}

#[derive(Default)]
struct Seen {
    counts: Counts,
    /// Steps that ended, well or badly.
    ended: usize,
    running: BTreeSet<InstanceAddr>,
}

impl ApplyView {
    /// Counts only.
    pub fn new() -> ApplyView {
        ApplyView::default()
    }

    /// Lines for people; on a terminal with a status line below them. `total` is the number of steps.
    pub fn with_people(self, out: impl Write + Send + 'static, screen: Screen, total: usize) -> ApplyView {
        let out: Box<dyn Write + Send> = Box::new(out);
        ApplyView { people: Some(People { out: Mutex::new(out), screen, total }), ..self }
    }

    /// Messages for tools.
    pub fn with_stream(mut self, stream: Arc<Stream>) -> ApplyView {
        self.tools.push(stream);
        self
    }

    /// Shows the source that warnings point at.
    pub fn with_sources(self, sources: Arc<SourceMap>) -> ApplyView {
        ApplyView { sources, ..self }
    }

    /// What was done so far.
    pub fn counts(&self) -> Counts {
        self.seen().counts
    }

    /// Takes the status line away; call it when the apply has ended.
    pub fn finish(&self) {
        if let Some(People { out, screen, .. }) = &self.people
            && screen.terminal
        {
            write(out, CLEAR_LINE);
        }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Events for ApplyView {
    fn event(&self, event: Event) {
        let mut seen = self.seen();
        seen.note(&event);
        if !self.tools.is_empty() {
            let messages = json(&event, &self.sources);
            self.tools.iter().for_each(|stream| stream.say_all(&messages));
        }
        if let Some(People { out, screen, total }) = &self.people {
            let mut text = match seen.is_hushed(&event, *total) {
                false => human(&event, screen, &self.sources),
                true => seen.share(&event, *total),
            };
            if screen.terminal {
                text = format!("{CLEAR_LINE}{text}{}", seen.status(*total, screen));
            }
            write(out, &text);
        }
    }
}

/// To the first column, and clear.
const CLEAR_LINE: &str = "\r\u{1b}[2K";

/// A reader that has gone away is no reason to stop working.
fn write(out: &Mutex<Box<dyn Write + Send>>, text: &str) {
    let mut out = out.lock().unwrap_or_else(PoisonError::into_inner);
    let _reader_gone = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

impl Seen {
    fn note(&mut self, event: &Event) {
        match event {
            Event::Started { address, .. } => {
                self.running.insert(address.clone());
            }
            Event::Finished { address, operation: Operation::Stabilise, .. }
            | Event::Failed { address, operation: Operation::Stabilise, .. } => {
                self.running.remove(address);
            }
            Event::Finished { address, operation, .. } => {
                self.ended(address);
                self.count(*operation);
            }
            Event::Failed { address, .. } => self.ended(address),
            Event::ProvisionStarted { .. } | Event::ProvisionEnded { .. } | Event::Output { .. } => {}
            Event::Progress { .. } | Event::Ephemeral { .. } | Event::Warning(_) => {}
        }
    }

    /// Whether a step is one of so many that not each is told when it begins and ends.
    fn is_hushed(&self, event: &Event, total: usize) -> bool {
        let is_usual = matches!(event, Event::Started { .. } | Event::Finished { .. });
        is_usual && total > MANY && self.ended > TOLD
    }

    /// In place of steps that are not told, how far it is, each time when another part in a hundred is done.
    fn share(&self, event: &Event, total: usize) -> String {
        let percent = |ended: usize| ended * 100 / total.max(1);
        let is_new = matches!(event, Event::Finished { .. }) && percent(self.ended) > percent(self.ended - 1);
        match is_new {
            true => format!("{}% done: {} of {total}\n", percent(self.ended), self.ended),
            false => String::new(),
        }
    }

    fn ended(&mut self, address: &InstanceAddr) {
        self.ended += 1;
        self.running.remove(address);
    }

    fn count(&mut self, operation: Operation) {
        match operation {
            Operation::Create => self.counts.add += 1,
            Operation::Update => self.counts.change += 1,
            Operation::Delete => self.counts.remove += 1,
            Operation::Import => self.counts.import += 1,
            Operation::Read | Operation::Forget | Operation::Stabilise => {}
        }
    }

    /// "3 of 12 done, 2 running: a.b, c.d", cut to the width.
    fn status(&self, total: usize, screen: &Screen) -> String {
        if self.running.is_empty() {
            return String::new();
        }
        let names: Vec<String> =
            self.running.iter().take(4).map(|a| display_address(&a.to_string())).collect();
        let line =
            format!("{} of {total} done, {} running: {}", self.ended, self.running.len(), names.join(", "));
        let cut: String = line.chars().take(screen.width.saturating_sub(1)).collect();
        screen.paint(Ink::Grey, &cut)
    }
}

fn json(event: &Event, sources: &SourceMap) -> Vec<messages::Message> {
    match event {
        Event::Started { address, operation, id } => {
            messages::apply_start(address, *operation, id.as_deref()).into_iter().collect()
        }
        Event::Progress { address, operation, elapsed, .. } => {
            messages::apply_progress(address, *operation, *elapsed).into_iter().collect()
        }
        Event::Finished { address, operation, id, elapsed } => {
            messages::apply_complete(address, *operation, id.as_deref(), *elapsed).into_iter().collect()
        }
        Event::Failed { address, operation, elapsed } => {
            messages::apply_errored(address, *operation, *elapsed).into_iter().collect()
        }
        Event::Output { address, provisioner, line } => {
            vec![messages::provision_progress(address, provisioner, line)]
        }
        Event::ProvisionStarted { address, provisioner } => {
            vec![messages::provision_start(address, provisioner)]
        }
        Event::ProvisionEnded { address, provisioner, failed } => {
            vec![messages::provision_end(address, provisioner, *failed)]
        }
        Event::Ephemeral { address, turn } => vec![ephemeral::message(address, *turn)],
        Event::Warning(warning) => vec![messages::diagnostic(warning, sources)],
    }
}

fn human(event: &Event, screen: &Screen, sources: &SourceMap) -> String {
    let name = |address: &InstanceAddr| display_address(&address.to_string());
    let said = |address, what: String| screen.paint(Ink::Bold, &format!("{}: {what}", name(address))) + "\n";
    match event {
        Event::Started { address, operation, id } => {
            said(address, format!("{}...{}", starting(*operation), words::id_suffix(id.as_deref())))
        }
        Event::Progress { address, operation, message, elapsed } => {
            said(address, still(*operation, message, *elapsed))
        }
        Event::Finished { address, operation, id, elapsed } => {
            said(address, finished(*operation, id.as_deref(), *elapsed))
        }
        Event::Failed { .. } => String::new(),
        Event::Output { address, provisioner, line } => {
            let who = screen.paint(Ink::Bold, &format!("{} ({provisioner}):", name(address)));
            format!("{who} {line}\n")
        }
        Event::ProvisionStarted { address, provisioner } => {
            said(address, format!("Provisioning with '{provisioner}'..."))
        }
        Event::ProvisionEnded { .. } => String::new(),
        Event::Ephemeral { address, turn } => {
            let line = ephemeral::line(address, *turn);
            line.map(|line| screen.paint(Ink::Bold, &line) + "\n").unwrap_or_default()
        }
        Event::Warning(warning) => super::diagnostic::human(warning, sources, screen),
    }
}

fn starting(operation: Operation) -> &'static str {
    match operation {
        Operation::Create => "Creating",
        Operation::Read => "Reading",
        Operation::Update => "Modifying",
        Operation::Delete => "Destroying",
        Operation::Import => "Importing",
        Operation::Forget => "Forgetting",
        Operation::Stabilise => "Settling",
    }
}

fn still(operation: Operation, message: &str, elapsed: Duration) -> String {
    let going_on = starting(operation).to_lowercase();
    let message = if message.is_empty() { String::new() } else { format!(" {message}") };
    format!("Still {going_on}...{message} [{} elapsed]", time::elapsed(elapsed))
}

fn finished(operation: Operation, id: Option<&str>, elapsed: Duration) -> String {
    let (took, id) = (time::elapsed(elapsed), words::id_suffix(id));
    match operation {
        Operation::Create => format!("Creation complete after {took}{id}"),
        Operation::Read => format!("Read complete after {took}{id}"),
        Operation::Update => format!("Modifications complete after {took}{id}"),
        Operation::Delete => format!("Destruction complete after {took}"),
        Operation::Import => format!("Import complete{id}"),
        Operation::Forget => "Forgotten; the object itself stays".into(),
        Operation::Stabilise => format!("Settling complete after {took}"),
    }
}
