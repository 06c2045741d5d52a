//! A conversation at a terminal.

use std::cell::RefCell;
use std::path::Path;

use lang::parse::{Ending, ending};
use model::{Diagnostic, Diagnostics};
use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::Validator;
use rustyline::{CompletionType, Config, Context, Editor, Helper};

use super::{Evaluate, HELP};
use crate::commands::terminal::Terminal;

/// Shows diagnostics.
pub type Report<'r> = dyn Fn(&Diagnostics) + 'r;

/// Gives what may be written at the end of a line, given the lines before it.
pub type Complete<'c> = dyn Fn(&str, &str) -> super::names::Completion + 'c;

/// What a conversation needs of the console.
pub struct Conversation<'c> {
    /// Evaluates an expression.
    pub evaluate: &'c mut Evaluate<'c>,
    /// Shows why one could not be evaluated.
    pub report: &'c Report<'c>,
    /// Completes names.
    pub complete: &'c Complete<'c>,
}

/// Line editing with completion.
struct Assistant<'c> {
    complete: &'c Complete<'c>,
    /// The lines before the one that is being written.
    pending: RefCell<String>,
}

impl Helper for Assistant<'_> {}
impl Highlighter for Assistant<'_> {}
impl Validator for Assistant<'_> {}
impl Hinter for Assistant<'_> {
    type Hint = String;
}

impl Completer for Assistant<'_> {
    type Candidate = String;

    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<String>)> {
        let found = (self.complete)(&self.pending.borrow(), &line[..at]);
        Ok((found.start, found.candidates))
    }
}

/// Talks with somebody at a terminal, with line editing; the history is kept in a file where one is given. An expression
/// goes on in the next line while its brackets are open; an empty line ends it all the same.
pub fn talk(
    history: Option<&Path>,
    terminal: &mut Terminal,
    conversation: Conversation<'_>,
) -> Result<u8, Diagnostics> {
    let Conversation { evaluate, report, complete } = conversation;
    let mut editor = editor(complete)?;
    if let Some(path) = history {
        // The first conversation finds no history.
        let _first_time = editor.load_history(path);
    }
    while let Some(expression) = read(&mut editor) {
        match expression.trim() {
            "" => continue,
            "exit" | "quit" => break,
            "help" => terminal.say(HELP),
            text => match evaluate(text) {
                Ok(shown) => terminal.say(&(shown + "\n")),
                Err(diagnostics) => report(&diagnostics),
            },
        }
        let _too_long_for_history = editor.add_history_entry(expression.trim());
    }
    if let Some(path) = history {
        let _read_only_home = editor.save_history(path);
    }
    Ok(0)
}

fn editor<'c>(complete: &'c Complete<'c>) -> Result<Editor<Assistant<'c>, FileHistory>, Diagnostics> {
    let config = Config::builder().auto_add_history(false).completion_type(CompletionType::List).build();
    let mut editor = Editor::with_config(config)
        .map_err(|e| Diagnostic::error("The terminal cannot be read", e.to_string()))?;
    editor.set_helper(Some(Assistant { complete, pending: RefCell::default() }));
    Ok(editor)
}

/// Reads an expression, of as many lines as it takes; nothing at the end of input.
fn read(editor: &mut Editor<Assistant<'_>, FileHistory>) -> Option<String> {
    let mut pending = String::new();
    loop {
        let line = match editor.readline(if pending.is_empty() { "> " } else { ": " }) {
            Ok(line) => line,
            Err(ReadlineError::Interrupted) if !pending.is_empty() => String::new(),
            Err(_) => return None,
        };
        let is_blank = line.trim().is_empty();
        pending.push_str(&line);
        pending.push('\n');
        let goes_on = match ending(&pending) {
            Ending::InHeredoc => true,
            Ending::InBrackets => !is_blank,
            Ending::Complete | Ending::InString => false,
        };
        if let Some(assistant) = editor.helper() {
            assistant.pending.replace(if goes_on { pending.clone() } else { String::new() });
        }
        if !goes_on {
            return Some(pending);
        }
    }
}
