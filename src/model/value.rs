//! Values: what expressions give, what providers take and what state holds.
//!
//! A [`Value`] is a [`Kind`] with [`Marks`]. Collections are shared (`Arc`) and remember, from their construction,
//! whether they are wholly known and which marks lie inside, so that asking is free. There is no way to get at a
//! primitive that skips the marks: [`Value::kind`] shows the kind, and whoever lets a value leave the value system
//! (to JSON, a provider, the screen) is handed the marks with it.

use std::fmt;
use std::sync::{Arc, OnceLock};

use unicode_normalization::{UnicodeNormalization, is_nfc_quick};

use crate::{Marks, Number, ObjectType, Type, elements};

/// A shared string: names, keys, values.
pub type Str = Arc<str>;

/// A value of the language, possibly unknown or marked, in whole or in part.
#[derive(Clone, PartialEq)]
pub struct Value {
    kind: Kind,
    marks: Marks,
}

/// What a value is, apart from its own marks.
#[derive(Clone, PartialEq)]
pub enum Kind {
    /// Null of a type ([`Type::Dynamic`] for the literal `null`).
    Null(Type),
    /// Known only after something has been applied.
    Unknown(Arc<UnknownValue>),
    /// `true` or `false`
    Bool(bool),
    /// A number of arbitrary precision.
    Number(Number),
    /// Text in Unicode normal form C.
    String(Str),
    /// Elements of one type, in order.
    List(Arc<Sequence>),
    /// Distinct elements of one type, in the order of [`crate::ops::set_order`]. Never carries marks inside: they
    /// move to the set.
    Set(Arc<Sequence>),
    /// Elements of any types, in order.
    Tuple(Arc<Sequence>),
    /// Elements of one type by key.
    Map(Arc<Mapping>),
    /// Attributes of any types by name.
    Object(Arc<Mapping>),
    /// A type as a value; only the console's `type()` makes one.
    TypeLiteral(Type),
}

/// An unknown value's type and what is known about it all the same.
#[derive(Clone, Debug, PartialEq)]
pub struct UnknownValue {
    /// The type that the value will have; [`Type::Dynamic`] if not even that is known.
    pub ty: Type,
    /// What the value will certainly meet.
    pub refinement: Refinement,
}

/// Whether an unknown value may turn out to be null.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Nullness {
    /// Nothing is known.
    #[default]
    Maybe,
    /// It will not be null.
    NotNull,
}

/// What is certain about an unknown value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Refinement {
    /// Whether it may be null.
    pub nullness: Nullness,
    /// The start of the string that it will be.
    pub prefix: Option<Str>,
    /// The least number of elements that the collection will have.
    pub min_length: Option<usize>,
    /// The greatest number of elements that the collection will have.
    pub max_length: Option<usize>,
    /// The least number that it may be, and whether that number itself is included.
    pub lower: Option<(Number, bool)>,
    /// The greatest number that it may be, and whether that number itself is included.
    pub upper: Option<(Number, bool)>,
}

impl Refinement {
    /// Nothing certain but that it is not null.
    pub fn not_null() -> Refinement {
        Refinement { nullness: Nullness::NotNull, ..Refinement::default() }
    }
}

/// The elements of a list, set or tuple.
#[derive(Clone)]
pub struct Sequence {
    /// The element type; [`Type::Dynamic`] in tuples, whose types are those of their elements.
    element: Type,
    items: Vec<Value>,
    summary: Summary,
    ty: OnceLock<Type>,
}

/// The entries of a map or object, sorted by key.
#[derive(Clone)]
pub struct Mapping {
    element: Type,
    entries: Vec<(Str, Value)>,
    summary: Summary,
    ty: OnceLock<Type>,
}

/// What a collection knows of its inside.
#[derive(Clone, Copy, Default)]
struct Summary {
    marks: Marks,
    has_unknown: bool,
}

impl Summary {
    fn of<'a>(values: impl Iterator<Item = &'a Value>) -> Summary {
        values.fold(Summary::default(), |s, v| Summary {
            marks: s.marks | v.deep_marks(),
            has_unknown: s.has_unknown || !v.is_wholly_known(),
        })
    }
}

impl PartialEq for Sequence {
    fn eq(&self, other: &Sequence) -> bool {
        self.element == other.element && self.items == other.items
    }
}

impl PartialEq for Mapping {
    fn eq(&self, other: &Mapping) -> bool {
        self.element == other.element && self.entries == other.entries
    }
}

impl Sequence {
    fn new(element: Type, items: Vec<Value>) -> Sequence {
        Sequence { summary: Summary::of(items.iter()), element, items, ty: OnceLock::new() }
    }

    /// The element type; [`Type::Dynamic`] in tuples.
    pub fn element(&self) -> &Type {
        &self.element
    }

    /// The elements in order.
    pub fn items(&self) -> &[Value] {
        &self.items
    }
}

impl Mapping {
    /// Sorts by key; of equal keys the last wins.
    fn new(element: Type, mut entries: Vec<(Str, Value)>) -> Mapping {
        if !entries.is_sorted_by(|a, b| a.0 < b.0) {
            entries.reverse();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            entries.dedup_by(|later, first| later.0 == first.0);
        }
        let summary = Summary::of(entries.iter().map(|(_, v)| v));
        Mapping { summary, element, entries, ty: OnceLock::new() }
    }

    /// The element type; [`Type::Dynamic`] in objects.
    pub fn element(&self) -> &Type {
        &self.element
    }

    /// The entries, sorted by key.
    pub fn entries(&self) -> &[(Str, Value)] {
        &self.entries
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.entries.binary_search_by(|(k, _)| (**k).cmp(key)).ok().map(|i| &self.entries[i].1)
    }
}

/// Brings text into Unicode normal form C.
pub fn normalize(text: &str) -> Str {
    match is_nfc_quick(text.chars()) {
        unicode_normalization::IsNormalized::Yes => text.into(),
        _ => text.nfc().collect::<String>().into(),
    }
}

impl From<Kind> for Value {
    fn from(kind: Kind) -> Value {
        Value { kind, marks: Marks::NONE }
    }
}

/// Construction.
impl Value {
    /// The untyped `null`.
    pub fn null() -> Value {
        Kind::Null(Type::Dynamic).into()
    }

    /// Null of a type.
    pub fn null_of(ty: Type) -> Value {
        Kind::Null(ty).into()
    }

    /// Unknown, type and all.
    pub fn dynamic() -> Value {
        Value::unknown(Type::Dynamic)
    }

    /// Unknown of a type.
    pub fn unknown(ty: Type) -> Value {
        Value::refined(ty, Refinement::default())
    }

    /// Unknown of a type, but certainly not null.
    pub fn unknown_not_null(ty: Type) -> Value {
        Value::refined(ty, Refinement::not_null())
    }

    /// Unknown of a type, with what is certain about it; known where that leaves a single value. Nothing can be
    /// certain about an unknown of unknown type.
    pub fn refined(ty: Type, refinement: Refinement) -> Value {
        crate::refine::settle(ty, refinement)
    }

    /// `true` or `false`
    pub fn bool(b: bool) -> Value {
        Kind::Bool(b).into()
    }

    /// A number.
    pub fn number(n: impl Into<Number>) -> Value {
        Kind::Number(n.into()).into()
    }

    /// A string, normalised.
    pub fn string(text: impl AsRef<str>) -> Value {
        Kind::String(normalize(text.as_ref())).into()
    }

    /// A string that is known to be normalised already.
    pub fn normalized(text: Str) -> Value {
        Kind::String(text).into()
    }

    /// A list; the elements must be of the element type, which is taken from them where it is [`Type::Dynamic`].
    pub fn list(element: Type, mut items: Vec<Value>) -> Value {
        let element = elements::settled_type(element, items.iter());
        elements::type_nulls(&element, items.iter_mut());
        Kind::List(Arc::new(Sequence::new(element, items))).into()
    }

    /// A set of what `items` holds, which must be of the element type: sorted, equal ones merged, their marks moved
    /// to the set.
    pub fn set(element: Type, mut items: Vec<Value>) -> Value {
        let element = elements::settled_type(element, items.iter());
        elements::type_nulls(&element, items.iter_mut());
        let marks = items.iter().fold(Marks::NONE, |m, v| m | v.deep_marks());
        let items: Vec<Value> =
            if marks.is_empty() { items } else { items.into_iter().map(|v| v.unmarked_deep()).collect() };
        let items = crate::ops::sort_set(items);
        Value { kind: Kind::Set(Arc::new(Sequence::new(element, items))), marks }
    }

    /// A tuple.
    pub fn tuple(items: Vec<Value>) -> Value {
        Kind::Tuple(Arc::new(Sequence::new(Type::Dynamic, items))).into()
    }

    /// A map; the elements must be of the element type. Of equal keys the last wins.
    pub fn map<K: Into<Str>>(element: Type, entries: impl IntoIterator<Item = (K, Value)>) -> Value {
        let mut entries: Vec<(Str, Value)> = entries.into_iter().map(|(k, v)| (k.into(), v)).collect();
        let element = elements::settled_type(element, entries.iter().map(|(_, v)| v));
        elements::type_nulls(&element, entries.iter_mut().map(|(_, v)| v));
        Kind::Map(Arc::new(Mapping::new(element, entries))).into()
    }

    /// An object. Of equal names the last wins.
    pub fn object<K: Into<Str>>(attributes: impl IntoIterator<Item = (K, Value)>) -> Value {
        let entries = attributes.into_iter().map(|(k, v)| (k.into(), v)).collect();
        Kind::Object(Arc::new(Mapping::new(Type::Dynamic, entries))).into()
    }
}

/// Questions.
impl Value {
    /// What the value is. Its marks are the caller's to carry on.
    pub fn kind(&self) -> &Kind {
        &self.kind
    }

    /// The marks on the value itself.
    pub fn marks(&self) -> Marks {
        self.marks
    }

    /// The marks on the value and on everything within.
    pub fn deep_marks(&self) -> Marks {
        self.marks
            | match &self.kind {
                Kind::List(s) | Kind::Set(s) | Kind::Tuple(s) => s.summary.marks,
                Kind::Map(m) | Kind::Object(m) => m.summary.marks,
                Kind::Null(_) | Kind::Unknown(_) | Kind::Bool(_) => Marks::NONE,
                Kind::Number(_) | Kind::String(_) | Kind::TypeLiteral(_) => Marks::NONE,
            }
    }

    /// The type; for an unknown the type that it will have.
    pub fn ty(&self) -> Type {
        match &self.kind {
            Kind::Null(ty) => ty.clone(),
            Kind::Unknown(u) => u.ty.clone(),
            Kind::Bool(_) => Type::Bool,
            Kind::Number(_) => Type::Number,
            Kind::String(_) => Type::String,
            Kind::List(s) => Type::list(s.element.clone()),
            Kind::Set(s) => Type::set(s.element.clone()),
            Kind::Map(m) => Type::map(m.element.clone()),
            Kind::Tuple(s) => s.ty.get_or_init(|| Type::tuple(s.items.iter().map(Value::ty))).clone(),
            Kind::Object(m) => {
                let of = |m: &Mapping| ObjectType {
                    attributes: m.entries.iter().map(|(k, v)| (k.clone(), v.ty())).collect(),
                    optional: Default::default(),
                };
                m.ty.get_or_init(|| Type::Object(Arc::new(of(m)))).clone()
            }
            Kind::TypeLiteral(_) => Type::TypeLiteral,
        }
    }

    /// Whether the value is null (an unknown is not, as far as anyone knows).
    pub fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null(_))
    }

    /// Whether the value itself is known; parts of it may not be.
    pub fn is_known(&self) -> bool {
        !matches!(self.kind, Kind::Unknown(_))
    }

    /// Whether the value and everything within is known.
    pub fn is_wholly_known(&self) -> bool {
        match &self.kind {
            Kind::Unknown(_) => false,
            Kind::List(s) | Kind::Set(s) | Kind::Tuple(s) => !s.summary.has_unknown,
            Kind::Map(m) | Kind::Object(m) => !m.summary.has_unknown,
            Kind::Null(_) | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) | Kind::TypeLiteral(_) => true,
        }
    }

    /// Whether the value is certainly not null.
    pub fn is_certainly_not_null(&self) -> bool {
        match &self.kind {
            Kind::Null(_) => false,
            Kind::Unknown(u) => u.refinement.nullness == Nullness::NotNull,
            _known => true,
        }
    }

    /// The bool, where it is a known one.
    pub fn as_bool(&self) -> Option<bool> {
        if let Kind::Bool(b) = &self.kind { Some(*b) } else { None }
    }

    /// The number, where it is a known one.
    pub fn as_number(&self) -> Option<&Number> {
        if let Kind::Number(n) = &self.kind { Some(n) } else { None }
    }

    /// The string, where it is a known one.
    pub fn as_str(&self) -> Option<&Str> {
        if let Kind::String(s) = &self.kind { Some(s) } else { None }
    }

    /// The elements of a known list, set or tuple.
    pub fn as_items(&self) -> Option<&[Value]> {
        match &self.kind {
            Kind::List(s) | Kind::Set(s) | Kind::Tuple(s) => Some(&s.items),
            _ => None,
        }
    }

    /// The entries of a known map or object, sorted by key.
    pub fn as_entries(&self) -> Option<&[(Str, Value)]> {
        match &self.kind {
            Kind::Map(m) | Kind::Object(m) => Some(&m.entries),
            _ => None,
        }
    }

    /// The attribute of a known object, or the element of a known map.
    pub fn get(&self, name: &str) -> Option<&Value> {
        match &self.kind {
            Kind::Map(m) | Kind::Object(m) => m.get(name),
            _ => None,
        }
    }
}

/// Derived values.
impl Value {
    /// The value with more marks on it.
    pub fn with_marks(self, marks: Marks) -> Value {
        Value { marks: self.marks | marks, kind: self.kind }
    }

    /// The value marked sensitive.
    pub fn sensitive(self) -> Value {
        self.with_marks(Marks::SENSITIVE)
    }

    /// The value without its own marks, and those marks.
    pub fn unmark(self) -> (Value, Marks) {
        (Value { kind: self.kind, marks: Marks::NONE }, self.marks)
    }

    /// The value with every mark removed, inside too.
    pub fn unmarked_deep(&self) -> Value {
        self.without_marks_deep(Marks::SENSITIVE | Marks::EPHEMERAL)
    }

    /// The value with the given marks removed, inside too.
    pub fn without_marks_deep(&self, gone: Marks) -> Value {
        if self.deep_marks().without(gone) == self.deep_marks() {
            return self.clone();
        }
        let inner = self.map_children(|v| v.without_marks_deep(gone));
        Value { marks: self.marks.without(gone), kind: inner.kind }
    }

    /// The value with each direct child replaced, the kind and the value's own marks kept. The children must keep
    /// their types where the element type demands it. Leaves come back as they are.
    pub fn map_children(&self, mut f: impl FnMut(&Value) -> Value) -> Value {
        let kind = match &self.kind {
            Kind::List(s) => {
                Kind::List(Arc::new(Sequence::new(s.element.clone(), s.items.iter().map(&mut f).collect())))
            }
            Kind::Set(s) => {
                let set = Value::set(s.element.clone(), s.items.iter().map(&mut f).collect());
                return set.with_marks(self.marks);
            }
            Kind::Tuple(s) => {
                Kind::Tuple(Arc::new(Sequence::new(Type::Dynamic, s.items.iter().map(&mut f).collect())))
            }
            Kind::Map(m) => {
                let entries = m.entries.iter().map(|(k, v)| (k.clone(), f(v))).collect();
                Kind::Map(Arc::new(Mapping::new(m.element.clone(), entries)))
            }
            Kind::Object(m) => {
                let entries = m.entries.iter().map(|(k, v)| (k.clone(), f(v))).collect();
                Kind::Object(Arc::new(Mapping::new(Type::Dynamic, entries)))
            }
            leaf => leaf.clone(),
        };
        Value { kind, marks: self.marks }
    }
}

/// Shows structure for debugging; never the content of a sensitive value.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.marks.is_sensitive() {
            return f.write_str("(sensitive)");
        }
        match &self.kind {
            Kind::Null(t) => write!(f, "null({t})"),
            Kind::Unknown(u) => write!(f, "unknown({})", u.ty),
            Kind::Bool(b) => write!(f, "{b}"),
            Kind::Number(n) => write!(f, "{n}"),
            Kind::String(s) => write!(f, "{s:?}"),
            Kind::List(s) => write!(f, "list{:?}", s.items),
            Kind::Set(s) => write!(f, "set{:?}", s.items),
            Kind::Tuple(s) => write!(f, "{:?}", s.items),
            Kind::Map(m) => f.debug_map().entries(m.entries.iter().map(|(k, v)| (k, v))).finish(),
            Kind::Object(m) => f.debug_map().entries(m.entries.iter().map(|(k, v)| (k, v))).finish(),
            Kind::TypeLiteral(t) => write!(f, "type({t})"),
        }
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Value { kind: self.clone(), marks: Marks::NONE }.fmt(f)
    }
}
