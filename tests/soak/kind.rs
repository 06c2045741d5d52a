//! Resource types as data: what their blocks may hold, and who gives each value.

use model::{Attribute, AttributeKind, Block, NestedBlock, Nesting, Schema};
use provider::CreateClass;

use crate::val::{Ty, Val};

/// A resource type or data source.
#[derive(Clone, Debug)]
pub struct Kind {
    /// Its name: `fickle_k0`.
    pub name: String,
    /// What its blocks may hold.
    pub shape: Shape,
    /// How an interrupted create is found again.
    pub class: CreateClass,
    /// Whether it remembers something beside its objects.
    pub private: bool,
    /// Whether its objects can be used before they have settled.
    pub settles: bool,
    /// The version of its stored form.
    pub version: u64,
}

/// What a block or a structural attribute may hold.
#[derive(Clone, Debug, Default)]
pub struct Shape {
    /// Attributes, ordered by name.
    pub attrs: Vec<Attr>,
    /// Nested blocks, ordered by name.
    pub blocks: Vec<Nest>,
}

/// An attribute.
#[derive(Clone, Debug)]
pub struct Attr {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub form: Form,
    /// Who gives the value.
    pub who: Who,
    /// Whether a change of it needs a new object.
    pub force: bool,
    /// Whether it is never shown.
    pub sensitive: bool,
    /// Whether it is given to the provider and never stored.
    pub write_only: bool,
}

/// What an attribute holds.
#[derive(Clone, Debug)]
pub enum Form {
    /// A value of a type.
    Plain(Ty),
    /// Nested attributes.
    Nested(Nesting, Shape),
}

/// Who gives an attribute its value.
#[derive(Clone, Debug, PartialEq)]
pub enum Who {
    /// The configuration must.
    Required,
    /// The configuration may.
    Optional,
    /// The configuration may, the provider otherwise.
    Either(Gift),
    /// The provider.
    Computed(Gift),
}

/// How the provider gives a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Gift {
    /// With the object; it stays.
    Once,
    /// Anew with every change of the object.
    EachTime,
    /// As soon as another attribute of the object is known: a text that mirrors it.
    Mirror(String),
    /// Always this.
    Default(Val),
}

/// A type of nested block.
#[derive(Clone, Debug)]
pub struct Nest {
    /// The block's type.
    pub name: String,
    /// How several become one value.
    pub nesting: Nesting,
    /// What each holds.
    pub shape: Shape,
    /// Whether a change of it needs a new object.
    pub force: bool,
}

impl Kind {
    /// The schema that the engine gets.
    pub fn schema(&self) -> Schema {
        Schema { version: self.version, block: self.shape.block() }
    }
}

impl Shape {
    /// An attribute of a name.
    pub fn attr(&self, name: &str) -> Option<&Attr> {
        self.attrs.iter().find(|a| a.name == name)
    }

    /// The type of its value.
    pub fn ty(&self) -> Ty {
        let attrs = self.attrs.iter().map(|a| (a.name.clone(), a.ty()));
        Ty::Object(attrs.chain(self.blocks.iter().map(|b| (b.name.clone(), b.ty()))).collect())
    }

    /// The schema's block.
    pub fn block(&self) -> Block {
        let block = Block::new("Made for a test.");
        let block = self.attrs.iter().fold(block, |block, a| block.attr(&a.name, a.schema()));
        self.blocks.iter().fold(block, |block, b| {
            let nested = NestedBlock { nesting: b.nesting, ..NestedBlock::list(b.shape.block()) };
            block.block(&b.name, nested)
        })
    }
}

/// The type of the value that elements of a shape become.
pub fn nested_ty(nesting: Nesting, shape: &Shape) -> Ty {
    let element = Box::new(shape.ty());
    match nesting {
        Nesting::Single | Nesting::Group => *element,
        Nesting::List => Ty::List(element),
        Nesting::Set => Ty::Set(element),
        Nesting::Map => Ty::Map(element),
    }
}

impl Nest {
    /// The type of the value that all blocks become.
    pub fn ty(&self) -> Ty {
        nested_ty(self.nesting, &self.shape)
    }

    /// The value where there is no block.
    pub fn none(&self) -> Val {
        match self.nesting {
            Nesting::Single => Val::Null,
            Nesting::Group => nothing(&self.shape),
            Nesting::List => Val::List(Vec::new()),
            Nesting::Set => Val::set([]),
            Nesting::Map => Val::Map(Default::default()),
        }
    }
}

/// An object of which nothing is given.
pub fn nothing(shape: &Shape) -> Val {
    let attrs = shape.attrs.iter().map(|a| (a.name.clone(), Val::Null));
    Val::Map(attrs.chain(shape.blocks.iter().map(|b| (b.name.clone(), b.none()))).collect())
}

impl Attr {
    /// An attribute with nothing special about it.
    pub fn plain(name: impl Into<String>, ty: Ty, who: Who) -> Attr {
        let (form, name) = (Form::Plain(ty), name.into());
        Attr { name, form, who, force: false, sensitive: false, write_only: false }
    }

    /// Its type.
    pub fn ty(&self) -> Ty {
        match &self.form {
            Form::Plain(ty) => ty.clone(),
            Form::Nested(nesting, shape) => nested_ty(*nesting, shape),
        }
    }

    /// Whether the configuration may give it.
    pub fn is_configurable(&self) -> bool {
        !matches!(self.who, Who::Computed(_))
    }

    /// How the provider gives it, where it may.
    pub fn gift(&self) -> Option<&Gift> {
        match &self.who {
            Who::Either(gift) | Who::Computed(gift) => Some(gift),
            Who::Required | Who::Optional => None,
        }
    }

    fn schema(&self) -> Attribute {
        let kind = match self.who {
            Who::Required => AttributeKind::Required,
            Who::Optional => AttributeKind::Optional,
            Who::Either(_) => AttributeKind::OptionalComputed,
            Who::Computed(_) => AttributeKind::Computed,
        };
        let nested = match &self.form {
            Form::Plain(_) => None,
            Form::Nested(nesting, shape) => Some(Box::new((*nesting, shape.block()))),
        };
        Attribute {
            sensitive: self.sensitive,
            write_only: self.write_only,
            nested,
            ..Attribute::new(kind, self.ty().model(), "Made for a test.")
        }
    }
}
