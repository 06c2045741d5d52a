//! What exists: snapshots, the journal between them, locks, and the backends that keep them.
//!
//! A [`StateSnapshot`] is what Terraform's state format (version 4) holds; [`format`] is the one gate through which it is
//! read and written. A [`Backend`] keeps the bytes and says what it can do. A [`Store`] puts the two together: whoever
//! only looks calls [`Store::read`], whoever changes something holds the lock in a [`Session`], writes an intent before
//! each effect and its result after it, and publishes a new snapshot. This layer knows no configuration, language or
//! provider: attributes are raw JSON until a schema is at hand.
//!
//! Start reading at [`Store`].

mod backend;
mod error;
pub mod format;
mod journal;
mod local;
mod lock;
mod memory;
mod sidecar;
mod snapshot;
mod store;

pub use backend::{Backend, BackendError, Capabilities, Stored, Version};
pub use error::StateError;
pub use journal::{Change, Intent, IntentAction, IntentId};
pub use local::LocalBackend;
pub use lock::{LockInfo, LockToken};
pub use memory::{LastWrite, MemoryBackend};
pub use sidecar::{HistoryEntry, Sidecar};
pub use snapshot::{
    AttributePath, AttributePathStep, InstanceObject, InstanceState, ObjectStatus, OutputState, StateSnapshot,
};
pub use store::{Folded, Session, Store};
