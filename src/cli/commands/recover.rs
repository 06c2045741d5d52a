//! What became of effects that an earlier run announced and never finished, asked with this directory's providers.

use std::sync::Arc;

use ::apply::{Licence, Recovered, Recovering};
use model::Diagnostic;
use state::{Intent, StateSnapshot};

use super::run::{Ready, timestamp};
use crate::app::App;
use crate::world::Outside;

/// Finds out what became of an interrupted effect, given what is recorded.
pub(super) async fn recover(
    app: &App,
    ready: &Ready,
    snapshot: &StateSnapshot,
    intent: &Intent,
    licence: Licence,
) -> Result<Recovered, Diagnostic> {
    ask(app, ready, snapshot, licence, async |inputs| ::apply::recover(inputs, intent).await).await
}

/// Asks the providers what exists, given what is recorded.
pub(super) async fn ask<T>(
    app: &App,
    ready: &Ready,
    snapshot: &StateSnapshot,
    licence: Licence,
    question: impl AsyncFnOnce(&Recovering<'_>) -> T,
) -> T {
    let outside = Outside::applying(&timestamp());
    let project = &ready.project;
    let world = project.world(outside.clone(), &app.equipment.registry);
    question(&Recovering {
        config: &project.config,
        statics: &project.statics,
        world: &world,
        variables: ready.variables.clone(),
        registry: &app.equipment.registry,
        around: Arc::new(outside),
        ownership: project.ownership(),
        snapshot,
        licence,
    })
    .await
}
