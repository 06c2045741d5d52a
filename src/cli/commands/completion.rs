//! `completion`

use crate::app::print;
use crate::args::{CompletionArgs, grammar};

/// Runs the command; the exit status.
pub fn run(args: CompletionArgs) -> u8 {
    print(&script(&args));
    0
}

/// The completion script for a shell.
pub(super) fn script(args: &CompletionArgs) -> String {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut grammar(), "stackwright", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}
