//! Components and grants as module calls, and their outputs.

use std::collections::BTreeSet;
use std::sync::Arc;

use lang::ast::{Attribute, Block, Body, Expr, ExprKind, Ident, Step, StepKind, Traversal};
use model::{Span, Str};

use crate::bind::Bindings;
use crate::component::{ComponentId, Draft};
use crate::environment::Setting;
use crate::flavor::Parameter;
use crate::grants::Grant;
use crate::{rewrite, syntax};

/// What module calls are made of.
pub struct Emit<'e> {
    /// The stack's name.
    pub stack: &'e str,
    /// The environment.
    pub setting: &'e Setting,
    /// All components.
    pub drafts: &'e [Draft],
    /// What is bound to what.
    pub bindings: &'e Bindings,
}

/// An expression over a flavor's `output` as one over the outputs of a component of that flavor.
pub fn over_outputs(expr: &Arc<Expr>, id: &ComponentId) -> Arc<Expr> {
    let call: Str = id.module().into();
    rewrite::expr(expr, &mut |t: &Traversal| {
        if &*t.root.name != "output" {
            return None;
        }
        let first = Step { kind: StepKind::Attr(call.clone()), span: t.root.span };
        let steps = std::iter::once(first).chain(t.steps.iter().cloned()).collect();
        let root = Ident { name: "module".into(), span: t.root.span };
        Some(ExprKind::Reference(Traversal { root, steps, no_key: t.no_key, span: t.span }))
    })
}

impl Emit<'_> {
    /// The module call that a component becomes. `body` is the component's body with all references replaced;
    /// `providers` are the provider configurations that it gets, as local name and alias.
    pub fn component(&self, draft: &Draft, body: &Body, providers: &[(Str, Str)]) -> Block {
        let span = draft.header();
        let mut attributes = self.call_head(draft, providers, span);
        let passed = |a: &&Attribute| {
            let name = &*a.name.name;
            let is_ours = matches!(name, "flavor" | "connector" | "uses");
            !is_ours
                && (name == "depends_on"
                    || draft.flavor.as_ref().is_none_or(|f| f.variables.contains_key(name)))
        };
        attributes.extend(body.attributes.iter().filter(passed).cloned());
        attributes.extend(self.bound(draft));
        attributes.extend(self.filled(draft));
        attributes.extend(lacking(draft, &attributes));
        let body = Body { attributes, blocks: Vec::new(), ..body.clone() };
        let name = Ident { name: draft.id.module().into(), span: draft.block.labels[1].span };
        let ty = Ident { name: "module".into(), span: draft.block.ty.span };
        Block {
            ty,
            labels: vec![name],
            body: Arc::new(body),
            header: draft.block.header,
            span: draft.block.span,
        }
    }

    fn call_head(&self, draft: &Draft, providers: &[(Str, Str)], span: Span) -> Vec<Attribute> {
        let Some(flavor) = &draft.flavor else { return Vec::new() };
        let source = format!("flavor://{}/{}", flavor.component_type, flavor.name);
        let at = draft.block.body.attribute("flavor").map_or(span, |a| a.expr.span);
        let mut head = vec![syntax::attribute("source", syntax::string(&source, at), at)];
        head.extend(passed_providers(providers, span));
        head
    }

    /// The values of other components' capabilities.
    fn bound(&self, draft: &Draft) -> Vec<Attribute> {
        let value = |b: &crate::bind::Binding| {
            let producer = self.drafts.iter().find(|d| d.id == b.producer)?;
            let provision = producer.flavor.as_ref()?.provision(&b.capability)?;
            let value = over_outputs(&provision.value, &b.producer);
            Some(Attribute {
                expr: value,
                ..syntax::attribute(&b.variable, null(draft.header()), draft.header())
            })
        };
        self.bindings.of(&draft.id).filter_map(value).collect()
    }

    /// The variables that the stack fills, where the flavor declares them.
    fn filled(&self, draft: &Draft) -> Vec<Attribute> {
        let Some(flavor) = &draft.flavor else { return Vec::new() };
        let span = draft.header();
        let wanted = |name: &str| flavor.variables.contains_key(name) && !draft.gives(name);
        let mut filled = Vec::new();
        if wanted("size") {
            filled.push(syntax::attribute("size", syntax::string(&self.setting.size, span), span));
        }
        if wanted("demands") {
            let demanded = self.bindings.demanded(&draft.id);
            let names = demanded.iter().map(|c| syntax::string(c, span)).collect();
            filled.push(syntax::attribute("demands", syntax::tuple(names, span), span));
        }
        if wanted("context") {
            filled.push(syntax::attribute("context", self.context(&draft.id, span), span));
        }
        filled
    }

    /// What a component knows of itself.
    fn context(&self, id: &ComponentId, span: Span) -> Expr {
        let label = self.setting.label.clone().unwrap_or_else(|| "".into());
        let name = format!("{}-{}", self.setting.deployment(self.stack), id.name);
        let text = |s: &str| syntax::string(s, span);
        let entries = [
            ("stack".into(), text(self.stack)),
            ("environment".into(), text(&label)),
            ("component_type".into(), text(&id.ty)),
            ("component".into(), text(&id.name)),
            ("name".into(), text(&name)),
        ];
        syntax::object(entries, span)
    }

    /// The module call that a grant becomes; nothing where a flavor lacks what the grant needs.
    pub fn grant(&self, grant: &Grant, providers: &[(Str, Str)]) -> Option<Block> {
        let find = |id: &ComponentId| self.drafts.iter().find(|d| d.id == *id);
        let (consumer, producer) = (find(&grant.consumer)?, find(&grant.producer)?);
        let identity = over_outputs(consumer.flavor.as_ref()?.identity.as_ref()?, &grant.consumer);
        let flavor = producer.flavor.as_ref()?;
        let span = consumer.header();
        let target = match &flavor.offer(&grant.level)?.target {
            Some(target) => over_outputs(target, &grant.producer),
            None => Arc::new(syntax::reference(&["module", &grant.producer.module()], span)),
        };
        let source = format!("flavor://{}/{}/grants/{}", flavor.component_type, flavor.name, grant.level);
        let mut attributes = vec![syntax::attribute("source", syntax::string(&source, span), span)];
        attributes.extend(passed_providers(providers, span));
        attributes.push(Attribute { expr: identity, ..syntax::attribute("identity", null(span), span) });
        attributes.push(Attribute { expr: target, ..syntax::attribute("target", null(span), span) });
        Some(syntax::block("module", &[&grant.module()], attributes, span))
    }

    /// One output for each component that has any: its outputs as an object, but for sensitive ones. A name that the
    /// stack's own outputs have is theirs.
    pub fn outputs(&self, taken: &BTreeSet<&str>) -> Vec<Block> {
        let mut blocks = Vec::new();
        for draft in self.drafts {
            let Some(flavor) = &draft.flavor else { continue };
            let (name, call, span) =
                (format!("{}_{}", draft.id.ty, draft.id.name), draft.id.module(), draft.header());
            let shown = flavor.outputs.iter().filter(|(_, sensitive)| !**sensitive);
            let entries: Vec<(Str, Expr)> =
                shown.map(|(o, _)| (o.clone(), syntax::reference(&["module", &call, o], span))).collect();
            if !entries.is_empty() && !taken.contains(&*name) {
                let value = syntax::attribute("value", syntax::object(entries, span), span);
                blocks.push(syntax::block("output", &[&name], vec![value], span));
            }
        }
        blocks
    }
}

/// Stands in for what is required and not there, which is reported already.
fn lacking(draft: &Draft, given: &[Attribute]) -> Vec<Attribute> {
    let span = draft.header();
    let required = |(name, p): &(&Str, &Parameter)| p.required && given.iter().all(|a| a.name.name != **name);
    let invalid = |name| syntax::attribute(name, Expr::new(ExprKind::Invalid, span), span);
    let variables = draft.flavor.iter().flat_map(|f| &f.variables);
    variables.filter(required).map(|(name, _)| invalid(name)).collect()
}

/// `providers = { aws = aws.dev }`, where there is any to pass.
fn passed_providers(providers: &[(Str, Str)], span: Span) -> Option<Attribute> {
    if providers.is_empty() {
        return None;
    }
    let entry = |(name, alias): &(Str, Str)| (name.clone(), syntax::reference(&[name, alias], span));
    Some(syntax::attribute("providers", syntax::object(providers.iter().map(entry), span), span))
}

/// Stands in until the value is put in its place.
fn null(span: Span) -> Expr {
    Expr::new(ExprKind::Null, span)
}
