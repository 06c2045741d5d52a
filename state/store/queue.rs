//! The records that wait, and the state that they lead to.

use super::session::Intents;
use crate::journal::{Base, Entry, Record, Scribe, apply};
use crate::{StateError, StateSnapshot, Version};

/// Where a session starts.
pub(super) struct Start {
    pub(super) snapshot: StateSnapshot,
    pub(super) unresolved: Intents,
    /// Whether there is a journal that belongs to the document.
    pub(super) journal: bool,
    pub(super) last: u64,
    pub(super) torn: bool,
    pub(super) scribe: Scribe,
    pub(super) version: Option<Version>,
}

/// Who writes the journal.
pub(super) struct Author {
    /// The lock's id.
    pub(super) run: String,
    pub(super) who: String,
}

/// What is known and waits; the lock on it is never held across an await.
pub(super) struct Inner {
    pub(super) snapshot: StateSnapshot,
    /// Intents of earlier sessions.
    pub(super) prior: Intents,
    /// Intents of this session.
    pub(super) announced: Intents,
    /// Whether somebody will flush soon.
    pub(super) flush_due: bool,
    pub(super) opening: Opening,
    /// Lines that wait for being appended.
    pub(super) pending: Vec<u8>,
    pub(super) changed: bool,
    next: u64,
    pub(super) durable: u64,
    torn: bool,
    scribe: Scribe,
}

/// How far the journal is opened.
pub(super) enum Opening {
    NotYet,
    /// The base is chosen; records may be queued.
    Chosen(Box<FirstBase>),
    /// Somebody is writing it.
    Busy,
    Done,
}

/// The base that opens the journal, and its document.
pub(super) struct FirstBase {
    pub(super) seq: u64,
    pub(super) line: Vec<u8>,
    pub(super) appended: bool,
    pub(super) snapshot: StateSnapshot,
}

impl Inner {
    pub(super) fn new(start: Start) -> Inner {
        Inner {
            snapshot: start.snapshot,
            prior: start.unresolved,
            announced: Intents::new(),
            flush_due: false,
            opening: Opening::NotYet,
            pending: Vec::new(),
            changed: false,
            next: start.last + 1,
            durable: start.last,
            torn: start.torn,
            scribe: start.scribe,
        }
    }

    /// Applies a record that was queued.
    pub(super) fn apply(&mut self, record: &Record) {
        let Record::Done { intent, changes } = record else { return };
        self.changed |= !changes.is_empty();
        for change in changes {
            apply(&mut self.snapshot, change);
        }
        if let Some(id) = intent {
            self.prior.remove(id);
            self.announced.remove(id);
        }
    }

    /// The number of the last record that was queued.
    pub(super) fn last(&self) -> u64 {
        self.next - 1
    }

    pub(super) fn is_resolved(&self) -> bool {
        self.prior.is_empty() && self.announced.is_empty()
    }

    /// Queues a record and gives its number; opens the journal if it is the first.
    pub(super) fn enqueue(&mut self, author: &Author, record: &Record) -> Result<u64, StateError> {
        let opens = matches!(self.opening, Opening::NotYet);
        let seq = self.next + u64::from(opens);
        let entry = Entry::of(seq, self.durable, record)?;
        if opens {
            let mut base = if self.torn { b"\n".to_vec() } else { Vec::new() };
            let base_seq = self.base(author, &mut base)?;
            self.opening = Opening::Chosen(Box::new(FirstBase {
                seq: base_seq,
                line: base,
                appended: false,
                snapshot: self.snapshot.clone(),
            }));
        }
        self.scribe.write(entry, &mut self.pending)?;
        self.next = seq + 1;
        Ok(seq)
    }

    /// Raises the serial and writes the base of the document that will have it.
    fn base(&mut self, author: &Author, line: &mut Vec<u8>) -> Result<u64, StateError> {
        let seq = self.next;
        let base = Base {
            lineage: self.snapshot.lineage.clone(),
            serial: self.snapshot.serial + 1,
            run: author.run.clone(),
            who: author.who.clone(),
        };
        self.scribe.write(Entry::of(seq, self.durable, &Record::Base(base))?, line)?;
        self.snapshot.serial += 1;
        self.next = seq + 1;
        Ok(seq)
    }

    /// Raises the serial and queues the base of the document that will have it.
    pub(super) fn enqueue_base(&mut self, author: &Author) -> Result<(), StateError> {
        let mut line = Vec::new();
        self.base(author, &mut line)?;
        self.pending.extend_from_slice(&line);
        Ok(())
    }
}
