//! Installing: every call is followed, and what it leads to is put where the other commands look for it.

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use config::{ModuleRequest, ModuleSources};
use model::{Diagnostic, err};

use super::address::{Address, Package, without_password};
use super::fetch::Fetcher;
use super::installed::{key, normal, parse_source, takes, within_flavors};
use super::manifest::{Entry, Manifest, path_in};
use super::registry_address::RegistryModule;
use super::tree;

/// Installs modules on the way through a configuration.
pub struct Installer<'i> {
    modules_dir: PathBuf,
    known: Manifest,
    upgrade: bool,
    found: RefCell<Manifest>,
    fetcher: Fetcher,
    say: &'i dyn Fn(&str),
}

impl<'i> Installer<'i> {
    /// Installs below a directory; what is said on the way is told to `say`. What was installed before is taken as it is
    /// while it fits, unless everything is to be brought up to date.
    pub fn new(modules_dir: &Path, upgrade: bool, fetcher: Fetcher, say: &'i dyn Fn(&str)) -> Installer<'i> {
        let known = std::fs::read_to_string(path_in(modules_dir)).ok();
        let known = known.and_then(|text| Manifest::parse(&text, "modules.json").ok()).unwrap_or_default();
        let root = Entry { source: String::new(), version: None, dir: ".".into() };
        let found = RefCell::new(Manifest([(String::new(), root)].into()));
        Installer { modules_dir: modules_dir.into(), known, upgrade, found, fetcher, say }
    }

    /// Writes down what was found, if anything was or had been.
    pub fn finish(self) -> Result<(), Diagnostic> {
        let found = self.found.into_inner();
        if found.0.len() <= 1 && self.known.0.is_empty() || found == self.known {
            return Ok(());
        }
        found.write(&self.modules_dir).map_err(|e| {
            let detail = format!(
                "The list of installed modules cannot be written to {}: {e}.",
                self.modules_dir.display()
            );
            Diagnostic::error("Failed to write module manifest", detail)
        })
    }

    fn record(&self, key: &str, source: String, version: Option<String>, dir: &str) {
        let entry = Entry { source, version, dir: dir.into() };
        self.found.borrow_mut().0.insert(key.into(), entry);
    }

    /// A directory of the package that the caller belongs to.
    fn local(&self, request: &ModuleRequest<'_>, path: &str) -> Result<String, Diagnostic> {
        let dir = normal(&format!("{}/{path}", request.dir));
        if let Some((root, package)) = self.package_of(request)
            && dir != root
            && !dir.starts_with(&format!("{root}/"))
        {
            return Err(err!(
                request.call.source_expr.span,
                "Local module path escapes module package",
                "The directory {path:?} of {} would lie outside of its package {package:?}. Local paths must stay within \
                 the package that the calling module belongs to.",
                request.path
            ));
        }
        if !Path::new(&dir).is_dir() {
            return Err(err!(
                request.call.source_expr.span,
                "Unreadable module directory",
                "There is no directory {dir:?}, which the source of module {:?} names.",
                &*request.call.name
            ));
        }
        Ok(dir)
    }

    /// The directory and the address of the package that the calling module came with; nothing for the working directory's
    /// own.
    fn package_of(&self, request: &ModuleRequest<'_>) -> Option<(String, String)> {
        let mut path = request.path.parent()?.0;
        while !path.is_root() {
            let found = self.found.borrow();
            let key = key(&path);
            let entry = found.0.get(&key)?;
            if !matches!(Address::parse(&entry.source), Ok(Address::Local(_))) {
                return Some((self.place(&key), without_password(&entry.source)));
            }
            path = path.parent()?.0;
        }
        None
    }

    /// Where the package of a call is put.
    fn place(&self, key: &str) -> String {
        normal(&self.modules_dir.join(key).to_string_lossy())
    }

    /// The directory of a module that was installed before, if it still fits the call.
    fn kept(&self, key: &str, source: &str, constraint: Option<&str>) -> Option<Entry> {
        let entry = self.known.0.get(key).filter(|_| !self.upgrade)?;
        let fits = entry.source == source && takes(constraint, entry.version.as_deref());
        (fits && Path::new(&entry.dir).is_dir()).then(|| entry.clone())
    }

    fn remote(&self, request: &ModuleRequest<'_>, package: &Package) -> Result<String, Diagnostic> {
        let (key, source) = (key(request.path), package.to_string());
        if let Some(entry) = self.kept(&key, &source, None) {
            self.found.borrow_mut().0.insert(key, entry.clone());
            return Ok(entry.dir);
        }
        (self.say)(&format!("Downloading {} for {key}...", package.whole().shown()));
        let dir = self.fetch(package, &key).map_err(|why| failed(request, &package.shown(), &why))?;
        self.record(&key, source, None, &dir);
        (self.say)(&format!("- {key} in {dir}"));
        Ok(dir)
    }

    fn registry(&self, request: &ModuleRequest<'_>, module: &RegistryModule) -> Result<String, Diagnostic> {
        let (key, source) = (key(request.path), module.to_string());
        let constraint = request.call.version.as_deref();
        if let Some(entry) = self.kept(&key, &source, constraint) {
            self.found.borrow_mut().0.insert(key, entry.clone());
            return Ok(entry.dir);
        }
        let resolved = self.fetcher.resolve(module, constraint).map_err(|why| {
            err!(
                request.call.source_expr.span,
                "Error accessing remote module registry",
                "The module {source:?} cannot be had: {why}."
            )
        })?;
        (self.say)(&format!("Downloading {source} {} for {key}...", resolved.version));
        let dir = self.fetch(&resolved.package, &key).map_err(|why| failed(request, &source, &why))?;
        self.record(&key, source, Some(resolved.version), &dir);
        (self.say)(&format!("- {key} in {dir}"));
        Ok(dir)
    }

    /// Fetches a package and puts it into its place; the directory of the module within it.
    fn fetch(&self, package: &Package, key: &str) -> Result<String, String> {
        let place = self.place(key);
        let fetched = self.fetcher.fetch(package).map_err(|e| e.to_string())?;
        tree::install(&fetched, Path::new(&place))
            .map_err(|e| format!("it cannot be put into {place}: {e}"))?;
        let found = tree::find(Path::new(&place), fetched.subdir())?;
        Ok(found.to_string_lossy().into_owned())
    }
}

fn failed(request: &ModuleRequest<'_>, source: &str, why: &str) -> Diagnostic {
    err!(
        request.call.source_expr.span,
        "Failed to download module",
        "The source code of module {:?} could not be had from {source:?}: {}.",
        &*request.call.name,
        why.trim_end().trim_end_matches('.')
    )
}

impl ModuleSources for Installer<'_> {
    fn locate(&self, request: &ModuleRequest<'_>) -> Result<String, Diagnostic> {
        if let Some(dir) = within_flavors(request) {
            return Ok(dir);
        }
        match parse_source(request.call)? {
            Address::Local(path) => {
                let (key, dir) = (key(request.path), self.local(request, &path)?);
                if self.kept(&key, &path, None).is_none_or(|entry| entry.dir != dir) {
                    (self.say)(&format!("- {key} in {dir}"));
                }
                self.record(&key, path, None, &dir);
                Ok(dir)
            }
            Address::Remote(package) => self.remote(request, &package),
            Address::Registry(module) => self.registry(request, &module),
        }
    }
}
