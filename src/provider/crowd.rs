//! Who waits for a turn at an API: it gives its place to another meanwhile, and a run begins no more of what would only wait too.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, OwnedSemaphorePermit};

/// Where a run's work has its places.
pub type Places = Arc<tokio::sync::Semaphore>;

tokio::task_local! {
    static MEMBER: Member;
}

/// Work of one kind, such as all that concerns a resource type, of which some waits for its turn. Clones are the same crowd.
#[derive(Clone)]
pub struct Crowd {
    waiting: Arc<AtomicUsize>,
    places: Places,
    moved: Arc<Notify>,
}

/// One of a crowd, with its place if it has any.
struct Member {
    crowd: Crowd,
    place: Mutex<Option<OwnedSemaphorePermit>>,
}

/// One that waits.
struct Waiting(Crowd);

impl Crowd {
    /// Nobody waits yet. Whenever one begins or ceases to wait, `moved` is told.
    pub fn new(places: Places, moved: Arc<Notify>) -> Crowd {
        Crowd { waiting: Arc::default(), places, moved }
    }

    /// How many wait now.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Does work as one of the crowd, at a place or, where it needs none, without. What the work spawns is none of it.
    pub async fn of<T>(&self, place: Option<OwnedSemaphorePermit>, work: impl Future<Output = T>) -> T {
        MEMBER.scope(Member { crowd: self.clone(), place: Mutex::new(place) }, work).await
    }

    fn enter(&self) -> Waiting {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        self.moved.notify_one();
        Waiting(self.clone())
    }
}

impl Member {
    fn place(&self) -> MutexGuard<'_, Option<OwnedSemaphorePermit>> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
        self.0.moved.notify_one();
    }
}

/// Waits as one of the crowd that the work belongs to, if it belongs to any; its place is another's meanwhile. It goes on whether
/// there is a place again or not: whoever has one may wait for something that this work holds.
pub(crate) async fn in_crowd<T>(wait: impl Future<Output = T>) -> T {
    let Ok((waiting, place)) = MEMBER.try_with(|member| (member.crowd.enter(), member.place().take())) else {
        return wait.await;
    };
    let had_place = place.is_some();
    drop(place);
    let done = wait.await;
    if had_place {
        MEMBER.with(|member| *member.place() = waiting.0.places.clone().try_acquire_owned().ok());
    }
    done
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::FutureExt;

    use super::*;

    fn crowd(places: usize) -> Crowd {
        Crowd::new(Places::new(tokio::sync::Semaphore::new(places)), Arc::default())
    }

    fn seconds(seconds: u64) -> impl Future<Output = ()> {
        in_crowd(tokio::time::sleep(Duration::from_secs(seconds)))
    }

    #[tokio::test(start_paused = true)]
    async fn those_who_wait_are_counted_until_they_do_not_or_are_gone() {
        let crowd = crowd(2);
        let mut works = [Box::pin(crowd.of(None, seconds(5))), Box::pin(crowd.of(None, seconds(5)))];
        for work in &mut works {
            assert!(work.now_or_never().is_none());
        }
        assert_eq!(crowd.waiting(), 2);
        let [first, second] = works;
        drop(first);
        crowd.moved.notified().await;
        assert_eq!(crowd.waiting(), 1);
        second.await;
        assert_eq!(crowd.waiting(), 0);
        seconds(1).await;
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_gives_its_place_away_and_goes_on_without_if_it_has_to() {
        let crowd = crowd(1);
        let take = || crowd.places.clone().try_acquire_owned().ok();
        let mut work = Box::pin(crowd.of(take(), seconds(5)));
        assert!(take().is_none() && (&mut work).now_or_never().is_none());
        let other = take();
        assert!(other.is_some());
        work.await;
        drop(other);
        assert!(take().is_some());
    }
}
