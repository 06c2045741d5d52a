//! `local-exec`: a command on this machine.

mod command;

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, ErrorKind as IoKind, PipeReader};
use std::process::ExitStatus;
use std::time::Duration;

use async_trait::async_trait;
use model::{Attribute, Block, Schema, Type, Value};
use provider::{Cancel, ErrorKind, Lines, ProviderError, Provisioner, Provisioning};
use tokio::process::Child;
use tokio::sync::oneshot;

use command::Request;

/// How much of the output's end an error quotes, in bytes.
const QUOTED_OUTPUT: usize = 8 * 1024;

/// Where a line that does not end is cut, in bytes.
const LONGEST_LINE: usize = 64 * 1024;

/// How often it is asked whether to stop.
const CANCEL_POLL: Duration = Duration::from_millis(50);

/// The provisioner.
pub struct LocalExec {
    schema: Schema,
}

impl LocalExec {
    /// The provisioner `local-exec`.
    pub fn new() -> LocalExec {
        let strings = Type::list(Type::String);
        let block = Block::new("Runs a command on this machine.")
            .attr("command", Attribute::required(Type::String, "The command, for the interpreter."))
            .attr(
                "interpreter",
                Attribute::optional(
                    strings,
                    "What runs the command, which is its last argument: `/bin/sh -c`.",
                ),
            )
            .attr("working_dir", Attribute::optional(Type::String, "The directory to run in."))
            .attr(
                "environment",
                Attribute::optional(Type::map(Type::String), "Variables of the environment beside our own."),
            )
            .attr("quiet", Attribute::optional(Type::Bool, "Whether the command is not shown."));
        LocalExec { schema: Schema::new(block) }
    }
}

impl Default for LocalExec {
    fn default() -> LocalExec {
        LocalExec::new()
    }
}

#[async_trait]
impl Provisioner for LocalExec {
    fn name(&self) -> &str {
        "local-exec"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    async fn run(&self, call: Provisioning<'_>, config: &Value) -> Result<(), ProviderError> {
        let request = Request::read(config)?;
        call.lines.say(request.announcement()).await;
        let (why, output) = match run(&request, call).await {
            Ok((Ended::Exited(status), _)) if status.success() => return Ok(()),
            Ok((Ended::Exited(status), output)) => (command::explain(status), output),
            Ok((Ended::Stopped, output)) => {
                ("it was stopped, because the run was interrupted".into(), output)
            }
            Err(_) if call.is_secret => ("it could not be started".into(), String::new()),
            Err(why) => (why, String::new()),
        };
        let detail = match call.is_secret {
            true => format!(
                "Error running the command: {why}. Neither it nor its output is shown, because its configuration holds a \
                 secret value."
            ),
            false => format!("Error running command '{}': {why}. Output: {output}", request.command),
        };
        Err(ProviderError::new(ErrorKind::Internal, "local-exec provisioner error", detail))
    }
}

/// How a command came to its end.
enum Ended {
    Exited(ExitStatus),
    Stopped,
}

/// Runs the command to its end. Gives the end of its output too; an error says why it did not start.
async fn run(request: &Request, call: Provisioning<'_>) -> Result<(Ended, String), String> {
    let (reader, writer) = std::io::pipe().map_err(|e| e.to_string())?;
    let mut child = request.start(writer, &call.around.current_dir())?;
    let mut output = listen(reader, call.lines.clone());
    let all = async {
        let status = child.wait().await;
        // What it left running in the background may hold on to the output; it is heard to its end.
        let text = (&mut output).await.unwrap_or_default();
        (status, text)
    };
    let ended = tokio::select! {
        (status, text) = all => Some((status.map_err(|e| e.to_string())?, text)),
        () = cancelled(call.cancel) => None,
    };
    match ended {
        Some((status, text)) => Ok((Ended::Exited(status), text)),
        None => {
            stop(&mut child).await;
            Ok((Ended::Stopped, String::new()))
        }
    }
}

async fn cancelled(cancel: &Cancel) {
    while !cancel.is_cancelled() {
        tokio::time::sleep(CANCEL_POLL).await;
    }
}

async fn stop(child: &mut Child) {
    let _already_gone = child.kill().await;
}

/// Passes lines on as they come; gives the last of them in the end. A thread of its own, because nothing bounds how long
/// a command's children keep the pipe open, and the runtime must not wait for it.
fn listen(reader: PipeReader, lines: Lines) -> oneshot::Receiver<String> {
    let (done, heard) = oneshot::channel();
    std::thread::spawn(move || {
        let mut last = VecDeque::new();
        read_lines(BufReader::new(reader), &mut last, |line| {
            // When nobody listens any more, reading on still keeps the command from being stopped by a full pipe.
            let _heard = lines.say_blocking(line);
        });
        let last: Vec<u8> = last.into();
        let _nobody_waits = done.send(String::from_utf8_lossy(&last).into_owned());
    });
    heard
}

/// Says each line as soon as it ends, be it with a carriage return, as progress bars do; blank ones are left out. Keeps the
/// end of everything.
fn read_lines(mut reader: impl BufRead, last: &mut VecDeque<u8>, mut say: impl FnMut(&str)) {
    let mut line = Vec::new();
    let mut end = |line: &mut Vec<u8>| {
        let text = String::from_utf8_lossy(line);
        if !text.trim_end().is_empty() {
            say(text.trim_end());
        }
        line.clear();
    };
    loop {
        let chunk = match reader.fill_buf() {
            Ok(chunk) if !chunk.is_empty() => chunk,
            Err(e) if e.kind() == IoKind::Interrupted => continue,
            Ok(_) | Err(_) => break,
        };
        last.extend(chunk);
        last.drain(..last.len().saturating_sub(QUOTED_OUTPUT));
        for byte in chunk {
            match byte {
                b'\n' | b'\r' => end(&mut line),
                other => line.push(*other),
            }
            if line.len() >= LONGEST_LINE {
                end(&mut line);
            }
        }
        let read = chunk.len();
        reader.consume(read);
    }
    end(&mut line);
}

#[cfg(test)]
mod tests;
