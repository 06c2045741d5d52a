//! Connectors: how to authenticate, and for which environments.

use std::sync::Arc;

use lang::ast::{Attribute, Block, Body};
use model::diagnostic::did_you_mean;
use model::{AttributeKind, Diagnostics, Span, Str, err};
use provider::ConnectorType;

use crate::environment::Setting;
use crate::shape::{self, Shape};
use crate::syntax;

/// A `connector` block.
#[derive(Clone, Debug)]
pub struct Connector {
    /// Its kind, the first label: `aws`.
    pub kind: Str,
    /// Its name, the second label, and the alias of the provider configuration that it becomes.
    pub name: Str,
    /// The local name of the provider that it configures.
    pub provider: Str,
    /// The environments that it may serve; any where it does not say.
    pub environments: Option<Vec<Str>>,
    /// The block's header.
    pub span: Span,
    /// The provider's arguments.
    arguments: Body,
}

/// The connectors of a stack.
#[derive(Debug, Default)]
pub struct Connectors {
    /// Those that may serve here, in source order.
    pub serving: Vec<Connector>,
    /// Those that may not.
    pub elsewhere: Vec<Connector>,
}

impl Connectors {
    /// The serving connectors of one provider.
    pub fn of_provider<'c>(&'c self, provider: &'c str) -> impl Iterator<Item = &'c Connector> {
        self.serving.iter().filter(move |c| &*c.provider == provider)
    }

    /// The connector that `kind.name` at a place stands for; nothing after an error, which is reported.
    pub fn find(
        &self,
        kind: &str,
        name: &str,
        at: Span,
        setting: &Setting,
        diags: &mut Diagnostics,
    ) -> Option<&Connector> {
        let named = |c: &&Connector| &*c.kind == kind && &*c.name == name;
        if let Some(found) = self.serving.iter().find(named) {
            return Some(found);
        }
        match self.elsewhere.iter().find(named) {
            Some(found) => diags.push(not_for(found, at, setting)),
            None => {
                let known: Vec<String> =
                    self.serving.iter().map(|c| format!("{}.{}", c.kind, c.name)).collect();
                let hint = did_you_mean(&format!("{kind}.{name}"), known.iter().map(String::as_str));
                diags.push(err!(
                    at,
                    "Unknown connector",
                    "There is no connector {kind:?} {name:?} in the stack{}.{hint}",
                    match setting.is_environment {
                        true => format!(" or in the file of the environment {:?}", setting.name),
                        false => String::new(),
                    }
                ));
            }
        }
        None
    }

    /// The `provider` blocks that the connectors become. `configured` are the providers that have a default
    /// configuration already; of the others the only connector is the default too.
    pub fn provider_blocks(&self, configured: &[&str]) -> Vec<Block> {
        let mut blocks = Vec::new();
        for connector in &self.serving {
            blocks.push(connector.provider_block(true));
            let provider = &*connector.provider;
            if self.of_provider(provider).count() == 1 && !configured.contains(&provider) {
                blocks.push(connector.provider_block(false));
            }
        }
        blocks
    }
}

impl Connector {
    fn provider_block(&self, aliased: bool) -> Block {
        let mut body = self.arguments.clone();
        if aliased {
            body.attributes.push(syntax::attribute(
                "alias",
                syntax::string(&self.name, self.span),
                self.span,
            ));
        }
        Block { body: Arc::new(body), ..syntax::block("provider", &[&self.provider], Vec::new(), self.span) }
    }

    fn serves(&self, setting: &Setting) -> bool {
        self.environments.as_ref().is_none_or(|list| list.contains(&setting.name))
    }
}

/// The error of a connector that is used where it may not serve.
fn not_for(connector: &Connector, at: Span, setting: &Setting) -> model::Diagnostic {
    err!(
        at,
        "Connector not for this environment",
        "The connector {:?} {:?} serves only {}; this is {:?}. Nothing has been touched. If it is meant to serve here, \
         add {3:?} to its \"environments\".",
        connector.kind,
        connector.name,
        shape::quoted(connector.environments.as_deref().unwrap_or_default()),
        setting.name
    )
}

/// Reads the connectors of the stack's own files and of the environment's file. One in the environment's file must be
/// for that environment; one of the stack's may be for others, and is then out of reach.
pub fn collect(
    stack: &[&Block],
    environment: &[&Block],
    types: &[&dyn ConnectorType],
    setting: &Setting,
    diags: &mut Diagnostics,
) -> Connectors {
    let mut found = Connectors::default();
    for block in environment {
        let Some(connector) = decode(block, types, diags) else { continue };
        if !connector.serves(setting) {
            diags.push(not_for(&connector, connector.span, setting));
        }
        insert(&mut found.serving, connector, diags);
    }
    for block in stack {
        let Some(connector) = decode(block, types, diags) else { continue };
        match connector.serves(setting) {
            true => insert(&mut found.serving, connector, diags),
            false => insert(&mut found.elsewhere, connector, diags),
        }
    }
    found
}

fn insert(list: &mut Vec<Connector>, connector: Connector, diags: &mut Diagnostics) {
    if list.iter().any(|c| c.kind == connector.kind && c.name == connector.name) {
        diags.push(err!(
            connector.span,
            "Duplicate connector",
            "A connector {:?} {:?} is already defined; of one kind each has a name of its own.",
            connector.kind,
            connector.name
        ));
        return;
    }
    list.push(connector);
}

fn decode(block: &Block, types: &[&dyn ConnectorType], diags: &mut Diagnostics) -> Option<Connector> {
    let [kind, name] = shape::labels(block, ["kind", "name"], diags)?;
    shape::check_name(name, diags);
    let Some(ty) = types.iter().find(|t| t.kind() == &*kind.name) else {
        let known: Vec<&str> = types.iter().map(|t| t.kind()).collect();
        diags.push(err!(
            kind.span,
            "Unknown kind of connector",
            "There are connectors of these kinds: {}; {:?} is none.{}",
            shape::quoted(&known),
            kind.name,
            did_you_mean(&kind.name, known.iter().copied())
        ));
        return None;
    };
    check(&block.body, *ty, diags);
    Some(Connector {
        kind: kind.name.clone(),
        name: name.name.clone(),
        provider: ty.provider().ty,
        environments: shape::literal_strings(&block.body, "environments", diags),
        span: block.header,
        arguments: arguments(&block.body, *ty),
    })
}

fn check(body: &Body, ty: &dyn ConnectorType, diags: &mut Diagnostics) {
    let schema = &ty.schema().block;
    let required = |kind| kind == AttributeKind::Required;
    let mut attributes: Vec<(&str, bool)> =
        schema.attributes.iter().map(|(name, a)| (&**name, required(a.kind))).collect();
    attributes.push(("environments", false));
    let blocks: Vec<&str> = schema.blocks.keys().map(|b| &**b).collect();
    let what = format!("a connector of the kind {:?}", ty.kind());
    Shape { what: &what, attributes: &attributes, blocks: &blocks }.check(body, diags);
}

/// What the provider's configuration holds: all but `environments`, under the provider's own names.
fn arguments(body: &Body, ty: &dyn ConnectorType) -> Body {
    let renamed = |attribute: &Attribute| {
        let mut attribute = attribute.clone();
        if let Some((_, to)) = ty.renames().iter().find(|(from, _)| *from == &*attribute.name.name) {
            attribute.name.name = (*to).into();
        }
        if ty.lists().contains(&&*attribute.name.name) {
            let one = (*attribute.expr).clone();
            attribute.expr = Arc::new(syntax::tuple(vec![one], attribute.span));
        }
        attribute
    };
    let kept = body.attributes.iter().filter(|a| &*a.name.name != "environments");
    Body { attributes: kept.map(renamed).collect(), ..body.clone() }
}
