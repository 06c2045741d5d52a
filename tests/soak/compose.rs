//! Random configurations.

use std::collections::{BTreeMap, BTreeSet};

use model::Nesting;

use crate::dice::Dice;
use crate::kind::{Attr, Form, Gift, Kind, Nest, Shape, Who};
use crate::kinds::look;
use crate::rules::secret;
use crate::scope::{Offer, Scope};
use crate::spec::{
    Block, Body, Call, Ex, Ignore, Item, Life, Local, Module, Output, Part, Rep, Spec, Test, Var,
};
use crate::val::{Ty, Val};

/// Draws configurations, and parts of them for changes.
pub struct Composer<'k> {
    /// What decides.
    pub dice: Dice,
    /// The resource types.
    pub kinds: &'k [Kind],
    /// How many names were given.
    pub names: usize,
}

/// What is asked of an expression.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'w> {
    /// Its type.
    pub ty: &'w Ty,
    /// Whether it may be secret.
    pub secret: bool,
    /// Whether it may be null.
    pub nullable: bool,
    /// Whether it must be known while planning.
    pub fixed: bool,
}

const WORDS: [&str; 8] = ["ash", "birch", "cedar", "d\"oak", "el${m}", "fir\\n", "göde", "holm"];

impl Composer<'_> {
    /// A configuration of a root module and up to three called ones.
    pub fn spec(&mut self) -> Spec {
        let called = self.dice.weighted(&[30, 30, 25, 15]);
        let mut spec = Spec { modules: vec![Module::default(); called + 1], given: BTreeMap::new() };
        for index in (0..=called).rev() {
            let module = self.module(&spec, index);
            spec.modules[index] = module;
        }
        let root = spec.modules[0].vars.clone();
        for var in root {
            if var.default.is_none() || self.dice.chance(50) {
                let value = self.given(&var);
                spec.given.insert(var.name.clone(), value);
            }
        }
        spec
    }

    /// A name that nothing has yet.
    pub fn name(&mut self, letter: char) -> String {
        self.names += 1;
        format!("{letter}{}", self.names)
    }

    /// A value for a root variable.
    pub fn given(&mut self, var: &Var) -> Val {
        if var.secret {
            return secret(self.dice.roll() % 1000);
        }
        self.constant(&var.ty)
    }

    fn module(&mut self, spec: &Spec, index: usize) -> Module {
        let count = if index == 0 { self.dice.between(1, 3) } else { self.dice.between(1, 4) };
        let vars = (0..count).map(|_| self.var()).collect();
        let mut module = Module { is_root: index == 0, vars, ..Module::default() };
        let count = if index == 0 { self.dice.between(2, 8) } else { self.dice.between(1, 4) };
        for _ in 0..count {
            let part = self.part(spec, &module, index);
            module.parts.push(part);
        }
        let later: Vec<usize> = (index + 1..spec.modules.len()).collect();
        if index == 0 {
            // Every module is called from somewhere.
            for called in later {
                let call = self.call(spec, &module, called);
                module.parts.push(Part::Call(call));
                if self.dice.chance(40) {
                    let item = self.item(spec, &module);
                    module.parts.push(Part::Item(item));
                }
            }
        }
        let count = self.dice.between(1, 3);
        for _ in 0..count {
            let output = self.output(spec, &module);
            module.outputs.push(output);
        }
        module
    }

    fn var(&mut self) -> Var {
        let ty = match self.dice.weighted(&[55, 15, 10, 10, 10]) {
            0 => Ty::Str,
            1 => Ty::Num,
            2 => Ty::Bool,
            3 => Ty::List(Box::new(Ty::Str)),
            _ => Ty::Map(Box::new(Ty::Str)),
        };
        let secret = ty == Ty::Str && self.dice.chance(20);
        let default = (!secret && self.dice.chance(60)).then(|| self.constant(&ty));
        let fixed = !secret && self.dice.chance(50);
        Var { name: self.name('v'), ty, secret, fixed, default }
    }

    /// A new part for the end of a module.
    pub fn part(&mut self, spec: &Spec, module: &Module, index: usize) -> Part {
        let later: Vec<usize> = (index + 1..spec.modules.len()).collect();
        match self.dice.weighted(&[15, 65, 10, 10]) {
            0 => Part::Local(self.local(spec, module)),
            2 => Part::Item(self.data(spec, module)),
            3 if !later.is_empty() => {
                let called = *self.dice.pick(&later);
                Part::Call(self.call(spec, module, called))
            }
            _ => Part::Item(self.item(spec, module)),
        }
    }

    fn scope<'s>(&self, spec: &'s Spec, module: &'s Module, rep: &'s Rep) -> Scope<'s>
    where
        Self: 's,
    {
        Scope { spec, kinds: self.kinds, module, parts: &module.parts, rep, elements: Vec::new() }
    }

    fn local(&mut self, spec: &Spec, module: &Module) -> Local {
        let ty = if self.dice.chance(70) { Ty::Str } else { Ty::List(Box::new(Ty::Str)) };
        let secret = self.dice.chance(10);
        let scope = self.scope(spec, module, &Rep::One);
        let value = self.ex(&scope, Wish { ty: &ty, secret, nullable: false, fixed: false }, 2);
        Local { name: self.name('l'), ty, value, secret }
    }

    /// A new output.
    pub fn output(&mut self, spec: &Spec, module: &Module) -> Output {
        let list = Ty::List(Box::new(Ty::Str));
        let ty = if self.dice.chance(75) { Ty::Str } else { list };
        let secret = self.dice.chance(15);
        let scope = self.scope(spec, module, &Rep::One);
        let value = self.ex(&scope, Wish { ty: &ty, secret, nullable: false, fixed: false }, 2);
        Output { name: self.name('o'), ty, value, secret }
    }

    /// A new call of a module.
    pub fn call(&mut self, spec: &Spec, module: &Module, called: usize) -> Call {
        let rep = self.rep(spec, module);
        let scope = self.scope(spec, module, &rep);
        let mut args = BTreeMap::new();
        for var in &spec.modules[called].vars {
            if var.default.is_none() || self.dice.chance(60) {
                let wish = Wish { ty: &var.ty, secret: var.secret, nullable: false, fixed: var.fixed };
                args.insert(var.name.clone(), self.ex(&scope, wish, 2));
            }
        }
        let after = self.after(module, 15);
        let alias = (module.is_root && self.dice.chance(15)).then(|| "b".to_owned());
        Call { name: self.name('m'), module: called, rep, args, after, alias }
    }

    fn rep(&mut self, spec: &Spec, module: &Module) -> Rep {
        match self.dice.weighted(&[50, 20, 25, 5]) {
            0 => Rep::One,
            1 => Rep::Count(self.count(spec, module)),
            2 => {
                let count = self.dice.between(0, 3);
                let keys: BTreeSet<&str> = (0..count).map(|_| *self.dice.pick(&WORDS)).collect();
                let scope = self.scope(spec, module, &Rep::One);
                let plain = self.dice.chance(60);
                let wish = Wish { ty: &Ty::Str, secret: false, nullable: false, fixed: false };
                let mut entries: Vec<(String, Ex)> = Vec::new();
                for key in keys {
                    let value = if plain { Ex::text(key) } else { self.ex(&scope, wish, 1) };
                    entries.push((key.to_owned(), value));
                }
                Rep::Each(entries)
            }
            _ => {
                let keyed = module.items().filter(|i| !i.data && matches!(i.rep, Rep::Each(_)));
                let keyed: Vec<String> = keyed.map(|i| i.name.clone()).collect();
                self.dice.maybe(&keyed).map_or(Rep::One, |name| Rep::Like(name.clone()))
            }
        }
    }

    fn count(&mut self, spec: &Spec, module: &Module) -> Ex {
        let scope = self.scope(spec, module, &Rep::One);
        let numbers =
            scope.offers().into_iter().filter(|o| o.fixed && o.ty == Ty::Num && matches!(o.ex, Ex::Var(_)));
        let numbers: Vec<Offer> = numbers.collect();
        match self.dice.below(4) {
            0 if !numbers.is_empty() => self.dice.pick(&numbers).ex.clone(),
            1 => {
                let count = self.dice.between(0, 3);
                let wish = Wish { ty: &Ty::Str, secret: false, nullable: false, fixed: false };
                Ex::Len(Box::new(Ex::Items((0..count).map(|_| self.ex(&scope, wish, 1)).collect())))
            }
            _ => Ex::Lit(Val::Num(self.dice.between(0, 3) as i64)),
        }
    }

    /// Something of the module to wait for, at most once in so many percent.
    pub fn after(&mut self, module: &Module, percent: usize) -> Vec<String> {
        let names = module.items().map(|i| i.name.clone()).chain(module.calls().map(|c| c.name.clone()));
        let names: Vec<String> = names.collect();
        match self.dice.maybe(&names) {
            Some(name) if self.dice.chance(percent) => vec![name.clone()],
            _ => Vec::new(),
        }
    }

    /// A new data source.
    pub fn data(&mut self, spec: &Spec, module: &Module) -> Item {
        let rep = self.rep(spec, module);
        let body = self.body(&look(), &self.scope(spec, module, &rep), &BTreeSet::new());
        let after = self.after(module, 25);
        let life = Life { before: self.test(), ..Life::default() };
        Item {
            data: true,
            kind: 0,
            name: self.name('d'),
            rep,
            body,
            after,
            life,
            alias: None,
            secrets: BTreeSet::new(),
        }
    }

    /// A new resource.
    pub fn item(&mut self, spec: &Spec, module: &Module) -> Item {
        let kind = self.dice.below(self.kinds.len());
        let rep = self.rep(spec, module);
        let shape = &self.kinds[kind].shape;
        let mirrored =
            |name: &str| shape.attrs.iter().any(|a| a.gift() == Some(&Gift::Mirror(name.to_owned())));
        let open = shape.attrs.iter().filter(|a| a.is_configurable() && !mirrored(&a.name));
        let secrets = open.filter(|_| self.dice.chance(12)).map(|a| a.name.clone()).collect();
        let body = self.body(shape, &self.scope(spec, module, &rep), &secrets);
        let after = self.after(module, 12);
        let life = self.life(module, kind);
        let alias = (module.is_root && self.dice.chance(10)).then(|| "b".to_owned());
        Item { data: false, kind, name: self.name('r'), rep, body, after, life, alias, secrets }
    }

    fn test(&mut self) -> Option<Test> {
        self.dice.chance(8).then_some(Test::Holds)
    }

    /// How a resource is treated.
    pub fn life(&mut self, module: &Module, kind: usize) -> Life {
        let attrs: Vec<&Attr> = self.kinds[kind].shape.attrs.iter().filter(|a| a.is_configurable()).collect();
        let ignore = match self.dice.weighted(&[84, 4, 12]) {
            1 => Ignore::All,
            2 => Ignore::Of(self.dice.maybe(&attrs).map(|a| a.name.clone()).into_iter().collect()),
            _ => Ignore::Nothing,
        };
        let others: Vec<&Item> = module.items().filter(|i| !i.data).collect();
        let triggers = match self.dice.maybe(&others) {
            Some(item) if self.dice.chance(10) => {
                let attr = self.dice.chance(30) && !item.rep.is_keyed();
                vec![(item.name.clone(), attr.then(|| "id".to_owned()))]
            }
            _ => Vec::new(),
        };
        let after = match self.dice.weighted(&[85, 7, 8]) {
            1 => Some(Test::Holds),
            2 => Some(Test::HoldsLater),
            _ => None,
        };
        Life {
            first: self.dice.chance(18),
            keep: self.dice.chance(3),
            ignore,
            triggers,
            before: self.test(),
            after,
        }
    }

    /// Arguments for a block of a shape. Those of top-level attributes in `secrets` may be secret.
    pub fn body(&mut self, shape: &Shape, scope: &Scope<'_>, secrets: &BTreeSet<String>) -> Body {
        let mut body = Body::default();
        for attr in shape.attrs.iter().filter(|a| a.is_configurable()) {
            if attr.who == Who::Required || self.dice.chance(60) {
                let secret = secrets.contains(&attr.name);
                body.attrs.insert(attr.name.clone(), self.argument(attr, scope, secret));
            }
        }
        for nest in &shape.blocks {
            let blocks = self.blocks(nest, scope);
            if !blocks.is_empty() {
                body.blocks.insert(nest.name.clone(), blocks);
            }
        }
        body
    }

    /// A value for an attribute.
    pub fn argument(&mut self, attr: &Attr, scope: &Scope<'_>, secret: bool) -> Ex {
        let nullable = attr.who == Who::Optional;
        match &attr.form {
            Form::Plain(ty) => self.ex(scope, Wish { ty, secret, nullable, fixed: false }, 2),
            Form::Nested(nesting, shape) => {
                let count = if matches!(nesting, Nesting::Single) { 1 } else { self.dice.between(0, 2) };
                let mut elements: Vec<Ex> = (0..count).map(|_| self.object(shape, scope)).collect();
                match nesting {
                    Nesting::Single | Nesting::Group => elements.remove(0),
                    Nesting::List | Nesting::Set => Ex::Items(elements),
                    Nesting::Map => Ex::Entries(
                        elements.into_iter().enumerate().map(|(i, e)| (format!("e{i}"), e)).collect(),
                    ),
                }
            }
        }
    }

    fn object(&mut self, shape: &Shape, scope: &Scope<'_>) -> Ex {
        let mut entries = Vec::new();
        for attr in shape.attrs.iter().filter(|a| a.is_configurable()) {
            if attr.who == Who::Required || self.dice.chance(60) {
                entries.push((attr.name.clone(), self.argument(attr, scope, false)));
            }
        }
        Ex::Entries(entries)
    }

    /// Nested blocks of a type.
    pub fn blocks(&mut self, nest: &Nest, scope: &Scope<'_>) -> Vec<Block> {
        let none = BTreeSet::new();
        let single = matches!(nest.nesting, Nesting::Single | Nesting::Group);
        let count = if single { self.dice.between(0, 1) } else { self.dice.between(0, 2) };
        let mut blocks = Vec::new();
        for i in 0..count {
            let label = (nest.nesting == Nesting::Map).then(|| format!("b{i}"));
            blocks.push(Block::Plain(label, self.body(&nest.shape, scope, &none)));
        }
        if !single && self.dice.chance(35) {
            let list = Ty::List(Box::new(Ty::Str));
            let over = self.ex(scope, Wish { ty: &list, secret: false, nullable: false, fixed: false }, 1);
            let iterator = if self.dice.chance(50) { nest.name.clone() } else { "it".to_owned() };
            let mut elements = scope.elements.clone();
            elements.push(iterator.clone());
            let inner = Scope { elements, ..*scope };
            blocks.push(Block::Dynamic(iterator, over, self.body(&nest.shape, &inner, &none)));
        }
        blocks
    }

    /// An expression of a type.
    pub fn ex(&mut self, scope: &Scope<'_>, wish: Wish<'_>, depth: usize) -> Ex {
        if wish.nullable && self.dice.chance(4) {
            return Ex::Lit(Val::Null);
        }
        let fits = |o: &Offer| {
            o.ty == *wish.ty
                && (wish.secret || !o.secret)
                && (wish.nullable || !o.nullable)
                && (!wish.fixed || o.fixed)
        };
        let offers: Vec<Offer> = scope.offers().into_iter().filter(fits).collect();
        let mut weights = [40, 60, 30];
        if offers.is_empty() {
            weights[1] = 0;
        }
        if depth == 0 || wish.fixed {
            weights[2] = 0;
        }
        match self.dice.weighted(&weights) {
            0 => Ex::Lit(self.constant(wish.ty)),
            1 => self.dice.pick(&offers).ex.clone(),
            _ => self.composite(scope, wish, depth - 1),
        }
    }

    fn composite(&mut self, scope: &Scope<'_>, wish: Wish<'_>, depth: usize) -> Ex {
        let text = Wish { ty: &Ty::Str, nullable: false, ..wish };
        match wish.ty {
            Ty::Str => match self.dice.below(4) {
                0 => {
                    let list = Ty::List(Box::new(Ty::Str));
                    let inner = self.ex(scope, Wish { ty: &list, nullable: false, ..wish }, depth);
                    Ex::Join(Box::new(inner))
                }
                1 => self.conditional(scope, text),
                _ => {
                    let number = Wish { ty: &Ty::Num, nullable: false, ..wish };
                    let first = Ex::text(*self.dice.pick(&WORDS));
                    let inner = if self.dice.chance(80) { text } else { number };
                    Ex::Text(vec![first, self.ex(scope, inner, depth), Ex::text("!")])
                }
            },
            Ty::List(element) if **element == Ty::Str => {
                let count = self.dice.between(0, 3);
                Ex::Items((0..count).map(|_| self.ex(scope, text, depth)).collect())
            }
            Ty::Set(element) if **element == Ty::Str => {
                let count = self.dice.between(0, 3);
                Ex::Items(
                    (0..count)
                        .map(|i| Ex::Text(vec![Ex::text(format!("s{i}-")), self.ex(scope, text, depth)]))
                        .collect(),
                )
            }
            Ty::Map(element) if **element == Ty::Str => {
                let count = self.dice.between(0, 3);
                Ex::Entries((0..count).map(|i| (WORDS[i].to_owned(), self.ex(scope, text, depth))).collect())
            }
            Ty::Object(members) => {
                let member = |(k, ty): (&String, &Ty)| {
                    (k.clone(), self.ex(scope, Wish { ty, nullable: false, ..wish }, depth))
                };
                Ex::Entries(members.iter().map(member).collect())
            }
            Ty::Num => {
                let list = Ty::List(Box::new(Ty::Str));
                Ex::Len(Box::new(self.ex(
                    scope,
                    Wish { ty: &list, secret: false, nullable: false, ..wish },
                    depth,
                )))
            }
            Ty::Bool | Ty::List(_) | Ty::Set(_) | Ty::Map(_) => Ex::Lit(self.constant(wish.ty)),
        }
    }

    /// A choice between two texts, by two things that are texts as they are.
    fn conditional(&mut self, scope: &Scope<'_>, wish: Wish<'_>) -> Ex {
        // Of what is put together the beginning may be known before the whole, and that may decide.
        let plain = |o: &Offer| {
            let managed = |name: &String| scope.module.item(name).is_some_and(|i| !i.data);
            let whole = match &o.ex {
                Ex::Attr(name, ..) => managed(name),
                Ex::EachKey => true,
                _ => o.fixed,
            };
            whole && o.ty == Ty::Str && !o.secret && !o.nullable
        };
        let offers: Vec<Offer> = scope.offers().into_iter().filter(plain).collect();
        let Some(left) = self.dice.maybe(&offers).map(|o| o.ex.clone()) else {
            return Ex::Lit(self.constant(wish.ty));
        };
        let right = Ex::text(*self.dice.pick(&WORDS));
        let (yes, no) = (Ex::text("chosen"), self.ex(scope, wish, 0));
        Ex::If(Box::new(left), Box::new(right), Box::new(yes), Box::new(no))
    }

    /// A constant of a type.
    pub fn constant(&mut self, ty: &Ty) -> Val {
        let count = self.dice.between(0, 2);
        match ty {
            Ty::Bool => Val::Bool(self.dice.chance(50)),
            Ty::Num => Val::Num(self.dice.below(4) as i64),
            Ty::Str => Val::text(*self.dice.pick(&WORDS)),
            Ty::List(element) => Val::List((0..count).map(|_| self.constant(element)).collect()),
            Ty::Set(element) => Val::set((0..count).map(|_| self.constant(element))),
            Ty::Map(element) => {
                Val::Map((0..count).map(|i| (WORDS[i].to_owned(), self.constant(element))).collect())
            }
            Ty::Object(members) => {
                Val::Map(members.iter().map(|(k, t)| (k.clone(), self.constant(t))).collect())
            }
        }
    }
}
