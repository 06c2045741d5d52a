//! What names mean inside one instance of a module.

use std::cell::RefCell;

use lang::ast::{StepKind, Traversal};
use lang::functions::{Function, Surroundings, lookup};
use lang::{Resolved, Scope};
use model::{Diagnostics, FileId, InstanceKey, Kind, ProviderAddr, Span, Str, Value, err};

use crate::evaluate::{Evaluator, InstId, Reading};
use crate::expansion::EachValue;
use crate::reference::{Reference, no_path, no_terraform};
use crate::statics::NodeKind;

/// The names within one module instance, for one block's `each`, `count` and `self`.
pub struct ModuleScope<'e, 'c> {
    evaluator: &'e Evaluator<'c>,
    inst: InstId,
    each: EachValue,
    /// What `self` is, where it is anything.
    self_value: Option<Value>,
    /// The variable that is judged, with the value that it was given.
    judged: Option<(Str, Value)>,
    console: bool,
    reading: RefCell<Reading>,
    visited: RefCell<Vec<usize>>,
}

impl<'e, 'c> ModuleScope<'e, 'c> {
    /// A scope that has read nothing yet.
    pub fn new(evaluator: &'e Evaluator<'c>, inst: InstId, each: EachValue) -> ModuleScope<'e, 'c> {
        ModuleScope {
            evaluator,
            inst,
            each,
            self_value: None,
            judged: None,
            console: false,
            reading: RefCell::default(),
            visited: RefCell::default(),
        }
    }

    /// The scope with a meaning for `self`.
    pub fn with_self(self, value: Option<Value>) -> ModuleScope<'e, 'c> {
        ModuleScope { self_value: value, ..self }
    }

    /// The scope in which a variable is judged: it has the value that it was given, whatever else is unknown.
    pub fn judging(self, judged: Option<(Str, Value)>) -> ModuleScope<'e, 'c> {
        ModuleScope { judged, ..self }
    }

    /// The scope as the console has it.
    pub fn for_console(self) -> ModuleScope<'e, 'c> {
        ModuleScope { console: true, ..self }
    }

    /// What was read, and the references that evaluation came to.
    pub fn into_reading(self) -> (Reading, Vec<usize>) {
        (self.reading.into_inner(), self.visited.into_inner())
    }

    fn resource(
        &self,
        t: &Traversal,
        addr: &model::ResourceAddr,
        consumed: usize,
    ) -> Result<Resolved, Diagnostics> {
        let path = self.evaluator.module_path(self.inst);
        let Some(node) = self.evaluator.statics().find(&path, &NodeKind::Resource(addr.clone())) else {
            return Ok(Resolved { value: Value::dynamic(), consumed: t.steps.len() });
        };
        if self.evaluator.is_validating() {
            return Ok(Resolved { value: Value::dynamic(), consumed: t.steps.len() });
        }
        match t.steps.get(consumed).map(|s| &s.kind) {
            Some(StepKind::IndexNumber(n)) if self.evaluator.is_repeated(node) => {
                if let Some(key) = n.to_usize().map(|i| InstanceKey::Int(i as u64))
                    && let Some(value) = self.one(node, &key)
                {
                    return Ok(Resolved { value, consumed: consumed + 1 });
                }
            }
            Some(StepKind::IndexString(s)) if self.evaluator.is_repeated(node) => {
                if let Some(value) = self.one(node, &InstanceKey::Str(s.clone())) {
                    return Ok(Resolved { value, consumed: consumed + 1 });
                }
            }
            Some(StepKind::Attr(_) | StepKind::IndexNumber(_) | StepKind::IndexString(_)) | None => {}
        }
        if !self.evaluator.is_repeated(node) {
            let value = match self.one(node, &InstanceKey::None) {
                Some(value) => value,
                None => self.evaluator.whole_value(node, self.inst),
            };
            return Ok(Resolved { value, consumed });
        }
        self.reading.borrow_mut().wholes.push((node, self.inst));
        Ok(Resolved { value: self.evaluator.whole_value(node, self.inst), consumed })
    }

    /// Before anything is planned nothing is known of a resource, but the steps that are written behind its name have to
    /// suit its type.
    fn check_steps(&self, t: &Traversal, addr: &model::ResourceAddr, consumed: usize) -> Diagnostics {
        let path = self.evaluator.module_path(self.inst);
        let Some(node) = self.evaluator.statics().find(&path, &NodeKind::Resource(addr.clone())) else {
            return Diagnostics::new();
        };
        let is_indexed = matches!(
            t.steps.get(consumed).map(|s| &s.kind),
            Some(StepKind::IndexNumber(_) | StepKind::IndexString(_))
        );
        let value = self.evaluator.instance_value(node, self.inst, &InstanceKey::None);
        let rest = &t.steps[consumed + usize::from(is_indexed)..];
        match (lang::eval::walk(value, rest), t.no_key) {
            (Err((fault, span)), _) => fault.at(span).into(),
            (Ok(_), Some(span)) => err!(span, "Invalid index", "The key in the brackets is null.").into(),
            (Ok(_), None) => Diagnostics::new(),
        }
    }

    /// One instance's value, if there is such an instance; read as that one only.
    fn one(&self, node: crate::NodeId, key: &InstanceKey) -> Option<Value> {
        if !self.evaluator.has_instance(node, self.inst, key)? {
            return None;
        }
        self.reading.borrow_mut().instances.push((node, self.inst, key.clone()));
        Some(self.evaluator.instance_value(node, self.inst, key))
    }

    fn named(&self, kind: NodeKind) -> Value {
        let path = self.evaluator.module_path(self.inst);
        match self.evaluator.statics().find(&path, &kind) {
            Some(node) => {
                if self.evaluator.touches_instances(node, self.inst) {
                    self.reading.borrow_mut().through.push((node, self.inst));
                }
                self.evaluator.value(node, self.inst)
            }
            None => Value::dynamic(),
        }
    }

    /// An instance of a called module, or one output of it.
    fn module(&self, t: &Traversal, name: &Str) -> Result<Resolved, Diagnostics> {
        let Some(children) = self.evaluator.children(self.inst, name) else {
            return Ok(Resolved { value: Value::dynamic(), consumed: t.steps.len() });
        };
        if self.evaluator.is_validating()
            && let Some(repetition) = self.evaluator.call_repetition(self.inst, name)
            && let Some(resolved) = unexpanded(t, repetition, || self.module_type(&children.insts))
        {
            return Ok(resolved);
        }
        let key = match t.steps.get(1).map(|s| &s.kind) {
            Some(StepKind::IndexNumber(n)) => n.to_usize().map(|i| InstanceKey::Int(i as u64)),
            Some(StepKind::IndexString(s)) => Some(InstanceKey::Str(s.clone())),
            Some(StepKind::Attr(_)) | None => Some(InstanceKey::None),
        };
        let keyed = matches!(&key, Some(InstanceKey::Int(_) | InstanceKey::Str(_)));
        if let Some(child) = key.as_ref().and_then(|k| children.get(k)) {
            let steps = 1 + usize::from(keyed);
            if let Some(StepKind::Attr(output)) = t.steps.get(steps).map(|s| &s.kind)
                && let Some(value) = self.output(child, output)
            {
                return Ok(Resolved { value, consumed: steps + 1 });
            }
            return Ok(Resolved { value: self.module_object(child), consumed: steps });
        }
        Ok(Resolved { value: self.module_whole(&children.expansion, &children.insts), consumed: 1 })
    }

    /// One instance of a called module, if there is one of that key; read as that one only.
    fn child(&self, t: &Traversal, name: &str, key: &Value) -> Option<Value> {
        if self.evaluator.is_validating() {
            return None;
        }
        let children = self.evaluator.children(self.inst, name)?;
        let (bare, marks) = key.clone().unmark();
        let key = match (&children.expansion, bare.kind()) {
            (_, Kind::Number(n)) => InstanceKey::Int(n.to_usize()? as u64),
            (crate::Expansion::Count(_), Kind::String(s)) => InstanceKey::Int(s.parse().ok()?),
            (_, Kind::String(s)) => InstanceKey::Str(s.clone()),
            _ => return None,
        };
        let child = children.get(&key)?;
        self.visited.borrow_mut().push(std::ptr::from_ref(t) as usize);
        Some(self.module_object(child).with_marks(marks))
    }

    fn output(&self, child: InstId, output: &str) -> Option<Value> {
        let path = self.evaluator.module_path(child);
        let node = self.evaluator.statics().find(&path, &NodeKind::Output(output.into()))?;
        if self.evaluator.is_validating() {
            return Some(Value::dynamic());
        }
        if self.evaluator.touches_instances(node, child) {
            self.reading.borrow_mut().through.push((node, child));
        }
        Some(self.evaluator.value(node, child))
    }

    fn module_object(&self, child: InstId) -> Value {
        let names = self.evaluator.output_names(child);
        if self.evaluator.is_validating() {
            let attributes = names.into_iter().map(|n| (n, model::Type::Dynamic));
            return Value::unknown_not_null(model::Type::object(attributes));
        }
        Value::object(names.into_iter().filter_map(|n| Some((n.clone(), self.output(child, &n)?))))
    }

    /// What is known of an instance of a module before there are any.
    fn module_type(&self, children: &[InstId]) -> model::Type {
        children.first().map_or(model::Type::Dynamic, |child| self.module_object(*child).ty())
    }

    fn module_whole(&self, expansion: &crate::Expansion, children: &[InstId]) -> Value {
        let objects = children.iter().map(|c| self.module_object(*c));
        match expansion {
            crate::Expansion::Count(_) => Value::tuple(objects.collect()),
            crate::Expansion::ForEach(entries) => {
                Value::object(entries.iter().map(|(k, _)| k.clone()).zip(objects))
            }
            crate::Expansion::Single | crate::Expansion::Enabled(true) => {
                objects.into_iter().next().unwrap_or_else(Value::dynamic)
            }
            crate::Expansion::Enabled(false) => Value::null(),
            crate::Expansion::Failed => Value::dynamic(),
        }
    }

    fn path_attribute(&self, t: &Traversal, name: &str) -> Result<Value, Diagnostics> {
        match name {
            "module" => Ok(Value::string(self.evaluator.module_dir(self.inst))),
            "root" => Ok(Value::string(self.evaluator.world().root_dir())),
            "cwd" => {
                let cwd = self.evaluator.world().surroundings().files().current_dir();
                Ok(Value::string(cwd.to_string_lossy()))
            }
            other => Err(no_path(t, other).into()),
        }
    }

    fn terraform_attribute(&self, t: &Traversal, name: &str) -> Result<Value, Diagnostics> {
        match name {
            "workspace" => Ok(Value::string(self.evaluator.world().workspace())),
            "applying" => {
                Ok(Value::bool(self.evaluator.world().is_applying()).with_marks(model::Marks::EPHEMERAL))
            }
            other => Err(no_terraform(t, other).into()),
        }
    }

    fn count_index(&self, t: &Traversal) -> Result<Value, Diagnostics> {
        match &self.each {
            EachValue::Count(i) => Ok(Value::number(*i)),
            EachValue::AnyCount | EachValue::Any => Ok(Value::unknown_not_null(model::Type::Number)),
            EachValue::None | EachValue::Each(..) | EachValue::Import(..) | EachValue::AnyEach => Err(err!(
                t.span,
                "Reference to \"count\" in non-counted context",
                "count.index has a value only within a block that sets \"count\"."
            )
            .into()),
        }
    }

    /// Whether there is a meaning here for what a reference names. What is configured was looked up when it was loaded;
    /// what is asked on the console was not.
    fn check_one(&self, t: &Traversal, reference: &Reference, consumed: usize) -> Diagnostics {
        let mut wrong = self.evaluator.statics().wrong(t).cloned().unwrap_or_default();
        let found = match reference {
            Reference::CountIndex => self.count_index(t).err(),
            Reference::EachKey => self.each_part(t, true).err(),
            Reference::EachValue => self.each_part(t, false).err(),
            Reference::SelfObject => self.own(t).err(),
            Reference::Path(name) => self.path_attribute(t, name).err(),
            Reference::Terraform(name) => self.terraform_attribute(t, name).err(),
            Reference::Resource(addr) if self.evaluator.is_validating() => {
                Some(self.check_steps(t, addr, consumed)).filter(Diagnostics::has_errors)
            }
            Reference::Variable(_) | Reference::Local(_) | Reference::Resource(_) | Reference::Module(..) => {
                None
            }
        };
        wrong.extend(found.unwrap_or_default());
        if self.console && !wrong.has_errors() {
            wrong.extend(self.evaluator.check_reference(self.inst, reference, t, consumed).err());
        }
        wrong
    }

    fn own(&self, t: &Traversal) -> Result<Value, Diagnostics> {
        self.self_value.clone().ok_or_else(|| {
            err!(
                t.root.span,
                "Invalid \"self\" reference",
                "\"self\" is the object at hand, which there is only in provisioners, connections and postconditions."
            )
            .into()
        })
    }

    fn each_part(&self, t: &Traversal, key: bool) -> Result<Value, Diagnostics> {
        match &self.each {
            EachValue::Each(k, v) => Ok(if key { Value::normalized(k.clone()) } else { v.clone() }),
            EachValue::Import(k, v) => Ok(if key { k.clone() } else { v.clone() }),
            EachValue::AnyEach | EachValue::Any if key => Ok(Value::unknown_not_null(model::Type::String)),
            EachValue::AnyEach | EachValue::Any => Ok(Value::dynamic()),
            EachValue::None | EachValue::Count(_) | EachValue::AnyCount if !key => Err(err!(
                t.span,
                "each.value cannot be used in this context",
                "each.value has a value only where \"for_each\" is set. Set it, or write in place of this what is meant."
            )
            .into()),
            EachValue::None | EachValue::Count(_) | EachValue::AnyCount => Err(err!(
                t.span,
                "Reference to \"each\" in context without for_each",
                "each.key has a value only within a block that sets \"for_each\"."
            )
            .into()),
        }
    }
}

/// What a reference to a module is before its instances are counted: a list where there is a `count`, a map where there is
/// a `for_each`.
fn unexpanded(
    t: &Traversal,
    repetition: &crate::Repetition,
    element: impl FnOnce() -> model::Type,
) -> Option<Resolved> {
    let is_indexed =
        matches!(t.steps.get(1).map(|s| &s.kind), Some(StepKind::IndexNumber(_) | StepKind::IndexString(_)));
    match repetition {
        crate::Repetition::Single if !is_indexed => None,
        crate::Repetition::Count(_) => {
            Some(Resolved { value: Value::unknown(model::Type::list(element())), consumed: 1 })
        }
        crate::Repetition::ForEach(_) => {
            Some(Resolved { value: Value::unknown(model::Type::map(element())), consumed: 1 })
        }
        _ => Some(Resolved { value: Value::dynamic(), consumed: t.steps.len() }),
    }
}

impl Scope for ModuleScope<'_, '_> {
    fn resolve(&self, t: &Traversal) -> Result<Resolved, Diagnostics> {
        self.visited.borrow_mut().push(std::ptr::from_ref(t) as usize);
        let (reference, consumed) = Reference::parse(t)?;
        let value = match &reference {
            Reference::Variable(name) => match &self.judged {
                Some((judged, value)) if judged == name => value.clone(),
                _ => self.named(NodeKind::Variable(name.clone())),
            },
            Reference::Local(name) => self.named(NodeKind::Local(name.clone())),
            Reference::Resource(addr) => return self.resource(t, addr, consumed),
            Reference::Module(name, _) => return self.module(t, name),
            Reference::CountIndex => self.count_index(t)?,
            Reference::EachKey => self.each_part(t, true)?,
            Reference::EachValue => self.each_part(t, false)?,
            Reference::SelfObject => self.own(t)?,
            Reference::Path(name) => self.path_attribute(t, name)?,
            Reference::Terraform(name) => self.terraform_attribute(t, name)?,
        };
        Ok(Resolved { value, consumed })
    }

    /// Resources, modules and "self" come first: what they miss hides what other names miss, but not what cannot be read.
    fn check(&self, references: &[&Traversal]) -> Diagnostics {
        let (mut objects, mut others, mut unread) = <(Diagnostics, Diagnostics, Diagnostics)>::default();
        for t in references {
            match Reference::parse(t) {
                Ok((
                    reference @ (Reference::Resource(_) | Reference::Module(..) | Reference::SelfObject),
                    consumed,
                )) => {
                    objects.extend(self.check_one(t, &reference, consumed));
                }
                Ok((reference, consumed)) => others.extend(self.check_one(t, &reference, consumed)),
                Err(diag) => {
                    others.extend(Reference::nameless(t));
                    let is_name = diag.summary.ends_with(" attribute");
                    if is_name { &mut others } else { &mut unread }.push(diag);
                }
            }
        }
        if !objects.has_errors() {
            objects.extend(others);
        }
        objects.extend(unread);
        objects
    }

    fn resolve_indexed(&self, t: &Traversal, key: &Value, _span: Span) -> Option<Result<Value, Diagnostics>> {
        let (addr, consumed) = match Reference::parse(t).ok()? {
            (Reference::Resource(addr), consumed) => (addr, consumed),
            (Reference::Module(name, None), _) if t.steps.len() == 1 => {
                return self.child(t, &name, key).map(Ok);
            }
            _ => return None,
        };
        if consumed != t.steps.len() {
            return None;
        }
        if key.is_null() || self.evaluator.is_validating() {
            return None;
        }
        let path = self.evaluator.module_path(self.inst);
        let node = self.evaluator.statics().find(&path, &NodeKind::Resource(addr))?;
        if !self.evaluator.is_repeated(node) {
            return None;
        }
        let (bare, marks) = key.clone().unmark();
        let key = match bare.kind() {
            Kind::Number(n) => InstanceKey::Int(n.to_usize()? as u64),
            Kind::String(s) if self.evaluator.is_counted(node, self.inst) => {
                InstanceKey::Int(s.parse().ok()?)
            }
            Kind::String(s) => InstanceKey::Str(s.clone()),
            _ => return None,
        };
        self.visited.borrow_mut().push(std::ptr::from_ref(t) as usize);
        Some(Ok(self.one(node, &key)?.with_marks(marks)))
    }

    /// Only where the module names the provider in `required_providers`. Those of the built-in provider are the language's
    /// own.
    fn provider_function(&self, provider: &str, name: &str) -> Option<&Function> {
        let required = self.evaluator.required_provider(self.inst, provider)?;
        if required.addr == ProviderAddr::builtin_terraform() {
            return lookup(&format!("provider::terraform::{name}"));
        }
        self.evaluator.world().provider_function(&required.addr, name)
    }

    fn surroundings(&self) -> &dyn Surroundings {
        self.evaluator.world().surroundings()
    }

    fn add_source(&self, name: &str, text: &str) -> FileId {
        self.evaluator.world().add_source(name, text)
    }

    fn is_console(&self) -> bool {
        self.console
    }
}
