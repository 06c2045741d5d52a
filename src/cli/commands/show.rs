//! `show`: the state, or a saved plan.

mod saved;

use std::path::Path;

use model::{Diagnostic, InstanceAddr, ProviderAddr, ResourceMode, Value};
use provider::Registry;
use state::{InstanceObject, StateSnapshot};

use super::terminal::{Terminal, with_standard_streams};
use crate::app::App;
use crate::args::{ShowArgs, StatePlaces, VarArgs};
use crate::commands::run::{schema_of, state_error};
use crate::commands::store::read_state_file;
use crate::planfile;
use crate::project::{DEFAULT, Place, load};
use crate::render::state::{Shown, human};
use crate::render::state_json::state_json;
use crate::render::streamed;
use crate::view::View;

/// Runs the command; the exit status.
pub async fn run(app: &App, args: ShowArgs) -> u8 {
    let view = View::new(app);
    let is_plan = args.path.as_deref().is_some_and(planfile::is_plan);
    if let Err(diag) = check(&args, is_plan) {
        view.tell_one(diag);
        return 1;
    }
    match &args.path {
        Some(path) if is_plan => saved::show(app, &view, path, &args),
        Some(path) => show_file(app, &view, path, args.json),
        None => show_current(app, &view, args.json).await,
    }
}

/// Whether what is asked for goes together.
fn check(args: &ShowArgs, is_plan: bool) -> Result<(), Diagnostic> {
    let other = args.json || args.shown.concise || !args.shown.explain.is_empty();
    if args.markdown && other {
        return Err(Diagnostic::error(
            "Incompatible options",
            "-markdown writes a comment of its own form, so it does not go with -json, -concise or -explain.",
        ));
    }
    if args.markdown && !is_plan {
        let what = match &args.path {
            Some(path) if !path.exists() => format!("{} does not exist", path.display()),
            Some(path) => format!("{} is not a saved plan", path.display()),
            None => "no plan was given".to_owned(),
        };
        return Err(Diagnostic::error(
            "A saved plan is needed",
            format!(
                "-markdown writes a plan as a comment for a pull request, but {what}. Make one with: stackwright plan \
                 -out=FILE, then: stackwright show -markdown FILE"
            ),
        ));
    }
    Ok(())
}

fn show_file(app: &App, view: &View, path: &Path, json: bool) -> u8 {
    match std::fs::read(path) {
        Ok(bytes) => {
            let place = app.place().unwrap_or_else(|_| Place::Workspace(DEFAULT.into()));
            let project = load(app, &place, &VarArgs::default());
            match read_state_file(&project, path, &bytes) {
                Ok(snapshot) => show_state(app, Some(&snapshot), json),
                Err(diags) => {
                    view.tell(&diags, &project.sources.borrow());
                    1
                }
            }
        }
        Err(e) => {
            let detail = format!("{} cannot be read: {e}.", path.display());
            view.tell_one(Diagnostic::error("Failed to read the given file", detail));
            1
        }
    }
}

async fn show_current(app: &App, view: &View, json: bool) -> u8 {
    let place = match app.place() {
        Ok(place) => place,
        Err(diag) => {
            view.tell_one(diag);
            return 1;
        }
    };
    let project = load(app, &place, &VarArgs::default());
    let store = match project.store(&place, StatePlaces::default()) {
        Ok(store) => store,
        Err(diags) => {
            view.tell(&diags, &project.sources.borrow());
            return 1;
        }
    };
    match store.read().await {
        Ok(folded) => show_state(app, folded.snapshot.as_ref(), json),
        Err(e) => {
            view.tell_one(state_error(&e));
            1
        }
    }
}

/// Reads recorded objects by the schemas of the built-in providers.
pub fn decoder(
    registry: &Registry,
    snapshot: &StateSnapshot,
) -> impl Fn(&InstanceAddr, &InstanceObject) -> Option<(Value, u64)> {
    move |addr, object| {
        let state = snapshot.instances.get(addr)?;
        let provider = ::plan::clients::parse_config_text(&state.provider)?.addr;
        let catalog = registry.get(&provider)?.catalog();
        let ty = &addr.resource.ty;
        match addr.resource.mode {
            ResourceMode::Managed => {
                let ty = catalog.resources.get(ty)?;
                Some((
                    ::plan::codec::decode(addr, object, ty.schema(), Some(&**ty)).ok()?,
                    ty.schema().version,
                ))
            }
            ResourceMode::Data => {
                let source = catalog.data_sources.get(ty)?;
                Some((
                    ::plan::codec::decode(addr, object, source.schema(), None).ok()?,
                    source.schema().version,
                ))
            }
            ResourceMode::Ephemeral => None,
        }
    }
}

fn show_state(app: &App, snapshot: Option<&StateSnapshot>, json: bool) -> u8 {
    let empty = StateSnapshot::default();
    let registry = &app.equipment.registry;
    let decode = decoder(registry, snapshot.unwrap_or(&empty));
    let schemas = |a: &InstanceAddr, p: &ProviderAddr| schema_of(registry, a, p);
    with_standard_streams(app, |terminal| {
        state(json, snapshot, &Shown { decode: &decode, schemas: &schemas }, terminal)
    })
}

/// Shows a state: as a document, or for people.
pub fn state(json: bool, snapshot: Option<&StateSnapshot>, shown: &Shown, terminal: &mut Terminal) -> u8 {
    match json {
        true => streamed::write(terminal.out, &state_json(snapshot, crate::TERRAFORM_VERSION, shown.decode)),
        false => {
            let text = human(snapshot, shown, &terminal.screen);
            terminal.say(&text);
        }
    }
    0
}
