//! Who holds a state, and since when.

use serde::{Deserialize, Serialize};

/// What others are told while a state is locked; written as Terraform does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct LockInfo {
    /// Unique, `force-unlock`'s argument.
    #[serde(rename = "ID")]
    pub id: String,
    /// `OperationTypeApply` and the like.
    pub operation: String,
    /// `user@host`
    pub who: String,
    /// The program's version.
    pub version: String,
    /// When the lock was taken, RFC 3339.
    pub created: String,
    /// Free text: the process id, the stack, the place of a local journal.
    pub info: String,
    /// The path or key of the state.
    pub path: String,
}

/// Proof of a held lock, with the fencing number where the backend has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockToken {
    /// The lock's [`LockInfo::id`].
    pub id: String,
    /// Rises with every holder, where the backend can fence.
    pub epoch: u64,
}
