//! Schemas: what a resource, data source or provider block may hold.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Str, Type};

/// A block with the version of its stored form.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schema {
    /// Rises when the stored form changes; `upgrade` brings older forms forward.
    pub version: u64,
    /// The block itself.
    pub block: Block,
}

/// The attributes and nested blocks of a block.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Block {
    /// What the block is for, in Markdown.
    pub description: String,
    /// Attributes by name.
    pub attributes: BTreeMap<Str, Attribute>,
    /// Nested blocks by type name.
    pub blocks: BTreeMap<Str, NestedBlock>,
    /// Why not to use it any more, where that is so.
    pub deprecated: Option<String>,
}

/// Who gives an attribute its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttributeKind {
    /// The configuration must.
    Required,
    /// The configuration may; null otherwise.
    Optional,
    /// The provider does.
    Computed,
    /// The configuration may; the provider otherwise.
    OptionalComputed,
}

/// One attribute.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// Its type; [`Type::Dynamic`] takes anything.
    pub ty: Type,
    /// Who gives the value.
    pub kind: AttributeKind,
    /// What it means, in Markdown.
    pub description: String,
    /// Whether it is never shown.
    pub sensitive: bool,
    /// Whether it is given to the provider and never stored: null in plan and state.
    pub write_only: bool,
    /// Whether the provider gives a constant where the configuration leaves an optional attribute out.
    pub defaulted: bool,
    /// Why not to use it any more, where that is so.
    pub deprecated: Option<String>,
    /// The nested attributes of a structural attribute, where it has a schema of its own.
    pub nested: Option<Box<(Nesting, Block)>>,
}

/// How the blocks of one type become one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nesting {
    /// At most one: an object or null.
    Single,
    /// At most one; an object of nulls where it is left out.
    Group,
    /// Any number, in order: a list of objects.
    List,
    /// Any number, without order: a set of objects.
    Set,
    /// By label: a map of objects.
    Map,
}

/// A type of nested block.
#[derive(Clone, Debug, PartialEq)]
pub struct NestedBlock {
    /// How several become one value.
    pub nesting: Nesting,
    /// What each holds.
    pub block: Block,
    /// The least number of blocks; 0 for none.
    pub min_items: usize,
    /// The greatest number of blocks; 0 for any.
    pub max_items: usize,
    /// Whether the provider may give blocks where the configuration has none.
    pub computed: bool,
}

impl Schema {
    /// A schema of version 0.
    pub fn new(block: Block) -> Schema {
        Schema { version: 0, block }
    }
}

impl Attribute {
    /// An attribute of a type, with its meaning; refined by the methods below.
    pub fn new(kind: AttributeKind, ty: Type, description: &str) -> Attribute {
        Attribute {
            ty,
            kind,
            description: description.into(),
            sensitive: false,
            write_only: false,
            defaulted: false,
            deprecated: None,
            nested: None,
        }
    }

    /// One that the configuration must give.
    pub fn required(ty: Type, description: &str) -> Attribute {
        Attribute::new(AttributeKind::Required, ty, description)
    }

    /// One that the configuration may give.
    pub fn optional(ty: Type, description: &str) -> Attribute {
        Attribute::new(AttributeKind::Optional, ty, description)
    }

    /// One that the provider gives.
    pub fn computed(ty: Type, description: &str) -> Attribute {
        Attribute::new(AttributeKind::Computed, ty, description)
    }

    /// One that the configuration may give and the provider otherwise gives.
    pub fn optional_computed(ty: Type, description: &str) -> Attribute {
        Attribute::new(AttributeKind::OptionalComputed, ty, description)
    }

    /// Never shown.
    pub fn sensitive(self) -> Attribute {
        Attribute { sensitive: true, ..self }
    }

    /// Given to the provider, never stored.
    pub fn write_only(self) -> Attribute {
        Attribute { write_only: true, ..self }
    }

    /// Not to be used any more, and why.
    pub fn deprecated(self, why: &str) -> Attribute {
        Attribute { deprecated: Some(why.into()), ..self }
    }

    /// The type that a configured value is converted to: nested attributes that may be left out are optional.
    pub fn config_ty(&self) -> Type {
        let Some((nesting, block)) = self.nested.as_deref() else { return self.ty.clone() };
        let element = block.config_ty();
        match nesting {
            Nesting::Single | Nesting::Group => element,
            Nesting::List => Type::list(element),
            Nesting::Set => Type::set(element),
            Nesting::Map => Type::map(element),
        }
    }

    /// Whether the configuration may give a value.
    pub fn is_configurable(&self) -> bool {
        self.kind != AttributeKind::Computed
    }

    /// Whether the provider may give the value.
    pub fn is_computed(&self) -> bool {
        matches!(self.kind, AttributeKind::Computed | AttributeKind::OptionalComputed)
    }
}

impl Block {
    /// An empty block with its meaning; filled by the methods below.
    pub fn new(description: &str) -> Block {
        Block { description: description.into(), ..Block::default() }
    }

    /// Adds an attribute.
    pub fn attr(mut self, name: &str, attribute: Attribute) -> Block {
        self.attributes.insert(name.into(), attribute);
        self
    }

    /// Adds a type of nested block.
    pub fn block(mut self, name: &str, nested: NestedBlock) -> Block {
        self.blocks.insert(name.into(), nested);
        self
    }

    /// The type of the object that the block's value is.
    pub fn ty(&self) -> Type {
        let attributes = self.attributes.iter().map(|(name, a)| (name.clone(), a.ty.clone()));
        let blocks = self.blocks.iter().map(|(name, b)| (name.clone(), b.ty()));
        Type::object(attributes.chain(blocks))
    }

    /// The type that a configuration is converted to: attributes that may be left out are optional.
    pub fn config_ty(&self) -> Type {
        let optional: BTreeSet<Str> = self
            .attributes
            .iter()
            .filter(|(_, a)| a.kind != AttributeKind::Required)
            .map(|(name, _)| name.clone())
            .chain(self.blocks.keys().cloned())
            .collect();
        let attributes = self.attributes.iter().map(|(name, a)| (name.clone(), a.config_ty()));
        let blocks = self.blocks.iter().map(|(name, b)| (name.clone(), b.ty()));
        Type::object_with_optional(attributes.chain(blocks), optional)
    }
}

impl NestedBlock {
    /// Any number of blocks in order.
    pub fn list(block: Block) -> NestedBlock {
        NestedBlock { nesting: Nesting::List, block, min_items: 0, max_items: 0, computed: false }
    }

    /// Any number of blocks without order.
    pub fn set(block: Block) -> NestedBlock {
        NestedBlock { nesting: Nesting::Set, ..NestedBlock::list(block) }
    }

    /// At most one block.
    pub fn single(block: Block) -> NestedBlock {
        NestedBlock { nesting: Nesting::Single, ..NestedBlock::list(block) }
    }

    /// Bounds the number of blocks; 0 for no bound.
    pub fn items(self, min: usize, max: usize) -> NestedBlock {
        NestedBlock { min_items: min, max_items: max, ..self }
    }

    /// The type of the value that all blocks of this type become. A list whose elements contain `any` is a tuple,
    /// a map an object; their types are known only with the configuration.
    pub fn ty(&self) -> Type {
        let element = self.block.ty();
        match self.nesting {
            Nesting::Single | Nesting::Group => element,
            Nesting::List if element.has_dynamic() => Type::Dynamic,
            Nesting::Map if element.has_dynamic() => Type::Dynamic,
            Nesting::List => Type::list(element),
            Nesting::Set => Type::set(element),
            Nesting::Map => Type::map(element),
        }
    }
}
