//! A lost state from what carries the stack's marks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use config::{Evaluator, NodeKind};
use model::{Diagnostic, Diagnostics, InstanceAddr, Str};
use plan::clients::Configured;
use plan::{AtWork, Change, Clients, codec};
use provider::{Call, Cancel, Client, CreateClass, Listed, Object, Ownership, ResourceType, Warnings};
use state::{InstanceObject, InstanceState, ObjectStatus, StateSnapshot};

use crate::recover::Recovering;

/// What was found, and what it makes.
#[derive(Debug)]
pub struct Rebuilt {
    /// The state, of the lineage that the marks name; its serial is 1.
    pub snapshot: StateSnapshot,
    /// The objects of the state: their addresses and identifiers.
    pub found: Vec<(InstanceAddr, String)>,
    /// Objects of the same lineage that no address of the configuration was ever made under.
    pub strays: Vec<Stray>,
    /// Addresses for which nothing was found.
    pub missing: Vec<Missing>,
    /// What providers warned about.
    pub warnings: Diagnostics,
}

/// An object that belongs to no address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stray {
    /// Its type.
    pub ty: Str,
    /// Its import identifier.
    pub id: String,
}

/// An address without an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Missing {
    /// Which.
    pub address: InstanceAddr,
    /// Why, as it goes on after the address: "carries no marks".
    pub why: &'static str,
}

/// Looks for everything that carries the stack's marks, and makes a state of what belongs to the wanted instances, which the
/// plan of an empty state gives as creations. `lineage` chooses where marks of several are found.
pub async fn rebuild(
    inputs: &Recovering<'_>,
    wanted: &[Change],
    lineage: Option<&str>,
) -> Result<Rebuilt, Diagnostics> {
    let evaluator = Evaluator::new(inputs.config, inputs.statics, inputs.world, inputs.variables.clone());
    let clients = Clients::new(inputs.config, inputs.registry, inputs.around.clone());
    let (cancel, warnings) = (Cancel::new(), Warnings::default());
    let search = Search { inputs, evaluator, clients, cancel, warnings };
    let listed = search.list(wanted).await?;
    let lineage = search.lineage(&listed, lineage)?;
    search.put_together(wanted, listed, &lineage).await
}

struct Search<'s> {
    inputs: &'s Recovering<'s>,
    evaluator: Evaluator<'s>,
    clients: Clients<'s>,
    cancel: Cancel,
    warnings: Warnings,
}

/// One type under one provider configuration, with the objects that it listed.
struct Shelf {
    name: Str,
    ty: Arc<dyn ResourceType>,
    configured: Configured,
    client: Client,
    /// Nothing where the type cannot list.
    objects: Option<Vec<(Listed, Option<Object>)>>,
}

/// The shelves by provider configuration, as states write it, and type.
type Shelves = BTreeMap<(Str, Str), Shelf>;

impl Search<'_> {
    /// Lists every type of every provider configuration that wanted instances have.
    async fn list(&self, wanted: &[Change]) -> Result<Shelves, Diagnostics> {
        let mut shelves = Shelves::new();
        let configurations: BTreeSet<&Str> = wanted.iter().map(|change| &change.provider_config).collect();
        for text in configurations {
            let Some(configured) = self.clients.find_by_text(text, &self.evaluator) else { continue };
            let client = self.clients.client(&configured, &self.evaluator).await?;
            for (name, ty) in &configured.provider.catalog().resources {
                let objects = self.list_type(name, &**ty, &configured, &client).await?;
                let (ty, client) = (ty.clone(), client.clone());
                let shelf = Shelf { name: name.clone(), ty, configured: configured.clone(), client, objects };
                shelves.insert((text.clone(), name.clone()), shelf);
            }
        }
        Ok(shelves)
    }

    async fn list_type(
        &self,
        name: &Str,
        ty: &dyn ResourceType,
        configured: &Configured,
        client: &Client,
    ) -> Result<Option<Vec<(Listed, Option<Object>)>>, Diagnostics> {
        // The call is about the type as a whole; there is no instance that it could name.
        let address = model::ResourceAddr::managed(name, "all")
            .instance(&model::ModuleAddr::root(), model::InstanceKey::None);
        let listed = provider::list_all(ty, self.call(client, &address)).await;
        let work = AtWork { provider: &configured.addr, address: &address };
        let listed = listed.map_err(|e| Diagnostic { address: None, ..work.failed(e) })?;
        let ours = |marks: &Ownership| {
            let own = &self.inputs.ownership;
            marks.stack == own.stack && marks.environment == own.environment
        };
        Ok(listed.map(|all| all.into_iter().filter(|(listed, _)| ours(&listed.marks)).collect()))
    }

    fn call<'c>(&'c self, client: &'c Client, address: &'c InstanceAddr) -> Call<'c> {
        Call {
            client,
            address,
            ownership: Some(&self.inputs.ownership),
            known: &[],
            attempt: None,
            around: &*self.inputs.around,
            progress: &plan::Silent,
            warnings: &self.warnings,
            cancel: &self.cancel,
        }
    }

    /// The one lineage that the marks name.
    fn lineage(&self, shelves: &Shelves, asked: Option<&str>) -> Result<String, Diagnostic> {
        let mut lineages: BTreeMap<&str, usize> = BTreeMap::new();
        for (listed, _) in shelves.values().filter_map(|s| s.objects.as_ref()).flatten() {
            *lineages.entry(&listed.marks.lineage).or_default() += 1;
        }
        match (asked, lineages.len()) {
            (Some(asked), _) if lineages.contains_key(asked) => Ok(asked.to_owned()),
            (None, 1) => Ok(lineages.keys().map(|l| (*l).to_owned()).collect()),
            (_, 0) => Err(nothing_found(&self.inputs.ownership)),
            _ => Err(several(asked, &lineages)),
        }
    }

    async fn put_together(
        &self,
        wanted: &[Change],
        mut shelves: Shelves,
        lineage: &str,
    ) -> Result<Rebuilt, Diagnostics> {
        let mut snapshot = StateSnapshot { serial: 1, ..StateSnapshot::new(lineage) };
        snapshot.terraform_version.clone_from(&self.inputs.snapshot.terraform_version);
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        let direct = |change: &Change| vec![change.address.clone()];
        let former = |change: &Change| plan::former_addresses(self.inputs.config, &change.address);
        let mut open: Vec<&Change> = wanted.iter().collect();
        // What was made under an address itself goes before what once had another one.
        for addresses in [&direct as &dyn Fn(&Change) -> Vec<InstanceAddr>, &former] {
            let mut still_open = Vec::new();
            for change in open {
                match take(&mut shelves, change, &self.marks_of(&addresses(change), lineage)) {
                    Some((listed, object)) => {
                        let object = self.object(&shelves, change, &listed, object).await?;
                        found.push((change.address.clone(), listed.id));
                        snapshot.instances.insert(change.address.clone(), object);
                    }
                    None => still_open.push(change),
                }
            }
            open = still_open;
        }
        missing.extend(open.into_iter().map(|change| Missing {
            why: why_missing(shelves.get(&key(change))),
            address: change.address.clone(),
        }));
        found.sort();
        let warnings = plan::warned(self.inputs.config, &self.warnings);
        Ok(Rebuilt { snapshot, found, missing, strays: strays(&shelves, lineage), warnings })
    }

    fn marks_of(&self, addresses: &[InstanceAddr], lineage: &str) -> BTreeSet<String> {
        let marks = addresses.iter().map(|a| plan::ownership_of(&self.inputs.ownership, lineage, a).id);
        marks.collect()
    }

    /// What the state records of an object.
    async fn object(
        &self,
        shelves: &Shelves,
        change: &Change,
        listed: &Listed,
        object: Option<Object>,
    ) -> Result<InstanceState, Diagnostics> {
        let address = &change.address;
        let shelf = shelves.get(&key(change)).ok_or_else(|| gone(address, listed))?;
        let work = AtWork { provider: &shelf.configured.addr, address };
        let call = self.call(&shelf.client, address);
        let object = match object {
            Some(object) => object,
            None => {
                let imported = shelf.ty.import(call, &listed.id).await.map_err(|e| work.failed(e))?;
                let read = shelf.ty.read(call, &imported).await.map_err(|e| work.failed(e))?;
                read.ok_or_else(|| gone(address, listed))?
            }
        };
        let value = codec::mark_sensitive(object.value, &shelf.ty.schema().block);
        let node = NodeKind::Resource(address.resource.clone());
        let node = self.inputs.statics.find(&address.module.path(), &node);
        let dependencies = node.map(|n| self.inputs.statics.resource_dependencies(n)).unwrap_or_default();
        let (private, first) = (object.private.map(Str::from), change.create_before_destroy);
        let status = ObjectStatus::Ready;
        let encoded: Result<InstanceObject, String> =
            codec::encode(&value, shelf.ty.schema(), status, private, dependencies, first);
        let encoded = encoded
            .map_err(|why| Diagnostic::error("Provider produced invalid object", why).for_address(address))?;
        let provider = change.provider_config.clone();
        Ok(InstanceState { provider, current: Some(Arc::new(encoded)), deposed: BTreeMap::new() })
    }
}

fn key(change: &Change) -> (Str, Str) {
    (change.provider_config.clone(), change.address.resource.ty.clone())
}

/// Takes the object with one of the marks from its shelf. Of several none is taken: nobody can tell which it is.
fn take(
    shelves: &mut Shelves,
    change: &Change,
    marks: &BTreeSet<String>,
) -> Option<(Listed, Option<Object>)> {
    let objects = shelves.get_mut(&key(change))?.objects.as_mut()?;
    let fits = |(listed, _): &(Listed, Option<Object>)| marks.contains(&listed.marks.id);
    let at = objects.iter().position(fits)?;
    let is_alone = !objects[at + 1..].iter().any(fits);
    is_alone.then(|| objects.remove(at))
}

fn strays(shelves: &Shelves, lineage: &str) -> Vec<Stray> {
    let left = shelves.values().flat_map(|shelf| {
        let objects = shelf.objects.iter().flatten().filter(|(l, _)| l.marks.lineage == lineage);
        objects.map(|(listed, _)| Stray { ty: shelf.name.clone(), id: listed.id.clone() })
    });
    let mut strays: Vec<Stray> = left.collect();
    strays.sort();
    strays.dedup();
    strays
}

fn why_missing(shelf: Option<&Shelf>) -> &'static str {
    match shelf {
        Some(shelf) if shelf.ty.create_class() == CreateClass::StateOnly => "exists in the state alone",
        Some(Shelf { objects: None, .. }) => "is of a type that cannot be found by marks",
        Some(_) | None => "was not found, or not as the only one",
    }
}

fn gone(address: &InstanceAddr, listed: &Listed) -> Diagnostic {
    let detail = format!(
        "{} was listed as {address} and could not be read afterwards. Run the command again.",
        listed.id
    );
    Diagnostic::error("Object is gone", detail).for_address(address)
}

fn nothing_found(own: &Ownership) -> Diagnostic {
    let detail = format!(
        "Nothing that the providers of this configuration can list carries the marks of stack {:?} in environment {:?}. Look \
         whether the credentials are those of the right account.",
        own.stack, own.environment
    );
    Diagnostic::error("No marks found", detail)
}

fn several(asked: Option<&str>, lineages: &BTreeMap<&str, usize>) -> Diagnostic {
    let lines: String = lineages.iter().map(|(l, n)| format!("\n  -lineage={l} ({n} objects)")).collect();
    let what = match asked {
        Some(asked) => format!("Nothing carries the marks of lineage {asked}."),
        None => "The marks name more than one state.".to_owned(),
    };
    Diagnostic::error("Which state is it", format!("{what} Choose one of these:{lines}"))
}
