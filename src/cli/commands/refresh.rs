//! `refresh`: records what was changed from outside.

use ::plan::Mode;

use crate::app::App;
use crate::args::{PlanViewArgs, RefreshArgs};
use crate::commands::apply::{Request, plan_and_apply};
use crate::view::View;

/// Runs the command; the exit status.
pub async fn run(app: &App, args: RefreshArgs) -> u8 {
    let Some(view) = View::open(app, &args.stream) else { return 1 };
    let view = view.compact(args.view.compact_warnings);
    let request = Request {
        planning: &args.planning,
        shown: &PlanViewArgs::default(),
        lock: &args.lock,
        places: args.state.places(),
        input: args.view.input,
        auto_approve: true,
        mode: Mode::RefreshOnly,
        converge: false,
        word: "refresh",
    };
    plan_and_apply(app, &view, &request).await
}
