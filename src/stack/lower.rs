//! Turns a stack into plain configuration.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use lang::ast::{Block, Body};
use model::{Diagnostics, SourceMap, Span, Str, Value, err};
use provider::{ConnectorType, FlavorSource};

use crate::assign::{Assigned, assign};
use crate::bind::{self, Bindings};
use crate::component::{self, ComponentId, Draft};
use crate::connector::{self, Connectors};
use crate::constant::Constants;
use crate::emit::Emit;
use crate::environment::{self, Environment, Setting};
use crate::flavor::Flavor;
use crate::grants::{self, Grant};
use crate::library::Library;
use crate::names::{self, Names};
use crate::rules::{self, Facts};
use crate::stack::{self, Stack};
use crate::{paste, rewrite, syntax, zenml};

/// What lowering starts from.
pub struct Inputs<'a> {
    /// The parsed files of the root module.
    pub root: Vec<Body>,
    /// The chosen environment's name and its file, parsed.
    pub environment: Option<(String, Body)>,
    /// The workspace, which `environment.name` is where no environment is chosen.
    pub workspace: &'a str,
    /// Values of root variables that are stronger than the environment's: `TF_VAR_*`, variable files, `-var`. Needed only
    /// for what decides how the stack is built.
    pub variables: BTreeMap<Str, Value>,
    /// Where flavors come from: built-in ones first, the team's own last; of two with one name the last wins.
    pub flavors: &'a [&'a dyn FlavorSource],
    /// The kinds of connectors.
    pub connectors: &'a [&'a dyn ConnectorType],
    /// Receives the texts of manifests, so that errors can show them.
    pub sources: &'a mut SourceMap,
}

/// What came of it. After an error it is not whole, but what is missing for that reason is not reported again where it
/// is loaded: unknowns stand in for it.
#[derive(Debug, Default)]
pub struct Lowered {
    /// The stack, where there is one.
    pub stack: Option<Stack>,
    /// The environment, where one was chosen.
    pub environment: Option<Environment>,
    /// The root module in plain configuration.
    pub root: Vec<Body>,
}

/// The block types that only stacks have.
const STACK_BLOCKS: &[&str] = &["stack", "component", "connector", "environment"];

/// Lowers a root module: components, connectors and grants become plain blocks, references to them and to the
/// environment become plain references. Where nothing of stacks is used, the root comes back as it is.
pub fn lower(inputs: Inputs<'_>) -> (Lowered, Diagnostics) {
    let of_stacks = |b: &Block| STACK_BLOCKS.contains(&&*b.ty.name);
    if inputs.environment.is_none() && !inputs.root.iter().flat_map(|b| &b.blocks).any(of_stacks) {
        return (Lowered { root: inputs.root, ..Lowered::default() }, Diagnostics::new());
    }
    let mut diags = Diagnostics::new();
    let chosen = inputs.environment.as_ref();
    let environment = chosen.and_then(|(name, body)| environment::decode(name, body, &mut diags));
    let setting = Setting::new(environment.as_ref(), inputs.workspace);
    let environment = environment.map(|e| resolved(e, &inputs.root, &setting, &mut diags));
    let library = Library::new(inputs.flavors, inputs.sources);
    let mut lowering = Lowering {
        root: &inputs.root,
        environment: environment.as_ref(),
        setting: &setting,
        library: &library,
        constants: constants(&inputs.root, environment.as_ref(), inputs.variables),
        connectors: connectors(&inputs.root, chosen.map(|(_, b)| b), inputs.connectors, &setting, &mut diags),
        diags,
    };
    let (stack, root) = lowering.run();
    let mut diags = lowering.diags;
    diags.extend(library.errors());
    (Lowered { stack, environment, root }, diags)
}

/// The environment with the references to itself in values and backend replaced, its values checked.
fn resolved(
    mut environment: Environment,
    root: &[Body],
    setting: &Setting,
    diags: &mut Diagnostics,
) -> Environment {
    let variables = blocks_of(root, "variable");
    let declared: Vec<&str> = variables.iter().filter_map(|b| b.labels.first()).map(|l| &*l.name).collect();
    environment::check_values(&mut environment, &declared, diags);
    let nothing = Connectors::default();
    let components = BTreeMap::new();
    let mut names =
        Names { setting, components, connectors: &nothing, lenient: false, diags: Diagnostics::new() };
    let values = environment.values.iter();
    let values =
        values.map(|(name, e)| (name.clone(), rewrite::expr(e, &mut |t| names.replace(t)))).collect();
    let backend = environment.backend.as_ref().map(|b| rewrite::block(b, &mut |t| names.replace(t)));
    diags.extend(names.diags);
    Environment { values, backend, ..environment }
}

/// The top-level blocks of a type.
fn blocks_of<'b>(root: &'b [Body], ty: &'static str) -> Vec<&'b Block> {
    root.iter().flat_map(|body| body.blocks_of(ty)).collect()
}

fn constants(root: &[Body], environment: Option<&Environment>, given: BTreeMap<Str, Value>) -> Constants {
    let mut defined: BTreeMap<Str, _> = BTreeMap::new();
    for block in blocks_of(root, "variable") {
        if let Some(label) = block.labels.first() {
            defined.insert(label.name.clone(), block.body.attribute("default").map(|a| a.expr.clone()));
        }
    }
    for (name, expr) in environment.iter().flat_map(|e| &e.values) {
        if let Some(value) = defined.get_mut(name) {
            *value = Some(expr.clone());
        }
    }
    Constants { defined, given }
}

fn connectors(
    root: &[Body],
    environment: Option<&Body>,
    types: &[&dyn ConnectorType],
    setting: &Setting,
    diags: &mut Diagnostics,
) -> Connectors {
    let of_environment: Vec<&Block> = environment.iter().flat_map(|b| b.blocks_of("connector")).collect();
    connector::collect(&blocks_of(root, "connector"), &of_environment, types, setting, diags)
}

struct Lowering<'l, 'a> {
    root: &'l [Body],
    environment: Option<&'l Environment>,
    setting: &'l Setting,
    library: &'l Library<'a>,
    constants: Constants,
    connectors: Connectors,
    diags: Diagnostics,
}

impl Lowering<'_, '_> {
    fn run(&mut self) -> (Option<Stack>, Vec<Body>) {
        self.check_root();
        let drafts = self.drafts();
        let stack = self.stack(&drafts);
        let bindings = bind::bind(&drafts, self.library, &mut self.diags);
        let grants = grants::grants(&drafts);
        if let Some(stack) = &stack {
            self.check_rules(&drafts, &bindings, stack.span);
        }
        let name = stack.as_ref().map(|s| s.name.clone()).unwrap_or_else(|| "".into());
        let emit = Emit { stack: &name, setting: self.setting, drafts: &drafts, bindings: &bindings };
        let configured = default_providers(self.root);
        let assigned = assign(&drafts, &self.connectors, self.setting, &configured, &mut self.diags);
        let mut root = self.rewritten(&drafts, &emit, &assigned);
        let generated = self.generated(&emit, &grants, &assigned, stack.as_ref());
        if let Some(span) = self.anchor() {
            root.push(syntax::body(Vec::new(), generated, span));
        }
        (stack.map(|s| s.with(&drafts, bindings, grants)), root)
    }

    /// What is made from nothing in particular stands, for messages, where the stack or the first component does.
    fn anchor(&self) -> Option<Span> {
        let of = |ty| blocks_of(self.root, ty).first().map(|b| b.header);
        of("stack")
            .or_else(|| of("component"))
            .or_else(|| of("connector"))
            .or(self.environment.map(|e| e.span))
    }

    /// What a stack's own files may not hold.
    fn check_root(&mut self) {
        for block in blocks_of(self.root, "environment") {
            self.diags.push(err!(
                block.header,
                "Environment among the stack's files",
                "An environment lies in a file of its own, environments/NAME.hcl, so that only the chosen one is read."
            ));
        }
        for block in blocks_of(self.root, "module") {
            let Some(label) = block.labels.first().filter(|l| l.name.contains("--")) else { continue };
            self.diags.push(err!(
                label.span,
                "Reserved module name",
                "The name {:?} contains \"--\", which marks the modules that components become. Use a single dash.",
                label.name
            ));
        }
    }

    fn drafts(&mut self) -> Vec<Draft> {
        let mut names = self.names(BTreeMap::new());
        let mut resolve = |block: &Block| rewrite::block(block, &mut |t| names.replace(t));
        let mut found = Diagnostics::new();
        let blocks = blocks_of(self.root, "component");
        let drafts = component::collect(&blocks, self.library, &self.constants, &mut resolve, &mut found);
        let mut named = names.diags;
        named.extend(found);
        self.diags.extend(named);
        drafts
    }

    fn names(&self, components: BTreeMap<ComponentId, Option<Arc<Flavor>>>) -> Names<'_> {
        let (setting, connectors) = (self.setting, &self.connectors);
        Names { setting, components, connectors, lenient: false, diags: Diagnostics::new() }
    }

    fn stack(&mut self, drafts: &[Draft]) -> Option<Stack> {
        let blocks = blocks_of(self.root, "stack");
        for other in blocks.iter().skip(1) {
            self.diags.push(err!(
                other.header,
                "Several stacks in one directory",
                "A directory defines one stack; put each other one into a directory of its own, with a state of its own."
            ));
        }
        match (blocks.first(), drafts.first()) {
            (Some(block), _) => stack::decode(block, &mut self.diags),
            (None, Some(draft)) => {
                self.diags.push(err!(
                    draft.header(),
                    "Missing stack block",
                    "{} belongs to a stack, and no file of this directory defines one. Add it to stack.hcl:\n{}",
                    draft.id,
                    paste::stack("my-stack")
                ));
                None
            }
            (None, None) => None,
        }
    }

    /// Checks the rules of composition, but for components that lack something: that is reported already.
    fn check_rules(&mut self, drafts: &[Draft], bindings: &Bindings, stack: Span) {
        let unmet: BTreeSet<Span> =
            drafts.iter().filter(|d| bindings.unmet.contains(&d.id)).map(|d| d.header()).collect();
        let broken = rules::check(&Facts { drafts, stack });
        self.diags.extend(broken.into_iter().filter(|d| d.subject.is_none_or(|s| !unmet.contains(&s))));
    }

    /// The user's own files with components as module calls, without what only stacks have.
    fn rewritten(&mut self, drafts: &[Draft], emit: &Emit<'_>, assigned: &Assigned) -> Vec<Body> {
        let components = drafts.iter().map(|d| (d.id.clone(), d.flavor.clone())).collect();
        let mut names = self.names(components);
        let mut root = Vec::with_capacity(self.root.len() + 1);
        for body in self.root {
            let lower = |b: &Block| lower_block(b, drafts, emit, assigned, &mut names);
            let blocks = body.blocks.iter().filter_map(lower).collect();
            root.push(Body { attributes: body.attributes.clone(), blocks, ..*body });
        }
        let found = names.diags;
        self.diags.extend(found);
        root
    }

    /// The blocks that nobody wrote: provider configurations, grants, the stack file, outputs.
    fn generated(
        &mut self,
        emit: &Emit<'_>,
        grants: &[Grant],
        assigned: &Assigned,
        stack: Option<&Stack>,
    ) -> Vec<Block> {
        let mut names = self.names(BTreeMap::new());
        let configured = default_providers(self.root);
        let blocks = self.connectors.provider_blocks(&configured);
        let mut blocks: Vec<Block> =
            blocks.iter().map(|b| rewrite::block(b, &mut |t| names.replace(t))).collect();
        let found = names.diags;
        self.diags.extend(found);
        blocks.extend(grants.iter().filter_map(|g| emit.grant(g, assigned.of(&g.producer))));
        if let Some(stack) = stack {
            let deployment = self.setting.deployment(&stack.name);
            blocks.push(zenml::resource(&deployment, &stack.zenml_version, emit.drafts, stack.span));
            blocks.extend(self.outputs(emit, stack));
        }
        blocks
    }

    fn outputs(&self, emit: &Emit<'_>, stack: &Stack) -> Vec<Block> {
        let own = blocks_of(self.root, "output");
        let taken: BTreeSet<&str> = own.iter().filter_map(|b| b.labels.first()).map(|l| &*l.name).collect();
        let mut blocks = emit.outputs(&taken);
        if !taken.contains("zenml_stack_file") {
            let (ty, name) = zenml::RESOURCE;
            let value = syntax::reference(&[ty, name, "absolute_path"], stack.span);
            let attributes = vec![syntax::attribute("value", value, stack.span)];
            blocks.push(syntax::block("output", &["zenml_stack_file"], attributes, stack.span));
        }
        blocks
    }
}

/// A block of the user's as plain configuration; nothing for what is lowered elsewhere.
fn lower_block(
    block: &Block,
    drafts: &[Draft],
    emit: &Emit<'_>,
    assigned: &Assigned,
    names: &mut Names<'_>,
) -> Option<Block> {
    match &*block.ty.name {
        "component" => {
            let draft = drafts.iter().find(|d| d.block.header == block.header)?;
            let body = rewrite::body(&without_own(&block.body), &mut |t| names.replace(t));
            draft.flavor.as_ref()?;
            Some(emit.component(draft, &body, assigned.of(&draft.id)))
        }
        "stack" | "connector" | "environment" => None,
        _ if !refers_to_stack(&block.body) => Some(block.clone()),
        ty => {
            // What moved or was removed may be a component that is no more, and imports name what is within components.
            names.lenient = matches!(ty, "moved" | "removed" | "import");
            let lowered = rewrite::block(block, &mut |t| names.replace(t));
            names.lenient = false;
            Some(lowered)
        }
    }
}

/// Whether there is anything to replace; most plain blocks are shared as they are.
fn refers_to_stack(body: &Body) -> bool {
    lang::references::body_references(body).iter().any(|t| names::ROOTS.contains(&&*t.root.name))
}

/// The arguments of a component but for those that are read elsewhere.
fn without_own(body: &Body) -> Body {
    let kept = |a: &&lang::ast::Attribute| !matches!(&*a.name.name, "flavor" | "connector" | "uses");
    Body { attributes: body.attributes.iter().filter(kept).cloned().collect(), ..body.clone() }
}

/// The providers for which the root has a default configuration of its own.
fn default_providers(root: &[Body]) -> Vec<&str> {
    let is_default = |b: &&&Block| b.body.attribute("alias").is_none();
    blocks_of(root, "provider")
        .iter()
        .filter(is_default)
        .filter_map(|b| b.labels.first())
        .map(|l| &*l.name)
        .collect()
}
