//! `explain`

use lang::functions::{Function, all, lookup};
use model::diagnostic::did_you_mean;
use model::{Diagnostic, Diagnostics};
use plan::ProviderFunctions;
use provider::FlavorSource;

use super::terminal::{Terminal, over_standard_streams};
use crate::app::App;
use crate::args::ExplainArgs;
use crate::render::text::{pad, wrap};
use crate::world::TeamFlavors;

/// Runs the command; the exit status. The team's own flavors are topics too.
pub fn run(app: &App, args: ExplainArgs) -> u8 {
    let team = TeamFlavors::new("flavors");
    let flavors: Vec<&dyn FlavorSource> =
        app.equipment.flavors.iter().map(|f| &**f).chain([&team as &dyn FlavorSource]).collect();
    let offered = ProviderFunctions::of(&app.equipment.registry);
    over_standard_streams(app, |t| explain(&args, &flavors, &offered, t))
}

/// Explains a topic: a function, or whatever the stack layer knows. Lists the topics where none is given.
pub(super) fn explain(
    args: &ExplainArgs,
    flavors: &[&dyn FlavorSource],
    offered: &ProviderFunctions,
    terminal: &mut Terminal,
) -> Result<u8, Diagnostics> {
    let width = terminal.screen.width;
    let Some(topic) = &args.topic else {
        let topics = stack::explain_topics(flavors).join("\n  ");
        terminal.say(&format!(
            "Topics:\n  {topics}\n\nEvery function is a topic too; \"stackwright functions\" lists them.\n"
        ));
        return Ok(0);
    };
    let found = || lookup(topic).or_else(|| offered.all().find(|f| f.name == **topic));
    match stack::explain(topic, flavors).or_else(|| found().map(|f| function(f, width))) {
        Some(text) => terminal.say(&(text.trim_end().to_owned() + "\n")),
        None => return Err(unknown(topic, flavors, offered)),
    }
    Ok(0)
}

fn unknown(topic: &str, flavors: &[&dyn FlavorSource], offered: &ProviderFunctions) -> Diagnostics {
    let mut known = stack::explain_topics(flavors);
    known.extend(all().iter().chain(offered.all()).map(|f| f.name.to_string()));
    let meant = did_you_mean(topic, known.iter().map(String::as_str));
    let detail = format!("There is no topic {topic:?}.{meant} \"stackwright explain\" lists all topics.");
    Diagnostic::error("Unknown topic", detail).into()
}

/// The documentation of a function: signature, meaning, parameters, examples.
fn function(function: &Function, width: usize) -> String {
    let signature = super::functions::signature(function);
    let mut out = format!("{signature}\n\n{}\n", wrap(&function.description, width));
    let params: Vec<_> = function.params.iter().chain(&function.variadic).collect();
    if !params.is_empty() {
        let widest = params.iter().map(|p| p.name.len()).max().unwrap_or(0);
        out.push_str("\nParameters:\n");
        for param in params {
            out.push_str(&format!("  {}  {}: {}\n", pad(&param.name, widest), param.ty, param.description));
        }
    }
    if !function.examples.is_empty() {
        out.push_str("\nExamples:\n");
        out.extend(function.examples.iter().map(|(call, result)| format!("  > {call}\n  {result}\n")));
    }
    out
}
