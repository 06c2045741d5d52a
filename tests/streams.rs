//! `-json-into`: what tools read, beside what people do.

use std::io::Read;
use std::path::Path;
use std::process::Command;

use serde_json::Value as Json;

use crate::binary::{expect_exit, finish, stackwright};

const MAIN: &str = r#"variable "secret" {
  default   = "hunter2"
  sensitive = true
}
variable "word" { default = "a" }
resource "terraform_data" "a" {
  triggers_replace = var.word
}
resource "local_file" "b" {
  filename = "${path.module}/b.txt"
  content  = "${var.secret} ${terraform_data.a.id}"
}
output "word" { value = var.word }
"#;

fn directory() -> tempfile::TempDir {
    let scratch = tempfile::tempdir().unwrap();
    std::fs::write(scratch.path().join("main.tf"), MAIN).unwrap();
    scratch
}

/// What differs from run to run is blotted out: times, identifiers, sums.
fn blotted(json: &mut Json) {
    match json {
        Json::Object(map) => {
            for (key, value) in map.iter_mut() {
                match &**key {
                    "@timestamp" | "@message" | "id_value" | "elapsed_seconds" => *value = Json::Null,
                    _ => blotted(value),
                }
            }
        }
        Json::Array(items) => items.iter_mut().for_each(blotted),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

/// The messages of a stream in an order of their own: what runs side by side is told as it happens.
fn messages(stream: &str) -> Vec<String> {
    assert!(!stream.contains("hunter2"), "a secret in {stream}");
    let line = |line: &str| {
        let mut message: Json = serde_json::from_str(line).unwrap();
        blotted(&mut message);
        message.to_string()
    };
    let mut all: Vec<String> = stream.lines().map(line).collect();
    all.sort();
    all
}

/// Runs the same commands in two directories, once for tools and once for both.
#[test]
fn the_file_holds_what_json_writes_and_the_terminal_what_it_always_does() {
    let (plain, both, tools) = (directory(), directory(), directory());
    for (args, code) in [
        (&["init"][..], 0),
        (&["plan", "-detailed-exitcode"], 2),
        (&["apply", "-auto-approve"], 0),
        (&["apply", "-auto-approve", "-var=word=b"], 0),
        (&["refresh", "-var=word=b"], 0),
        (&["plan", "-var=nobody=x"], 1),
        (&["destroy", "-auto-approve"], 0),
    ] {
        let expected = finish(stackwright(plain.path(), args));
        std::fs::write(both.path().join("stream"), "what was here before").unwrap();
        let got = finish(stackwright(both.path(), &[args, &["-json-into=stream"]].concat()));
        let stream = finish(stackwright(tools.path(), &[args, &["-json"]].concat()));
        assert_eq!(got.status.code(), Some(code), "{args:?}: {got:?}");
        let shape = |text: &[u8]| String::from_utf8_lossy(text).lines().count();
        assert_eq!(shape(&got.stdout), shape(&expected.stdout), "{args:?} on standard output");
        assert_eq!(shape(&got.stderr), shape(&expected.stderr), "{args:?} on standard error");
        let file = std::fs::read_to_string(both.path().join("stream")).unwrap();
        assert!(file.starts_with("{\"@level\":\"info\",\"@message\":\"Stackwright "), "{file}");
        assert_eq!(messages(&file), messages(&String::from_utf8_lossy(&stream.stdout)), "{args:?}");
    }
}

#[test]
fn validation_hands_over_its_document() {
    let scratch = directory();
    let expected = expect_exit(stackwright(scratch.path(), &["validate", "-json"]), 0, "for tools");
    let said = expect_exit(stackwright(scratch.path(), &["validate", "-json-into", "v.json"]), 0, "for both");
    assert_eq!(said, "Success! The configuration is valid.\n");
    assert_eq!(std::fs::read_to_string(scratch.path().join("v.json")).unwrap(), expected);
}

#[test]
fn a_file_that_cannot_be_opened_stops_everything() {
    let scratch = directory();
    for (flag, says) in [
        ("-json-into=nowhere/stream", "nowhere/stream (-json-into) cannot be opened"),
        ("-json-into=.", "cannot be opened"),
    ] {
        let output = finish(stackwright(scratch.path(), &["apply", "-auto-approve", flag]));
        assert_eq!(output.status.code(), Some(1));
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(text.contains(says), "{text}");
    }
    let output = finish(stackwright(scratch.path(), &["apply", "-auto-approve", "-json", "-json-into=s"]));
    assert!(String::from_utf8_lossy(&output.stderr).contains("Incompatible options"), "{output:?}");
    assert!(!scratch.path().join("terraform.tfstate").exists(), "nothing was done");
}

/// Runs an apply that writes its stream into a pipe.
fn apply_into(dir: &Path, writer: std::io::PipeWriter) -> Command {
    let mut command = stackwright(dir, &["apply", "-auto-approve", "-json-into=/dev/fd/0"]);
    command.stdin(writer);
    command
}

#[test]
fn a_pipe_is_read_while_it_is_written() {
    let scratch = directory();
    let (mut reader, writer) = std::io::pipe().unwrap();
    let mut running = apply_into(scratch.path(), writer).stdout(std::process::Stdio::null()).spawn().unwrap();
    let mut stream = String::new();
    reader.read_to_string(&mut stream).unwrap();
    assert!(running.wait().unwrap().success());
    assert!(messages(&stream).iter().any(|m| m.contains("\"outputs\"")), "{stream}");
}

#[test]
fn a_reader_that_goes_away_is_told_of_and_harms_nothing() {
    let scratch = directory();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = finish(apply_into(scratch.path(), writer));
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{text}");
    assert!(text.contains("Warning: The JSON stream is incomplete") && text.contains("/dev/fd/0"), "{text}");
    expect_exit(stackwright(scratch.path(), &["plan", "-detailed-exitcode"]), 0, "everything was made");
}

/// The messages of a type about an object, from a stream.
fn about(stream: &str, address: &str) -> Vec<String> {
    let of = |line: &str| {
        let message: Json = serde_json::from_str(line).unwrap();
        let found = [&message["hook"]["resource"]["addr"], &message["change"]["resource"]["addr"]];
        found.contains(&&Json::from(address)).then(|| message["type"].as_str().unwrap().to_owned())
    };
    stream.lines().filter_map(of).collect()
}

#[test]
fn what_is_taken_over_is_read_and_what_is_let_go_is_not() {
    let scratch = tempfile::tempdir().unwrap();
    let write = |text: &str| std::fs::write(scratch.path().join("main.tf"), text).unwrap();
    write("resource \"terraform_data\" \"let_go\" {}\n");
    expect_exit(stackwright(scratch.path(), &["apply", "-auto-approve"]), 0, "the first apply");
    write(
        "removed {\n  from = terraform_data.let_go\n  lifecycle {\n    destroy = false\n  }\n}\nimport {\n  to = \
         terraform_data.brought\n  id = \"x\"\n}\nresource \"terraform_data\" \"brought\" { input = 1 }\n",
    );
    let plan = expect_exit(stackwright(scratch.path(), &["plan", "-json", "-out=p"]), 0, "the plan");
    assert_eq!(
        about(&plan, "terraform_data.brought"),
        ["refresh_start", "refresh_complete", "planned_change"]
    );
    assert_eq!(about(&plan, "terraform_data.let_go"), ["planned_change"]);
    let apply = expect_exit(stackwright(scratch.path(), &["apply", "-json", "p"]), 0, "the apply");
    assert_eq!(about(&apply, "terraform_data.brought"), ["planned_change", "apply_start", "apply_complete"]);
    assert_eq!(about(&apply, "terraform_data.let_go"), ["planned_change"]);
}

#[test]
fn schemas_are_those_of_the_providers_in_use() {
    let scratch = tempfile::tempdir().unwrap();
    let providers = || {
        let text =
            expect_exit(stackwright(scratch.path(), &["providers", "schema", "-json"]), 0, "the schemas");
        let document: Json = serde_json::from_str(&text).unwrap();
        document["provider_schemas"]
            .as_object()
            .map(|all| all.keys().cloned().collect::<Vec<String>>())
            .unwrap_or_default()
    };
    assert!(providers().len() > 3, "all where there is no configuration");
    std::fs::write(scratch.path().join("main.tf"), "resource \"terraform_data\" \"a\" {}\n").unwrap();
    assert_eq!(providers(), ["terraform.io/builtin/terraform"]);
    expect_exit(stackwright(scratch.path(), &["apply", "-auto-approve"]), 0, "the state has it");
    std::fs::write(scratch.path().join("main.tf"), "output \"x\" { value = 1 }\n").unwrap();
    assert_eq!(providers(), ["terraform.io/builtin/terraform"], "what is recorded counts");
}
