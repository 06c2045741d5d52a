//! Who comes next: one seeded order of everything that happens, and the moment at which the program dies.

use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use async_trait::async_trait;
use provider_sim::{Moment, Stage};
use soak::dice::Dice;

/// Lets the moments of a run come one at a time, in an order that a seed decides.
pub struct Director(Mutex<Inner>);

struct Inner {
    dice: Dice,
    next: u64,
    waiting: Vec<(u64, Waker)>,
    released: BTreeSet<u64>,
    /// How many moments have come.
    come: u64,
    /// The moment at which the program dies.
    death: Option<u64>,
    is_dead: bool,
    /// Whether another program runs at the same time, which has its turn now and then.
    has_another: bool,
    /// Wakes the program when something waits that runs beside it.
    beside: Option<Waker>,
    hear: Option<Arc<dyn Fn() + Send + Sync>>,
}

impl Director {
    /// A director; the program dies at a moment, if one is given, counted from 1.
    pub fn new(seed: u64, death: Option<u64>) -> Director {
        Director(Mutex::new(Inner {
            dice: Dice::new(seed),
            next: 0,
            waiting: Vec::new(),
            released: BTreeSet::new(),
            come: 0,
            death,
            is_dead: false,
            has_another: false,
            beside: None,
            hear: None,
        }))
    }

    /// The same for a program beside which another runs.
    pub fn beside_another(seed: u64, death: Option<u64>) -> Director {
        let director = Director::new(seed, death);
        director.inner().has_another = true;
        director
    }

    /// Has every moment heard as it comes, before anything follows from it.
    pub fn heard_by(&self, hear: Arc<dyn Fn() + Send + Sync>) {
        self.inner().hear = Some(hear);
    }

    /// How many moments have come.
    pub fn come(&self) -> u64 {
        self.inner().come
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for its turn. A dead program's never comes.
    pub async fn moment(&self) {
        self.moment_or(|| ()).await;
    }

    /// The same; if the program dies now, something may still be left of what it was about to do.
    pub async fn moment_or(&self, torn: impl FnOnce() + Send) {
        let mut torn = Some(torn);
        let mut own = None;
        std::future::poll_fn(|cx| {
            let mut inner = self.inner();
            if inner.is_dead {
                return Poll::Pending;
            }
            let id = *own.get_or_insert_with(|| {
                inner.next += 1;
                inner.next
            });
            if !inner.released.remove(&id) {
                inner.waiting.retain(|(other, _)| *other != id);
                inner.waiting.push((id, cx.waker().clone()));
                inner.beside.take().into_iter().for_each(Waker::wake);
                return Poll::Pending;
            }
            inner.come += 1;
            let hear = inner.hear.clone();
            inner.is_dead = inner.death == Some(inner.come);
            let (is_dead, is_torn) = (inner.is_dead, inner.is_dead && inner.dice.chance(50));
            if is_dead {
                inner.beside.take().into_iter().for_each(Waker::wake);
            }
            drop(inner);
            hear.into_iter().for_each(|hear| hear());
            if is_torn && let Some(torn) = torn.take() {
                torn();
            }
            if is_dead { Poll::Pending } else { Poll::Ready(()) }
        })
        .await;
    }

    /// Runs a program to its end; nothing if it dies before.
    pub async fn run<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let mut work = pin!(work);
        std::future::poll_fn(|cx| {
            loop {
                self.inner().beside = None;
                let polled = work.as_mut().poll(cx);
                if self.inner().is_dead {
                    return Poll::Ready(None);
                }
                match polled {
                    Poll::Ready(done) => return Poll::Ready(Some(done)),
                    Poll::Pending if self.release() => {
                        if self.is_the_others_turn() {
                            cx.waker().wake_by_ref();
                            return Poll::Pending;
                        }
                    }
                    Poll::Pending => {
                        self.inner().beside = Some(cx.waker().clone());
                        return Poll::Pending;
                    }
                }
            }
        })
        .await
    }

    fn is_the_others_turn(&self) -> bool {
        let mut inner = self.inner();
        inner.has_another && inner.dice.chance(50)
    }

    /// Lets one of those go on that wait, if any does.
    fn release(&self) -> bool {
        let mut inner = self.inner();
        if inner.waiting.is_empty() {
            return false;
        }
        let count = inner.waiting.len();
        let chosen = inner.dice.below(count);
        let (id, waker) = inner.waiting.swap_remove(chosen);
        inner.released.insert(id);
        drop(inner);
        waker.wake();
        true
    }
}

#[async_trait]
impl Stage for Director {
    async fn moment(&self, _at: Moment<'_>) {
        Director::moment(self).await;
    }
}
