//! One block to its instances.

use std::sync::Arc;

use lang::ast::Expr;
use model::{Diagnostics, InstanceKey, Kind, Marks, Str, Value, err};

/// Which instances a block has.
#[derive(Clone, Debug, PartialEq)]
pub enum Expansion {
    /// One, without a key.
    Single,
    /// By number.
    Count(usize),
    /// By key, ordered, each with its value (`each.value`).
    ForEach(Arc<[(Str, Value)]>),
    /// None or one, without a key (`enabled`).
    Enabled(bool),
    /// Not known, because evaluation failed; there are no instances.
    Failed,
}

/// What `each` and `count` are for one instance.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum EachValue {
    /// Neither.
    #[default]
    None,
    /// `count.index`
    Count(u64),
    /// `each.key` and `each.value`
    Each(Str, Value),
    /// `each.key` and `each.value` of an import, whose `for_each` takes any collection.
    Import(Value, Value),
    /// `count.index` of whichever instances there will be.
    AnyCount,
    /// `each.key` and `each.value` of whichever instances there will be.
    AnyEach,
    /// Any of them, unknown.
    Any,
}

impl Expansion {
    /// The keys of the instances, in order.
    pub fn keys(&self) -> Vec<InstanceKey> {
        match self {
            Expansion::Single | Expansion::Enabled(true) => vec![InstanceKey::None],
            Expansion::Count(n) => (0..*n as u64).map(InstanceKey::Int).collect(),
            Expansion::ForEach(entries) => entries.iter().map(|(k, _)| InstanceKey::Str(k.clone())).collect(),
            Expansion::Enabled(false) | Expansion::Failed => Vec::new(),
        }
    }

    /// How many instances there are.
    pub fn len(&self) -> usize {
        match self {
            Expansion::Single | Expansion::Enabled(true) => 1,
            Expansion::Count(n) => *n,
            Expansion::ForEach(entries) => entries.len(),
            Expansion::Enabled(false) | Expansion::Failed => 0,
        }
    }

    /// Whether there is no instance.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether an instance of the key exists.
    pub fn has(&self, key: &InstanceKey) -> bool {
        self.each(key).is_some()
    }

    /// What `each` and `count` are for the instance of a key, if there is one.
    pub fn each(&self, key: &InstanceKey) -> Option<EachValue> {
        match (self, key) {
            (Expansion::Single | Expansion::Enabled(true), InstanceKey::None) => Some(EachValue::None),
            (Expansion::Count(n), InstanceKey::Int(i)) if (*i as usize) < *n => Some(EachValue::Count(*i)),
            (Expansion::ForEach(entries), InstanceKey::Str(k)) => {
                let at = entries.binary_search_by(|(name, _)| name.cmp(k)).ok()?;
                Some(EachValue::Each(k.clone(), entries[at].1.clone()))
            }
            _ => None,
        }
    }
}

const UNKNOWN_FOR_EACH: &str = "What \"for_each\" goes through is not known before apply, so the instances cannot be \
     named yet. Let the keys stand in the configuration and only their values come from resources.";

/// The number of instances that `count` asks for.
pub fn expand_count(expr: &Expr, value: Value, diags: &mut Diagnostics) -> Expansion {
    let (value, marks) = value.unmark();
    let bad = |detail: String| err!(expr.span, "Invalid count argument", "{detail}");
    if marks.contains(Marks::EPHEMERAL) {
        diags.push(bad(
            "\"count\" comes from an ephemeral value, which may be another one in every run.".into()
        ));
        return Expansion::Failed;
    }
    if !value.is_known() {
        diags.push(model::Diagnostic {
            because_unknown: true,
            ..bad(
                "\"count\" is not known before apply, so nobody can say yet how many instances there will be."
                    .into(),
            )
        });
        return Expansion::Failed;
    }
    let number = match model::convert::convert(&value, &model::Type::Number) {
        Ok(v) if v.is_null() => {
            diags.push(bad("\"count\" is null, but must be a whole number.".into()));
            return Expansion::Failed;
        }
        Ok(v) => v,
        Err(e) => {
            let detail = format!("\"count\" must be a whole number: {}.", e.full());
            diags.push(err!(expr.span, "Incorrect value type", "{detail}"));
            return Expansion::Failed;
        }
    };
    let Some(n) = number.as_number() else { return Expansion::Failed };
    match n.to_usize() {
        Some(count) => Expansion::Count(count),
        None if n.is_negative() => {
            diags.push(bad("\"count\" is negative, but a number of instances is zero or more.".into()));
            Expansion::Failed
        }
        None => {
            diags.push(bad("\"count\" must be a whole number.".into()));
            Expansion::Failed
        }
    }
}

/// Whether `enabled` asks for an instance.
pub fn expand_enabled(expr: &Expr, value: Value, diags: &mut Diagnostics) -> Expansion {
    let (value, marks) = value.unmark();
    let bad = |detail: &str| err!(expr.span, "Invalid enabled argument", "The \"enabled\" value {detail}");
    if !marks.is_empty() {
        let why = "is sensitive or ephemeral, and whether there is an object can be kept neither secret nor unrecorded.";
        diags.push(model::Diagnostic { because_sensitive: marks.contains(Marks::SENSITIVE), ..bad(why) });
        return Expansion::Failed;
    }
    if !value.is_known() {
        let why = "is not known before apply, so nobody can say yet whether there will be an object.";
        diags.push(model::Diagnostic { because_unknown: true, ..bad(why) });
        return Expansion::Failed;
    }
    match model::convert::convert(&value, &model::Type::Bool) {
        Ok(converted) => match converted.as_bool() {
            Some(enabled) => Expansion::Enabled(enabled),
            None => {
                diags.push(bad("is null; true or false is required."));
                Expansion::Failed
            }
        },
        Err(e) => {
            diags.push(bad(&format!("is unsuitable: {}.", e.full())));
            Expansion::Failed
        }
    }
}

/// The instances that `for_each` asks for.
pub fn expand_for_each(expr: &Expr, value: Value, diags: &mut Diagnostics) -> Expansion {
    let bad = |detail: String| err!(expr.span, "Invalid for_each argument", "{detail}");
    let (value, marks) = value.unmark();
    let set_marks = if matches!(value.kind(), Kind::Set(_)) { value.deep_marks() } else { Marks::NONE };
    if (marks | set_marks).contains(Marks::SENSITIVE) {
        diags.push(model::Diagnostic {
            because_sensitive: true,
            ..bad(
                "What \"for_each\" goes through is sensitive, and the keys of instances are shown everywhere. Use \
                 keys that are no secrets, or nonsensitive(...) if these are none."
                    .into(),
            )
        });
        return Expansion::Failed;
    }
    if marks.contains(Marks::EPHEMERAL) {
        diags.push(bad(
            "\"for_each\" comes from an ephemeral value, which may be another one in every run.".into()
        ));
        return Expansion::Failed;
    }
    let wrong_type = |what: String| {
        bad(format!("\"for_each\" must be a map, an object or a set of strings, but is of type {what}."))
    };
    match value.kind() {
        Kind::Null(_) => {
            diags.push(bad(
                "\"for_each\" is null, but must be a map, an object or a set of strings; an empty one makes no instance."
                    .into(),
            ));
            Expansion::Failed
        }
        Kind::Unknown(u) => {
            let usable = matches!(
                u.ty,
                model::Type::Dynamic | model::Type::Map(_) | model::Type::Object(_) | model::Type::Set(_)
            );
            diags.push(if usable {
                model::Diagnostic { because_unknown: true, ..bad(UNKNOWN_FOR_EACH.into()) }
            } else {
                wrong_type(u.ty.friendly_name())
            });
            Expansion::Failed
        }
        Kind::Map(m) | Kind::Object(m) => Expansion::ForEach(m.entries().into()),
        Kind::Set(s) => for_each_set(s.items(), &bad, diags),
        _ => {
            diags.push(wrong_type(value.ty().friendly_name()));
            Expansion::Failed
        }
    }
}

fn for_each_set(
    items: &[Value],
    bad: &dyn Fn(String) -> model::Diagnostic,
    diags: &mut Diagnostics,
) -> Expansion {
    let mut entries = Vec::with_capacity(items.len());
    for item in items {
        match item.kind() {
            Kind::String(s) => entries.push((s.clone(), item.clone())),
            Kind::Unknown(_) => {
                diags.push(model::Diagnostic { because_unknown: true, ..bad(UNKNOWN_FOR_EACH.into()) });
                return Expansion::Failed;
            }
            Kind::Null(_) => {
                diags.push(model::Diagnostic {
                    summary: "Invalid for_each set argument".into(),
                    ..bad("A set for \"for_each\" holds no null.".into())
                });
                return Expansion::Failed;
            }
            _ => {
                diags.push(model::Diagnostic {
                    summary: "Invalid for_each set argument".into(),
                    ..bad(format!(
                        "A set for \"for_each\" holds strings, but this one holds a value of type {}.",
                        item.ty().friendly_name()
                    ))
                });
                return Expansion::Failed;
            }
        }
    }
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    Expansion::ForEach(entries.into())
}
