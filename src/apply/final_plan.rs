//! The plan of one object once more, now that all values are final.

use model::{Diagnostic, Diagnostics, InstanceAddr, Marks, Value};
use plan::{Reason, codec, ignore_changes};
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
        let marks = codec::secret_arguments(&config, block);
        let planned = codec::mark_sensitive(planned.apply_marks_at(&marks, Marks::SENSITIVE), block);
        Ok((config, planned))
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
        let resource = at.node.and_then(|(n, _)| self.evaluator.resource(n)).map(|(_, r)| r);
        let prior = prior.filter(|_| at.change.reason != Some(Reason::ReplaceBecauseTainted));
        match resource {
            Some(r) => ignore_changes(&r.lifecycle.ignore_changes, prior, config, &at.ty.schema().block),
            None => config.clone(),
        }
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
