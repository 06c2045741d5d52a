//! A configuration directory as commands work on it: files, environment, stack, variables, state.

mod backends;
mod encryption;
mod keeping;
mod place;
mod sources;
mod workspaces;

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use config::{Config, EarlyInputs, EarlyModule, Files, ModuleSources, RootValue, Statics};
use lang::ast::{Body, Expr};
use model::{Diagnostic, Diagnostics, SourceMap, Stage, Str, Value, err};
use provider::{ConnectorType, FlavorSource, Ownership, Registry};
use stack::{Environment, Lowered, Stack};
use state::{BackendType, Backup, LocalBackend, LocalPlaces, LockInfo, Store};

use crate::app::App;
use crate::args::{StatePlaces, VarArgs};
use crate::modules::{Installed, Installer};
use crate::variables;
use crate::world::{ConfigFiles, Outside, RunWorld, TeamFlavors};

pub use backends::{Chosen, remember};
pub use encryption::Sealings;
pub use keeping::memory_dir;
pub use place::{Place, choose_place, environments, selected_workspace};
pub use sources::commit;
pub use workspaces::{DEFAULT, NAME_RULE, Workspaces, is_workspace_name};

/// What the binary was built with.
pub struct Equipment {
    /// Providers.
    pub registry: Registry,
    /// Built-in flavors.
    pub flavors: Vec<Box<dyn FlavorSource>>,
    /// Kinds of connectors.
    pub connectors: Vec<Box<dyn ConnectorType>>,
    /// Types of backends beside those that are always there.
    pub backends: Vec<Arc<dyn BackendType>>,
}

/// A loaded directory.
pub struct Project {
    /// The configuration, plain.
    pub config: Config,
    /// Its static graph.
    pub statics: Statics,
    /// Every text.
    pub sources: RefCell<SourceMap>,
    /// The stack, where there is one.
    pub stack: Option<Stack>,
    /// The environment, where one is chosen.
    pub environment: Option<Environment>,
    /// What was given for root variables.
    pub given: BTreeMap<Str, RootValue>,
    /// Every file that was read, by path, for saved plans.
    pub files: BTreeMap<String, String>,
    /// The workspace's or environment's name.
    pub workspace: String,
    /// What loading found.
    pub diags: Diagnostics,
    /// Whether the text of a root file could not be read, so that any setting may be missing.
    pub unreadable: bool,
    /// References that lead nowhere or in circles; of interest only where loading went well.
    pub references: Diagnostics,
    /// Types of backends beside those that are always there.
    backends: Vec<Arc<dyn BackendType>>,
    /// How its documents are kept, once that was asked.
    sealings: OnceCell<Sealings>,
}

/// Where Terraform keeps what it remembers of a directory.
pub fn data_dir() -> PathBuf {
    std::env::var_os("TF_DATA_DIR").map_or_else(|| PathBuf::from(".terraform"), PathBuf::from)
}

/// Where modules are installed.
pub fn modules_dir() -> PathBuf {
    data_dir().join("modules")
}

/// Loads the current directory with its installed modules. What is wrong with it is in the project's diagnostics; the rest
/// is there.
pub fn load(app: &App, place: &Place, vars: &VarArgs) -> Project {
    load_with(app, place, vars, None)
}

/// Loads the current directory and installs the modules that it calls.
pub fn load_installing(app: &App, place: &Place, vars: &VarArgs, installer: &Installer<'_>) -> Project {
    load_with(app, place, vars, Some(installer))
}

fn load_with(app: &App, place: &Place, vars: &VarArgs, installer: Option<&Installer<'_>>) -> Project {
    let team = TeamFlavors::new("flavors");
    let flavors =
        app.equipment.flavors.iter().map(|f| &**f).chain([&team as &dyn FlavorSource]).collect::<Vec<_>>();
    let files = ConfigFiles::on_disk(flavors.clone());
    let (read, is_dir) = (|| files.manifest(), |dir: &str| files.has_dir(dir));
    let installed = Installed::new(&read, &is_dir);
    let modules: &dyn ModuleSources = match installer {
        Some(installer) => installer,
        None => &installed,
    };
    let mut project = load_from(app, place, Values::Given(vars), (&files, modules), &flavors);
    for (ty, flavor) in team.list() {
        for (name, text) in team.files(&ty, &flavor).unwrap_or_default().files {
            project.files.insert(format!("flavors/{ty}/{flavor}/{name}"), text.to_string());
        }
    }
    project
}

/// Where the values of root variables come from.
enum Values<'v> {
    /// The environment, variable files and the command line.
    Given(&'v VarArgs),
    /// A saved plan, but for ephemeral ones, which it does not keep.
    Kept(&'v BTreeMap<Str, Value>, &'v VarArgs),
}

/// Loads what a saved plan kept; `vars` give what it could not keep, the values of ephemeral variables.
pub fn load_kept(
    app: &App,
    place: &Place,
    kept: BTreeMap<String, String>,
    variables: &BTreeMap<Str, Value>,
    vars: &VarArgs,
) -> Project {
    let team = KeptFlavors(kept.clone());
    let flavors =
        app.equipment.flavors.iter().map(|f| &**f).chain([&team as &dyn FlavorSource]).collect::<Vec<_>>();
    let files = ConfigFiles::kept(kept);
    let (read, is_dir) = (|| files.manifest(), |dir: &str| files.has_dir(dir));
    let installed = Installed::new(&read, &is_dir);
    load_from(app, place, Values::Kept(variables, vars), (&files, &installed), &flavors)
}

fn load_from(
    app: &App,
    place: &Place,
    values: Values<'_>,
    (files, modules): (&ConfigFiles<'_>, &dyn ModuleSources),
    flavors: &[&dyn FlavorSource],
) -> Project {
    let mut sources = SourceMap::new();
    let mut diags = Diagnostics::new();
    let root = config::parse_directory(".", files, &mut sources, &mut diags, app.stages());
    let environment = match place {
        Place::Environment(name) => {
            let path = format!("environments/{name}.hcl");
            parse_environment(&path, files, &mut sources, &mut diags).map(|body| (name.clone(), body))
        }
        Place::Workspace(_) => None,
    };
    let unreadable = diags.has_errors();
    let declared = declared_variables(&root);
    let mut quiet = Diagnostics::new();
    let strong = match values {
        Values::Given(vars) => variables::collect(&declared, vars, &mut sources, &mut quiet),
        Values::Kept(kept, vars) => {
            let vars = variables::without_kept(&declared, vars, &mut quiet);
            let mut ephemeral = declared;
            ephemeral.variables.retain(|_, variable| variable.ephemeral);
            let root =
                |v: &Value| RootValue { value: v.clone(), span: None, origin: "the saved plan".into() };
            let mut values = variables::collect(&ephemeral, &vars, &mut sources, &mut quiet);
            values.extend(kept.iter().map(|(name, value)| (name.clone(), root(value))));
            values
        }
    };
    let expand = app.stages().enter(Stage::Expand, "stack");
    let connectors: Vec<&dyn ConnectorType> = app.equipment.connectors.iter().map(|c| &**c).collect();
    let (lowered, found) = stack::lower(stack::Inputs {
        root,
        environment,
        workspace: place.name(),
        variables: strong.iter().map(|(n, v)| (n.clone(), v.value.clone())).collect(),
        flavors,
        connectors: &connectors,
        sources: &mut sources,
    });
    drop(expand);
    diags.extend(found);
    let Lowered { stack, environment, root, .. } = lowered;
    let declared = declared_variables(&root);
    let mut given =
        environment.as_ref().map(|e| environment_values(e, &declared, &mut diags)).unwrap_or_default();
    given.extend(strong);
    let surroundings = Outside::console();
    let inputs = EarlyInputs { given: &given, workspace: place.name(), surroundings: &surroundings };
    let origins = config::Origins { files, modules, inputs, stages: app.stages() };
    let config = config::build(root, ".", origins, &mut sources, &mut diags);
    let expand = app.stages().enter(Stage::Expand, "references");
    let (statics, references) = Statics::build(&config);
    drop(expand);
    let is_typed =
        |d: &Diagnostic| d.subject.is_some_and(|s| sources.file(s.file).name.starts_with("<value for"));
    if quiet.has_errors()
        && !diags.has_errors()
        && quiet.iter().filter(|d| d.is_error()).all(is_typed)
        && let Some(root) = config.root()
    {
        quiet.extend(config::check_root_variables(root, &given).1);
    }
    diags.extend(quiet);
    Project {
        config,
        statics,
        sources: RefCell::new(sources),
        stack,
        environment,
        given,
        files: files.seen(),
        workspace: place.name().to_owned(),
        diags,
        unreadable,
        references,
        backends: app.equipment.backends.clone(),
        sealings: OnceCell::new(),
    }
}

/// The root module's variables before anything else of it is known.
fn declared_variables(root: &[Body]) -> config::Module {
    let mut module = config::Module::empty(model::ModulePath::root(), ".");
    let variables = root.iter().map(|b| Body {
        attributes: Vec::new(),
        blocks: b.blocks_of("variable").cloned().collect(),
        span: b.span,
        missing_item: b.missing_item,
    });
    let mut ignored = Diagnostics::new();
    for body in variables {
        config::decode_file(&body, &mut module, &mut ignored);
    }
    module
}

fn parse_environment(
    path: &str,
    files: &ConfigFiles<'_>,
    sources: &mut SourceMap,
    diags: &mut Diagnostics,
) -> Option<Body> {
    let text = match files.read(path).map(String::from_utf8) {
        Ok(Ok(text)) => text,
        Ok(Err(_)) => {
            diags.push(Diagnostic::error("Failed to read file", format!("The file {path} is not UTF-8.")));
            return None;
        }
        Err(why) => {
            diags.push(Diagnostic::error(
                "Failed to read file",
                format!("The file {path} cannot be read: {why}."),
            ));
            return None;
        }
    };
    let file = sources.add(path, text);
    let text = sources.file(file).text.clone();
    let (body, found) = lang::parse::parse_body(file, &text);
    diags.extend(found);
    Some(body)
}

fn environment_values(
    environment: &Environment,
    root: &config::Module,
    diags: &mut Diagnostics,
) -> BTreeMap<Str, RootValue> {
    let mut given = BTreeMap::new();
    for (name, expr) in &environment.values {
        if !root.variables.contains_key(name) {
            let names = root.variables.keys().map(|k| &**k);
            diags.push(err!(
                expr.span,
                "Value for undeclared variable",
                "The environment gives a value for {name:?}, but the stack declares no variable of that name.{}",
                model::diagnostic::did_you_mean(name, names)
            ));
            continue;
        }
        if let Some(value) = variables::constant_value(expr, diags) {
            let origin = format!("environment {:?}", environment.name);
            given.insert(name.clone(), RootValue { value, span: Some(expr.span), origin });
        }
    }
    given
}

/// The flavors that a saved plan kept: `flavor://TYPE/FLAVOR/FILE`.
struct KeptFlavors(BTreeMap<String, String>);

impl FlavorSource for KeptFlavors {
    fn list(&self) -> Vec<(String, String)> {
        let place = |path: &String| {
            let mut parts = path.strip_prefix("flavors/")?.split('/');
            Some((parts.next()?.to_owned(), parts.next()?.to_owned()))
        };
        let mut found: Vec<(String, String)> = self.0.keys().filter_map(place).collect();
        found.dedup();
        found
    }

    fn files(&self, component_type: &str, flavor: &str) -> Option<provider::FlavorFiles> {
        let prefix = format!("flavors/{component_type}/{flavor}/");
        let files: BTreeMap<String, Str> = self
            .0
            .iter()
            .filter_map(|(path, text)| Some((path.strip_prefix(&prefix)?.to_owned(), text.as_str().into())))
            .collect();
        (!files.is_empty()).then_some(provider::FlavorFiles { files })
    }
}

impl Project {
    /// The root variables, converted and checked.
    pub fn variables(&self, diags: &mut Diagnostics) -> BTreeMap<Str, Value> {
        let Some(root) = self.config.root() else { return BTreeMap::new() };
        let (values, found) = config::check_root_variables(root, &self.given);
        diags.extend(found);
        values
    }

    /// Where the values of root variables came from.
    pub fn origins(&self) -> BTreeMap<String, String> {
        let sources = self.sources.borrow();
        let origin = |root: &RootValue| match root.span {
            Some(span) => sources.location(span),
            None => root.origin.clone(),
        };
        self.given.iter().map(|(name, root)| (name.to_string(), origin(root))).collect()
    }

    /// Says where the values came from before they were saved.
    pub fn set_origins(&mut self, origins: BTreeMap<String, String>) {
        for (name, origin) in origins {
            if let Some(root) = self.given.get_mut(&*name) {
                root.origin = origin;
            }
        }
    }

    /// Everything that can be said of the configuration without state and calls: first whether it could be loaded, then
    /// whether calls and requirements fit, then references and what each block holds. A stage with errors hides the next.
    pub fn check(&mut self, registry: &Registry, timestamp: &str) -> Diagnostics {
        let mut diags = std::mem::take(&mut self.diags);
        if diags.has_errors() {
            return diags;
        }
        diags.extend(crate::commands::init::check_requirements(self, registry));
        diags.extend(plan::check_calls(&self.config));
        if diags.has_errors() {
            return diags;
        }
        diags.extend(self.references.clone());
        if self.statics.order().is_empty() && !self.config.modules.values().all(|m| m.resources.is_empty()) {
            return diags;
        }
        let world = self.world(Outside::planning(timestamp), registry);
        diags.extend(plan::validate(&self.config, &self.statics, &world, registry));
        diags
    }

    /// The ephemeral root variables that were given a value.
    pub fn ephemeral_given(&self) -> BTreeSet<String> {
        let declared = self.config.root().into_iter().flat_map(|r| r.variables.values());
        let given = declared.filter(|v| v.ephemeral && self.given.contains_key(&v.name));
        given.map(|v| v.name.to_string()).collect()
    }

    /// Adds a block for everything that is imported and has none; what is wrong with these blocks.
    pub fn add_generated(&mut self) -> Diagnostics {
        self.config.add_generated();
        let (statics, mut diags) = Statics::build(&self.config);
        self.statics = statics;
        diags.extend(plan::check_configured(&self.config));
        diags
    }

    /// The world in which its expressions are evaluated.
    pub fn world(&self, outside: Outside, registry: &Registry) -> RunWorld<'_> {
        RunWorld::new(outside, &self.workspace, &self.sources, registry)
    }

    /// Stack and environment of the ownership marks.
    pub fn ownership(&self) -> Ownership {
        Ownership {
            lineage: String::new(),
            stack: self.stack.as_ref().map(|s| s.name.to_string()).unwrap_or_default(),
            environment: self.workspace.clone(),
            id: String::new(),
        }
    }

    /// Where the state is kept: the environment's backend, the configuration's, or a file of this directory.
    pub fn store(&self, place: &Place, asked: StatePlaces<'_>) -> Result<Store, Diagnostics> {
        let chosen = self.backend(place)?;
        let own = self.environment.as_ref().is_some_and(|e| e.backend.is_some());
        if chosen.ty != "local" && asked.state.is_none() && asked.out.is_none() {
            return Ok(Store::new(chosen.open(place, own, &self.backends)?).with_keeping(self.keeping()?));
        }
        let read = match asked.state {
            Some(path) => path.to_owned(),
            None => chosen.path(place, own),
        };
        let backup = match asked.backup {
            None => Backup::Beside,
            Some(path) if path == Path::new("-") => Backup::Nowhere,
            Some(path) => Backup::At(fit_for_backup(path)?.to_owned()),
        };
        let (document, origin) = match asked.out {
            Some(out) => (out.to_owned(), Some(read)),
            None => (read, None),
        };
        let backend = LocalBackend::with_places(LocalPlaces { document, origin, backup });
        Ok(Store::new(Arc::new(backend)).with_keeping(self.keeping()?))
    }

    /// The workspaces beside the selected one. A stack with environments has none.
    pub async fn workspaces(&self, place: &Place) -> Result<Workspaces, Diagnostics> {
        Ok(Workspaces::new(self.backend(place)?.workspaces(&self.backends).await?))
    }

    /// The text that an expression of the root module gives before anything is planned; nothing where it is null.
    fn early_text(&self, expr: &Expr, purpose: &str, diags: &mut Diagnostics) -> Option<String> {
        let surroundings = Outside::console();
        let inputs =
            EarlyInputs { given: &self.given, workspace: &self.workspace, surroundings: &surroundings };
        let mut sources = self.sources.borrow_mut();
        let mut early = config::Early { inputs, sources: &mut sources, diags };
        EarlyModule::root(self.config.root()?).text(expr, purpose, &mut early)?
    }

    /// The same of an expression of any type: what is no text is written as JSON.
    fn early_words(
        &self,
        expr: &Expr,
        ty: &model::Type,
        purpose: &str,
        diags: &mut Diagnostics,
    ) -> Option<String> {
        if ty.is_primitive() {
            return self.early_text(expr, purpose, diags);
        }
        let surroundings = Outside::console();
        let inputs =
            EarlyInputs { given: &self.given, workspace: &self.workspace, surroundings: &surroundings };
        let mut sources = self.sources.borrow_mut();
        let mut early = config::Early { inputs, sources: &mut sources, diags };
        EarlyModule::root(self.config.root()?).json(expr, ty, purpose, &mut early)?
    }

    /// Types of backends beside those that are always there.
    pub fn backend_types(&self) -> &[Arc<dyn BackendType>] {
        &self.backends
    }
}

/// What the state's file is called unless something else is asked for.
const STATE_FILE: &str = "terraform.tfstate";

/// Who takes a lock, and for what.
pub fn lock_info(operation: &str, location: &str) -> LockInfo {
    let user =
        std::env::var("USER").or_else(|_| std::env::var("LOGNAME")).unwrap_or_else(|_| "unknown".into());
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    LockInfo {
        id: crate::world::uuid(),
        operation: operation.into(),
        who: format!("{user}@{}", host.trim()),
        version: crate::VERSION.into(),
        created: crate::render::time::now(),
        info: format!("process {}", std::process::id()),
        path: location.into(),
    }
}

/// The path of a backup, whose directory must be there before anything is done.
fn fit_for_backup(path: &Path) -> Result<&Path, Diagnostic> {
    let directory = path.parent().filter(|directory| !directory.as_os_str().is_empty());
    match directory.is_none_or(Path::is_dir) {
        true => Ok(path),
        false => Err(Diagnostic::error(
            "Invalid backup path",
            format!("The directory of {} is not there. Nothing was changed.", path.display()),
        )),
    }
}
