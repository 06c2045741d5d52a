//! Where a command reads and writes.

use std::io::{BufRead, IsTerminal, Write};

use model::{Diagnostic, Diagnostics, SourceMap};

use crate::app::App;
use crate::render::{Screen, diagnostic};
use crate::view::View;

/// Runs a command over the standard streams and tells how it failed; the exit status.
pub(super) fn over_standard_streams(
    app: &App,
    run: impl FnOnce(&mut Terminal) -> Result<u8, Diagnostics>,
) -> u8 {
    let result = with_standard_streams(app, run);
    result.unwrap_or_else(|diags| {
        View::new(app).tell(&diags, &SourceMap::new());
        1
    })
}

/// Runs something over the standard streams.
pub(super) fn with_standard_streams<T>(app: &App, run: impl FnOnce(&mut Terminal) -> T) -> T {
    let (mut out, mut err, mut input) =
        (std::io::stdout().lock(), std::io::stderr().lock(), std::io::stdin().lock());
    run(&mut Terminal {
        out: &mut out,
        err: &mut err,
        input: &mut input,
        screen: Screen::stdout(app.no_color),
        interactive: std::io::stdin().is_terminal(),
    })
}

/// Standard input and output of a command, and how to write to them.
pub struct Terminal<'t> {
    /// Data.
    pub out: &'t mut dyn Write,
    /// Conversation.
    pub err: &'t mut dyn Write,
    /// Answers, and data where a command reads `-`.
    pub input: &'t mut dyn BufRead,
    /// How to write to `out`.
    pub screen: Screen,
    /// Whether there is somebody to ask.
    pub interactive: bool,
}

impl Terminal<'_> {
    /// Writes data. A reader that has gone away is no error: it had what it wanted.
    pub fn say(&mut self, text: &str) {
        let _reader_gone = self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush());
    }

    /// Writes conversation.
    pub fn remark(&mut self, text: &str) {
        let _reader_gone = self.err.write_all(text.as_bytes()).and_then(|()| self.err.flush());
    }

    /// Shows a warning that points at no source.
    pub fn warn(&mut self, warning: &Diagnostic) {
        let text = diagnostic::human(warning, &SourceMap::new(), &self.screen);
        self.remark(&text);
    }

    /// Says why a command does nothing, and gives the exit status of one that failed.
    pub fn refuse(&mut self, why: &str) -> Result<u8, Diagnostics> {
        self.remark(why);
        Ok(1)
    }

    /// Asks a question; gives the answer without its line end, or nothing where input has ended.
    pub fn ask(&mut self, question: &str) -> Option<String> {
        self.remark(question);
        let mut answer = String::new();
        match self.input.read_line(&mut answer) {
            Ok(n) if n > 0 => Some(answer.trim_end_matches(['\n', '\r']).to_owned()),
            Ok(_) | Err(_) => None,
        }
    }

    /// Asks for a plain `yes`: nothing else will do.
    pub fn confirms(&mut self, question: &str) -> bool {
        let hint = "  Only \"yes\" will be accepted to approve.\n\n  Enter a value: ";
        self.ask(&format!("{question}\n{hint}")).is_some_and(|answer| answer == "yes")
    }
}
