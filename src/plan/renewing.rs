//! Ephemeral resources that are open, and are renewed as long as they are.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use futures_util::future::join_all;
use model::Diagnostics;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use crate::ephemerals::{Opened, Opener};

/// What is open, in the order in which it was opened.
#[derive(Default)]
pub struct Open {
    all: RefCell<Vec<Kept>>,
    failures: RefCell<Diagnostics>,
    changed: Notify,
    is_over: Cell<bool>,
}

struct Kept {
    opened: Opened,
    due: Option<Instant>,
}

impl Kept {
    fn new(opened: Opened) -> Kept {
        let due = opened.ty.renew_after(&opened.object).map(|after| Instant::now() + after.max(SHORTEST));
        Kept { opened, due }
    }
}

/// The shortest time between two renewals, whatever a provider asks for.
const SHORTEST: Duration = Duration::from_secs(1);

impl Open {
    /// Keeps one that was opened.
    pub fn add(&self, opened: Opened) {
        self.all.borrow_mut().push(Kept::new(opened));
        self.changed.notify_one();
    }

    /// Takes the one that was opened last.
    pub fn take_last(&self) -> Option<Opened> {
        self.all.borrow_mut().pop().map(|kept| kept.opened)
    }

    /// Takes why renewals failed.
    pub fn take_failures(&self) -> Diagnostics {
        std::mem::take(&mut *self.failures.borrow_mut())
    }

    fn next_due(&self) -> Option<Instant> {
        self.all.borrow().iter().filter_map(|kept| kept.due).min()
    }

    /// Those whose time has come, with their places. None of them is due until it is renewed.
    fn take_due(&self) -> Vec<(usize, Opened)> {
        let now = Instant::now();
        let mut all = self.all.borrow_mut();
        let due = all.iter_mut().enumerate().filter(|(_, kept)| kept.due.is_some_and(|due| due <= now));
        due.map(|(at, kept)| {
            kept.due = None;
            (at, kept.opened.clone())
        })
        .collect()
    }
}

impl Opener<'_, '_> {
    /// Does some work, during which nothing is closed, and meanwhile renews what is open.
    pub async fn renewing<T>(&self, open: &Open, work: impl Future<Output = T>) -> T {
        let worked = async {
            let done = work.await;
            open.is_over.set(true);
            open.changed.notify_one();
            done
        };
        open.is_over.set(false);
        futures_util::future::join(worked, self.renew_all(open)).await.0
    }

    /// Renews what is open each time that it is due, until the work is over and the renewals that were begun are.
    async fn renew_all(&self, open: &Open) {
        while !open.is_over.get() {
            match open.next_due() {
                None => open.changed.notified().await,
                Some(due) => tokio::select! {
                    () = open.changed.notified() => {}
                    () = sleep_until(due) => self.renew_due(open).await,
                },
            }
        }
    }

    async fn renew_due(&self, open: &Open) {
        join_all(open.take_due().into_iter().map(|(at, opened)| self.renew_one(open, at, opened))).await;
    }

    async fn renew_one(&self, open: &Open, at: usize, mut opened: Opened) {
        match self.renew(&opened).await {
            Ok(object) => {
                opened.object = object;
                if let Some(kept) = open.all.borrow_mut().get_mut(at) {
                    *kept = Kept::new(opened);
                }
            }
            Err(diag) => open.failures.borrow_mut().push(diag),
        }
    }
}
