//! Modules that were installed before.

use std::cell::OnceCell;

use config::{ModuleCall, ModuleRequest, ModuleSources};
use model::{Diagnostic, ModulePath, err};

use super::address::Address;
use super::manifest::{Entry, Manifest};

/// Finds modules where the manifest says that they are.
pub struct Installed<'i> {
    manifest: OnceCell<Result<Manifest, Diagnostic>>,
    read: &'i dyn Fn() -> Option<String>,
    is_dir: &'i dyn Fn(&str) -> bool,
}

impl<'i> Installed<'i> {
    /// Modules as the manifest has them whose text `read` gives, where there is one. `is_dir` tells whether a directory
    /// is there.
    pub fn new(read: &'i dyn Fn() -> Option<String>, is_dir: &'i dyn Fn(&str) -> bool) -> Installed<'i> {
        Installed { manifest: OnceCell::new(), read, is_dir }
    }

    fn manifest(&self) -> Result<&Manifest, Diagnostic> {
        let read = || match (self.read)() {
            Some(text) => Manifest::parse(&text, "modules.json"),
            None => Ok(Manifest::default()),
        };
        self.manifest.get_or_init(read).as_ref().map_err(Clone::clone)
    }
}

impl ModuleSources for Installed<'_> {
    fn locate(&self, request: &ModuleRequest<'_>) -> Result<String, Diagnostic> {
        if let Some(dir) = within_flavors(request) {
            return Ok(dir);
        }
        let canonical = canonical_source(request.call)?;
        let Some(entry) = self.manifest()?.0.get(&key(request.path)) else {
            return Err(err!(
                request.call.span,
                "Module not installed",
                "This module is not yet installed. Run \"stackwright init\" to install all modules that this configuration \
                 calls."
            ));
        };
        check_unchanged(request.call, &canonical, entry)?;
        match (self.is_dir)(&entry.dir) {
            true => Ok(entry.dir.clone()),
            false => Err(err!(
                request.call.span,
                "Module not installed",
                "The directory of this module, {}, cannot be read. Run \"stackwright init\" to install all modules that this \
                 configuration calls.",
                entry.dir
            )),
        }
    }
}

/// An installed module fits a call as long as the call names the same source and takes its version.
fn check_unchanged(call: &ModuleCall, canonical: &str, entry: &Entry) -> Result<(), Diagnostic> {
    if entry.source != canonical {
        return Err(err!(
            call.source_expr.span,
            "Module source has changed",
            "The source address was changed since this module was installed: it was {:?}. Run \"stackwright init\" to install \
             all modules that this configuration calls.",
            super::address::without_password(&entry.source)
        ));
    }
    if !takes(call.version.as_deref(), entry.version.as_deref()) {
        return Err(err!(
            call.version_expr.as_ref().map_or(call.span, |e| e.span),
            "Module version requirements have changed",
            "The version requirements have changed since this module was installed, and the installed version ({}) is no \
             longer acceptable. Run \"stackwright init\" to install all modules that this configuration calls.",
            entry.version.as_deref().unwrap_or("none")
        ));
    }
    Ok(())
}

/// Whether a constraint takes a version; without a constraint any does.
pub fn takes(constraint: Option<&str>, version: Option<&str>) -> bool {
    match (constraint, version) {
        (Some(constraint), Some(version)) => config::satisfies(version, constraint).unwrap_or(false),
        _ => true,
    }
}

/// The canonical form of a call's source.
pub fn canonical_source(call: &ModuleCall) -> Result<String, Diagnostic> {
    Ok(match parse_source(call)? {
        Address::Local(path) => path,
        Address::Registry(module) => module.to_string(),
        Address::Remote(package) => package.to_string(),
    })
}

/// What a call's source names.
pub fn parse_source(call: &ModuleCall) -> Result<Address, Diagnostic> {
    Address::parse(&call.source)
        .map_err(|why| err!(call.source_expr.span, "Invalid module source address", "{why}"))
}

/// The directory of a flavor, or of a module that lies within one.
pub fn within_flavors(request: &ModuleRequest<'_>) -> Option<String> {
    let source = &request.call.source;
    if source.starts_with("flavor://") {
        return Some(source.clone());
    }
    let inner = request.dir.strip_prefix("flavor://")?;
    let is_local = source.starts_with("./") || source.starts_with("../");
    is_local.then(|| format!("flavor://{}", normal(&format!("{inner}/{source}"))))
}

/// The key of a module in the manifest.
pub fn key(path: &ModulePath) -> String {
    path.0.iter().map(|name| &**name).collect::<Vec<_>>().join(".")
}

/// A path without `.` and without what `..` takes back.
pub fn normal(path: &str) -> String {
    let root = if path.starts_with('/') { "/" } else { "" };
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|p| *p != "..") => drop(parts.pop()),
            ".." if !root.is_empty() => {}
            part => parts.push(part),
        }
    }
    match (root, &parts[..]) {
        ("", []) => ".".into(),
        _ => format!("{root}{}", parts.join("/")),
    }
}

#[cfg(test)]
mod tests {
    use super::normal;

    #[test]
    fn paths_have_one_form() {
        let cases = [
            ("./.", "."),
            ("././", "."),
            ("a/../..", ".."),
            ("a/./b/../c/", "a/c"),
            ("/a/../../b", "/b"),
            ("../x", "../x"),
        ];
        for (path, expected) in cases {
            assert_eq!(normal(path), expected, "{path}");
        }
    }
}
