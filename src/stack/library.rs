//! All flavors at hand: the built-in ones and a team's own, which win.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::{Diagnostics, SourceMap};
use provider::{FlavorFiles, FlavorSource};

use crate::flavor::{self, Flavor, Parsed};

/// Finds flavors and reads each at most once.
pub struct Library<'a> {
    sources: &'a [&'a dyn FlavorSource],
    texts: RefCell<&'a mut SourceMap>,
    read: RefCell<BTreeMap<(String, String), Option<Arc<Flavor>>>>,
    found: RefCell<Diagnostics>,
}

impl<'a> Library<'a> {
    /// The flavors of several sources; of two with one name the later source's wins.
    pub fn new(sources: &'a [&'a dyn FlavorSource], texts: &'a mut SourceMap) -> Library<'a> {
        Library { sources, texts: RefCell::new(texts), read: RefCell::default(), found: RefCell::default() }
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

    /// A flavor; nothing where there is none or its manifest is wrong, which [`Library::errors`] then says.
    pub fn get(&self, component_type: &str, name: &str) -> Option<Arc<Flavor>> {
        let key = (component_type.to_owned(), name.to_owned());
        if let Some(known) = self.read.borrow().get(&key) {
            return known.clone();
        }
        let flavor = self.files(component_type, name).and_then(|f| self.decode(component_type, name, &f));
        self.read.borrow_mut().insert(key, flavor.clone());
        flavor
    }

    /// What was wrong with the flavors read so far.
    pub fn errors(self) -> Diagnostics {
        self.found.into_inner()
    }

    fn files(&self, component_type: &str, name: &str) -> Option<FlavorFiles> {
        self.sources.iter().rev().find_map(|s| s.files(component_type, name))
    }

    fn decode(&self, component_type: &str, name: &str, files: &FlavorFiles) -> Option<Arc<Flavor>> {
        let (texts, found) = (&mut *self.texts.borrow_mut(), &mut *self.found.borrow_mut());
        let add = |path: &str, text: &model::value::Str| {
            texts.add(format!("flavors/{component_type}/{name}/{path}"), text.clone())
        };
        let parsed = Parsed::read(files, add, found);
        flavor::decode(component_type, name, &parsed, found).map(Arc::new)
    }
}
