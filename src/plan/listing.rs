//! Reading what is recorded: many objects of one type by its list, where that takes fewer calls, all others one by one.
//!
//! A list only ever proves what is on it. What is recorded and not listed is read by itself before it counts as gone: lists
//! may lag behind, and objects without marks are on none.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use model::{InstanceAddr, InstanceKey, ModuleAddr, ResourceAddr, ResourceMode, Str};
use provider::{Client, ListRequest, Listing, Object, ProviderError, ResourceType};

use crate::clients::Configured;
use crate::limit::Limit;
use crate::planner::Planner;

/// Of so many objects of one type on, a list is tried.
const SEVERAL: usize = 2;

/// The part of the reads that lists may cost without finding anything.
const RISKED: usize = 8;

/// How the objects of one type were read that were read by a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByList {
    /// The provider configuration, as states write it.
    pub provider_config: Str,
    /// The type.
    pub ty: Str,
    /// How many objects the list told.
    pub objects: usize,
    /// How many calls that took.
    pub calls: usize,
    /// How many objects were not on it, and were read one by one.
    pub singly: usize,
}

/// A recorded object that is to be read.
pub struct Recorded<'r> {
    /// Its instance.
    pub addr: &'r InstanceAddr,
    /// The provider.
    pub configured: &'r Configured,
    /// The type.
    pub ty: &'r dyn ResourceType,
    /// The client.
    pub client: &'r Client,
    /// The object's id, where it has one and it is not secret.
    pub id: Option<&'r str>,
}

/// A provider configuration, as states write it, and a type.
type Key = (Str, Str);

/// How many objects of a type are recorded, and how many of them are read.
#[derive(Clone, Copy, Default)]
struct Count {
    recorded: usize,
    read: usize,
}

impl Count {
    /// Whether so many calls are more than a list may cost that has shown so many of the recorded objects. Those that are
    /// not read count as little as they are many.
    fn is_exceeded(self, calls: usize, shown: usize) -> bool {
        calls >= shown * self.read / self.recorded.max(1) + (self.read / RISKED).max(1)
    }
}

/// What was listed so far, and how much is recorded.
#[derive(Default)]
pub struct Lists {
    recorded: OnceCell<HashMap<Key, Count>>,
    made: RefCell<BTreeMap<Key, Rc<tokio::sync::OnceCell<List>>>>,
}

/// The objects of a type as it was listed.
struct List {
    objects: HashMap<String, Object>,
    calls: usize,
    told: Cell<usize>,
    singly: Cell<usize>,
}

impl Lists {
    /// How the objects of the types were read of which a list told any.
    pub fn summary(&self) -> Vec<ByList> {
        let made = self.made.borrow();
        let of = |((provider_config, ty), list): (&Key, &Rc<tokio::sync::OnceCell<List>>)| {
            let list = list.get().filter(|list| list.told.get() > 0)?;
            let (objects, calls, singly) = (list.told.get(), list.calls, list.singly.get());
            let (provider_config, ty) = (provider_config.clone(), ty.clone());
            Some(ByList { provider_config, ty, objects, calls, singly })
        };
        made.iter().filter_map(of).collect()
    }
}

impl Planner<'_> {
    /// Reads an object as it is now; nothing where it is gone.
    pub async fn read_object(
        &self,
        site: &Recorded<'_>,
        prior: &Object,
    ) -> Result<Option<Object>, ProviderError> {
        let list = self.list_of(site).await;
        let list = list.as_ref().and_then(|cell| cell.get());
        let listed = list.and_then(|list| list.objects.get(&site.ty.listed_as(prior)?));
        if let (Some(list), Some(listed)) = (list, listed) {
            list.told.set(list.told.get() + 1);
            self.inputs.watch.listed(site.addr, site.id);
            return Ok(Some(site.ty.as_read(prior, listed)));
        }
        list.iter().for_each(|list| list.singly.set(list.singly.get() + 1));
        let _permit = self.permits.acquire().await;
        let _read = self.inputs.stages.enter(model::Stage::Read, site.addr);
        self.inputs.watch.refreshing(site.addr, site.id);
        let ownership = self.marks(site.ty, site.addr);
        site.ty.read(self.call(site.client, site.addr, ownership.as_ref()), prior).await
    }

    /// The list of an object's type, made now if this is the first object of it; nothing where lists tell no attributes, or
    /// too few objects are to be read.
    async fn list_of(&self, site: &Recorded<'_>) -> Option<Rc<tokio::sync::OnceCell<List>>> {
        if site.ty.lists() != provider::Lists::Whole || self.inputs.options.import.is_some() {
            return None;
        }
        let key = (site.configured.config_text.clone(), site.addr.resource.ty.clone());
        let counts = self.lists.recorded.get_or_init(|| self.counted());
        let count = counts.get(&key).copied().filter(|count| count.read >= SEVERAL)?;
        let cell = self.lists.made.borrow_mut().entry(key).or_default().clone();
        cell.get_or_init(|| self.list(site, count)).await;
        Some(cell)
    }

    /// How many objects each type has under each provider configuration.
    fn counted(&self) -> HashMap<Key, Count> {
        let limit = Limit::of(self);
        let mut counts: HashMap<Key, Count> = HashMap::new();
        let current = self.prior.instances.iter().filter(|(_, state)| state.current.is_some());
        for (addr, state) in current.filter(|(addr, _)| addr.resource.mode == ResourceMode::Managed) {
            let count = counts.entry((state.provider.clone(), addr.resource.ty.clone())).or_default();
            count.recorded += 1;
            count.read += usize::from(limit.as_ref().is_none_or(|limit| limit.reads(addr)));
        }
        counts
    }

    /// Lists a type, page after page. A list that fails, or that finds too little for its calls, is left where it is: what it
    /// did not tell is read.
    async fn list(&self, site: &Recorded<'_>, count: Count) -> List {
        let ty = &site.addr.resource.ty;
        self.inputs.watch.listing(ty, count.read);
        // The call is about the type as a whole; there is no instance that it could name.
        let address = ResourceAddr::managed(ty, "all").instance(&ModuleAddr::root(), InstanceKey::None);
        let ownership = self.ownership(&address);
        let call = self.call(site.client, &address, &ownership);
        let (mut objects, mut calls, mut own, mut after) = (HashMap::new(), 0, 0, None);
        let lineage = Some(&*self.prior.lineage);
        loop {
            let permit = self.permits.acquire().await;
            calls += 1;
            let read = self.inputs.stages.enter(model::Stage::Read, &address);
            let page = site.ty.list(call, ListRequest { lineage, after: after.as_deref() }).await;
            drop((read, permit));
            let Ok(page) = page else { break };
            if let Listing::Complete(listed) = page.listing {
                own += listed.iter().filter(|(l, _)| l.marks.lineage == self.prior.lineage).count();
                objects.extend(listed.into_iter().map(|(listed, object)| (listed.id, object)));
            }
            after = page.next;
            if after.is_none() || count.is_exceeded(calls, own) {
                break;
            }
        }
        List { objects, calls, told: Cell::new(0), singly: Cell::new(0) }
    }
}
