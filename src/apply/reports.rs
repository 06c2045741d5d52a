//! What a provider says while a long call is under way.

use std::sync::{Mutex, PoisonError};

use provider::Progress;

/// What was said and not passed on yet. Providers may speak from anywhere; who watches is told from one task only.
#[derive(Default)]
pub(crate) struct Reports(Mutex<Vec<String>>);

impl Reports {
    /// Says something.
    pub(crate) fn say(&self, message: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(message);
    }

    /// Takes what was said.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Progress for Reports {
    fn report(&self, message: &str) {
        self.say(message.to_owned());
    }
}
