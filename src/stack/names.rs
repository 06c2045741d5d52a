//! What `component.*`, `connector.*` and `environment.*` stand for.

use std::collections::BTreeMap;
use std::sync::Arc;

use lang::ast::{ExprKind, Ident, Step, StepKind, Traversal};
use model::diagnostic::did_you_mean;
use model::{Diagnostics, err};

use crate::component::ComponentId;
use crate::connector::Connectors;
use crate::environment::Setting;
use crate::flavor::Flavor;
use crate::kinds::{COMPONENT_TYPES, component_type};
use crate::shape;

/// Everything that a reference of the stack layer may lead to.
pub struct Names<'n> {
    /// The environment.
    pub setting: &'n Setting,
    /// The components, each with its flavor where that is known.
    pub components: BTreeMap<ComponentId, Option<Arc<Flavor>>>,
    /// The connectors.
    pub connectors: &'n Connectors,
    /// Whether what is no output of a component that exists may be named, as in `moved`, `removed` and `import` blocks.
    pub lenient: bool,
    /// What was wrong.
    pub diags: Diagnostics,
}

/// The words that the stack layer gives a meaning.
pub const ROOTS: &[&str] = &["component", "connector", "environment"];

impl Names<'_> {
    /// What stands in for a reference in plain configuration; nothing where the reference is none of ours, or is wrong,
    /// which is reported.
    pub fn replace(&mut self, traversal: &Traversal) -> Option<ExprKind> {
        match &*traversal.root.name {
            "component" => self.component(traversal),
            "connector" => self.connector(traversal),
            "environment" => self.environment(traversal),
            _ => None,
        }
        .or_else(|| ROOTS.contains(&&*traversal.root.name).then_some(ExprKind::Invalid))
    }

    fn environment(&mut self, traversal: &Traversal) -> Option<ExprKind> {
        let names = shape::names(traversal);
        match names.get(1).map(|n| &***n) {
            Some("name") if traversal.steps.len() == 1 => Some(ExprKind::String(self.setting.name.clone())),
            Some("size") if traversal.steps.len() == 1 => Some(ExprKind::String(self.setting.size.clone())),
            other => {
                let hint = did_you_mean(other.unwrap_or_default(), ["name", "size"]);
                self.diags.push(err!(
                    traversal.span,
                    "Unknown attribute of the environment",
                    "An environment has a name and a size: environment.name, environment.size.{hint}"
                ));
                None
            }
        }
    }

    fn connector(&mut self, traversal: &Traversal) -> Option<ExprKind> {
        let names = shape::names(traversal);
        let [_, kind, name] = names[..] else {
            self.diags.push(err!(
                traversal.span,
                "Incomplete reference",
                "A connector is named by its kind and its name: connector.KIND.NAME. It has no attributes."
            ));
            return None;
        };
        let found = self.connectors.find(kind, name, traversal.span, self.setting, &mut self.diags)?;
        let root = Ident { name: found.provider.clone(), span: traversal.root.span };
        let alias = Step { kind: StepKind::Attr(found.name.clone()), span: traversal.span };
        Some(ExprKind::Reference(Traversal {
            root,
            steps: vec![alias],
            no_key: traversal.no_key,
            span: traversal.span,
        }))
    }

    fn component(&mut self, traversal: &Traversal) -> Option<ExprKind> {
        let names = shape::names(traversal);
        let [_, ty, name, ..] = names[..] else {
            self.diags.push(err!(
                traversal.span,
                "Incomplete reference",
                "A component is named by its type and its name: component.TYPE.NAME, or component.TYPE.NAME.OUTPUT."
            ));
            return None;
        };
        let id = ComponentId { ty: ty.clone(), name: name.clone() };
        if !self.lenient {
            self.check_component(&id, traversal)?;
        }
        let call = Step { kind: StepKind::Attr(id.module().into()), span: traversal.steps[0].span };
        let call = Step { span: call.span.to(traversal.steps[1].span), ..call };
        let steps = std::iter::once(call).chain(traversal.steps[2..].iter().cloned()).collect();
        let root = Ident { name: "module".into(), span: traversal.root.span };
        Some(ExprKind::Reference(Traversal { root, steps, no_key: traversal.no_key, span: traversal.span }))
    }

    fn check_component(&mut self, id: &ComponentId, traversal: &Traversal) -> Option<()> {
        let Some(flavor) = self.components.get(id) else {
            let error = self.unknown_component(id, traversal);
            self.diags.push(error);
            return None;
        };
        // What is wrong with the component is told where it stands; nothing more is said about its outputs.
        let flavor = flavor.as_ref()?;
        let Some(step) = traversal.steps.get(2) else { return Some(()) };
        let (StepKind::Attr(output) | StepKind::IndexString(output)) = &step.kind else { return Some(()) };
        if flavor.outputs.contains_key(output) {
            return Some(());
        }
        let known: Vec<&str> = flavor.outputs.keys().map(|k| &**k).collect();
        self.diags.push(err!(
            step.span,
            "Unknown output of a component",
            "{id} has no output {output:?}; its flavor {:?} has {}.{}",
            flavor.name,
            if known.is_empty() { "none".to_owned() } else { known.join(", ") },
            did_you_mean(output, known.iter().copied())
        ));
        None
    }

    fn unknown_component(&self, id: &ComponentId, traversal: &Traversal) -> model::Diagnostic {
        if component_type(&id.ty).is_none() {
            let hint = did_you_mean(&id.ty, COMPONENT_TYPES.iter().map(|t| t.name));
            return err!(
                traversal.span,
                "Unknown component type",
                "{:?} is not a component type.{hint}",
                id.ty
            );
        }
        let here: Vec<&str> = self.components.keys().filter(|c| c.ty == id.ty).map(|c| &*c.name).collect();
        let hint = match did_you_mean(&id.name, here.iter().copied()) {
            hint if hint.is_empty() && !here.is_empty() => {
                format!(" Components of this type: {}.", here.join(", "))
            }
            hint => hint,
        };
        err!(traversal.span, "Unknown component", "The stack has no {id}.{hint}")
    }
}
