//! Expressions on the way back to what they follow, each with the module instance that it is evaluated in.

use config::Repetition;
use lang::ast::{Expr, ExprKind};
use model::{InstanceKey, ModuleAddr, ModulePath, Path, PathStep, Str};

use crate::causes::Place;

/// A module, with the keys of the calls that lead to it as far as they are known.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::causes) struct Within {
    /// The calls.
    pub path: ModulePath,
    keys: Vec<Option<InstanceKey>>,
}

impl Within {
    /// One module instance.
    pub(in crate::causes) fn instance(module: &ModuleAddr) -> Within {
        Within { path: module.path(), keys: module.0.iter().map(|(_, key)| Some(key.clone())).collect() }
    }

    /// What a call leads to.
    pub(super) fn child(&self, call: &str, key: Option<InstanceKey>) -> Within {
        let keys = self.keys.iter().cloned().chain([key]).collect();
        Within { path: self.path.child(call), keys }
    }

    /// The caller, the call's name and its key.
    pub(super) fn parent(&self) -> Option<(Within, Str, Option<InstanceKey>)> {
        let (path, call) = self.path.parent()?;
        let (key, keys) = self.keys.split_last()?;
        Some((Within { path, keys: keys.to_vec() }, call.clone(), key.clone()))
    }

    /// Whether this may be a module instance.
    pub(super) fn may_be(&self, module: &ModuleAddr) -> bool {
        let mut pairs = self.keys.iter().zip(module.0.iter());
        pairs.all(|(known, (_, key))| known.as_ref().is_none_or(|known| known == key))
    }

    /// Whether all keys are known.
    pub(super) fn is_exact(&self) -> bool {
        self.keys.iter().all(Option::is_some)
    }

    /// The module instance, with this key for those that are not known.
    pub(super) fn address(&self, unknown: &InstanceKey) -> ModuleAddr {
        let calls = self.path.0.iter().zip(&self.keys);
        ModuleAddr(calls.map(|(name, key)| (name.clone(), key.as_ref().unwrap_or(unknown).clone())).collect())
    }
}

/// What `each` and `count` stand for in an expression.
#[derive(Clone)]
pub(in crate::causes) struct Repeated<'c> {
    /// What there is more than one of.
    pub by: &'c Repetition,
    /// Which one of them it is.
    pub key: Option<InstanceKey>,
    /// What it is called.
    pub name: String,
}

/// An expression on the way, with the part of its value that matters.
#[derive(Clone)]
pub(in crate::causes) struct Frame<'c> {
    /// Where it is evaluated.
    pub within: Within,
    /// What is written.
    pub expr: &'c Expr,
    /// The part of its value.
    pub part: Vec<PathStep>,
    /// What it is called.
    pub name: String,
    /// What `each` and `count` stand for.
    pub repeated: Option<Repeated<'c>>,
    /// Whether only the keys of its value matter, not what lies under them.
    pub keys_only: bool,
    /// Where it came from.
    pub parent: Option<usize>,
}

/// Tells frames apart that may lead to different things.
pub(in crate::causes) type Mark = (*const Expr, Within, String);

impl Frame<'_> {
    /// Whether it is nothing but a reference.
    pub(super) fn passes_on(&self) -> bool {
        matches!(unwrapped(self.expr).kind, ExprKind::Reference(_))
    }

    /// Where it is written.
    pub(super) fn place(&self) -> Place {
        Place { name: self.name.clone(), span: self.expr.span }
    }

    /// What tells it apart. The part matters only where it is passed on.
    pub(super) fn mark(&self) -> Mark {
        let part = if self.passes_on() { Path(self.part.clone()).to_string() } else { String::new() };
        (std::ptr::from_ref(self.expr), self.within.clone(), part)
    }
}

/// The frame with its expression narrowed to the part that matters, as far as that is written out.
pub(super) fn narrowed(mut frame: Frame<'_>) -> Frame<'_> {
    let mut taken = 0;
    for step in &frame.part {
        let Some(inner) = child(unwrapped(frame.expr), step) else { break };
        frame.expr = inner;
        taken += 1;
    }
    frame.part.drain(..taken);
    frame
}

/// The element of a written-out object or list.
fn child<'c>(expr: &'c Expr, step: &PathStep) -> Option<&'c Expr> {
    let key: Str = match step {
        PathStep::Attr(name) => name.clone(),
        PathStep::Index(key) => match key.as_str() {
            Some(key) => key.clone(),
            None => {
                let ExprKind::Tuple(items) = &expr.kind else { return None };
                return items.get(key.as_number()?.to_usize()?);
            }
        },
    };
    let ExprKind::Object(items) = &expr.kind else { return None };
    let is_it = |key_expr: &Expr| matches!(&key_expr.kind, ExprKind::String(text) if *text == key);
    items.iter().rev().find(|item| is_it(&item.key)).map(|item| &item.value)
}

pub(super) fn unwrapped(expr: &Expr) -> &Expr {
    let mut expr = expr;
    while let ExprKind::Paren(inner) = &expr.kind {
        expr = inner;
    }
    expr
}
