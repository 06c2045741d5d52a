//! States as people read them.

use model::{InstanceAddr, Str, Value};
use state::{InstanceObject, ObjectStatus, StateSnapshot};

use super::body::{Unchanged, body};
use super::difference::{Entry, Writer};
use super::plan::Schemas;
use super::state_json::Decode;
use super::text::Screen;
use super::{display_address, outputs};

/// What it takes to show recorded objects.
pub struct Shown<'s> {
    /// Reads them by their schemas.
    pub decode: &'s Decode<'s>,
    /// Tells nested blocks from attributes.
    pub schemas: &'s Schemas<'s>,
}

/// Renders everything that a state records.
pub fn human(snapshot: Option<&StateSnapshot>, shown: &Shown, screen: &Screen) -> String {
    let Some(snapshot) = snapshot.filter(|s| !s.is_empty()) else {
        return "The state is empty: no resources are recorded.\n".into();
    };
    let blocks: Vec<String> =
        snapshot.instances.keys().map(|address| instance(snapshot, address, shown, screen)).collect();
    let mut out = blocks.join("\n");
    if !snapshot.outputs.is_empty() {
        let gap = if out.is_empty() { "" } else { "\n" };
        out.push_str(&format!("{gap}{}", outputs::section(&snapshot.outputs)));
    }
    out
}

/// Renders what is recorded of one instance: the object in use, then deposed ones.
pub fn instance(snapshot: &StateSnapshot, address: &InstanceAddr, shown: &Shown, screen: &Screen) -> String {
    let Some(state) = snapshot.instances.get(address) else { return String::new() };
    let current = state.current.iter().map(|o| object(address, None, o, &state.provider, shown, screen));
    let deposed = state.deposed.iter();
    let deposed = deposed.map(|(key, o)| object(address, Some(key), o, &state.provider, shown, screen));
    current.chain(deposed).collect::<Vec<String>>().join("\n")
}

fn object(
    address: &InstanceAddr,
    deposed: Option<&Str>,
    object: &InstanceObject,
    provider: &str,
    shown: &Shown,
    screen: &Screen,
) -> String {
    let name = display_address(&address.to_string());
    let note = match (deposed, object.status) {
        (Some(key), _) => format!(" (deposed object {key})"),
        (None, ObjectStatus::Tainted) => " (tainted)".into(),
        (None, ObjectStatus::Ready) => String::new(),
    };
    let resource = &address.resource;
    let word = if super::state_json::mode(resource.mode) == "data" { "data" } else { "resource" };
    let mut w = Writer::new(screen, &[]);
    w.text(&format!("# {name}:{note}\n{word} \"{}\" \"{}\" {{\n", resource.ty, resource.name));
    match (shown.decode)(address, object) {
        Some((value, _)) => {
            let provider = super::state_json::provider_name(provider).parse().ok();
            let schema = provider.and_then(|p| (shown.schemas)(address, &p));
            let entry = Entry { before: Some(&value), after: Some(&value) };
            body(&mut w, 0, &entry, schema.as_deref().map(|s| &s.block), Unchanged::Shown);
        }
        None => undecoded(&mut w, object),
    }
    w.finish() + "}\n"
}

/// Without a schema it is not known which attributes are secret, so only their names are shown.
fn undecoded(w: &mut Writer, object: &InstanceObject) {
    let attributes = model::json::read_implied(&object.attributes).unwrap_or_else(|_| Value::null());
    for (name, _) in attributes.as_entries().unwrap_or_default() {
        w.margin(0);
        w.text(&format!("{name} = "));
        w.aside("(not shown: no schema for this type)");
        w.text("\n");
    }
}
