//! `apply -converge`: plans again once values are known, until nothing is put off any more.

use std::collections::BTreeSet;

use ::plan::{Deferral, Mode};
use model::{Diagnostic, Diagnostics};

use super::{Request, Round, plan_round};
use crate::app::App;
use crate::args::ApplyArgs;
use crate::commands::run::{Ready, options};
use crate::render::{display_address, messages};
use crate::view::View;

/// What `-converge` does not go with.
pub fn check(args: &ApplyArgs) -> Result<(), Diagnostic> {
    let conflict = |why: &str| Err(Diagnostic::error("Incompatible options", why.to_owned()));
    if !args.converge {
        return Ok(());
    }
    if args.plan_file.is_some() {
        return conflict(
            "A saved plan is applied as it was looked at, so -converge, which plans again after each round, does not go \
             with one.",
        );
    }
    if args.planning.destroy || args.planning.refresh_only {
        return conflict(
            "-converge brings a configuration up in rounds; there is nothing to put off with -destroy or -refresh-only.",
        );
    }
    Ok(())
}

/// Applies round by round; the exit status.
pub async fn run(app: &App, view: &View, request: &Request<'_>, ready: &Ready) -> u8 {
    let mut before = BTreeSet::new();
    for number in 1.. {
        let Some(options) = options(view, request.planning, Mode::Normal) else { return 1 };
        let options = ::plan::Options { converge: true, ..options };
        let look = |plan: &::plan::Plan| match stuck(&plan.deferred, &before, plan.is_applyable()) {
            Some(diags) => Err(diags),
            None => {
                tell(view, number, &plan.deferred);
                Ok(())
            }
        };
        let Round { status, deferred } = plan_round(app, view, request, ready, options, &look).await;
        if status != 0 || deferred.is_empty() {
            return status;
        }
        before = deferred.into_iter().map(|d| d.address).collect();
    }
    0
}

/// Why another round would be no use: nothing is left to do, or the last one made nothing known.
fn stuck(deferred: &[Deferral], before: &BTreeSet<String>, is_applyable: bool) -> Option<Diagnostics> {
    let now: BTreeSet<String> = deferred.iter().map(|d| d.address.clone()).collect();
    if now.is_empty() || is_applyable && now != *before {
        return None;
    }
    let explain = |d: &Deferral| {
        let why = d.why.detail.split(config::WAYS_OUT).next().unwrap_or_default();
        let detail = format!("{why} Further rounds would not make it known.");
        Diagnostic { detail, ..d.why.clone() }
    };
    Some(Diagnostics(deferred.iter().map(explain).collect()))
}

/// Says what is put off.
fn tell(view: &View, number: usize, deferred: &[Deferral]) {
    let names: Vec<String> = deferred.iter().map(|d| display_address(&d.address)).collect();
    let text = match (number, names.is_empty()) {
        (1, true) => return,
        (_, true) => format!("Round {number}: everything is known, nothing is put off."),
        (_, false) => format!(
            "Round {number}. Put off until more is known, with all that depends on it: {}. The next round plans again.",
            names.join(", ")
        ),
    };
    view.say(|| messages::log(&text));
    view.print(&format!("\n{text}\n"));
}
