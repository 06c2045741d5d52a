//! The records between two snapshots: an intent before each effect, its result after it.
//!
//! A journal is a text, one JSON record to a line, each with a number and a checksum. Beside intents and results there
//! are *bases*: a base says that the document with its serial holds everything before it. So a document and a journal
//! are put together by the base with the document's serial: of what stands before it only the intents without result
//! still matter, and what follows is applied. A journal whose bases are all older than the document is left over.

mod change;
mod fold;
mod record;
mod rehearse;
mod scribe;

pub(crate) use change::{apply, conflict};
pub(crate) use fold::{Fold, fold};
pub(crate) use record::{Base, Entry, Record, decode};
pub(crate) use rehearse::rehearse;
pub(crate) use scribe::Scribe;

use std::sync::Arc;

use model::{InstanceAddr, Str};

use crate::{AttributePath, InstanceObject, OutputState};

/// Names an intent within its journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IntentId(pub u64);

/// What is about to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntentAction {
    /// A new object.
    Create,
    /// The object in use, in place.
    Update,
    /// The object in use, or a deposed one.
    Delete,
    /// Nothing but waiting until the object in use is fully done, which is a new one.
    StabiliseNew,
    /// The same for one that was changed.
    StabiliseChanged,
}

/// The announcement of an effect, durable before the effect begins.
#[derive(Clone, PartialEq)]
pub struct Intent {
    /// Which instance.
    pub address: InstanceAddr,
    /// What is about to be done.
    pub action: IntentAction,
    /// The deposed object concerned, where it is one; of a create, the one that the new object is to replace.
    pub deposed: Option<Str>,
    /// The provider configuration, as the snapshot writes it.
    pub provider: Str,
    /// The planned object as JSON (unknown parts as null), with which `recover` finds the real one.
    pub planned: Option<Str>,
    /// The schema version of `planned`.
    pub schema_version: u64,
    /// The resources that the object will depend on.
    pub dependencies: Arc<[Str]>,
    /// The parts of the object that are secret because what they are made of is.
    pub sensitive_paths: Vec<AttributePath>,
    /// Names this create and no other; where an API takes an idempotency token, it is given this one.
    pub token: Option<Str>,
    /// What was listed before the create, for a type whose objects are found by what is new after it.
    pub fence: Arc<[Str]>,
    /// Whether a later replacement is made before the object is destroyed.
    pub create_before_destroy: bool,
}

/// A change of the recorded state; results of effects, and what needs no effect.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// The object in use of an instance is now this, or there is none.
    Current {
        /// Which instance.
        address: InstanceAddr,
        /// The provider configuration.
        provider: Str,
        /// The object, or nothing.
        object: Option<Arc<InstanceObject>>,
    },
    /// A deposed object of an instance is now this, or is gone.
    Deposed {
        /// Which instance.
        address: InstanceAddr,
        /// The deposed key.
        key: Str,
        /// The provider configuration.
        provider: Str,
        /// The object, or nothing.
        object: Option<Arc<InstanceObject>>,
    },
    /// The object in use becomes a deposed one.
    Depose {
        /// Which instance.
        address: InstanceAddr,
        /// The new deposed key.
        key: Str,
    },
    /// A deposed object becomes the object in use again (its replacement could not be made).
    Restore {
        /// Which instance.
        address: InstanceAddr,
        /// The deposed key.
        key: Str,
    },
    /// An instance is known under another address from now on.
    Move {
        /// The old address.
        from: InstanceAddr,
        /// The new address.
        to: InstanceAddr,
    },
    /// A root output is now this, or is gone.
    Output {
        /// Its name.
        name: Str,
        /// The value, or nothing.
        value: Option<OutputState>,
    },
    /// The results of checks, as the format has them.
    Checks(Option<Str>),
}

/// Shows everything but the planned object, which may hold secrets.
impl std::fmt::Debug for Intent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Intent")
            .field("address", &self.address)
            .field("action", &self.action)
            .field("deposed", &self.deposed)
            .field("provider", &self.provider)
            .finish_non_exhaustive()
    }
}
