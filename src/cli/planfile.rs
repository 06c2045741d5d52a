//! Saved plans: everything that apply needs, and everything that `show` needs.
//!
//! A saved plan is one JSON document with a digest over its content. It holds the sources, so that what was planned is
//! what is applied, whatever became of the files meanwhile.

mod findings;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use model::{Diagnostic, InstanceAddr, Kind, Str, Value};
use plan::{
    Action, Change, CheckKind, CheckResult, CheckStatus, Importing, Mode, OutputChange, Plan, Reason,
    ReplaceOrder, Step, StepAction, StepId,
};
use serde_json::{Value as Json, json};
use state::{Label, Sealing, SealingError};

use crate::project::Place;

pub use findings::Finding;

/// The form of the document; another number is another form.
const FORMAT: u64 = 1;

/// A saved plan with what surrounds it.
pub struct Saved {
    /// The plan.
    pub plan: Plan,
    /// Every source that it was made from.
    pub files: BTreeMap<String, String>,
    /// What it is for.
    pub place: Place,
    /// Where its state is kept.
    pub location: String,
    /// Another state file than the configuration's, where one was asked for.
    pub state_path: Option<String>,
    /// The ephemeral root variables that were set. Their values are not kept, so apply needs them again.
    pub ephemeral: BTreeSet<String>,
    /// Where the values of root variables came from, for explanations.
    pub origins: BTreeMap<String, String>,
    /// What planning found.
    pub findings: Vec<Finding>,
}

/// Refuses a plan with an output that is infinite or holds infinity, for which neither plans nor states have a number.
pub fn check_finite(plan: &Plan, summary: &'static str) -> Result<(), Diagnostic> {
    let is_infinite = |value: &Value| matches!(value.kind(), Kind::Number(n) if n.is_infinite());
    for (name, output) in &plan.outputs {
        let mut found = None;
        output.after.walk(&mut |path, part| {
            if is_infinite(part) {
                found.get_or_insert_with(|| path.clone());
            }
            found.is_none()
        });
        if let Some(path) = found {
            return Err(Diagnostic::error(
                summary,
                format!(
                    "The value of output {name:?} is infinite{}, which cannot be kept: a state is JSON, which has no number \
                     for it. Something was divided by zero; use a condition, such as x == 0 ? null : 1 / x.",
                    if path.0.is_empty() { String::new() } else { format!(" at {path}") },
                ),
            ));
        }
    }
    Ok(())
}

/// Writes a plan to a file that only its owner can read.
pub fn write(path: &Path, saved: &Saved, sealing: &Sealing) -> Result<(), Diagnostic> {
    check_finite(&saved.plan, "Failed to write plan file")?;
    let content = encode(saved).to_string();
    let document =
        json!({"stackwright_plan": FORMAT, "sha256": digest(&content), "content": content}).to_string();
    let failed = |e: &dyn std::fmt::Display| {
        Diagnostic::error(
            "Failed to write plan file",
            format!("The plan could not be written to {}: {e}.", path.display()),
        )
    };
    let label = Label {
        lineage: Some(saved.plan.lineage.clone()),
        serial: Some(saved.plan.serial),
        journalled: false,
    };
    let document = sealing.seal(state::Kind::Plan, &label, document.as_bytes()).map_err(|e| failed(&e))?;
    crate::files::write_private(path, &document).map_err(|e| failed(&e))
}

/// Reads a plan; refused where it is damaged or of another form.
pub fn read(path: &Path, sealing: &Sealing) -> Result<Saved, Diagnostic> {
    let bad = |why: String| {
        Diagnostic::error(
            format!("Failed to load {:?} as a plan file", path.display().to_string()),
            format!("{} cannot be used as a saved plan: {why}. Make it anew with plan -out.", path.display()),
        )
    };
    let bytes = std::fs::read(path).map_err(|e| bad(e.to_string()))?;
    if !looks_like_plan(&bytes) {
        return Err(bad("it is not a plan that this program wrote".into()));
    }
    let opened = sealing.open(state::Kind::Plan, &bytes).map_err(|why| bad(why.to_string()))?;
    let document: Json = serde_json::from_slice(&opened.plain)
        .map_err(|_| bad("it is not a plan that this program wrote".into()))?;
    match document.get("stackwright_plan").and_then(Json::as_u64) {
        Some(FORMAT) => {}
        Some(other) => return Err(bad(format!("it has form {other}, and this version reads form {FORMAT}"))),
        None => return Err(bad("it is not a plan that this program wrote".into())),
    }
    let content = document.get("content").and_then(Json::as_str).unwrap_or_default();
    if document.get("sha256").and_then(Json::as_str) != Some(&*digest(content)) {
        return Err(bad("its digest does not fit its content, so it is damaged or was changed".into()));
    }
    let content: Json = serde_json::from_str(content).map_err(|e| bad(e.to_string()))?;
    let saved = decode(&content).ok_or_else(|| bad("its content is incomplete".into()))?;
    let (lineage, serial) = (Some(saved.plan.lineage.clone()), Some(saved.plan.serial));
    match opened.label {
        Some(label) if label != (Label { lineage, serial, journalled: false }) => {
            Err(bad(SealingError::Changed.to_string()))
        }
        Some(_) | None => Ok(saved),
    }
}

/// Whether a file looks like a saved plan.
pub fn is_plan(path: &Path) -> bool {
    std::fs::read(path).is_ok_and(|b| looks_like_plan(&b))
}

fn looks_like_plan(bytes: &[u8]) -> bool {
    bytes.starts_with(b"{\"stackwright_plan\"")
        || bytes.starts_with(b"{\"stackwright_sealed\":1,\"kind\":\"plan\"")
}

fn digest(content: &str) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(content.as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
}

fn encode(saved: &Saved) -> Json {
    let p = &saved.plan;
    let (place_kind, place) = match &saved.place {
        Place::Environment(name) => ("environment", name),
        Place::Workspace(name) => ("workspace", name),
    };
    json!({
        "place": [place_kind, place],
        "location": saved.location,
        "state_path": saved.state_path,
        "ephemeral": saved.ephemeral,
        "origins": saved.origins,
        "findings": saved.findings.iter().map(findings::encode).collect::<Vec<_>>(),
        "files": saved.files,
        "mode": match p.mode { Mode::Normal => "normal", Mode::Destroy => "destroy", Mode::RefreshOnly => "refresh-only" },
        "lineage": p.lineage,
        "serial": p.serial,
        "timestamp": p.timestamp,
        "variables": p.variables.iter().map(|(k, v)| (k.to_string(), values::encode(v))).collect::<serde_json::Map<_, _>>(),
        "drift": p.drift.iter().map(encode_change).collect::<Vec<_>>(),
        "changes": p.changes.iter().map(encode_change).collect::<Vec<_>>(),
        "outputs": p.outputs.iter().map(|(k, o)| (k.to_string(), encode_output(o))).collect::<serde_json::Map<_, _>>(),
        "checks": p.checks.iter().map(encode_check).collect::<Vec<_>>(),
        "steps": p.steps.iter().map(encode_step).collect::<Vec<_>>(),
        "prior": String::from_utf8_lossy(&state::format::write(&p.prior, state::format::VERSION)),
        "refreshed": (!Arc::ptr_eq(&p.prior, &p.refreshed))
            .then(|| String::from_utf8_lossy(&state::format::write(&p.refreshed, state::format::VERSION)).into_owned()),
        "prevent_destroy": p.prevent_destroy.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "targets": p.targets,
        "errored": p.errored,
        "complete": p.complete,
    })
}

fn decode(j: &Json) -> Option<Saved> {
    let text = |name: &str| j.get(name)?.as_str().map(str::to_owned);
    let place = j.get("place")?;
    let name = place.get(1)?.as_str()?.to_owned();
    let place = match place.get(0)?.as_str()? {
        "environment" => Place::Environment(name),
        _ => Place::Workspace(name),
    };
    let files = j.get("files")?.as_object()?.iter();
    let files =
        files.map(|(k, v)| Some((k.clone(), v.as_str()?.to_owned()))).collect::<Option<BTreeMap<_, _>>>()?;
    let snapshot = |text: &str| state::format::read(text.as_bytes(), "the plan").ok().map(Arc::new);
    let prior = snapshot(&text("prior")?)?;
    let refreshed = match text("refreshed") {
        Some(text) => snapshot(&text)?,
        None => prior.clone(),
    };
    let list = |name: &str| j.get(name)?.as_array();
    let plan = Plan {
        mode: match &*text("mode")? {
            "destroy" => Mode::Destroy,
            "refresh-only" => Mode::RefreshOnly,
            _ => Mode::Normal,
        },
        lineage: text("lineage")?,
        serial: j.get("serial")?.as_u64()?,
        timestamp: text("timestamp")?,
        variables: named(j.get("variables")?, values::decode)?,
        drift: list("drift")?.iter().map(decode_change).collect::<Option<_>>()?,
        changes: list("changes")?.iter().map(decode_change).collect::<Option<_>>()?,
        outputs: named(j.get("outputs")?, decode_output)?,
        checks: list("checks")?.iter().map(decode_check).collect::<Option<_>>()?,
        steps: list("steps")?.iter().map(decode_step).collect::<Option<_>>()?,
        prior,
        refreshed,
        prevent_destroy: list("prevent_destroy")?
            .iter()
            .map(|a| a.as_str()?.parse().ok())
            .collect::<Option<_>>()?,
        targets: list("targets")?.iter().filter_map(|t| t.as_str().map(str::to_owned)).collect(),
        errored: j.get("errored")?.as_bool()?,
        complete: j.get("complete")?.as_bool()?,
        deferred: Vec::new(),
        findings: Vec::new(),
    };
    let ephemeral = list("ephemeral")?.iter().filter_map(|n| n.as_str().map(str::to_owned)).collect();
    let origins = j.get("origins")?.as_object()?.iter();
    let origins = origins.filter_map(|(k, v)| Some((k.clone(), v.as_str()?.to_owned()))).collect();
    let (location, state_path) = (text("location")?, text("state_path"));
    let findings = list("findings")?.iter().map(findings::decode).collect::<Option<_>>()?;
    Some(Saved { plan, files, place, location, state_path, ephemeral, origins, findings })
}

fn named<T>(j: &Json, one: impl Fn(&Json) -> Option<T>) -> Option<BTreeMap<Str, T>> {
    j.as_object()?.iter().map(|(k, v)| Some((k.as_str().into(), one(v)?))).collect()
}

fn encode_change(c: &Change) -> Json {
    json!({
        "address": c.address.to_string(),
        "previous": c.previous_address.as_ref().map(ToString::to_string),
        "deposed": c.deposed.as_deref(),
        "provider": c.provider.to_string(),
        "provider_config": &*c.provider_config,
        "action": encode_action(c.action),
        "reason": c.reason.map(Reason::as_str),
        "before": values::encode(&c.before),
        "after": values::encode(&c.after),
        "replace_paths": c.replace_paths.iter().map(values::encode_path).collect::<Vec<_>>(),
        "importing": c.importing.as_ref().map(|i| json!([i.id, i.is_sensitive])),
        "generated_config": c.generated_config,
        "create_before_destroy": c.create_before_destroy,
        "reads": c.reads.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

fn decode_change(j: &Json) -> Option<Change> {
    let text = |name: &str| j.get(name).and_then(Json::as_str);
    let previous = match text("previous") {
        Some(text) => Some(text.parse::<InstanceAddr>().ok()?),
        None => None,
    };
    Some(Change {
        address: text("address")?.parse().ok()?,
        previous_address: previous,
        deposed: text("deposed").map(Str::from),
        provider: text("provider")?.parse().ok()?,
        provider_config: text("provider_config")?.into(),
        action: decode_action(text("action")?)?,
        reason: text("reason").and_then(decode_reason),
        before: values::decode(j.get("before")?)?,
        after: values::decode(j.get("after")?)?,
        replace_paths: j
            .get("replace_paths")?
            .as_array()?
            .iter()
            .map(values::decode_path)
            .collect::<Option<_>>()?,
        importing: j.get("importing").and_then(decode_importing),
        generated_config: text("generated_config").map(str::to_owned),
        create_before_destroy: j.get("create_before_destroy")?.as_bool()?,
        reads: j.get("reads")?.as_array()?.iter().filter_map(|a| a.as_str()?.parse().ok()).collect(),
    })
}

fn decode_importing(j: &Json) -> Option<Importing> {
    Some(Importing { id: j.get(0)?.as_str()?.to_owned(), is_sensitive: j.get(1)?.as_bool()? })
}

const ACTIONS: &[(&str, Action)] = &[
    ("no-op", Action::NoOp),
    ("create", Action::Create),
    ("read", Action::Read),
    ("update", Action::Update),
    ("delete-create", Action::Replace(ReplaceOrder::DeleteFirst)),
    ("create-delete", Action::Replace(ReplaceOrder::CreateFirst)),
    ("delete", Action::Delete),
    ("forget", Action::Forget),
];

fn encode_action(action: Action) -> &'static str {
    ACTIONS.iter().find(|(_, a)| *a == action).map_or("no-op", |(name, _)| name)
}

fn decode_action(text: &str) -> Option<Action> {
    ACTIONS.iter().find(|(name, _)| *name == text).map(|(_, a)| *a)
}

fn decode_reason(text: &str) -> Option<Reason> {
    const ALL: &[Reason] = &[
        Reason::ReplaceBecauseTainted,
        Reason::ReplaceByRequest,
        Reason::ReplaceByTriggers,
        Reason::ReplaceBecauseCannotUpdate,
        Reason::DeleteBecauseNoResourceConfig,
        Reason::DeleteBecauseNoModule,
        Reason::DeleteBecauseWrongRepetition,
        Reason::DeleteBecauseCountIndex,
        Reason::DeleteBecauseEachKey,
        Reason::DeleteBecauseNoMoveTarget,
        Reason::DeleteBecauseDisabled,
        Reason::ReadBecauseConfigUnknown,
        Reason::ReadBecauseDependencyPending,
        Reason::ReadBecauseCheckNested,
    ];
    ALL.iter().copied().find(|r| r.as_str() == text)
}

fn encode_output(o: &OutputChange) -> Json {
    json!([encode_action(o.action), values::encode(&o.before), values::encode(&o.after), o.sensitive])
}

fn decode_output(j: &Json) -> Option<OutputChange> {
    Some(OutputChange {
        action: decode_action(j.get(0)?.as_str()?)?,
        before: values::decode(j.get(1)?)?,
        after: values::decode(j.get(2)?)?,
        sensitive: j.get(3)?.as_bool()?,
    })
}

const KINDS: &[(&str, CheckKind)] = &[
    ("resource", CheckKind::Resource),
    ("output", CheckKind::OutputValue),
    ("check", CheckKind::Check),
    ("variable", CheckKind::InputVariable),
];

const STATUSES: &[(&str, CheckStatus)] = &[
    ("pass", CheckStatus::Pass),
    ("fail", CheckStatus::Fail),
    ("error", CheckStatus::Error),
    ("unknown", CheckStatus::Unknown),
];

fn name_of<T: PartialEq + Copy>(table: &[(&'static str, T)], value: T) -> &'static str {
    table.iter().find(|(_, v)| *v == value).map_or("", |(name, _)| name)
}

fn value_of<T: Copy>(table: &[(&'static str, T)], name: &str) -> Option<T> {
    table.iter().find(|(n, _)| *n == name).map(|(_, v)| *v)
}

fn encode_check(c: &CheckResult) -> Json {
    let instances: Vec<Json> = c
        .instances
        .iter()
        .map(|(module, addr, status, messages)| {
            json!([module.to_string(), addr, name_of(STATUSES, *status), messages])
        })
        .collect();
    json!([name_of(KINDS, c.kind), c.address, name_of(STATUSES, c.status), instances])
}

fn decode_check(j: &Json) -> Option<CheckResult> {
    let instance = |i: &Json| {
        let module = i.get(0)?.as_str()?;
        let module = match module {
            "" => model::ModuleAddr::root(),
            text => match text.parse().ok()? {
                model::address::Target::Module(m) => m,
                model::address::Target::Resource(_) => return None,
            },
        };
        let messages = i.get(3)?.as_array()?.iter().filter_map(|m| m.as_str().map(str::to_owned)).collect();
        Some((module, i.get(1)?.as_str()?.to_owned(), value_of(STATUSES, i.get(2)?.as_str()?)?, messages))
    };
    Some(CheckResult {
        kind: value_of(KINDS, j.get(0)?.as_str()?)?,
        address: j.get(1)?.as_str()?.to_owned(),
        status: value_of(STATUSES, j.get(2)?.as_str()?)?,
        instances: j.get(3)?.as_array()?.iter().map(instance).collect::<Option<_>>()?,
    })
}

fn encode_step(s: &Step) -> Json {
    let (name, key) = match &s.action {
        StepAction::Create => ("create", None),
        StepAction::Read => ("read", None),
        StepAction::Update => ("update", None),
        StepAction::Delete => ("delete", None),
        StepAction::Depose(key) => ("depose", Some(key)),
        StepAction::DeleteDeposed(key) => ("delete-deposed", Some(key)),
        StepAction::Forget => ("forget", None),
        StepAction::Import => ("import", None),
        StepAction::Gate => ("gate", None),
    };
    json!([name, key.map(|k| &**k), s.change, s.after.iter().map(|a| a.0).collect::<Vec<_>>()])
}

fn decode_step(j: &Json) -> Option<Step> {
    let key = || j.get(1).and_then(Json::as_str).map(Str::from);
    let action = match j.get(0)?.as_str()? {
        "create" => StepAction::Create,
        "read" => StepAction::Read,
        "update" => StepAction::Update,
        "delete" => StepAction::Delete,
        "depose" => StepAction::Depose(key()?),
        "delete-deposed" => StepAction::DeleteDeposed(key()?),
        "forget" => StepAction::Forget,
        "import" => StepAction::Import,
        "gate" => StepAction::Gate,
        _ => return None,
    };
    let after = j.get(3)?.as_array()?.iter().map(|a| Some(StepId(a.as_u64()? as u32)));
    Some(Step { action, change: j.get(2)?.as_u64().map(|c| c as u32), after: after.collect::<Option<_>>()? })
}
