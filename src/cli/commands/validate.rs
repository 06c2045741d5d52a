//! `validate`: checks the configuration without touching anything.

use crate::app::App;
use crate::args::ValidateArgs;
use crate::commands::run::{has_configuration, no_configuration, timestamp};
use crate::project::{DEFAULT, Place, choose_place, load, selected_workspace};
use crate::render::{diagnostic, text::Ink};
use crate::view::View;

/// Runs the command; the exit status.
pub fn run(app: &App, args: ValidateArgs) -> u8 {
    let Some(view) = View::for_document(app, &args.stream) else { return 1 };
    let place = any_place(app);
    let mut project = load(app, &place, &args.vars);
    let mut diags = project.check(&app.equipment.registry, &timestamp());
    if !diags.has_errors() && !has_configuration(&project) && std::fs::read_dir(".").is_err() {
        diags.push(no_configuration());
    }
    let sources = project.sources.borrow();
    diags.0.retain(|diag| !crate::variables::is_about_values(diag, &sources));
    let failed = diags.has_errors();
    view.hand_over(|| {
        let document = diagnostic::validate_json(&diags.0, &sources);
        format!("{}\n", serde_json::to_string_pretty(&document).unwrap_or_default())
    });
    if !view.is_for_people() {
        return u8::from(failed);
    }
    view.inform(&diags, &sources);
    if !failed {
        let good = view.out.paint(Ink::Green, "Success!");
        view.print(&format!("{good} The configuration is valid.\n"));
    }
    u8::from(failed)
}

/// What is chosen, or else the first environment: what is not about one of them needs no choice.
pub fn any_place(app: &App) -> Place {
    if let Ok(place) = choose_place(app.env.as_deref()) {
        return place;
    }
    match crate::project::environments().into_iter().next() {
        Some(name) => Place::Environment(name),
        None => Place::Workspace(selected_workspace().unwrap_or_else(|_| DEFAULT.into())),
    }
}
