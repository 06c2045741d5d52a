//! Ephemeral resources: opened for the time of a run, closed at its end, stored nowhere.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use config::{InstId, NodeId, NodeKind, Reading, Statics};
use model::{Block, Diagnostic, Diagnostics, InstanceAddr, Marks, ResourceMode, Value};
use provider::contract::{check_kept, check_object};
use provider::{Call, Cancel, Client, Ephemeral, Object, Ownership, Surroundings, Warnings};

use crate::clients::{Clients, Configured};
use crate::codec;
use crate::data::unknown_computed;
use crate::defects::AtWork;
use crate::judging::{Judge, Stage};
use crate::managed::{locate, placed, unsupported_type};
use crate::planner::{Silent, ownership_of};

/// What is happening to an ephemeral resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It is about to be opened.
    Opening,
    /// It is open.
    Opened(Duration),
    /// It could not be opened.
    NotOpened(Duration),
    /// It is about to be renewed.
    Renewing,
    /// It is renewed.
    Renewed(Duration),
    /// It could not be renewed.
    NotRenewed(Duration),
    /// It is about to be closed.
    Closing,
    /// It is closed.
    Closed(Duration),
    /// It could not be closed.
    NotClosed(Duration),
}

/// Opens ephemeral resources, and closes them.
pub struct Opener<'o, 'a> {
    /// Judges their conditions, and evaluates.
    pub judge: Judge<'o, 'a>,
    /// Clients of providers.
    pub clients: &'o Clients<'a>,
    /// Stack and environment of the ownership marks.
    pub ownership: &'o Ownership,
    /// The lineage of the state.
    pub lineage: &'o str,
    /// What providers need of the outside.
    pub around: &'o dyn Surroundings,
    /// Where providers warn.
    pub warnings: &'o Warnings,
    /// Whether the user asked to stop.
    pub cancel: &'o Cancel,
    /// Hears what happens.
    pub hear: &'o dyn Fn(&InstanceAddr, Turn),
}

/// What came of the wish to open one.
#[derive(Default)]
pub struct Attempt {
    /// What is to be closed at the end; nothing where it could not be opened yet.
    pub opened: Option<Opened>,
    /// What the arguments read.
    pub reading: Reading,
    /// What was found and is no error.
    pub warnings: Diagnostics,
}

/// An ephemeral resource that is open.
#[derive(Clone)]
pub struct Opened {
    pub(crate) address: InstanceAddr,
    pub(crate) ty: Arc<dyn Ephemeral>,
    configured: Configured,
    client: Client,
    ownership: Ownership,
    pub(crate) object: Object,
}

impl Opener<'_, '_> {
    /// Opens one and says what its value is. Where arguments are unknown, or `must_wait` says so, the value is unknown.
    pub async fn open(
        &self,
        (node, inst): (NodeId, InstId),
        address: &InstanceAddr,
        must_wait: bool,
    ) -> Result<Attempt, Diagnostics> {
        let evaluator = self.judge.evaluator;
        let Some((_, resource)) = evaluator.resource(node) else { return Ok(Attempt::default()) };
        let configured = self.clients.of_instance(evaluator, (node, inst), &address.key)?;
        let found = configured.provider.catalog().ephemerals.get(&address.resource.ty).cloned();
        let ty = found.ok_or_else(|| Diagnostics::from(unsupported_type(resource, &configured)))?;
        let block = &ty.schema().block;
        let (config, reading, mut warnings) = evaluator.instance_config(node, inst, &address.key, block);
        keep_warnings(&mut warnings, self.judge.resource(node, inst, address, Stage::Before))?;
        let bare = config.unmarked_deep();
        keep_warnings(&mut warnings, locate(ty.validate(&bare), resource))?;
        let sensitive = config.marked_paths(Marks::SENSITIVE);
        let marked = |v: Value| marked(v.apply_marks_at(&sensitive, Marks::SENSITIVE), block);
        if must_wait || !bare.is_wholly_known() {
            let value = marked(unknown_computed(block, &bare));
            evaluator.set_instance(node, inst, &address.key, value);
            return Ok(Attempt { opened: None, reading, warnings });
        }
        let opened = self.call_open(address, ty.clone(), configured, &bare).await;
        let opened = opened.map_err(|e| Diagnostics(e.into_iter().map(|d| placed(d, resource)).collect()))?;
        let value = marked(opened.object.value.clone());
        evaluator.set_instance(node, inst, &address.key, value.clone());
        match keep_warnings(&mut warnings, self.judge.resource(node, inst, address, Stage::After(&value))) {
            Ok(()) => Ok(Attempt { opened: Some(opened), reading, warnings }),
            Err(mut errors) => {
                errors.extend(self.close(opened).await);
                Err(errors)
            }
        }
    }

    async fn call_open(
        &self,
        address: &InstanceAddr,
        ty: Arc<dyn Ephemeral>,
        configured: Configured,
        config: &Value,
    ) -> Result<Opened, Diagnostics> {
        let client = self.clients.client(&configured, self.judge.evaluator).await?;
        let ownership = ownership_of(self.ownership, self.lineage, address);
        let work = AtWork { provider: &configured.addr, address };
        (self.hear)(address, Turn::Opening);
        let begun = Instant::now();
        let opened = ty.open(self.call(address, &client, &ownership), config).await;
        let turn = if opened.is_ok() { Turn::Opened } else { Turn::NotOpened };
        (self.hear)(address, turn(begun.elapsed()));
        let object = opened.map_err(|e| work.failed(e))?;
        check_object(&ty.schema().block, &object.value).map_err(|breach| work.read_no_object(breach))?;
        Ok(Opened { address: address.clone(), ty, configured, client, ownership, object })
    }

    /// Closes one; gives why that failed.
    pub async fn close(&self, opened: Opened) -> Diagnostics {
        let Opened { address, ty, configured, client, ownership, object } = opened;
        (self.hear)(&address, Turn::Closing);
        let begun = Instant::now();
        let closed = ty.close(self.call(&address, &client, &ownership), &object).await;
        let turn = if closed.is_ok() { Turn::Closed } else { Turn::NotClosed };
        (self.hear)(&address, turn(begun.elapsed()));
        let work = AtWork { provider: &configured.addr, address: &address };
        Diagnostics(closed.err().map(|e| work.failed(e)).into_iter().collect())
    }

    /// Renews one: what its type remembers of it from now on, or why that failed.
    pub(crate) async fn renew(&self, opened: &Opened) -> Result<Object, Diagnostic> {
        let Opened { address, ty, configured, client, ownership, object } = opened;
        (self.hear)(address, Turn::Renewing);
        let begun = Instant::now();
        let renewed = ty.renew(self.call(address, client, ownership), object).await;
        let turn = if renewed.is_ok() { Turn::Renewed } else { Turn::NotRenewed };
        (self.hear)(address, turn(begun.elapsed()));
        let work = AtWork { provider: &configured.addr, address };
        let renewed = renewed.map_err(|e| work.failed(e))?;
        check_kept(&object.value, &renewed.value).map_err(|breach| work.did_otherwise(breach))?;
        Ok(renewed)
    }

    fn call<'c>(&'c self, address: &'c InstanceAddr, client: &'c Client, marks: &'c Ownership) -> Call<'c> {
        Call {
            client,
            address,
            ownership: Some(marks),
            known: &[],
            attempt: None,
            around: self.around,
            progress: &Silent,
            warnings: self.warnings,
            cancel: self.cancel,
        }
    }
}

/// Everything about it is for the run only, and some of it is not to be shown besides.
fn marked(value: Value, block: &Block) -> Value {
    codec::mark_sensitive(value, block).with_marks(Marks::EPHEMERAL)
}

fn keep_warnings(warnings: &mut Diagnostics, found: Diagnostics) -> Result<(), Diagnostics> {
    warnings.extend(found);
    if warnings.has_errors() { Err(std::mem::take(warnings)) } else { Ok(()) }
}

/// The blocks of ephemeral resources that each node needs, directly or not, each after what it needs itself. A node that
/// needs none is not named.
pub fn needed(statics: &Statics) -> HashMap<NodeId, Vec<NodeId>> {
    let is_ephemeral = |id: NodeId| matches!(&statics.node(id).kind, NodeKind::Resource(a) if a.mode == ResourceMode::Ephemeral);
    let mut needed: HashMap<NodeId, Vec<NodeId>> = HashMap::new();
    if !statics.order().iter().any(|id| is_ephemeral(*id)) {
        return needed;
    }
    for &id in statics.order() {
        let mut own: Vec<NodeId> = Vec::new();
        for dependency in statics.dependencies(id) {
            let inner = needed.get(&dependency).into_iter().flatten().copied();
            let all = inner.chain(is_ephemeral(dependency).then_some(dependency));
            all.for_each(|n| {
                if !own.contains(&n) {
                    own.push(n)
                }
            });
        }
        if !own.is_empty() {
            needed.insert(id, own);
        }
    }
    needed
}
