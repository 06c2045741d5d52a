//! The arguments of a block as a process, and its end in words.

use std::io::{ErrorKind as IoKind, PipeWriter};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};

use model::Value;
use provider::ProviderError;
use tokio::process::{Child, Command};

/// What is to be run.
pub(super) struct Request {
    pub(super) command: String,
    interpreter: Vec<String>,
    working_dir: Option<String>,
    environment: Vec<(String, String)>,
    quiet: bool,
}

impl Request {
    /// Reads a block's arguments.
    pub(super) fn read(config: &Value) -> Result<Request, ProviderError> {
        let text = |name: &str| config.get(name).and_then(Value::as_str).map(|s| s.to_string());
        let command = text("command").filter(|c| !c.is_empty()).ok_or_else(|| {
            ProviderError::invalid(
                "Invalid local-exec provisioner command",
                "The command must be a non-empty string.",
            )
        })?;
        let given = config.get("interpreter").and_then(Value::as_items).unwrap_or_default();
        let mut interpreter: Vec<String> = given.iter().map(string).collect();
        if interpreter.is_empty() {
            interpreter = vec!["/bin/sh".into(), "-c".into()];
        }
        let environment = config.get("environment").and_then(Value::as_entries).unwrap_or_default();
        Ok(Request {
            command,
            interpreter,
            working_dir: text("working_dir").filter(|d| !d.is_empty()),
            environment: environment
                .iter()
                .filter_map(|(k, v)| Some((k.to_string(), v.as_str()?.to_string())))
                .collect(),
            quiet: config.get("quiet").and_then(Value::as_bool).unwrap_or(false),
        })
    }

    /// The line that says what is run.
    pub(super) fn announcement(&self) -> String {
        if self.quiet {
            return "local-exec: Executing: Suppressed by quiet=true".into();
        }
        let words = self.interpreter.iter().chain([&self.command]);
        let words: Vec<String> = words.map(|w| model::quote::quote(w)).collect();
        format!("Executing: [{}]", words.join(" "))
    }

    /// Starts it; standard output and standard error go to the one pipe, in order. Says why it cannot start.
    pub(super) fn start(&self, output: PipeWriter, base: &Path) -> Result<Child, String> {
        let dir = self.working_dir.as_ref().map_or_else(|| base.to_owned(), |d| base.join(d));
        self.check_dir(&dir)?;
        let errors = output.try_clone().map_err(|e| e.to_string())?;
        let mut command = Command::new(&self.interpreter[0]);
        command.args(&self.interpreter[1..]).arg(&self.command).current_dir(dir);
        command.envs(self.environment.iter().map(|(k, v)| (k, v)));
        command.stdin(Stdio::null()).stdout(output).stderr(errors).kill_on_drop(true);
        command.spawn().map_err(|e| self.not_started(&e))
    }

    fn check_dir(&self, dir: &PathBuf) -> Result<(), String> {
        let shown = self.working_dir.as_deref().unwrap_or(".");
        match std::fs::metadata(dir) {
            Ok(meta) if meta.is_dir() => Ok(()),
            Ok(_) => Err(format!("chdir {shown}: not a directory")),
            Err(e) => Err(format!("chdir {shown}: {}", words(&e))),
        }
    }

    fn not_started(&self, e: &std::io::Error) -> String {
        let program = &self.interpreter[0];
        if e.kind() == IoKind::NotFound && !program.contains('/') {
            return format!("exec: {}: executable file not found in $PATH", model::quote::quote(program));
        }
        format!("fork/exec {program}: {}", words(e))
    }
}

fn string(value: &Value) -> String {
    value.as_str().map(|s| s.to_string()).unwrap_or_default()
}

/// The usual failures in the words of the system.
fn words(e: &std::io::Error) -> String {
    match e.kind() {
        IoKind::NotFound => "no such file or directory".into(),
        IoKind::PermissionDenied => "permission denied".into(),
        _ => e.to_string(),
    }
}

/// How a command that did not succeed ended.
pub(super) fn explain(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit status {code}"),
        (None, Some(signal)) => format!("signal: {}", signal_name(signal)),
        (None, None) => "unknown status".into(),
    }
}

fn signal_name(signal: i32) -> String {
    let name = match signal {
        1 => "hangup",
        2 => "interrupt",
        3 => "quit",
        6 => "aborted",
        9 => "killed",
        11 => "segmentation fault",
        13 => "broken pipe",
        15 => "terminated",
        other => return format!("signal {other}"),
    };
    name.into()
}
