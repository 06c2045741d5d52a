//! States as `show -json` writes them (format version 1.0).

use model::{InstanceAddr, InstanceKey, ModuleAddr, ResourceMode, Str, Value};
use serde_json::{Map, Value as Json, json};
use state::{InstanceObject, InstanceState, ObjectStatus, OutputState, StateSnapshot};

use super::shapes;

/// Turns a recorded object into a value of its schema's type, marked where sensitive, with the schema's version.
/// Nothing where no schema is at hand: the raw attributes are shown then.
pub type Decode<'d> = dyn Fn(&InstanceAddr, &InstanceObject) -> Option<(Value, u64)> + 'd;

/// The document for a state; nothing was ever recorded where there is no snapshot.
pub fn state_json(snapshot: Option<&StateSnapshot>, version: &str, decode: &Decode) -> Json {
    let Some(snapshot) = snapshot.filter(|s| !s.is_empty()) else { return json!({"format_version": "1.0"}) };
    let outputs = snapshot.outputs.iter().map(|(name, o)| (name.to_string(), output(o))).collect();
    let mut out = document(snapshot, outputs, version, decode);
    let checks = snapshot.check_results.as_deref().map(super::checks_json::of_state).unwrap_or_default();
    if !checks.is_empty() {
        out.insert("checks".into(), Json::Array(checks));
    }
    Json::Object(out)
}

/// The part that plans show too, as `prior_state`.
pub(super) fn document(
    snapshot: &StateSnapshot,
    outputs: Map<String, Json>,
    version: &str,
    decode: &Decode,
) -> Map<String, Json> {
    let mut modules = ModuleTree::default();
    for (address, state) in &snapshot.instances {
        for resource in resources(address, state, decode) {
            modules.add(&address.module, resource);
        }
    }
    let mut values = Map::new();
    if !outputs.is_empty() {
        values.insert("outputs".into(), Json::Object(outputs));
    }
    values.insert("root_module".into(), modules.root());
    let mut out = Map::new();
    out.insert("format_version".into(), "1.0".into());
    out.insert("terraform_version".into(), version.into());
    out.insert("values".into(), Json::Object(values));
    out
}

/// A recorded output.
pub(super) fn output(output: &OutputState) -> Json {
    json!({
        "sensitive": output.sensitive,
        "value": serde_json::from_str::<Json>(&output.value).unwrap_or_default(),
        "type": serde_json::from_str::<Json>(&output.ty).unwrap_or_default(),
    })
}

fn resources<'s>(
    address: &'s InstanceAddr,
    state: &'s InstanceState,
    decode: &'s Decode,
) -> impl Iterator<Item = Json> + 's {
    let current = state.current.iter().map(|o| (None, o));
    let deposed = state.deposed.iter().map(|(key, o)| (Some(key), o));
    current.chain(deposed).map(move |(key, object)| resource(address, &state.provider, key, object, decode))
}

fn resource(
    address: &InstanceAddr,
    provider: &str,
    deposed: Option<&Str>,
    object: &InstanceObject,
    decode: &Decode,
) -> Json {
    let mut out = identity(address);
    out.insert("provider_name".into(), provider_name(provider).into());
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
    if !object.dependencies.is_empty() {
        out.insert("depends_on".into(), object.dependencies.iter().map(|d| d.to_string()).collect());
    }
    if object.status == ObjectStatus::Tainted {
        out.insert("tainted".into(), true.into());
    }
    if let Some(key) = deposed {
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

/// Resources by module, nested as the modules are. They come in the order of their addresses.
#[derive(Default)]
pub(super) struct ModuleTree {
    resources: Vec<Json>,
    children: Vec<(ModuleAddr, ModuleTree)>,
}

impl ModuleTree {
    /// Adds a resource of a module.
    pub(super) fn add(&mut self, module: &ModuleAddr, resource: Json) {
        self.module(module).resources.push(resource);
    }

    fn module(&mut self, module: &ModuleAddr) -> &mut ModuleTree {
        (1..=module.0.len()).fold(self, |tree, depth| tree.child(ModuleAddr(module.0[..depth].into())))
    }

    fn child(&mut self, addr: ModuleAddr) -> &mut ModuleTree {
        let at = self.children.binary_search_by(|(a, _)| a.cmp(&addr)).unwrap_or_else(|at| {
            self.children.insert(at, (addr, ModuleTree::default()));
            at
        });
        &mut self.children[at].1
    }

    /// The document's `root_module`.
    pub(super) fn root(self) -> Json {
        Json::Object(self.module_json(None))
    }

    fn module_json(self, addr: Option<&ModuleAddr>) -> Map<String, Json> {
        let mut out = Map::new();
        if !self.resources.is_empty() {
            out.insert("resources".into(), Json::Array(self.resources));
        }
        if let Some(addr) = addr {
            out.insert("address".into(), addr.to_string().into());
        }
        if !self.children.is_empty() {
            let children = self.children.into_iter();
            out.insert(
                "child_modules".into(),
                children.map(|(addr, tree)| Json::Object(tree.module_json(Some(&addr)))).collect(),
            );
        }
        out
    }
}
