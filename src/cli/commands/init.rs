//! `init`: checks that everything that a directory needs is there.

mod migrate;

use std::collections::BTreeSet;

use config::satisfies;
use model::{Diagnostics, ProviderAddr, err};
use provider::Registry;

use crate::app::App;
use crate::args::InitArgs;
use crate::commands::get;
use crate::commands::run::has_configuration;
use crate::project::{Place, Project, choose_place, environments, load};
use crate::render::{messages, text::Ink};
use crate::view::View;

/// Runs the command; the exit status.
pub async fn run(app: &App, args: InitArgs) -> u8 {
    let Some(view) = View::open(app, &args.stream) else { return 1 };
    let Some(places) = places(app, &view) else { return 1 };
    let mut empty = true;
    let mut lines = BTreeSet::new();
    for place in &places {
        let mut project = match args.get {
            true => get::install(app, &view, place, &args.vars, args.upgrade),
            false => load(app, place, &args.vars),
        };
        let mut diags = std::mem::take(&mut project.diags);
        empty &= !has_configuration(&project);
        if !diags.has_errors() {
            diags.extend(check_requirements(&project, &app.equipment.registry));
            diags.extend(check_builtin(&project));
            diags.extend(::plan::check_types(&project.config, &app.equipment.registry));
            if args.backend && !diags.has_errors() {
                diags.extend(migrate::set_up(&view, &project, place, &args).await.err().unwrap_or_default());
            }
        }
        let failed = diags.has_errors();
        view.tell(&diags, &project.sources.borrow());
        if failed {
            return 1;
        }
        lines.extend(provider_lines(&project, &app.equipment.registry));
    }
    view.print(&lines.into_iter().collect::<String>());
    view.say(|| messages::change_summary("init", &Default::default()));
    if empty {
        view.print("Initialized in an empty directory: there is no configuration yet.\n");
        return 0;
    }
    let good = view.out.paint(Ink::Green, "Ready.");
    view.print(&format!("\n{good} Nothing was created. Next: stackwright plan\n"));
    0
}

/// What a directory is prepared for: the chosen environment or workspace, or all environments where none is chosen.
/// Nothing where the choice is wrong, which has been told.
pub fn places(app: &App, view: &View) -> Option<Vec<Place>> {
    let names = environments();
    match (&app.env, &names[..]) {
        (None, [_, _, ..]) => Some(names.into_iter().map(Place::Environment).collect()),
        _ => {
            choose_place(app.env.as_deref()).map(|place| vec![place]).map_err(|diag| view.tell_one(diag)).ok()
        }
    }
}

/// The providers that a project needs, a line each.
fn provider_lines(project: &Project, registry: &Registry) -> Vec<String> {
    let needed = needed_providers(project);
    let line = |p: &std::sync::Arc<dyn provider::Provider>| {
        format!("- {} (built in, as version {})\n", p.addr().display_short(), p.mirrored_version())
    };
    needed.iter().filter_map(|addr| registry.get(addr)).map(line).collect()
}

fn needed_providers(project: &Project) -> BTreeSet<ProviderAddr> {
    let mut needed = BTreeSet::new();
    for module in project.config.modules.values() {
        for resource in module.resources.values() {
            needed.insert(module.provider_addr(&module.provider_key(resource).name));
        }
    }
    needed
}

/// The provider that belongs to the language has no versions of its own.
fn check_builtin(project: &Project) -> Diagnostics {
    let all = project.config.modules.values().flat_map(|m| m.required_providers.values());
    let bound = all.filter(|r| r.version.is_some() && r.addr == ProviderAddr::builtin_terraform());
    let complaint = |r: &config::RequiredProvider| {
        model::Diagnostic::error(
            "Invalid dependency on built-in provider",
            format!("{} is part of the language, so no version of it can be asked for.", r.addr),
        )
    };
    Diagnostics(bound.take(1).map(complaint).collect())
}

/// The versions that the configuration requires: of this program and of the providers that are built in.
pub fn check_requirements(project: &Project, registry: &Registry) -> Diagnostics {
    let mut diags = config::check_passed_providers(&project.config);
    for module in project.config.modules.values() {
        for (constraint, span) in &module.required_versions {
            match satisfies(crate::TERRAFORM_VERSION, constraint) {
                Some(true) => {}
                Some(false) => diags.push(err!(
                    *span,
                    "Unsupported Terraform Core version",
                    "This configuration requires version {constraint:?}, and this program behaves as version {}. Change the \
                     constraint, or use a program of that version.",
                    crate::TERRAFORM_VERSION
                )),
                None => diags.push(err!(
                    *span,
                    "Invalid version constraint",
                    "{constraint:?} is not a version constraint such as \">= 1.5, < 2.0\"."
                )),
            }
        }
        for (name, required) in &module.required_providers {
            let (Some(provider), Some(constraint)) = (registry.get(&required.addr), &required.version) else {
                continue;
            };
            let mirrored = provider.mirrored_version();
            if required.addr == ProviderAddr::builtin_terraform() {
                continue;
            }
            match satisfies(mirrored, constraint) {
                Some(true) => {}
                Some(false) => diags.push(err!(
                    required.span,
                    "Unsupported provider version",
                    "The configuration requires {name} {constraint:?}, and the one that is built in mirrors {} {mirrored}.",
                    required.addr
                )),
                None => diags.push(err!(
                    required.span,
                    "Invalid version constraint",
                    "{constraint:?} is not a version constraint such as \">= 1.5, < 2.0\"."
                )),
            }
        }
    }
    diags
}
