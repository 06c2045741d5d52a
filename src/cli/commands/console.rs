//! `console`: reads expressions, shows what they give.

mod scope;

use std::io::BufRead;
use std::path::Path;

use model::Diagnostics;
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{Config, Editor};

use super::terminal::{Terminal, with_standard_streams};
use crate::app::{App, View};
use crate::args::ConsoleArgs;
use crate::world::Outside;
use scope::{StateWorld, scope};

/// Evaluates one line and gives the text to show; the diagnostics are to be shown by the caller's `report`.
pub type Evaluate<'e> = dyn FnMut(&str) -> Result<String, Diagnostics> + 'e;

/// Shows diagnostics.
pub type Report<'r> = dyn FnMut(&Diagnostics) + 'r;

/// Runs the command; the exit status.
pub async fn run(app: &App, args: ConsoleArgs) -> u8 {
    let view = View::new(app, false);
    let Some(scope) = scope(app, &view, &args).await else { return 1 };
    let registry = &app.equipment.registry;
    let world = scope.project.world(Outside::console(), registry);
    let world = StateWorld::new(&world, &scope.snapshot, registry);
    let evaluator = scope.evaluator(&world);
    let console = evaluator.console_scope();
    let mut evaluate = |line: &str| {
        let file = scope.project.sources.borrow_mut().add("<console-input>", line);
        let expr = lang::parse::parse_expr(file, line)?;
        let (value, diags) = lang::eval(&expr, &console);
        if diags.has_errors() { Err(diags) } else { Ok(lang::display::render(&value)) }
    };
    let interactive = std::io::IsTerminal::is_terminal(&std::io::stdin());
    let result = with_standard_streams(app, |terminal| match interactive {
        false => piped(terminal, &mut evaluate),
        true => {
            let home = std::env::var_os("HOME").map(std::path::PathBuf::from);
            let history = home.map(|h| h.join(".stackwright_history"));
            let mut report = |diags: &Diagnostics| view.tell(diags, &scope.project.sources.borrow());
            self::interactive(history.as_deref(), terminal, &mut evaluate, &mut report)
        }
    });
    result.unwrap_or_else(|diags| {
        view.tell(&diags, &scope.project.sources.borrow());
        1
    })
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
        if !expression.is_empty() {
            last = evaluate(expression)?;
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

/// Talks with somebody at a terminal, with line editing; the history is kept in a file where one is given. Lines are
/// gathered until their brackets are closed.
pub fn interactive(
    history: Option<&Path>,
    terminal: &mut Terminal,
    evaluate: &mut Evaluate,
    report: &mut Report,
) -> Result<u8, Diagnostics> {
    let config = Config::builder().auto_add_history(false).build();
    let mut editor: Editor<(), FileHistory> = Editor::with_config(config)
        .map_err(|e| model::Diagnostic::error("The terminal cannot be read", e.to_string()))?;
    if let Some(path) = history {
        // The first conversation finds no history.
        let _first_time = editor.load_history(path);
    }
    let mut pending = String::new();
    loop {
        let prompt = if pending.is_empty() { "> " } else { ": " };
        match editor.readline(prompt) {
            Ok(line) => pending.push_str(&line),
            Err(ReadlineError::Interrupted) if !pending.is_empty() => pending.clear(),
            Err(ReadlineError::Interrupted | ReadlineError::Eof) => break,
            Err(_) => break,
        }
        if is_open(&pending) {
            pending.push('\n');
            continue;
        }
        let expression = std::mem::take(&mut pending);
        match expression.trim() {
            "" => continue,
            "exit" | "quit" => break,
            "help" => terminal.say(HELP),
            text => show(evaluate(text), terminal, report),
        }
        let _too_long_for_history = editor.add_history_entry(expression.trim());
    }
    if let Some(path) = history {
        let _read_only_home = editor.save_history(path);
    }
    Ok(0)
}

const HELP: &str = "\
Enter an expression to see its value, such as var.region, upper(\"a\") or terraform_data.a.id.
type(EXPRESSION) shows a type. exit, or end of input, leaves.
";

fn show(result: Result<String, Diagnostics>, terminal: &mut Terminal, report: &mut Report) {
    match result {
        Ok(text) => terminal.say(&(text + "\n")),
        Err(diagnostics) => report(&diagnostics),
    }
}

/// Whether a bracket or quotation mark is still open, so that the expression goes on in the next line.
fn is_open(text: &str) -> bool {
    let mut depth = 0_i32;
    let mut quoted = false;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' if quoted => {
                chars.next();
            }
            '"' => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted => depth -= 1,
            _ => {}
        }
    }
    depth > 0
}
