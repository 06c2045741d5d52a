//! How many requests an API takes: one budget for all that talks to it in a program, from the documented rate on learnt from
//! its answers.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::crowd::in_crowd;
use crate::retry::pause;
use crate::{ErrorKind, Patience, ProviderError, Surroundings};

/// What is left of the rate after a request came too early.
const CUT: f64 = 0.8;

/// What the rate gains in a second of full use, as a part of the documented one.
const GAIN: f64 = 0.02;

/// The part of the documented rate that the rate never falls below.
const LEAST: f64 = 0.02;

/// How many requests an API takes by its documentation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// Requests a second, more than 0.
    pub per_second: f64,
    /// Requests at once after a rest, at least 1.
    pub burst: f64,
}

/// Something that went wrong with a request, of a kind.
pub trait Refused {
    /// What kind of failure it is.
    fn kind(&self) -> ErrorKind;
}

impl Refused for ProviderError {
    fn kind(&self) -> ErrorKind {
        self.kind
    }
}

/// The budgets of a program, by API. Clones share them.
#[derive(Clone, Default)]
pub struct Budgets(Arc<Mutex<BTreeMap<String, Arc<Budget>>>>);

impl Budgets {
    /// The budget of an API, which its account, its endpoint and whatever else has a rate of its own name. The rate that is
    /// documented counts when the API is first spoken of; without one, any number of requests is sent until one is refused.
    pub fn of(&self, api: &str, documented: Option<Rate>) -> Arc<Budget> {
        let mut budgets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match budgets.get(api) {
            Some(budget) => budget.clone(),
            None => {
                budgets.entry(api.to_owned()).or_insert_with(|| Arc::new(Budget::new(documented))).clone()
            }
        }
    }
}

/// The requests that an API takes now. Whoever wants to send one waits for its turn, first come, first served.
pub struct Budget {
    queue: tokio::sync::Mutex<()>,
    bucket: Mutex<Bucket>,
}

struct Bucket {
    /// The documented rate, or what the API took when it first refused; nothing as long as neither is known.
    base: Option<Rate>,
    per_second: f64,
    tokens: f64,
    filled: Instant,
    /// When the rate was last cut; what was sent before tells nothing about the rate since.
    cut: Option<Instant>,
    /// What was sent in the last second, as long as no rate is known.
    sent: VecDeque<Instant>,
}

/// A request that was let go.
#[derive(Clone, Copy)]
struct Sent {
    at: Instant,
    /// Whether it had to wait: only then does its success say that more might be sent.
    has_waited: bool,
}

impl Budget {
    fn new(documented: Option<Rate>) -> Budget {
        let bucket = Bucket {
            base: documented,
            per_second: documented.map_or(0.0, |rate| rate.per_second),
            tokens: documented.map_or(0.0, |rate| rate.burst),
            filled: Instant::now(),
            cut: None,
            sent: VecDeque::new(),
        };
        Budget { queue: tokio::sync::Mutex::new(()), bucket: Mutex::new(bucket) }
    }

    /// Sends a request when its turn has come, and again where it came too early.
    pub async fn send<T, E: Refused, F>(
        &self,
        around: &dyn Surroundings,
        request: impl Fn() -> F,
    ) -> Result<T, E>
    where
        F: Future<Output = Result<T, E>>,
    {
        self.send_with(Patience::default(), around, request).await
    }

    /// The same with the user's patience.
    pub async fn send_with<T, E: Refused, F>(
        &self,
        patience: Patience,
        around: &dyn Surroundings,
        request: impl Fn() -> F,
    ) -> Result<T, E>
    where
        F: Future<Output = Result<T, E>>,
    {
        let again = |kind, tried| patience.sends_again(kind, tried);
        self.repeated(patience.is_paced, around, request, &again).await
    }

    /// Sends a request that changes nothing: also again where it failed in passing, and where its answer was lost.
    pub async fn ask<T, E: Refused, F>(
        &self,
        around: &dyn Surroundings,
        question: impl Fn() -> F,
    ) -> Result<T, E>
    where
        F: Future<Output = Result<T, E>>,
    {
        self.ask_with(Patience::default(), around, question).await
    }

    /// The same with the user's patience.
    pub async fn ask_with<T, E: Refused, F>(
        &self,
        patience: Patience,
        around: &dyn Surroundings,
        question: impl Fn() -> F,
    ) -> Result<T, E>
    where
        F: Future<Output = Result<T, E>>,
    {
        let again = |kind, tried| patience.asks_again(kind, tried);
        self.repeated(patience.is_paced, around, question, &again).await
    }

    async fn repeated<T, E: Refused, F>(
        &self,
        is_paced: bool,
        around: &dyn Surroundings,
        request: impl Fn() -> F,
        again: &(dyn Fn(ErrorKind, u32) -> bool + Sync),
    ) -> Result<T, E>
    where
        F: Future<Output = Result<T, E>>,
    {
        let mut tried = 1;
        loop {
            let sent = if is_paced { Some(self.turn().await) } else { None };
            let result = request().await;
            let kind = result.as_ref().err().map(Refused::kind);
            if let Some(sent) = sent {
                self.learn(sent, kind == Some(ErrorKind::Throttled));
            }
            match kind {
                Some(kind) if again(kind, tried) => {
                    // The first time, waiting for another turn is enough.
                    if kind != ErrorKind::Throttled || tried > 1 || !is_paced {
                        in_crowd(tokio::time::sleep(pause(around, tried))).await;
                    }
                    tried += 1;
                }
                _ => return result,
            }
        }
    }

    /// The rate as it is now, in requests a second; nothing while none is known.
    pub fn per_second(&self) -> Option<f64> {
        let bucket = self.bucket();
        bucket.base.map(|_| bucket.per_second)
    }

    /// Waits until a request may be sent.
    async fn turn(&self) -> Sent {
        if self.bucket().base.is_none() {
            self.bucket().note(Instant::now());
            return Sent { at: Instant::now(), has_waited: false };
        }
        let at_once = match self.queue.try_lock() {
            Ok(_first) => self.bucket().take(Instant::now()).is_none(),
            Err(_) => false,
        };
        let has_waited = !at_once && in_crowd(self.queued()).await;
        Sent { at: Instant::now(), has_waited }
    }

    /// Waits until those who came before have had their turn and the rate permits another; whether the rate did not at once.
    async fn queued(&self) -> bool {
        let _first = self.queue.lock().await;
        let mut has_waited = false;
        loop {
            let wait = self.bucket().take(Instant::now());
            let Some(wait) = wait else { return has_waited };
            has_waited = true;
            tokio::time::sleep(wait).await;
        }
    }

    fn learn(&self, sent: Sent, is_throttled: bool) {
        let mut bucket = self.bucket();
        if is_throttled {
            bucket.slow_down(sent.at, Instant::now());
        } else if sent.has_waited {
            bucket.speed_up();
        }
    }

    fn bucket(&self) -> MutexGuard<'_, Bucket> {
        self.bucket.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Bucket {
    /// Takes a token; where there is none, says how long it takes until there is.
    fn take(&mut self, now: Instant) -> Option<Duration> {
        let burst = self.base.map_or(1.0, |rate| rate.burst.max(1.0));
        let rested = now.saturating_duration_since(self.filled).as_secs_f64();
        self.tokens = (self.tokens + rested * self.per_second).min(burst);
        self.filled = now;
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            return None;
        }
        Some(Duration::from_secs_f64((1.0 - self.tokens) / self.per_second).max(Duration::from_millis(1)))
    }

    fn note(&mut self, now: Instant) {
        while self.sent.front().is_some_and(|at| now - *at > Duration::from_secs(1)) {
            self.sent.pop_front();
        }
        self.sent.push_back(now);
    }

    /// Cuts the rate, once for all requests that were under way together.
    fn slow_down(&mut self, sent: Instant, now: Instant) {
        if self.cut.is_some_and(|cut| sent <= cut) {
            return;
        }
        let taken = std::mem::take(&mut self.sent).len() as f64;
        let base = *self.base.get_or_insert(Rate { per_second: taken.max(1.0), burst: 1.0 });
        let before = if self.per_second > 0.0 { self.per_second } else { base.per_second };
        self.per_second = (before * CUT).max(base.per_second * LEAST);
        (self.tokens, self.filled, self.cut) = (0.0, now, Some(now));
    }

    /// Raises the rate: by as much for each request that over a second of them it comes to the gain.
    fn speed_up(&mut self) {
        let base = self.base.map_or(0.0, |rate| rate.per_second);
        self.per_second += base * GAIN / self.per_second.max(1.0);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use futures_util::future::join_all;

    use super::*;
    use crate::kit::Bench;
    use crate::patience::QUESTIONS;

    /// An API that takes so many requests a second, and counts.
    struct Cloud {
        limit: Cell<f64>,
        tokens: Cell<f64>,
        at: Cell<Instant>,
        refused: Cell<u32>,
        taken: RefCell<Vec<Instant>>,
    }

    impl Cloud {
        fn new(limit: f64) -> Cloud {
            let (limit, tokens, at) = (Cell::new(limit), Cell::new(10.0), Cell::new(Instant::now()));
            Cloud { limit, tokens, at, refused: Cell::new(0), taken: RefCell::default() }
        }

        async fn answer(&self) -> Result<(), ProviderError> {
            tokio::time::sleep(Duration::from_millis(50)).await;
            let now = Instant::now();
            let tokens = self.tokens.get() + (now - self.at.get()).as_secs_f64() * self.limit.get();
            let tokens = tokens.min(10.0);
            self.at.set(now);
            if tokens < 1.0 {
                self.tokens.set(tokens);
                self.refused.set(self.refused.get() + 1);
                return Err(ProviderError::new(ErrorKind::Throttled, "S", "D"));
            }
            self.tokens.set(tokens - 1.0);
            self.taken.borrow_mut().push(now);
            Ok(())
        }
    }

    /// Sends requests, forty at once: how long it took, and how many were refused.
    async fn sent(budget: &Budget, cloud: &Cloud, requests: u32) -> (f64, u32) {
        let (bench, begun, left) = (Bench::new("/"), Instant::now(), Cell::new(requests));
        let around = bench.around();
        let worker = || async {
            while left.get() > 0 {
                left.set(left.get() - 1);
                budget.send(&*around, || cloud.answer()).await.unwrap();
            }
        };
        join_all((0..40).map(|_| worker())).await;
        (begun.elapsed().as_secs_f64(), cloud.refused.get())
    }

    const DOCUMENTED: Option<Rate> = Some(Rate { per_second: 20.0, burst: 10.0 });

    #[tokio::test(start_paused = true)]
    async fn at_the_documented_rate_hardly_anything_is_refused_and_nothing_is_wasted() {
        let (budget, cloud) = (Budget::new(DOCUMENTED), Cloud::new(20.0));
        let (took, refused) = sent(&budget, &cloud, 2_000).await;
        assert!(took < 2_000.0 / 20.0 * 1.15, "{took}");
        assert!(refused < 60, "{refused}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_rate_that_is_too_high_is_cut_and_one_that_is_too_low_is_raised() {
        let (budget, cloud) = (Budget::new(DOCUMENTED), Cloud::new(5.0));
        let (took, refused) = sent(&budget, &cloud, 1_000).await;
        assert!(took < 1_000.0 / 5.0 * 1.25 && refused < 150, "{took} {refused}");
        cloud.limit.set(40.0);
        let (took, _) = sent(&budget, &cloud, 4_000).await;
        assert!(took < 4_000.0 / 40.0 * 1.7, "{took}");
    }

    #[tokio::test(start_paused = true)]
    async fn an_api_without_a_documented_rate_is_learnt_from_what_it_takes() {
        let (budget, cloud) = (Budget::new(None), Cloud::new(20.0));
        let (took, refused) = sent(&budget, &cloud, 2_000).await;
        assert!(took < 2_000.0 / 20.0 * 1.25 && refused < 150, "{took} {refused}");
    }

    #[tokio::test(start_paused = true)]
    async fn one_api_has_one_budget_and_a_request_that_changes_something_is_sent_once() {
        let budgets = Budgets::default();
        assert!(Arc::ptr_eq(&budgets.of("a", DOCUMENTED), &budgets.clone().of("a", None)));
        assert!(!Arc::ptr_eq(&budgets.of("a", DOCUMENTED), &budgets.of("b", DOCUMENTED)));
        let (bench, made) = (Bench::new("/"), Cell::new(0));
        let (around, budget) = (bench.around(), budgets.of("a", None));
        let lost = || {
            made.set(made.get() + 1);
            std::future::ready(Err::<(), _>(ProviderError::new(ErrorKind::Lost, "S", "D")))
        };
        assert!(budget.send(&*around, lost).await.is_err() && made.get() == 1);
        assert!(budget.ask(&*around, lost).await.is_err() && made.get() == 1 + QUESTIONS);
    }

    #[tokio::test(start_paused = true)]
    async fn the_bounds_of_a_user_count_for_every_failure_that_may_pass() {
        let (bench, budget) = (Bench::new("/"), Budget::new(DOCUMENTED));
        let around = bench.around();
        for (kind, sent, asked) in [
            (ErrorKind::Throttled, 3, 3),
            (ErrorKind::Transient, 3, 3),
            (ErrorKind::Lost, 1, 3),
            (ErrorKind::Denied, 1, 1),
        ] {
            let made = Cell::new(0);
            let refused = || {
                made.set(made.get() + 1);
                std::future::ready(Err::<(), _>(ProviderError::new(kind, "S", "D")))
            };
            let patience = Patience::default().with_retries(2);
            assert!(budget.send_with(patience, &*around, refused).await.is_err());
            assert_eq!(made.replace(0), sent, "{kind:?}");
            assert!(budget.ask_with(patience, &*around, refused).await.is_err());
            assert_eq!(made.get(), asked, "{kind:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn requests_that_are_not_paced_are_sent_as_they_come() {
        let (bench, budget, begun) = (Bench::new("/"), Budget::new(DOCUMENTED), Instant::now());
        let (around, patience) = (bench.around(), Patience::default().unpaced());
        let taken = || std::future::ready(Ok::<_, ProviderError>(()));
        for _ in 0..1_000 {
            budget.send_with(patience, &*around, taken).await.unwrap();
        }
        assert!(begun.elapsed() < Duration::from_millis(10), "{:?}", begun.elapsed());
    }
}
