//! What a state records, as the generator's own values.

use std::collections::{BTreeMap, BTreeSet};

use model::{InstanceAddr, InstanceKey, ModuleAddr, ModulePath, ResourceMode};
use state::{InstanceObject, ObjectStatus, StateSnapshot};

use crate::cloud::Cloud;
use crate::expect::{Known, Start, module_at};
use crate::kind::Kind;
use crate::kinds::{LOOK, look};
use crate::spec::{Moved, Place, Rep, Spec};
use crate::val::{Ty, Val};

/// The attributes of a recorded object.
pub fn attributes(kinds: &[Kind], addr: &InstanceAddr, object: &InstanceObject) -> Result<Val, String> {
    let ty = type_of(kinds, addr).ok_or_else(|| format!("{addr} is recorded, and there is no such type"))?;
    let value = model::json::read(&object.attributes, &ty.model())
        .map_err(|e| format!("{addr} is recorded as {e}"))?;
    Ok(Val::from(&value))
}

/// The number of a resource's type.
pub fn kind_of(kinds: &[Kind], addr: &InstanceAddr) -> Option<usize> {
    kinds.iter().position(|k| *k.name == *addr.resource.ty)
}

fn type_of(kinds: &[Kind], addr: &InstanceAddr) -> Option<Ty> {
    match addr.resource.mode {
        ResourceMode::Data if *addr.resource.ty == *LOOK => Some(look().ty()),
        ResourceMode::Managed => kind_of(kinds, addr).map(|k| kinds[k].shape.ty()),
        ResourceMode::Data | ResourceMode::Ephemeral => None,
    }
}

/// What planning starts from: recorded objects under the addresses that they have moved to, read again if asked.
pub fn start(
    spec: &Spec,
    kinds: &[Kind],
    snapshot: &StateSnapshot,
    cloud: &Cloud,
    refresh: bool,
) -> Result<Start, String> {
    let mut found = Start { epoch: cloud.epoch, ..Start::default() };
    let moves = Moves::of(spec, kinds);
    let taken: BTreeSet<InstanceAddr> = snapshot.instances.keys().cloned().collect();
    for (addr, state) in &snapshot.instances {
        if addr.resource.mode != ResourceMode::Managed {
            continue;
        }
        let Some(object) = &state.current else {
            found.remains.insert(moves.follow(addr, &taken));
            continue;
        };
        let recorded = attributes(kinds, addr, object)?;
        let kind = kind_of(kinds, addr).map(|k| &kinds[k]);
        let outside = kind.is_some_and(|k| k.class != provider::CreateClass::StateOnly);
        let now = match (refresh && outside, recorded.get("id")) {
            (true, Val::Str(id)) => cloud.things.get(id).map(|t| t.val.clone()),
            _ => Some(recorded.clone()),
        };
        let known = Known { now, recorded, tainted: object.status == ObjectStatus::Tainted };
        found.objects.insert(moves.follow(addr, &taken), known);
    }
    Ok(found)
}

/// The moves that a configuration tells of.
pub struct Moves<'s> {
    spec: &'s Spec,
    kinds: &'s [Kind],
    told: Vec<(ModulePath, &'s Moved)>,
}

impl<'s> Moves<'s> {
    /// The moves of a configuration.
    pub fn of(spec: &'s Spec, kinds: &'s [Kind]) -> Moves<'s> {
        let mut told = Vec::new();
        let mut paths = vec![(ModulePath::root(), 0)];
        while let Some((path, module)) = paths.pop() {
            let module = &spec.modules[module];
            told.extend(module.moved.iter().map(|m| (path.clone(), m)));
            paths.extend(module.calls().map(|c| (path.child(&c.name), c.module)));
        }
        Moves { spec, kinds, told }
    }

    /// The address that an object of an address has now.
    pub fn follow(&self, addr: &InstanceAddr, taken: &BTreeSet<InstanceAddr>) -> InstanceAddr {
        let mut at = addr.clone();
        for _ in 0..=self.told.len() {
            let next = self.told.iter().find_map(|(path, moved)| moved_to(path, moved, &at));
            match next {
                Some(next) => at = next,
                None => break,
            }
        }
        if at != *addr {
            return at;
        }
        match self.implied(addr) {
            Some(to) if !taken.contains(&to) => to,
            _ => at,
        }
    }

    /// Adding or removing `count` moves the first instance by itself.
    fn implied(&self, addr: &InstanceAddr) -> Option<InstanceAddr> {
        let module = &self.spec.modules[module_at(self.spec, &addr.module.path())?];
        let item = module.item(&addr.resource.name)?;
        if *self.kinds[item.kind].name != *addr.resource.ty {
            return None;
        }
        let key = match (&item.rep, &addr.key) {
            (Rep::Count(_), InstanceKey::None) => InstanceKey::Int(0),
            (Rep::One, InstanceKey::Int(0)) => InstanceKey::None,
            _ => return None,
        };
        Some(InstanceAddr { key, ..addr.clone() })
    }
}

/// The address after a move, if it concerns the object.
fn moved_to(path: &ModulePath, moved: &Moved, addr: &InstanceAddr) -> Option<InstanceAddr> {
    let depth = path.0.len();
    let calls = &addr.module.0;
    if calls.len() < depth || !calls[..depth].iter().zip(path.0.iter()).all(|((name, _), p)| name == p) {
        return None;
    }
    let (outer, inner) = calls.split_at(depth);
    let rest = matching(&moved.from, &moved.to, inner)?;
    let to_calls = moved.to.calls.iter().enumerate().map(|(i, (name, key))| {
        // A call without a key keeps the key that it had.
        let had = moved.from.calls.get(i).zip(inner.get(i)).map(|(_, (_, key))| key.clone());
        let unkeyed = moved.from.calls.get(i).is_some_and(|(_, k)| *k == InstanceKey::None)
            && *key == InstanceKey::None;
        (name.as_str().into(), if unkeyed { had.unwrap_or_default() } else { key.clone() })
    });
    let all = outer.iter().cloned().chain(to_calls).chain(rest.iter().cloned());
    let module = ModuleAddr(all.collect());
    let Some((ty, name)) = &moved.from.item else { return Some(InstanceAddr { module, ..addr.clone() }) };
    if !rest.is_empty() || *addr.resource.ty != **ty || *addr.resource.name != **name {
        return None;
    }
    let key = match (&moved.from.key, &moved.to.key) {
        (InstanceKey::None, InstanceKey::None) => addr.key.clone(),
        (from, to) if *from == addr.key => to.clone(),
        _ => return None,
    };
    let (ty, name) = moved.to.item.as_ref()?;
    let resource = model::ResourceAddr::managed(ty, name);
    Some(InstanceAddr { module, resource, key })
}

/// The calls below those that a move names, if it concerns them.
fn matching<'a>(
    from: &Place,
    to: &Place,
    inner: &'a [(model::Str, InstanceKey)],
) -> Option<&'a [(model::Str, InstanceKey)]> {
    if inner.len() < from.calls.len() {
        return None;
    }
    let fits = from.calls.iter().enumerate().zip(inner).all(|((i, (name, key)), (had, had_key))| {
        let keyed_later = to.calls.get(i).is_some_and(|(_, k)| *k != InstanceKey::None);
        **name == **had && (*key == *had_key || *key == InstanceKey::None && !keyed_later)
    });
    fits.then(|| &inner[from.calls.len()..])
}

/// The ids of all recorded objects that exist outside, with where they are recorded.
pub fn ids(kinds: &[Kind], snapshot: &StateSnapshot) -> Result<BTreeMap<String, Vec<String>>, String> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (addr, state) in &snapshot.instances {
        let Some(kind) = kind_of(kinds, addr).filter(|_| addr.resource.mode == ResourceMode::Managed) else {
            continue;
        };
        if kinds[kind].class == provider::CreateClass::StateOnly {
            continue;
        }
        let deposed = state.deposed.iter().map(|(key, o)| (format!("{addr} ({key})"), o));
        for (place, object) in state.current.iter().map(|o| (addr.to_string(), o)).chain(deposed) {
            if let Val::Str(id) = attributes(kinds, addr, object)?.get("id") {
                found.entry(id.clone()).or_default().push(place);
            }
        }
    }
    Ok(found)
}
