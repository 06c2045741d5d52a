//! Taking over an object that exists: finding it, and writing the configuration of one that has none.

use std::collections::BTreeMap;
use std::sync::Arc;

use config::{EachValue, InstId, NodeId, Reading};
use model::{Diagnostic, Diagnostics, InstanceAddr, Value};
use provider::contract::check_object;
use provider::{CreateClass, Object, ResourceType};
use state::{InstanceObject, InstanceState, ObjectStatus};

use crate::change::{Importing, Mode};
use crate::clients::Configured;
use crate::codec;
use crate::defects::AtWork;
use crate::generate::resource_block;
use crate::imports::{Imports, Wanted, missing_instance, resolve};
use crate::managed::Before;
use crate::planner::Planner;

impl Planner<'_> {
    /// What this plan is to take over as instances of a resource.
    pub fn imports_of(&self, node: NodeId) -> Result<Imports, Diagnostics> {
        let (imports, diags) = match (&self.inputs.options.import, self.inputs.options.mode) {
            (Some((addr, id)), _) if self.is_instance_of(addr, node) => {
                (self.asked(addr, id), Diagnostics::new())
            }
            (None, Mode::Normal) => resolve(&self.evaluator, node),
            _ => return Ok(Imports::new()),
        };
        self.fail_on(diags)?;
        Ok(imports)
    }

    fn is_instance_of(&self, addr: &InstanceAddr, node: NodeId) -> bool {
        let kind = config::NodeKind::Resource(addr.resource.clone());
        self.inputs.statics.find(&addr.module.path(), &kind) == Some(node)
    }

    fn asked(&self, addr: &InstanceAddr, id: &str) -> Imports {
        let importing = Importing { id: id.to_owned(), is_sensitive: false };
        BTreeMap::from([(addr.clone(), Wanted { importing, span: None })])
    }

    /// Reports imports whose resource has no such instance, and what the command line names but the state has already.
    pub fn check_imports(&self, imports: &Imports) -> Diagnostics {
        let mut diags = Diagnostics::new();
        for (addr, wanted) in imports {
            let is_recorded = self.prior.current(addr).is_some();
            if is_recorded && wanted.span.is_none() {
                diags.push(already_managed(addr));
            } else if !is_recorded && !self.found.borrow().visited.contains(addr) {
                diags.push(missing_instance(addr, wanted.span));
            }
        }
        diags
    }

    /// What is to be taken over as an instance; an instance that has its object already takes no other.
    pub fn wanted<'w>(&self, imports: &'w Imports, addr: &InstanceAddr) -> Option<&'w Importing> {
        let wanted = imports.get(addr)?;
        self.prior.current(addr).is_none().then_some(&wanted.importing)
    }

    /// Finds and reads the object that is to be taken over.
    pub async fn find_object(
        &self,
        addr: &InstanceAddr,
        configured: &Configured,
        ty: &Arc<dyn ResourceType>,
        importing: &Importing,
    ) -> Result<Before, Diagnostics> {
        let client = self.clients.client(configured, &self.evaluator).await?;
        let _permit = self.permits.acquire().await;
        let ownership = self.ownership(addr);
        let at_work = AtWork { provider: &configured.addr, address: addr };
        let failed = |e| Diagnostics::from(at_work.failed(e));
        self.inputs.watch.importing(addr, importing.shown());
        let found = ty.import(self.call(&client, addr, &ownership), &importing.id).await.map_err(failed)?;
        let id = codec::shown_id(&found.value).filter(|_| !importing.is_sensitive);
        self.inputs.watch.refreshing(addr, id.as_deref());
        let read = ty.read(self.call(&client, addr, &ownership), &found).await.map_err(failed)?;
        let object = read.ok_or_else(|| no_object(addr, importing))?;
        self.inputs.watch.refreshed(addr, id.as_deref());
        check_object(&ty.schema().block, &object.value).map_err(|b| at_work.read_no_object(b))?;
        self.as_recorded(addr, configured, ty, object)
    }

    /// The object as the state would record it.
    fn as_recorded(
        &self,
        addr: &InstanceAddr,
        configured: &Configured,
        ty: &Arc<dyn ResourceType>,
        object: Object,
    ) -> Result<Before, Diagnostics> {
        let schema = ty.schema();
        let value =
            codec::mark_sensitive(codec::strip_write_only(&object.value, &schema.block), &schema.block);
        let private = object.private.clone().map(Into::into);
        let recorded = codec::encode(&value, schema, ObjectStatus::Ready, private, Arc::from([]), false);
        let recorded = Arc::new(recorded.map_err(|why| {
            Diagnostic::error(
                "Provider produced invalid object",
                format!("What was imported has no place in the state: {why}."),
            )
            .for_address(addr)
        })?);
        if ty.create_class() != CreateClass::StateOnly
            && let Some(other) = self.manager_of(addr, &recorded)
        {
            self.push(managed_twice(addr, &other));
        }
        let deposed = self.prior.instances.get(addr).map(|s| s.deposed.clone()).unwrap_or_default();
        let provider = configured.config_text.clone();
        let state = InstanceState { provider, current: Some(recorded.clone()), deposed };
        self.found.borrow_mut().refreshed.insert(addr.clone(), Some(state.clone()));
        Ok(Before {
            state,
            object: recorded,
            recorded: value.clone(),
            current: Some(value),
            private: object.private,
        })
    }

    /// Another instance that has the very same object, recorded or about to be.
    fn manager_of(&self, addr: &InstanceAddr, object: &InstanceObject) -> Option<InstanceAddr> {
        let attributes = |o: &InstanceObject| serde_json::from_str::<serde_json::Value>(&o.attributes).ok();
        let own = attributes(object)?;
        let is_same = |(other, state): &(&InstanceAddr, &InstanceState)| {
            *other != addr
                && other.resource.ty == addr.resource.ty
                && state.current.as_ref().and_then(|o| attributes(o)).as_ref() == Some(&own)
        };
        let found = self.found.borrow();
        let taken = found.refreshed.iter().filter_map(|(a, s)| Some((a, s.as_ref()?)));
        self.prior.instances.iter().chain(taken).find(is_same).map(|(other, _)| other.clone())
    }

    /// Writes the block of an object that has none, and gives what it says.
    pub fn generate(
        &self,
        (node, inst): (NodeId, InstId),
        addr: &InstanceAddr,
        ty: &Arc<dyn ResourceType>,
        object: &Value,
    ) -> (String, (Value, Reading, Diagnostics)) {
        let block = &ty.schema().block;
        let provider = self.evaluator.resource(node).and_then(|(_, r)| r.provider.as_ref());
        let text = resource_block(&addr.resource, provider.map(|p| p.key.to_string()), block, object);
        let file = self.inputs.world.add_source("generated configuration", &text);
        let (body, diags) = lang::parse::parse_body(file, &text);
        let Some(written) = body.blocks.first().filter(|_| !diags.has_errors()) else {
            return (text, (Value::dynamic(), Reading::default(), diags));
        };
        let mut arguments = (*written.body).clone();
        arguments.attributes.retain(|a| &*a.name.name != "provider");
        let read = self.evaluator.eval_body(&arguments, block, node, inst, EachValue::None, None);
        (text, read)
    }
}

fn already_managed(addr: &InstanceAddr) -> Diagnostic {
    Diagnostic::error(
        "Resource already managed by Stackwright",
        format!(
            "The state records an object for {addr} already. To put another one in its place, first remove it from the \
             state, which leaves the object itself alone: stackwright state rm '{addr}'"
        ),
    )
}

fn managed_twice(addr: &InstanceAddr, other: &InstanceAddr) -> Diagnostic {
    Diagnostic::warning(
        "Object managed twice",
        format!(
            "What is imported as {addr} is the object that {other} has already. Two resources for one object undo each other's \
             changes, and the first that is destroyed takes it from the other. To give it another address, use a moved block; \
             to hand it over, remove it first: stackwright state rm '{other}'"
        ),
    )
    .for_address(addr)
}

fn no_object(addr: &InstanceAddr, importing: &Importing) -> Diagnostic {
    let id = importing.shown().map_or_else(|| "the given ID".to_owned(), |id| format!("the ID {id:?}"));
    Diagnostic::error(
        "Cannot import non-existent remote object",
        format!(
            "There is no object with {id} that could become {addr}. Only what exists can be imported: check the ID, and \
             that the provider is configured for the account and region of the object. To make a new object, leave the \
             import out and run apply."
        ),
    )
    .for_address(addr)
}
