//! Provider configurations to clients, each made once and only when needed.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use config::{
    Config, EachValue, Evaluator, InstId, Module, NodeId, NodeKind, ProviderBlock, ProviderKey, Resource,
    Statics, resolve_provider,
};
use lang::ast::Expr;
use model::{Diagnostic, Diagnostics, InstanceAddr, InstanceKey, ModulePath, ProviderAddr, Str, Value, err};
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
    /// Which one, of a block with `for_each`.
    instance: Option<Str>,
}

/// An instance of a resource, whose provider configuration is looked for.
pub struct User<'u> {
    /// The module.
    pub module: &'u Module,
    /// The block.
    pub resource: &'u Resource,
    /// The block's node.
    pub node: NodeId,
    /// The module instance.
    pub inst: InstId,
    /// What `count` and `each` are.
    pub each: EachValue,
}

/// A client that is being made, was made, or could not be.
type Making = Arc<tokio::sync::OnceCell<Result<Client, Diagnostics>>>;

/// The clients of a run.
pub struct Clients<'a> {
    config: &'a Config,
    registry: &'a Registry,
    around: Arc<dyn Surroundings>,
    made: RefCell<HashMap<Place, Making>>,
    /// What a key means in a module, where that is one and the same for all who use it.
    found: RefCell<HashMap<(ModulePath, ProviderKey), Configured>>,
    /// The same by the texts of states.
    found_by_text: RefCell<HashMap<Str, Configured>>,
}

impl<'a> Clients<'a> {
    /// No client yet.
    pub fn new(config: &'a Config, registry: &'a Registry, around: Arc<dyn Surroundings>) -> Clients<'a> {
        Clients {
            config,
            registry,
            around,
            made: RefCell::default(),
            found: RefCell::default(),
            found_by_text: RefCell::default(),
        }
    }

    /// The providers of this run.
    pub fn registry(&self) -> &'a Registry {
        self.registry
    }

    /// The provider configuration that an instance of a resource uses; nothing where no such provider is built in.
    pub fn find(
        &self,
        user: &User<'_>,
        evaluator: &Evaluator<'_>,
    ) -> Result<Option<Configured>, Diagnostics> {
        if let Some(known) = self.known(user.module, user.resource) {
            return Ok(Some(known));
        }
        let key = user.module.provider_key(user.resource);
        let found = self.look_up(user, evaluator, key.clone())?;
        if let Some(one) = found.as_ref().filter(|f| f.place.instance.is_none()) {
            self.found.borrow_mut().insert((user.module.path.clone(), key), one.clone());
        }
        Ok(found)
    }

    /// The provider configuration of a block, where it was found before and is the same for all instances.
    fn known(&self, module: &Module, resource: &Resource) -> Option<Configured> {
        if resource.provider.as_ref().is_some_and(|p| p.instance.is_some()) {
            return None;
        }
        self.found.borrow().get(&(module.path.clone(), module.provider_key(resource))).cloned()
    }

    fn look_up(
        &self,
        user: &User<'_>,
        evaluator: &Evaluator<'_>,
        key: ProviderKey,
    ) -> Result<Option<Configured>, Diagnostics> {
        let addr = user.module.provider_addr(&key.name);
        let Some(provider) = self.registry.get(&addr).cloned() else { return Ok(None) };
        let Some((at, key)) = resolve_provider(self.config, &user.module.path, &key) else {
            let key = ProviderKey { name: key.name, alias: None };
            let config_text = config_text(&ModulePath::root(), &addr, None);
            let place = Place { addr: addr.clone(), module: None, key, instance: None };
            return Ok(Some(Configured { provider, config_text, addr, place }));
        };
        let instance = self.instance_key(user, evaluator)?;
        let inst = evaluator.module_instances(&at).first().copied().unwrap_or(InstId::ROOT);
        let config_text = instance_text(config_text(&at, &addr, key.alias.as_deref()), instance.as_ref());
        let place = Place { addr: addr.clone(), module: Some((at, inst)), key, instance };
        Ok(Some(Configured { provider, config_text, addr, place }))
    }

    /// The provider configuration of an instance of a block.
    pub fn of_instance(
        &self,
        evaluator: &Evaluator<'_>,
        (node, inst): (NodeId, InstId),
        key: &InstanceKey,
    ) -> Result<Configured, Diagnostics> {
        let Some((module, resource)) = evaluator.resource(node) else { return Err(Diagnostics::new()) };
        if let Some(known) = self.known(module, resource) {
            return Ok(known);
        }
        let each = evaluator.each_of(node, inst, key);
        let user = User { module, resource, node, inst, each };
        self.find(&user, evaluator)?.ok_or_else(|| {
            let addr = module.provider_addr(&module.provider_key(resource).name);
            crate::validate::missing_provider(&addr, resource.span, self.registry).into()
        })
    }

    /// The block of a configuration, where it has one, and the module instance in which it is evaluated.
    pub fn block_of(&self, configured: &Configured, statics: &Statics) -> Option<(NodeId, InstId)> {
        let (path, inst) = configured.place.module.as_ref()?;
        let node = statics.find(path, &NodeKind::Provider(configured.place.key.clone()))?;
        Some((node, *inst))
    }

    /// The key of the configuration that an instance uses: what the last reference on the way to the block says, the
    /// resource's own or that of a call which passes it.
    fn instance_key(&self, user: &User<'_>, evaluator: &Evaluator<'_>) -> Result<Option<Str>, Diagnostics> {
        let mut key = user.module.provider_key(user.resource);
        let mut said = user.resource.provider.as_ref().and_then(|p| p.instance.clone());
        let (mut module, mut inst, mut each) = (user.module, user.inst, user.each.clone());
        while !module.providers.contains_key(&key) {
            let Some((parent, name)) = module.path.parent() else { break };
            let Some(caller) = self.config.modules.get(&parent) else { break };
            let passed = caller.calls.get(name).and_then(|c| c.providers.get(&key));
            said = passed.and_then(|p| p.instance.clone());
            key = passed.map_or(key, |p| p.key.clone());
            let Some((outer, outer_each)) = evaluator.caller(inst) else { break };
            (module, inst, each) = (caller, outer, outer_each);
        }
        let Some(expr) = said else { return Ok(None) };
        let (value, _, diags) = evaluator.eval(&expr, user.node, inst, each, None);
        if diags.has_errors() {
            return Err(diags);
        }
        named_key(&expr, &value).map(Some).map_err(Into::into)
    }

    /// The provider that a state's text means; nothing where it is not built in, or its block has gone.
    pub fn find_by_text(&self, text: &Str, evaluator: &Evaluator<'_>) -> Option<Configured> {
        if let Some(known) = self.found_by_text.borrow().get(text) {
            return Some(known.clone());
        }
        let found = self.look_up_text(text, evaluator)?;
        // A module that has no instance yet may get one; the root has always one.
        if found.place.module.is_some() || !text.starts_with("module.") {
            self.found_by_text.borrow_mut().insert(text.clone(), found.clone());
        }
        Some(found)
    }

    fn look_up_text(&self, text: &Str, evaluator: &Evaluator<'_>) -> Option<Configured> {
        let ConfigText { module: path, addr, alias, instance } = parse_config_text(text)?;
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
        let place = Place { addr: addr.clone(), module, key, instance };
        Some(Configured { provider, addr, config_text: text.clone(), place })
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
        let addressed = |diags: Diagnostics| {
            let named = diags.into_iter().map(|diag| diag.for_address(&configured.config_text));
            Diagnostics(named.collect())
        };
        let (value, span) = self.evaluate(configured, evaluator).map_err(addressed)?;
        let result = self.registry.client(&*configured.provider, &value, self.around.clone()).await;
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
        let block = self.block_of(configured, evaluator.statics()).and_then(|(node, inst)| {
            let module = self.config.modules.get(&evaluator.statics().node(node).path)?;
            Some((module.providers.get(&place.key)?, node, inst))
        });
        let (value, diags, span) = match block {
            Some((block, node, inst)) => {
                let _ = evaluator.ensure(node, inst);
                let each = each_of(block, place.instance.as_ref(), evaluator, (node, inst))?;
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
            "The provider {:?} has arguments that must be set, and no provider block sets them. Add one to the root \
             module.",
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

/// The text with the key of one of many.
fn instance_text(text: Str, instance: Option<&Str>) -> Str {
    match instance {
        Some(key) => format!("{text}[{}]", model::address::quote(key)).into(),
        None => text,
    }
}

/// What `each` is in the block of a configuration.
fn each_of(
    block: &ProviderBlock,
    instance: Option<&Str>,
    evaluator: &Evaluator<'_>,
    (node, inst): (NodeId, InstId),
) -> Result<EachValue, Diagnostics> {
    let Some(expr) = &block.for_each else { return Ok(EachValue::None) };
    let (expansion, diags) = evaluator.expand_provider(expr, node, inst);
    if diags.has_errors() {
        return Err(diags);
    }
    let key = instance.cloned().unwrap_or_default();
    expansion.each(&InstanceKey::Str(key.clone())).ok_or_else(|| {
        let known: Vec<String> = expansion.keys().iter().map(|k| k.to_string()).collect();
        err!(
            block.span,
            "Provider instance not present",
            "Something needs the configuration {}[{}], and the for_each of this block has no such key; it has {}. What was \
             made with a configuration must be destroyed before its key is removed.",
            block.key,
            model::address::quote(&key),
            if known.is_empty() { "none".to_owned() } else { known.join(", ") }
        )
        .into()
    })
}

/// The key that a reference to one of many configurations gives.
fn named_key(expr: &Expr, value: &Value) -> Result<Str, Diagnostic> {
    let (value, marks) = value.clone().unmark();
    let bad = |why: &str| {
        err!(expr.span, "Invalid provider instance key", "The key of a provider configuration {why}.")
    };
    if !marks.is_empty() {
        return Err(bad("is recorded in the state, so it can be neither sensitive nor ephemeral"));
    }
    if !value.is_known() {
        let diag = bad("must be known while planning; this one depends on what only applying will tell");
        return Err(Diagnostic { because_unknown: true, ..diag });
    }
    let text = model::convert::convert(&value, &model::Type::String).ok();
    text.and_then(|t| t.as_str().cloned()).ok_or_else(|| bad("must be a string"))
}

/// A provider configuration as states write it, taken apart.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfigText {
    /// The module that configures it.
    pub module: ModulePath,
    /// The provider.
    pub addr: ProviderAddr,
    /// The alias.
    pub alias: Option<Str>,
    /// The key, of a block with `for_each`.
    pub instance: Option<Str>,
}

/// Reads a provider configuration as states write it.
pub fn parse_config_text(text: &str) -> Option<ConfigText> {
    let (before, rest) = text.split_once("provider[\"")?;
    let (addr, after) = rest.split_once("\"]")?;
    let mut module = ModulePath::root();
    let calls = before.split('.').collect::<Vec<_>>();
    for pair in calls.chunks(2) {
        if let ["module", name] = pair {
            module = module.child(name);
        }
    }
    let after = after.strip_prefix('.').unwrap_or_default();
    let (alias, instance) = match after.split_once('[') {
        // Keys are written as those of instances are.
        Some((alias, key)) => match format!("any.of[{key}").parse::<InstanceAddr>().ok()?.key {
            InstanceKey::Str(key) => (alias, Some(key)),
            InstanceKey::None | InstanceKey::Int(_) => return None,
        },
        None => (after, None),
    };
    let alias = (!alias.is_empty()).then(|| Str::from(alias));
    Some(ConfigText { module, addr: addr.parse().ok()?, alias, instance })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn configurations_read_as_states_write_them() {
        let addr: ProviderAddr = "hashicorp/aws".parse().expect("an address");
        let path = ModulePath::root().child("a").child("b");
        for (alias, key) in [(None, None), (Some("eu"), None), (Some("by"), Some("eu.\"1\"]"))] {
            let text = instance_text(config_text(&path, &addr, alias), key.map(Str::from).as_ref());
            let (alias, instance) = (alias.map(Str::from), key.map(Str::from));
            let expected = ConfigText { module: path.clone(), addr: addr.clone(), alias, instance };
            assert_eq!(parse_config_text(&text), Some(expected), "{text}");
        }
    }
}
