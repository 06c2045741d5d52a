//! `plan`: shows what would change.

use std::collections::BTreeMap;
use std::mem::ManuallyDrop;

use model::Stage;

use crate::app::App;
use crate::args::PlanArgs;
use crate::commands::generated::Generated;
use crate::commands::run::{
    Ready, Telling, check_plan, holds_secrets, make_plan, mode, options, read_state, ready, show_plan,
    tell_places, timestamp,
};
use crate::planfile::{self, Finding, Saved};
use crate::render::plan::footer;
use crate::view::View;

/// Runs the command; the exit status: 2 where there is something to do and `-detailed-exitcode` was given.
pub async fn run(app: &App, args: PlanArgs) -> u8 {
    let Some(view) = View::open(app, &args.stream) else { return 1 };
    let view = view.compact(args.view.compact_warnings);
    let state = args.state.state.as_deref();
    let generated = args.generate_config_out.as_ref().map(|path| Generated::new(path, &args.planning));
    let generated = match generated.transpose() {
        Ok(generated) => generated,
        Err(diag) => {
            view.tell_one(diag);
            return 1;
        }
    };
    tell_places(&view, args.state.places());
    let Some(mut ready) = ready(app, &view, &args.planning, args.view.input, args.state.places()) else {
        return 1;
    };
    if generated.is_some() {
        let diags = ready.project.add_generated();
        view.tell(&diags, &ready.project.sources.borrow());
        if diags.has_errors() {
            return 1;
        }
    }
    ready.generated = generated;
    let Some(options) = options(&view, &args.planning, mode(&args.planning)) else { return 1 };
    // The program ends soon: to free a large configuration and plan bit by bit before would be time for nothing.
    let ready = ManuallyDrop::new(ready);
    let Some(prior) = read_state(app, &view, &ready).await else { return 1 };
    let plan = make_plan(app, &view, &ready, options, prior, &timestamp(), Telling::All).await;
    let plan = ManuallyDrop::new(plan);
    if !write_generated(&view, ready.generated.as_ref()) {
        return 1;
    }
    if !plan.errored && !show_plan(app, &view, &ready.project, &plan, &args.shown) {
        return 1;
    }
    let (errored, something) = (plan.errored, plan.is_applyable());
    if let Some(path) = &args.out {
        let sources = ready.project.sources.borrow();
        let findings = plan.findings.iter().map(|d| Finding::of(d, &sources)).collect();
        let saved = ManuallyDrop::new(Saved {
            plan: ManuallyDrop::into_inner(plan),
            files: kept_files(&ready),
            place: ready.place.clone(),
            location: ready.store.backend().location(),
            state_path: state.map(|p| p.to_string_lossy().into_owned()),
            ephemeral: ready.project.ephemeral_given(),
            origins: ready.project.origins(),
            findings,
        });
        let written = ready.project.sealings().and_then(|sealings| {
            let given = saved.plan.variables.values();
            if holds_secrets(&saved.plan) || { given }.any(|v| v.deep_marks().is_sensitive()) {
                check_plan(&ready.project, sealings.plan.is_sealing())?;
            }
            let _save = app.stages().enter(Stage::Save, "plan");
            Ok(planfile::write(path, &saved, &sealings.plan)?)
        });
        if let Err(diags) = written {
            view.tell(&diags, &ready.project.sources.borrow());
            return 1;
        }
    }
    if errored {
        return 1;
    }
    if something && args.shown.explain.is_empty() {
        let saved_to = args.out.as_ref().map(|p| p.to_string_lossy().into_owned());
        let written = ready.generated.as_ref().filter(|g| g.text().is_some()).map(Generated::path);
        view.print(&footer(saved_to.as_deref(), written, &view.out));
    }
    if args.detailed_exitcode && something { 2 } else { 0 }
}

/// Writes the configuration that planning made, even where planning failed over it; whether that went well.
fn write_generated(view: &View, generated: Option<&Generated>) -> bool {
    match generated.map_or(Ok(None), Generated::write) {
        Ok(warning) => {
            warning.into_iter().for_each(|w| view.tell_one(w));
            true
        }
        Err(diag) => {
            view.tell_one(diag);
            false
        }
    }
}

/// The files that a saved plan keeps: those that were read, and what was written for imported objects.
fn kept_files(ready: &Ready) -> BTreeMap<String, String> {
    let mut files = ready.project.files.clone();
    if let Some((generated, text)) = ready.generated.as_ref().and_then(|g| Some((g, g.text()?))) {
        let name = generated.kept_name(|name| files.contains_key(name));
        files.insert(name, text);
    }
    files
}

/// What a person should know of a stack beside its changes: who gets which access, and what is there because somebody
/// asked.
pub fn stack_notes(stack: &stack::Stack) -> String {
    let mut text = String::new();
    if !stack.grants.is_empty() {
        text.push_str("\nPermissions between components:\n\n");
        for grant in &stack.grants {
            text.push_str(&format!("  {grant}\n"));
        }
    }
    for demand in &stack.demands {
        text.push_str(&format!(
            "\n  {} provides {}, because {} asks for it.\n",
            demand.producer, demand.capability, demand.asked_by
        ));
    }
    text
}
