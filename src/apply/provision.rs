//! Provisioners: after an object was made, and before it goes.

use std::sync::Arc;

use config::{Farewell, InstId, NodeId, Provisioner};
use model::{Diagnostic, Diagnostics, InstanceAddr, Value, err};
use plan::provider_diag;
use provider::{Lines, ProviderError, Provisioning};

use crate::events::Event;
use crate::run::Run;

impl Run<'_> {
    /// The provisioners of a block that run when an object was made.
    pub(crate) fn creation_provisioners(&self, node: Option<(NodeId, InstId)>) -> Vec<&Provisioner> {
        let resource = node.and_then(|(node, _)| self.evaluator.resource(node)).map(|(_, r)| r);
        resource.into_iter().flat_map(|r| r.creation_provisioners()).collect()
    }

    /// Runs a new object's provisioners, one after another; the first failure that matters ends it.
    pub(crate) async fn provision_created(
        &self,
        address: &InstanceAddr,
        (node, inst): (NodeId, InstId),
        own: &Value,
    ) -> Result<(), Diagnostics> {
        let each = self.evaluator.each_of(node, inst, &address.key);
        for provisioner in self.creation_provisioners(Some((node, inst))) {
            let evaluate = |block: &model::Block| {
                let (own, each) = (Some(own.clone()), each.clone());
                let (value, _, diags) =
                    self.evaluator.eval_body(&provisioner.body, block, node, inst, each, own);
                (value, diags)
            };
            self.provision(address, provisioner, evaluate).await?;
        }
        Ok(())
    }

    /// Runs the provisioners of an object that is about to go. Those of its block, or of the `removed` block that took the
    /// block's place.
    pub(crate) async fn provision_destroyed(
        &self,
        address: &InstanceAddr,
        own: &Value,
    ) -> Result<(), Diagnostics> {
        let provisioners = self.destroy_provisioners(address);
        if provisioners.is_empty() {
            return Ok(());
        }
        let path = address.module.path();
        let insts = self.evaluator.module_instances(&path);
        let inst = insts.into_iter().find(|i| self.evaluator.module_addr(*i) == address.module);
        let outer = self.evaluator.scope(inst.unwrap_or(InstId::ROOT));
        let scope = Farewell::new(own.clone(), &address.key, &outer);
        for provisioner in provisioners {
            let evaluate = |block: &model::Block| config::decode_body(&provisioner.body, block, &scope);
            self.provision(address, provisioner, evaluate).await?;
        }
        Ok(())
    }

    fn destroy_provisioners(&self, address: &InstanceAddr) -> Vec<&Provisioner> {
        let path = address.module.path();
        if let Some(resource) = self.inputs.config.resource(address) {
            return resource.destroy_provisioners().collect();
        }
        let removed = self.inputs.config.modules.values().flat_map(|m| m.removed.iter().map(move |r| (m, r)));
        let matching = removed.filter(|(module, removed)| {
            let mut at = module.path.clone();
            removed.from.module.iter().for_each(|(name, _)| at = at.child(name));
            let resource = removed.from.resource.as_ref();
            at == path && resource.is_some_and(|(resource, _)| *resource == address.resource)
        });
        matching.flat_map(|(_, r)| &r.provisioners).filter(|p| p.on_destroy).collect()
    }

    /// Runs one. What it says is passed on at once, unless it was given a secret.
    async fn provision(
        &self,
        address: &InstanceAddr,
        provisioner: &Provisioner,
        evaluate: impl Fn(&model::Block) -> (Value, Diagnostics),
    ) -> Result<(), Diagnostics> {
        if self.inputs.cancel.is_cancelled() {
            return Err(interrupted(provisioner).for_address(address).into());
        }
        let runner = self.inputs.registry.provisioner(&provisioner.ty).cloned();
        let runner = runner.ok_or_else(|| Diagnostics::from(missing(provisioner).for_address(address)))?;
        let (value, diags) = evaluate(&runner.schema().block);
        let value = match diags.has_errors() {
            true => return Err(diags),
            false => value,
        };
        if !value.is_wholly_known() {
            return Err(unknown(provisioner).for_address(address).into());
        }
        let hidden = suppression(&value);
        let (address, name) = (address.clone(), provisioner.ty.to_string());
        let tell = |line: String| {
            let (address, provisioner) = (address.clone(), name.clone());
            self.inputs.events.event(Event::Output { address, provisioner, line });
        };
        let (at, by) = (address.clone(), name.clone());
        self.inputs.events.event(Event::ProvisionStarted { address: at, provisioner: by });
        let say = |line: String| tell(hidden.map_or(line, str::to_owned));
        let result = match runner.needs_connection() && provisioner.connection.is_none() {
            true => Err(unconnected(provisioner)),
            false => self.listen(&address, &*runner, &value.unmarked_deep(), hidden.is_some(), say).await,
        };
        let (at, by, failed) = (address.clone(), name.clone(), result.is_err());
        self.inputs.events.event(Event::ProvisionEnded { address: at, provisioner: by, failed });
        match result {
            Ok(()) => Ok(()),
            Err(e) if !provisioner.continue_on_failure || self.inputs.cancel.is_cancelled() => {
                Err(provider_diag(e).at(provisioner.span).for_address(&address).into())
            }
            Err(e) => {
                // Who watches should know; a diagnostic would make it look as if something had to be done.
                let why = e.detail.lines().next().unwrap_or_default();
                tell(format!("The run goes on, because on_failure = continue. {why}"));
                Ok(())
            }
        }
    }

    /// Runs a provisioner and passes on every line, the last ones included.
    async fn listen(
        &self,
        address: &InstanceAddr,
        runner: &dyn provider::Provisioner,
        config: &Value,
        is_secret: bool,
        say: impl Fn(String),
    ) -> Result<(), ProviderError> {
        let (lines, mut heard) = Lines::channel();
        let around: &Arc<dyn provider::Surroundings> = &self.inputs.around;
        let cancel = &self.inputs.cancel;
        let call = Provisioning { address, around: &**around, lines: &lines, cancel, is_secret };
        let run = runner.run(call, config);
        tokio::pin!(run);
        let result = loop {
            tokio::select! {
                biased;
                Some(line) = heard.recv() => say(line),
                result = &mut run => break result,
            }
        };
        while let Ok(line) = heard.try_recv() {
            say(line);
        }
        result
    }
}

/// What stands in place of what a provisioner says that was given a secret.
fn suppression(config: &Value) -> Option<&'static str> {
    let marks = config.deep_marks();
    match (marks.is_sensitive(), marks.is_ephemeral()) {
        (true, _) => Some("(output not shown: it may hold a sensitive value)"),
        (false, true) => Some("(output not shown: it may hold an ephemeral value)"),
        (false, false) => None,
    }
}

fn missing(provisioner: &Provisioner) -> Diagnostic {
    err!(
        provisioner.span,
        "Missing required provisioner plugin",
        "There is no provisioner {:?} in this program.",
        provisioner.ty
    )
}

fn unconnected(provisioner: &Provisioner) -> ProviderError {
    ProviderError::invalid(
        format!("{} provisioner error", provisioner.ty),
        "Missing connection configuration for provisioner. This one works on the object itself, so it needs a connection block.",
    )
}

fn interrupted(provisioner: &Provisioner) -> Diagnostic {
    err!(
        provisioner.span,
        "Provisioner not run",
        "The run was interrupted before this {:?} provisioner began.",
        provisioner.ty
    )
}

fn unknown(provisioner: &Provisioner) -> Diagnostic {
    err!(
        provisioner.span,
        "Invalid provisioner configuration",
        "The arguments of this {:?} provisioner depend on values that are still unknown, because what they come from was \
         not applied.",
        provisioner.ty
    )
}
