//! `console`: reads expressions, shows what they give.

mod interactive;
mod names;
mod scope;
#[cfg(test)]
mod tests;

use std::io::BufRead;
use std::path::PathBuf;

use model::{Diagnostics, Type};

use super::terminal::{Terminal, with_standard_streams};
use crate::app::App;
use crate::args::ConsoleArgs;
use crate::view::View;
use interactive::{Conversation, talk};
use names::Names;
use scope::{InstanceWorld, scope};

/// Evaluates one line and gives the text to show; the diagnostics are to be shown by the caller's `report`.
pub type Evaluate<'e> = dyn FnMut(&str) -> Result<String, Diagnostics> + 'e;

const HELP: &str = "\
Enter an expression to see its value, such as var.region, upper(\"a\") or terraform_data.a.id.
type(EXPRESSION) shows a type. An expression goes on in the next line while a bracket is open.
Tab completes names. exit, or end of input, leaves.
";

/// Runs the command; the exit status.
pub async fn run(app: &App, args: ConsoleArgs) -> u8 {
    let view = View::new(app);
    let Some(scope) = scope(app, &view, &args).await else { return 1 };
    let registry = &app.equipment.registry;
    let world = scope.project.world(scope.outside.clone(), registry);
    let world = InstanceWorld::new(&world, &scope, registry);
    let evaluator = scope.evaluator(&world);
    let console = evaluator.console_scope();
    let value = |text: &str| {
        let file = scope.project.sources.borrow_mut().add("<console-input>", text);
        let (value, diags) = lang::eval(&lang::parse::parse_expr(file, text)?, &console);
        diags.into_result(value)
    };
    let mut evaluate = |text: &str| value(text).map(|v| lang::display::render(&v));
    let report = |diags: &Diagnostics| view.tell(diags, &scope.project.sources.borrow());
    let interactive = std::io::IsTerminal::is_terminal(&std::io::stdin());
    let result = with_standard_streams(app, |terminal| match interactive {
        false => piped(terminal, &mut evaluate),
        true => {
            let names = scope.project.config.root().map(Names::of).unwrap_or_default();
            let known = |path: &str| value(path).ok().filter(|v| v.ty() != Type::Dynamic);
            let value = |path: &str| known(path).or_else(|| scope.by_schema(registry, path));
            let complete = |before: &str, line: &str| names.complete(before, line, &value);
            let conversation = Conversation { evaluate: &mut evaluate, report: &report, complete: &complete };
            talk(history().as_deref(), terminal, conversation)
        }
    });
    result.unwrap_or_else(|diags| {
        report(&diags);
        1
    })
}

/// Where what was entered is kept for the next time.
fn history() -> Option<PathBuf> {
    std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".stackwright_history"))
}

/// Reads piped lines: each is an expression; the first error ends it, else the last result is shown.
pub fn piped(terminal: &mut Terminal, evaluate: &mut Evaluate) -> Result<u8, Diagnostics> {
    let mut last = String::new();
    let mut line = String::new();
    while read_line(terminal.input, &mut line) {
        let expression = line.trim();
        if matches!(expression, "exit" | "quit") {
            break;
        }
        match expression {
            "" => {}
            "help" => HELP.trim_end().clone_into(&mut last),
            _ => last = evaluate(expression)?,
        }
    }
    if !last.is_empty() {
        terminal.say(&(last + "\n"));
    }
    Ok(0)
}

fn read_line(input: &mut dyn BufRead, line: &mut String) -> bool {
    line.clear();
    input.read_line(line).is_ok_and(|n| n > 0)
}
