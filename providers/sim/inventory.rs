//! Everything that exists, findable by what clients ask for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::item::Item;
use crate::kind::Kind;
use crate::request::Filter;

/// The objects, by id and by whatever else they are looked up with. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inventory {
    items: BTreeMap<String, Arc<Item>>,
    names: BTreeMap<(&'static str, String), BTreeSet<String>>,
    tokens: BTreeMap<String, String>,
    inside: BTreeSet<(String, String)>,
    makers: BTreeSet<(String, String)>,
}

impl Inventory {
    /// Every object, those included that reads no longer see.
    pub fn all(&self) -> impl Iterator<Item = &Item> {
        self.items.values().map(|item| &**item)
    }

    /// An object.
    pub fn get(&self, id: &str) -> Option<&Item> {
        self.items.get(id).map(|item| &**item)
    }

    /// Adds an object, or puts it in place of what it was.
    pub fn put(&mut self, item: Item) {
        self.remove(&item.id);
        let id = item.id.clone();
        if let Some(kind) = Kind::of_id(&id) {
            self.names.entry((kind.prefix, item.body.name.clone())).or_default().insert(id.clone());
        }
        if let Some(token) = &item.token {
            self.tokens.insert(token.clone(), id.clone());
        }
        self.inside.insert((item.body.network.clone(), id.clone()));
        if let Some(maker) = &item.maker {
            self.makers.insert((maker.clone(), id.clone()));
        }
        self.items.insert(id, Arc::new(item));
    }

    /// Forgets an object.
    pub fn remove(&mut self, id: &str) {
        let Some(item) = self.items.remove(id) else { return };
        if let Some(kind) = Kind::of_id(id) {
            let key = (kind.prefix, item.body.name.clone());
            if let Some(same) = self.names.get_mut(&key) {
                same.remove(id);
                if same.is_empty() {
                    self.names.remove(&key);
                }
            }
        }
        if let Some(token) = &item.token {
            self.tokens.remove(token);
        }
        self.inside.remove(&(item.body.network.clone(), id.to_owned()));
        if let Some(maker) = &item.maker {
            self.makers.remove(&(maker.clone(), id.to_owned()));
        }
    }

    /// The object that was made with a token.
    pub fn by_token(&self, token: &str) -> Option<&Item> {
        self.get(self.tokens.get(token)?)
    }

    /// The objects of a kind with a name.
    pub fn by_name(&self, kind: &Kind, name: &str) -> impl Iterator<Item = &Item> {
        let ids = self.names.get(&(kind.prefix, name.to_owned()));
        ids.into_iter().flatten().filter_map(|id| self.get(id))
    }

    /// What lies in a network.
    pub fn inside(&self, network: &str) -> impl Iterator<Item = &Item> {
        self.under(&self.inside, network)
    }

    /// What an object's controller made.
    pub fn made_by(&self, maker: &str) -> impl Iterator<Item = &Item> {
        self.under(&self.makers, maker)
    }

    fn under<'i>(
        &'i self,
        index: &'i BTreeSet<(String, String)>,
        of: &str,
    ) -> impl Iterator<Item = &'i Item> {
        let (of, start) = (of.to_owned(), (of.to_owned(), String::new()));
        let pairs = index.range(start..).take_while(move |(parent, _)| *parent == of);
        pairs.filter_map(|(_, id)| self.get(id))
    }

    /// The objects of a kind that a filter chooses, after an id, in the order of ids.
    pub fn chosen<'i>(
        &'i self,
        kind: &'i Kind,
        only: &'i Filter,
        after: &'i str,
    ) -> Box<dyn Iterator<Item = &'i Item> + 'i> {
        let candidates: Box<dyn Iterator<Item = &Item>> = match only {
            Filter { token: Some(token), .. } => Box::new(self.by_token(token).into_iter()),
            Filter { name: Some(name), .. } => Box::new(self.by_name(kind, name)),
            Filter { maker: Some(maker), .. } => Box::new(self.made_by(maker)),
            Filter { network: Some(network), .. } => Box::new(self.inside(network)),
            _ => {
                let start = format!("{}-", kind.prefix).max(after.to_owned());
                let of_kind = self.items.range(start..).map(|(_, item)| &**item);
                Box::new(of_kind.take_while(|item| is_of(kind, &item.id)))
            }
        };
        Box::new(
            candidates.filter(move |item| is_of(kind, &item.id) && *item.id > *after && fits(only, item)),
        )
    }
}

fn is_of(kind: &Kind, id: &str) -> bool {
    id.split('-').next() == Some(kind.prefix)
}

fn fits(only: &Filter, item: &Item) -> bool {
    only.name.as_ref().is_none_or(|n| item.body.name == *n)
        && only.token.as_ref().is_none_or(|t| item.token.as_ref() == Some(t))
        && only.network.as_ref().is_none_or(|n| item.body.network == *n)
        && only.maker.as_ref().is_none_or(|m| item.maker.as_ref() == Some(m))
        && only.lineage.as_ref().is_none_or(|l| item.marks.as_ref().is_some_and(|m| m.lineage == *l))
        && (!only.marked || item.marks.is_some())
}
