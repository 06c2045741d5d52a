//! Provider configurations to clients, each made once and only when needed.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use config::{Config, Evaluator, InstId, NodeKind, ProviderKey, resolve_provider};
use model::{Diagnostic, Diagnostics, ModulePath, ProviderAddr, Str, Value};
use provider::{Client, Provider, Registry, Surroundings};

/// A provider with the configuration that a resource uses.
#[derive(Clone)]
pub struct Configured {
    /// The provider.
    pub provider: Arc<dyn Provider>,
    /// Its address as configured.
    pub addr: ProviderAddr,
    /// The configuration as states write it.
    pub config_text: Str,
    place: Place,
}

/// Which configuration, and in which module instance it is evaluated.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Place {
    addr: ProviderAddr,
    module: Option<(ModulePath, InstId)>,
    key: ProviderKey,
}

/// A client that is being made, was made, or could not be.
type Making = Arc<tokio::sync::OnceCell<Result<Client, Diagnostics>>>;

/// The clients of a run.
pub struct Clients<'a> {
    config: &'a Config,
    registry: &'a Registry,
    around: Arc<dyn Surroundings>,
    made: RefCell<HashMap<Place, Making>>,
}

impl<'a> Clients<'a> {
    /// No client yet.
    pub fn new(config: &'a Config, registry: &'a Registry, around: Arc<dyn Surroundings>) -> Clients<'a> {
        Clients { config, registry, around, made: RefCell::default() }
    }

    /// The providers of this run.
    pub fn registry(&self) -> &'a Registry {
        self.registry
    }

    /// The provider that a module's key means for a resource in it; nothing where no such provider is built in.
    pub fn find(
        &self,
        path: &ModulePath,
        key: &ProviderKey,
        evaluator: &Evaluator<'_>,
    ) -> Option<Configured> {
        let module = self.config.modules.get(path)?;
        let addr = module.provider_addr(&key.name);
        let provider = self.registry.get(&addr)?.clone();
        let block = resolve_provider(self.config, path, key);
        let place = match &block {
            Some((at, key)) => {
                let inst = evaluator.module_instances(at).first().copied().unwrap_or(InstId::ROOT);
                Place { addr: addr.clone(), module: Some((at.clone(), inst)), key: key.clone() }
            }
            None => Place {
                addr: addr.clone(),
                module: None,
                key: ProviderKey { name: key.name.clone(), alias: None },
            },
        };
        let at = block.as_ref().map_or_else(ModulePath::root, |(path, _)| path.clone());
        let alias = block.as_ref().and_then(|(_, key)| key.alias.clone());
        Some(Configured { provider, config_text: config_text(&at, &addr, alias.as_deref()), addr, place })
    }

    /// The provider that a state's text means; nothing where it is not built in, or its block has gone.
    pub fn find_by_text(&self, text: &str, evaluator: &Evaluator<'_>) -> Option<Configured> {
        let (path, addr, alias) = parse_config_text(text)?;
        let provider = self.registry.get(&addr)?.clone();
        let module = self.config.modules.get(&path);
        let name = module.and_then(|m| {
            m.required_providers
                .iter()
                .find(|(_, r)| r.addr.same_provider(&addr))
                .map(|(name, _)| name.clone())
        });
        let key = ProviderKey { name: name.unwrap_or_else(|| addr.ty.clone()), alias };
        let inst = evaluator.module_instances(&path).first().copied();
        let has_block = module.is_some_and(|m| m.providers.contains_key(&key));
        // Only the root module's default configuration goes without a block.
        if !has_block && (key.alias.is_some() || !path.is_root()) {
            return None;
        }
        let module = inst.filter(|_| has_block).map(|inst| (path, inst));
        let place = Place { addr: addr.clone(), module, key };
        Some(Configured { provider, addr, config_text: text.into(), place })
    }

    /// The client of a configuration, made now if this is the first use.
    pub async fn client(
        &self,
        configured: &Configured,
        evaluator: &Evaluator<'_>,
    ) -> Result<Client, Diagnostics> {
        let cell = self.made.borrow_mut().entry(configured.place.clone()).or_default().clone();
        cell.get_or_init(|| self.configure(configured, evaluator)).await.clone()
    }

    async fn configure(
        &self,
        configured: &Configured,
        evaluator: &Evaluator<'_>,
    ) -> Result<Client, Diagnostics> {
        let (value, span) = self.evaluate(configured, evaluator)?;
        let work = configured.provider.configure(&value, self.around.clone());
        let result = provider::caught("take its configuration", work).await;
        result.map_err(|e| {
            let diag = Diagnostic::error(e.summary, e.detail);
            let diag = if let Some(span) = span { diag.at(span) } else { diag };
            diag.for_address(&configured.config_text).into()
        })
    }

    fn evaluate(
        &self,
        configured: &Configured,
        evaluator: &Evaluator<'_>,
    ) -> Result<(Value, Option<model::Span>), Diagnostics> {
        let schema = configured.provider.schema();
        let empty = lang::ast::Body {
            attributes: Vec::new(),
            blocks: Vec::new(),
            span: model::Span::new(model::FileId(0), 0, 0),
            missing_item: model::Span::new(model::FileId(0), 0, 0),
        };
        let place = &configured.place;
        let block = place.module.as_ref().and_then(|(path, inst)| {
            let node = evaluator.statics().find(path, &NodeKind::Provider(place.key.clone()))?;
            Some((self.config.modules.get(path)?.providers.get(&place.key)?, node, *inst))
        });
        let (value, diags, span) = match block {
            Some((block, node, inst)) => {
                let _ = evaluator.ensure(node, inst);
                let each = config::EachValue::None;
                let (value, _, diags) =
                    evaluator.eval_body(&block.body, &schema.block, node, inst, each, None);
                (value, diags, Some(block.span))
            }
            None => {
                let scope = evaluator.scope(InstId::ROOT);
                let (value, diags) = config::decode_body(&empty, &schema.block, &scope);
                (value, missing_configuration(diags, &configured.addr), None)
            }
        };
        if diags.has_errors() { Err(diags) } else { Ok((value.unmarked_deep(), span)) }
    }
}

/// What is required of a provider that has no block at all.
fn missing_configuration(diags: Diagnostics, addr: &ProviderAddr) -> Diagnostics {
    if !diags.has_errors() {
        return diags;
    }
    Diagnostic::error(
        "Invalid provider configuration",
        format!(
            "Provider {:?} requires explicit configuration. Add a provider block to the root module and configure the \
             provider's required arguments.",
            addr.to_string()
        ),
    )
    .into()
}

/// A provider configuration as states write it.
pub fn config_text(path: &ModulePath, addr: &ProviderAddr, alias: Option<&str>) -> Str {
    let mut text = path.to_string();
    if !text.is_empty() {
        text.push('.');
    }
    text.push_str(&format!("provider[\"{addr}\"]"));
    if let Some(alias) = alias {
        text.push('.');
        text.push_str(alias);
    }
    text.into()
}

/// Reads a provider configuration as states write it.
pub fn parse_config_text(text: &str) -> Option<(ModulePath, ProviderAddr, Option<Str>)> {
    let (before, rest) = text.split_once("provider[\"")?;
    let (addr, after) = rest.split_once("\"]")?;
    let mut path = ModulePath::root();
    let calls = before.split('.').collect::<Vec<_>>();
    for pair in calls.chunks(2) {
        if let ["module", name] = pair {
            path = path.child(name);
        }
    }
    let alias = after.strip_prefix('.').map(Str::from);
    Some((path, addr.parse().ok()?, alias))
}
