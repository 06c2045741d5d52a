//! The messages of the `-json` stream as data: what is said, how it is worded, and its type.

use std::collections::BTreeMap;
use std::time::Duration;

use apply::Operation;
use model::{Diagnostic, InstanceAddr, Severity, SourceMap, Str};
use plan::{Action, ByList, Change, Mode, OutputChange, Plan, Reason};
use serde_json::{Map, Value as Json, json};
use state::OutputState;

use super::{diagnostic, shapes, time, words};

/// One line of the stream, without its time.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// `info`, `warn` or `error`.
    pub level: &'static str,
    /// What people read.
    pub text: String,
    /// The message's type.
    pub ty: &'static str,
    /// What tools read, by name.
    pub payload: Map<String, Json>,
}

impl Message {
    pub(super) fn new(ty: &'static str, text: String, payload: Json) -> Message {
        let payload = if let Json::Object(map) = payload { map } else { Map::new() };
        Message { level: "info", text, ty, payload }
    }
}

/// The first message: which program speaks, in which version of this format.
pub fn version(version: &str, terraform_version: &str) -> Message {
    Message::new(
        "version",
        format!("Stackwright {version}"),
        json!({"stackwright": version, "terraform": terraform_version, "ui": "1.2"}),
    )
}

/// A line about what is going on.
pub fn log(text: &str) -> Message {
    Message::new("log", text.to_owned(), json!({}))
}

/// Everything about a plan, in order: drift, changes, summary, outputs.
pub fn plan(plan: &Plan) -> Vec<Message> {
    let moves_count = plan.mode == Mode::RefreshOnly;
    let drifted = |c: &&Change| c.action != Action::NoOp || moves_count && c.is_move();
    let changed = |c: &&Change| c.action != Action::NoOp || c.is_move() || c.importing.is_some();
    let mut all: Vec<Message> = plan.drift.iter().filter(drifted).map(drift).collect();
    all.extend(plan.changes.iter().filter(changed).map(planned_change));
    all.extend(plan.lists.iter().map(refreshed_by_list));
    all.push(change_summary("plan", &Counts::of_plan(plan)));
    if !plan.outputs.is_empty() {
        all.push(planned_outputs(&plan.outputs));
    }
    all
}

/// The changes of a saved plan that is about to be applied.
pub fn planned_changes(plan: &Plan) -> Vec<Message> {
    plan.changes.iter().filter(|c| c.action != Action::NoOp).map(planned_change).collect()
}

/// A change that was found.
pub fn drift(change: &Change) -> Message {
    let action = stream_action(change);
    let text = format!("{}: Drift detected ({action})", change.address);
    Message::new("resource_drift", text, json!({"change": change_json(change, action)}))
}

/// A change that is planned.
pub fn planned_change(change: &Change) -> Message {
    let action = stream_action(change);
    let text = format!("{}: Plan to {action}", change.address);
    Message::new("planned_change", text, json!({"change": change_json(change, action)}))
}

fn change_json(change: &Change, action: &str) -> Json {
    let mut out = Map::new();
    out.insert("resource".into(), resource(&change.address));
    if let Some(previous) = change.previous_address.as_ref().filter(|_| change.is_move()) {
        out.insert("previous_resource".into(), resource(previous));
    }
    out.insert("action".into(), action.into());
    if let Some(reason) = change.reason {
        out.insert("reason".into(), stream_reason(reason).into());
    }
    if let Some(importing) = &change.importing {
        let id = importing.shown().map(|id| ("id".to_owned(), id.into()));
        out.insert("importing".into(), id.into_iter().collect::<Map<String, Json>>().into());
    }
    if let Some(config) = &change.generated_config {
        out.insert("generated_config".into(), config.as_str().into());
    }
    Json::Object(out)
}

fn stream_action(change: &Change) -> &'static str {
    match change.action {
        Action::NoOp if change.importing.is_some() => "import",
        Action::NoOp if change.is_move() => "move",
        Action::NoOp => "noop",
        Action::Create => "create",
        Action::Read => "read",
        Action::Update => "update",
        Action::Replace(_) => "replace",
        Action::Delete => "delete",
        Action::Forget => "remove",
    }
}

/// The stream names the reasons of replacements more shortly than the plan document.
fn stream_reason(reason: Reason) -> &'static str {
    match reason {
        Reason::ReplaceBecauseTainted => "tainted",
        Reason::ReplaceByRequest => "requested",
        Reason::ReplaceByTriggers => "replace_triggered_by",
        Reason::ReplaceBecauseCannotUpdate => "cannot_update",
        Reason::DeleteBecauseNoResourceConfig
        | Reason::DeleteBecauseNoModule
        | Reason::DeleteBecauseWrongRepetition
        | Reason::DeleteBecauseCountIndex
        | Reason::DeleteBecauseEachKey
        | Reason::DeleteBecauseNoMoveTarget
        | Reason::DeleteBecauseDisabled
        | Reason::ReadBecauseConfigUnknown
        | Reason::ReadBecauseDependencyPending
        | Reason::ReadBecauseCheckNested => reason.as_str(),
    }
}

/// An instance as messages name it.
pub fn resource(address: &InstanceAddr) -> Json {
    let module = address.module.to_string();
    json!({
        "addr": address.to_string(),
        "module": module,
        "resource": format!("{}{}", address.resource, address.key),
        "implied_provider": address.resource.implied_provider(),
        "resource_type": &*address.resource.ty,
        "resource_name": &*address.resource.name,
        "resource_key": shapes::key(&address.key),
    })
}

/// How many objects were or would be changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Made.
    pub add: usize,
    /// Changed in place.
    pub change: usize,
    /// Deleted.
    pub remove: usize,
    /// Taken over.
    pub import: usize,
}

impl Counts {
    /// What a plan would do.
    pub fn of_plan(plan: &Plan) -> Counts {
        let (add, change, remove, import) = plan.counts();
        Counts { add, change, remove, import }
    }
}

/// The numbers at the end of a plan (`plan`), an apply (`apply`) or a destroy (`destroy`).
pub fn change_summary(operation: &str, counts: &Counts) -> Message {
    let text = match operation {
        "plan" => words::plan_line(counts),
        "destroy" => words::destroyed_line(counts),
        _ => words::applied_line(counts),
    };
    let changes = json!({
        "add": counts.add, "change": counts.change, "import": counts.import, "remove": counts.remove,
        "operation": operation,
    });
    Message::new("change_summary", text, json!({"changes": changes}))
}

/// What would become of the outputs.
pub fn planned_outputs(outputs: &BTreeMap<Str, OutputChange>) -> Message {
    let of = |o: &OutputChange| {
        let action = match o.action {
            Action::NoOp => "noop",
            Action::Create => "create",
            Action::Delete => "delete",
            Action::Update | Action::Read | Action::Replace(_) | Action::Forget => "update",
        };
        json!({"sensitive": o.sensitive, "action": action})
    };
    let all: Map<String, Json> = outputs.iter().map(|(name, o)| (name.to_string(), of(o))).collect();
    Message::new("outputs", format!("Outputs: {}", all.len()), json!({"outputs": all}))
}

/// The outputs as they are; sensitive ones without their values.
pub fn outputs(outputs: &BTreeMap<Str, OutputState>) -> Message {
    let of = |o: &OutputState| {
        let parsed = |text: &str| serde_json::from_str::<Json>(text).unwrap_or_default();
        let mut out = json!({"sensitive": o.sensitive, "type": parsed(&o.ty)});
        if !o.sensitive {
            out["value"] = parsed(&o.value);
        }
        out
    };
    let all: Map<String, Json> = outputs.iter().map(|(name, o)| (name.to_string(), of(o))).collect();
    Message::new("outputs", format!("Outputs: {}", all.len()), json!({"outputs": all}))
}

/// An error or a warning.
pub fn diagnostic(diagnostic: &Diagnostic, sources: &SourceMap) -> Message {
    let (level, word) = match diagnostic.severity {
        Severity::Error => ("error", "Error"),
        Severity::Warning => ("warn", "Warning"),
    };
    let payload = json!({"diagnostic": diagnostic::json(diagnostic, sources)});
    Message { level, ..Message::new("diagnostic", format!("{word}: {}", diagnostic.summary), payload) }
}

/// An object is read before planning.
pub fn refresh_start(address: &InstanceAddr, id: Option<&str>) -> Message {
    let text = format!("{address}: Refreshing state...{}", words::id_suffix(id));
    Message::new("refresh_start", text, json!({"hook": hook(address, None, id)}))
}

/// An object was read before planning.
pub fn refresh_complete(address: &InstanceAddr, id: Option<&str>) -> Message {
    let text = format!("{address}: Refresh complete{}", words::id_suffix(id));
    Message::new("refresh_complete", text, json!({"hook": hook(address, None, id)}))
}

/// Objects of a type were read by a list before planning.
fn refreshed_by_list(list: &ByList) -> Message {
    Message::new(
        "refreshed_by_list",
        words::listed_line(list),
        json!({"list": super::plan_json::by_list(list)}),
    )
}

/// A step begins. Taking over and forgetting have no place in the stream.
pub fn apply_start(address: &InstanceAddr, operation: Operation, id: Option<&str>) -> Option<Message> {
    let verb = verb(operation)?;
    let text = format!("{address}: {}...{}", verb.starting, words::id_suffix(id));
    Some(Message::new(verb.types.start, text, json!({"hook": hook(address, verb.action, id)})))
}

/// A step is still under way.
pub fn apply_progress(address: &InstanceAddr, operation: Operation, elapsed: Duration) -> Option<Message> {
    let verb = verb(operation)?;
    let text = format!("{address}: Still {}... [{} elapsed]", verb.going_on, time::elapsed(elapsed));
    let hook = timed(hook(address, verb.action, None), elapsed);
    Some(Message::new(verb.types.progress, text, json!({"hook": hook})))
}

/// A step has succeeded.
pub fn apply_complete(
    address: &InstanceAddr,
    operation: Operation,
    id: Option<&str>,
    elapsed: Duration,
) -> Option<Message> {
    let verb = verb(operation)?;
    let id = id.filter(|_| operation != Operation::Delete);
    let took = time::elapsed(elapsed);
    let text = format!("{address}: {} complete after {took}{}", verb.noun, words::id_suffix(id));
    let hook = timed(hook(address, verb.action, id), elapsed);
    Some(Message::new(verb.types.complete, text, json!({"hook": hook})))
}

/// A step has failed.
pub fn apply_errored(address: &InstanceAddr, operation: Operation, elapsed: Duration) -> Option<Message> {
    let verb = verb(operation)?;
    let text = format!("{address}: {} errored after {}", verb.noun, time::elapsed(elapsed));
    let hook = timed(hook(address, verb.action, None), elapsed);
    Some(Message::new(verb.types.errored, text, json!({"hook": hook})))
}

/// A provisioner begins.
pub fn provision_start(address: &InstanceAddr, provisioner: &str) -> Message {
    let text = format!("{address}: Provisioning with '{provisioner}'...");
    let hook = json!({"resource": resource(address), "provisioner": provisioner});
    Message::new("provision_start", text, json!({"hook": hook}))
}

/// A provisioner says something.
pub fn provision_progress(address: &InstanceAddr, provisioner: &str, line: &str) -> Message {
    let text = format!("{address}: ({provisioner}): {line}");
    let hook = json!({"resource": resource(address), "provisioner": provisioner, "output": line});
    Message::new("provision_progress", text, json!({"hook": hook}))
}

/// A provisioner has come to its end.
pub fn provision_end(address: &InstanceAddr, provisioner: &str, failed: bool) -> Message {
    let (ty, how) =
        if failed { ("provision_errored", "errored") } else { ("provision_complete", "complete") };
    let text = format!("{address}: ({provisioner}) Provisioning {how}");
    let hook = json!({"resource": resource(address), "provisioner": provisioner});
    Message::new(ty, text, json!({"hook": hook}))
}

struct Verb {
    types: &'static Types,
    action: Option<&'static str>,
    starting: &'static str,
    going_on: &'static str,
    noun: &'static str,
}

/// The types of the messages about one step.
struct Types {
    start: &'static str,
    progress: &'static str,
    complete: &'static str,
    errored: &'static str,
}

const APPLY: Types = Types {
    start: "apply_start",
    progress: "apply_progress",
    complete: "apply_complete",
    errored: "apply_errored",
};

/// Terraform's stream knows no such wait, so its messages have types of their own, which its readers pass over.
const STABILISE: Types = Types {
    start: "stabilise_start",
    progress: "stabilise_progress",
    complete: "stabilise_complete",
    errored: "stabilise_errored",
};

fn verb(operation: Operation) -> Option<Verb> {
    let apply = |action, starting, going_on, noun| {
        Some(Verb { types: &APPLY, action: Some(action), starting, going_on, noun })
    };
    match operation {
        Operation::Create => apply("create", "Creating", "creating", "Creation"),
        Operation::Read => apply("read", "Refreshing", "refreshing", "Refresh"),
        Operation::Update => apply("update", "Modifying", "modifying", "Modifications"),
        Operation::Delete => apply("delete", "Destroying", "destroying", "Destruction"),
        Operation::Stabilise => {
            let (starting, going_on, noun) = ("Settling", "settling", "Settling");
            Some(Verb { types: &STABILISE, action: None, starting, going_on, noun })
        }
        Operation::Import | Operation::Forget => None,
    }
}

fn hook(address: &InstanceAddr, action: Option<&str>, id: Option<&str>) -> Json {
    let mut out = Map::new();
    out.insert("resource".into(), resource(address));
    if let Some(action) = action {
        out.insert("action".into(), action.into());
    }
    if let Some(id) = id {
        out.insert("id_key".into(), "id".into());
        out.insert("id_value".into(), id.into());
    }
    Json::Object(out)
}

fn timed(mut hook: Json, elapsed: Duration) -> Json {
    hook["elapsed_seconds"] = time::rounded_seconds(elapsed).into();
    hook
}
