//! Configurations as data: what is written as text for the engine, and evaluated apart from it.

use std::collections::{BTreeMap, BTreeSet};

use model::InstanceKey;

use crate::val::{Ty, Val};

/// A configuration: modules, of which the first is the root.
#[derive(Clone, Debug)]
pub struct Spec {
    /// The modules by number; a module calls only those after it.
    pub modules: Vec<Module>,
    /// What the root variables are set to.
    pub given: BTreeMap<String, Val>,
}

/// A module.
#[derive(Clone, Debug, Default)]
pub struct Module {
    /// Whether it is the root, which has the provider configurations.
    pub is_root: bool,
    /// Its variables.
    pub vars: Vec<Var>,
    /// Everything else, each after what it refers to.
    pub parts: Vec<Part>,
    /// Its outputs.
    pub outputs: Vec<Output>,
    /// What it says of addresses that changed.
    pub moved: Vec<Moved>,
    /// What it says of objects to let go: the address within the module, and whether they are destroyed.
    pub removed: Vec<(String, bool)>,
}

/// A variable.
#[derive(Clone, Debug)]
pub struct Var {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Ty,
    /// Whether it may hold secrets; it is declared sensitive then.
    pub secret: bool,
    /// Whether it is always known while planning.
    pub fixed: bool,
    /// The default, where it has one.
    pub default: Option<Val>,
}

/// A local value, a resource, a data source or a module call.
#[derive(Clone, Debug)]
pub enum Part {
    /// A local value.
    Local(Local),
    /// A resource or data source.
    Item(Item),
    /// A module call.
    Call(Call),
}

/// A local value.
#[derive(Clone, Debug)]
pub struct Local {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Ty,
    /// Its value.
    pub value: Ex,
    /// Whether it may hold secrets.
    pub secret: bool,
}

/// A resource or data source.
#[derive(Clone, Debug)]
pub struct Item {
    /// Whether it is a data source.
    pub data: bool,
    /// The number of the resource type.
    pub kind: usize,
    /// Its name, unique in the whole configuration.
    pub name: String,
    /// Its instances.
    pub rep: Rep,
    /// Its arguments.
    pub body: Body,
    /// What it is told to wait for: resources and calls of its module.
    pub after: Vec<String>,
    /// How it is treated.
    pub life: Life,
    /// The provider's alias, where it has one.
    pub alias: Option<String>,
    /// The attributes that may hold secrets.
    pub secrets: BTreeSet<String>,
}

/// A module call.
#[derive(Clone, Debug)]
pub struct Call {
    /// Its name, unique in the whole configuration.
    pub name: String,
    /// The number of the called module.
    pub module: usize,
    /// Its instances.
    pub rep: Rep,
    /// The variables given.
    pub args: BTreeMap<String, Ex>,
    /// What it is told to wait for.
    pub after: Vec<String>,
    /// The provider's alias that the module gets as its default one.
    pub alias: Option<String>,
}

/// How often a block stands for an instance.
#[derive(Clone, Debug)]
pub enum Rep {
    /// Once, without a key.
    One,
    /// By number.
    Count(Ex),
    /// By key, each with its value; only keys where values equal them.
    Each(Vec<(String, Ex)>),
    /// As another resource of the module that has keys.
    Like(String),
}

/// An output.
#[derive(Clone, Debug)]
pub struct Output {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Ty,
    /// Its value.
    pub value: Ex,
    /// Whether it may hold secrets.
    pub secret: bool,
}

/// The content of a block.
#[derive(Clone, Debug, Default)]
pub struct Body {
    /// Attributes that are given.
    pub attrs: BTreeMap<String, Ex>,
    /// Nested blocks by type, in order.
    pub blocks: BTreeMap<String, Vec<Block>>,
}

/// A nested block.
#[derive(Clone, Debug)]
pub enum Block {
    /// One, with a label where blocks of the type have one.
    Plain(Option<String>, Body),
    /// As many as a list has elements; the content refers to them by the name.
    Dynamic(String, Ex, Body),
}

/// How a resource is treated.
#[derive(Clone, Debug, Default)]
pub struct Life {
    /// `create_before_destroy`
    pub first: bool,
    /// `prevent_destroy`
    pub keep: bool,
    /// `ignore_changes`: attributes, or everything.
    pub ignore: Ignore,
    /// `replace_triggered_by`: resources of the module, with an attribute where only that counts.
    pub triggers: Vec<(String, Option<String>)>,
    /// The precondition.
    pub before: Option<Test>,
    /// The postcondition.
    pub after: Option<Test>,
}

/// What changes are ignored.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Ignore {
    /// None.
    #[default]
    Nothing,
    /// All.
    All,
    /// Those of attributes.
    Of(Vec<String>),
}

/// A condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Test {
    /// It holds, as is known while planning.
    Holds,
    /// It does not, as is known while planning.
    Fails,
    /// It holds, which only apply can tell of a new object.
    HoldsLater,
    /// It does not, which only apply can tell of a new object.
    FailsLater,
}

/// An address that changed, within the module that says so.
#[derive(Clone, Debug, PartialEq)]
pub struct Moved {
    /// The old one.
    pub from: Place,
    /// The new one.
    pub to: Place,
}

/// A resource, a call, or an instance of one, within a module.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// The calls on the way, with their keys.
    pub calls: Vec<(String, InstanceKey)>,
    /// The resource's type and name, where it is one.
    pub item: Option<(String, String)>,
    /// Which instance; all of them without a key.
    pub key: InstanceKey,
}

/// Which instance of a block is meant.
#[derive(Clone, Debug, PartialEq)]
pub enum Sel {
    /// The only one.
    One,
    /// One by its key.
    Key(InstanceKey),
    /// The one with the key of the instance at hand.
    Own,
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Ex {
    /// A constant.
    Lit(Val),
    /// `var.x`
    Var(String),
    /// `local.x`
    Local(String),
    /// `each.key`
    EachKey,
    /// `each.value`, or an attribute of it.
    EachValue(Option<String>),
    /// `count.index`
    Index,
    /// An attribute of one instance of a resource or data source.
    Attr(String, Sel, String),
    /// An attribute of all instances, as a list in the order of their keys.
    All(String, String),
    /// An output of one instance of a call.
    Out(String, Sel, String),
    /// An output of all instances, as a list in the order of their keys.
    AllOut(String, String),
    /// A template of several parts.
    Text(Vec<Ex>),
    /// `join(",", list)`
    Join(Box<Ex>),
    /// `[a, b]`
    Items(Vec<Ex>),
    /// `{ k = v }`
    Entries(Vec<(String, Ex)>),
    /// `a == b ? c : d`
    If(Box<Ex>, Box<Ex>, Box<Ex>, Box<Ex>),
    /// `length(list)`
    Len(Box<Ex>),
    /// The element at hand of a dynamic block.
    Element(String),
}

impl Spec {
    /// The root module.
    pub fn root(&self) -> &Module {
        &self.modules[0]
    }

    /// Every resource and data source, with the number of its module.
    pub fn items(&self) -> impl Iterator<Item = (usize, &Item)> {
        self.modules.iter().enumerate().flat_map(|(i, m)| m.items().map(move |item| (i, item)))
    }
}

impl Module {
    /// Its resources and data sources, in order.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.parts.iter().filter_map(|p| if let Part::Item(item) = p { Some(item) } else { None })
    }

    /// Its calls, in order.
    pub fn calls(&self) -> impl Iterator<Item = &Call> {
        self.parts.iter().filter_map(|p| if let Part::Call(call) = p { Some(call) } else { None })
    }

    /// A resource or data source of a name.
    pub fn item(&self, name: &str) -> Option<&Item> {
        self.items().find(|i| i.name == name)
    }

    /// A call of a name.
    pub fn call(&self, name: &str) -> Option<&Call> {
        self.calls().find(|c| c.name == name)
    }
}

impl Ex {
    /// A constant text.
    pub fn text(text: impl Into<String>) -> Ex {
        Ex::Lit(Val::text(text))
    }

    /// Every expression within, itself first.
    pub fn within(&self) -> Vec<&Ex> {
        let mut found = vec![self];
        let mut at = 0;
        while at < found.len() {
            match found[at] {
                Ex::Text(parts) | Ex::Items(parts) => found.extend(parts),
                Ex::Entries(entries) => found.extend(entries.iter().map(|(_, v)| v)),
                Ex::Join(inner) | Ex::Len(inner) => found.push(inner),
                Ex::If(a, b, c, d) => found.extend([&**a, b, c, d]),
                _ => {}
            }
            at += 1;
        }
        found
    }

    /// Changes every expression within, itself last.
    pub fn rewrite(&mut self, change: &mut dyn FnMut(&mut Ex)) {
        match self {
            Ex::Text(parts) | Ex::Items(parts) => parts.iter_mut().for_each(|p| p.rewrite(change)),
            Ex::Entries(entries) => entries.iter_mut().for_each(|(_, v)| v.rewrite(change)),
            Ex::Join(inner) | Ex::Len(inner) => inner.rewrite(change),
            Ex::If(a, b, c, d) => [a, b, c, d].into_iter().for_each(|e| e.rewrite(change)),
            _ => {}
        }
        change(self);
    }
}

impl Body {
    /// Every expression of the body, those of nested blocks too.
    pub fn exprs(&self) -> Vec<&Ex> {
        let mut found: Vec<&Ex> = self.attrs.values().collect();
        for block in self.blocks.values().flatten() {
            match block {
                Block::Plain(_, body) => found.extend(body.exprs()),
                Block::Dynamic(_, over, body) => {
                    found.push(over);
                    found.extend(body.exprs());
                }
            }
        }
        found
    }

    /// Changes every expression of the body.
    pub fn rewrite(&mut self, change: &mut dyn FnMut(&mut Ex)) {
        self.attrs.values_mut().for_each(|e| e.rewrite(change));
        for block in self.blocks.values_mut().flatten() {
            match block {
                Block::Plain(_, body) => body.rewrite(change),
                Block::Dynamic(_, over, body) => {
                    over.rewrite(change);
                    body.rewrite(change);
                }
            }
        }
    }
}

impl Rep {
    /// Every expression of it.
    pub fn exprs(&self) -> Vec<&Ex> {
        match self {
            Rep::One | Rep::Like(_) => Vec::new(),
            Rep::Count(count) => vec![count],
            Rep::Each(entries) => entries.iter().map(|(_, v)| v).collect(),
        }
    }

    /// Changes every expression of it.
    pub fn rewrite(&mut self, change: &mut dyn FnMut(&mut Ex)) {
        match self {
            Rep::One | Rep::Like(_) => {}
            Rep::Count(count) => count.rewrite(change),
            Rep::Each(entries) => entries.iter_mut().for_each(|(_, v)| v.rewrite(change)),
        }
    }
}

impl Part {
    /// Every expression of it.
    pub fn exprs(&self) -> Vec<&Ex> {
        match self {
            Part::Local(local) => vec![&local.value],
            Part::Item(item) => item.rep.exprs().into_iter().chain(item.body.exprs()).collect(),
            Part::Call(call) => call.rep.exprs().into_iter().chain(call.args.values()).collect(),
        }
    }

    /// Changes every expression of it.
    pub fn rewrite(&mut self, change: &mut dyn FnMut(&mut Ex)) {
        match self {
            Part::Local(local) => local.value.rewrite(change),
            Part::Item(item) => {
                item.rep.rewrite(change);
                item.body.rewrite(change);
            }
            Part::Call(call) => {
                call.rep.rewrite(change);
                call.args.values_mut().for_each(|e| e.rewrite(change));
            }
        }
    }
}
