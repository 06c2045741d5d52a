//! The plan of one object once more, now that all values are final.

use config::IgnoreChanges;
use model::{Diagnostic, Diagnostics, InstanceAddr, Marks, Path, Value};
use plan::{Reason, codec, ignore_changes, kept_secrets};
use provider::PlanRequest;
use provider::contract::{check_kept, check_planned};
use state::InstanceObject;

use crate::run::Run;
use crate::step::At;

impl Run<'_> {
    /// Evaluates the arguments with final values, has the provider plan them, and holds the answer to the plan. Gives the
    /// configuration and the planned object, both marked.
    pub(crate) async fn final_plan(
        &self,
        at: &At<'_>,
        prior: Option<(&Value, &InstanceObject)>,
    ) -> Result<(Value, Value), Diagnostics> {
        let block = &at.ty.schema().block;
        let config = self.final_config(at)?;
        self.conditions(at, None)?;
        let bare_prior = prior.map(|(v, _)| v.unmarked_deep());
        let bare = self.without_ignored(at, bare_prior.as_ref(), &config.unmarked_deep());
        let proposed = provider::propose(block, bare_prior.as_ref(), &bare);
        let private = prior.and_then(|(_, o)| o.private.as_deref());
        let request = PlanRequest { prior: bare_prior.as_ref(), config: &bare, proposed: &proposed, private };
        let planned = at.ty.plan(self.call(at), request).await.map_err(|e| at.diag(at.work().failed(e)))?;
        let planned = planned.planned;
        let kept = check_planned(block, bare_prior.as_ref(), &bare, &planned)
            .and_then(|()| check_kept(&at.change.after.unmarked_deep(), &planned));
        kept.map_err(|breach| at.diag(at.work().planned_otherwise(breach)))?;
        let secrets = self.secrets(at, &config, (prior.map(|(v, _)| v), &planned));
        let planned = codec::mark_sensitive(planned.apply_marks_at(&secrets, Marks::SENSITIVE), block);
        Ok((config.unmarked_deep().apply_marks_at(&secrets, Marks::SENSITIVE), planned))
    }

    fn final_config(&self, at: &At<'_>) -> Result<Value, Diagnostics> {
        let addr = &at.change.address;
        let Some((node, inst)) = at.node else { return Err(gone(addr).into()) };
        let late = self.evaluator.ensure(node, inst);
        if late.has_errors() {
            return Err(late);
        }
        self.evaluator.settle_expansion(node, inst, &addr.key);
        let (config, _, diags) = self.evaluator.instance_config(node, inst, &addr.key, &at.ty.schema().block);
        if diags.has_errors() { Err(diags) } else { Ok(config) }
    }

    /// The configuration with what is ignored as it is, for an object that stays.
    fn without_ignored(&self, at: &At<'_>, prior: Option<&Value>, config: &Value) -> Value {
        let prior = prior.filter(|_| at.change.reason != Some(Reason::ReplaceBecauseTainted));
        match self.ignored(at) {
            Some(ignored) => ignore_changes(ignored, prior, config, &at.ty.schema().block),
            None => config.clone(),
        }
    }

    /// What of an object is to be shown to nobody.
    fn secrets(&self, at: &At<'_>, config: &Value, change: (Option<&Value>, &Value)) -> Vec<Path> {
        let block = &at.ty.schema().block;
        let secrets = codec::secret_arguments(config, block);
        match self.ignored(at) {
            Some(ignored) => kept_secrets(block, ignored, &config.unmarked_deep(), change, &secrets),
            None => secrets,
        }
    }

    fn ignored<'s>(&'s self, at: &At<'_>) -> Option<&'s IgnoreChanges> {
        let (_, resource) = self.evaluator.resource(at.node?.0)?;
        Some(&resource.lifecycle.ignore_changes)
    }
}

/// The error for what the plan names and nothing else does.
pub(crate) fn gone(addr: &InstanceAddr) -> Diagnostic {
    Diagnostic::error(
        "Stale plan",
        format!("The plan names {addr}, which the configuration or the state no longer has. Plan again."),
    )
    .for_address(addr)
}
