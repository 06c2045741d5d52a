//! Components: what their blocks say, checked against their flavors.

use std::fmt;
use std::sync::Arc;

use lang::ast::{Block, Traversal};
use model::diagnostic::did_you_mean;
use model::{Diagnostics, Span, Str, err};

use crate::constant::Constants;
use crate::environment::SIZES;
use crate::flavor::{Flavor, RESERVED};
use crate::kinds::{COMPONENT_TYPES, component_type};
use crate::library::Library;
use crate::shape;

/// Arguments of every component; all others are its flavor's variables.
pub const OWN: &[&str] = &["flavor", "connector", "uses", "size", "on_destroy", "depends_on"];

/// What happens to data when what holds it is destroyed.
const ON_DESTROY: &[&str] = &["retain", "fail_if_not_empty", "purge"];

/// Which component: its type and its name, unique together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ComponentId {
    /// The component type.
    pub ty: Str,
    /// The name.
    pub name: Str,
}

impl ComponentId {
    /// Makes one.
    pub fn new(ty: &str, name: &str) -> ComponentId {
        ComponentId { ty: ty.into(), name: name.into() }
    }

    /// The name of the module call that the component becomes.
    pub fn module(&self) -> String {
        format!("{}--{}", self.ty, self.name)
    }
}

/// As people write it: `component.artifact_store.models`.
impl fmt::Display for ComponentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "component.{}.{}", self.ty, self.name)
    }
}

/// A component's block with what could be read of it.
pub struct Draft {
    /// Which component.
    pub id: ComponentId,
    /// The block as written.
    pub block: Block,
    /// Its flavor, where that could be found.
    pub flavor: Option<Arc<Flavor>>,
}

impl Draft {
    /// The references in an argument that holds one or several, as `uses` does.
    pub fn references(&self, name: &str, want: &str, diags: &mut Diagnostics) -> Vec<&Traversal> {
        match self.block.body.attribute(name) {
            Some(a) => shape::reference_list(&a.expr, name, want, diags),
            None => Vec::new(),
        }
    }

    /// Whether the block gives an argument.
    pub fn gives(&self, argument: &str) -> bool {
        self.block.body.attribute(argument).is_some()
    }

    /// The block's header.
    pub fn header(&self) -> Span {
        self.block.header
    }
}

/// Reads component blocks, in order. `resolve` turns `environment.*` in an expression into what it stands for.
pub fn collect(
    blocks: &[&Block],
    library: &Library<'_>,
    constants: &Constants,
    resolve: &mut dyn FnMut(&Block) -> Block,
    diags: &mut Diagnostics,
) -> Vec<Draft> {
    let mut drafts: Vec<Draft> = Vec::new();
    for block in blocks {
        let Some(id) = identify(block, diags) else { continue };
        if drafts.iter().any(|d| d.id == id) {
            diags.push(err!(
                block.header,
                "Duplicate component",
                "{id} is already defined; of one type each component has a name of its own."
            ));
            continue;
        }
        let flavor = flavor_of(&id, block, library, constants, resolve, diags);
        let draft = Draft { id, block: (*block).clone(), flavor };
        check_arguments(&draft, diags);
        drafts.push(draft);
    }
    drafts
}

fn identify(block: &Block, diags: &mut Diagnostics) -> Option<ComponentId> {
    let [ty, name] = shape::labels(block, ["component type", "name"], diags)?;
    shape::check_name(name, diags);
    if component_type(&ty.name).is_none() {
        let known: Vec<&str> = COMPONENT_TYPES.iter().map(|t| t.name).collect();
        diags.push(err!(
            ty.span,
            "Unknown component type",
            "{:?} is not a component type.{} The types are {}.",
            ty.name,
            did_you_mean(&ty.name, known.iter().copied()),
            known.join(", ")
        ));
        return None;
    }
    Some(ComponentId { ty: ty.name.clone(), name: name.name.clone() })
}

fn flavor_of(
    id: &ComponentId,
    block: &Block,
    library: &Library<'_>,
    constants: &Constants,
    resolve: &mut dyn FnMut(&Block) -> Block,
    diags: &mut Diagnostics,
) -> Option<Arc<Flavor>> {
    let known: Vec<String> = library.names(&id.ty).into_iter().collect();
    let Some(written) = block.body.attribute("flavor") else {
        diags.push(err!(
            block.body.missing_item,
            "Missing required argument",
            "The argument \"flavor\" says how {id} is realised. Flavors of {}: {}.",
            id.ty,
            listed(&known)
        ));
        return None;
    };
    let only = Block {
        body: Arc::new(lang::ast::Body {
            attributes: vec![written.clone()],
            blocks: Vec::new(),
            ..(*block.body).clone()
        }),
        ..block.clone()
    };
    let resolved = resolve(&only);
    let name = constants.text(&resolved.body.attributes[0].expr, "flavor", diags)?;
    if !library.knows(&id.ty, &name) {
        diags.push(err!(
            written.expr.span,
            "Unknown flavor",
            "There is no flavor {name:?} of {}.{} Flavors of {0}: {}. A flavor of your own lies in flavors/{0}/{name}/ \
             beside the stack.",
            id.ty,
            did_you_mean(&name, known.iter().map(String::as_str)),
            listed(&known)
        ));
    }
    library.take(&id.ty, &name)
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { "none yet".to_owned() } else { names.join(", ") }
}

/// Why an argument that a module call may have is not one of a component.
fn forbidden(name: &str) -> Option<&'static str> {
    match name {
        "count" | "for_each" => Some(
            "A component is one thing with one name; write a block for each, or use a plain module where a number of \
             equal ones is wanted.",
        ),
        "providers" => Some("Name a connector instead: connector = connector.KIND.NAME."),
        "source" | "version" => Some("Where a component's module comes from is said by its flavor."),
        _ => None,
    }
}

fn check_arguments(draft: &Draft, diags: &mut Diagnostics) {
    for attribute in &draft.block.body.attributes {
        let name = &*attribute.name.name;
        if let Some(why) = forbidden(name) {
            diags.push(err!(
                attribute.name.span,
                "Unsupported argument",
                "The argument {name:?} is not allowed in a component. {why}"
            ));
        }
    }
    for nested in &draft.block.body.blocks {
        diags.push(err!(
            nested.ty.span,
            "Unsupported block type",
            "Blocks are not expected in a component. To give its flavor a value named {0:?}, write {0} = ... instead.",
            nested.ty.name
        ));
    }
    check_choice(draft, "size", SIZES, diags);
    check_choice(draft, "on_destroy", ON_DESTROY, diags);
    if let Some(flavor) = &draft.flavor {
        check_against_flavor(draft, flavor, diags);
    }
}

/// Checks an argument with few possible values where it is written as a literal.
fn check_choice(draft: &Draft, name: &str, choices: &[&str], diags: &mut Diagnostics) {
    let body = &draft.block.body;
    if let Some(a) = body.attribute(name)
        && let lang::ast::ExprKind::String(text) = &a.expr.unwrapped().kind
    {
        shape::one_of(text, body, name, choices, diags);
    }
}

fn check_against_flavor(draft: &Draft, flavor: &Flavor, diags: &mut Diagnostics) {
    let what = format!("a component of the flavor {:?}", flavor.name);
    for attribute in &draft.block.body.attributes {
        let name = &*attribute.name.name;
        if forbidden(name).is_some() || flavor.parameter(name).is_some() {
            continue;
        }
        match name {
            "size" | "on_destroy" if flavor.variables.contains_key(name) => {}
            "size" | "on_destroy" => diags.push(err!(
                attribute.name.span,
                "Unsupported argument",
                "The flavor {:?} of {} has no {name:?}: nothing in it {}.",
                flavor.name,
                flavor.component_type,
                if name == "size" { "comes in sizes" } else { "holds data" }
            )),
            _ if OWN.contains(&name) => {}
            _ if RESERVED.contains(&name) => diags.push(err!(
                attribute.name.span,
                "Unsupported argument",
                "The argument {name:?} is filled by the stack and cannot be set."
            )),
            _ => {
                let known = flavor.variables.keys().map(|k| &**k).filter(|k| !RESERVED.contains(k));
                diags.push(shape::unexpected_argument(
                    &attribute.name,
                    &what,
                    known.chain(OWN.iter().copied()),
                ));
            }
        }
    }
    for name in flavor.required_arguments().filter(|n| !draft.gives(n)) {
        let meaning = flavor.parameter(name).map(|p| p.description.clone()).unwrap_or_default();
        diags.push(err!(
            draft.block.body.missing_item,
            "Missing required argument",
            "The flavor {:?} of {} needs the argument {name:?}. {meaning}",
            flavor.name,
            flavor.component_type
        ));
    }
}
