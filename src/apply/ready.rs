//! Which step begins next: the most urgent one of those that would not only wait for their API.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use graph::{Outcome, Schedule};
use model::Str;
use plan::{Plan, Step};
use provider::{Crowd, Places};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// So many steps of a kind may wait for their turn: the next one is there whenever the API takes another, and the rest need
/// not begin before.
const ENOUGH: usize = 8;

/// The steps that are left, with those held back whose kind is crowded.
pub(crate) struct Ready<'p> {
    plan: &'p Plan,
    schedule: Schedule,
    places: Places,
    /// Whether who waits gives its place away; one at a time means one at a time.
    lends: bool,
    crowds: BTreeMap<Str, Crowd>,
    held: BTreeMap<Str, VecDeque<u32>>,
    moved: Arc<Notify>,
}

/// A step that may begin, with its place: one that it gives away while it waits, or one that it keeps.
pub(crate) struct Turn {
    pub(crate) step: u32,
    pub(crate) place: Option<OwnedSemaphorePermit>,
    pub(crate) kept: Option<OwnedSemaphorePermit>,
}

impl<'p> Ready<'p> {
    /// The steps of a plan by their schedule, of which so many are at work at once.
    pub(crate) fn new(plan: &'p Plan, schedule: Schedule, parallelism: usize) -> Ready<'p> {
        let places = Arc::new(Semaphore::new(parallelism.clamp(1, Semaphore::MAX_PERMITS)));
        let (crowds, held) = (BTreeMap::new(), BTreeMap::new());
        Ready { plan, schedule, places, lends: parallelism > 1, crowds, held, moved: Arc::default() }
    }

    /// The step that may begin now; it is not handed out again.
    pub(crate) fn take(&mut self) -> Option<Turn> {
        // Whoever only waits takes nobody's place.
        if let Some(step) = self.schedule.take_ready_wait() {
            return Some(Turn { step, place: None, kept: None });
        }
        let place = self.places.clone().try_acquire_owned().ok()?;
        self.let_go();
        loop {
            let step = self.schedule.take_ready()?;
            match self.kind(step).filter(|kind| self.room(kind) == 0) {
                Some(kind) => self.held.entry(kind).or_default().push_back(step),
                None if self.lends => return Some(Turn { step, place: Some(place), kept: None }),
                None => return Some(Turn { step, place: None, kept: Some(place) }),
            }
        }
    }

    /// Gives those back to the schedule whose kind has room again.
    fn let_go(&mut self) {
        let kinds: Vec<Str> = self.held.keys().cloned().collect();
        for kind in kinds {
            let room = self.room(&kind);
            let Some(held) = self.held.get_mut(&kind) else { continue };
            for step in held.drain(..room.min(held.len())) {
                self.schedule.put_back(step);
            }
            if held.is_empty() {
                self.held.remove(&kind);
            }
        }
    }

    /// How many more of a kind may wait.
    fn room(&self, kind: &str) -> usize {
        ENOUGH.saturating_sub(self.crowds.get(kind).map_or(0, Crowd::waiting))
    }

    fn kind(&self, step: u32) -> Option<Str> {
        kind(self.plan, &self.plan.steps[step as usize])
    }

    /// Those of a step's kind.
    pub(crate) fn crowd(&mut self, step: u32) -> Crowd {
        let crowd = || Crowd::new(self.places.clone(), self.moved.clone());
        match self.kind(step) {
            Some(kind) => self.crowds.entry(kind).or_insert_with(crowd).clone(),
            None => crowd(),
        }
    }

    /// Returns when another step may have room to begin.
    pub(crate) async fn has_moved(&self) {
        self.moved.notified().await;
    }

    /// Ends a step. Returns those that can never run because of it.
    pub(crate) fn finish(&mut self, step: u32, outcome: Outcome) -> Vec<u32> {
        self.schedule.finish(step, outcome)
    }

    /// Whether every step has ended.
    pub(crate) fn is_finished(&self) -> bool {
        self.schedule.is_finished()
    }
}

/// The kind of a step: the type of its object.
fn kind(plan: &Plan, step: &Step) -> Option<Str> {
    plan.changes.get(step.change? as usize).map(|change| change.address.resource.ty.clone())
}
