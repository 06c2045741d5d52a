//! `output`

use std::collections::BTreeMap;

use model::{Diagnostic, Diagnostics, Kind, Str, convert};
use state::{OutputState, StateSnapshot};

use super::store::read_snapshot;
use super::terminal::{Terminal, over_standard_streams};
use crate::app::App;
use crate::args::OutputArgs;
use crate::render::outputs;
use crate::view::View;

/// Runs the command; the exit status.
pub async fn run(app: &App, args: OutputArgs) -> u8 {
    let Some(snapshot) = read_snapshot(app, &View::new(app), args.state.as_deref()).await else {
        return 1;
    };
    over_standard_streams(app, |t| show(&args, snapshot.as_ref(), t))
}

/// All outputs of a state, as they follow an apply.
pub fn human(snapshot: &StateSnapshot) -> String {
    outputs::human(&snapshot.outputs)
}

/// Shows the recorded outputs, or one of them.
pub(super) fn show(
    args: &OutputArgs,
    snapshot: Option<&StateSnapshot>,
    terminal: &mut Terminal,
) -> Result<u8, Diagnostics> {
    let none = BTreeMap::new();
    let recorded = snapshot.map_or(&none, |s| &s.outputs);
    if args.json && args.raw {
        return Err(error("Invalid output format", "-raw and -json exclude each other."));
    }
    let text = match &args.name {
        Some(name) => one(name, find(name, recorded)?, args)?,
        None if args.raw => return Err(error("Output name required", "-raw shows one output: name it.")),
        None if args.json => format!("{:#}\n", outputs::json(recorded)),
        None if recorded.is_empty() => {
            terminal.warn(&no_outputs());
            return Ok(0);
        }
        None => outputs::human(recorded),
    };
    terminal.say(&text);
    Ok(0)
}

fn find<'o>(name: &str, recorded: &'o BTreeMap<Str, OutputState>) -> Result<&'o OutputState, Diagnostics> {
    recorded.get(name).ok_or_else(|| {
        let meant = model::diagnostic::did_you_mean(name, recorded.keys().map(|k| &**k));
        let detail = format!(
            "The state records no output {name:?}.{meant} An output that was just added to the configuration is \
             recorded by the next apply."
        );
        Diagnostic::error(format!("Output {name:?} not found"), detail).into()
    })
}

fn one(name: &str, output: &OutputState, args: &OutputArgs) -> Result<String, Diagnostics> {
    if args.json {
        return Ok(format!("{}\n", output.value));
    }
    if args.raw { raw(name, output) } else { Ok(outputs::one(output) + "\n") }
}

/// A string, number or bool as it is, without a line end of our own.
fn raw(name: &str, output: &OutputState) -> Result<String, Diagnostics> {
    let value = outputs::value(output).filter(|v| !v.is_null());
    let text = value.and_then(|v| convert::convert(&v, &model::Type::String).ok());
    match text.as_ref().map(model::Value::kind) {
        Some(Kind::String(text)) => Ok(text.to_string()),
        _ => Err(error(
            "Unsupported value for raw output",
            &format!(
                "The output {name:?} is neither a string nor a number nor a bool, so it has no raw form. Take \
                 -json instead."
            ),
        )),
    }
}

fn no_outputs() -> Diagnostic {
    Diagnostic::warning(
        "No outputs found",
        "The state records no outputs. Define some with \"output\" blocks in the root module; the next apply \
         records them.",
    )
}

fn error(summary: &'static str, detail: &str) -> Diagnostics {
    Diagnostic::error(summary, detail).into()
}
