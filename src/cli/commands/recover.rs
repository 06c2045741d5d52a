//! What became of an effect that an earlier run announced and never finished.

use std::sync::Arc;

use ::plan::clients::Configured;
use ::plan::codec;
use model::{Diagnostic, Marks, Str, Value};
use provider::{Call, Cancel, Client, Object, Ownership, Recovery, ResourceType};
use state::{Change, InstanceObject, Intent, IntentAction, ObjectStatus, StateSnapshot};

use super::run::{Ready, timestamp};
use crate::app::App;
use crate::world::{Outside, RunWorld};

/// Finds out what became of an interrupted effect: the changes that bring the state in line with what is there, or why
/// that cannot be told.
pub(super) async fn recover(app: &App, ready: &Ready, intent: &Intent) -> Result<Vec<Change>, Diagnostic> {
    let outside = Arc::new(Outside::applying(&timestamp()));
    let (configured, client) = connect(app, ready, intent, &outside).await?;
    let ty = configured.provider.catalog().resources.get(&intent.address.resource.ty).cloned();
    let ty = ty.ok_or_else(|| cannot_tell(intent, "its resource type is not here."))?;
    let snapshot = ready.store.read().await.ok().and_then(|folded| folded.snapshot).unwrap_or_default();
    let case = Case {
        ready,
        intent,
        ty: &*ty,
        client,
        outside,
        ownership: ::plan::ownership_of(&ready.project.ownership(), &snapshot.lineage, &intent.address),
    };
    match intent.action {
        IntentAction::Create => case.create().await,
        IntentAction::Update | IntentAction::Delete => case.read_back(&snapshot).await,
    }
}

fn cannot_tell(intent: &Intent, why: &str) -> Diagnostic {
    let detail = format!(
        "An earlier run was interrupted while it worked on {}, and what became of it cannot be told: {why} Look at the \
         object and remove what is left of it; after that, run the command again.",
        intent.address
    );
    Diagnostic::error("Interrupted operation", detail).for_address(&intent.address)
}

/// The provider that the effect was announced with, and a client of it.
async fn connect(
    app: &App,
    ready: &Ready,
    intent: &Intent,
    outside: &Arc<Outside>,
) -> Result<(Configured, Client), Diagnostic> {
    let project = &ready.project;
    let world = RunWorld::new((**outside).clone(), &project.workspace, &project.sources);
    let variables = ready.variables.clone();
    let evaluator = config::Evaluator::new(&project.config, &project.statics, &world, variables);
    let clients = ::plan::Clients::new(&project.config, &app.equipment.registry, outside.clone());
    let configured = clients
        .find_by_text(&intent.provider, &evaluator)
        .ok_or_else(|| cannot_tell(intent, &format!("its provider {} is not here.", intent.provider)))?;
    let client = clients.client(&configured, &evaluator).await.map_err(|diags| {
        let why = diags.0.first().map_or("", |d| &d.detail);
        cannot_tell(intent, &format!("its provider could not be configured: {why}"))
    })?;
    Ok((configured, client))
}

/// One interrupted effect with all that it takes to look into it.
struct Case<'r> {
    ready: &'r Ready,
    intent: &'r Intent,
    ty: &'r dyn ResourceType,
    client: Client,
    outside: Arc<Outside>,
    ownership: Ownership,
}

impl Case<'_> {
    fn call<'c>(&'c self, cancel: &'c Cancel) -> Call<'c> {
        Call {
            client: &self.client,
            address: &self.intent.address,
            ownership: Some(&self.ownership),
            around: &*self.outside,
            progress: &::plan::Silent,
            cancel,
        }
    }

    /// A create: the type looks for the object by what was asked for.
    async fn create(&self) -> Result<Vec<Change>, Diagnostic> {
        let planned = self.intent.planned.as_deref().unwrap_or("{}");
        let planned = model::json::read(planned, &self.ty.schema().block.ty());
        let planned = planned.map_err(|e| cannot_tell(self.intent, &e.message))?;
        let found = self.ty.recover(self.call(&Cancel::new()), &planned).await;
        match found.map_err(|e| cannot_tell(self.intent, &e.detail))? {
            Recovery::Exists(object) => self.adopt(object, self.status_of_whole()),
            Recovery::HalfMade(object) => self.adopt(object, ObjectStatus::Tainted),
            Recovery::Absent => Ok(Vec::new()),
            Recovery::CannotTell(why) => Err(cannot_tell(self.intent, &why)),
        }
    }

    /// An object whose provisioners did not run, or not to their end, is tainted.
    fn status_of_whole(&self) -> ObjectStatus {
        let block = self.ready.project.config.resource(&self.intent.address);
        match block.is_some_and(|r| r.creation_provisioners().next().is_some()) {
            true => ObjectStatus::Tainted,
            false => ObjectStatus::Ready,
        }
    }

    fn adopt(&self, object: Object, status: ObjectStatus) -> Result<Vec<Change>, Diagnostic> {
        let dependencies = self.intent.dependencies.clone();
        let private = object.private.map(Str::from);
        let value = codec::mark_sensitive(object.value, &self.ty.schema().block);
        let object = codec::encode(&value, self.ty.schema(), status, private, dependencies, false);
        let object = object.map_err(|why| cannot_tell(self.intent, &why))?;
        Ok(vec![self.now(Some(object))])
    }

    /// An update or delete: the object is read as it is now.
    async fn read_back(&self, snapshot: &StateSnapshot) -> Result<Vec<Change>, Diagnostic> {
        let Some(state) = snapshot.instances.get(&self.intent.address) else { return Ok(Vec::new()) };
        let recorded = match &self.intent.deposed {
            Some(key) => state.deposed.get(key).or(state.current.as_ref()),
            None => state.current.as_ref(),
        };
        let Some(recorded) = recorded else { return Ok(Vec::new()) };
        let before = codec::decode(&self.intent.address, recorded, self.ty.schema(), Some(self.ty))?;
        let private = recorded.private.as_deref().map(str::to_owned);
        let prior = Object { value: before.unmarked_deep(), private };
        let found = self.ty.read(self.call(&Cancel::new()), &prior).await;
        match found.map_err(|e| cannot_tell(self.intent, &e.detail))? {
            None => Ok(vec![self.now(None)]),
            Some(object) => Ok(vec![self.now(Some(self.as_read(recorded, &before, object)?))]),
        }
    }

    /// The recorded object with what was read; what was secret stays so.
    fn as_read(
        &self,
        recorded: &InstanceObject,
        before: &Value,
        object: Object,
    ) -> Result<InstanceObject, Diagnostic> {
        let value = object.value.apply_marks_at(&before.marked_paths(Marks::SENSITIVE), Marks::SENSITIVE);
        let private = object.private.map(Str::from);
        let dependencies = recorded.dependencies.clone();
        let first = recorded.create_before_destroy;
        codec::encode(&value, self.ty.schema(), recorded.status, private, dependencies, first)
            .map_err(|why| cannot_tell(self.intent, &why))
    }

    /// Says what the object that the effect was about is now.
    fn now(&self, object: Option<InstanceObject>) -> Change {
        let (address, provider) = (self.intent.address.clone(), self.intent.provider.clone());
        let object = object.map(Arc::new);
        match &self.intent.deposed {
            Some(key) => Change::Deposed { address, key: key.clone(), provider, object },
            None => Change::Current { address, provider, object },
        }
    }
}
