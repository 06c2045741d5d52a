//! What goes wrong with a state, worded for the user.

use crate::BackendError;

/// A failure to read, write or lock a state.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The backend failed.
    #[error(transparent)]
    Backend(#[from] BackendError),
    /// The document cannot be read as a state.
    #[error("{location} is not a readable state: {why}")]
    Damaged {
        /// Where it lies.
        location: String,
        /// What is wrong, and what to do.
        why: String,
    },
}
