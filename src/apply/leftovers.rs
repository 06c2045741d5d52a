//! What others made under an object that goes: found and removed before the object is, and looked for once more after.

use provider::{ErrorKind, Leftover, Object, ProviderError};

use crate::run::Run;
use crate::step::At;

impl Run<'_> {
    /// Removes an object with what others made under it.
    pub(crate) async fn clear_away(&self, at: &At<'_>, prior: &Object) -> Result<(), ProviderError> {
        self.sweep(at, prior).await?;
        self.unmake(at, prior).await?;
        // What was made between the first look and the deletion would outlive it.
        self.sweep(at, prior).await
    }

    async fn sweep(&self, at: &At<'_>, prior: &Object) -> Result<(), ProviderError> {
        let found = at.ty.leftovers(self.call(at), prior).await?;
        let lineage = &self.inputs.plan.lineage;
        let is_ours = |l: &&Leftover| l.marks.as_ref().is_some_and(|marks| marks.lineage == *lineage);
        for leftover in found.iter().filter(is_ours) {
            at.reports.say(format!("removing {}", leftover.what));
            at.ty.remove_leftover(self.call(at), leftover).await?;
        }
        match found.iter().find(|l| !is_ours(l)) {
            Some(strange) => Err(not_ours(at, strange)),
            None => Ok(()),
        }
    }
}

fn not_ours(at: &At<'_>, strange: &Leftover) -> ProviderError {
    let detail = format!(
        "{} is under {} and does not carry this state's ownership marks, so it is left alone. Remove it by hand, or let \
         whoever owns it do so; after that, run the command again.",
        strange.what, at.change.address
    );
    ProviderError::new(ErrorKind::Conflict, "Object is in use by something else", detail)
}
