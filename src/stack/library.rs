//! All flavors at hand: the built-in ones and a team's own, which win.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::{Diagnostics, SourceMap, Str};
use provider::{FlavorFiles, FlavorSource};

use crate::flavor::Flavor;
use crate::manifest::{self, Parsed};

/// Finds flavors and reads each at most once.
pub struct Library<'a> {
    sources: &'a [&'a dyn FlavorSource],
    texts: RefCell<&'a mut SourceMap>,
    read: RefCell<BTreeMap<(String, String), Read>>,
}

/// A flavor that was looked at.
struct Read {
    flavor: Option<Arc<Flavor>>,
    found: Diagnostics,
    /// Whether a component is of this flavor: only then are errors in it the user's concern.
    used: bool,
}

impl<'a> Library<'a> {
    /// The flavors of several sources; of two with one name the later source's wins.
    pub fn new(sources: &'a [&'a dyn FlavorSource], texts: &'a mut SourceMap) -> Library<'a> {
        Library { sources, texts: RefCell::new(texts), read: RefCell::default() }
    }

    /// The names of all flavors of a component type, in order.
    pub fn names(&self, component_type: &str) -> BTreeSet<String> {
        let all = self.sources.iter().flat_map(|s| s.list());
        all.filter(|(ty, _)| ty == component_type).map(|(_, flavor)| flavor).collect()
    }

    /// Every flavor that can be read, by component type and name.
    pub fn all(&self) -> Vec<Arc<Flavor>> {
        let names: BTreeSet<(String, String)> = self.sources.iter().flat_map(|s| s.list()).collect();
        names.iter().filter_map(|(ty, name)| self.get(ty, name)).collect()
    }

    /// Whether there is a flavor of the name at all.
    pub fn knows(&self, component_type: &str, name: &str) -> bool {
        self.files(component_type, name).is_some()
    }

    /// A flavor to look at; nothing where there is none or its manifest is wrong.
    pub fn get(&self, component_type: &str, name: &str) -> Option<Arc<Flavor>> {
        self.read(component_type, name, false)
    }

    /// A component's flavor; nothing where there is none or its manifest is wrong, which [`Library::errors`] then says.
    pub fn take(&self, component_type: &str, name: &str) -> Option<Arc<Flavor>> {
        self.read(component_type, name, true)
    }

    /// What was wrong with the flavors that components have.
    pub fn errors(self) -> Diagnostics {
        let read = self.read.into_inner().into_values();
        Diagnostics(read.filter(|r| r.used).flat_map(|r| r.found).collect())
    }

    fn read(&self, component_type: &str, name: &str, used: bool) -> Option<Arc<Flavor>> {
        let mut read = self.read.borrow_mut();
        let entry = read.entry((component_type.to_owned(), name.to_owned()));
        let entry = entry.or_insert_with(|| self.decode(component_type, name));
        entry.used |= used;
        entry.flavor.clone()
    }

    fn files(&self, component_type: &str, name: &str) -> Option<FlavorFiles> {
        self.sources.iter().rev().find_map(|s| s.files(component_type, name))
    }

    fn decode(&self, component_type: &str, name: &str) -> Read {
        let mut found = Diagnostics::new();
        let texts = &mut *self.texts.borrow_mut();
        let add = |path: &str, text: &Str| {
            texts.add(format!("flavors/{component_type}/{name}/{path}"), text.clone())
        };
        let flavor = self.files(component_type, name).and_then(|files| {
            let parsed = Parsed::read(&files, add, &mut found);
            manifest::decode(component_type, name, &parsed, &mut found)
        });
        Read { flavor: flavor.map(Arc::new), found, used: false }
    }
}
