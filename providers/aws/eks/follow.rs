//! Changes that EKS makes in its own time.

use std::time::Duration;

use aws_sdk_eks::types::{ErrorDetail, Update};
use provider::ErrorKind;
use provider::sheet::{At, Given, KindError};

use super::Eks;
use crate::{Client, Trouble, Waiting, wait};

/// What is being changed.
#[derive(Clone, Copy)]
pub(super) struct Updated<'u> {
    /// What it is: `the cluster a`.
    pub(super) what: &'u str,
    /// The cluster.
    pub(super) cluster: &'u str,
    /// The group of nodes of it, where that is changed.
    pub(super) node_group: Option<&'u str>,
    /// The add-on of it, where that is changed.
    pub(super) addon: Option<&'u str>,
}

/// Waits until a change is made.
pub(super) async fn followed(
    at: &At<'_, Client>,
    updated: Updated<'_>,
    update: Option<Update>,
    wanted: Given<'_>,
) -> Result<(), KindError> {
    let Some(update) = update else { return Ok(()) };
    let kind = update.r#type.as_ref().map_or("change", |kind| kind.as_str()).to_owned();
    let id = update.id.unwrap_or_default();
    let what = format!("{} to be changed ({kind})", updated.what);
    let (every, limit) = (Duration::from_secs(15), Duration::from_secs(60 * 60));
    let look = || async {
        let ask = |eks: Eks| {
            eks.describe_update()
                .name(updated.cluster)
                .update_id(&id)
                .set_nodegroup_name(updated.node_group.map(str::to_owned))
                .set_addon_name(updated.addon.map(str::to_owned))
                .send()
        };
        let answer = at.client.ask(&format!("follow a change of {}", updated.what), ask).await?;
        let update = answer.update;
        let state =
            update.as_ref().and_then(|update| update.status.as_ref()).map_or("", |state| state.as_str());
        match state {
            "Successful" => Ok(Ok(())),
            "Failed" | "Cancelled" => {
                let errors = update.as_ref().and_then(|update| update.errors.as_deref()).unwrap_or_default();
                let what = format!("change {} ({kind})", updated.what);
                Err(Trouble::new(ErrorKind::Conflict, &what, told(errors, state)))
            }
            state => Ok(Err(state.to_owned())),
        }
    };
    wait(at, Waiting { what: &what, every, limit }.limited_by(wanted, "update"), look).await
}

/// Why a change failed.
fn told(errors: &[ErrorDetail], state: &str) -> String {
    let one = |error: &ErrorDetail| {
        let code = error.error_code.as_ref().map_or("", |code| code.as_str());
        let message = error.error_message.as_deref().unwrap_or_default().trim_end_matches('.');
        format!("{message} ({code})")
    };
    match errors {
        [] => format!("it ended as {state}, without a reason"),
        errors => errors.iter().map(one).collect::<Vec<_>>().join("; "),
    }
}
