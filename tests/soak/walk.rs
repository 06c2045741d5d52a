//! What a configuration says, evaluated apart from the engine: every instance with its arguments, and the outputs.

use std::collections::{BTreeMap, BTreeSet};

use model::{InstanceAddr, InstanceKey, ModuleAddr, Nesting, ResourceAddr, ResourceMode};

use crate::kind::{Attr, Form, Kind, Nest, Shape};
use crate::kinds::{LOOK, look};
use crate::spec::{Block, Body, Call, Ex, Item, Part, Rep, Sel, Spec};
use crate::val::{Ty, Val};

/// The instances that something was computed from.
pub type Reads = BTreeSet<InstanceAddr>;

/// A value with the instances that it was computed from.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The value.
    pub val: Val,
    /// Where it comes from.
    pub reads: Reads,
}

/// An instance that the configuration asks for.
pub struct Site<'s> {
    /// Which.
    pub addr: InstanceAddr,
    /// Its block.
    pub item: &'s Item,
    /// The number of its module.
    pub module: usize,
    /// What its type holds.
    pub shape: &'s Shape,
    /// Its arguments.
    pub args: Val,
    /// What its arguments and its repetition were computed from.
    pub reads: Reads,
    /// What it is told to wait for.
    pub waits: Reads,
}

/// Decides what instances are.
pub trait Actor {
    /// What the instance is or will be, given its arguments.
    fn instance(&mut self, site: &Site<'_>) -> Val;

    /// Hears of a module instance before what is in it.
    fn module(&mut self, _addr: &ModuleAddr) {}
}

/// Walks through a configuration and gives the root outputs.
pub fn walk(spec: &Spec, kinds: &[Kind], actor: &mut dyn Actor) -> BTreeMap<String, Seen> {
    let look = look();
    let known = |val: Val| Seen { val, reads: Reads::new() };
    let vars = spec.root().vars.iter().map(|v| {
        let value = spec.given.get(&v.name).or(v.default.as_ref()).unwrap_or(&Val::Null);
        (v.name.clone(), known(fit(value.clone(), &v.ty)))
    });
    let vars = vars.collect();
    let mut walker = Walker { spec, kinds, look: &look, actor };
    walker.module(0, &ModuleAddr::root(), vars, &Reads::new()).outputs
}

struct Walker<'s, 'a> {
    spec: &'s Spec,
    kinds: &'s [Kind],
    look: &'s Shape,
    actor: &'a mut dyn Actor,
}

/// What a module instance gives.
#[derive(Default)]
struct Given {
    outputs: BTreeMap<String, Seen>,
    members: Reads,
}

/// What is known within a module instance.
struct Frame {
    vars: BTreeMap<String, Seen>,
    locals: BTreeMap<String, Seen>,
    items: BTreeMap<String, Vec<(InstanceKey, Seen)>>,
    calls: BTreeMap<String, Vec<(InstanceKey, Given)>>,
    /// What the arguments of calls are computed from.
    asked: BTreeMap<String, Reads>,
}

/// What is known within a block: its own instance, and the elements of dynamic blocks around.
#[derive(Clone)]
struct Here {
    key: InstanceKey,
    value: Seen,
    elements: Vec<(String, Seen)>,
}

impl Here {
    fn none() -> Here {
        Here::at(InstanceKey::None, Seen { val: Val::Null, reads: Reads::new() })
    }

    fn at(key: InstanceKey, value: Seen) -> Here {
        Here { key, value, elements: Vec::new() }
    }
}

impl<'s> Walker<'s, '_> {
    fn module(
        &mut self,
        index: usize,
        addr: &ModuleAddr,
        vars: BTreeMap<String, Seen>,
        waits: &Reads,
    ) -> Given {
        self.actor.module(addr);
        let module = &self.spec.modules[index];
        let mut frame = Frame {
            vars,
            locals: BTreeMap::new(),
            items: BTreeMap::new(),
            calls: BTreeMap::new(),
            asked: BTreeMap::new(),
        };
        let mut members = Reads::new();
        for part in &module.parts {
            match part {
                Part::Local(local) => {
                    let mut seen = frame.eval(&local.value, &Here::none());
                    seen.val = fit(seen.val, &local.ty);
                    frame.locals.insert(local.name.clone(), seen);
                }
                Part::Item(item) => {
                    let found = self.item(&frame, index, addr, item, waits);
                    members.extend(found.iter().flat_map(|(_, seen)| seen.reads.iter().cloned()));
                    frame.items.insert(item.name.clone(), found);
                }
                Part::Call(call) => {
                    let found = self.call(&frame, addr, call, waits);
                    members.extend(found.iter().flat_map(|(_, given)| given.members.iter().cloned()));
                    frame.calls.insert(call.name.clone(), found);
                    let args = call.args.values().flat_map(|ex| frame.eval(ex, &Here::none()).reads);
                    frame.asked.insert(call.name.clone(), args.collect());
                }
            }
        }
        let outputs = module.outputs.iter().map(|o| {
            let seen = frame.eval(&o.value, &Here::none());
            (o.name.clone(), seen)
        });
        let outputs: BTreeMap<String, Seen> = outputs.collect();
        // Whoever waits for a module also waits for what its values are made of.
        let values = frame.vars.values().chain(frame.locals.values()).chain(outputs.values());
        members.extend(values.flat_map(|seen| seen.reads.iter().cloned()));
        Given { outputs, members }
    }

    /// The instances of a resource; each reads itself.
    fn item(
        &mut self,
        frame: &Frame,
        module: usize,
        at: &ModuleAddr,
        item: &'s Item,
        outer: &Reads,
    ) -> Vec<(InstanceKey, Seen)> {
        let shape = if item.data { self.look } else { &self.kinds[item.kind].shape };
        let waits: Reads = outer.iter().cloned().chain(frame.waits(&item.after)).collect();
        let (ty, mode) = match item.data {
            true => (LOOK, ResourceMode::Data),
            false => (&*self.kinds[item.kind].name, ResourceMode::Managed),
        };
        let resource = ResourceAddr { mode, ty: ty.into(), name: item.name.as_str().into() };
        let mut found = Vec::new();
        for (key, value) in frame.instances(&item.rep) {
            let addr = resource.instance(at, key.clone());
            let here = Here::at(key.clone(), value.clone());
            let args = frame.body(&item.body, shape, &here);
            let reads = args.reads.union(&value.reads).cloned().collect();
            let site =
                Site { addr: addr.clone(), item, module, shape, args: args.val, reads, waits: waits.clone() };
            let val = self.actor.instance(&site);
            found.push((key, Seen { val, reads: [addr].into() }));
        }
        found
    }

    fn call(
        &mut self,
        frame: &Frame,
        at: &ModuleAddr,
        call: &Call,
        outer: &Reads,
    ) -> Vec<(InstanceKey, Given)> {
        let called = &self.spec.modules[call.module];
        let waits: Reads = outer.iter().cloned().chain(frame.waits(&call.after)).collect();
        let mut found = Vec::new();
        for (key, value) in frame.instances(&call.rep) {
            let here = Here::at(key.clone(), value);
            let vars = called.vars.iter().map(|v| {
                let seen = match call.args.get(&v.name) {
                    Some(ex) => frame.eval(ex, &here),
                    None => Seen { val: v.default.clone().unwrap_or(Val::Null), reads: Reads::new() },
                };
                (v.name.clone(), Seen { val: fit(seen.val, &v.ty), reads: seen.reads })
            });
            let vars = vars.collect();
            let given = self.module(call.module, &at.child(&call.name, key.clone()), vars, &waits);
            found.push((key, given));
        }
        found
    }
}

impl Frame {
    /// The keys of a block's instances with what `each.value` is.
    fn instances(&self, rep: &Rep) -> Vec<(InstanceKey, Seen)> {
        let nothing = || Seen { val: Val::Null, reads: Reads::new() };
        match rep {
            Rep::One => vec![(InstanceKey::None, nothing())],
            Rep::Count(count) => {
                let Val::Num(n) = self.eval(count, &Here::none()).val else { return Vec::new() };
                (0..n as u64).map(|i| (InstanceKey::Int(i), nothing())).collect()
            }
            Rep::Each(entries) => {
                let of = |(k, v): &(String, Ex)| {
                    let seen = self.eval(v, &Here::none());
                    (InstanceKey::Str(k.as_str().into()), seen)
                };
                let mut found: Vec<_> = entries.iter().map(of).collect();
                found.sort_by(|a, b| a.0.cmp(&b.0));
                found
            }
            Rep::Like(name) => self.items.get(name).cloned().unwrap_or_default(),
        }
    }

    /// All instances of what a block waits for.
    fn waits(&self, after: &[String]) -> Reads {
        let of = |name: &String| -> Reads {
            let items = self.items.get(name).into_iter().flatten().flat_map(|(_, seen)| seen.reads.clone());
            let calls =
                self.calls.get(name).into_iter().flatten().flat_map(|(_, given)| given.members.clone());
            let asked = self.asked.get(name).into_iter().flatten().cloned();
            items.chain(calls).chain(asked).collect()
        };
        after.iter().flat_map(of).collect()
    }

    fn body(&self, body: &Body, shape: &Shape, here: &Here) -> Seen {
        let mut reads = Reads::new();
        let mut entries = BTreeMap::new();
        for attr in &shape.attrs {
            let value = match body.attrs.get(&attr.name) {
                Some(ex) => {
                    let seen = self.eval(ex, here);
                    reads.extend(seen.reads);
                    fit_attr(seen.val, attr)
                }
                None => Val::Null,
            };
            entries.insert(attr.name.clone(), value);
        }
        for nest in &shape.blocks {
            let seen =
                self.blocks(body.blocks.get(&nest.name).map(Vec::as_slice).unwrap_or_default(), nest, here);
            reads.extend(seen.reads);
            entries.insert(nest.name.clone(), seen.val);
        }
        Seen { val: Val::Map(entries), reads }
    }

    fn blocks(&self, blocks: &[Block], nest: &Nest, here: &Here) -> Seen {
        let mut reads = Reads::new();
        let mut found: Vec<(String, Val)> = Vec::new();
        let mut open = false;
        for block in blocks {
            match block {
                Block::Plain(label, body) => {
                    let seen = self.body(body, &nest.shape, here);
                    reads.extend(seen.reads);
                    found.push((label.clone().unwrap_or_default(), seen.val));
                }
                Block::Dynamic(iterator, over, body) => {
                    let over = self.eval(over, here);
                    reads.extend(over.reads.clone());
                    open |= over.val == Val::Unknown;
                    for (i, item) in over.val.items().into_iter().enumerate() {
                        let mut inner = here.clone();
                        let element = Seen { val: item.clone(), reads: over.reads.clone() };
                        inner.elements.push((iterator.clone(), element));
                        let seen = self.body(body, &nest.shape, &inner);
                        reads.extend(seen.reads);
                        found.push((format!("l{i}"), seen.val));
                    }
                }
            }
        }
        let values = found.iter().map(|(_, v)| v.clone());
        let val = match nest.nesting {
            _ if open => Val::Unknown,
            Nesting::Single | Nesting::Group => values.into_iter().next().unwrap_or_else(|| nest.none()),
            Nesting::List => Val::List(values.collect()),
            Nesting::Set => Val::set(values),
            Nesting::Map => Val::Map(found.into_iter().collect()),
        };
        Seen { val, reads }
    }

    fn eval(&self, ex: &Ex, here: &Here) -> Seen {
        let mut reads = Reads::new();
        let val = self.value(ex, here, &mut reads);
        Seen { val, reads }
    }

    fn value(&self, ex: &Ex, here: &Here, reads: &mut Reads) -> Val {
        let take = |seen: Option<&Seen>, reads: &mut Reads| {
            let Some(seen) = seen else { return Val::Null };
            reads.extend(seen.reads.iter().cloned());
            seen.val.clone()
        };
        match ex {
            Ex::Lit(value) => value.clone(),
            Ex::Var(name) => take(self.vars.get(name), reads),
            Ex::Local(name) => take(self.locals.get(name), reads),
            Ex::EachKey => match &here.key {
                InstanceKey::Str(key) => Val::text(key.to_string()),
                InstanceKey::Int(_) | InstanceKey::None => Val::Null,
            },
            Ex::EachValue(None) => take(Some(&here.value), reads),
            Ex::EachValue(Some(attr)) => take(Some(&here.value), reads).member(attr),
            Ex::Index => match &here.key {
                InstanceKey::Int(i) => Val::Num(*i as i64),
                InstanceKey::Str(_) | InstanceKey::None => Val::Null,
            },
            Ex::Attr(name, sel, attr) => {
                let key = chosen(sel, here);
                let found = self.items.get(name).and_then(|all| all.iter().find(|(k, _)| *k == key));
                take(found.map(|(_, seen)| seen), reads).member(attr)
            }
            Ex::All(name, attr) => {
                let all = self.items.get(name).into_iter().flatten();
                Val::List(all.map(|(_, seen)| take(Some(seen), reads).member(attr)).collect())
            }
            Ex::Out(name, sel, output) => {
                let key = chosen(sel, here);
                let found = self.calls.get(name).and_then(|all| all.iter().find(|(k, _)| *k == key));
                take(found.and_then(|(_, given)| given.outputs.get(output)), reads)
            }
            Ex::AllOut(name, output) => {
                let all = self.calls.get(name).into_iter().flatten();
                Val::List(all.map(|(_, given)| take(given.outputs.get(output), reads)).collect())
            }
            Ex::Text(parts) => {
                let parts: Vec<Val> = parts.iter().map(|p| self.value(p, here, reads)).collect();
                joined(&parts, "")
            }
            Ex::Join(list) => match self.value(list, here, reads) {
                Val::Unknown => Val::Unknown,
                list => joined(&list.items().into_iter().cloned().collect::<Vec<_>>(), ","),
            },
            Ex::Items(parts) => Val::List(parts.iter().map(|p| self.value(p, here, reads)).collect()),
            Ex::Entries(entries) => {
                Val::Map(entries.iter().map(|(k, v)| (k.clone(), self.value(v, here, reads))).collect())
            }
            Ex::If(a, b, c, d) => {
                let [a, b, c, d] = [a, b, c, d].map(|e| self.value(e, here, reads));
                match (&a, &b) {
                    (Val::Unknown, _) | (_, Val::Unknown) => Val::Unknown,
                    (a, b) => {
                        if a == b {
                            c
                        } else {
                            d
                        }
                    }
                }
            }
            Ex::Len(list) => match self.value(list, here, reads) {
                Val::Unknown => Val::Unknown,
                list => Val::Num(list.items().len() as i64),
            },
            Ex::Element(iterator) => {
                let found = here.elements.iter().rev().find(|(name, _)| name == iterator);
                take(found.map(|(_, seen)| seen), reads)
            }
        }
    }
}

impl Val {
    /// A member, which is unknown where the whole is.
    fn member(&self, name: &str) -> Val {
        if *self == Val::Unknown { Val::Unknown } else { self.get(name).clone() }
    }
}

fn chosen(sel: &Sel, here: &Here) -> InstanceKey {
    match sel {
        Sel::One => InstanceKey::None,
        Sel::Key(key) => key.clone(),
        Sel::Own => here.key.clone(),
    }
}

fn joined(parts: &[Val], between: &str) -> Val {
    let mut texts = Vec::new();
    for part in parts {
        texts.push(match part {
            Val::Str(text) => text.clone(),
            Val::Num(n) => n.to_string(),
            Val::Bool(b) => b.to_string(),
            _ => return Val::Unknown,
        });
    }
    Val::Str(texts.join(between))
}

/// The value as one of a type.
pub fn fit(value: Val, ty: &Ty) -> Val {
    match (value, ty) {
        (Val::List(items), Ty::Set(element)) => Val::set(items.into_iter().map(|v| fit(v, element))),
        (Val::List(items), Ty::List(element)) => {
            Val::List(items.into_iter().map(|v| fit(v, element)).collect())
        }
        (Val::Map(entries), Ty::Map(element)) => {
            Val::Map(entries.into_iter().map(|(k, v)| (k, fit(v, element))).collect())
        }
        (Val::Map(mut entries), Ty::Object(members)) => {
            let part = |(k, t): (&String, &Ty)| (k.clone(), fit(entries.remove(k).unwrap_or(Val::Null), t));
            Val::Map(members.iter().map(part).collect())
        }
        (value, _) => value,
    }
}

fn fit_attr(value: Val, attr: &Attr) -> Val {
    match &attr.form {
        Form::Plain(ty) => fit(value, ty),
        Form::Nested(_, shape) if !attr.is_configurable() => fit(value, &shape.ty()),
        Form::Nested(..) => fit(value, &attr.ty()),
    }
}
