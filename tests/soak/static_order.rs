//! Which blocks depend on which, whatever their values are: told from what is written.

use std::collections::{BTreeMap, BTreeSet};

use model::ModulePath;

use crate::spec::{Call, Ex, Item, Module, Part, Rep, Sel, Spec};

/// A resource or data source in a module, whatever its instances.
pub type Site = (ModulePath, String);

/// For every resource and data source, those that it depends on, directly or not.
#[derive(Clone, Debug, Default)]
pub struct StaticOrder {
    /// By site.
    pub closure: BTreeMap<Site, BTreeSet<Site>>,
    /// For every data source, the blocks that must not be about to change when it is read: those that it names, and all
    /// that it and the calls around it are told to wait for.
    pub awaited: BTreeMap<Site, BTreeSet<Site>>,
}

impl StaticOrder {
    /// The order of a configuration.
    pub fn of(spec: &Spec) -> StaticOrder {
        let mut order = StaticOrder::default();
        let root = Scope {
            spec,
            module: spec.root(),
            path: ModulePath::root(),
            vars: BTreeMap::new(),
            around: BTreeSet::new(),
            is_bare: false,
        };
        let bare = Scope { is_bare: true, ..root.clone() };
        order.add(&root, &bare, &BTreeSet::new());
        order
    }

    /// Adds a module as it is called from one place, looked at with what is around it and without.
    fn add(&mut self, scope: &Scope<'_>, bare: &Scope<'_>, awaited: &BTreeSet<Site>) {
        for part in &scope.module.parts {
            match part {
                Part::Item(item) => {
                    let direct = scope.item(item);
                    let mut all = direct.clone();
                    for site in &direct {
                        all.extend(self.closure.get(site).cloned().unwrap_or_default());
                    }
                    self.closure.insert((scope.path.clone(), item.name.clone()), all);
                    let waits = bare.named(item).into_iter().chain(bare.waits(&item.after));
                    let waits = waits.chain(awaited.iter().cloned()).collect();
                    self.awaited.insert((scope.path.clone(), item.name.clone()), waits);
                }
                Part::Call(call) => {
                    let waits = awaited.iter().cloned().chain(bare.waits(&call.after)).collect();
                    self.add(&scope.called(call), &bare.called(call), &waits);
                }
                Part::Local(_) => {}
            }
        }
    }

    /// Whether one depends on the other.
    pub fn depends(&self, site: &Site, on: &Site) -> bool {
        self.closure.get(site).is_some_and(|all| all.contains(on))
    }

    /// The sites for which something asks, and everything that those depend on.
    pub fn down_from(&self, asks: impl Fn(&Site) -> bool) -> BTreeSet<Site> {
        let mut found = BTreeSet::new();
        for (site, below) in self.closure.iter().filter(|(site, _)| asks(site)) {
            found.insert(site.clone());
            found.extend(below.iter().cloned());
        }
        found
    }
}

/// A module as it is called from one place.
#[derive(Clone)]
struct Scope<'s> {
    spec: &'s Spec,
    module: &'s Module,
    path: ModulePath,
    /// What the arguments of the call depend on.
    vars: BTreeMap<String, BTreeSet<Site>>,
    /// What everything in the module depends on: repetitions and waits of the calls around.
    around: BTreeSet<Site>,
    /// Whether that is left out.
    is_bare: bool,
}

impl<'s> Scope<'s> {
    fn called(&self, call: &Call) -> Scope<'s> {
        let mut around = self.around.clone();
        if !self.is_bare {
            around.extend(self.rep(&call.rep));
            around.extend(self.waits(&call.after));
        }
        let vars = call.args.iter().map(|(name, ex)| {
            let mut all = around.clone();
            all.extend(self.ex(ex));
            (name.clone(), all)
        });
        let vars = vars.collect();
        Scope {
            spec: self.spec,
            module: &self.spec.modules[call.module],
            path: self.path.child(&call.name),
            vars,
            around,
            is_bare: self.is_bare,
        }
    }

    /// The blocks of the module that a block names itself.
    fn named(&self, item: &Item) -> BTreeSet<Site> {
        let mut names: BTreeSet<&String> = BTreeSet::new();
        for ex in item.rep.exprs().into_iter().chain(item.body.exprs()).flat_map(Ex::within) {
            if let Ex::Attr(name, ..) | Ex::All(name, _) = ex {
                names.insert(name);
            }
        }
        if let Rep::Like(name) = &item.rep {
            names.insert(name);
        }
        names.into_iter().map(|name| (self.path.clone(), name.clone())).collect()
    }

    fn item(&self, item: &Item) -> BTreeSet<Site> {
        let mut found = self.around.clone();
        found.extend(self.rep(&item.rep));
        found.extend(self.waits(&item.after));
        found.extend(item.life.triggers.iter().map(|(name, _)| (self.path.clone(), name.clone())));
        item.body.exprs().into_iter().for_each(|e| found.extend(self.ex(e)));
        found
    }

    fn rep(&self, rep: &Rep) -> BTreeSet<Site> {
        let mut found: BTreeSet<Site> = rep.exprs().into_iter().flat_map(|e| self.ex(e)).collect();
        if let Rep::Like(name) = rep {
            found.insert((self.path.clone(), name.clone()));
        }
        found
    }

    fn waits(&self, after: &[String]) -> BTreeSet<Site> {
        let of = |name: &String| match self.module.call(name) {
            Some(call) => self.called(call).everything(),
            None => [(self.path.clone(), name.clone())].into(),
        };
        after.iter().flat_map(of).collect()
    }

    fn everything(&self) -> BTreeSet<Site> {
        let mut found = self.around.clone();
        found.extend(self.vars.values().flatten().cloned());
        found.extend(self.module.outputs.iter().flat_map(|o| self.ex(&o.value)));
        for part in &self.module.parts {
            match part {
                Part::Item(item) => {
                    found.insert((self.path.clone(), item.name.clone()));
                }
                Part::Call(call) => found.extend(self.called(call).everything()),
                Part::Local(local) => found.extend(self.ex(&local.value)),
            }
        }
        found
    }

    /// What an expression depends on. `each` and `count` are the repetition, which is counted by itself.
    fn ex(&self, ex: &Ex) -> BTreeSet<Site> {
        let mut found = BTreeSet::new();
        for part in ex.within() {
            match part {
                Ex::Attr(name, ..) | Ex::All(name, _) => {
                    found.insert((self.path.clone(), name.clone()));
                }
                Ex::Var(name) => {
                    found.extend(self.around.iter().cloned());
                    found.extend(self.vars.get(name).cloned().unwrap_or_default());
                }
                Ex::Local(name) => {
                    let value = self.module.parts.iter().find_map(|p| match p {
                        Part::Local(local) if local.name == *name => Some(&local.value),
                        _ => None,
                    });
                    found.extend(self.around.iter().cloned());
                    found.extend(value.map(|e| self.ex(e)).unwrap_or_default());
                }
                // Who asks all instances for an output, or one whose key is yet to be computed, has the whole in hand.
                Ex::AllOut(name, _) | Ex::Out(name, Sel::Own, _) => {
                    let Some(call) = self.module.call(name) else { continue };
                    let inner = self.called(call);
                    found.extend(inner.around.iter().cloned());
                    found.extend(inner.module.outputs.iter().flat_map(|o| inner.ex(&o.value)));
                }
                Ex::Out(name, _, output) => {
                    let Some(call) = self.module.call(name) else { continue };
                    let inner = self.called(call);
                    found.extend(inner.around.iter().cloned());
                    let output = inner.module.outputs.iter().find(|o| o.name == *output);
                    found.extend(output.map(|o| inner.ex(&o.value)).unwrap_or_default());
                }
                _ => {}
            }
        }
        found
    }
}
