//! Data sources that are read during apply.

use std::sync::Arc;

use config::{InstId, NodeId, NodeKind};
use model::{Diagnostic, Diagnostics, Marks, Value};
use plan::clients::Configured;
use plan::{AtWork, Change, codec};
use provider::contract::check_object;
use provider::{Call, DataSource};
use state::{Change as StateChange, ObjectStatus};

use crate::final_plan::gone;
use crate::run::Run;
use crate::salvage::known_parts;
use crate::step::Done;

/// A data source with what its reading needs.
struct Site<'s> {
    change: &'s Change,
    node: NodeId,
    inst: InstId,
    configured: Configured,
    source: Arc<dyn DataSource>,
}

impl Run<'_> {
    /// Reads a data source, now that its arguments are known.
    pub(crate) async fn read_data(&self, change: &Change) -> Result<Done, Diagnostics> {
        let site = self.data_site(change)?;
        let (addr, block) = (&change.address, &site.source.schema().block);
        let config = self.data_config(&site)?;
        self.judge_instance((site.node, site.inst), addr, None)?;
        let read = self.read_source(&site, &config.unmarked_deep()).await;
        let value = match (read, plan::enclosing_check(&self.evaluator, site.node)) {
            (Ok(value), _) => value,
            (Err(errors), None) => return Err(errors),
            (Err(errors), Some(check)) => {
                self.fail_check(check, site.inst, errors);
                known_parts(&provider::propose(block, None, &config.unmarked_deep()))
            }
        };
        let marks = config.marked_paths(Marks::SENSITIVE);
        let value = codec::mark_sensitive(value.apply_marks_at(&marks, Marks::SENSITIVE), block);
        self.keep_data(&site, &value)?;
        let unmet = self.judge_instance((site.node, site.inst), addr, Some(&value)).err().unwrap_or_default();
        Ok(Done { id: codec::shown_id(&value), unmet })
    }

    fn data_site<'s>(&self, change: &'s Change) -> Result<Site<'s>, Diagnostics> {
        let addr = &change.address;
        let kind = NodeKind::Resource(addr.resource.clone());
        let node = self.inputs.statics.find(&addr.module.path(), &kind).ok_or_else(|| gone(addr))?;
        let inst = self.evaluator.find_instance(&addr.module).ok_or_else(|| gone(addr))?;
        let configured = self.clients.find_by_text(&change.provider_config, &self.evaluator);
        let configured = configured.ok_or_else(|| gone(addr))?;
        let source = configured.provider.catalog().data_sources.get(&addr.resource.ty).cloned();
        let source = source.ok_or_else(|| gone(addr))?;
        Ok(Site { change, node, inst, configured, source })
    }

    fn data_config(&self, site: &Site<'_>) -> Result<Value, Diagnostics> {
        let late = self.evaluator.ensure(site.node, site.inst);
        if late.has_errors() {
            return Err(late);
        }
        let (key, block) = (&site.change.address.key, &site.source.schema().block);
        self.evaluator.settle_expansion(site.node, site.inst, key);
        let (config, _, diags) = self.evaluator.instance_config(site.node, site.inst, key, block);
        if diags.has_errors() { Err(diags) } else { Ok(config) }
    }

    async fn read_source(&self, site: &Site<'_>, config: &Value) -> Result<Value, Diagnostics> {
        let addr = &site.change.address;
        let client = self.clients.client(&site.configured, &self.evaluator).await?;
        let ownership = plan::ownership_of(&self.inputs.ownership, &self.inputs.plan.lineage, addr);
        let call = Call {
            client: &client,
            address: addr,
            ownership: Some(&ownership),
            known: &[],
            attempt: None,
            around: &*self.inputs.around,
            progress: &plan::Silent,
            warnings: &self.warnings,
            cancel: &self.inputs.cancel,
        };
        let at_work = AtWork { provider: &site.configured.addr, address: addr };
        let read =
            site.source.read(call, config).await.map_err(|e| self.at_block(site, at_work.failed(e)))?;
        check_object(&site.source.schema().block, &read)
            .map_err(|breach| self.at_block(site, at_work.read_no_object(breach)))?;
        Ok(read)
    }

    fn at_block(&self, site: &Site<'_>, diag: Diagnostic) -> Diagnostic {
        match self.evaluator.resource(site.node) {
            Some((_, resource)) => plan::placed(diag, resource),
            None => diag,
        }
    }

    fn keep_data(&self, site: &Site<'_>, value: &Value) -> Result<(), Diagnostics> {
        let (addr, schema) = (&site.change.address, site.source.schema());
        let encoded = codec::encode(value, schema, ObjectStatus::Ready, None, Arc::from([]), false);
        let object = encoded.map_err(|why| {
            self.at_block(site, Diagnostic::error("Provider produced invalid object", why).for_address(addr))
        })?;
        self.keep(&[StateChange::Current {
            address: addr.clone(),
            provider: site.change.provider_config.clone(),
            object: Some(Arc::new(object)),
        }]);
        self.evaluator.set_instance(site.node, site.inst, &addr.key, value.clone());
        Ok(())
    }
}
