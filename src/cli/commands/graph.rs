//! `graph`: who depends on whom, as a picture or as text for programs that draw.

mod evaluation;
mod recorded;
mod resources;
mod steps;

use std::path::Path;

use model::{Diagnostic, Diagnostics};

use super::run::state_error;
use crate::app::{App, print};
use crate::args::{GraphArgs, GraphFormat, StatePlaces, VarArgs};
use crate::commands::store::read_plan;
use crate::project::{Project, load};
use crate::render::graph::{Drawing, dot, mermaid, svg};
use crate::view::View;

/// Runs the command; the exit status.
pub async fn run(app: &App, args: GraphArgs) -> u8 {
    let view = View::new(app);
    let Some(drawing) = drawing(app, &view, &args).await else { return 1 };
    print(&match args.format {
        GraphFormat::Dot => dot(&drawing),
        GraphFormat::Mermaid => mermaid(&drawing),
        GraphFormat::Svg => svg(&drawing),
    });
    0
}

/// What the flags ask for; nothing where that is not to be had, which has been told.
async fn drawing(app: &App, view: &View, args: &GraphArgs) -> Option<Drawing> {
    match (args.ty.as_deref(), &args.plan) {
        (None | Some("apply"), Some(path)) => of_plan(app, view, path),
        (None, None) => {
            let project = configuration(app, view, false)?;
            Some(resources::drawing(&project.config, &project.statics))
        }
        (Some("plan" | "plan-refresh-only" | "apply"), _) => {
            let project = configuration(app, view, args.draw_cycles)?;
            let mut drawing = evaluation::drawing(&project.config, &project.statics, args.draw_cycles);
            if args.format == GraphFormat::Dot {
                evaluation::add_root(&mut drawing);
            }
            Some(drawing)
        }
        (Some("plan-destroy"), _) => of_state(app, view).await,
        (Some(_), _) => {
            view.tell_one(Diagnostic::error(
                "Unsupported graph type",
                "The argument of -type is one of plan, plan-refresh-only, plan-destroy and apply.",
            ));
            None
        }
    }
}

/// The configuration of the directory. One that goes in circles is fit only where they are to be drawn.
fn configuration(app: &App, view: &View, with_circles: bool) -> Option<Project> {
    let place = app.place().map_err(|d| view.tell_one(d)).ok()?;
    let mut project = load(app, &place, &VarArgs::default());
    let mut diags = std::mem::take(&mut project.diags);
    if !with_circles {
        diags.extend(project.references.clone());
    }
    let errors = Diagnostics(diags.into_iter().filter(Diagnostic::is_error).collect());
    view.tell(&errors, &project.sources.borrow());
    (!errors.has_errors()).then_some(project)
}

fn of_plan(app: &App, view: &View, path: &Path) -> Option<Drawing> {
    let (saved, _) = read_plan(app, view, path, &VarArgs::default())?;
    Some(steps::drawing(&saved.plan))
}

async fn of_state(app: &App, view: &View) -> Option<Drawing> {
    let (_, store) = super::store::open(app, view, StatePlaces::default())?;
    let folded = store.read().await.map_err(|e| view.tell_one(state_error(&e))).ok()?;
    Some(recorded::drawing(&folded.snapshot.unwrap_or_default()))
}
