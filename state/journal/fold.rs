//! A document and a journal, put together.

use std::collections::BTreeMap;

use super::record::{Base, Journal, Record};
use super::{Intent, IntentId, apply};
use crate::format::VERSION_JOURNALLED;
use crate::keeping::Document;
use crate::{StateError, StateSnapshot};

/// A document with its journal folded in.
#[derive(Debug, Default)]
pub(crate) struct Fold {
    /// Nothing where there is no document.
    pub(crate) snapshot: Option<StateSnapshot>,
    /// Intents without result.
    pub(crate) unresolved: BTreeMap<IntentId, Intent>,
    /// Whether the journal belongs to the document; otherwise it is left over and may go.
    pub(crate) live: bool,
    /// Whether the journal added anything to the document.
    pub(crate) changed: bool,
    /// The number of the last record.
    pub(crate) last: u64,
    /// Whether the next record must begin with a line end.
    pub(crate) torn: bool,
    /// The digest of the last record's line.
    pub(crate) previous: Option<String>,
}

/// Folds a journal into the document that was read with it. The snapshot's serial is the document's, one higher where
/// the journal added something, so that two contents never have the same.
pub(crate) fn fold(
    document: Option<Document>,
    journal: Option<Journal>,
    location: &str,
) -> Result<Fold, StateError> {
    let unusable = |why: String| StateError::Journal { location: location.into(), why };
    let journal = journal.unwrap_or_default();
    let bases = || {
        journal.records.iter().filter_map(|(seq, r)| match r {
            Record::Base(base) => Some((*seq, base)),
            Record::Intent(_) | Record::Done { .. } => None,
        })
    };
    let Some(Document { version, mut snapshot, .. }) = document else {
        return match journal.records.iter().any(|(_, r)| !matches!(r, Record::Base(_))) {
            true => Err(unusable(no_document(location))),
            false => Ok(Fold::default()),
        };
    };
    if let Some((_, base)) = bases().find(|(_, b)| b.lineage != snapshot.lineage) {
        return Err(unusable(foreign(base, &snapshot, location)));
    }
    let Some((start, _)) = bases().rfind(|(_, b)| b.serial == snapshot.serial) else {
        return match relation(&journal, &snapshot) {
            _ if version == VERSION_JOURNALLED => Err(unusable(missing(location))),
            Relation::LeftOver => Ok(Fold { snapshot: Some(snapshot), ..Fold::default() }),
            Relation::Ahead => Err(unusable(ahead(&snapshot, location))),
        };
    };
    let mut fold = Fold { live: true, torn: journal.torn, ..Fold::default() };
    fold.previous = journal.previous;
    for (seq, record) in journal.records {
        fold.last = seq;
        match record {
            Record::Base(_) => {}
            Record::Intent(intent) => {
                fold.unresolved.insert(IntentId(seq), intent);
            }
            Record::Done { intent, changes } => {
                intent.map(|id| fold.unresolved.remove(&id));
                for change in changes.iter().filter(|_| seq > start) {
                    fold.changed |= apply(&mut snapshot, change);
                }
            }
        }
    }
    snapshot.serial += u64::from(fold.changed);
    fold.snapshot = Some(snapshot);
    Ok(fold)
}

enum Relation {
    /// Everything in the journal is in the document, or the journal never came to anything.
    LeftOver,
    /// The journal was written on a later document.
    Ahead,
}

fn relation(journal: &Journal, snapshot: &StateSnapshot) -> Relation {
    let mut ahead = false;
    let mut records = false;
    for (_, record) in &journal.records {
        match record {
            Record::Base(base) => ahead |= base.serial > snapshot.serial,
            Record::Intent(_) | Record::Done { .. } => records = true,
        }
    }
    if ahead && records { Relation::Ahead } else { Relation::LeftOver }
}

fn no_document(location: &str) -> String {
    format!(
        "it records an interrupted run, but {location} itself is missing. Put the state back, from a backup if need be; \
         if all that it recorded is gone for certain, remove the journal too."
    )
}

fn foreign(base: &Base, snapshot: &StateSnapshot, location: &str) -> String {
    format!(
        "it belongs to another state (lineage {:?}, written by {}), while {location} has lineage {:?}. Put each beside \
         its own state; if the other state is gone for certain, remove the journal.",
        base.lineage, base.who, snapshot.lineage
    )
}

fn missing(location: &str) -> String {
    format!(
        "{location} says that a run was interrupted, but that run's journal is not here. Put it back beside the state; \
         with a backend that keeps journals locally it lies on the machine where the run was. If it is lost, push the \
         last complete state (the backup) and import what the run created."
    )
}

fn ahead(snapshot: &StateSnapshot, location: &str) -> String {
    format!(
        "it was written on a later state than {location}, which has serial {}; an older state seems to have been put \
         back. Put the later one back, or remove the journal, knowing that what its run did is then unknown to the \
         state.",
        snapshot.serial
    )
}
