//! Addresses of modules, resources, instances and providers.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::Str;

/// Which of several instances of a block.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum InstanceKey {
    /// The only one: no `count`, no `for_each`.
    #[default]
    None,
    /// By `count`, from 0.
    Int(u64),
    /// By `for_each`.
    Str(Str),
}

/// A module in the configuration, before expansion: the names of the calls that lead to it. Empty for the root.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModulePath(pub Arc<[Str]>);

/// An instance of a module: the calls that lead to it, with their keys. Empty for the root.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModuleAddr(pub Arc<[(Str, InstanceKey)]>);

/// Whether a resource is managed here, only read, or held only for a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ResourceMode {
    /// `data`
    Data,
    /// `resource`
    Managed,
    /// `ephemeral`
    Ephemeral,
}

/// A resource block within its module.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceAddr {
    /// Which kind of block.
    pub mode: ResourceMode,
    /// The resource type, `aws_s3_bucket`.
    pub ty: Str,
    /// The block's name.
    pub name: Str,
}

/// One instance of a resource: the only key in plan and state.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InstanceAddr {
    /// The module instance that holds it.
    pub module: ModuleAddr,
    /// The block.
    pub resource: ResourceAddr,
    /// Which instance of the block.
    pub key: InstanceKey,
}

/// Where a provider comes from: `registry.terraform.io/hashicorp/aws`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProviderAddr {
    /// The registry's host, or `terraform.io` for what is built in.
    pub host: Str,
    /// The publisher, or `builtin`.
    pub namespace: Str,
    /// The provider's type, `aws`.
    pub ty: Str,
}

impl ModulePath {
    /// The root module.
    pub fn root() -> ModulePath {
        ModulePath(Arc::from([]))
    }

    /// Whether this is the root module.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The module that a call in this one leads to.
    pub fn child(&self, name: &str) -> ModulePath {
        ModulePath(self.0.iter().cloned().chain([name.into()]).collect())
    }

    /// The calling module and the name of the call.
    pub fn parent(&self) -> Option<(ModulePath, &Str)> {
        let (last, rest) = self.0.split_last()?;
        Some((ModulePath(rest.into()), last))
    }
}

impl ModuleAddr {
    /// The root module.
    pub fn root() -> ModuleAddr {
        ModuleAddr(Arc::from([]))
    }

    /// Whether this is the root module.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The instance that a call in this one leads to.
    pub fn child(&self, name: &str, key: InstanceKey) -> ModuleAddr {
        ModuleAddr(self.0.iter().cloned().chain([(Str::from(name), key)]).collect())
    }

    /// The calling instance, the name of the call and its key.
    pub fn parent(&self) -> Option<(ModuleAddr, &Str, &InstanceKey)> {
        let ((name, key), rest) = self.0.split_last()?;
        Some((ModuleAddr(rest.into()), name, key))
    }

    /// The module in the configuration.
    pub fn path(&self) -> ModulePath {
        ModulePath(self.0.iter().map(|(name, _)| name.clone()).collect())
    }
}

impl ResourceAddr {
    /// A managed resource's address.
    pub fn managed(ty: &str, name: &str) -> ResourceAddr {
        ResourceAddr { mode: ResourceMode::Managed, ty: ty.into(), name: name.into() }
    }

    /// The address of an instance of this block.
    pub fn instance(&self, module: &ModuleAddr, key: InstanceKey) -> InstanceAddr {
        InstanceAddr { module: module.clone(), resource: self.clone(), key }
    }

    /// The address as the state's `dependencies` write it: the module without keys.
    pub fn in_module(&self, path: &ModulePath) -> String {
        let mut text = path.to_string();
        if !text.is_empty() {
            text.push('.');
        }
        text + &self.to_string()
    }

    /// The provider that a type belongs to unless the block says otherwise: what stands before the first `_`. The simulated
    /// cloud is no other tool's, so that its types begin with our own prefix.
    pub fn implied_provider(&self) -> &str {
        match self.ty.strip_prefix("stackwright_sim_") {
            Some(_) => "sim",
            None => self.ty.split('_').next().unwrap_or(&self.ty),
        }
    }
}

impl InstanceAddr {
    /// The address of the whole resource in its module instance.
    pub fn whole(&self) -> InstanceAddr {
        InstanceAddr { key: InstanceKey::None, ..self.clone() }
    }
}

impl ProviderAddr {
    /// The built-in provider `terraform`.
    pub fn builtin_terraform() -> ProviderAddr {
        ProviderAddr { host: "terraform.io".into(), namespace: "builtin".into(), ty: "terraform".into() }
    }

    /// The provider of a name that `required_providers` does not mention.
    pub fn implied(name: &str) -> ProviderAddr {
        if matches!(name, "terraform" | "stackwright" | "sim") {
            return ProviderAddr { ty: name.into(), ..ProviderAddr::builtin_terraform() };
        }
        ProviderAddr { host: "registry.terraform.io".into(), namespace: "hashicorp".into(), ty: name.into() }
    }

    /// The address without the default host and namespace, as messages write it: `hashicorp/aws`.
    pub fn display_short(&self) -> String {
        match &*self.host {
            "registry.terraform.io" => format!("{}/{}", self.namespace, self.ty),
            _ => self.to_string(),
        }
    }

    /// Whether this is the same provider under another registry's host (Terraform's and OpenTofu's).
    pub fn same_provider(&self, other: &ProviderAddr) -> bool {
        let public = |h: &str| matches!(h, "registry.terraform.io" | "registry.opentofu.org");
        self.namespace == other.namespace
            && self.ty == other.ty
            && (self.host == other.host || public(&self.host) && public(&other.host))
    }
}

impl fmt::Display for InstanceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InstanceKey::None => Ok(()),
            InstanceKey::Int(i) => write!(f, "[{i}]"),
            InstanceKey::Str(s) => write!(f, "[{}]", quote(s)),
        }
    }
}

/// A string as the language writes it between quotes, with template markers escaped.
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' | '%' if chars.peek() == Some(&'{') => out.extend([c, c]),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

impl fmt::Display for ModulePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, name) in self.0.iter().enumerate() {
            write!(f, "{}module.{name}", if i > 0 { "." } else { "" })?;
        }
        Ok(())
    }
}

impl fmt::Display for ModuleAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (name, key)) in self.0.iter().enumerate() {
            write!(f, "{}module.{name}{key}", if i > 0 { "." } else { "" })?;
        }
        Ok(())
    }
}

impl fmt::Display for ResourceAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.mode {
            ResourceMode::Managed => {}
            ResourceMode::Data => f.write_str("data.")?,
            ResourceMode::Ephemeral => f.write_str("ephemeral.")?,
        }
        write!(f, "{}.{}", self.ty, self.name)
    }
}

impl fmt::Display for InstanceAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.module.is_root() {
            write!(f, "{}.", self.module)?;
        }
        write!(f, "{}{}", self.resource, self.key)
    }
}

impl fmt::Display for ProviderAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.host, self.namespace, self.ty)
    }
}

/// Why a text is not an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressError(
    /// What is wrong, as a sentence.
    pub String,
);

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for AddressError {}

/// What a user's address text may mean: a module instance, a whole resource, or one instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// `module.a["x"]`: everything within.
    Module(ModuleAddr),
    /// `module.a.aws_s3_bucket.b` or `aws_s3_bucket.b[0]`; with [`InstanceKey::None`] every instance is meant where
    /// there are several.
    Resource(InstanceAddr),
}

impl FromStr for Target {
    type Err = AddressError;
    fn from_str(text: &str) -> Result<Target, AddressError> {
        parse_target(text)
    }
}

impl FromStr for InstanceAddr {
    type Err = AddressError;
    fn from_str(text: &str) -> Result<InstanceAddr, AddressError> {
        match parse_target(text)? {
            Target::Resource(addr) => Ok(addr),
            Target::Module(_) => Err(AddressError(format!(
                "{text:?} is the address of a module; a resource instance is needed, such as {text}.TYPE.NAME."
            ))),
        }
    }
}

impl FromStr for ProviderAddr {
    type Err = AddressError;
    /// Reads `aws`, `hashicorp/aws` or `registry.terraform.io/hashicorp/aws`.
    fn from_str(text: &str) -> Result<ProviderAddr, AddressError> {
        let parts: Vec<&str> = text.split('/').collect();
        let ok = |p: &&str| !p.is_empty() && p.chars().all(|c| c.is_alphanumeric() || "-_.:".contains(c));
        if !parts.iter().all(ok) {
            return Err(AddressError(format!(
                "{text:?} is not a provider source such as \"hashicorp/aws\"."
            )));
        }
        match parts[..] {
            [ty] => Ok(ProviderAddr::implied(ty)),
            [namespace, ty] => {
                Ok(ProviderAddr { namespace: namespace.into(), ..ProviderAddr::hashicorp(ty) })
            }
            [host, namespace, ty] => {
                Ok(ProviderAddr { host: host.into(), namespace: namespace.into(), ty: ty.into() })
            }
            _ => Err(AddressError(format!("{text:?} has too many parts for a provider source."))),
        }
    }
}

impl ProviderAddr {
    fn hashicorp(ty: &str) -> ProviderAddr {
        ProviderAddr { host: "registry.terraform.io".into(), namespace: "hashicorp".into(), ty: ty.into() }
    }
}

/// Splits `a.b["x.y"][0].c` into names with their optional keys.
fn address_parts(text: &str) -> Result<Vec<(Str, InstanceKey)>, AddressError> {
    let bad = |why: &str| AddressError(format!("{text:?} is not a valid address: {why}."));
    let mut parts = Vec::new();
    let mut rest = text;
    loop {
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        if name.is_empty() || name.contains(char::is_whitespace) {
            return Err(bad("a name is missing or contains a space"));
        }
        let (key, after) = match after.strip_prefix('[') {
            Some(inner) => {
                address_key(inner).ok_or_else(|| bad("an index must be a number or a quoted string"))?
            }
            None => (InstanceKey::None, after),
        };
        parts.push((Str::from(name), key));
        match after.strip_prefix('.') {
            Some(more) => rest = more,
            None if after.is_empty() => return Ok(parts),
            None => return Err(bad("something follows an index without a dot")),
        }
    }
}

/// Reads `0]...` or `"x"]...`, giving the key and what follows.
fn address_key(inner: &str) -> Option<(InstanceKey, &str)> {
    let Some(quoted) = inner.strip_prefix('"') else {
        let (digits, after) = inner.split_once(']')?;
        return Some((InstanceKey::Int(digits.parse().ok()?), after));
    };
    let mut key = String::new();
    let mut chars = quoted.char_indices();
    while let Some((i, c)) = chars.next() {
        match c {
            '"' => return Some((InstanceKey::Str(key.into()), quoted[i + 1..].strip_prefix(']')?)),
            '\\' => match chars.next()?.1 {
                'n' => key.push('\n'),
                'r' => key.push('\r'),
                't' => key.push('\t'),
                other => key.push(other),
            },
            '$' | '%' if quoted[i + 1..].starts_with(&format!("{c}{{")) => {
                chars.next();
                key.push(c);
            }
            c => key.push(c),
        }
    }
    None
}

fn parse_target(text: &str) -> Result<Target, AddressError> {
    let bad = |why: &str| AddressError(format!("{text:?} is not a valid address: {why}."));
    let parts = address_parts(text)?;
    let mut rest = &parts[..];
    let mut modules = Vec::new();
    while let [(word, InstanceKey::None), (name, key), tail @ ..] = rest {
        if &**word != "module" {
            break;
        }
        modules.push((name.clone(), key.clone()));
        rest = tail;
    }
    let module = ModuleAddr(modules.into());
    let mode = match rest {
        [] => return Ok(Target::Module(module)),
        [(word, InstanceKey::None), ..] if &**word == "data" => ResourceMode::Data,
        [(word, InstanceKey::None), ..] if &**word == "ephemeral" => ResourceMode::Ephemeral,
        _ => ResourceMode::Managed,
    };
    if mode != ResourceMode::Managed {
        rest = &rest[1..];
    }
    match rest {
        [(ty, InstanceKey::None), (name, key)] => {
            let resource = ResourceAddr { mode, ty: ty.clone(), name: name.clone() };
            Ok(Target::Resource(InstanceAddr { module, resource, key: key.clone() }))
        }
        _ => Err(bad("a resource is written TYPE.NAME, optionally with an index")),
    }
}
