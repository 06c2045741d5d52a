//! Which backend keeps the state, and with what arguments.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::diagnostic::did_you_mean;
use model::{Diagnostic, Diagnostics, Type, err};
use serde::{Deserialize, Serialize};
use state::{
    Arguments, Backend, BackendError, BackendType, HttpBackend, HttpSettings, LocalBackend, PgBackend,
    PgSettings,
};

use super::workspaces::Kept;
use super::{DEFAULT, Place, Project, STATE_FILE, memory_dir};

/// A backend as it is configured.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    /// `local`, `http`, `pg`, or what a cloud brings.
    #[serde(rename = "type")]
    pub ty: String,
    /// Its arguments.
    pub arguments: BTreeMap<String, String>,
}

/// What `init` found, so that a change is noticed and what was only said to `init` is known later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Remembered {
    /// What the configuration said.
    configured: Chosen,
    /// The same with what `-backend-config` added.
    complete: Chosen,
}

type Memory = BTreeMap<String, Remembered>;

const LOCAL: &[&str] = &["path", "workspace_dir"];

/// The types of backends that the program was built with beside those that are always there.
pub type BackendTypes = [Arc<dyn BackendType>];

/// The names of the arguments of a type of backend.
fn known<'t>(ty: &str, others: &'t BackendTypes) -> Option<Vec<&'t str>> {
    match ty {
        "local" => Some(LOCAL.to_vec()),
        "http" => Some(HttpSettings::ARGUMENTS.to_vec()),
        "pg" => Some(PgSettings::ARGUMENTS.to_vec()),
        _ => other(ty, others).map(|of| of.arguments().attributes.keys().map(|name| &**name).collect()),
    }
}

fn other<'t>(ty: &str, others: &'t BackendTypes) -> Option<&'t dyn BackendType> {
    others.iter().find(|of| of.name() == ty).map(|of| &**of)
}

/// The names of all types of backends, for messages.
fn available(others: &BackendTypes) -> String {
    let names = ["local", "http", "pg"].into_iter().chain(others.iter().map(|of| of.name()));
    names.collect::<Vec<_>>().join(", ")
}

impl Project {
    /// The backend as the environment's block says it, or else the configuration's.
    pub fn configured_backend(&self) -> Result<Chosen, Diagnostics> {
        let own = self.environment.as_ref().and_then(|e| e.backend.as_ref());
        let root = self.config.root().and_then(|r| r.backend.as_ref());
        let block =
            own.map(|b| (b.labels.first().map_or("local".into(), |l| l.name.clone()), &b.body, b.header));
        let Some((ty, body, span)) = block.or_else(|| root.map(|b| (b.ty.clone(), &b.body, b.span))) else {
            return Ok(Chosen { ty: "local".into(), arguments: BTreeMap::new() });
        };
        let Some(known) = known(&ty, &self.backends) else {
            return Err(err!(
                span,
                "Unsupported backend type",
                "There is no backend type named {ty:?} here. The available ones are: {}.",
                available(&self.backends)
            )
            .into());
        };
        let mut diags = Diagnostics::new();
        let mut arguments = BTreeMap::new();
        for attribute in &body.attributes {
            let name = &attribute.name.name;
            if !known.contains(&&**name) {
                let detail = format!(
                    "There is no argument {name:?} here.{}",
                    did_you_mean(name, known.iter().copied())
                );
                diags.push(Diagnostic::error("Unsupported argument", detail).at(attribute.name.span));
                continue;
            }
            let purpose = format!("the {name} of the backend");
            let ty = other(&ty, &self.backends).and_then(|of| of.arguments().attributes.get(name));
            let ty = ty.map_or(Type::String, |argument| argument.ty.clone());
            if let Some(value) = self.early_words(&attribute.expr, &ty, &purpose, &mut diags) {
                arguments.insert(name.to_string(), value);
            }
        }
        diags.into_result(Chosen { ty: ty.to_string(), arguments })
    }

    /// The backend to work with: as it is configured, with what was said to `init` besides.
    pub(super) fn backend(&self, place: &Place) -> Result<Chosen, Diagnostics> {
        let configured = self.configured_backend()?;
        match remembered(place) {
            Some(known) if known.configured == configured => Ok(known.complete),
            Some(known) => Err(init_required(&format!(
                "the backend is another one than at the last init: {} then, {} now",
                known.configured.ty, configured.ty
            ))
            .into()),
            None if configured.ty == "local" => Ok(configured),
            None => {
                Err(init_required(&format!("the backend {:?} was not initialised here", configured.ty))
                    .into())
            }
        }
    }

    /// The backend that was worked with until now.
    pub fn former_backend(&self, place: &Place) -> Chosen {
        let local = || Chosen { ty: "local".into(), arguments: BTreeMap::new() };
        remembered(place).map_or_else(local, |known| known.complete)
    }
}

fn init_required(why: &str) -> Diagnostic {
    Diagnostic::error(
        "Backend initialization required, please run \"stackwright init\"",
        format!(
            "Nothing was done, because {why}. Run \"stackwright init\" for the backend as it is configured now, with \
             -migrate-state to take the state along, or with -reconfigure to leave it behind."
        ),
    )
}

fn memory_file() -> PathBuf {
    memory_dir().join("backend.json")
}

/// Environments have a backend each, workspaces share one.
fn key(place: &Place) -> &str {
    match place {
        Place::Environment(name) => name,
        Place::Workspace(_) => "",
    }
}

fn memory() -> Memory {
    std::fs::read(memory_file())
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default()
}

fn remembered(place: &Place) -> Option<Remembered> {
    memory().remove(key(place))
}

/// Remembers a backend for the commands after `init`. A local one needs no memory.
pub fn remember(place: &Place, configured: Chosen, complete: Chosen) -> Result<(), Diagnostic> {
    let mut memory = memory();
    let entry = Remembered { configured, complete };
    let is_plain = entry.configured.ty == "local" && entry.configured == entry.complete;
    let before = memory.remove(key(place));
    if !is_plain {
        memory.insert(key(place).to_owned(), entry);
    } else if before.is_none() {
        return Ok(());
    }
    let text = serde_json::to_vec_pretty(&memory).unwrap_or_default();
    let write = || {
        std::fs::create_dir_all(memory_dir())?;
        crate::files::write_private(memory_file(), &text)
    };
    write().map_err(|e| {
        let detail = format!("{} could not be written: {e}.", memory_file().display());
        Diagnostic::error("Failed to remember the backend", detail)
    })
}

impl Chosen {
    /// The same with what `-backend-config` says: `NAME=VALUE`, or a file of such lines.
    pub fn with_options(&self, options: &[String], others: &BackendTypes) -> Result<Chosen, Diagnostics> {
        let mut complete = self.clone();
        for option in options {
            let given = match option.split_once('=') {
                Some((name, value)) => vec![(name.trim().to_owned(), value.trim().to_owned())],
                None => from_file(Path::new(option))?,
            };
            for (name, value) in given {
                if !known(&self.ty, others).unwrap_or_default().contains(&&*name) {
                    let detail = format!(
                        "The backend {:?} has no argument {name:?}, which -backend-config gives.",
                        self.ty
                    );
                    return Err(Diagnostic::error("Invalid backend configuration argument", detail).into());
                }
                complete.arguments.insert(name, value);
            }
        }
        Ok(complete)
    }

    /// The keeper of a workspace's or environment's state.
    pub fn open(
        &self,
        place: &Place,
        is_own: bool,
        others: &BackendTypes,
    ) -> Result<Arc<dyn Backend>, Diagnostics> {
        if let Some(of) = other(&self.ty, others) {
            let workspace = if is_own { DEFAULT } else { place.name() };
            return Ok(self.told(|arguments| of.place(arguments))?.open(workspace));
        }
        Ok(match &*self.ty {
            "http" => Arc::new(HttpBackend::new(self.http(place)?).map_err(|e| invalid(&e.to_string()))?),
            "pg" => Arc::new(PgBackend::new(self.pg()?, place.name()).map_err(|e| invalid(&e.to_string()))?),
            _ => Arc::new(LocalBackend::new(self.path(place, is_own))),
        })
    }

    /// Where a local state is. A path is one state's, so workspaces and environments beside have others.
    pub(super) fn path(&self, place: &Place, is_own: bool) -> PathBuf {
        let path = self.arguments.get("path").map(PathBuf::from);
        match (place, path) {
            (_, Some(path)) if place.name() == DEFAULT || is_own => path,
            (Place::Environment(name), _) => PathBuf::from("state").join(name).join(STATE_FILE),
            (Place::Workspace(name), _) if name == DEFAULT => PathBuf::from(STATE_FILE),
            (Place::Workspace(name), _) => self.workspace_dir().join(name).join(STATE_FILE),
        }
    }

    /// Makes the place where states are to be kept, a bucket; says whether it was not there before.
    pub async fn create(&self, others: &BackendTypes) -> Result<bool, Diagnostics> {
        let Some(of) = other(&self.ty, others) else { return Ok(false) };
        let place = self.told(|arguments| of.place(arguments))?;
        let failed = |e: BackendError| {
            Diagnostic::error("Failed to create the backend", format!("The backend says: {e}."))
        };
        Ok(place.create().await.map_err(failed)?)
    }

    /// Which workspaces there are, as far as the backend keeps more than one state.
    pub(super) async fn workspaces(&self, others: &BackendTypes) -> Result<Kept, Diagnostics> {
        if let Some(of) = other(&self.ty, others) {
            let names = self.told(|arguments| of.place(arguments))?.workspaces().await;
            return Ok(Kept::Elsewhere(names.map_err(|e| unlisted(&e))?));
        }
        match &*self.ty {
            "http" => Err(one_state_only().into()),
            "pg" => {
                let backend = PgBackend::new(self.pg()?, DEFAULT).map_err(|e| invalid(&e.to_string()))?;
                Ok(Kept::Elsewhere(backend.workspaces().await.map_err(|e| unlisted(&e))?))
            }
            _ => Ok(Kept::Files(self.workspace_dir())),
        }
    }

    /// Where the local states of workspaces are.
    fn workspace_dir(&self) -> PathBuf {
        PathBuf::from(self.arguments.get("workspace_dir").map_or("terraform.tfstate.d", String::as_str))
    }

    fn http(&self, place: &Place) -> Result<HttpSettings, Diagnostic> {
        if matches!(place, Place::Workspace(name) if name != DEFAULT) {
            return Err(one_state_only());
        }
        self.told(|arguments| HttpSettings::read(arguments, &memory_dir()))
    }

    fn pg(&self) -> Result<PgSettings, Diagnostic> {
        self.told(PgSettings::read)
    }

    /// What the arguments, and the environment's variables beside them, tell a backend.
    fn told<T>(&self, read: impl FnOnce(Arguments<'_>) -> Result<T, BackendError>) -> Result<T, Diagnostic> {
        let variable = |name: &str| std::env::var(name).ok();
        read(Arguments { given: &self.arguments, variable: &variable }).map_err(|e| invalid(&e.to_string()))
    }
}

fn unlisted(error: &BackendError) -> Diagnostic {
    Diagnostic::error("Failed to list workspaces", format!("The backend says: {error}."))
}

fn one_state_only() -> Diagnostic {
    Diagnostic::error("Workspaces not supported", "The backend \"http\" keeps one state only.")
}

fn invalid(why: &str) -> Diagnostic {
    Diagnostic::error("Invalid backend configuration", format!("The backend cannot be used: {why}."))
}

/// The arguments in a file, `NAME = "VALUE"` each.
fn from_file(path: &Path) -> Result<Vec<(String, String)>, Diagnostics> {
    let failed = |why: String| {
        let detail = format!("{} cannot be read as arguments of a backend: {why}.", path.display());
        Diagnostic::error("Invalid backend configuration file", detail)
    };
    let bytes = crate::files::read(path).map_err(|e| failed(e.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|_| failed("it is not UTF-8".into()))?;
    let mut sources = model::SourceMap::new();
    let file = sources.add(path.display().to_string(), text);
    let (body, diags) = lang::parse::parse_body(file, &sources.file(file).text.clone());
    if diags.has_errors() {
        return Err(failed("it is not made of lines NAME = \"VALUE\"".into()).into());
    }
    let value = |a: &lang::ast::Attribute| {
        let (value, _) = lang::eval_constant(&a.expr);
        let text = model::convert::convert(&value, &Type::String).ok()?;
        Some((a.name.name.to_string(), text.as_str()?.to_string()))
    };
    let all: Option<Vec<_>> = body.attributes.iter().map(value).collect();
    Ok(all.ok_or_else(|| failed("a value in it is no text".into()))?)
}
