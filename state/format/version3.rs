//! Version 3, which Terraform 0.9 to 0.11 wrote.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{InstanceKey, ModuleAddr, ResourceAddr, ResourceMode, Str};
use serde::Deserialize;
use serde_json::Value;

use super::read::{Why, explain};
use super::{flatmap, provider, version4};
use crate::{InstanceObject, InstanceState, ObjectStatus, OutputState, StateSnapshot};

#[derive(Deserialize)]
struct Document {
    terraform_version: Option<String>,
    serial: Option<u64>,
    lineage: Option<String>,
    modules: Option<Vec<Module>>,
}

#[derive(Deserialize)]
struct Module {
    path: Vec<String>,
    outputs: Option<BTreeMap<String, Output>>,
    resources: Option<BTreeMap<String, Resource>>,
}

#[derive(Deserialize)]
struct Output {
    #[serde(default)]
    sensitive: bool,
    #[serde(rename = "type")]
    ty: Option<String>,
    value: Value,
}

#[derive(Deserialize)]
struct Resource {
    depends_on: Option<Vec<String>>,
    primary: Option<Object>,
    deposed: Option<Vec<Object>>,
    provider: Option<String>,
}

#[derive(Deserialize)]
struct Object {
    attributes: Option<BTreeMap<String, Option<String>>>,
    meta: Option<BTreeMap<String, Value>>,
    #[serde(default)]
    tainted: bool,
}

/// Reads a document that is known to have version 3.
pub(super) fn read(text: &str) -> Result<StateSnapshot, Why> {
    let document: Document = serde_json::from_str(text).map_err(|e| explain(&e))?;
    let mut snapshot = StateSnapshot {
        terraform_version: document.terraform_version.unwrap_or_default(),
        serial: document.serial.unwrap_or(0),
        ..StateSnapshot::new(document.lineage.unwrap_or_default())
    };
    for module in document.modules.unwrap_or_default() {
        let calls = module.path.iter().skip(1);
        let address = ModuleAddr(calls.map(|name| (Str::from(&**name), InstanceKey::None)).collect());
        if address.is_root() {
            let outputs = module.outputs.unwrap_or_default();
            snapshot.outputs = outputs.into_iter().map(|(n, o)| (n.into(), output(&o))).collect();
        }
        for (key, old) in module.resources.unwrap_or_default() {
            let (block, index) = block_of(&key)
                .ok_or_else(|| format!("{key:?} is not a resource as version 3 writes them."))?;
            let state = instance(&address, &block, old);
            snapshot.instances.insert(block.instance(&address, index), state);
        }
    }
    Ok(snapshot)
}

/// Splits `data.aws_ami.x.0`.
fn block_of(key: &str) -> Option<(ResourceAddr, InstanceKey)> {
    let (mode, rest) = match key.strip_prefix("data.") {
        Some(rest) => (ResourceMode::Data, rest),
        None => (ResourceMode::Managed, key),
    };
    let mut parts = rest.split('.');
    let (ty, name) = (parts.next()?.into(), parts.next()?.into());
    let index = match parts.next() {
        Some(index) => InstanceKey::Int(index.parse().ok()?),
        None => InstanceKey::None,
    };
    Some((ResourceAddr { mode, ty, name }, index))
}

fn output(old: &Output) -> OutputState {
    let ty = match old.ty.as_deref() {
        Some("list") => "[\"list\",\"string\"]",
        Some("map") => "[\"map\",\"string\"]",
        _ => "\"string\"",
    };
    OutputState { value: old.value.to_string().into(), ty: ty.into(), sensitive: old.sensitive }
}

fn instance(module: &ModuleAddr, block: &ResourceAddr, old: Resource) -> InstanceState {
    let dot = if module.is_root() { "" } else { "." };
    let name = old.provider.filter(|p| !p.is_empty());
    let name = name.unwrap_or_else(|| format!("{module}{dot}provider.{}", block.implied_provider()));
    let dependencies = version4::local_dependencies(module, &old.depends_on.unwrap_or_default());
    let convert = |object: Object| Arc::new(object_of(object, dependencies.clone()));
    let deposed = old.deposed.unwrap_or_default().into_iter().enumerate();
    InstanceState {
        provider: provider::modern(&name).unwrap_or(name).into(),
        deposed: deposed.map(|(i, o)| (Str::from(format!("{:08x}", i + 1)), convert(o))).collect(),
        current: old.primary.map(convert),
    }
}

fn object_of(old: Object, dependencies: Arc<[Str]>) -> InstanceObject {
    let mut meta = old.meta.unwrap_or_default();
    let schema_version = match meta.remove("schema_version") {
        Some(Value::String(text)) => text.parse().unwrap_or(0),
        Some(other) => other.as_u64().unwrap_or(0),
        None => 0,
    };
    let private = serde_json::to_vec(&meta).ok().filter(|_| !meta.is_empty());
    InstanceObject {
        status: if old.tainted { ObjectStatus::Tainted } else { ObjectStatus::Ready },
        schema_version,
        attributes: flatmap::nest(&old.attributes.unwrap_or_default()),
        sensitive_paths: Vec::new(),
        private: private.map(|bytes| base64(&bytes).into()),
        dependencies,
        create_before_destroy: false,
    }
}

/// Base64 with padding, RFC 4648 section 4.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |i: usize| chunk.get(i).map_or(0, |b| u32::from(*b));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for i in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * i) & 63) as usize];
            out.push(if i <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    out
}
