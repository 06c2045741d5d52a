//! `[for ...]` and `{for ...}`

use std::collections::BTreeMap;

use model::convert::convert;
use model::{Diagnostic, Diagnostics, Kind, Marks, Span, Str, Type, Value, err};

use super::{Bound, Env, Names, Shape, failed_since, shape};
use crate::ast::{Expr, For, Ident};

/// The variables of a loop.
#[derive(Clone, Copy)]
pub(super) struct Variables<'e> {
    pub(super) key: Option<&'e Ident>,
    pub(super) value: &'e Ident,
}

impl<'e> Variables<'e> {
    fn bound(self, key: Value, value: Value) -> Bound<'e> {
        Bound::Variables { key: self.key.map(|name| (&*name.name, key)), value: (&*self.value.name, value) }
    }
}

/// What a loop runs over.
pub(super) enum Source {
    /// Nothing can be said of the result: wrong (and reported), or of unknown type.
    Opaque,
    /// Something to run over, but not known yet.
    Unknown(Marks),
    /// Keys and values in order, and the marks of the collection as a whole.
    Elements(Value, Marks),
}

impl Env<'_> {
    pub(super) fn for_expr(self, each: &For, span: Span, diags: &mut Diagnostics) -> Value {
        let variables = Variables { key: each.key_var.as_ref(), value: &each.value_var };
        let source = self.loop_source(&each.source, span, diags);
        if matches!(source, Source::Opaque) {
            return Value::dynamic();
        }
        let Some(of_condition) = self.condition_can_hold(each, variables, span, diags) else {
            return Value::dynamic();
        };
        let (collection, marks) = match source {
            Source::Opaque => return Value::dynamic(),
            Source::Unknown(marks) => return Value::dynamic().with_marks(marks | of_condition),
            Source::Elements(collection, marks) => (collection, marks),
        };
        let mut run = Run { each, span, marks, is_known: true };
        match &each.key {
            None => self.for_tuple(&mut run, variables, &collection, diags),
            Some(key) => self.for_object(&mut run, key, variables, &collection, diags),
        }
    }

    /// Evaluates what a loop runs over, in expressions and in templates.
    pub(super) fn loop_source(self, source: &Expr, span: Span, diags: &mut Diagnostics) -> Source {
        let (collection, marks) = self.expr(source, diags).unmark();
        if collection.is_null() {
            let null = err!(
                source.span,
                "Iteration over null value",
                "The collection is null, so there is nothing to go through."
            );
            self.report(null.within(span), source, diags);
            return Source::Opaque;
        }
        if shape(&collection) == Shape::Dynamic {
            return Source::Opaque;
        }
        if shape(&collection) == Shape::Single {
            let wrong = err!(
                source.span,
                "Iteration over non-iterable value",
                "Nothing can go through a value of type {}. A list, a set, a map, a tuple or an object is needed.",
                collection.ty().friendly_name()
            );
            self.report(wrong.within(span), source, diags);
            return Source::Opaque;
        }
        if collection.is_known() { Source::Elements(collection, marks) } else { Source::Unknown(marks) }
    }

    /// Checks once, with unknown variables, that the `if` clause gives a bool at all: one error instead of one for
    /// every element. Gives the marks of the clause.
    fn condition_can_hold(
        self,
        each: &For,
        variables: Variables,
        span: Span,
        diags: &mut Diagnostics,
    ) -> Option<Marks> {
        let Some(condition) = &each.condition else { return Some(Marks::NONE) };
        let names = self.bind(variables.bound(Value::dynamic(), Value::dynamic()));
        let before = diags.0.len();
        let value = self.with(&names).expr(condition, diags);
        let wrong = match convert(&value, &Type::Bool) {
            _ if value.is_null() => {
                err!(
                    condition.span,
                    "Condition is null",
                    "The condition behind \"if\" is null, which is neither \
                     true nor false."
                )
            }
            Ok(_) => return (!failed_since(diags, before)).then(|| value.marks()),
            Err(e) => bad_condition(condition, &e.full()),
        };
        self.report(wrong.within(span), condition, diags);
        None
    }

    fn for_tuple(
        self,
        run: &mut Run,
        variables: Variables,
        collection: &Value,
        diags: &mut Diagnostics,
    ) -> Value {
        let mut items = Vec::new();
        self.each_element(collection, variables, |inner| {
            if inner.included(run, diags) {
                items.push(inner.expr(&run.each.value, diags));
            }
        });
        run.finish(|| Value::tuple(items))
    }

    fn for_object(
        self,
        run: &mut Run,
        key: &Expr,
        variables: Variables,
        collection: &Value,
        diags: &mut Diagnostics,
    ) -> Value {
        let mut entries: BTreeMap<Str, Vec<Value>> = BTreeMap::new();
        self.each_element(collection, variables, |inner| {
            if !inner.included(run, diags) {
                return;
            }
            let Some((name, is_secret)) = inner.for_key(run, key, diags) else { return };
            let value = inner.expr(&run.each.value, diags);
            let values = entries.entry(name.clone()).or_default();
            if run.each.group || values.is_empty() {
                values.push(value);
            } else {
                let shown = (!is_secret).then_some(&*name);
                inner.report(duplicate(key, shown).within(run.span), key, diags);
            }
        });
        let group = run.each.group;
        run.finish(|| {
            Value::object(entries.into_iter().map(|(name, mut values)| {
                let value = if group { Value::tuple(values) } else { values.swap_remove(0) };
                (name, value)
            }))
        })
    }

    /// Evaluates something for every element of a known collection, with the variables bound.
    pub(super) fn each_element(
        self,
        collection: &Value,
        variables: Variables,
        mut evaluate: impl FnMut(Env<'_>),
    ) {
        let mut with = |key: Value, value: Value| {
            let names: Names = self.bind(variables.bound(key, value));
            evaluate(self.with(&names));
        };
        match collection.kind() {
            Kind::Set(s) => s.items().iter().for_each(|v| with(v.clone(), v.clone())),
            Kind::Map(m) | Kind::Object(m) => {
                m.entries().iter().for_each(|(k, v)| with(Value::normalized(k.clone()), v.clone()));
            }
            _ => {
                let items = collection.as_items().unwrap_or_default();
                items.iter().enumerate().for_each(|(i, v)| with(Value::number(i), v.clone()));
            }
        }
    }

    /// Whether the `if` clause takes the element at hand.
    fn included(self, run: &mut Run, diags: &mut Diagnostics) -> bool {
        let Some(condition) = &run.each.condition else { return true };
        let (value, marks) = self.expr(condition, diags).unmark();
        if !value.is_null() {
            run.marks |= marks;
        }
        let wrong = match convert(&value, &Type::Bool) {
            _ if value.is_null() => Some(err!(
                condition.span,
                "Invalid 'for' condition",
                "The condition behind \"if\" is null, which is neither true nor false."
            )),
            Ok(value) => {
                run.is_known &= value.is_known();
                return value.as_bool().unwrap_or(false);
            }
            // Its type was looked at before the loop; what it turns out to be for this element of a list is open.
            Err(_) if !value.is_known() && run.each.key.is_none() => {
                run.is_known = false;
                return false;
            }
            Err(e) => Some(bad_condition(condition, &e.full())),
        };
        self.report_once(run, wrong, condition, diags);
        false
    }

    /// The key of the element at hand, and whether it must not be shown; nothing if it is wrong or unknown.
    fn for_key(self, run: &mut Run, key: &Expr, diags: &mut Diagnostics) -> Option<(Str, bool)> {
        let (value, marks) = self.expr(key, diags).unmark();
        run.marks |= marks;
        let wrong = match convert(&value, &Type::String) {
            _ if value.is_null() => {
                Some(err!(key.span, "Invalid object key", "The key of this element is null."))
            }
            _ if !value.is_known() => None,
            Ok(value) => return value.as_str().map(|name| (name.clone(), marks.is_sensitive())),
            Err(e) => Some(err!(
                key.span,
                "Invalid object key",
                "The key of this element does not suit: {}.",
                e.full()
            )),
        };
        self.report_once(run, wrong, key, diags);
        None
    }

    /// Gives the loop up, with a message only the first time.
    fn report_once(self, run: &mut Run, wrong: Option<Diagnostic>, about: &Expr, diags: &mut Diagnostics) {
        if let Some(wrong) = wrong
            && run.is_known
        {
            self.report(wrong.within(run.span), about, diags);
        }
        run.is_known = false;
    }
}

/// A loop under way.
struct Run<'e> {
    each: &'e For,
    span: Span,
    marks: Marks,
    is_known: bool,
}

impl Run<'_> {
    fn finish(&self, result: impl FnOnce() -> Value) -> Value {
        let value = if self.is_known { result() } else { Value::dynamic() };
        value.with_marks(self.marks)
    }
}

fn bad_condition(condition: &Expr, why: &str) -> Diagnostic {
    err!(
        condition.span,
        "Invalid 'for' condition",
        "The condition behind \"if\" is neither true nor false: {why}."
    )
}

/// Two elements of one key; the key is quoted unless it is a secret.
fn duplicate(key: &Expr, name: Option<&str>) -> Diagnostic {
    let name = name.map_or_else(|| "same (sensitive) key".into(), |n| format!("key {n:?}"));
    err!(
        key.span,
        "Duplicate object key",
        "Two elements have the {name}. Make the keys differ, or write \"...\" behind the value to collect the values \
         of each key in a list."
    )
}
