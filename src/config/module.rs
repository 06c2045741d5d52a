//! What blocks mean.

use std::collections::BTreeMap;
use std::sync::Arc;

use lang::ast::{Body, Expr, Ident, Traversal};
use lang::typeexpr::TypeConstraint;
use model::{InstanceAddr, InstanceKey, ModulePath, ProviderAddr, ResourceAddr, Span, Str};

use crate::import::Import;

/// A whole configuration: the root module and everything that it calls.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Every module by its path; the root is always there.
    pub modules: BTreeMap<ModulePath, Module>,
}

/// One module of a configuration. A directory that is called twice is two of them.
#[derive(Clone, Debug)]
pub struct Module {
    /// The calls that lead to it.
    pub path: ModulePath,
    /// Its directory, as `path.module` gives it.
    pub dir: Str,
    /// `variable` blocks by name.
    pub variables: BTreeMap<Str, Variable>,
    /// Local values by name.
    pub locals: BTreeMap<Str, Local>,
    /// `output` blocks by name.
    pub outputs: BTreeMap<Str, Output>,
    /// `resource`, `data` and `ephemeral` blocks by address.
    pub resources: BTreeMap<ResourceAddr, Resource>,
    /// `provider` blocks by name and alias.
    pub providers: BTreeMap<ProviderKey, ProviderBlock>,
    /// `module` blocks by name.
    pub calls: BTreeMap<Str, ModuleCall>,
    /// `required_providers` entries by local name.
    pub required_providers: BTreeMap<Str, RequiredProvider>,
    /// `required_version` constraints.
    pub required_versions: Vec<(String, Span)>,
    /// The `backend` block.
    pub backend: Option<BackendBlock>,
    /// The content of the `encryption` block.
    pub encryption: Option<Arc<Body>>,
    /// `moved` blocks.
    pub moved: Vec<Moved>,
    /// `removed` blocks.
    pub removed: Vec<Removed>,
    /// `import` blocks.
    pub imports: Vec<Import>,
    /// `check` blocks by name.
    pub checks: BTreeMap<Str, Check>,
}

/// A provider's local name with its alias, if any.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProviderKey {
    /// The local name, `aws`.
    pub name: Str,
    /// `alias = "eu"`
    pub alias: Option<Str>,
}

/// A `variable` block.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its name.
    pub name: Str,
    /// Its type; anything by default.
    pub constraint: TypeConstraint,
    /// Whether text from the environment or the command line is the value itself, not an expression: so without a type
    /// and for bool, number and string.
    pub is_literal: bool,
    /// Its default value's expression; required without one.
    pub default: Option<Arc<Expr>>,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it is never shown.
    pub sensitive: bool,
    /// Whether it is never stored.
    pub ephemeral: bool,
    /// Whether null is a value; otherwise null means the default.
    pub nullable: bool,
    /// `validation` blocks.
    pub validations: Vec<Condition>,
    /// The block's header.
    pub span: Span,
}

/// A condition with its message: `validation`, `precondition`, `postcondition`, `assert`.
#[derive(Clone, Debug)]
pub struct Condition {
    /// Must be true.
    pub condition: Arc<Expr>,
    /// Said otherwise.
    pub message: Arc<Expr>,
    /// The block's header.
    pub span: Span,
}

/// An entry of a `locals` block.
#[derive(Clone, Debug)]
pub struct Local {
    /// Its name.
    pub name: Str,
    /// Its definition.
    pub expr: Arc<Expr>,
    /// The whole definition.
    pub span: Span,
}

/// An `output` block.
#[derive(Clone, Debug)]
pub struct Output {
    /// Its name.
    pub name: Str,
    /// Its value.
    pub value: Arc<Expr>,
    /// What it is.
    pub description: Option<String>,
    /// Whether it is never shown.
    pub sensitive: bool,
    /// Whether it is never stored.
    pub ephemeral: bool,
    /// What must be done before it is read.
    pub depends_on: Vec<Traversal>,
    /// `precondition` blocks.
    pub preconditions: Vec<Condition>,
    /// The block's header.
    pub span: Span,
}

/// A `resource`, `data` or `ephemeral` block.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Its address.
    pub addr: ResourceAddr,
    /// Its body without the arguments and blocks that every resource has.
    pub body: Arc<Body>,
    /// How many.
    pub repetition: Repetition,
    /// What must be done before it.
    pub depends_on: Vec<Traversal>,
    /// The provider configuration that it names, where it does.
    pub provider: Option<ProviderRef>,
    /// How it is treated.
    pub lifecycle: Lifecycle,
    /// `provisioner` blocks in order.
    pub provisioners: Vec<Provisioner>,
    /// Whether it stands for an import that has no block: its arguments are made from the object.
    pub is_generated: bool,
    /// Where its type is written.
    pub ty_span: Span,
    /// The block's header.
    pub span: Span,
}

/// `count`, `for_each`, or neither.
#[derive(Clone, Debug, Default)]
pub enum Repetition {
    /// One.
    #[default]
    Single,
    /// `count`
    Count(Arc<Expr>),
    /// `for_each`
    ForEach(Arc<Expr>),
    /// OpenTofu's `lifecycle { enabled = ... }`: one or none, without a key.
    Enabled(Arc<Expr>),
}

impl Repetition {
    /// The expression that decides, if there is one.
    pub fn expr(&self) -> Option<&Arc<Expr>> {
        match self {
            Repetition::Single => None,
            Repetition::Count(e) | Repetition::ForEach(e) | Repetition::Enabled(e) => Some(e),
        }
    }
}

/// A provider configuration named by `provider = aws.eu`.
#[derive(Clone, Debug)]
pub struct ProviderRef {
    /// Local name and alias.
    pub key: ProviderKey,
    /// Which of them, where the block has `for_each`: the key in `aws.by_region[each.key]`.
    pub instance: Option<Arc<Expr>>,
    /// Where.
    pub span: Span,
    /// Where the name that it is given by this stands, in the `providers` of a module call.
    pub inner: Span,
}

/// A `lifecycle` block.
#[derive(Clone, Debug, Default)]
pub struct Lifecycle {
    /// `create_before_destroy`, where it is set.
    pub create_before_destroy: Option<bool>,
    /// `prevent_destroy`
    pub prevent_destroy: bool,
    /// `ignore_changes`
    pub ignore_changes: IgnoreChanges,
    /// `replace_triggered_by`
    pub replace_triggered_by: Vec<Expr>,
    /// `precondition` blocks.
    pub preconditions: Vec<Condition>,
    /// `postcondition` blocks.
    pub postconditions: Vec<Condition>,
    /// The block, where there is one.
    pub span: Option<Span>,
}

/// Which attributes keep what they have.
#[derive(Clone, Debug, Default)]
pub enum IgnoreChanges {
    /// None.
    #[default]
    Nothing,
    /// All.
    All,
    /// These, each a path from the resource.
    Paths(Vec<(model::Path, Span)>),
}

/// A `provisioner` block.
#[derive(Clone, Debug)]
pub struct Provisioner {
    /// Its type, `local-exec`.
    pub ty: Str,
    /// Whether it runs before the object is destroyed instead of after it was created.
    pub on_destroy: bool,
    /// Whether a failure is only a warning.
    pub continue_on_failure: bool,
    /// Its arguments.
    pub body: Arc<Body>,
    /// Its `connection` block, or the one of its resource.
    pub connection: Option<Arc<Body>>,
    /// The block's header.
    pub span: Span,
}

/// A `provider` block.
#[derive(Clone, Debug)]
pub struct ProviderBlock {
    /// Local name and alias.
    pub key: ProviderKey,
    /// OpenTofu's `for_each`: one configuration for each key.
    pub for_each: Option<Arc<Expr>>,
    /// Its arguments.
    pub body: Arc<Body>,
    /// The block's header.
    pub span: Span,
}

/// An entry of `required_providers`.
#[derive(Clone, Debug)]
pub struct RequiredProvider {
    /// The address.
    pub addr: ProviderAddr,
    /// Version constraints.
    pub version: Option<String>,
    /// Aliases that a caller must pass.
    pub aliases: Vec<ProviderKey>,
    /// Where.
    pub span: Span,
}

/// A `module` block.
#[derive(Clone, Debug)]
pub struct ModuleCall {
    /// Its name.
    pub name: Str,
    /// `source` as it is written.
    pub source_expr: Arc<Expr>,
    /// What `source` is; empty until the configuration is built.
    pub source: String,
    /// `version` as it is written.
    pub version_expr: Option<Arc<Expr>>,
    /// What `version` is; nothing until the configuration is built.
    pub version: Option<String>,
    /// How many.
    pub repetition: Repetition,
    /// What must be done before anything within.
    pub depends_on: Vec<Traversal>,
    /// `providers = { aws = aws.eu }`: the module's key, ours.
    pub providers: BTreeMap<ProviderKey, ProviderRef>,
    /// The arguments: the module's variables.
    pub arguments: BTreeMap<Str, Arc<Expr>>,
    /// Where each argument's name stands.
    pub argument_spans: BTreeMap<Str, Span>,
    /// The types of blocks in it, which have no meaning.
    pub strays: Vec<Ident>,
    /// The block's header.
    pub span: Span,
    /// Where a missing argument is reported.
    pub missing_item: Span,
}

/// How states and plans are encrypted.
#[derive(Clone, Debug)]
pub struct Encryption {
    /// States, with their journals and all that lies beside them.
    pub state: Option<EncryptionTarget>,
    /// Saved plans.
    pub plan: Option<EncryptionTarget>,
}

/// How one kind of document is encrypted.
#[derive(Clone, Debug)]
pub struct EncryptionTarget {
    /// The method to write with, and after it those that are read besides.
    pub methods: Vec<SealingMethod>,
    /// Whether nothing in the clear is written or read.
    pub enforced: bool,
    /// The block's header.
    pub span: Span,
}

/// A way to keep a document.
#[derive(Clone, Debug)]
pub enum SealingMethod {
    /// In the clear.
    Unencrypted,
    /// Encrypted, with this provider's key.
    Sealed(KeyProvider),
}

/// A `key_provider` block.
#[derive(Clone, Debug)]
pub struct KeyProvider {
    /// Its type: `argon2`, `pbkdf2`.
    pub ty: Str,
    /// Its name.
    pub name: Str,
    /// Its arguments.
    pub body: Arc<Body>,
    /// The block's header.
    pub span: Span,
}

/// A `backend` block.
#[derive(Clone, Debug)]
pub struct BackendBlock {
    /// Its type, `local`.
    pub ty: Str,
    /// Its arguments.
    pub body: Arc<Body>,
    /// The block's header.
    pub span: Span,
}

/// An address within the module that holds the block: a resource, an instance, a module call, a module instance.
#[derive(Clone, Debug, PartialEq)]
pub struct RelativeAddr {
    /// The module calls on the way, each with its key if one is given.
    pub module: Vec<(Str, InstanceKey)>,
    /// The resource and its key, unless a module is meant.
    pub resource: Option<(ResourceAddr, InstanceKey)>,
    /// Where.
    pub span: Span,
}

/// A `moved` block.
#[derive(Clone, Debug)]
pub struct Moved {
    /// The old address.
    pub from: RelativeAddr,
    /// The new one.
    pub to: RelativeAddr,
    /// The block's header.
    pub span: Span,
}

/// A `removed` block.
#[derive(Clone, Debug)]
pub struct Removed {
    /// What is no longer managed; without keys.
    pub from: RelativeAddr,
    /// Whether the objects are destroyed, or only forgotten.
    pub destroy: bool,
    /// Destroy-time provisioners.
    pub provisioners: Vec<Provisioner>,
    /// The block's header.
    pub span: Span,
}

/// A `check` block.
#[derive(Clone, Debug)]
pub struct Check {
    /// Its name.
    pub name: Str,
    /// The data source that only this check reads; also among the module's resources.
    pub data: Option<ResourceAddr>,
    /// `assert` blocks.
    pub asserts: Vec<Condition>,
    /// The block's header.
    pub span: Span,
}

impl Resource {
    /// The provisioners that run after an object was made.
    pub fn creation_provisioners(&self) -> impl Iterator<Item = &Provisioner> {
        self.provisioners.iter().filter(|p| !p.on_destroy)
    }

    /// The provisioners that run before an object is destroyed.
    pub fn destroy_provisioners(&self) -> impl Iterator<Item = &Provisioner> {
        self.provisioners.iter().filter(|p| p.on_destroy)
    }
}

impl Config {
    /// The block of an instance, where there still is one.
    pub fn resource(&self, instance: &InstanceAddr) -> Option<&Resource> {
        self.modules.get(&instance.module.path())?.resources.get(&instance.resource)
    }

    /// The root module.
    pub fn root(&self) -> Option<&Module> {
        self.modules.get(&ModulePath::root())
    }
}

impl Module {
    /// A module with nothing in it.
    pub fn empty(path: ModulePath, dir: &str) -> Module {
        Module {
            path,
            dir: dir.into(),
            variables: BTreeMap::new(),
            locals: BTreeMap::new(),
            outputs: BTreeMap::new(),
            resources: BTreeMap::new(),
            providers: BTreeMap::new(),
            calls: BTreeMap::new(),
            required_providers: BTreeMap::new(),
            required_versions: Vec::new(),
            backend: None,
            encryption: None,
            moved: Vec::new(),
            removed: Vec::new(),
            imports: Vec::new(),
            checks: BTreeMap::new(),
        }
    }

    /// The address of the provider of a local name.
    pub fn provider_addr(&self, name: &str) -> ProviderAddr {
        self.required_providers.get(name).map_or_else(|| ProviderAddr::implied(name), |r| r.addr.clone())
    }

    /// The provider configuration of a resource, named or implied by its type.
    pub fn provider_key(&self, resource: &Resource) -> ProviderKey {
        match &resource.provider {
            Some(named) => named.key.clone(),
            None => ProviderKey { name: resource.addr.implied_provider().into(), alias: None },
        }
    }
}

/// Writes `aws` or `aws.eu`.
impl std::fmt::Display for ProviderKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.alias {
            Some(alias) => write!(f, "{}.{alias}", self.name),
            None => f.write_str(&self.name),
        }
    }
}
