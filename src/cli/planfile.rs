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
    Action, ByList, Change, CheckKind, CheckResult, CheckStatus, Importing, Mode, OutputChange, Plan, Reason,
    ReplaceOrder, Step, StepAction, StepId,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value as Json, json};
use state::{Label, Sealing, SealingError, StateSnapshot};

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
    let content = encode(saved);
    let document = Document { stackwright_plan: FORMAT, sha256: digest(&content), content };
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
    let bytes = serde_json::to_vec(&document).map_err(|e| failed(&e))?;
    drop(document);
    let sealed = sealing.seal(state::Kind::Plan, &label, &bytes).map_err(|e| failed(&e))?;
    crate::files::write_private(path, &sealed).map_err(|e| failed(&e))
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
    let none = || bad("it is not a plan that this program wrote".into());
    let Form { stackwright_plan } = serde_json::from_slice(&opened.plain).map_err(|_| none())?;
    if stackwright_plan != FORMAT {
        return Err(bad(format!("it has form {stackwright_plan}, and this version reads form {FORMAT}")));
    }
    let document: Document = serde_json::from_slice(&opened.plain).map_err(|_| none())?;
    drop(opened.plain);
    if document.sha256 != digest(&document.content) {
        return Err(bad("its digest does not fit its content, so it is damaged or was changed".into()));
    }
    let fields = Fields::read(&document.content).map_err(|e| bad(e.to_string()))?;
    let saved = decode(&fields).ok_or_else(|| bad("its content is incomplete".into()))?;
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

/// The document on the whole.
#[derive(Serialize, Deserialize)]
struct Document {
    /// The form, first of all: by that a plan is known.
    stackwright_plan: u64,
    /// The digest of the content.
    sha256: String,
    /// JSON, as text.
    content: String,
}

/// Which form a document has, whatever else it holds.
#[derive(Deserialize)]
struct Form {
    stackwright_plan: u64,
}

/// The content as text. Lists are written element by element, so that not all of a large plan is there several times.
fn encode(saved: &Saved) -> String {
    let p = &saved.plan;
    let (place_kind, place) = match &saved.place {
        Place::Environment(name) => ("environment", name),
        Place::Workspace(name) => ("workspace", name),
    };
    let mut out = json!({
        "place": [place_kind, place],
        "location": saved.location,
        "state_path": saved.state_path,
        "ephemeral": saved.ephemeral,
        "origins": saved.origins,
        "files": saved.files,
        "mode": match p.mode { Mode::Normal => "normal", Mode::Destroy => "destroy", Mode::RefreshOnly => "refresh-only" },
        "lineage": p.lineage,
        "serial": p.serial,
        "timestamp": p.timestamp,
        "variables": p.variables.iter().map(|(k, v)| (k.to_string(), values::encode(v))).collect::<serde_json::Map<_, _>>(),
        "outputs": p.outputs.iter().map(|(k, o)| (k.to_string(), encode_output(o))).collect::<serde_json::Map<_, _>>(),
        "targets": p.targets,
        "errored": p.errored,
        "complete": p.complete,
        "lists": p.lists.iter().map(encode_list).collect::<Vec<_>>(),
    })
    .to_string();
    out.truncate(out.len() - 1);
    list(&mut out, "findings", saved.findings.iter().map(findings::encode));
    list(&mut out, "drift", p.drift.iter().map(encode_change));
    list(&mut out, "changes", p.changes.iter().map(encode_change));
    list(&mut out, "checks", p.checks.iter().map(encode_check));
    list(&mut out, "steps", p.steps.iter().map(encode_step));
    list(&mut out, "prevent_destroy", p.prevent_destroy.iter().map(|a| json!(a.to_string())));
    snapshot(&mut out, "prior", &p.prior);
    if !Arc::ptr_eq(&p.prior, &p.refreshed) {
        snapshot(&mut out, "refreshed", &p.refreshed);
    }
    out + "}"
}

/// Appends a member that is a list.
fn list(out: &mut String, name: &str, items: impl Iterator<Item = Json>) {
    out.push_str(&format!(",\"{name}\":["));
    for (at, item) in items.enumerate() {
        out.push_str(if at > 0 { "," } else { "" });
        out.push_str(&item.to_string());
    }
    out.push(']');
}

/// Appends a member that is the text of a state.
fn snapshot(out: &mut String, name: &str, snapshot: &StateSnapshot) {
    let text = String::from_utf8_lossy(&state::format::write(snapshot, state::format::VERSION)).into_owned();
    out.push_str(&format!(",\"{name}\":"));
    out.push_str(&Json::String(text).to_string());
}

/// The members of a content, none of them looked into.
struct Fields<'c>(BTreeMap<&'c str, &'c RawValue>);

impl<'c> Fields<'c> {
    fn read(content: &'c str) -> serde_json::Result<Fields<'c>> {
        serde_json::from_str(content).map(Fields)
    }

    fn get(&self, name: &str) -> Option<Json> {
        serde_json::from_str(self.0.get(name)?.get()).ok()
    }

    fn text(&self, name: &str) -> Option<String> {
        serde_json::from_str(self.0.get(name)?.get()).ok()
    }

    fn list<T, L: FromIterator<T>>(&self, name: &str, one: impl Fn(&Json) -> Option<T>) -> Option<L> {
        let items: Vec<&RawValue> = serde_json::from_str(self.0.get(name)?.get()).ok()?;
        items.into_iter().map(|item| one(&serde_json::from_str(item.get()).ok()?)).collect()
    }

    fn snapshot(&self, name: &str) -> Option<Arc<StateSnapshot>> {
        state::format::read(self.text(name)?.as_bytes(), "the plan").ok().map(Arc::new)
    }
}

fn decode(fields: &Fields<'_>) -> Option<Saved> {
    let place = fields.get("place")?;
    let name = place.get(1)?.as_str()?.to_owned();
    let place = match place.get(0)?.as_str()? {
        "environment" => Place::Environment(name),
        _ => Place::Workspace(name),
    };
    let strings = |name: &str| {
        let object = fields.get(name)?;
        let entries = object.as_object()?.iter();
        entries.map(|(k, v)| Some((k.clone(), v.as_str()?.to_owned()))).collect::<Option<BTreeMap<_, _>>>()
    };
    let string = |j: &Json| j.as_str().map(str::to_owned);
    let prior = fields.snapshot("prior")?;
    let refreshed = match fields.0.contains_key("refreshed") {
        true => fields.snapshot("refreshed")?,
        false => prior.clone(),
    };
    let plan = Plan {
        mode: match &*fields.text("mode")? {
            "destroy" => Mode::Destroy,
            "refresh-only" => Mode::RefreshOnly,
            _ => Mode::Normal,
        },
        lineage: fields.text("lineage")?,
        serial: fields.get("serial")?.as_u64()?,
        timestamp: fields.text("timestamp")?,
        variables: named(&fields.get("variables")?, values::decode)?,
        drift: fields.list("drift", decode_change)?,
        changes: fields.list("changes", decode_change)?,
        outputs: named(&fields.get("outputs")?, decode_output)?,
        checks: fields.list("checks", decode_check)?,
        steps: fields.list("steps", decode_step)?,
        prior,
        refreshed,
        prevent_destroy: fields.list("prevent_destroy", |a| a.as_str()?.parse().ok())?,
        targets: fields.list("targets", string)?,
        errored: fields.get("errored")?.as_bool()?,
        complete: fields.get("complete")?.as_bool()?,
        deferred: Vec::new(),
        findings: Vec::new(),
        lists: fields.list("lists", decode_list)?,
    };
    Some(Saved {
        plan,
        files: strings("files")?,
        place,
        location: fields.text("location")?,
        state_path: fields.text("state_path"),
        ephemeral: fields.list("ephemeral", string)?,
        origins: strings("origins")?,
        findings: fields.list("findings", findings::decode)?,
    })
}

fn named<T>(j: &Json, one: impl Fn(&Json) -> Option<T>) -> Option<BTreeMap<Str, T>> {
    j.as_object()?.iter().map(|(k, v)| Some((k.as_str().into(), one(v)?))).collect()
}

fn encode_list(list: &ByList) -> Json {
    json!([&*list.provider_config, &*list.ty, list.objects, list.calls, list.singly])
}

fn decode_list(j: &Json) -> Option<ByList> {
    let text = |at: usize| j.get(at).and_then(Json::as_str).map(Str::from);
    let number = |at: usize| usize::try_from(j.get(at)?.as_u64()?).ok();
    Some(ByList {
        provider_config: text(0)?,
        ty: text(1)?,
        objects: number(2)?,
        calls: number(3)?,
        singly: number(4)?,
    })
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
