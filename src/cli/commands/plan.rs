//! `plan`: shows what would change.

use crate::app::{App, View};
use crate::args::PlanArgs;
use crate::commands::run::{make_plan, mode, options, read_state, ready, show_plan, timestamp};
use crate::planfile::{self, Saved};
use crate::render::plan::footer;

/// Runs the command; the exit status: 2 where there is something to do and `-detailed-exitcode` was given.
pub async fn run(app: &App, args: PlanArgs) -> u8 {
    let view = View::new(app, args.json).compact(args.view.compact_warnings);
    let state = args.state.state.as_deref();
    let Some(ready) = ready(app, &view, &args.planning, args.view.input, state) else { return 1 };
    let Some(options) = options(&view, &args.planning, mode(&args.planning)) else { return 1 };
    let Some(prior) = read_state(app, &view, &ready).await else { return 1 };
    let Some(plan) = make_plan(app, &view, &ready, options, prior, &timestamp()).await else { return 1 };
    show_plan(app, &view, Some(&ready.project), &plan);
    let something = plan.is_applyable();
    if let Some(path) = &args.out {
        let saved = Saved {
            plan,
            files: ready.project.files.clone(),
            place: ready.place.clone(),
            location: ready.store.backend().location(),
            state_path: state.map(|p| p.to_string_lossy().into_owned()),
        };
        if let Err(diag) = planfile::write(path, &saved) {
            view.tell_one(diag);
            return 1;
        }
    }
    if something {
        let saved_to = args.out.as_ref().map(|p| p.to_string_lossy().into_owned());
        view.print(&footer(saved_to.as_deref(), &view.out));
    }
    if args.detailed_exitcode && something { 2 } else { 0 }
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
