//! What is written down of an effect: the intent before it, what came of it after.

use std::sync::Arc;

use model::ops::raw_equals;
use model::{Diagnostic, Diagnostics, Marks, Path, Str, Value};
use plan::{Change, codec};
use provider::contract::{check_kept, check_object};
use provider::{Attempt, CreateClass, Failed, Object};
use state::{Change as StateChange, InstanceObject, Intent, IntentAction, IntentId, ObjectStatus};

use crate::run::Run;
use crate::salvage::{known_parts, salvage};
use crate::step::At;

/// An effect that makes or changes an object, as it was announced.
pub(crate) struct Effect<'e> {
    /// Its intent, where one was written.
    pub(crate) intent: Option<IntentId>,
    /// The arguments, marked.
    pub(crate) config: &'e Value,
    /// The planned object, marked.
    pub(crate) planned: &'e Value,
    /// Whether the object is a new one.
    pub(crate) creates: bool,
}

impl Run<'_> {
    /// Writes the intent of an effect, unless the effect is the record itself.
    pub(crate) async fn announce(
        &self,
        at: &At<'_>,
        action: IntentAction,
        deposed: Option<Str>,
        planned: Option<&Value>,
        attempt: Option<&Attempt>,
    ) -> Result<Option<IntentId>, Diagnostics> {
        if at.ty.create_class() == CreateClass::StateOnly {
            return Ok(None);
        }
        let schema = at.ty.schema();
        let sensitive_paths = planned.map(codec::sensitive_paths).unwrap_or_default();
        let planned = planned.map(|p| known_json(&p.unmarked_deep(), &schema.block.ty()));
        let intent = Intent {
            address: at.change.address.clone(),
            action,
            deposed,
            provider: at.change.provider_config.clone(),
            planned: planned.map(Str::from),
            schema_version: schema.version,
            dependencies: at.node.map(|(n, _)| self.dependencies(n)).unwrap_or_default(),
            sensitive_paths,
            token: attempt.map(|a| a.token.as_str().into()),
            fence: attempt.iter().flat_map(|a| &a.fence).map(|id| id.as_str().into()).collect(),
            create_before_destroy: at.change.create_before_destroy,
        };
        let _save = self.inputs.stages.enter(model::Stage::Save, "intents");
        self.inputs.session.intent(intent).await.map(Some).map_err(|e| {
            self.inputs.cancel.cancel();
            let detail = format!(
                "Nothing was done to {}, because the intent could not be written down first: {e}.",
                at.change.address
            );
            at.diag(Diagnostic::error("Failed to record an intent", detail)).into()
        })
    }

    /// Writes down what came of an effect.
    pub(crate) fn record(&self, intent: Option<IntentId>, changes: &[StateChange]) {
        if let Err(e) = self.inputs.session.record(intent, changes) {
            self.state_failure(&e);
        }
    }

    /// Records what a create or update gave, and holds it to what was planned. What still has to be provisioned is tainted.
    /// Where nobody can tell what became of the object, the intent stays open for the next run.
    pub(crate) fn settle(
        &self,
        at: &At<'_>,
        effect: &Effect<'_>,
        result: Result<Object, Failed>,
    ) -> Result<(Value, Arc<InstanceObject>), Diagnostics> {
        let (object, error) = match result {
            Ok(object) => (Some(object), None),
            Err(Failed { error, partial }) => (partial, Some(error)),
        };
        let Some(object) = object else {
            let error = error.into_iter().map(|e| {
                if !e.leaves_open() {
                    self.record(effect.intent, &undone(at, effect));
                }
                at.diag(at.work().failed(e))
            });
            return Err(Diagnostics(error.collect()));
        };
        let block = &at.ty.schema().block;
        let invalid = check_object(block, &object.value).err();
        let Some(stored) = salvage(block, effect.planned, &object.value) else {
            let nothing = invalid.map(|breach| at.work().gave_no_object(breach));
            return Err(Diagnostics(nothing.into_iter().map(|d| at.diag(d)).collect()));
        };
        let mut marks = codec::secret_arguments(effect.config, block);
        marks.extend(effect.planned.marked_paths(Marks::SENSITIVE));
        if error.is_some() && !effect.creates {
            marks.extend(unchanged_secrets(&at.change.before, &stored));
        }
        let stored = codec::mark_sensitive(stored.apply_marks_at(&marks, Marks::SENSITIVE), block);
        let recorded = self.keep_object(at, effect, &stored, object.private, error.is_some())?;
        if let Some(error) = error {
            return Err(at.diag(at.work().failed(error)).into());
        }
        if let Some(breach) = invalid {
            return Err(at.diag(at.work().gave_no_object(breach)).into());
        }
        let kept = check_kept(&effect.planned.unmarked_deep(), &object.value);
        kept.map_err(|breach| at.diag(at.work().did_otherwise(breach)))?;
        Ok((stored, recorded))
    }

    /// Records an object as it is now; others read it from now on.
    fn keep_object(
        &self,
        at: &At<'_>,
        effect: &Effect<'_>,
        stored: &Value,
        private: Option<String>,
        failed: bool,
    ) -> Result<Arc<InstanceObject>, Diagnostics> {
        let half_made = effect.creates && (failed || !self.creation_provisioners(at.node).is_empty());
        let status = if half_made { ObjectStatus::Tainted } else { ObjectStatus::Ready };
        let dependencies = at.node.map(|(n, _)| self.dependencies(n)).unwrap_or_default();
        let (private, first) = (private.map(Str::from), at.change.create_before_destroy);
        let encoded = codec::encode(stored, at.ty.schema(), status, private, dependencies, first);
        let object = Arc::new(
            encoded.map_err(|why| at.diag(Diagnostic::error("Provider produced invalid object", why)))?,
        );
        if !failed && effect.intent.is_some() && at.ty.stabilises() {
            self.foretell_stabilising(at, effect, stored, &object);
        }
        let (address, provider) = (at.change.address.clone(), at.change.provider_config.clone());
        self.record(
            effect.intent,
            &[StateChange::Current { address, provider, object: Some(object.clone()) }],
        );
        if let Some((node, inst)) = at.node {
            self.evaluator.set_instance(node, inst, &at.change.address.key, stored.clone());
        }
        Ok(object)
    }
}

/// What was secret and is as it was, after an update that failed on the way.
fn unchanged_secrets(before: &Value, now: &Value) -> Vec<Path> {
    let mut secrets = before.marked_paths(Marks::SENSITIVE);
    secrets.retain(|path| match (path.get(before), path.get(now)) {
        (Some(was), Some(is)) => raw_equals(&was.unmarked_deep(), is),
        _ => false,
    });
    secrets
}

/// A create that made nothing brings back what it was to replace.
fn undone(at: &At<'_>, effect: &Effect<'_>) -> Vec<StateChange> {
    let key = at.set_aside.clone().filter(|_| effect.creates);
    key.map(|key| StateChange::Restore { address: at.change.address.clone(), key }).into_iter().collect()
}

/// The change that removes an object from the record.
pub(crate) fn removal(change: &Change, deposed: Option<Str>) -> StateChange {
    let (address, provider) = (change.address.clone(), change.provider_config.clone());
    match deposed {
        Some(key) => StateChange::Deposed { address, key, provider, object: None },
        None => StateChange::Current { address, provider, object: None },
    }
}

/// The known parts of an object as JSON.
fn known_json(value: &Value, ty: &model::Type) -> String {
    let mut text = String::new();
    match model::json::write(&known_parts(value), ty, &mut text) {
        Ok(()) => text,
        Err(_) => "{}".to_owned(),
    }
}
