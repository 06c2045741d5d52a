//! What became of an effect that an earlier run announced and never finished.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use config::{Config, Evaluator, Statics, World};
use model::ops::raw_equals;
use model::{Diagnostic, Diagnostics, InstanceAddr, Marks, Path, Str, Value};
use plan::clients::Configured;
use plan::{Clients, codec};
use provider::{
    Attempt, Call, Cancel, Client, Object, Ownership, Recovery, Registry, ResourceType, Surroundings,
    Warnings,
};
use state::{Change, InstanceObject, Intent, IntentAction, ObjectStatus, StateSnapshot};

use crate::leftovers::remove_ours;
use crate::stabilise::is_final;

/// Everything that looking into an interrupted effect needs.
pub struct Recovering<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// Its static graph.
    pub statics: &'a Statics,
    /// What evaluation needs of the outside.
    pub world: &'a dyn World,
    /// The root module's variables.
    pub variables: BTreeMap<Str, Value>,
    /// The providers.
    pub registry: &'a Registry,
    /// What providers need of the outside.
    pub around: Arc<dyn Surroundings>,
    /// Stack and environment of the ownership marks.
    pub ownership: Ownership,
    /// What is recorded, all results included that are known.
    pub snapshot: &'a StateSnapshot,
    /// What may be done about it.
    pub licence: Licence,
}

/// What finding out about an interrupted effect may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Licence {
    /// It only asks.
    Look,
    /// It waits for what is still settling, and finishes a deletion of which only the clearing up is missing: the lock is
    /// held.
    Finish,
}

/// What became of an interrupted effect.
#[derive(Debug, Default)]
pub struct Recovered {
    /// What brings the state in line with what is there.
    pub changes: Vec<Change>,
    /// What is wrong all the same.
    pub warnings: Diagnostics,
}

impl From<Vec<Change>> for Recovered {
    fn from(changes: Vec<Change>) -> Recovered {
        Recovered { changes, warnings: Diagnostics::new() }
    }
}

/// Finds out what became of an interrupted effect, or why that cannot be told. An object that was still settling is waited
/// for where that is licensed.
pub async fn recover(inputs: &Recovering<'_>, intent: &Intent) -> Result<Recovered, Diagnostic> {
    let (configured, client) = connect(inputs, intent).await?;
    let ty = configured.provider.catalog().resources.get(&intent.address.resource.ty).cloned();
    let ty = ty.ok_or_else(|| cannot_tell(intent, "its resource type is not here."))?;
    let ownership = plan::ownership_of(&inputs.ownership, &inputs.snapshot.lineage, &intent.address);
    let warnings = Warnings::default();
    let case = Case { inputs, intent, ty: &*ty, client, ownership, warnings };
    let mut recovered = match intent.action {
        IntentAction::Create => case.create().await,
        IntentAction::Update | IntentAction::Delete => case.read_back().await,
        IntentAction::StabiliseNew | IntentAction::StabiliseChanged => case.wait_once_more().await,
    }?;
    recovered.warnings.extend(plan::warned(inputs.config, &case.warnings));
    Ok(recovered)
}

fn of(warning: Option<Diagnostic>) -> Diagnostics {
    Diagnostics(warning.into_iter().collect())
}

fn cannot_tell(intent: &Intent, why: &str) -> Diagnostic {
    let detail = format!(
        "An earlier run was interrupted while it worked on {}, and what became of it cannot be told: {why} Look at the \
         object and remove what is left of it; after that, run the command again.",
        intent.address
    );
    Diagnostic::error("Interrupted operation", detail).for_address(&intent.address)
}

fn never_done(intent: &Intent, why: &str) -> Diagnostic {
    let detail = format!(
        "An earlier run was interrupted while {} was not fully done yet, and it will not be: {why}",
        intent.address
    );
    Diagnostic::warning("Object does not settle", detail).for_address(&intent.address)
}

/// The provider that the effect was announced with, and a client of it.
async fn connect(inputs: &Recovering<'_>, intent: &Intent) -> Result<(Configured, Client), Diagnostic> {
    let evaluator = Evaluator::new(inputs.config, inputs.statics, inputs.world, inputs.variables.clone());
    let clients = Clients::new(inputs.config, inputs.registry, inputs.around.clone());
    let configured = clients
        .find_by_text(&intent.provider, &evaluator)
        .ok_or_else(|| cannot_tell(intent, &format!("its provider {} is not here.", intent.provider)))?;
    let client = clients.client(&configured, &evaluator).await.map_err(|diags| {
        let why = diags.0.first().map_or("", |d| &d.detail);
        cannot_tell(intent, &format!("its provider could not be configured: {why}"))
    })?;
    Ok((configured, client))
}

/// The objects of an instance's type that the state has already, wherever.
pub(crate) fn known_objects(
    snapshot: &StateSnapshot,
    address: &InstanceAddr,
    ty: &dyn ResourceType,
) -> Vec<Object> {
    let (mode, name) = (address.resource.mode, &address.resource.ty);
    let same = |addr: &InstanceAddr| addr.resource.mode == mode && addr.resource.ty == *name;
    let states = snapshot.instances.iter().filter(|(addr, _)| same(addr));
    let objects =
        states.flat_map(|(addr, s)| s.current.iter().chain(s.deposed.values()).map(move |o| (addr, o)));
    let decoded = objects.filter_map(|(addr, object)| {
        let value = codec::decode(addr, object, ty.schema(), Some(ty)).ok()?;
        let private = object.private.as_deref().map(str::to_owned);
        Some(Object { value: value.unmarked_deep(), private })
    });
    decoded.collect()
}

/// One interrupted effect with all that it takes to look into it.
struct Case<'r> {
    inputs: &'r Recovering<'r>,
    intent: &'r Intent,
    ty: &'r dyn ResourceType,
    client: Client,
    ownership: Ownership,
    warnings: Warnings,
}

impl Case<'_> {
    fn call<'c>(&'c self, cancel: &'c Cancel) -> Call<'c> {
        Call {
            client: &self.client,
            address: &self.intent.address,
            ownership: Some(&self.ownership),
            known: &[],
            attempt: None,
            around: &*self.inputs.around,
            progress: &plan::Silent,
            warnings: &self.warnings,
            cancel,
        }
    }

    /// A create: the type looks for the object by what was asked for.
    async fn create(&self) -> Result<Recovered, Diagnostic> {
        let planned = self.intent.planned.as_deref().unwrap_or("{}");
        let planned = model::json::read(planned, &self.ty.schema().block.ty());
        let planned = planned.map_err(|e| cannot_tell(self.intent, &e.message))?;
        let known = known_objects(self.inputs.snapshot, &self.intent.address, self.ty);
        let attempt = Attempt {
            token: self.intent.token.as_deref().unwrap_or_default().to_owned(),
            fence: self.intent.fence.iter().map(|id| id.to_string()).collect(),
        };
        let cancel = Cancel::new();
        let call = Call { known: &known, attempt: Some(&attempt), ..self.call(&cancel) };
        let found = self.ty.recover(call, &planned).await;
        match found.map_err(|e| cannot_tell(self.intent, &e.detail))? {
            Recovery::Exists(object) => {
                let warning = self.stabilise(&object).await?;
                let status = if warning.is_some() { ObjectStatus::Tainted } else { self.status_of_whole() };
                Ok(Recovered { changes: self.adopt(object, status)?, warnings: of(warning) })
            }
            Recovery::HalfMade(object) => Ok(self.adopt(object, ObjectStatus::Tainted)?.into()),
            Recovery::Absent => Ok(self.bring_back().into()),
            Recovery::CannotTell(why) => Err(cannot_tell(self.intent, &why)),
        }
    }

    /// What was set aside for an object that does not exist is in use again.
    fn bring_back(&self) -> Vec<Change> {
        let address = self.intent.address.clone();
        self.intent.deposed.clone().map(|key| Change::Restore { address, key }).into_iter().collect()
    }

    /// An object whose provisioners did not run, or not to their end, is tainted.
    fn status_of_whole(&self) -> ObjectStatus {
        let block = self.inputs.config.resource(&self.intent.address);
        match block.is_some_and(|r| r.creation_provisioners().next().is_some()) {
            true => ObjectStatus::Tainted,
            false => ObjectStatus::Ready,
        }
    }

    fn adopt(&self, object: Object, status: ObjectStatus) -> Result<Vec<Change>, Diagnostic> {
        let dependencies = self.intent.dependencies.clone();
        let private = object.private.map(Str::from);
        let value = codec::with_secrets(object.value, &self.intent.sensitive_paths);
        let value = codec::mark_sensitive(value, &self.ty.schema().block);
        let first = self.intent.create_before_destroy;
        let object = codec::encode(&value, self.ty.schema(), status, private, dependencies, first);
        let object = object.map_err(|why| cannot_tell(self.intent, &why))?;
        Ok(vec![self.now(Some(object))])
    }

    /// An update or delete: the object is read as it is now.
    async fn read_back(&self) -> Result<Recovered, Diagnostic> {
        let Some(recorded) = self.recorded() else { return Ok(Recovered::default()) };
        let (before, prior) = self.decoded(recorded)?;
        let found = self.ty.read(self.call(&Cancel::new()), &prior).await;
        match found.map_err(|e| cannot_tell(self.intent, &e.detail))? {
            None => {
                self.finish_deletion(&prior).await?;
                Ok(vec![self.now(None)].into())
            }
            Some(object) => {
                let warning = match self.intent.action {
                    IntentAction::Update => self.stabilise(&object).await?,
                    _ => None,
                };
                let now = self.now(Some(self.as_read(recorded, &before, object)?));
                Ok(Recovered { changes: vec![now], warnings: of(warning) })
            }
        }
    }

    /// What is recorded of the object that the effect was about.
    fn recorded(&self) -> Option<&InstanceObject> {
        let state = self.inputs.snapshot.instances.get(&self.intent.address)?;
        let creates = self.intent.action == IntentAction::Create;
        match self.intent.deposed.as_ref().filter(|_| !creates) {
            Some(key) => state.deposed.get(key).map(|o| &**o),
            None => state.current.as_deref(),
        }
    }

    /// A recorded object as a value, and as its type takes it.
    fn decoded(&self, recorded: &InstanceObject) -> Result<(Value, Object), Diagnostic> {
        let value = codec::decode(&self.intent.address, recorded, self.ty.schema(), Some(self.ty))?;
        let private = recorded.private.as_deref().map(str::to_owned);
        let object = Object { value: value.unmarked_deep(), private };
        Ok((value, object))
    }

    /// An object that was still settling: it is waited for once more.
    async fn wait_once_more(&self) -> Result<Recovered, Diagnostic> {
        let Some(recorded) = self.recorded() else { return Ok(Recovered::default()) };
        let (_, object) = self.decoded(recorded)?;
        let warning = self.stabilise(&object).await?;
        let spoilt = self.intent.action == IntentAction::StabiliseNew && warning.is_some();
        let tainted = InstanceObject { status: ObjectStatus::Tainted, ..recorded.clone() };
        let changes = spoilt.then(|| self.now(Some(tainted))).into_iter().collect();
        Ok(Recovered { changes, warnings: of(warning) })
    }

    /// Waits until the object is fully done, where its type knows that and the lock is held. What never will be is warned
    /// about.
    async fn stabilise(&self, object: &Object) -> Result<Option<Diagnostic>, Diagnostic> {
        if !self.ty.stabilises() || self.inputs.licence == Licence::Look {
            return Ok(None);
        }
        match self.ty.stabilise(self.call(&Cancel::new()), object).await {
            Ok(()) => Ok(None),
            Err(e) if is_final(&e) => Ok(Some(never_done(self.intent, &e.detail))),
            Err(e) => Err(cannot_tell(self.intent, &e.detail)),
        }
    }

    /// The object is gone, and the program died before it looked for what others made under it since.
    async fn finish_deletion(&self, prior: &Object) -> Result<(), Diagnostic> {
        if self.intent.action != IntentAction::Delete || self.inputs.licence == Licence::Look {
            return Ok(());
        }
        let cancel = Cancel::new();
        let lineage = &self.inputs.snapshot.lineage;
        let cleared = remove_ours(self.ty, self.call(&cancel), prior, lineage, &|_| {}).await;
        cleared.map(drop).map_err(|e| cannot_tell(self.intent, &e.detail))
    }

    /// The recorded object with what was read; what was secret stays so unless the update changed it, and what was to be
    /// secret is.
    fn as_read(
        &self,
        recorded: &InstanceObject,
        before: &Value,
        object: Object,
    ) -> Result<InstanceObject, Diagnostic> {
        let updated = self.intent.action == IntentAction::Update;
        let is_secret_still = |path: &Path| match (path.get(before), path.get(&object.value)) {
            (Some(was), Some(is)) => !updated || raw_equals(&was.unmarked_deep(), is),
            _ => true,
        };
        let mut secrets = before.marked_paths(Marks::SENSITIVE);
        secrets.retain(is_secret_still);
        let value = object.value.apply_marks_at(&secrets, Marks::SENSITIVE);
        let value = codec::with_secrets(value, &self.intent.sensitive_paths);
        let private = object.private.map(Str::from);
        // Nobody can tell whether it has changed over already.
        let either: BTreeSet<&Str> = recorded.dependencies.iter().chain(&*self.intent.dependencies).collect();
        let dependencies = either.into_iter().cloned().collect();
        let first = recorded.create_before_destroy;
        codec::encode(&value, self.ty.schema(), recorded.status, private, dependencies, first)
            .map_err(|why| cannot_tell(self.intent, &why))
    }

    /// Says what the object that the effect was about is now.
    fn now(&self, object: Option<InstanceObject>) -> Change {
        let (address, provider) = (self.intent.address.clone(), self.intent.provider.clone());
        let object = object.map(Arc::new);
        match (self.intent.action, &self.intent.deposed) {
            (IntentAction::Update | IntentAction::Delete, Some(key)) => {
                Change::Deposed { address, key: key.clone(), provider, object }
            }
            (IntentAction::Create | IntentAction::StabiliseNew | IntentAction::StabiliseChanged, _)
            | (_, None) => Change::Current { address, provider, object },
        }
    }
}
