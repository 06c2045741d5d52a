//! `destroy`: removes everything that the state records.

use ::plan::Mode;

use crate::app::App;
use crate::args::{DestroyArgs, PlanningArgs};
use crate::commands::apply::{Request, plan_and_apply};
use crate::view::View;

/// Runs the command; the exit status.
pub async fn run(app: &App, args: DestroyArgs) -> u8 {
    let Some(view) = View::open(app, &args.stream) else { return 1 };
    let view = view.compact(args.view.compact_warnings);
    let planning = PlanningArgs { destroy: true, ..args.planning };
    let request = Request {
        planning: &planning,
        shown: &args.shown,
        lock: &args.lock,
        places: args.state.places(),
        input: args.view.input,
        auto_approve: args.auto_approve,
        mode: Mode::Destroy,
        converge: false,
        word: "destroy",
    };
    plan_and_apply(app, &view, &request).await
}
