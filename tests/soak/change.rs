//! Random changes of configurations, as people make them: edits, additions, removals, moves, other keys.

use std::collections::BTreeSet;

use model::InstanceKey;

use crate::compose::Composer;
use crate::kind::Who;
use crate::kinds::look;
use crate::scope::{Scope, keys};
use crate::spec::{Ex, Ignore, Module, Moved, Output, Part, Place, Rep, Spec};
use crate::val::Val;

impl Composer<'_> {
    /// Changes a configuration in one to four ways. What it said of moves before is done by now and mostly dropped.
    pub fn change(&mut self, spec: &mut Spec) {
        for module in &mut spec.modules {
            module.moved.retain(|m| self.dice.chance(50) && is_rename(m));
            module.removed.retain(|_| self.dice.chance(50));
        }
        let count = self.dice.between(1, 4);
        for _ in 0..count {
            self.change_once(spec);
        }
        self.repair(spec);
    }

    fn change_once(&mut self, spec: &mut Spec) {
        let index = if self.dice.chance(60) { 0 } else { self.dice.below(spec.modules.len()) };
        match self.dice.weighted(&[34, 10, 8, 8, 5, 12, 8, 8, 5, 4, 5]) {
            0 => self.edit_argument(spec, index),
            1 => self.add(spec, index),
            2 => self.remove(spec, index),
            3 => self.rename_item(spec, index),
            4 => self.rename_call(spec, index),
            5 => self.repeat_otherwise(spec, index),
            6 => self.set_variable(spec, index),
            7 => self.treat_otherwise(spec, index),
            8 => self.change_outputs(spec, index),
            9 => self.wait_otherwise(spec, index),
            _ => self.move_into_call(spec),
        }
    }

    fn random_item(&mut self, module: &Module) -> Option<usize> {
        let items = module.parts.iter().enumerate().filter(|(_, p)| matches!(p, Part::Item(_)));
        let items: Vec<usize> = items.map(|(i, _)| i).collect();
        self.dice.maybe(&items).copied()
    }

    fn random_call(&mut self, module: &Module) -> Option<usize> {
        let calls = module.parts.iter().enumerate().filter(|(_, p)| matches!(p, Part::Call(_)));
        let calls: Vec<usize> = calls.map(|(i, _)| i).collect();
        self.dice.maybe(&calls).copied()
    }

    fn edit_argument(&mut self, spec: &mut Spec, index: usize) {
        let Some(at) = self.random_item(&spec.modules[index]) else { return };
        let before = spec.modules[index].clone();
        let Part::Item(item) = &mut spec.modules[index].parts[at] else { return };
        let (own, kinds) = (look(), self.kinds);
        let shape = if item.data { &own } else { &kinds[item.kind].shape };
        let rep = item.rep.clone();
        let mut changed = item.clone();
        let scope = Scope {
            spec,
            kinds,
            module: &before,
            parts: &before.parts[..at],
            rep: &rep,
            elements: Vec::new(),
        };
        if let (true, Some(nest)) = (self.dice.chance(30), self.dice.maybe(&shape.blocks)) {
            changed.body.blocks.insert(nest.name.clone(), self.blocks(nest, &scope));
        } else {
            let open: Vec<_> = shape.attrs.iter().filter(|a| a.is_configurable()).collect();
            let Some(attr) = self.dice.maybe(&open) else { return };
            if attr.who != Who::Required && self.dice.chance(25) {
                changed.body.attrs.remove(&attr.name);
            } else {
                let secret = changed.secrets.contains(&attr.name);
                let value = self.argument(attr, &scope, secret);
                changed.body.attrs.insert(attr.name.clone(), value);
            }
        }
        spec.modules[index].parts[at] = Part::Item(changed);
    }

    fn add(&mut self, spec: &mut Spec, index: usize) {
        let module = spec.modules[index].clone();
        let part = self.part(spec, &module, index);
        spec.modules[index].parts.push(part);
    }

    fn remove(&mut self, spec: &mut Spec, index: usize) {
        if spec.modules[index].parts.is_empty() {
            return;
        }
        let at = self.dice.below(spec.modules[index].parts.len());
        let part = spec.modules[index].parts.remove(at);
        let module = &mut spec.modules[index];
        let gone = match &part {
            Part::Item(item) if !item.data => format!("{}.{}", self.kinds[item.kind].name, item.name),
            Part::Call(call) => format!("module.{}", call.name),
            Part::Item(_) | Part::Local(_) => return,
        };
        module.moved.retain(|m| !concerns(m, &gone));
        if self.dice.chance(35) {
            module.removed.push((gone, self.dice.chance(40)));
        }
    }

    fn rename_item(&mut self, spec: &mut Spec, index: usize) {
        let Some(at) = self.random_item(&spec.modules[index]) else { return };
        let name = self.name('r');
        let module = &mut spec.modules[index];
        let Part::Item(item) = &mut module.parts[at] else { return };
        if item.data {
            return;
        }
        let ty = self.kinds[item.kind].name.clone();
        let old = std::mem::replace(&mut item.name, name.clone());
        let place = |name: &String| Place {
            calls: Vec::new(),
            item: Some((ty.clone(), name.clone())),
            key: InstanceKey::None,
        };
        if self.dice.chance(85) {
            module.moved.push(Moved { from: place(&old), to: place(&name) });
        } else {
            module.moved.retain(|m| !concerns(m, &format!("{ty}.{old}")));
        }
        rename(module, &old, &name);
    }

    fn rename_call(&mut self, spec: &mut Spec, index: usize) {
        let Some(at) = self.random_call(&spec.modules[index]) else { return };
        let name = self.name('m');
        let module = &mut spec.modules[index];
        let Part::Call(call) = &mut module.parts[at] else { return };
        let old = std::mem::replace(&mut call.name, name.clone());
        module.moved.retain(|m| m.from.calls.is_empty() && m.to.calls.is_empty());
        if self.dice.chance(85) {
            module.moved.push(Moved {
                from: call_place(&old, InstanceKey::None),
                to: call_place(&name, InstanceKey::None),
            });
        }
        rename(module, &old, &name);
    }

    /// Other keys, or another way of having keys; what is there moves along, or not.
    fn repeat_otherwise(&mut self, spec: &mut Spec, index: usize) {
        let module = &spec.modules[index];
        let at = if self.dice.chance(75) { self.random_item(module) } else { self.random_call(module) };
        let Some(at) = at else { return };
        let Some(old) = rep_of(&module.parts[at]).cloned() else { return };
        let new = self.other_rep(&old);
        let (from, to) = (key_list(module, &old), key_list(module, &new));
        let name = match &module.parts[at] {
            Part::Item(item) if item.data => None,
            Part::Item(item) => Some((Some(self.kinds[item.kind].name.clone()), item.name.clone())),
            Part::Call(call) => Some((None, call.name.clone())),
            Part::Local(_) => None,
        };
        let changes_kind = std::mem::discriminant(&old) != std::mem::discriminant(&new);
        if let (true, Some((ty, name))) = (changes_kind, name) {
            let place = |key: &InstanceKey| match &ty {
                Some(ty) => {
                    Place { calls: Vec::new(), item: Some((ty.clone(), name.clone())), key: key.clone() }
                }
                None => call_place(&name, key.clone()),
            };
            let pairs = from.iter().zip(&to).filter(|(f, t)| !to.contains(f) && !from.contains(t));
            let pairs: Vec<Moved> = pairs.map(|(f, t)| Moved { from: place(f), to: place(t) }).collect();
            let module = &mut spec.modules[index];
            let own = ty.as_ref().map_or(format!("module.{name}"), |ty| format!("{ty}.{name}"));
            module.moved.retain(|m| !concerns(m, &own));
            if self.dice.chance(70) {
                module.moved.extend(pairs);
            }
        }
        if let Some(rep) = rep_mut(&mut spec.modules[index].parts[at]) {
            *rep = new;
        }
    }

    fn other_rep(&mut self, old: &Rep) -> Rep {
        let words = ["ash", "birch", "cedar", "dock", "göde"];
        let each = |dice: &mut crate::dice::Dice| {
            let count = dice.between(0, 3);
            let keys: BTreeSet<&str> = (0..count).map(|_| *dice.pick(&words)).collect();
            Rep::Each(keys.into_iter().map(|k| (k.to_owned(), Ex::text(k))).collect())
        };
        match (old, self.dice.below(4)) {
            (Rep::Each(entries), 0 | 1) => {
                let mut entries = entries.clone();
                match self.dice.maybe(&words) {
                    Some(key) if !entries.iter().any(|(k, _)| k == key) => {
                        entries.push(((*key).to_owned(), Ex::text(*key)));
                    }
                    _ => drop(entries.pop()),
                }
                Rep::Each(entries)
            }
            (_, 0) => Rep::One,
            (_, 1 | 2) => Rep::Count(Ex::Lit(Val::Num(self.dice.between(0, 3) as i64))),
            _ => each(&mut self.dice),
        }
    }

    fn set_variable(&mut self, spec: &mut Spec, index: usize) {
        let Some(var) = self.dice.maybe(&spec.modules[index].vars).cloned() else { return };
        let value = self.given(&var);
        if index == 0 {
            spec.given.insert(var.name.clone(), value);
        } else if var.default.is_some() {
            let found = spec.modules[index].vars.iter_mut().find(|v| v.name == var.name);
            if let Some(found) = found {
                found.default = Some(value);
            }
        }
    }

    fn treat_otherwise(&mut self, spec: &mut Spec, index: usize) {
        let Some(at) = self.random_item(&spec.modules[index]) else { return };
        let before = Module { parts: spec.modules[index].parts[..at].to_vec(), ..Module::default() };
        let Part::Item(item) = &mut spec.modules[index].parts[at] else { return };
        if item.data {
            return;
        }
        let life = self.life(&before, item.kind);
        match self.dice.below(4) {
            0 => item.life.first = !item.life.first,
            1 => item.life.ignore = life.ignore,
            2 => item.life.triggers = life.triggers,
            _ => item.life.ignore = Ignore::Nothing,
        }
    }

    fn change_outputs(&mut self, spec: &mut Spec, index: usize) {
        let module = spec.modules[index].clone();
        if self.dice.chance(40) {
            spec.modules[index].outputs.pop();
        } else {
            let output: Output = self.output(spec, &module);
            spec.modules[index].outputs.push(output);
        }
    }

    fn wait_otherwise(&mut self, spec: &mut Spec, index: usize) {
        let at = self.dice.below(spec.modules[index].parts.len());
        let before = Module { parts: spec.modules[index].parts[..at].to_vec(), ..Module::default() };
        let waits = self.after(&before, 60);
        match spec.modules[index].parts.get_mut(at) {
            Some(Part::Item(item)) => item.after = waits,
            Some(Part::Call(call)) => call.after = waits,
            Some(Part::Local(_)) | None => {}
        }
    }

    /// A resource of the root goes into a module that is called once.
    fn move_into_call(&mut self, spec: &mut Spec) {
        let once = |call: &crate::spec::Call| {
            let calls = spec.modules.iter().flat_map(|m| m.calls());
            matches!(call.rep, Rep::One) && calls.filter(|c| c.module == call.module).count() == 1
        };
        let calls: Vec<(String, usize, Option<String>)> = spec
            .root()
            .calls()
            .filter(|c| once(c))
            .map(|c| (c.name.clone(), c.module, c.alias.clone()))
            .collect();
        let (Some((call, called, alias)), Some(at)) =
            (self.dice.maybe(&calls).cloned(), self.random_item(spec.root()))
        else {
            return;
        };
        let Part::Item(item) = &spec.root().parts[at] else { return };
        if item.data || item.alias != alias {
            return;
        }
        let Part::Item(mut item) = spec.modules[0].parts.remove(at) else { return };
        item.alias = None;
        let ty = self.kinds[item.kind].name.clone();
        let own = format!("{ty}.{}", item.name);
        spec.modules[0].moved.retain(|m| !concerns(m, &own));
        let place =
            |calls| Place { calls, item: Some((ty.clone(), item.name.clone())), key: InstanceKey::None };
        let moved = Moved { from: place(Vec::new()), to: place(vec![(call, InstanceKey::None)]) };
        spec.modules[0].moved.push(moved);
        spec.modules[called].parts.push(Part::Item(item));
    }
}

fn call_place(name: &str, key: InstanceKey) -> Place {
    Place { calls: vec![(name.to_owned(), key)], item: None, key: InstanceKey::None }
}

/// Whether a move is of a whole block to another name.
fn is_rename(moved: &Moved) -> bool {
    let keyed =
        |p: &Place| p.key != InstanceKey::None || p.calls.iter().any(|(_, k)| *k != InstanceKey::None);
    !keyed(&moved.from) && !keyed(&moved.to)
}

/// Whether a move has to do with what is called so within the module.
fn concerns(moved: &Moved, name: &str) -> bool {
    let is = |place: &Place| {
        let item = place.item.as_ref().map(|(ty, n)| format!("{ty}.{n}"));
        item.as_deref() == Some(name) || place.calls.iter().any(|(n, _)| format!("module.{n}") == name)
    };
    is(&moved.from) || is(&moved.to)
}

fn rep_of(part: &Part) -> Option<&Rep> {
    match part {
        Part::Item(item) => Some(&item.rep),
        Part::Call(call) => Some(&call.rep),
        Part::Local(_) => None,
    }
}

fn rep_mut(part: &mut Part) -> Option<&mut Rep> {
    match part {
        Part::Item(item) => Some(&mut item.rep),
        Part::Call(call) => Some(&mut call.rep),
        Part::Local(_) => None,
    }
}

fn key_list(module: &Module, rep: &Rep) -> Vec<InstanceKey> {
    keys(module, rep).unwrap_or_else(|| vec![InstanceKey::None])
}

/// Makes everything in a module call a block by its new name.
fn rename(module: &mut Module, old: &str, new: &str) {
    let mut change = |ex: &mut Ex| match ex {
        Ex::Attr(name, ..) | Ex::All(name, _) | Ex::Out(name, ..) | Ex::AllOut(name, _) if *name == old => {
            *name = new.to_owned();
        }
        _ => {}
    };
    for part in &mut module.parts {
        part.rewrite(&mut change);
    }
    module.outputs.iter_mut().for_each(|o| o.value.rewrite(&mut change));
    for part in &mut module.parts {
        let renamed =
            |names: &mut Vec<String>| names.iter_mut().filter(|n| *n == old).for_each(|n| *n = new.into());
        match part {
            Part::Item(item) => {
                renamed(&mut item.after);
                item.life.triggers.iter_mut().filter(|(n, _)| n == old).for_each(|(n, _)| *n = new.into());
                rename_rep(&mut item.rep, old, new);
            }
            Part::Call(call) => {
                renamed(&mut call.after);
                rename_rep(&mut call.rep, old, new);
            }
            Part::Local(_) => {}
        }
    }
}

fn rename_rep(rep: &mut Rep, old: &str, new: &str) {
    if let Rep::Like(name) = rep
        && name == old
    {
        *name = new.to_owned();
    }
}
