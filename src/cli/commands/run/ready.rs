//! From a command line and a directory to what a plan is made of.

use std::collections::BTreeMap;

use ::plan::{Mode, Options};
use model::address::{AddressError, Target};
use model::{Diagnostic, Diagnostics, InstanceAddr, ResourceMode, Stage, Str, Value};
use state::Store;

use crate::app::App;
use crate::args::{PlanningArgs, StatePlaces};
use crate::commands::generated::Generated;
use crate::project::{Place, Project, load};
use crate::view::View;
use crate::{render, variables};

/// A loaded directory that is fit to be planned.
pub struct Ready {
    /// The directory.
    pub project: Project,
    /// Its root variables.
    pub variables: BTreeMap<Str, Value>,
    /// Its state.
    pub store: Store,
    /// What is worked on.
    pub place: Place,
    /// Where configuration of imported objects goes, where some is to be written.
    pub generated: Option<Generated>,
}

/// Loads the directory; nothing where it is not fit, which has been told.
pub fn ready(
    app: &App,
    view: &View,
    planning: &PlanningArgs,
    input: bool,
    places: StatePlaces<'_>,
) -> Option<Ready> {
    let place = app.place().map_err(|d| view.tell_one(d)).ok()?;
    let mut project = load(app, &place, &planning.vars);
    let evaluate = app.stages().enter(Stage::Evaluate, "validation");
    let mut diags = project.check(&app.equipment.registry, &timestamp());
    drop(evaluate);
    if !has_configuration(&project) && !diags.has_errors() && !planning.destroy {
        diags.push(no_configuration());
    }
    let mut variables = BTreeMap::new();
    if !diags.has_errors() {
        if let Some(root) = project.config.root() {
            variables::prompt(root, &mut project.given, input);
        }
        variables = project.variables(&mut diags);
        variables.values().for_each(|value| view.hide(value));
    }
    let failed = diags.has_errors();
    view.tell(&diags, &project.sources.borrow());
    if failed {
        return None;
    }
    let store = project.store(&place, places).map_err(|d| view.tell(&d, &project.sources.borrow())).ok()?;
    Some(Ready { project, variables, store, place, generated: None })
}

/// Says where the place of a state belongs.
pub fn tell_places(view: &View, places: StatePlaces<'_>) {
    if places.state.is_some() {
        view.tell_one(Diagnostic::warning(
            "Deprecated flag: -state",
            "Where a state is belongs into the configuration, so that every command finds it: use the path argument of \
             backend \"local\".",
        ));
    }
}

/// Whether there is anything in the directory to plan.
pub fn has_configuration(project: &Project) -> bool {
    project.files.keys().any(|f| !f.contains('/'))
}

/// The error for a directory without configuration.
pub fn no_configuration() -> Diagnostic {
    Diagnostic::error(
        "No configuration files",
        "This directory holds neither a stack (stack.hcl) nor other configuration (*.tf). To remove what is recorded here, \
         use destroy.",
    )
}

/// The options that the command line gives; wrong addresses are told.
pub fn options(view: &View, planning: &PlanningArgs, mode: Mode) -> Option<Options> {
    let mut diags = Diagnostics::new();
    let wanted = targets("target", &planning.target, &mut diags);
    let excludes = targets("exclude", &planning.exclude, &mut diags);
    if !planning.target.is_empty() && !planning.exclude.is_empty() {
        diags.push(Diagnostic::error(
            "Invalid combination of arguments",
            "-target says what a plan is limited to, and -exclude what it leaves out, so use one of them only.",
        ));
    }
    let replace = planning.replace.iter().filter_map(|t| diags.absorb(replaced(t))).collect();
    if planning.refresh_only && planning.destroy {
        diags.push(Diagnostic::error(
            "Incompatible plan mode options",
            "-destroy removes everything and -refresh-only changes nothing, so they exclude each other.",
        ));
    }
    if (planning.refresh_only || mode != Mode::Normal) && !planning.replace.is_empty() {
        diags.push(Diagnostic::error(
            "Unsupported plan mode",
            "-replace asks for new objects, which neither -destroy nor -refresh-only makes.",
        ));
    }
    if planning.refresh_only && !planning.refresh {
        diags.push(Diagnostic::error(
            "Incompatible refresh options",
            "-refresh-only does nothing but read, so it cannot be combined with -refresh=false.",
        ));
    }
    if diags.has_errors() {
        view.tell(&diags, &model::SourceMap::new());
        return None;
    }
    Some(Options {
        mode,
        refresh: planning.refresh,
        replace,
        targets: wanted,
        excludes,
        import: None,
        converge: false,
        parallelism: planning.parallelism,
    })
}

/// What an option names, each time that it is given.
fn targets(option: &str, texts: &[String], diags: &mut Diagnostics) -> Vec<Target> {
    let parse = |text: &String| {
        let parsed = stack::address::from_people(text).parse::<Target>();
        let invalid =
            |e: AddressError| Diagnostic::error(format!("Invalid {option} {text:?}"), e.to_string());
        parsed.map_err(|e| Diagnostics::from(invalid(e)))
    };
    texts.iter().filter_map(|text| diags.absorb(parse(text))).collect()
}

/// The instance that `-replace` names. Only managed objects can be replaced.
fn replaced(text: &str) -> Result<InstanceAddr, Diagnostics> {
    let bad = |why: String| {
        Diagnostics::from(Diagnostic::error(format!("Invalid force-replace address {text:?}"), why))
    };
    let addr: InstanceAddr =
        stack::address::from_people(text).parse().map_err(|e: AddressError| bad(e.to_string()))?;
    match addr.resource.mode {
        ResourceMode::Managed => Ok(addr),
        ResourceMode::Data | ResourceMode::Ephemeral => Err(bad(
            "Only managed resources can be replaced; what is only read has no object of its own.".into(),
        )),
    }
}

/// The mode that the flags ask for.
pub fn mode(planning: &PlanningArgs) -> Mode {
    match (planning.destroy, planning.refresh_only) {
        (true, _) => Mode::Destroy,
        (false, true) => Mode::RefreshOnly,
        (false, false) => Mode::Normal,
    }
}

/// The time of a plan, to the second.
pub fn timestamp() -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    render::time::rfc3339(now, false)
}
