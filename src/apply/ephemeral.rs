//! Ephemeral resources during apply: opened when a step first needs them, closed when all steps are done.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use config::{InstId, NodeId, NodeKind, Statics};
use model::{Diagnostic, Diagnostics, InstanceAddr, InstanceKey};
use plan::{Change, Mode, Open, Opener, Step, StepAction};
use provider::Cancel;
use tokio::sync::OnceCell;

use crate::events::Event;
use crate::run::Run;

/// One that is open, is being opened, or could not be.
type Opening = Arc<OnceCell<bool>>;

/// The ephemeral resources of a run.
pub(crate) struct Ephemerals {
    /// The blocks that each node needs.
    needed: HashMap<NodeId, Vec<NodeId>>,
    tried: RefCell<HashMap<(NodeId, InstId, InstanceKey), Opening>>,
    open: Open,
}

impl Ephemerals {
    /// None open yet.
    pub(crate) fn new(statics: &Statics) -> Ephemerals {
        Ephemerals { needed: plan::needed(statics), tried: RefCell::default(), open: Open::default() }
    }

    fn of(&self, node: NodeId) -> impl Iterator<Item = NodeId> {
        self.needed.get(&node).into_iter().flatten().copied()
    }
}

impl Run<'_> {
    /// The blocks of ephemeral resources that a step needs, each after what it needs itself.
    pub(crate) fn needed_by(&self, step: &Step) -> Vec<NodeId> {
        let change = step.change.and_then(|c| self.inputs.plan.changes.get(c as usize));
        let Some(change) = change.filter(|_| !self.ephemerals.needed.is_empty()) else { return Vec::new() };
        let node = match step.action {
            StepAction::Create | StepAction::Update | StepAction::Read | StepAction::Gate => {
                let kind = NodeKind::Resource(change.address.resource.clone());
                self.inputs.statics.find(&change.address.module.path(), &kind)
            }
            StepAction::Delete | StepAction::DeleteDeposed(_) => self.provider_node(change),
            StepAction::Stabilise | StepAction::Import | StepAction::Depose(_) | StepAction::Forget => None,
        };
        node.into_iter().flat_map(|node| self.ephemerals.of(node)).collect()
    }

    fn provider_node(&self, change: &Change) -> Option<NodeId> {
        let configured = self.clients.find_by_text(&change.provider_config, &self.evaluator)?;
        self.clients.block_of(&configured, self.inputs.statics).map(|(node, _)| node)
    }

    /// Opens blocks of ephemeral resources, if they are not open already; whether all are. What fails is reported once.
    pub(crate) async fn open_all(&self, blocks: &[NodeId]) -> bool {
        let mut all = true;
        for &node in blocks {
            for inst in self.evaluator.module_instances(&self.inputs.statics.node(node).path) {
                let keys = self.evaluator.expansion(node, inst).map(|e| e.keys()).unwrap_or_default();
                for key in keys {
                    all = all && self.open_once(node, inst, key).await;
                }
            }
        }
        all
    }

    /// Opens what outputs and checks need, once the steps are done.
    pub(crate) async fn open_for_results(&self) {
        if self.inputs.plan.mode == Mode::Destroy {
            return;
        }
        let is_result = |node: &&NodeId| match &self.inputs.statics.node(**node).kind {
            NodeKind::Output(_) | NodeKind::Validation(_) | NodeKind::Check(_) => self.was_planned(**node),
            _ => false,
        };
        let users = self.ephemerals.needed.keys().filter(is_result);
        let blocks: BTreeSet<NodeId> = users.flat_map(|node| self.ephemerals.of(*node)).collect();
        let ordered = self.inputs.statics.order().iter().filter(|node| blocks.contains(node));
        self.open_all(&ordered.copied().collect::<Vec<_>>()).await;
    }

    async fn open_once(&self, node: NodeId, inst: InstId, key: InstanceKey) -> bool {
        let Some(addr) = self.evaluator.instance_addr(node, inst, &key) else { return true };
        let opening = self.ephemerals.tried.borrow_mut().entry((node, inst, key)).or_default().clone();
        let open = || async {
            let found = self.open(node, inst, &addr).await;
            let (is_open, diags) = match found {
                Ok(warnings) => (true, warnings),
                Err(errors) => (false, errors),
            };
            self.outcome.borrow_mut().diags.extend(diags);
            is_open
        };
        *opening.get_or_init(open).await
    }

    async fn open(
        &self,
        node: NodeId,
        inst: InstId,
        addr: &InstanceAddr,
    ) -> Result<Diagnostics, Diagnostics> {
        let late = self.evaluator.ensure(node, inst);
        if late.has_errors() {
            return Err(late);
        }
        self.evaluator.settle_expansion(node, inst, &addr.key);
        let attempt =
            self.with_opener(&self.inputs.cancel, async |o| o.open((node, inst), addr, false).await).await?;
        match attempt.opened {
            Some(opened) => self.ephemerals.open.add(opened),
            // What failed before was reported.
            None if !self.unfinished.borrow().is_empty() => return Err(Diagnostics::new()),
            None => return Err(self.unknown(node, addr).into()),
        }
        Ok(attempt.warnings)
    }

    fn unknown(&self, node: NodeId, addr: &InstanceAddr) -> Diagnostic {
        let diag = Diagnostic::error(
            "Ephemeral resource not opened",
            "Its arguments depend on values that are still unknown, because what they come from was not applied.",
        );
        let span = self.evaluator.resource(node).map(|(_, r)| r.span);
        span.map_or(diag.clone(), |span| diag.at(span)).for_address(addr)
    }

    /// Closes what is open, the last first, and also where the user asked to stop.
    pub(crate) async fn close_ephemerals(&self) {
        loop {
            let Some(opened) = self.ephemerals.open.take_last() else { break };
            let failed = self.with_opener(&Cancel::new(), async |o| o.close(opened).await).await;
            self.outcome.borrow_mut().diags.extend(failed);
        }
        self.outcome.borrow_mut().diags.extend(self.ephemerals.open.take_failures());
    }

    /// Does some work while what is open is renewed, also where the user asked to stop.
    pub(crate) async fn renewing<T>(&self, work: impl Future<Output = T>) -> T {
        self.with_opener(&Cancel::new(), async |o| o.renewing(&self.ephemerals.open, work).await).await
    }

    async fn with_opener<T>(&self, cancel: &Cancel, work: impl AsyncFnOnce(&Opener<'_, '_>) -> T) -> T {
        let opener = Opener {
            judge: self.judge(),
            clients: &self.clients,
            ownership: &self.inputs.ownership,
            lineage: &self.inputs.plan.lineage,
            around: &*self.inputs.around,
            warnings: &self.warnings,
            cancel,
            hear: &|address, turn| {
                self.inputs.events.event(Event::Ephemeral { address: address.clone(), turn });
            },
        };
        work(&opener).await
    }
}
