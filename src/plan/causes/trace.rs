//! From an expression back to what it follows.

mod frame;

use std::collections::{BTreeMap, BTreeSet};

use config::{Config, Module, ModuleCall, Reference, Repetition, Resource};
use lang::ast::{Expr, ExprKind, Step, StepKind, Traversal};
use lang::references::references;
use model::{InstanceAddr, InstanceKey, ModulePath, Path, PathStep, ResourceAddr, Str, Value};

use super::{Cause, Causes, Origin, Place, whole};
use crate::change::{Action, Change};
use frame::{narrowed, unwrapped};

pub(super) use frame::{Frame, Mark, Repeated, Within};

/// What a reference leads to.
enum Lead<'c> {
    /// Other expressions.
    To(Vec<Frame<'c>>),
    /// A root variable's value.
    Variable(Str),
    /// A resource, all of it or one instance, or a part of it.
    Resource(ResourceAddr, Option<InstanceKey>, Path),
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
        let keys_only =
            resource.repetition.expr().is_some_and(|decides| std::ptr::eq(&raw const **decides, expr));
        let repeated = Repeated {
            by: &resource.repetition,
            key: Some(change.address.key.clone()),
            name: change.address.whole().to_string(),
        };
        let within = Within::instance(&change.address.module);
        self.trace_from(
            change,
            Frame {
                within,
                expr,
                part: part.to_vec(),
                name,
                repeated: Some(repeated),
                keys_only,
                parent: None,
            },
        )
    }

    /// The same from any expression.
    pub(super) fn trace_from(&self, change: &Change, start: Frame<'p>) -> Cause {
        let search = Search { causes: self, change };
        match search.instance(&start) {
            Reached::Instance(places, origin) => whole(origin, places),
            Reached::Nothing(beyond) => search.written(start, beyond),
        }
    }
}

/// How many places beyond the last one are kept.
const BEYOND: usize = 4;

/// What an expression may lead to.
enum Reached {
    /// Another object that changes.
    Instance(Vec<Place>, Origin),
    /// None.
    Nothing(Beyond),
}

/// What takes part in a value without being an object.
struct Beyond {
    places: Vec<Place>,
    variables: Vec<Str>,
}

struct Search<'s, 'p> {
    causes: &'s Causes<'p>,
    change: &'s Change,
}

impl<'p> Search<'_, 'p> {
    /// The nearest object that changes among all that the expression may lead to.
    fn instance(&self, start: &Frame<'p>) -> Reached {
        let mut frames = vec![narrowed(start.clone())];
        let mut seen: BTreeSet<Mark> = BTreeSet::new();
        let (mut variables, mut beyond) = (BTreeSet::new(), Vec::new());
        let mut with_variables: BTreeSet<usize> = BTreeSet::new();
        let mut at = 0;
        while at < frames.len() {
            let frame = &frames[at];
            let mut further = Vec::new();
            for traversal in references(frame.expr) {
                match self.lead(frame, traversal, at) {
                    Lead::To(next) => further.extend(next),
                    Lead::Resource(addr, key, path) => {
                        let found = self.changing(&frame.within, &addr, key.as_ref(), &path);
                        if let Some(found) = found {
                            let origin = Origin::Instance(found.address.clone(), path);
                            return Reached::Instance(places(&frames, at), origin);
                        }
                    }
                    Lead::Variable(name) => {
                        variables.insert(name);
                        with_variables.extend(upwards(&frames, at));
                    }
                }
            }
            further.retain(|f| seen.insert(f.mark()));
            beyond.extend(further.iter().filter(|f| !f.passes_on()).map(|f| (at, f.place())));
            let barren = self.causes.barren.borrow();
            let known = further.iter().filter_map(|f| barren.get(&f.mark()));
            beyond.extend(known.flatten().map(|place| (at, place.clone())));
            further.retain(|f| !barren.contains_key(&f.mark()));
            drop(barren);
            frames.extend(further);
            at += 1;
        }
        let mut below: BTreeMap<usize, Vec<Place>> = BTreeMap::new();
        for (from, place) in &beyond {
            for at in upwards(&frames, *from) {
                let places = below.entry(at).or_default();
                places.extend((places.len() < BEYOND).then(|| place.clone()));
            }
        }
        let barren = frames.iter().enumerate().skip(1).filter(|(at, _)| !with_variables.contains(at));
        let barren = barren.map(|(at, frame)| (frame.mark(), below.remove(&at).unwrap_or_default()));
        self.causes.barren.borrow_mut().extend(barren);
        let places = beyond.into_iter().map(|(_, place)| place).collect();
        Reached::Nothing(Beyond { places, variables: variables.into_iter().collect() })
    }

    /// The last place on the way of a value that is only passed on.
    fn written(&self, start: Frame<'p>, beyond: Beyond) -> Cause {
        let mut frames = vec![narrowed(start)];
        let mut seen: BTreeSet<Mark> = BTreeSet::new();
        loop {
            let at = frames.len() - 1;
            let ExprKind::Reference(traversal) = &unwrapped(frames[at].expr).kind else { break };
            match self.lead(&frames[at], traversal, at) {
                Lead::To(mut next) if next.len() == 1 && seen.insert(next[0].mark()) => {
                    frames.append(&mut next);
                }
                Lead::Variable(name) => return whole(Origin::Variable(name), places(&frames, at)),
                Lead::To(_) | Lead::Resource(..) => break,
            }
        }
        let reached = places(&frames, frames.len() - 1);
        let passed = |place: &Place| reached.iter().any(|r| r.span == place.span);
        let places_beyond = beyond.places.into_iter().filter(|place| !passed(place)).take(BEYOND).collect();
        Cause { places_beyond, variables: beyond.variables, ..whole(Origin::Written, reached) }
    }

    fn lead(&self, frame: &Frame<'p>, traversal: &'p Traversal, at: usize) -> Lead<'p> {
        let nowhere = Lead::To(Vec::new());
        let Ok((reference, taken)) = Reference::parse(traversal) else { return nowhere };
        let Some(module) = self.config().modules.get(&frame.within.path) else { return nowhere };
        let rest = &traversal.steps[taken.min(traversal.steps.len())..];
        let whole =
            matches!(&unwrapped(frame.expr).kind, ExprKind::Reference(t) if std::ptr::eq(t, traversal));
        let onwards = if whole { &frame.part[..] } else { &[] };
        let part: Vec<PathStep> = rest.iter().map(path_step).chain(onwards.iter().cloned()).collect();
        let passing = |frames: Vec<Frame<'p>>| {
            let keys_only = whole && frame.keys_only;
            Lead::To(frames.into_iter().map(|f| Frame { keys_only, ..f }).collect())
        };
        match reference {
            Reference::Local(name) => {
                let called = within(&frame.within.path, &format!("local.{name}"));
                let local = module.locals.get(&name);
                passing(local.map(|l| inner(&frame.within, called, &l.expr, part, at)).into_iter().collect())
            }
            Reference::Variable(name) => match self.variable(frame, module, name, part, at) {
                Lead::To(frames) => passing(frames),
                other => other,
            },
            Reference::Module(call, _) => {
                let found = module.calls.get(&call);
                passing(found.map(|call| self.outputs(frame, call, &part, at)).unwrap_or_default())
            }
            Reference::Resource(addr) => {
                let repetition = module.resources.get(&addr).map(|resource| &resource.repetition);
                let (key, rest) = keyed(repetition, &part);
                Lead::Resource(addr, key, Path(rest.iter().take(1).cloned().collect()))
            }
            Reference::EachKey | Reference::EachValue | Reference::CountIndex => {
                Lead::To(repetition(frame, &reference, part, at).into_iter().collect())
            }
            Reference::SelfObject | Reference::Path(_) | Reference::Terraform(_) => nowhere,
        }
    }

    /// A child module's variable leads to the call's argument, the root's to whoever gave it.
    fn variable(
        &self,
        frame: &Frame<'p>,
        module: &'p Module,
        name: Str,
        part: Vec<PathStep>,
        at: usize,
    ) -> Lead<'p> {
        let Some((parent, call, key)) = frame.within.parent() else { return Lead::Variable(name) };
        let call = self.config().modules.get(&parent.path).and_then(|m| m.calls.get(&call));
        let called = within(&module.path, &format!("var.{name}"));
        if let Some((call, expr)) = call.and_then(|call| Some((call, call.arguments.get(&name)?))) {
            let repeated = Repeated {
                by: &call.repetition,
                key,
                name: within(&parent.path, &format!("module.{}", call.name)),
            };
            let argument = inner(&parent, called, expr, part, at);
            return Lead::To(vec![Frame { repeated: Some(repeated), ..argument }]);
        }
        let default = module.variables.get(&name).and_then(|v| v.default.as_ref());
        Lead::To(default.map(|expr| inner(&frame.within, called, expr, part, at)).into_iter().collect())
    }

    /// A module leads to the output that is read of it, or to all where that cannot be told.
    fn outputs(
        &self,
        frame: &Frame<'p>,
        call: &'p ModuleCall,
        part: &[PathStep],
        at: usize,
    ) -> Vec<Frame<'p>> {
        let (key, rest) = keyed(Some(&call.repetition), part);
        if let (true, [], Some(expr)) = (frame.keys_only, rest, call.repetition.expr()) {
            let name = within(&frame.within.path, &format!("module.{}.for_each", call.name));
            return vec![inner(&frame.within, name, expr, part.to_vec(), at)];
        }
        let child = frame.within.child(&call.name, key);
        let Some(module) = self.config().modules.get(&child.path) else { return Vec::new() };
        let to = |name: &Str, expr: &'p Expr, part: &[PathStep]| {
            inner(&child, within(&child.path, &format!("output.{name}")), expr, part.to_vec(), at)
        };
        match rest {
            [PathStep::Attr(name), rest @ ..] => {
                module.outputs.get(name).map(|o| to(name, &o.value, rest)).into_iter().collect()
            }
            _ => module.outputs.iter().map(|(name, o)| to(name, &o.value, &[])).collect(),
        }
    }

    /// An instance of a resource that changes, as far as the path concerns it.
    fn changing(
        &self,
        within: &Within,
        addr: &ResourceAddr,
        key: Option<&InstanceKey>,
        path: &Path,
    ) -> Option<&'p Change> {
        let wanted = |c: &&Change| c.address != self.change.address && differs_at(c, path);
        // Keys that are not written out, as in `x[each.key]`, are mostly those of the object itself.
        let own = &self.change.address.key;
        let likely = InstanceAddr {
            module: within.address(own),
            resource: addr.clone(),
            key: key.unwrap_or(own).clone(),
        };
        let found = self.causes.change(&likely).filter(wanted);
        if found.is_some() || within.is_exact() && key.is_some() {
            return found;
        }
        let all = &self.causes.blocks().get(&(within.path.clone(), addr))?.changing;
        let fits = |c: &&Change| key.is_none_or(|key| c.address.key == *key);
        let candidates = || all.iter().copied().filter(fits).filter(|c| within.may_be(&c.address.module));
        let near = candidates().filter(|c| c.address.module == likely.module).find(wanted);
        near.or_else(|| candidates().find(wanted))
    }

    fn config(&self) -> &'p Config {
        self.causes.config
    }
}

/// An expression that another one leads to, where there is neither `each` nor `count`.
fn inner<'p>(within: &Within, name: String, expr: &'p Expr, part: Vec<PathStep>, at: usize) -> Frame<'p> {
    narrowed(Frame {
        within: within.clone(),
        expr,
        part,
        name,
        repeated: None,
        keys_only: false,
        parent: Some(at),
    })
}

/// `each.value` is the element of `for_each` under the instance's key.
fn repetition<'p>(
    frame: &Frame<'p>,
    reference: &Reference,
    rest: Vec<PathStep>,
    at: usize,
) -> Option<Frame<'p>> {
    let repeated = frame.repeated.as_ref()?;
    let part = match (reference, &repeated.key) {
        (Reference::EachValue, Some(InstanceKey::Str(key))) => {
            std::iter::once(PathStep::Index(Value::string(&**key))).chain(rest).collect()
        }
        _ => Vec::new(),
    };
    let word = if matches!(reference, Reference::CountIndex) { "count" } else { "for_each" };
    let name = format!("{}.{word}", repeated.name);
    Some(inner(&frame.within, name, repeated.by.expr()?, part, at))
}

/// The instance key that a way into a resource or module begins with, and the rest of the way.
fn keyed<'s>(repetition: Option<&Repetition>, part: &'s [PathStep]) -> (Option<InstanceKey>, &'s [PathStep]) {
    match (repetition, part) {
        (Some(Repetition::Single | Repetition::Enabled(_)), rest) => (Some(InstanceKey::None), rest),
        (_, [PathStep::Index(key), rest @ ..]) => (instance_key(key), rest),
        (Some(Repetition::Count(_) | Repetition::ForEach(_)), _) => (None, &[]),
        (None, rest) => (None, rest),
    }
}

/// A value as the key of an instance.
fn instance_key(value: &Value) -> Option<InstanceKey> {
    match (value.as_str(), value.as_number()) {
        (Some(key), _) => Some(InstanceKey::Str(key.clone())),
        (None, Some(n)) => n.to_usize().map(|n| InstanceKey::Int(n as u64)),
        (None, None) => None,
    }
}

fn path_step(step: &Step) -> PathStep {
    match &step.kind {
        StepKind::Attr(name) => PathStep::Attr(name.clone()),
        StepKind::IndexNumber(number) => PathStep::Index(Value::number(number.clone())),
        StepKind::IndexString(key) => PathStep::Index(Value::string(&**key)),
    }
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
    let up = upwards(frames, last).map(|at| frames[at].place());
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
