//! The cloud's clock.

use tokio::time::Instant;

/// Tells the time in ms and lets it pass. Under a paused runtime it jumps to whatever is waited for.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    base_ms: u64,
    started: Instant,
}

impl Clock {
    /// A clock that shows a time now.
    pub fn at(base_ms: u64) -> Clock {
        Clock { base_ms, started: Instant::now() }
    }

    /// The time.
    pub fn now_ms(&self) -> u64 {
        self.base_ms + self.started.elapsed().as_millis() as u64
    }
}
