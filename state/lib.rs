//! What exists: snapshots, the journal between them, locks, and the backends that keep them.
//!
//! A [`StateSnapshot`] is what Terraform's state format (version 4) holds; [`format`] is the one gate through which it is
//! read and written. A [`Backend`] keeps the bytes and says what it can do. A [`Store`] puts the two together: whoever
//! only looks calls [`Store::read`], whoever changes something holds the lock in a [`Session`], writes an intent before
//! each effect and its result after it, and publishes a new snapshot. This layer knows no configuration, language or
//! provider: attributes are raw JSON until a schema is at hand.
//!
//! ```
//! # use std::{sync::Arc, time::Duration};
//! # use state::{Change, LockInfo, MemoryBackend, OutputState, Store};
//! # async fn example(info: LockInfo) -> Result<(), state::StateError> {
//! let store = Store::new(Arc::new(MemoryBackend::new()));
//! let session = store.lock(info, Duration::from_secs(10)).await?;
//! let value = OutputState { value: "1".into(), ty: "\"number\"".into(), sensitive: false };
//! session.record(None, &[Change::Output { name: "answer".into(), value: Some(value) }])?;
//! session.close().await?;
//! assert_eq!(store.read().await?.snapshot.map(|s| s.serial), Some(1));
//! # Ok(())
//! # }
//! ```
//!
//! The serial rises when a run opens its journal, with each interval snapshot of a long run, and when it ends; so two
//! different contents never have the same serial. A snapshot with the results of an interrupted run folded in counts as
//! one further than what is published.
//!
//! Start reading at [`Store`].

mod arguments;
mod backend;
mod durations;
mod error;
pub mod format;
mod http;
mod journal;
mod keeping;
mod kind;
mod local;
mod lock;
mod memory;
mod object;
mod pg;
mod sealing;
mod seen;
mod sidecar;
mod snapshot;
mod store;

pub use arguments::Arguments;
pub use backend::{Backend, BackendError, Capabilities, Stored, Version};
pub use durations::{Durations, Took};
pub use error::StateError;
pub use http::{HttpBackend, HttpSettings};
pub use journal::{Change, Intent, IntentAction, IntentId};
pub use keeping::{HISTORY, Keeping};
pub use kind::{BackendPlace, BackendType};
pub use local::{Backup, LocalBackend, LocalPlaces};
pub use lock::{LockInfo, LockToken};
pub use memory::{LastWrite, MemoryBackend};
pub use object::{Clock, Condition, LEASE, MemoryObjects, ObjectBackend, ObjectStore, SystemClock};
pub use pg::{PgBackend, PgSettings};
pub use sealing::{Kdf, KeySource, Kind, Label, Opened, Sealing, SealingError, is_encrypted};
pub use seen::Seen;
pub use sidecar::{Addresses, HistoryEntry, Published, Sidecar};
pub use snapshot::{
    AttributePath, AttributePathStep, InstanceObject, InstanceState, ObjectStatus, OutputState, StateSnapshot,
};
pub use store::{Folded, Session, Store};
