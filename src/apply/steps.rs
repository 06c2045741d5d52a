//! The schedule: steps in their order, many at once, failures kept to their branches.

use config::NodeId;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use graph::{Graph, Schedule};
use model::InstanceAddr;
use plan::{Plan, Step, StepAction, StepId};

use crate::forecast::forecast;
use crate::ready::{Ready, Turn};
use crate::run::Run;

impl<'a> Run<'a> {
    /// Runs all steps, so many at once, until none is left that may begin.
    pub(crate) async fn steps(&self) {
        let mut ready = self.ready();
        let mut running = FuturesUnordered::new();
        while !ready.is_finished() {
            while !self.inputs.cancel.is_cancelled()
                && let Some(turn) = ready.take()
            {
                let step = &self.inputs.plan.steps[turn.step as usize];
                let fleeting = self.needed_by(step);
                if fleeting.is_empty()
                    && let Some(outcome) = self.at_once(step)
                {
                    self.end(&mut ready, turn.step, outcome);
                    continue;
                }
                running.push(self.begin(&mut ready, fleeting, turn));
            }
            let ended = tokio::select! {
                biased;
                ended = running.next() => ended,
                () = ready.has_moved() => None,
            };
            match ended {
                Some((step, outcome)) => self.end(&mut ready, step, outcome),
                None if running.is_empty() && self.inputs.cancel.is_cancelled() => break,
                None => continue,
            }
        }
        drop(running);
        self.stabilise_rest().await;
        self.note_cancelled();
    }

    fn ready(&self) -> Ready<'a> {
        let plan = self.inputs.plan;
        let mut graph = Graph::new(plan.steps.len());
        for (i, step) in plan.steps.iter().enumerate() {
            step.after.iter().for_each(|StepId(before)| graph.depends(i as u32, *before));
        }
        let durations = forecast(plan, &self.inputs.session.sidecar().durations);
        let schedule = Schedule::longest_first(&graph, &durations).with_waits(waits(&plan.steps));
        Ready::new(plan, schedule, self.inputs.parallelism)
    }

    /// A step that has begun, as one of its kind.
    fn begin<'s>(
        &'s self,
        ready: &mut Ready<'_>,
        ephemerals: Vec<NodeId>,
        Turn { step, place, kept }: Turn,
    ) -> impl Future<Output = (u32, graph::Outcome)> + use<'s, 'a> {
        self.started.borrow_mut().insert(step);
        let crowd = ready.crowd(step);
        async move {
            let _kept = kept;
            crowd.of(place, self.step_with(ephemerals, step)).await
        }
    }

    /// Takes note of how a step ended.
    fn end(&self, ready: &mut Ready<'_>, step: u32, outcome: graph::Outcome) {
        if outcome == graph::Outcome::Failed {
            self.leave_unfinished(step);
        }
        self.skip(ready.finish(step, outcome));
    }

    /// Runs a step, once the ephemeral resources that it needs are open.
    async fn step_with(&self, ephemerals: Vec<NodeId>, number: u32) -> (u32, graph::Outcome) {
        (number, self.step_after(ephemerals, &self.inputs.plan.steps[number as usize]).await)
    }

    async fn step_after(&self, ephemerals: Vec<NodeId>, step: &Step) -> graph::Outcome {
        if ephemerals.is_empty() {
            return self.step(step).await;
        }
        if !self.open_all(&ephemerals).await {
            let change = step.change.and_then(|c| self.inputs.plan.changes.get(c as usize));
            self.outcome.borrow_mut().skipped.extend(change.map(|c| c.address.clone()));
            return graph::Outcome::Failed;
        }
        match self.at_once(step) {
            Some(outcome) => outcome,
            None => self.step(step).await,
        }
    }

    /// The outcome of what needs no call: gates, and steps that conditions keep from beginning.
    fn at_once(&self, step: &Step) -> Option<graph::Outcome> {
        let change = step.change.and_then(|c| self.inputs.plan.changes.get(c as usize));
        match (&step.action, change) {
            (StepAction::Gate, None) => Some(graph::Outcome::Done),
            (StepAction::Gate, Some(change)) => Some(self.judge_unchanged(change)),
            (StepAction::Create | StepAction::Update | StepAction::Read, Some(change))
                if !self.may_read(&change.address) =>
            {
                self.outcome.borrow_mut().skipped.push(change.address.clone());
                Some(graph::Outcome::Failed)
            }
            _ => None,
        }
    }

    /// Notes what will never run because something before it failed.
    fn skip(&self, skipped: Vec<u32>) {
        let plan = self.inputs.plan;
        let mut outcome = self.outcome.borrow_mut();
        for step in skipped {
            outcome.skipped.extend(left_out(plan, &plan.steps[step as usize]));
            self.started.borrow_mut().insert(step);
            self.leave_unfinished(step);
        }
    }

    /// Notes a step that was to make what others read. What it was to remove nobody reads.
    fn leave_unfinished(&self, step: u32) {
        let plan = self.inputs.plan;
        let step = &plan.steps[step as usize];
        let change = step.change.and_then(|c| plan.changes.get(c as usize));
        let makes = matches!(
            step.action,
            StepAction::Create | StepAction::Read | StepAction::Update | StepAction::Import
        );
        if let (true, Some(change)) = (makes, change) {
            self.unfinished.borrow_mut().insert(change.address.clone());
        }
    }

    fn note_cancelled(&self) {
        if !self.inputs.cancel.is_cancelled() {
            return;
        }
        let plan = self.inputs.plan;
        let started = self.started.borrow();
        let mut outcome = self.outcome.borrow_mut();
        outcome.cancelled = true;
        for (i, step) in plan.steps.iter().enumerate() {
            if !started.contains(&(i as u32)) {
                outcome.skipped.extend(left_out(plan, step));
                self.leave_unfinished(i as u32);
            }
        }
    }
}

/// What a step that never began leaves undone; nothing where it would only have waited.
fn left_out(plan: &Plan, step: &Step) -> Option<InstanceAddr> {
    let change = step.change.filter(|_| step.action != StepAction::Stabilise)?;
    plan.changes.get(change as usize).map(|c| c.address.clone())
}

/// The steps that only wait until an object is fully done.
fn waits(steps: &[Step]) -> impl Iterator<Item = u32> {
    let waits = steps.iter().enumerate().filter(|(_, step)| step.action == StepAction::Stabilise);
    waits.map(|(number, _)| number as u32)
}
