//! The binary under test, and what its runs leave behind.

use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The built `stackwright`.
pub const BINARY: &str = env!("CARGO_BIN_EXE_stackwright");

/// A command of the binary, in `dir`, that asks nothing and inherits no settings.
pub fn stackwright(dir: &Path, args: &[&str]) -> Command {
    command(BINARY, dir, args)
}

/// A command of any program that understands Terraform's command line.
pub fn command(program: &str, dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(args).current_dir(dir).stdin(Stdio::null());
    for (name, _) in std::env::vars() {
        if name.starts_with("TF_") || name.starts_with("STACKWRIGHT_") {
            command.env_remove(name);
        }
    }
    command
        .env("NO_COLOR", "1")
        .env("CHECKPOINT_DISABLE", "1")
        .env("TF_IN_AUTOMATION", "1")
        .env("TF_CLI_CONFIG_FILE", "/dev/null");
    command
}

/// Runs a command to its end.
pub fn finish(mut command: Command) -> Output {
    command.output().expect("the program starts")
}

/// Runs a command that has to end with `code`; gives what it printed to standard output.
pub fn expect_exit(command: Command, code: i32, when: &str) -> String {
    let shown = format!("{command:?}");
    let output = finish(command);
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{when}: {shown}\n{stdout}\n{stderr}");
    stdout
}

/// Whether a program can be started on this machine.
pub fn is_installed(program: &str) -> bool {
    Command::new(program).arg("version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}
