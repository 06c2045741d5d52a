//! Journal records as lines of text.

use std::sync::Arc;

use model::{InstanceAddr, Str};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{Change, Intent, IntentAction, IntentId, scribe};
use crate::format::{compact, sensitive_paths, sensitive_paths_to_json};
use crate::{InstanceObject, ObjectStatus, OutputState, Sealing, StateError};

/// What a line says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Record {
    /// The document with this serial holds everything before this record.
    Base(Base),
    /// An effect is about to begin.
    Intent(Intent),
    /// The state changed, and the effect that was announced is over.
    Done { intent: Option<IntentId>, changes: Vec<Change> },
}

/// Ties a journal to a document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Base {
    pub(crate) lineage: String,
    pub(crate) serial: u64,
    /// The lock under which it was written.
    pub(crate) run: String,
    pub(crate) who: String,
}

/// A journal's records in order, each with its number.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    pub(crate) records: Vec<(u64, Record)>,
    /// Whether the last line has no end, so that the next one must begin with a line end.
    pub(crate) torn: bool,
    /// The digest of the last record's line.
    pub(crate) previous: Option<String>,
}

/// A record with what ties it to its journal.
#[derive(Serialize, Deserialize, Default)]
pub(crate) struct Entry {
    pub(super) seq: u64,
    /// The number of the last record that was known to be durable when this one was written.
    pub(super) synced: u64,
    /// The digest of the line before, in a sealed journal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) previous: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base: Option<Base>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    intent: Option<IntentForm>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    done: Option<DoneForm>,
}

#[derive(Serialize, Deserialize)]
struct IntentForm {
    address: String,
    action: ActionForm,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deposed: Option<String>,
    provider: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    planned: Option<Box<RawValue>>,
    schema_version: u64,
    dependencies: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sensitive: Option<Box<RawValue>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    fence: Vec<String>,
    #[serde(default)]
    create_before_destroy: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ActionForm {
    Create,
    Update,
    Delete,
    StabiliseNew,
    StabiliseChanged,
}

#[derive(Serialize, Deserialize)]
struct DoneForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    intent: Option<u64>,
    changes: Vec<ChangeForm>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ChangeForm {
    Current { address: String, provider: String, object: Option<ObjectForm> },
    Deposed { address: String, key: String, provider: String, object: Option<ObjectForm> },
    Depose { address: String, key: String },
    Restore { address: String, key: String },
    Move { from: String, to: String },
    Output { name: String, value: Option<OutputForm> },
    Checks { results: Option<Box<RawValue>> },
}

#[derive(Serialize, Deserialize)]
struct ObjectForm {
    #[serde(default)]
    tainted: bool,
    schema_version: u64,
    attributes: Box<RawValue>,
    sensitive: Box<RawValue>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    private: Option<String>,
    dependencies: Vec<String>,
    #[serde(default)]
    create_before_destroy: bool,
}

#[derive(Serialize, Deserialize)]
struct OutputForm {
    value: Box<RawValue>,
    #[serde(rename = "type")]
    ty: Box<RawValue>,
    sensitive: bool,
}

impl Entry {
    /// A record's entry. Fails only where something that should be JSON is not.
    pub(crate) fn of(seq: u64, synced: u64, record: &Record) -> Result<Entry, StateError> {
        let mut entry = Entry { seq, synced, ..Entry::default() };
        match record {
            Record::Base(base) => entry.base = Some(base.clone()),
            Record::Intent(intent) => entry.intent = Some(IntentForm::of(intent)?),
            Record::Done { intent, changes } => {
                let changes = changes.iter().map(ChangeForm::of).collect::<Result<_, _>>()?;
                entry.done = Some(DoneForm { intent: intent.map(|id| id.0), changes });
            }
        }
        Ok(entry)
    }
}

/// Reads a journal. What a crash left incomplete at its end is dropped, since nobody was told that it was durable; what
/// was known to be durable and cannot be read is an error.
pub(crate) fn decode(bytes: &[u8], location: &str, sealing: &Sealing) -> Result<Journal, StateError> {
    let mut journal = Journal { torn: bytes.last().is_some_and(|b| *b != b'\n'), ..Journal::default() };
    let mut damaged_at: Option<usize> = None;
    // After a crash of the machine, what lies between two durable lines can be missing.
    let mut has_holes = false;
    for (i, line) in bytes.split_inclusive(|b| *b == b'\n').enumerate() {
        let last = journal.records.last().map_or(0, |(seq, _)| *seq);
        let opened = scribe::read(line, sealing);
        let Some(entry) = opened.map_err(|why| StateError::sealed("the journal of", location, why))? else {
            damaged_at = damaged_at.or(Some(i + 1));
            has_holes |= line.contains(&0);
            continue;
        };
        if let Some(line) = damaged_at {
            let goes_on = entry.base.is_some() && entry.seq == last + 1;
            if entry.synced > last || !goes_on && entry.previous.is_some() && !has_holes {
                return Err(damaged(location, line));
            }
            if !goes_on {
                continue;
            }
            damaged_at = None;
        }
        if entry.seq != last + 1 {
            return Err(damaged(location, i + 1));
        }
        if entry.previous.is_some() && entry.previous != journal.previous {
            return Err(damaged(location, i + 1));
        }
        journal.previous = Some(scribe::digest(line));
        let seq = entry.seq;
        let record = entry.record().ok_or_else(|| damaged(location, i + 1))?;
        journal.records.push((seq, record));
    }
    journal.torn |= damaged_at.is_some();
    Ok(journal)
}

fn damaged(location: &str, line: usize) -> StateError {
    StateError::Journal {
        location: location.into(),
        why: format!(
            "line {line} is damaged although it was once written completely. Restore the file from a backup of the disk; \
             or remove it, knowing that what the interrupted run did last is then unknown to the state."
        ),
    }
}

impl Entry {
    fn record(self) -> Option<Record> {
        match (self.base, self.intent, self.done) {
            (Some(base), None, None) => Some(Record::Base(base)),
            (None, Some(intent), None) => Some(Record::Intent(intent.intent()?)),
            (None, None, Some(done)) => Some(Record::Done {
                intent: done.intent.map(IntentId),
                changes: done.changes.into_iter().map(ChangeForm::change).collect::<Option<_>>()?,
            }),
            _ => None,
        }
    }
}

fn raw(json: &str, of: impl std::fmt::Display) -> Result<Box<RawValue>, StateError> {
    RawValue::from_string(compact(json).to_string()).map_err(|_| StateError::NotJson(of.to_string()))
}

fn unraw(json: &RawValue) -> Str {
    json.get().into()
}

fn strings(list: &[Str]) -> Vec<String> {
    list.iter().map(|s| s.to_string()).collect()
}

fn shared(list: Vec<String>) -> Arc<[Str]> {
    list.into_iter().map(Str::from).collect()
}

impl IntentForm {
    fn of(intent: &Intent) -> Result<IntentForm, StateError> {
        Ok(IntentForm {
            address: intent.address.to_string(),
            action: match intent.action {
                IntentAction::Create => ActionForm::Create,
                IntentAction::Update => ActionForm::Update,
                IntentAction::Delete => ActionForm::Delete,
                IntentAction::StabiliseNew => ActionForm::StabiliseNew,
                IntentAction::StabiliseChanged => ActionForm::StabiliseChanged,
            },
            deposed: intent.deposed.as_deref().map(str::to_owned),
            provider: intent.provider.to_string(),
            planned: intent.planned.as_ref().map(|p| raw(p, &intent.address)).transpose()?,
            schema_version: intent.schema_version,
            dependencies: strings(&intent.dependencies),
            sensitive: (!intent.sensitive_paths.is_empty())
                .then(|| raw(&sensitive_paths_to_json(&intent.sensitive_paths), &intent.address))
                .transpose()?,
            token: intent.token.as_deref().map(str::to_owned),
            fence: strings(&intent.fence),
            create_before_destroy: intent.create_before_destroy,
        })
    }

    fn intent(self) -> Option<Intent> {
        Some(Intent {
            address: self.address.parse().ok()?,
            action: match self.action {
                ActionForm::Create => IntentAction::Create,
                ActionForm::Update => IntentAction::Update,
                ActionForm::Delete => IntentAction::Delete,
                ActionForm::StabiliseNew => IntentAction::StabiliseNew,
                ActionForm::StabiliseChanged => IntentAction::StabiliseChanged,
            },
            deposed: self.deposed.map(Str::from),
            provider: self.provider.into(),
            planned: self.planned.as_deref().map(unraw),
            schema_version: self.schema_version,
            dependencies: shared(self.dependencies),
            sensitive_paths: match self.sensitive {
                Some(paths) => sensitive_paths(paths.get())?,
                None => Vec::new(),
            },
            token: self.token.map(Str::from),
            fence: shared(self.fence),
            create_before_destroy: self.create_before_destroy,
        })
    }
}

impl ChangeForm {
    fn of(change: &Change) -> Result<ChangeForm, StateError> {
        let object = |address: &InstanceAddr, object: &Option<Arc<InstanceObject>>| {
            object.as_ref().map(|o| ObjectForm::of(address, o)).transpose()
        };
        Ok(match change {
            Change::Current { address, provider, object: new } => ChangeForm::Current {
                address: address.to_string(),
                provider: provider.to_string(),
                object: object(address, new)?,
            },
            Change::Deposed { address, key, provider, object: new } => ChangeForm::Deposed {
                address: address.to_string(),
                key: key.to_string(),
                provider: provider.to_string(),
                object: object(address, new)?,
            },
            Change::Depose { address, key } => {
                ChangeForm::Depose { address: address.to_string(), key: key.to_string() }
            }
            Change::Restore { address, key } => {
                ChangeForm::Restore { address: address.to_string(), key: key.to_string() }
            }
            Change::Move { from, to } => ChangeForm::Move { from: from.to_string(), to: to.to_string() },
            Change::Output { name, value } => ChangeForm::Output {
                name: name.to_string(),
                value: value.as_ref().map(|v| OutputForm::of(name, v)).transpose()?,
            },
            Change::Checks(results) => {
                ChangeForm::Checks { results: results.as_ref().map(|r| raw(r, "check results")).transpose()? }
            }
        })
    }

    fn change(self) -> Option<Change> {
        let object = |form: Option<ObjectForm>| match form {
            Some(form) => Some(Some(Arc::new(form.object()?))),
            None => Some(None),
        };
        Some(match self {
            ChangeForm::Current { address, provider, object: new } => Change::Current {
                address: address.parse().ok()?,
                provider: provider.into(),
                object: object(new)?,
            },
            ChangeForm::Deposed { address, key, provider, object: new } => Change::Deposed {
                address: address.parse().ok()?,
                key: key.into(),
                provider: provider.into(),
                object: object(new)?,
            },
            ChangeForm::Depose { address, key } => {
                Change::Depose { address: address.parse().ok()?, key: key.into() }
            }
            ChangeForm::Restore { address, key } => {
                Change::Restore { address: address.parse().ok()?, key: key.into() }
            }
            ChangeForm::Move { from, to } => Change::Move { from: from.parse().ok()?, to: to.parse().ok()? },
            ChangeForm::Output { name, value } => {
                Change::Output { name: name.into(), value: value.map(OutputForm::output) }
            }
            ChangeForm::Checks { results } => Change::Checks(results.as_deref().map(unraw)),
        })
    }
}

impl ObjectForm {
    fn of(address: &InstanceAddr, object: &InstanceObject) -> Result<ObjectForm, StateError> {
        Ok(ObjectForm {
            tainted: object.status == ObjectStatus::Tainted,
            schema_version: object.schema_version,
            attributes: raw(&object.attributes, address)?,
            sensitive: raw(&sensitive_paths_to_json(&object.sensitive_paths), address)?,
            private: object.private.as_deref().map(str::to_owned),
            dependencies: strings(&object.dependencies),
            create_before_destroy: object.create_before_destroy,
        })
    }

    fn object(self) -> Option<InstanceObject> {
        Some(InstanceObject {
            status: if self.tainted { ObjectStatus::Tainted } else { ObjectStatus::Ready },
            schema_version: self.schema_version,
            attributes: unraw(&self.attributes),
            sensitive_paths: sensitive_paths(self.sensitive.get())?,
            private: self.private.map(Str::from),
            dependencies: shared(self.dependencies),
            create_before_destroy: self.create_before_destroy,
        })
    }
}

impl OutputForm {
    fn of(name: &str, output: &OutputState) -> Result<OutputForm, StateError> {
        let of = || format!("output {name}");
        let (value, ty) = (raw(&output.value, of())?, raw(&output.ty, of())?);
        Ok(OutputForm { value, ty, sensitive: output.sensitive })
    }

    fn output(self) -> OutputState {
        OutputState { value: unraw(&self.value), ty: unraw(&self.ty), sensitive: self.sensitive }
    }
}
