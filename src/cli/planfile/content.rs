//! The content of a saved plan: one JSON object, whose members are read one by one.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::Str;
use plan::{Mode, Plan};
use serde_json::value::RawValue;
use serde_json::{Value as Json, json};
use state::StateSnapshot;

use super::parts::{
    decode_change, decode_check, decode_list, decode_output, decode_step, encode_change, encode_check,
    encode_list, encode_output, encode_step,
};
use super::{Saved, findings, values};
use crate::project::Place;

/// The content as text. Lists are written element by element, so that not all of a large plan is there several times.
pub(super) fn encode(saved: &Saved) -> String {
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
pub(super) struct Fields<'c>(BTreeMap<&'c str, &'c RawValue>);

impl<'c> Fields<'c> {
    pub(super) fn read(content: &'c str) -> serde_json::Result<Fields<'c>> {
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

/// A saved plan, where a content is whole.
pub(super) fn decode(fields: &Fields<'_>) -> Option<Saved> {
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
