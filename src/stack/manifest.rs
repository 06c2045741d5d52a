//! Reads flavors: what a manifest says, and what the module beside it takes and gives.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use lang::ast::{Block, Body, Expr};
use model::diagnostic::did_you_mean;
use model::{Diagnostic, Diagnostics, Str, err};
use provider::FlavorFiles;

use crate::flavor::{Flavor, Location, Offer, Parameter, Provision, Requirement, Zenml};
use crate::shape::{self, Shape};

/// The bodies of a flavor's own files (not those of its grants), parsed.
pub struct Parsed {
    /// `flavor.hcl`, where there is one.
    pub manifest: Option<Body>,
    /// The files of the module.
    pub module: Vec<Body>,
    /// The levels that have a folder in `grants/`.
    pub grants: BTreeSet<Str>,
}

impl Parsed {
    /// Parses the files that lie in the flavor's folder itself. `add` makes a text known and gives its id.
    pub fn read(
        files: &FlavorFiles,
        mut add: impl FnMut(&str, &Str) -> model::FileId,
        diags: &mut Diagnostics,
    ) -> Parsed {
        let mut parsed = Parsed { manifest: None, module: Vec::new(), grants: BTreeSet::new() };
        for (path, text) in &files.files {
            let level = path.strip_prefix("grants/").and_then(|p| p.split_once('/'));
            parsed.grants.extend(level.map(|(level, _)| Str::from(level)));
            let is_source = path.ends_with(".hcl") || path.ends_with(".tf");
            if path.contains('/') || path.starts_with('.') || !is_source {
                continue;
            }
            let (body, found) = lang::parse::parse_body(add(path, text), text);
            diags.extend(found);
            match path == "flavor.hcl" {
                true => parsed.manifest = Some(body),
                false => parsed.module.push(body),
            }
        }
        parsed
    }
}

/// Reads a flavor; nothing where its manifest cannot be used, which is reported.
pub fn decode(component_type: &str, name: &str, parsed: &Parsed, diags: &mut Diagnostics) -> Option<Flavor> {
    let Some(manifest) = &parsed.manifest else {
        diags.push(Diagnostic::error(
            "Flavor without a manifest",
            format!(
                "The folder of the flavor {name:?} of {component_type} holds no flavor.hcl, which says what the flavor \
                 needs and provides."
            ),
        ));
        return None;
    };
    Shape { what: "a manifest", attributes: &[], blocks: &["flavor"] }.check(manifest, diags);
    let Some(block) = manifest.blocks_of("flavor").next() else {
        diags.push(err!(
            manifest.missing_item,
            "Missing flavor block",
            "A manifest holds one block: flavor {component_type:?} {name:?}."
        ));
        return None;
    };
    let [ty_label, name_label] = shape::labels(block, ["component type", "name"], diags)?;
    if (&*ty_label.name, &*name_label.name) != (component_type, name) {
        diags.push(err!(
            block.header,
            "Flavor in the wrong place",
            "The manifest in the folder {component_type}/{name} must describe flavor {component_type:?} {name:?}; this \
             one says {:?} {:?}.",
            ty_label.name,
            name_label.name
        ));
        return None;
    }
    let mut flavor = manifest_body(block, diags);
    (flavor.component_type, flavor.name) = (component_type.into(), name.into());
    for body in &parsed.module {
        interface(body, &mut flavor);
    }
    check_module(&flavor, diags);
    check_grants(&flavor, &parsed.grants, diags);
    Some(flavor)
}

const MANIFEST: Shape = Shape {
    what: "a flavor's manifest",
    attributes: &[("description", true), ("location", false)],
    blocks: &["requires", "provides", "identity", "offers", "zenml"],
};

fn manifest_body(block: &Block, diags: &mut Diagnostics) -> Flavor {
    let body = &block.body;
    MANIFEST.check(body, diags);
    Flavor {
        component_type: "".into(),
        name: "".into(),
        description: shape::literal_string(body, "description", diags).unwrap_or_default().to_string(),
        location: location(body, diags),
        requires: body.blocks_of("requires").filter_map(|b| requirement(b, diags)).collect(),
        provides: body.blocks_of("provides").filter_map(|b| provision(b, diags)).collect(),
        identity: body.blocks_of("identity").filter_map(|b| identity(b, diags)).next(),
        offers: body.blocks_of("offers").filter_map(|b| offer(b, diags)).collect(),
        zenml: body.blocks_of("zenml").filter_map(|b| zenml(b, diags)).next(),
        variables: BTreeMap::new(),
        outputs: BTreeMap::new(),
        providers: BTreeSet::new(),
        span: block.header,
    }
}

fn location(body: &Body, diags: &mut Diagnostics) -> Location {
    let Some(text) = shape::literal_string(body, "location", diags) else { return Location::Remote };
    match shape::one_of(&text, body, "location", &["local", "remote"], diags) {
        Some(text) if &**text == "local" => Location::Local,
        _ => Location::Remote,
    }
}

fn requirement(block: &Block, diags: &mut Diagnostics) -> Option<Requirement> {
    let [capability] = shape::labels(block, ["capability"], diags)?;
    let attributes = &[("as", true), ("optional", false)];
    Shape { what: "a requirement", attributes, blocks: &[] }.check(&block.body, diags);
    Some(Requirement {
        capability: capability.name.clone(),
        variable: shape::literal_string(&block.body, "as", diags)?,
        optional: shape::literal_bool(&block.body, "optional", diags).unwrap_or(false),
        span: block.header,
    })
}

fn provision(block: &Block, diags: &mut Diagnostics) -> Option<Provision> {
    let [capability] = shape::labels(block, ["capability"], diags)?;
    let attributes = &[("value", true), ("on_demand", false)];
    Shape { what: "a provision", attributes, blocks: &[] }.check(&block.body, diags);
    Some(Provision {
        capability: capability.name.clone(),
        value: block.body.attribute("value")?.expr.clone(),
        on_demand: shape::literal_bool(&block.body, "on_demand", diags).unwrap_or(false),
    })
}

fn identity(block: &Block, diags: &mut Diagnostics) -> Option<Arc<Expr>> {
    shape::labels(block, [], diags)?;
    Shape { what: "an identity", attributes: &[("value", true)], blocks: &[] }.check(&block.body, diags);
    Some(block.body.attribute("value")?.expr.clone())
}

fn offer(block: &Block, diags: &mut Diagnostics) -> Option<Offer> {
    let [level] = shape::labels(block, ["level"], diags)?;
    Shape { what: "an offer", attributes: &[("target", false)], blocks: &[] }.check(&block.body, diags);
    let target = block.body.attribute("target").map(|a| a.expr.clone());
    Some(Offer { level: level.name.clone(), target, span: block.header })
}

fn zenml(block: &Block, diags: &mut Diagnostics) -> Option<Zenml> {
    shape::labels(block, [], diags)?;
    let attributes = &[("flavor", true), ("config", false)];
    Shape { what: "a zenml block", attributes, blocks: &[] }.check(&block.body, diags);
    Some(Zenml {
        flavor: shape::literal_string(&block.body, "flavor", diags)?,
        config: block.body.attribute("config").map(|a| a.expr.clone()),
    })
}

/// What one file of a module takes, gives and uses. Errors in it are reported when the module is loaded.
fn interface(body: &Body, flavor: &mut Flavor) {
    let mut silent = Diagnostics::new();
    for block in &body.blocks {
        let Some(label) = block.labels.first().map(|l| l.name.clone()) else { continue };
        match &*block.ty.name {
            "variable" => {
                let description = shape::literal_string(&block.body, "description", &mut silent);
                let required = block.body.attribute("default").is_none();
                let description = description.unwrap_or_default().to_string();
                flavor.variables.insert(label, Parameter { required, description });
            }
            "output" => {
                let sensitive = shape::literal_bool(&block.body, "sensitive", &mut silent);
                flavor.outputs.insert(label, sensitive.unwrap_or(false));
            }
            "resource" | "data" | "ephemeral" => {
                let explicit = block.body.attribute("provider").and_then(|a| a.expr.as_keyword());
                let implied = label.split('_').next().unwrap_or_default();
                flavor.providers.insert(explicit.unwrap_or(implied).into());
            }
            "provider" => {
                flavor.providers.insert(label);
            }
            _ => {}
        }
    }
    let settings = body.blocks_of("terraform").flat_map(|t| t.body.blocks_of("required_providers"));
    let required = settings.flat_map(|r| r.body.attributes.iter().map(|a| a.name.name.clone()));
    flavor.providers.extend(required);
}

/// What a manifest names must be in the module: variables for what is required, outputs for what is given.
fn check_module(flavor: &Flavor, diags: &mut Diagnostics) {
    for requirement in &flavor.requires {
        if !flavor.variables.contains_key(&requirement.variable) {
            diags.push(err!(
                requirement.span,
                "Requirement without a variable",
                "The value of {:?} is to be bound to the variable {:?}, which the flavor's module does not declare.",
                requirement.capability,
                requirement.variable
            ));
        }
    }
    for requirement in flavor.requires.iter().filter(|r| r.optional) {
        if flavor.variables.get(&requirement.variable).is_some_and(|v| v.required) {
            diags.push(err!(
                requirement.span,
                "Optional requirement without a default",
                "The flavor can do without {:?}, so its variable {:?} must have a default.",
                requirement.capability,
                requirement.variable
            ));
        }
    }
    for provision in &flavor.provides {
        check_outputs(&provision.value, flavor, diags);
        if provision.on_demand && !flavor.variables.contains_key("demands") {
            diags.push(err!(
                provision.value.span,
                "Provision that cannot be demanded",
                "{:?} is there only on demand, but the flavor's module does not declare the variable \"demands\", which \
                 tells it so.",
                provision.capability
            ));
        }
    }
    let config = flavor.zenml.iter().filter_map(|z| z.config.as_ref());
    let targets = flavor.offers.iter().filter_map(|o| o.target.as_ref());
    for expr in flavor.identity.iter().chain(targets).chain(config) {
        check_outputs(expr, flavor, diags);
    }
}

/// What is offered must be granted by a module in a folder of its own.
fn check_grants(flavor: &Flavor, folders: &BTreeSet<Str>, diags: &mut Diagnostics) {
    for offer in flavor.offers.iter().filter(|o| !folders.contains(&o.level)) {
        diags.push(err!(
            offer.span,
            "Offer without a grant",
            "The flavor offers {0:?}, but holds no module that grants it: the folder grants/{0} is missing.{1}",
            offer.level,
            did_you_mean(&offer.level, folders.iter().map(|f| &**f))
        ));
    }
}

/// Expressions of a manifest refer to the outputs of its module and to nothing else.
fn check_outputs(expr: &Expr, flavor: &Flavor, diags: &mut Diagnostics) {
    for reference in lang::references::references(expr) {
        let names = shape::names(reference);
        let known = || flavor.outputs.keys().map(|k| &**k);
        match names[..] {
            [root, output, ..] if &**root == "output" && flavor.outputs.contains_key(output) => {}
            [root, output, ..] if &**root == "output" => diags.push(err!(
                reference.span,
                "Unknown output of a flavor",
                "The flavor's module has no output {output:?}.{}",
                did_you_mean(output, known())
            )),
            _ => diags.push(err!(
                reference.span,
                "Unsuitable reference",
                "A manifest speaks of its module's outputs only: output.NAME."
            )),
        }
    }
}
