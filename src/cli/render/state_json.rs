//! States as `show -json` writes them (format version 1.0).

use std::sync::Arc;

use model::{InstanceAddr, InstanceKey, ResourceMode, Str, Value};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value as Json, json};
use state::{InstanceObject, ObjectStatus, OutputState, StateSnapshot};

use super::shapes;
use super::streamed::ModuleTree;

/// Turns a recorded object into a value of its schema's type, marked where sensitive, with the schema's version.
/// Nothing where no schema is at hand: the raw attributes are shown then.
pub type Decode<'d> = dyn Fn(&InstanceAddr, &InstanceObject) -> Option<(Value, u64)> + 'd;

/// The document for a state, made while it is written; nothing was ever recorded where there is no snapshot.
pub fn state_json<'s>(
    snapshot: Option<&'s StateSnapshot>,
    version: &'s str,
    decode: &'s Decode,
) -> impl Serialize + 's {
    StateForm { snapshot: snapshot.filter(|s| !s.is_empty()), version, decode }
}

struct StateForm<'s> {
    snapshot: Option<&'s StateSnapshot>,
    version: &'s str,
    decode: &'s Decode<'s>,
}

impl Serialize for StateForm<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(snapshot) = self.snapshot else {
            return json!({"format_version": "1.0"}).serialize(serializer);
        };
        let outputs = snapshot.outputs.iter().map(|(name, o)| (name.to_string(), output(o))).collect();
        let values = Values { outputs, recorded: Recorded::new(snapshot), decode: self.decode };
        let mut out = serializer.serialize_map(None)?;
        values.write(self.version, &mut out)?;
        let checks = snapshot.check_results.as_deref().map(super::checks_json::of_state).unwrap_or_default();
        if !checks.is_empty() {
            out.serialize_entry("checks", &checks)?;
        }
        out.end()
    }
}

/// The part that plans show too, as `prior_state`.
pub(super) struct Values<'s> {
    pub(super) outputs: Map<String, Json>,
    pub(super) recorded: Recorded<'s>,
    pub(super) decode: &'s Decode<'s>,
}

impl Values<'_> {
    /// Writes the entries of the document.
    pub(super) fn write<M: SerializeMap>(&self, version: &str, out: &mut M) -> Result<(), M::Error> {
        out.serialize_entry("format_version", "1.0")?;
        out.serialize_entry("terraform_version", version)?;
        out.serialize_entry("values", self)
    }
}

impl Serialize for Values<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_map(None)?;
        if !self.outputs.is_empty() {
            out.serialize_entry("outputs", &self.outputs)?;
        }
        let one = |entry: &Entry<'_>| resource(entry, self.decode);
        out.serialize_entry("root_module", &self.recorded.0.root(one))?;
        out.end()
    }
}

/// The recorded objects by module.
pub(super) struct Recorded<'s>(ModuleTree<Entry<'s>>);

/// One recorded object.
struct Entry<'s> {
    address: &'s InstanceAddr,
    provider: &'s str,
    deposed: Option<&'s Str>,
    object: &'s InstanceObject,
    /// What it depends on, where that is no more what is recorded.
    dependencies: Option<Arc<[Str]>>,
}

impl<'s> Recorded<'s> {
    /// All that a snapshot records.
    pub(super) fn new(snapshot: &'s StateSnapshot) -> Recorded<'s> {
        Recorded::with_dependencies(snapshot, |_| None)
    }

    /// The same, with other dependencies of the objects in use where there are any.
    pub(super) fn with_dependencies(
        snapshot: &'s StateSnapshot,
        current: impl Fn(&InstanceAddr) -> Option<Arc<[Str]>>,
    ) -> Recorded<'s> {
        let mut modules = ModuleTree::new();
        for (address, state) in &snapshot.instances {
            let provider = &*state.provider;
            if let Some(object) = &state.current {
                let entry =
                    Entry { address, provider, deposed: None, object, dependencies: current(address) };
                modules.add(&address.module, entry);
            }
            for (key, object) in &state.deposed {
                let entry = Entry { address, provider, deposed: Some(key), object, dependencies: None };
                modules.add(&address.module, entry);
            }
        }
        Recorded(modules)
    }
}

/// A recorded output.
pub(super) fn output(output: &OutputState) -> Json {
    json!({
        "sensitive": output.sensitive,
        "value": serde_json::from_str::<Json>(&output.value).unwrap_or_default(),
        "type": serde_json::from_str::<Json>(&output.ty).unwrap_or_default(),
    })
}

fn resource(entry: &Entry<'_>, decode: &Decode) -> Json {
    let Entry { address, object, .. } = entry;
    let mut out = identity(address);
    out.insert("provider_name".into(), provider_name(entry.provider).into());
    let (values, sensitive, version) = match decode(address, object) {
        Some((value, version)) => (shapes::known_or_null(&value), shapes::sensitive(&value), version),
        None => {
            let raw = serde_json::from_str(&object.attributes).unwrap_or_default();
            (raw, json!({}), object.schema_version)
        }
    };
    out.insert("schema_version".into(), version.into());
    out.insert("values".into(), values);
    out.insert("sensitive_values".into(), sensitive);
    let dependencies = entry.dependencies.as_ref().unwrap_or(&object.dependencies);
    if !dependencies.is_empty() {
        out.insert("depends_on".into(), dependencies.iter().map(|d| d.to_string()).collect());
    }
    if object.status == ObjectStatus::Tainted {
        out.insert("tainted".into(), true.into());
    }
    if let Some(key) = entry.deposed {
        out.insert("deposed_key".into(), key.to_string().into());
    }
    Json::Object(out)
}

/// `address`, `mode`, `type`, `name` and `index` of an instance.
pub(super) fn identity(address: &InstanceAddr) -> Map<String, Json> {
    let mut out = Map::new();
    out.insert("address".into(), address.to_string().into());
    out.insert("mode".into(), mode(address.resource.mode).into());
    out.insert("type".into(), address.resource.ty.to_string().into());
    out.insert("name".into(), address.resource.name.to_string().into());
    if address.key != InstanceKey::None {
        out.insert("index".into(), shapes::key(&address.key));
    }
    out
}

/// The name of a mode in documents.
pub(super) fn mode(mode: ResourceMode) -> &'static str {
    match mode {
        ResourceMode::Managed => "managed",
        ResourceMode::Data => "data",
        ResourceMode::Ephemeral => "ephemeral",
    }
}

/// The address within `module.a.provider["registry.terraform.io/hashicorp/aws"].eu`.
pub(super) fn provider_name(config: &str) -> &str {
    let name = config.split_once("provider[\"").and_then(|(_, rest)| rest.split_once("\"]"));
    name.map_or(config, |(name, _)| name)
}
