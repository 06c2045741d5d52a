//! From an expression back to what it follows.

use std::collections::BTreeSet;

use config::{Config, Module, Reference, Resource};
use lang::ast::{Expr, ExprKind, Step, StepKind, Traversal};
use lang::references::references;
use model::{InstanceKey, ModuleAddr, ModulePath, Path, PathStep, ResourceAddr, Str, Value};

use super::{Cause, Causes, Origin, Place, named, whole};
use crate::change::{Action, Change};

/// An expression on the way, with the part of its value that matters.
#[derive(Clone)]
struct Frame<'c> {
    module: ModulePath,
    expr: &'c Expr,
    part: Vec<PathStep>,
    name: String,
    /// Where it came from.
    parent: Option<usize>,
}

/// What a reference leads to.
enum Lead<'c> {
    /// Another expression.
    To(Frame<'c>),
    /// A root variable's value.
    Variable(Str),
    /// A resource, all of it or one instance, or a part of it.
    Resource(ResourceAddr, Option<InstanceKey>, Path),
    Nowhere,
}

impl<'p> Causes<'p> {
    /// Follows what an argument refers to: to another object that changes, if there is one; otherwise to the last place that
    /// only passes a value on.
    pub(super) fn trace(
        &self,
        change: &Change,
        resource: &'p Resource,
        (name, expr): (String, &'p Expr),
        part: &[PathStep],
    ) -> Cause {
        let start =
            Frame { module: change.address.module.path(), expr, part: part.to_vec(), name, parent: None };
        let search = Search { causes: self, change, resource };
        match search.instance(&start) {
            Reached::Instance(places, origin) => whole(origin, places),
            Reached::Variables(variables) => search.written(start, variables),
        }
    }
}

/// What an expression may lead to.
enum Reached {
    /// Another object that changes.
    Instance(Vec<Place>, Origin),
    /// None, but these root variables.
    Variables(Vec<Str>),
}

struct Search<'s, 'p> {
    causes: &'s Causes<'p>,
    change: &'s Change,
    resource: &'p Resource,
}

impl<'p> Search<'_, 'p> {
    /// The nearest object that changes among all that the expression may lead to.
    fn instance(&self, start: &Frame<'p>) -> Reached {
        let mut frames = vec![narrowed(start.clone())];
        let mut seen: BTreeSet<*const Expr> = BTreeSet::new();
        let mut variables = BTreeSet::new();
        let mut with_variables: BTreeSet<usize> = BTreeSet::new();
        let mut at = 0;
        while at < frames.len() {
            let frame = &frames[at];
            let mut further = Vec::new();
            for traversal in references(frame.expr) {
                match self.lead(frame, traversal, at) {
                    Lead::To(next) => further.push(next),
                    Lead::Resource(addr, key, path) => {
                        let found = self.changing(&frame.module, &addr, key.as_ref(), &path);
                        if let Some(found) = found {
                            let origin = Origin::Instance(found.address.clone(), path);
                            return Reached::Instance(places(&frames, at), origin);
                        }
                    }
                    Lead::Variable(name) => {
                        variables.insert(name);
                        with_variables.extend(upwards(&frames, at));
                    }
                    Lead::Nowhere => {}
                }
            }
            frames.extend(further.into_iter().filter(|f| !self.is_barren(f.expr) && seen.insert(f.expr)));
            at += 1;
        }
        let module = &self.change.address.module;
        let barren = frames.iter().enumerate().skip(1).filter(|(at, _)| !with_variables.contains(at));
        let barren = barren.map(|(_, frame)| (std::ptr::from_ref(frame.expr), module.clone()));
        self.causes.barren.borrow_mut().extend(barren);
        Reached::Variables(variables.into_iter().collect())
    }

    fn is_barren(&self, expr: *const Expr) -> bool {
        self.causes.barren.borrow().contains(&(expr, self.change.address.module.clone()))
    }

    /// The last place on the way of a value that is only passed on.
    fn written(&self, start: Frame<'p>, variables: Vec<Str>) -> Cause {
        let mut frames = vec![narrowed(start)];
        let mut seen: BTreeSet<*const Expr> = BTreeSet::new();
        loop {
            let at = frames.len() - 1;
            let ExprKind::Reference(traversal) = &unwrapped(frames[at].expr).kind else { break };
            match self.lead(&frames[at], traversal, at) {
                Lead::To(next) if seen.insert(next.expr) => frames.push(next),
                Lead::Variable(name) => return whole(Origin::Variable(name), places(&frames, at)),
                Lead::To(_) | Lead::Resource(..) | Lead::Nowhere => break,
            }
        }
        Cause { variables, ..whole(Origin::Written, places(&frames, frames.len() - 1)) }
    }

    fn lead(&self, frame: &Frame<'p>, traversal: &'p Traversal, at: usize) -> Lead<'p> {
        let Ok((reference, taken)) = Reference::parse(traversal) else { return Lead::Nowhere };
        let Some(module) = self.config().modules.get(&frame.module) else { return Lead::Nowhere };
        let rest = &traversal.steps[taken.min(traversal.steps.len())..];
        let whole =
            matches!(&unwrapped(frame.expr).kind, ExprKind::Reference(t) if std::ptr::eq(t, traversal));
        let part = |steps: &[Step]| match whole {
            true => steps.iter().map(path_step).chain(frame.part.iter().cloned()).collect(),
            false => steps.iter().map(path_step).collect::<Vec<PathStep>>(),
        };
        let to = |name: String, module: &ModulePath, expr: &'p Expr, part: Vec<PathStep>| {
            Lead::To(narrowed(Frame { module: module.clone(), expr, part, name, parent: Some(at) }))
        };
        match reference {
            Reference::Local(name) => match module.locals.get(&name) {
                Some(local) => to(
                    within(&frame.module, &format!("local.{name}")),
                    &frame.module,
                    &local.expr,
                    part(rest),
                ),
                None => Lead::Nowhere,
            },
            Reference::Variable(name) => self.variable(module, name, part(rest), at),
            Reference::Module(call, Some(output)) => {
                let child = frame.module.child(&call);
                let found = self.config().modules.get(&child).and_then(|m| m.outputs.get(&output));
                let after = rest.iter().position(|s| matches!(&s.kind, StepKind::Attr(n) if *n == output));
                let rest = &rest[after.map_or(0, |at| at + 1)..];
                match found {
                    Some(found) => {
                        to(within(&child, &format!("output.{output}")), &child, &found.value, part(rest))
                    }
                    None => Lead::Nowhere,
                }
            }
            Reference::Resource(addr) => {
                let (key, rest) = leading_key(rest);
                let path = Path(rest.iter().take(1).map(path_step).collect());
                Lead::Resource(addr, key, path)
            }
            Reference::EachKey | Reference::EachValue | Reference::CountIndex => {
                self.repetition(&reference, part(rest), at)
            }
            Reference::Module(_, None)
            | Reference::SelfObject
            | Reference::Path(_)
            | Reference::Terraform(_) => Lead::Nowhere,
        }
    }

    /// A child module's variable leads to the call's argument, the root's to whoever gave it.
    fn variable(&self, module: &'p Module, name: Str, part: Vec<PathStep>, at: usize) -> Lead<'p> {
        let Some((parent, call)) = module.path.parent() else { return Lead::Variable(name) };
        let call = self.config().modules.get(&parent).and_then(|m| m.calls.get(call));
        let argument = call.and_then(|call| call.arguments.get(&name));
        let default = module.variables.get(&name).and_then(|v| v.default.as_ref());
        let (expr, owner) = match (argument, default) {
            (Some(expr), _) => (expr, parent),
            (None, Some(expr)) => (expr, module.path.clone()),
            (None, None) => return Lead::Nowhere,
        };
        let name = within(&module.path, &format!("var.{name}"));
        Lead::To(narrowed(Frame { module: owner, expr, part, name, parent: Some(at) }))
    }

    /// `each.value` is the element of `for_each` under the instance's key.
    fn repetition(&self, reference: &Reference, rest: Vec<PathStep>, at: usize) -> Lead<'p> {
        let Some(expr) = self.resource.repetition.expr() else { return Lead::Nowhere };
        let part = match (reference, &self.change.address.key) {
            (Reference::EachValue, InstanceKey::Str(key)) => {
                std::iter::once(PathStep::Index(Value::string(&**key))).chain(rest).collect()
            }
            _ => Vec::new(),
        };
        let word = if matches!(reference, Reference::CountIndex) { "count" } else { "for_each" };
        let name = format!("{}.{word}", self.change.address.whole());
        let module = self.change.address.module.path();
        Lead::To(narrowed(Frame { module, expr, part, name, parent: Some(at) }))
    }

    /// An instance of a resource that changes, as far as the path concerns it. Of several module instances it is the one
    /// that the change itself lies in.
    fn changing(
        &self,
        module: &ModulePath,
        addr: &ResourceAddr,
        key: Option<&InstanceKey>,
        path: &Path,
    ) -> Option<&'p Change> {
        let all = self.causes.blocks.get(&(module.clone(), addr))?;
        let near = |c: &&&Change| shares_keys(&self.change.address.module, &c.address.module);
        let wanted =
            |c: &&&Change| key.is_none_or(|key| c.address.key == *key) && c.address != self.change.address;
        let changes = |c: &&&Change| differs_at(c, path);
        all.iter().filter(wanted).filter(near).find(changes).copied()
    }

    fn config(&self) -> &'p Config {
        self.causes.config
    }
}

/// The frame with its expression narrowed to the part that matters, as far as that is written out.
fn narrowed(mut frame: Frame<'_>) -> Frame<'_> {
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

fn unwrapped(expr: &Expr) -> &Expr {
    let mut expr = expr;
    while let ExprKind::Paren(inner) = &expr.kind {
        expr = inner;
    }
    expr
}

fn path_step(step: &Step) -> PathStep {
    match &step.kind {
        StepKind::Attr(name) => PathStep::Attr(name.clone()),
        StepKind::IndexNumber(number) => PathStep::Index(Value::number(number.clone())),
        StepKind::IndexString(key) => PathStep::Index(Value::string(&**key)),
    }
}

/// The instance key that a reference begins with, and the steps after it.
fn leading_key(steps: &[Step]) -> (Option<InstanceKey>, &[Step]) {
    match steps.first().map(|step| &step.kind) {
        Some(StepKind::IndexNumber(n)) => (n.to_usize().map(|n| InstanceKey::Int(n as u64)), &steps[1..]),
        Some(StepKind::IndexString(key)) => (Some(InstanceKey::Str(key.clone())), &steps[1..]),
        Some(StepKind::Attr(_)) | None => (None, steps),
    }
}

/// Whether two module instances agree in the keys of the calls that both lie in.
fn shares_keys(a: &ModuleAddr, b: &ModuleAddr) -> bool {
    let mut pairs = a.0.iter().zip(b.0.iter()).take_while(|(a, b)| a.0 == b.0);
    pairs.all(|(a, b)| a.1 == b.1)
}

/// Whether what happens to an object is seen at a path of it.
fn differs_at(change: &Change, path: &Path) -> bool {
    match change.action {
        Action::NoOp | Action::Forget => false,
        Action::Create | Action::Read | Action::Delete => true,
        Action::Update | Action::Replace(_) => {
            path.is_empty() || path.get(&change.before) != path.get(&change.after)
        }
    }
}

/// The places from the first frame to one that was reached.
fn places(frames: &[Frame<'_>], last: usize) -> Vec<Place> {
    let up = upwards(frames, last).map(|at| named(frames[at].name.clone(), frames[at].expr.span));
    let mut found: Vec<Place> = up.collect();
    found.reverse();
    found
}

/// A frame, the one that led to it, and so on.
fn upwards<'f>(frames: &'f [Frame<'_>], last: usize) -> impl Iterator<Item = usize> + 'f {
    std::iter::successors(Some(last), |at| frames[*at].parent)
}

fn within(module: &ModulePath, name: &str) -> String {
    if module.is_root() { name.to_owned() } else { format!("{module}.{name}") }
}
