//! What others made under an object that goes: found and removed before the object is, and looked for once more after.

use provider::{Call, ErrorKind, Leftover, Object, Owner, ProviderError, ResourceType};

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
        let say = |what: String| at.reports.say(what);
        let strange = remove_ours(&*at.ty, self.call(at), prior, &self.inputs.plan.lineage, &say).await?;
        strange.map_or(Ok(()), |strange| Err(not_ours(at, &strange)))
    }
}

/// Removes what others made under an object as far as it carries the marks of a lineage, or the object's own. Gives the first
/// that does not.
pub(crate) async fn remove_ours(
    ty: &dyn ResourceType,
    call: Call<'_>,
    prior: &Object,
    lineage: &str,
    say: &dyn Fn(String),
) -> Result<Option<Leftover>, ProviderError> {
    let found = ty.leftovers(call, prior).await?;
    let is_ours = |l: &Leftover| match &l.owner {
        Owner::Marked(marks) => marks.lineage == *lineage,
        // The object is recorded, so it is ours.
        Owner::Object => true,
        Owner::Unknown => false,
    };
    let (ours, others): (Vec<Leftover>, Vec<Leftover>) = found.into_iter().partition(is_ours);
    for leftover in &ours {
        say(format!("removing {}", leftover.what));
        ty.remove_leftover(call, leftover).await?;
    }
    Ok(others.into_iter().next())
}

fn not_ours(at: &At<'_>, strange: &Leftover) -> ProviderError {
    let detail = format!(
        "{} is under {} and does not carry this state's ownership marks, so it is left alone. Remove it by hand, or let \
         whoever owns it do so; after that, run the command again.",
        strange.what, at.change.address
    );
    ProviderError::new(ErrorKind::Conflict, "Object is in use by something else", detail)
}
