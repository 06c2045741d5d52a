//! `get`: installs the modules that a directory calls.

use crate::app::App;
use crate::args::{GetArgs, VarArgs};
use crate::commands::init::places;
use crate::modules::{Fetcher, Hosts, Installer, cache_dir};
use crate::project::{Place, Project, load_installing, modules_dir};
use crate::render::messages;
use crate::view::View;

/// Runs the command; the exit status.
pub fn run(app: &App, args: GetArgs) -> u8 {
    let view = View::new(app);
    let Some(places) = places(app, &view) else { return 1 };
    for place in &places {
        let project = install(app, &view, place, &args.vars, args.update);
        view.tell(&project.diags, &project.sources.borrow());
        if project.diags.has_errors() {
            return 1;
        }
    }
    0
}

/// Loads the directory and installs its modules; what is wrong is in the project's diagnostics.
pub fn install(app: &App, view: &View, place: &Place, vars: &VarArgs, upgrade: bool) -> Project {
    let say = |text: &str| {
        view.say(|| messages::log(text));
        view.print(&format!("{text}\n"));
    };
    let installer =
        Installer::new(&modules_dir(), upgrade, Fetcher::new(&cache_dir(), Hosts::of_this_machine()), &say);
    let mut project = load_installing(app, place, vars, &installer);
    project.diags.extend(installer.finish().err());
    project
}
