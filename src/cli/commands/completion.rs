//! `completion`

use super::Terminal;
use crate::args::{CompletionArgs, grammar};

/// Writes the completion script for a shell.
pub fn run(args: &CompletionArgs, terminal: &mut Terminal) -> u8 {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut grammar(), "stackwright", &mut script);
    terminal.say(&String::from_utf8_lossy(&script));
    0
}
