//! Ephemeral resources while planning: open from the walk to its end.

use config::{InstId, NodeId, NodeKind, Reading};
use graph::Outcome;
use model::{Diagnostics, InstanceAddr};

use crate::ephemerals::{Attempt, Opener, needed};
use crate::planner::Planner;

impl Planner<'_> {
    /// Opens an ephemeral resource for the time of planning.
    pub async fn open_ephemeral(
        &self,
        (node, inst): (NodeId, InstId),
        addr: &InstanceAddr,
        outer: &Reading,
    ) -> Result<(), Diagnostics> {
        let Some((_, resource)) = self.evaluator.resource(node) else { return Ok(()) };
        let must_wait = self.has_pending_dependency(node, resource, addr);
        let _permit = self.permits.acquire().await;
        let attempt = self.with_opener(async |opener| opener.open((node, inst), addr, must_wait).await).await;
        let Attempt { opened, mut reading, warnings } = attempt?;
        reading.merge(outer.clone());
        opened.into_iter().for_each(|opened| self.open.add(opened));
        let mut found = self.found.borrow_mut();
        found.diags.extend(warnings);
        found.read_to_open.entry((node, inst)).or_default().push(reading);
        Ok(())
    }

    /// Opens what provider configurations need, in an order in which each comes after what it needs itself.
    pub async fn open_for_providers(&self) {
        let statics = self.inputs.statics;
        let mut needed = needed(statics);
        needed.retain(|node, _| matches!(statics.node(*node).kind, NodeKind::Provider(_)));
        for &node in statics.order() {
            if needed.values().any(|blocks| blocks.contains(&node)) {
                self.open_block(node).await;
            }
        }
    }

    async fn open_block(&self, node: NodeId) {
        for inst in self.evaluator.module_instances(&self.inputs.statics.node(node).path) {
            let (expansion, outer, diags) = self.evaluator.expand(node, inst);
            if self.report(diags) == Outcome::Failed {
                continue;
            }
            for key in expansion.keys() {
                let Some(addr) = self.evaluator.instance_addr(node, inst, &key) else { continue };
                if let Err(diags) = self.open_ephemeral((node, inst), &addr, &outer).await {
                    self.report(diags);
                }
            }
        }
    }

    /// Closes what is open, the last first.
    pub async fn close_ephemerals(&self) {
        loop {
            let Some(opened) = self.open.take_last() else { break };
            let failed = self.with_opener(async |opener| opener.close(opened).await).await;
            self.report(failed);
        }
        self.report(self.open.take_failures());
    }

    /// Does some work while what is open is renewed.
    pub async fn renewing<T>(&self, work: impl Future<Output = T>) -> T {
        self.with_opener(async |opener| opener.renewing(&self.open, work).await).await
    }

    async fn with_opener<T>(&self, work: impl AsyncFnOnce(&Opener<'_, '_>) -> T) -> T {
        let opener = Opener {
            judge: self.judge(),
            clients: &self.clients,
            ownership: &self.inputs.ownership,
            lineage: &self.prior.lineage,
            around: &*self.inputs.around,
            warnings: &self.warnings,
            cancel: self.cancel(),
            hear: &|address, turn| self.inputs.watch.ephemeral(address, turn),
        };
        work(&opener).await
    }
}
