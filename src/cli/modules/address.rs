//! What the `source` of a module call names.
//!
//! The forms and their short hands are those that Terraform's users write:
//! <https://developer.hashicorp.com/terraform/language/modules/sources>.

use std::fmt;

use super::registry_address::RegistryModule;

/// Where a module is to be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A directory of the same package, by its path from the caller's.
    Local(String),
    /// A module of a registry.
    Registry(RegistryModule),
    /// A package, and a directory in it.
    Remote(Package),
}

/// How a package is fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Getter {
    /// By `git`.
    Git,
    /// By HTTP or HTTPS.
    Http,
    /// From a directory or archive of this machine.
    File,
}

/// A package that is fetched as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// How it is fetched.
    pub getter: Getter,
    /// Where it is, without directory and options: `https://example.com/x.zip`.
    pub url: String,
    /// The directory within it; empty for the package itself.
    pub subdir: String,
    /// The options after the question mark, as written.
    pub query: Vec<(String, String)>,
}

/// Kinds of sources that exist elsewhere and cannot be fetched here.
const UNSUPPORTED: &[(&str, &str)] =
    &[("s3", "Amazon S3"), ("gcs", "Google Cloud Storage"), ("hg", "Mercurial"), ("oci", "OCI registries")];

impl Address {
    /// Reads a source. The error is a sentence.
    pub fn parse(source: &str) -> Result<Address, String> {
        if source.starts_with("./") || source.starts_with("../") {
            return Ok(Address::Local(source.into()));
        }
        if let Some(module) = RegistryModule::parse(source) {
            return Ok(Address::Registry(module));
        }
        Package::parse(source).map(Address::Remote)
    }
}

impl Package {
    /// Reads the source of a package.
    pub fn parse(source: &str) -> Result<Package, String> {
        let (forced, rest) = match source.split_once("::") {
            Some((getter, rest)) if getter.chars().all(|c| c.is_ascii_alphanumeric()) => (Some(getter), rest),
            _ => (None, source),
        };
        let (rest, query) = split_query(rest);
        let (url, subdir) = split_subdir(&rest);
        let (detected, url) = detect(url, forced == Some("git"));
        let scheme = url.split_once("://").map(|(scheme, _)| scheme);
        if let Some((_, what)) = UNSUPPORTED
            .iter()
            .find(|(name, _)| forced == Some(name) || forced.is_none() && scheme == Some(name))
        {
            return Err(format!(
                "{source:?} is kept in {what}, from where modules cannot be fetched here. Use git, HTTP, or a local path."
            ));
        }
        let getter = match (forced.or(detected), scheme) {
            (Some("git"), Some("https" | "http" | "ssh" | "git" | "file")) => Getter::Git,
            (Some("git"), _) => {
                return Err(format!(
                    "{source:?} is no address that git can be trusted with: it is to begin with https, ssh, git or file."
                ));
            }
            (Some("http" | "https") | None, Some("http" | "https")) => Getter::Http,
            (Some("file") | None, Some("file")) => Getter::File,
            (None, Some("ssh" | "git")) => {
                return Err(format!(
                    "{source:?} says where, but not how to fetch the module. For git, write \"git::{source}\"."
                ));
            }
            _ => {
                return Err(format!(
                    "{source:?} names no module. If a path relative to this module is meant, start it with \"./\"."
                ));
            }
        };
        let subdir = clean_subdir(subdir)
            .ok_or_else(|| format!("The directory after // in {source:?} leads out of the package."))?;
        Ok(Package { getter, url, subdir, query })
    }

    /// The value of an option.
    pub fn option(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(n, _)| n == name).map(|(_, v)| &**v)
    }

    /// The package itself, whatever directory of it is meant.
    pub fn whole(&self) -> Package {
        Package { subdir: String::new(), ..self.clone() }
    }

    /// The address as messages show it: without a password.
    pub fn shown(&self) -> String {
        without_password(&self.to_string())
    }
}

/// The text of an address with the password taken out.
pub fn without_password(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text.into() };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    match rest[..end].rsplit_once('@') {
        Some((user, host)) if user.contains(':') => {
            let name = user.split(':').next().unwrap_or_default();
            format!("{scheme}://{name}:***@{host}{}", &rest[end..])
        }
        _ => text.into(),
    }
}

/// The canonical form, as `modules.json` has it.
impl fmt::Display for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.getter == Getter::Git {
            f.write_str("git::")?;
        }
        f.write_str(&self.url)?;
        if !self.subdir.is_empty() {
            write!(f, "//{}", self.subdir)?;
        }
        for (at, (name, value)) in self.query.iter().enumerate() {
            write!(f, "{}{name}={value}", if at == 0 { '?' } else { '&' })?;
        }
        Ok(())
    }
}

fn split_query(source: &str) -> (String, Vec<(String, String)>) {
    let Some((rest, query)) = source.split_once('?') else { return (source.into(), Vec::new()) };
    // The directory may also stand after the options.
    let (query, subdir) = match query.split_once("//") {
        Some((query, subdir)) => (query, format!("//{subdir}")),
        None => (query, String::new()),
    };
    let pair = |p: &str| {
        let (name, value) = p.split_once('=').unwrap_or((p, ""));
        (name.to_owned(), value.to_owned())
    };
    (format!("{rest}{subdir}"), query.split('&').filter(|p| !p.is_empty()).map(pair).collect())
}

/// The directory is what follows the first `//` that is not part of a scheme.
fn split_subdir(source: &str) -> (&str, &str) {
    let start = source.find("://").map_or(0, |at| at + 3);
    match source[start..].find("//") {
        Some(at) => (&source[..start + at], &source[start + at + 2..]),
        None => (source, ""),
    }
}

fn clean_subdir(subdir: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in subdir.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Short hands: GitHub and Bitbucket without a scheme, `user@host:path`, absolute paths.
fn detect(source: &str, is_git: bool) -> (Option<&'static str>, String) {
    if let Some(url) = hosted(source, "github.com", ".git").or_else(|| hosted(source, "bitbucket.org", "")) {
        return (Some("git"), url);
    }
    if let Some(url) = scp_like(source) {
        return (Some("git"), url);
    }
    if source.starts_with('/') {
        return (None, format!("file://{source}"));
    }
    if is_git && !source.contains("://") && !source.contains("::") {
        return (None, format!("https://{source}"));
    }
    (None, source.into())
}

fn hosted(source: &str, host: &str, suffix: &str) -> Option<String> {
    let path = source.strip_prefix(host)?.strip_prefix('/')?;
    let mut parts = path.split('/').filter(|p| !p.is_empty());
    let (owner, name) = (parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let suffix = if name.ends_with(".git") { "" } else { suffix };
    Some(format!("https://{host}/{owner}/{name}{suffix}"))
}

/// `git@github.com:owner/name.git`, as ssh writes it.
fn scp_like(source: &str) -> Option<String> {
    if source.contains("://") {
        return None;
    }
    let (user, rest) = source.split_once('@')?;
    let (host, path) = rest.split_once(':')?;
    let plain = |t: &str| !t.is_empty() && t.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c));
    (plain(user) && plain(host)).then(|| format!("ssh://{user}@{host}/{}", path.trim_start_matches('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(source: &str) -> String {
        match Address::parse(source) {
            Ok(Address::Local(path)) => format!("local {path}"),
            Ok(Address::Registry(module)) => format!("registry {module}"),
            Ok(Address::Remote(package)) => package.to_string(),
            Err(why) => format!("error: {why}"),
        }
    }

    #[test]
    fn sources_have_one_canonical_form() {
        let cases = [
            ("./m", "local ./m"),
            ("../m/n", "local ../m/n"),
            ("hashicorp/consul/aws", "registry registry.terraform.io/hashicorp/consul/aws"),
            ("app.example.io/a/b/c//sub", "registry app.example.io/a/b/c//sub"),
            ("github.com/hashicorp/example", "git::https://github.com/hashicorp/example.git"),
            (
                "github.com/hashicorp/example//sub?ref=v1",
                "git::https://github.com/hashicorp/example.git//sub?ref=v1",
            ),
            ("github.com/hashicorp/example.git", "git::https://github.com/hashicorp/example.git"),
            ("bitbucket.org/a/b", "git::https://bitbucket.org/a/b"),
            ("git@github.com:a/b.git//s?ref=x", "git::ssh://git@github.com/a/b.git//s?ref=x"),
            ("git::ssh://git@example.com/a.git", "git::ssh://git@example.com/a.git"),
            ("git::git@example.com:a/b.git", "git::ssh://git@example.com/a/b.git"),
            (
                "git::https://example.com/a.git?ref=v1&depth=1",
                "git::https://example.com/a.git?ref=v1&depth=1",
            ),
            ("git::example.com/a.git", "git::https://example.com/a.git"),
            ("git::file:///repo//a/./b/../c", "git::file:///repo//a/c"),
            ("git::/repo?ref=v1", "git::file:///repo?ref=v1"),
            ("https://example.com/m.zip//sub", "https://example.com/m.zip//sub"),
            ("https://example.com/m?archive=zip//sub", "https://example.com/m//sub?archive=zip"),
            ("/srv/m.tgz//sub", "file:///srv/m.tgz//sub"),
            ("file:///srv/m", "file:///srv/m"),
        ];
        for (source, expected) in cases {
            assert_eq!(canonical(source), expected, "{source}");
        }
    }

    #[test]
    fn what_cannot_be_fetched_says_why() {
        for (source, part) in [
            ("m", "start it with \"./\""),
            ("a/b", "start it with \"./\""),
            ("s3::https://s3.amazonaws.com/b/k.zip", "Amazon S3"),
            ("oci://example.com/m", "OCI registries"),
            ("hg::https://example.com/m", "Mercurial"),
            ("git::ext::sh -c true", "no address that git can be trusted with"),
            ("ssh://example.com/x", "write \"git::ssh://example.com/x\""),
            ("git::https://example.com/x//../y", "leads out of the package"),
            ("foo::bar", "names no module"),
        ] {
            assert!(canonical(source).contains(part), "{source}: {}", canonical(source));
        }
    }

    #[test]
    fn passwords_are_not_shown() {
        let package = Package::parse("git::https://me:secret@example.com/a.git?ref=v1").expect("an address");
        assert_eq!(package.shown(), "git::https://me:***@example.com/a.git?ref=v1");
        let package = Package::parse("https://me@example.com/a.zip").expect("an address");
        assert_eq!(package.shown(), "https://me@example.com/a.zip");
    }
}
