//! The console at a terminal: a pseudo-terminal whose other end the test holds.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::binary::{expect_exit, stackwright};

/// Longer than any answer takes; only a console that hangs waits for it.
const PATIENCE: Duration = Duration::from_secs(60);

/// The prompt on a line that was cleared for it: keys are read from here on.
const READY: &str = "\u{1b}[K> ";
/// The prompt for the next line of an expression.
const OPEN: &str = "\u{1b}[K: ";

/// Somebody who types and reads.
struct Person {
    keyboard: File,
    screen: Receiver<Vec<u8>>,
    seen: String,
    console: Child,
}

impl Person {
    fn at(dir: &Path) -> Person {
        let ends = nix::pty::openpty(None, None).unwrap();
        let slave = || Stdio::from(ends.slave.try_clone().unwrap());
        let mut command = stackwright(dir, &["console"]);
        command.env("HOME", dir).env("TERM", "xterm").stdin(slave()).stdout(slave()).stderr(slave());
        let console = command.spawn().unwrap();
        let mut master = File::from(ends.master);
        let keyboard = master.try_clone().unwrap();
        let (send, screen) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            // When the console has gone, reading ends with an error.
            while let Ok(n @ 1..) = master.read(&mut buffer) {
                if send.send(buffer[..n].to_vec()).is_err() {
                    break;
                }
            }
        });
        Person { keyboard, screen, seen: String::new(), console }
    }

    fn types(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    /// Waits until a text has appeared since the last one.
    #[track_caller]
    fn sees(&mut self, text: &str) {
        while !self.seen.contains(text) {
            let received = self.screen.recv_timeout(PATIENCE);
            assert!(received.is_ok(), "waiting for {text:?}, there is only: {}", self.seen);
            self.seen.push_str(&String::from_utf8_lossy(&received.unwrap()));
        }
        let after = self.seen.find(text).unwrap() + text.len();
        self.seen = self.seen.split_off(after);
    }

    fn leaves(mut self, status: i32) {
        drop(self.keyboard);
        assert_eq!(self.console.wait().unwrap().code(), Some(status));
    }
}

fn directory() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let text = "
        variable \"region\" { default = \"eu\" }
        locals { tags = { owner = \"me\" } }
        resource \"terraform_data\" \"a\" { input = 1 }
    ";
    std::fs::write(dir.path().join("main.tf"), text).unwrap();
    dir
}

#[test]
fn a_conversation_completes_names_and_survives_errors() {
    let dir = directory();
    let mut person = Person::at(dir.path());
    person.sees(READY);
    person.types("var.re\t\r");
    person.sees("\"eu\"");
    person.sees(READY);
    person.types("local.tags.ow\t\r");
    person.sees("\"me\"");
    person.sees(READY);
    person.types("terraform_data.a.tr\t == null\r");
    person.sees("(known after apply)");
    person.sees(READY);
    person.types("nope.x\r");
    person.sees("Error: Reference to undeclared resource");
    person.sees(READY);
    person.types("upper(\r");
    person.sees(OPEN);
    person.types("\"x\")\r");
    person.sees("\"X\"");
    person.sees(READY);
    person.types("\u{4}");
    person.leaves(0);
    let history = std::fs::read_to_string(dir.path().join(".stackwright_history")).unwrap();
    assert!(history.contains("var.region\nlocal.tags.owner\n"), "{history}");
}

#[test]
fn an_empty_line_ends_what_is_open_and_exit_leaves() {
    let dir = directory();
    let mut person = Person::at(dir.path());
    person.sees(READY);
    person.types("[1,\r");
    person.sees(OPEN);
    person.types("\r");
    person.sees("Error: Missing expression");
    person.sees(READY);
    person.types("exit\r");
    person.leaves(0);
}

#[test]
fn what_is_piped_sees_the_state_or_the_plan() {
    let dir = directory();
    let evaluate = |expression: &str, args: &[&str]| {
        let input = dir.path().join("input");
        std::fs::write(&input, expression).unwrap();
        let mut command = stackwright(dir.path(), &[&["console"], args].concat());
        command.stdin(File::open(input).unwrap());
        expect_exit(command, 0, expression)
    };
    assert_eq!(evaluate("terraform_data.a.input", &[]), "(known after apply)\n");
    assert_eq!(evaluate("terraform_data.a.input", &["-plan"]), "1\n");
    assert_eq!(evaluate("terraform_data.a.output", &["-plan"]), "(known after apply)\n");
    expect_exit(stackwright(dir.path(), &["apply", "-auto-approve"]), 0, "apply");
    assert_eq!(evaluate("terraform_data.a.output", &[]), "1\n");
    assert_eq!(
        evaluate("[terraform_data.a.output, var.region]\nvar.region\n", &["-var=region=us"]),
        "\"us\"\n"
    );
}
