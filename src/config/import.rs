//! Objects that are taken over: what `import` blocks say, and whether the rest of the configuration agrees.

use std::sync::Arc;

use lang::ast::{Body, Expr, ExprKind};
use model::{Diagnostic, Diagnostics, InstanceKey, ModuleAddr, ModulePath, ResourceAddr, Span, Str, err};

use crate::module::{Config, Lifecycle, Module, ProviderRef, Repetition, Resource};

/// An `import` block.
#[derive(Clone, Debug)]
pub struct Import {
    /// The instance that the object becomes.
    pub to: ImportTarget,
    /// The import identifier.
    pub id: Arc<Expr>,
    /// Several at once.
    pub for_each: Option<Arc<Expr>>,
    /// The provider configuration, where one is named.
    pub provider: Option<ProviderRef>,
    /// The block's header.
    pub span: Span,
}

/// The instance that an imported object becomes. Its keys may need evaluation.
#[derive(Clone, Debug)]
pub struct ImportTarget {
    /// The module calls on the way, each with the expression of its key if one is given.
    pub module: Vec<(Str, Option<Arc<Expr>>)>,
    /// The block.
    pub resource: ResourceAddr,
    /// The expression of the instance's key, if one is given.
    pub key: Option<Arc<Expr>>,
    /// The whole address.
    pub span: Span,
}

impl ImportTarget {
    /// The module that holds the block.
    pub fn path(&self) -> ModulePath {
        ModulePath(self.module.iter().map(|(name, _)| name.clone()).collect())
    }

    /// The expressions of all keys, from the outermost module call to the instance.
    pub fn keys(&self) -> impl Iterator<Item = &Arc<Expr>> {
        self.module.iter().filter_map(|(_, key)| key.as_ref()).chain(self.key.as_ref())
    }

    /// The module instance and the instance's key, where none of it needs evaluation.
    pub fn constant_keys(&self) -> Option<(ModuleAddr, InstanceKey)> {
        let call =
            |(name, key): &(Str, Option<Arc<Expr>>)| Some((name.clone(), constant_key(key.as_deref())?));
        let module = self.module.iter().map(call).collect::<Option<Arc<[_]>>>()?;
        Some((ModuleAddr(module), constant_key(self.key.as_deref())?))
    }
}

fn constant_key(key: Option<&Expr>) -> Option<InstanceKey> {
    match key.map(|k| &k.kind) {
        None => Some(InstanceKey::None),
        Some(ExprKind::Number(n)) => Some(InstanceKey::Int(n.to_usize()? as u64)),
        Some(ExprKind::String(s)) => Some(InstanceKey::Str(s.clone())),
        Some(_) => None,
    }
}

impl Import {
    /// Whether configuration can be made for the target: one instance of the root module that no block is needed to count.
    pub fn takes_generated(&self) -> bool {
        self.for_each.is_none() && self.to.module.is_empty() && self.to.key.is_none()
    }
}

impl Config {
    /// The block that an import fills, where there is one.
    pub fn import_block(&self, import: &Import) -> Option<&Resource> {
        self.modules.get(&import.to.path())?.resources.get(&import.to.resource)
    }

    /// Adds a block without arguments for everything that is imported into the root module and has none, to be filled
    /// from the objects.
    pub fn add_generated(&mut self) {
        let Some(root) = self.root() else { return };
        let missing = root.imports.iter().filter(|i| i.takes_generated() && self.import_block(i).is_none());
        let blocks: Vec<Resource> = missing.map(generated_block).collect();
        if let Some(root) = self.modules.get_mut(&ModulePath::root()) {
            root.resources.extend(blocks.into_iter().map(|r| (r.addr.clone(), r)));
        }
    }
}

fn generated_block(import: &Import) -> Resource {
    let body =
        Body { attributes: Vec::new(), blocks: Vec::new(), span: import.span, missing_item: import.span };
    Resource {
        addr: import.to.resource.clone(),
        body: Arc::new(body),
        repetition: Repetition::Single,
        depends_on: Vec::new(),
        provider: import.provider.clone(),
        lifecycle: Lifecycle::default(),
        provisioners: Vec::new(),
        is_generated: true,
        ty_span: import.span,
        span: import.span,
    }
}

/// Reports imports outside of the root module, and provider configurations that contradict the block's.
pub(crate) fn check_imports(config: &Config) -> Diagnostics {
    let called = config.modules.values().filter(|m| !m.path.is_root());
    let misplaced = called.flat_map(|m| m.imports.iter().map(|i| misplaced(m, i)));
    let root = config.root().map_or(&[][..], |r| &r.imports);
    Diagnostics(misplaced.chain(root.iter().filter_map(|i| other_provider(config, i))).collect())
}

fn misplaced(module: &Module, import: &Import) -> Diagnostic {
    err!(
        import.span,
        "Invalid import configuration",
        "There is an import block in {}. Import blocks belong in the root module, whose addresses lead to everything.",
        module.path
    )
}

fn other_provider(config: &Config, import: &Import) -> Option<Diagnostic> {
    let named = import.provider.as_ref()?;
    let module = config.modules.get(&import.to.path())?;
    let used = module.provider_key(config.import_block(import)?);
    (used != named.key).then(|| {
        err!(
            named.span,
            "Invalid import provider argument",
            "The import names the provider configuration {}, and the block of {} uses {used}. Name the provider in the \
             resource block only: an import block needs it where configuration is generated.",
            named.key,
            import.to.resource
        )
    })
}
