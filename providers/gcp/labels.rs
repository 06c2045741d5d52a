//! Labels: those of a resource, those of every resource, those of others, and the marks of ownership.

use std::collections::BTreeMap;

use model::{Str, Type, Value};
use provider::Ownership;
use provider::sheet::{At, Draft, Fields, Given};
use serde_json::Value as Json;

use crate::Client;

/// Labels by their keys.
pub type Labels = BTreeMap<String, String>;

/// Plans `terraform_labels` and `effective_labels`: the first are the provider's with the resource's own in their place, the
/// second those with what others set.
pub fn plan(at: &At<'_, Client>, draft: &mut Draft<'_>) {
    plan_as(at, draft, "labels");
}

/// The same of a type that calls its labels otherwise.
pub fn plan_as(at: &At<'_, Client>, draft: &mut Draft<'_>, name: &str) {
    let labels = draft.config.whole().get(name).filter(|labels| !labels.is_null());
    if labels.is_some_and(|labels| !labels.is_known()) {
        let unknown = || Value::unknown(Type::map(Type::String));
        draft.set("terraform_labels", unknown());
        draft.set("effective_labels", unknown());
        return;
    }
    let own = labels.and_then(Value::as_entries).unwrap_or_default();
    let defaults = at.client.default_labels().iter();
    let mut all: BTreeMap<Str, Value> =
        defaults.map(|(key, value)| (key.as_str().into(), Value::string(value))).collect();
    all.extend(own.iter().map(|(key, value)| (key.clone(), value.clone())));
    let mut effective = all.clone();
    if let Some(prior) = draft.prior {
        let ours = prior.map("terraform_labels");
        let others = prior.map("effective_labels").into_iter().filter(|(key, _)| !ours.contains_key(key));
        for (key, value) in others {
            effective.entry(key.as_str().into()).or_insert_with(|| Value::string(&value));
        }
    }
    draft.set("terraform_labels", Value::map(Type::String, all));
    draft.set("effective_labels", Value::map(Type::String, effective));
}

/// The labels that a new object gets: all that are planned, and the marks.
pub fn wanted(at: &At<'_, Client>, wanted: Given<'_>) -> Labels {
    let mut labels = wanted.map("effective_labels");
    if let Some(marks) = at.call.ownership {
        labels.extend(marks.tags().map(|(key, value)| (key.to_owned(), fitting(value))));
    }
    labels
}

/// A text with what labels may hold: lower case, digits, `_` and `-`, and no more than 63 of them.
fn fitting(text: &str) -> String {
    let fit = |c: char| if c.is_alphanumeric() || c == '_' || c == '-' { c } else { '-' };
    text.to_lowercase().chars().map(fit).take(63).collect()
}

/// The labels of an object that was read.
pub fn of(object: &Json) -> Labels {
    under(object, "labels")
}

/// The labels of an object that was read, under the name of their field.
pub fn under(object: &Json, field: &str) -> Labels {
    let entries = object.get(field).and_then(Json::as_object);
    let text = |(key, value): (&String, &Json)| Some((key.clone(), value.as_str()?.to_owned()));
    entries.into_iter().flatten().filter_map(text).collect()
}

/// The attributes of labels that were seen, with the marks among them.
pub fn seen(at: &At<'_, Client>, known: Given<'_>, labels: Labels) -> Fields {
    seen_as(at, known, "labels", labels)
}

/// The marks among labels.
pub fn marks(at: &At<'_, Client>, labels: &Labels) -> Option<Ownership> {
    let marks = Ownership::among(|key| labels.get(key).map(String::as_str));
    marks.map(|seen| as_written(at, seen))
}

/// The attributes of labels of a type that calls its own otherwise.
pub fn seen_as(at: &At<'_, Client>, known: Given<'_>, name: &str, labels: Labels) -> Fields {
    let marks = marks(at, &labels);
    let effective: Labels = labels.into_iter().filter(|(key, _)| !Ownership::is_mark(key)).collect();
    let among = |name: &str| {
        let known = known.map(name);
        let is_known = |(key, _): &(&String, &String)| known.contains_key(*key);
        effective.iter().filter(is_known).map(|(k, v)| (k.clone(), v.clone())).collect::<Labels>()
    };
    let (own, ours) = (among(name), among("terraform_labels"));
    let fields = Fields::new().with(name, own).with("terraform_labels", ours);
    fields.with("effective_labels", effective).marked(marks)
}

/// Marks that are the call's own but for what labels cannot hold are the call's own.
fn as_written(at: &At<'_, Client>, seen: Ownership) -> Ownership {
    match at.call.ownership {
        Some(own)
            if own.tags().map(|(_, value)| fitting(value)) == seen.tags().map(|(_, v)| v.to_owned()) =>
        {
            own.clone()
        }
        _ => seen,
    }
}

/// All labels after a change: those that the object has now, less those that went, with those that are wanted.
pub fn changed(now: Labels, prior: Given<'_>, wanted: Given<'_>) -> Labels {
    let (before, after) = (prior.map("effective_labels"), wanted.map("effective_labels"));
    let gone = |key: &str| before.contains_key(key) && !after.contains_key(key);
    let mut all: Labels = now.into_iter().filter(|(key, _)| !gone(key)).collect();
    all.extend(after);
    all
}
