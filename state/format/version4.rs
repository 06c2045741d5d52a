//! The serialised form of versions 4 and 5, as far as it is read.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use model::{InstanceAddr, InstanceKey, ModuleAddr, ResourceAddr, ResourceMode, Str};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::json::compact;
use super::paths::sensitive_paths;
use super::read::{Why, explain};
use super::{flatmap, provider};
use crate::{InstanceObject, InstanceState, ObjectStatus, OutputState, StateSnapshot};

/// A string, borrowed from the text where it has no escapes.
#[derive(Deserialize)]
pub(super) struct Text<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

#[derive(Deserialize)]
struct Document<'a> {
    version: Option<u64>,
    #[serde(borrow)]
    terraform_version: Option<Text<'a>>,
    serial: Option<u64>,
    lineage: Option<Text<'a>>,
    outputs: Option<&'a RawValue>,
    resources: Option<Vec<Resource<'a>>>,
    check_results: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Output<'a> {
    #[serde(borrow)]
    value: Option<&'a RawValue>,
    #[serde(rename = "type")]
    ty: Option<&'a RawValue>,
    #[serde(default)]
    sensitive: bool,
}

#[derive(Deserialize)]
struct Resource<'a> {
    #[serde(borrow)]
    module: Option<Text<'a>>,
    mode: Text<'a>,
    #[serde(rename = "type")]
    ty: Text<'a>,
    name: Text<'a>,
    provider: Option<Text<'a>>,
    instances: Option<Vec<Instance<'a>>>,
}

#[derive(Deserialize)]
struct Instance<'a> {
    #[serde(borrow)]
    index_key: Option<&'a RawValue>,
    provider: Option<Text<'a>>,
    status: Option<Text<'a>>,
    deposed: Option<Text<'a>>,
    schema_version: Option<u64>,
    attributes: Option<&'a RawValue>,
    attributes_flat: Option<BTreeMap<String, Option<String>>>,
    sensitive_attributes: Option<&'a RawValue>,
    private: Option<Text<'a>>,
    dependencies: Option<&'a RawValue>,
    depends_on: Option<Vec<String>>,
    #[serde(default)]
    create_before_destroy: bool,
}

/// Reads a document and its version number, 0 where it has none. Only with version 4 or 5 does the snapshot mean
/// anything.
pub(super) fn read(text: &str) -> Result<(u64, StateSnapshot), Why> {
    let document: Document<'_> = serde_json::from_str(text).map_err(|e| explain(&e))?;
    let version = document.version.unwrap_or(0);
    if !matches!(version, super::VERSION | super::VERSION_JOURNALLED) {
        return Ok((version, StateSnapshot::default()));
    }
    let mut reader = Reader::default();
    for resource in document.resources.unwrap_or_default() {
        reader.resource(resource)?;
    }
    let snapshot = StateSnapshot {
        terraform_version: document.terraform_version.map(|t| t.0.into_owned()).unwrap_or_default(),
        serial: document.serial.unwrap_or(0),
        lineage: document.lineage.map(|t| t.0.into_owned()).unwrap_or_default(),
        outputs: document.outputs.map(outputs).transpose()?.unwrap_or_default(),
        instances: reader.instances()?,
        check_results: document.check_results.map(|raw| compact(raw.get())),
    };
    Ok((version, snapshot))
}

fn outputs(raw: &RawValue) -> Result<BTreeMap<Str, OutputState>, Why> {
    let outputs: BTreeMap<String, Output<'_>> = serde_json::from_str(raw.get()).map_err(|e| explain(&e))?;
    let json =
        |raw: Option<&RawValue>, default: &str| raw.map_or_else(|| default.into(), |r| compact(r.get()));
    let state = |o: Output<'_>| OutputState {
        value: json(o.value, "null"),
        ty: json(o.ty, "\"dynamic\""),
        sensitive: o.sensitive,
    };
    Ok(outputs.into_iter().map(|(name, o)| (Str::from(name), state(o))).collect())
}

/// Collects instances. What repeats from one to the next (names, providers, lists of dependencies) is kept once.
#[derive(Default)]
struct Reader<'a> {
    entries: Vec<(InstanceAddr, InstanceState)>,
    strings: HashMap<Cow<'a, str>, Str>,
    modules: HashMap<Cow<'a, str>, ModuleAddr>,
    dependencies: HashMap<&'a str, Arc<[Str]>>,
    providers: HashMap<Cow<'a, str>, Str>,
    none: Option<Arc<[Str]>>,
}

impl<'a> Reader<'a> {
    fn resource(&mut self, resource: Resource<'a>) -> Result<(), Why> {
        let module = self.module(resource.module)?;
        let name = self.string(resource.name.0);
        let mode = match &*resource.mode.0 {
            "managed" => ResourceMode::Managed,
            "data" => ResourceMode::Data,
            other => return Err(format!("the resource {name} has the unknown mode {other:?}.")),
        };
        let block = ResourceAddr { mode, ty: self.string(resource.ty.0), name };
        let provider = resource.provider.map(|p| self.provider(p.0));
        for instance in resource.instances.unwrap_or_default() {
            self.instance(&module, &block, provider.as_ref(), instance)?;
        }
        Ok(())
    }

    fn instance(
        &mut self,
        module: &ModuleAddr,
        block: &ResourceAddr,
        provider: Option<&Str>,
        mut instance: Instance<'a>,
    ) -> Result<(), Why> {
        let key = instance_key(instance.index_key)
            .ok_or_else(|| format!("an instance of {block} has an index_key that is no string or number."))?;
        let address = block.instance(module, key);
        let deposed = instance.deposed.as_ref().filter(|d| !d.0.is_empty()).map(|d| Str::from(&*d.0));
        let own = instance.provider.take().map(|p| self.provider(p.0));
        let provider = own.as_ref().or(provider).ok_or_else(|| format!("{address} has no provider."))?;
        let object = Arc::new(self.object(&address, instance)?);
        match self.entries.last_mut() {
            Some((last, _)) if *last == address => {}
            _ => {
                let state =
                    InstanceState { provider: provider.clone(), current: None, deposed: BTreeMap::new() };
                self.entries.push((address, state));
            }
        }
        let Some((address, state)) = self.entries.last_mut() else { return Ok(()) };
        let taken = match deposed {
            Some(key) => state.deposed.insert(key, object).is_some(),
            None => state.current.replace(object).is_some(),
        };
        if taken { Err(twice(address)) } else { Ok(()) }
    }

    fn object(&mut self, address: &InstanceAddr, instance: Instance<'a>) -> Result<InstanceObject, Why> {
        let status = match instance.status.as_ref().map_or("", |s| &*s.0) {
            "" => ObjectStatus::Ready,
            "tainted" => ObjectStatus::Tainted,
            other => return Err(format!("{address} has the unknown status {other:?}.")),
        };
        let attributes = match (instance.attributes, instance.attributes_flat) {
            (Some(raw), _) => compact(raw.get()),
            (None, Some(flat)) => flatmap::nest(&flat),
            (None, None) => "null".into(),
        };
        let sensitive_paths = match instance.sensitive_attributes {
            None => Vec::new(),
            Some(raw) => sensitive_paths(raw.get())
                .ok_or_else(|| format!("{address} has sensitive_attributes that are no paths."))?,
        };
        let dependencies = match (instance.dependencies, instance.depends_on) {
            (Some(raw), _) => self.dependencies(raw)?,
            (None, Some(local)) => local_dependencies(&address.module, &local),
            (None, None) => self.none.get_or_insert_with(|| Arc::from([])).clone(),
        };
        Ok(InstanceObject {
            status,
            schema_version: instance.schema_version.unwrap_or(0),
            attributes,
            sensitive_paths,
            private: instance.private.filter(|p| !p.0.is_empty()).map(|p| Str::from(&*p.0)),
            dependencies,
            create_before_destroy: instance.create_before_destroy,
        })
    }

    fn instances(mut self) -> Result<BTreeMap<InstanceAddr, InstanceState>, Why> {
        self.entries.sort_by(|a, b| a.0.cmp(&b.0));
        let mut merged: Vec<(InstanceAddr, InstanceState)> = Vec::with_capacity(self.entries.len());
        for (address, state) in self.entries {
            match merged.last_mut() {
                Some((last, into)) if *last == address => merge(&address, into, state)?,
                _ => merged.push((address, state)),
            }
        }
        Ok(merged.into_iter().collect())
    }

    fn string(&mut self, text: Cow<'a, str>) -> Str {
        if let Some(known) = self.strings.get(&text) {
            return known.clone();
        }
        let shared = Str::from(&*text);
        self.strings.insert(text, shared.clone());
        shared
    }

    fn provider(&mut self, text: Cow<'a, str>) -> Str {
        if let Some(known) = self.providers.get(&text) {
            return known.clone();
        }
        let shared = provider::modern(&text).map_or_else(|| Str::from(&*text), Str::from);
        self.providers.insert(text, shared.clone());
        shared
    }

    fn module(&mut self, text: Option<Text<'a>>) -> Result<ModuleAddr, Why> {
        let text = text.map_or(Cow::Borrowed(""), |t| t.0);
        if let Some(known) = self.modules.get(&text) {
            return Ok(known.clone());
        }
        let module = match format!("{text}.type.name").parse::<InstanceAddr>() {
            _ if text.is_empty() => ModuleAddr::root(),
            Ok(within) => within.module,
            Err(_) => return Err(format!("{text:?} is not the address of a module.")),
        };
        self.modules.insert(text, module.clone());
        Ok(module)
    }

    fn dependencies(&mut self, raw: &'a RawValue) -> Result<Arc<[Str]>, Why> {
        if let Some(known) = self.dependencies.get(raw.get()) {
            return Ok(known.clone());
        }
        let list: Vec<Text<'a>> = serde_json::from_str(raw.get()).map_err(|e| explain(&e))?;
        let shared: Arc<[Str]> = list.into_iter().map(|t| self.string(t.0)).collect();
        self.dependencies.insert(raw.get(), shared.clone());
        Ok(shared)
    }
}

fn twice(address: &InstanceAddr) -> Why {
    format!("it holds {address} twice. Remove one of the two, or restore it from a backup.")
}

/// Puts two entries of one instance together, as a current and a deposed object may stand apart.
fn merge(address: &InstanceAddr, into: &mut InstanceState, from: InstanceState) -> Result<(), Why> {
    if into.current.is_some() && from.current.is_some() {
        return Err(twice(address));
    }
    into.current = into.current.take().or(from.current);
    for (key, object) in from.deposed {
        if into.deposed.insert(key, object).is_some() {
            return Err(twice(address));
        }
    }
    Ok(())
}

fn instance_key(raw: Option<&RawValue>) -> Option<InstanceKey> {
    let Some(raw) = raw.map(RawValue::get) else { return Some(InstanceKey::None) };
    if raw.starts_with('"') {
        return Some(InstanceKey::Str(serde_json::from_str::<String>(raw).ok()?.into()));
    }
    Some(InstanceKey::Int(raw.parse().ok()?))
}

/// The references of the time before 0.13 (`aws_vpc.main`, `null_resource.c.*`) as addresses; others are dropped.
pub(super) fn local_dependencies(module: &ModuleAddr, local: &[String]) -> Arc<[Str]> {
    let path = module.path();
    let address = |text: &String| {
        let (data, rest) = text.strip_prefix("data.").map_or(("", &**text), |rest| ("data.", rest));
        let mut parts = rest.split('.');
        let (ty, name) = (parts.next()?, parts.next()?);
        let other =
            matches!(ty, "module" | "var" | "local" | "path" | "terraform" | "each" | "count" | "self");
        let dot = if path.is_root() { "" } else { "." };
        (!other && !name.is_empty()).then(|| Str::from(format!("{path}{dot}{data}{ty}.{name}")))
    };
    let mut list: Vec<Str> = local.iter().filter_map(address).collect();
    list.sort();
    list.dedup();
    list.into()
}
