//! How long the steps of a plan may take, by what earlier runs took.

use plan::{Plan, Step, StepAction};
use state::Durations;

/// How long a step takes of which nothing is known, in ms.
const UNKNOWN_MS: u64 = 1_000;

/// The name of what a step does, as durations are recorded; nothing for what takes no time.
pub(crate) fn operation(action: &StepAction) -> Option<&'static str> {
    match action {
        StepAction::Create => Some("create"),
        StepAction::Read => Some("read"),
        StepAction::Update => Some("update"),
        StepAction::Stabilise => Some("stabilise"),
        StepAction::Delete | StepAction::DeleteDeposed(_) => Some("delete"),
        StepAction::Depose(_) | StepAction::Forget | StepAction::Import | StepAction::Gate => None,
    }
}

/// What each step of a plan may take, in ms.
pub(crate) fn forecast(plan: &Plan, known: &Durations) -> Vec<u64> {
    let of = |step: &Step| {
        let operation = operation(&step.action)?;
        let change = plan.changes.get(step.change? as usize)?;
        Some(known.of(operation, &change.address).unwrap_or(UNKNOWN_MS))
    };
    plan.steps.iter().map(|step| of(step).unwrap_or(0)).collect()
}
