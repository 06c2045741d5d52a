//! Calls that are repeated, because they did nothing and may work later.

use std::time::Duration;

use crate::{Call, ErrorKind, Failed, ProviderError, Surroundings};

/// The wait after the first failure; each further one doubles it.
const FIRST_WAIT: Duration = Duration::from_millis(250);

/// The longest wait between two calls.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// How often a call is made at most that fails in passing.
const TRIES: u32 = 6;

/// How often a call is made at most that comes too early.
const THROTTLED_TRIES: u32 = 20;

/// A failure with the provider's word on it.
pub(crate) trait Failure {
    /// Why, where nothing was done and the call may be repeated.
    fn in_passing(&self) -> Option<&ProviderError>;
}

impl Failure for ProviderError {
    fn in_passing(&self) -> Option<&ProviderError> {
        (self.is_retryable() && !self.is_last).then_some(self)
    }
}

impl Failure for Failed {
    fn in_passing(&self) -> Option<&ProviderError> {
        self.error.in_passing().filter(|_| self.partial.is_none())
    }
}

/// Makes a call until it works, fails for good, has failed too often, or the user asks to stop.
pub(crate) async fn retried<T, E: Failure, F>(call: Call<'_>, work: impl Fn() -> F) -> Result<T, E>
where
    F: Future<Output = Result<T, E>>,
{
    let mut tried = 1;
    loop {
        let result = work().await;
        let Some(error) = result.as_ref().err().and_then(Failure::in_passing) else { return result };
        let tries = if error.kind == ErrorKind::Throttled { THROTTLED_TRIES } else { TRIES };
        if tried >= tries || call.cancel.wait(pause(call.around, tried)).await.is_err() {
            return result;
        }
        tried += 1;
    }
}

/// How long to wait after so many tries: twice as long each time, and by chance up to half of that less, so that many who
/// were refused together do not come back together.
pub fn pause(around: &dyn Surroundings, tried: u32) -> Duration {
    let longest = FIRST_WAIT.saturating_mul(1 << (tried - 1).min(16)).min(LONGEST_WAIT);
    let mut chance = [0; 1];
    around.random(&mut chance);
    longest - longest.mul_f64(f64::from(chance[0]) / 512.0)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::kit::Bench;

    async fn calls(kind: ErrorKind, failing: u32) -> (u32, bool) {
        let (bench, made) = (Bench::new("/"), Cell::new(0));
        let result = retried(bench.call(), || async {
            made.set(made.get() + 1);
            if made.get() > failing { Ok(()) } else { Err(ProviderError::new(kind, "S", "D")) }
        });
        let worked = result.await.is_ok();
        (made.get(), worked)
    }

    #[tokio::test(start_paused = true)]
    async fn what_fails_in_passing_is_repeated_and_nothing_else() {
        assert_eq!(calls(ErrorKind::Transient, 2).await, (3, true));
        assert_eq!(calls(ErrorKind::Transient, 9).await, (TRIES, false));
        assert_eq!(calls(ErrorKind::Throttled, 12).await, (13, true));
        for kind in [ErrorKind::Lost, ErrorKind::Crashed, ErrorKind::Internal, ErrorKind::Conflict] {
            assert_eq!(calls(kind, 1).await, (1, false), "{kind:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_has_been_repeated_as_often_as_the_user_wants_is_not_repeated_once_more() {
        let (bench, made) = (Bench::new("/"), Cell::new(0));
        let result: Result<(), ProviderError> = retried(bench.call(), || {
            made.set(made.get() + 1);
            std::future::ready(Err(ProviderError::new(ErrorKind::Transient, "S", "D").last(true)))
        })
        .await;
        assert!(result.is_err() && made.get() == 1);
    }

    #[tokio::test(start_paused = true)]
    async fn an_object_that_exists_by_half_is_not_made_again() {
        let (bench, made) = (Bench::new("/"), Cell::new(0));
        let error = ProviderError::new(ErrorKind::Throttled, "S", "D");
        let failed = || Failed { error: error.clone(), partial: Some(model::Value::null().into()) };
        let result: Result<(), Failed> = retried(bench.call(), || {
            made.set(made.get() + 1);
            std::future::ready(Err(failed()))
        })
        .await;
        assert_eq!((made.get(), result), (1, Err(failed())));
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_asks_to_stop_is_not_kept_waiting() {
        let (bench, begun) = (Bench::new("/"), tokio::time::Instant::now());
        bench.cancel.cancel();
        let refused = || std::future::ready(Err(ProviderError::new(ErrorKind::Throttled, "S", "D")));
        let result: Result<(), ProviderError> = retried(bench.call(), refused).await;
        assert!(result.is_err() && begun.elapsed() < Duration::from_millis(100));
    }
}
