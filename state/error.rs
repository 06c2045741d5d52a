//! What goes wrong with a state, worded for the user.

use model::InstanceAddr;

use crate::{BackendError, SealingError, StateSnapshot};

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
    /// The journal cannot be read, or does not belong to the document beside it.
    #[error("the journal of {location} cannot be used: {why}")]
    Journal {
        /// Where the document lies.
        location: String,
        /// What is wrong, and what to do.
        why: String,
    },
    /// A document cannot be opened or sealed.
    #[error("{what} {location} cannot be used: {why}")]
    Sealed {
        /// Which document: "the journal of".
        what: &'static str,
        /// Where the document lies.
        location: String,
        /// What is wrong, and what to do.
        why: SealingError,
    },
    /// Something could not be encrypted; nothing of it was written.
    #[error("encryption failed: {0}")]
    Sealing(#[from] SealingError),
    /// It is not the state that belongs here.
    #[error(
        "{location} is not the state that was last seen here: {why}. Nothing was changed. If it is the one that is meant, \
         run once more with STACKWRIGHT_ACCEPT_STATE={lineage}/{serial}"
    )]
    Unexpected {
        /// Where it lies.
        location: String,
        /// What is different.
        why: String,
        /// Its lineage.
        lineage: String,
        /// Its serial.
        serial: u64,
    },
    /// A change would overwrite a recorded object.
    #[error("{0} already has an object in the state")]
    Occupied(InstanceAddr),
    /// What was to be recorded as JSON is not.
    #[error("what was to be recorded of {0} is not JSON; this is a bug of its provider")]
    NotJson(String),
    /// A session's last results are neither published nor in the journal; they are here, and only here.
    #[error("the last changes could not be saved: {cause}")]
    Unsaved {
        /// The state with them. What can still be done is to write it somewhere else.
        snapshot: Box<StateSnapshot>,
        /// Why.
        #[source]
        cause: Box<StateError>,
    },
}

impl StateError {
    /// A document that cannot be opened.
    pub(crate) fn sealed(what: &'static str, location: &str, why: SealingError) -> StateError {
        StateError::Sealed { what, location: location.into(), why }
    }
}
