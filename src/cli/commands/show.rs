//! `show`: the state, or a saved plan.

use std::collections::BTreeSet;
use std::path::Path;

use model::{InstanceAddr, ProviderAddr, ResourceMode, Value};
use provider::Registry;
use state::{InstanceObject, StateSnapshot};

use super::terminal::{Terminal, with_standard_streams};
use crate::app::{App, View, print};
use crate::args::{ShowArgs, VarArgs};
use crate::commands::run::{schema_of, show_plan, state_error};
use crate::planfile;
use crate::project::{load, load_kept};
use crate::render::state::{Shown, human};
use crate::render::state_json::state_json;
use crate::render::{configuration_json, plan_json};

/// Runs the command; the exit status.
pub async fn run(app: &App, args: ShowArgs) -> u8 {
    let view = View::new(app, false);
    match &args.path {
        Some(path) if planfile::is_plan(path) => show_saved(app, &view, path, &args),
        Some(path) => match std::fs::read(path).map(|b| state::format::read(&b, &path.to_string_lossy())) {
            Ok(Ok(snapshot)) => show_state(app, Some(&snapshot), args.json),
            Ok(Err(e)) => {
                view.tell_one(state_error(&e));
                1
            }
            Err(e) => {
                let detail = format!("{} cannot be read: {e}.", path.display());
                view.tell_one(model::Diagnostic::error("Failed to read the given file", detail));
                1
            }
        },
        None => {
            let place = match app.place() {
                Ok(place) => place,
                Err(diag) => {
                    view.tell_one(diag);
                    return 1;
                }
            };
            let project = load(&app.equipment, &place, &VarArgs::default());
            let store = match project.store(&place, None) {
                Ok(store) => store,
                Err(diags) => {
                    view.tell(&diags, &project.sources.borrow());
                    return 1;
                }
            };
            match store.read().await {
                Ok(folded) => show_state(app, folded.snapshot.as_ref(), args.json),
                Err(e) => {
                    view.tell_one(state_error(&e));
                    1
                }
            }
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
    let text = if json {
        format!("{}\n", state_json(snapshot, crate::TERRAFORM_VERSION, shown.decode))
    } else {
        human(snapshot, shown, &terminal.screen)
    };
    terminal.say(&text);
    0
}

fn show_saved(app: &App, view: &View, path: &Path, args: &ShowArgs) -> u8 {
    let saved = match planfile::read(path) {
        Ok(saved) => saved,
        Err(diag) => {
            view.tell_one(diag);
            return 1;
        }
    };
    let (vars, kept) = (VarArgs::default(), &saved.plan.variables);
    let mut project = load_kept(&app.equipment, &saved.place, saved.files, kept, &vars);
    project.set_origins(saved.origins);
    if !args.json {
        return u8::from(!show_plan(app, view, &project, &saved.plan, &args.shown));
    }
    let registry = &app.equipment.registry;
    let decode = decoder(registry, &saved.plan.refreshed);
    let schemas = |a: &InstanceAddr, p: &ProviderAddr| schema_of(registry, a, p);
    let version = |a: &InstanceAddr, p: &ProviderAddr| schemas(a, p).map_or(0, |s| s.version);
    let statics = &project.statics;
    let dependencies = |a: &InstanceAddr| {
        let node = statics.find(&a.module.path(), &config::NodeKind::Resource(a.resource.clone()))?;
        (a.resource.mode == ResourceMode::Managed).then(|| statics.resource_dependencies(node))
    };
    let context = plan_json::Context {
        dependencies: &dependencies,
        version: crate::TERRAFORM_VERSION,
        decode: &decode,
        schema_version: &version,
        configuration: configuration_json::configuration(&project.config, &schemas, &generated(&saved.plan)),
        relevant_attributes: configuration_json::relevant_attributes(&project.config, &saved.plan),
    };
    print(&format!("{}\n", plan_json::plan_json(&saved.plan, &context)));
    0
}

/// What planning wrote itself, which is no part of the configuration that it planned from.
fn generated(plan: &::plan::Plan) -> BTreeSet<InstanceAddr> {
    let found = plan.changes.iter().filter(|c| c.generated_config.is_some());
    found.map(|c| c.address.whole()).collect()
}
