//! `refresh`: records what was changed from outside.

use ::plan::Mode;

use crate::app::{App, View};
use crate::args::{PlanViewArgs, RefreshArgs};
use crate::commands::apply::{Request, plan_and_apply};

/// Runs the command; the exit status.
pub async fn run(app: &App, args: RefreshArgs) -> u8 {
    let view = View::new(app, args.json).compact(args.view.compact_warnings);
    let request = Request {
        planning: &args.planning,
        shown: &PlanViewArgs::default(),
        lock: &args.lock,
        state: args.state.state.as_deref(),
        input: args.view.input,
        auto_approve: true,
        mode: Mode::RefreshOnly,
        converge: false,
        word: "refresh",
    };
    plan_and_apply(app, &view, &request).await
}
