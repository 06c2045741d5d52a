//! Addresses of modules in a registry: `[HOST/]NAMESPACE/NAME/SYSTEM`.

use std::fmt;

/// The registry that is meant where none is named.
pub const DEFAULT_HOST: &str = "registry.terraform.io";

/// Hosts whose addresses of this form are repositories instead.
const REPOSITORIES: &[&str] = &["github.com", "bitbucket.org", "gitlab.com"];

/// A module of a registry, and a directory in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryModule {
    /// The registry.
    pub host: String,
    /// Whose module.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The system that it is for.
    pub system: String,
    /// The directory within it; empty for the module itself.
    pub subdir: String,
}

impl RegistryModule {
    /// Reads an address; nothing where it has another form.
    pub fn parse(source: &str) -> Option<RegistryModule> {
        if source.contains("::") || source.contains("://") || source.contains('?') {
            return None;
        }
        let (module, subdir) = source.split_once("//").unwrap_or((source, ""));
        let parts: Vec<&str> = module.split('/').collect();
        let (host, [namespace, name, system]) = match parts[..] {
            [namespace, name, system] => (DEFAULT_HOST, [namespace, name, system]),
            [host, namespace, name, system] if is_host(host) => (host, [namespace, name, system]),
            _ => return None,
        };
        let fits =
            is_label(namespace) && is_label(name) && is_system(system) && !REPOSITORIES.contains(&host);
        fits.then(|| RegistryModule {
            host: host.to_ascii_lowercase(),
            namespace: namespace.into(),
            name: name.into(),
            system: system.into(),
            subdir: subdir.trim_matches('/').into(),
        })
    }

    /// The path of the module in its registry.
    pub fn path(&self) -> String {
        format!("{}/{}/{}", self.namespace, self.name, self.system)
    }
}

/// The form that `modules.json` has.
impl fmt::Display for RegistryModule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.host, self.path())?;
        if self.subdir.is_empty() { Ok(()) } else { write!(f, "//{}", self.subdir) }
    }
}

fn is_host(text: &str) -> bool {
    let (name, port) = text.split_once(':').unwrap_or((text, ""));
    let fits = |c: char| c.is_alphanumeric() || c == '-' || c == '.';
    let named = name.contains('.') || name == "localhost" || !port.is_empty();
    named
        && !name.starts_with(['.', '-'])
        && name.chars().all(fits)
        && port.chars().all(|c| c.is_ascii_digit())
}

fn is_label(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    text.len() <= 64 && text.chars().all(inner) && edge(text.chars().next()) && edge(text.chars().last())
}

fn is_system(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    !text.is_empty() && text.len() <= 64 && text.chars().all(fits)
}
