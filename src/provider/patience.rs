//! How often a request is sent again, and whether it waits for its turn.

use crate::ErrorKind;

/// How often a request is sent at most that comes too early.
const EARLY: u32 = 20;

/// How often a question is asked at most whose answer does not come.
pub(crate) const QUESTIONS: u32 = 12;

/// How a user wants requests to be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// How often a request is sent at most, where the user says so.
    tries: Option<u32>,
    /// Whether requests wait for their turn in the budget of their API.
    pub(crate) is_paced: bool,
}

impl Default for Patience {
    fn default() -> Patience {
        Patience { tries: None, is_paced: true }
    }
}

impl Patience {
    /// As many more tries as the user says, and no other bounds.
    #[must_use]
    pub fn with_retries(self, retries: u32) -> Patience {
        Patience { tries: Some(retries.saturating_add(1)), ..self }
    }

    /// Sends requests as they come: those that are refused for coming too early wait, and no others do.
    #[must_use]
    pub fn unpaced(self) -> Patience {
        Patience { is_paced: false, ..self }
    }

    /// Whether the bounds are the user's: a failure after them is the last word.
    pub fn is_bounded(self) -> bool {
        self.tries.is_some()
    }

    /// Whether a request that changes something is sent again. One that was not taken is sent again by whoever wants the
    /// change, unless the user's bounds count for everything.
    pub(crate) fn sends_again(self, kind: ErrorKind, tried: u32) -> bool {
        match (kind, self.tries) {
            (ErrorKind::Throttled, tries) => tried < tries.unwrap_or(EARLY),
            (ErrorKind::Transient, Some(tries)) => tried < tries,
            _ => false,
        }
    }

    /// Whether a request that changes nothing is sent again.
    pub(crate) fn asks_again(self, kind: ErrorKind, tried: u32) -> bool {
        match kind {
            ErrorKind::Throttled => tried < self.tries.unwrap_or(EARLY),
            ErrorKind::Transient | ErrorKind::Lost => tried < self.tries.unwrap_or(QUESTIONS),
            _ => false,
        }
    }
}
