//! The outside world: disk, clock, randomness, environment. The only place that touches them for evaluation.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use config::{FileEntry, Files, World};
use lang::functions::{FileError, FileSystem, Function, Surroundings};
use model::{FileId, ProviderAddr, SourceMap};
use plan::ProviderFunctions;
use provider::{FlavorSource, Registry};

use crate::modules::manifest_in;
use crate::project::modules_dir;

/// Nanoseconds since 1970 UTC.
fn now_ns() -> i128 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_nanos() as i128)
}

/// Fills a buffer from the operating system's source of randomness. Without one the program ends at once, as if it had
/// been killed: what it did is recorded, and keys made of anything else would be worse than none.
pub fn random_bytes(buffer: &mut [u8]) {
    let read =
        std::fs::File::open(RANDOM).and_then(|mut source| std::io::Read::read_exact(&mut source, buffer));
    if let Err(e) = read {
        crate::app::give_up(&format!("The system gives no random numbers ({RANDOM}: {e})."));
    }
}

/// Where random numbers come from.
const RANDOM: &str = "/dev/urandom";

/// A version 4 UUID.
pub fn uuid() -> String {
    let mut b = [0u8; 16];
    random_bytes(&mut b);
    b[6] = b[6] & 0x0f | 0x40;
    b[8] = b[8] & 0x3f | 0x80;
    let hex: String = b.iter().map(|x| format!("{x:02x}")).collect();
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// Files of this machine.
#[derive(Clone, Debug, Default)]
pub struct Disk;

impl FileSystem for Disk {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        std::fs::read(path).map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => FileError::NotFound,
            std::io::ErrorKind::IsADirectory => FileError::IsDirectory,
            _ => FileError::Other(e.to_string()),
        })
    }

    fn exists(&self, path: &str) -> Result<bool, FileError> {
        match std::fs::metadata(path) {
            Ok(meta) if meta.is_file() => Ok(true),
            Ok(meta) if meta.is_dir() => Err(FileError::IsDirectory),
            Ok(_) => Err(FileError::Other("not a regular file".into())),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(e) => Err(FileError::Other(e.to_string())),
        }
    }

    fn walk(&self, dir: &str) -> Result<Vec<String>, FileError> {
        let mut found = Vec::new();
        let mut stack = vec![PathBuf::from(dir)];
        while let Some(at) = stack.pop() {
            let entries = match std::fs::read_dir(&at) {
                Ok(entries) => entries,
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => continue,
                Err(e) => return Err(FileError::Other(e.to_string())),
            };
            for entry in entries.flatten() {
                let path = entry.path();
                if entry.file_type().is_ok_and(|t| t.is_dir()) {
                    stack.push(path);
                } else if path.is_file() {
                    found.extend(path.strip_prefix(dir).ok().map(|p| p.to_string_lossy().into_owned()));
                }
            }
        }
        Ok(found)
    }

    fn current_dir(&self) -> PathBuf {
        std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."))
    }

    fn home_dir(&self) -> Option<PathBuf> {
        std::env::var_os("HOME").map(PathBuf::from)
    }
}

/// What functions and providers get of the outside.
#[derive(Clone, Debug)]
pub struct Outside {
    disk: Disk,
    /// `plantimestamp()`, where there is a plan.
    pub timestamp: Option<String>,
    /// Whether `timestamp()` and the like give unknowns.
    pub planning: bool,
}

impl Outside {
    /// The outside while planning, at a time.
    pub fn planning(timestamp: &str) -> Outside {
        Outside { disk: Disk, timestamp: Some(timestamp.into()), planning: true }
    }

    /// The outside while applying a plan made at a time.
    pub fn applying(timestamp: &str) -> Outside {
        Outside { planning: false, ..Outside::planning(timestamp) }
    }

    /// The outside of the console.
    pub fn console() -> Outside {
        Outside { disk: Disk, timestamp: None, planning: false }
    }
}

impl Surroundings for Outside {
    fn files(&self) -> &dyn FileSystem {
        &self.disk
    }
    fn base_dir(&self) -> &str {
        "."
    }
    fn now_ns(&self) -> i128 {
        now_ns()
    }
    fn plan_timestamp(&self) -> Option<String> {
        self.timestamp.clone()
    }
    fn defers_impure(&self) -> bool {
        self.planning
    }
    fn random(&self, buffer: &mut [u8]) {
        random_bytes(buffer);
    }
}

impl provider::Surroundings for Outside {
    fn now_ns(&self) -> i128 {
        now_ns()
    }
    fn random(&self, buffer: &mut [u8]) {
        random_bytes(buffer);
    }
    fn current_dir(&self) -> PathBuf {
        self.disk.current_dir()
    }
    fn env(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }
}

/// The machine as providers and backends see it.
pub fn surroundings() -> Arc<dyn provider::Surroundings> {
    Arc::new(Outside::console())
}

/// The world of one evaluation.
pub struct RunWorld<'s> {
    outside: Outside,
    workspace: String,
    applying: bool,
    sources: &'s RefCell<SourceMap>,
    functions: ProviderFunctions,
}

impl<'s> RunWorld<'s> {
    /// A world with a workspace and the functions of providers, whose template files go into `sources`.
    pub fn new(
        outside: Outside,
        workspace: &str,
        sources: &'s RefCell<SourceMap>,
        registry: &Registry,
    ) -> RunWorld<'s> {
        let applying = !outside.planning && outside.timestamp.is_some();
        let functions = ProviderFunctions::of(registry);
        RunWorld { outside, workspace: workspace.into(), applying, sources, functions }
    }
}

impl World for RunWorld<'_> {
    fn surroundings(&self) -> &dyn Surroundings {
        &self.outside
    }
    fn workspace(&self) -> &str {
        &self.workspace
    }
    fn root_dir(&self) -> &str {
        "."
    }
    fn is_applying(&self) -> bool {
        self.applying
    }
    fn add_source(&self, name: &str, text: &str) -> FileId {
        self.sources.borrow_mut().add(name, text)
    }
    fn provider_function(&self, provider: &ProviderAddr, name: &str) -> Option<&Function> {
        self.functions.get(provider, name)
    }
}

/// The name under which saved plans keep the list of installed modules.
const MANIFEST: &str = ".terraform/modules/modules.json";

/// The files of a configuration: on disk, within flavors, or within a saved plan. What is read is remembered, so that a
/// plan can keep it.
pub struct ConfigFiles<'f> {
    flavors: Vec<&'f dyn FlavorSource>,
    kept: Option<BTreeMap<String, String>>,
    seen: RefCell<BTreeMap<String, String>>,
}

impl<'f> ConfigFiles<'f> {
    /// Files of this machine and of flavors; of two flavors with one name the last wins.
    pub fn on_disk(flavors: Vec<&'f dyn FlavorSource>) -> ConfigFiles<'f> {
        ConfigFiles { flavors, kept: None, seen: RefCell::default() }
    }

    /// Nothing but the files that a saved plan kept.
    pub fn kept(files: BTreeMap<String, String>) -> ConfigFiles<'f> {
        ConfigFiles { flavors: Vec::new(), kept: Some(files), seen: RefCell::default() }
    }

    /// Every file that was read, by path.
    pub fn seen(&self) -> BTreeMap<String, String> {
        self.kept.clone().unwrap_or_else(|| self.seen.borrow().clone())
    }

    /// The list of installed modules, where there is one.
    pub fn manifest(&self) -> Option<String> {
        if let Some(kept) = &self.kept {
            return kept.get(MANIFEST).cloned();
        }
        let text = std::fs::read_to_string(manifest_in(&modules_dir())).ok()?;
        self.seen.borrow_mut().insert(MANIFEST.into(), text.clone());
        Some(text)
    }

    /// Whether a directory of modules is there. A saved plan has those that it needs.
    pub fn has_dir(&self, dir: &str) -> bool {
        self.kept.is_some() || Path::new(dir).is_dir()
    }

    fn flavor_files(&self, dir: &str) -> Option<BTreeMap<String, model::Str>> {
        let place = stack::address::flavor_dir(dir)?;
        let found = self.flavors.iter().rev().find_map(|f| f.files(&place.component_type, &place.flavor))?;
        let prefix = if place.folder.is_empty() { String::new() } else { format!("{}/", place.folder) };
        let inner = found.files.into_iter().filter_map(|(path, text)| {
            let name = path.strip_prefix(&prefix)?;
            (!name.contains('/')).then(|| (name.to_owned(), text))
        });
        Some(inner.collect())
    }
}

impl Files for ConfigFiles<'_> {
    fn list(&self, dir: &str) -> Result<Vec<FileEntry>, String> {
        if let Some(kept) = &self.kept {
            let prefix = if dir == "." { String::new() } else { format!("{dir}/") };
            let names = kept.keys().filter_map(|p| p.strip_prefix(&prefix)).filter(|n| !n.contains('/'));
            return Ok(names.map(|n| FileEntry { name: n.into(), is_dir: false }).collect());
        }
        if dir.starts_with("flavor://") {
            let files = self.flavor_files(dir).ok_or_else(|| "there is no such flavor".to_owned())?;
            return Ok(files.into_keys().map(|name| FileEntry { name, is_dir: false }).collect());
        }
        let entries = std::fs::read_dir(dir).map_err(|e| e.to_string())?;
        let entry = |e: std::fs::DirEntry| FileEntry {
            name: e.file_name().to_string_lossy().into_owned(),
            is_dir: e.path().is_dir(),
        };
        Ok(entries.flatten().map(entry).collect())
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        if let Some(kept) = &self.kept {
            return kept
                .get(path)
                .map(|t| t.clone().into_bytes())
                .ok_or_else(|| "it is not in the plan".to_owned());
        }
        let bytes = match path.rsplit_once('/') {
            Some((dir, name)) if path.starts_with("flavor://") => {
                let files = self.flavor_files(dir).ok_or_else(|| "there is no such flavor".to_owned())?;
                files
                    .get(name)
                    .map(|t| t.as_bytes().to_vec())
                    .ok_or_else(|| "there is no such file".to_owned())?
            }
            _ => crate::files::read_regular(Path::new(path)).map_err(|e| e.to_string())?,
        };
        self.seen.borrow_mut().insert(path.into(), String::from_utf8_lossy(&bytes).into_owned());
        Ok(bytes)
    }
}

/// A team's own flavors, in `flavors/` beside the stack.
pub struct TeamFlavors {
    root: PathBuf,
}

impl TeamFlavors {
    /// The flavors in a directory, which need not exist.
    pub fn new(root: impl Into<PathBuf>) -> TeamFlavors {
        TeamFlavors { root: root.into() }
    }

    fn directories(path: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries
            .filter(|e| e.path().is_dir())
            .map(|e| e.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

impl FlavorSource for TeamFlavors {
    fn list(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for ty in TeamFlavors::directories(&self.root) {
            for flavor in TeamFlavors::directories(&self.root.join(&ty)) {
                found.push((ty.clone(), flavor));
            }
        }
        found
    }

    fn files(&self, component_type: &str, flavor: &str) -> Option<provider::FlavorFiles> {
        let dir = self.root.join(component_type).join(flavor);
        if !dir.is_dir() {
            return None;
        }
        let names = Disk.walk(&dir.to_string_lossy()).ok()?;
        let read = |name: String| Some((name.clone(), std::fs::read_to_string(dir.join(name)).ok()?.into()));
        Some(provider::FlavorFiles { files: names.into_iter().filter_map(read).collect() })
    }
}
