//! Encryption over the whole binary: what is on disk and in the output, and what is refused.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::binary::{expect_exit, finish, stackwright};

const PASSPHRASE: &str = "correct horse battery staple";

fn sealed(dir: &Path, args: &[&str]) -> Command {
    let mut command = stackwright(dir, args);
    command.env("STACKWRIGHT_ENCRYPTION_PASSPHRASE", PASSPHRASE);
    command
}

fn write(dir: &Path, text: &str) {
    std::fs::write(dir.join("main.tf"), text).unwrap();
}

fn said(output: &Output) -> String {
    [&*output.stdout, &*output.stderr].map(|b| String::from_utf8_lossy(b).into_owned()).concat()
}

/// Runs a command that must fail; gives all that it said, in one line.
fn refused(command: Command) -> String {
    let output = finish(command);
    let said = said(&output).split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(output.status.code(), Some(1), "{said}");
    said
}

const ONE: &str = "resource \"terraform_data\" \"a\" {\n  input = \"in the clear\"\n}\n";

/// A block with a cheap key under each name, which a test then uses.
fn block(state: &str) -> String {
    format!(
        r#"
terraform {{
  encryption {{
    key_provider "argon2" "new" {{
      passphrase = var.new
      memory     = 8192
      iterations = 1
    }}
    key_provider "pbkdf2" "old" {{
      passphrase = "an old passphrase, long known"
      iterations = 200000
    }}
    method "aes_gcm" "new" {{
      keys = key_provider.argon2.new
    }}
    method "aes_gcm" "old" {{
      keys = key_provider.pbkdf2.old
    }}
    method "unencrypted" "none" {{}}
    state {{
{state}
    }}
  }}
}}
variable "new" {{
  default   = "a new passphrase, not yet known"
  ephemeral = true
}}
"#
    )
}

#[test]
fn a_passphrase_in_the_environment_is_enough() {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path();
    write(dir, ONE);
    expect_exit(sealed(dir, &["plan", "-out=p"]), 0, "plan");
    expect_exit(sealed(dir, &["apply", "p"]), 0, "apply");
    for file in ["p", "terraform.tfstate", "terraform.tfstate.sidecar.json"] {
        let text = std::fs::read_to_string(dir.join(file)).unwrap();
        assert!(text.starts_with("{\"stackwright_sealed\":1,"), "{file}");
        assert!(!text.contains("terraform_data"), "{file}");
    }
    let pulled = expect_exit(sealed(dir, &["state", "pull"]), 0, "pull");
    assert!(pulled.contains("\"version\": 4") && pulled.contains("in the clear"), "{pulled}");
    expect_exit(sealed(dir, &["plan", "-detailed-exitcode"]), 0, "nothing to do");
    expect_exit(sealed(dir, &["show", "terraform.tfstate"]), 0, "a sealed file is shown");
    assert!(refused(stackwright(dir, &["plan"])).contains("no key is configured"));
    let mut wrong = stackwright(dir, &["plan"]);
    wrong.env("STACKWRIGHT_ENCRYPTION_PASSPHRASE", "correct horse battery stable");
    assert!(refused(wrong).contains("another passphrase"));
}

#[test]
fn a_plan_that_was_changed_anywhere_is_refused() {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path();
    write(dir, ONE);
    expect_exit(sealed(dir, &["plan", "-out=p"]), 0, "plan");
    let whole = std::fs::read(dir.join("p")).unwrap();
    for at in (0..whole.len()).step_by(whole.len() / 12) {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        std::fs::write(dir.join("p"), &changed).unwrap();
        refused(sealed(dir, &["apply", "p"]));
    }
    std::fs::write(dir.join("p"), &whole[..whole.len() - 1]).unwrap();
    refused(sealed(dir, &["apply", "p"]));
    assert!(!dir.join("terraform.tfstate").exists());
}

#[test]
fn a_clear_state_is_encrypted_and_its_passphrase_replaced() {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path();
    let steps = [
        ("", "1"),
        (
            "      method = method.aes_gcm.old\n      fallback {\n        method = method.unencrypted.none\n      }",
            "2",
        ),
        (
            "      method = method.aes_gcm.new\n      fallback {\n        method = method.aes_gcm.old\n      }",
            "3",
        ),
        ("      method   = method.aes_gcm.new\n      enforced = true", "4"),
    ];
    for (state, input) in steps {
        let resource = format!("resource \"terraform_data\" \"a\" {{\n  input = {input}\n}}\n");
        let text = if state.is_empty() { resource } else { block(state) + &resource };
        write(dir, &text);
        expect_exit(stackwright(dir, &["apply", "-auto-approve"]), 0, state);
    }
    let clear = "{\"version\": 4, \"serial\": 9, \"lineage\": \"x\", \"outputs\": {}, \"resources\": []}";
    std::fs::write(dir.join("terraform.tfstate"), clear).unwrap();
    assert!(refused(stackwright(dir, &["plan"])).contains("not encrypted"));
    write(dir, &block("      method   = method.unencrypted.none\n      enforced = true"));
    assert!(refused(stackwright(dir, &["plan"])).contains("enforced"));
    write(dir, &block("      method = method.aes_gcm.newer"));
    assert!(refused(stackwright(dir, &["plan"])).contains("method.aes_gcm.new, method.aes_gcm.old"));
}

#[test]
fn the_environment_takes_the_place_of_the_block() {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path();
    write(dir, &(block("      method = method.unencrypted.none") + ONE));
    let json = r#"{"key_provider": {"argon2": {"env": {"passphrase": "passphrase of the environment", "memory": 8192}}},
        "method": {"aes_gcm": {"env": {"keys": "${key_provider.argon2.env}"}}}, "state": {"method": "${method.aes_gcm.env}"}}"#;
    let hcl = "key_provider \"argon2\" \"env\" {\n  passphrase = \"passphrase of the environment\"\n  memory = 8192\n}\n\
               method \"aes_gcm\" \"env\" {\n  keys = key_provider.argon2.env\n}\nstate {\n  method = method.aes_gcm.env\n}\n";
    for (given, args) in [(json, ["apply", "-auto-approve"]), (hcl, ["plan", "-detailed-exitcode"])] {
        let mut command = stackwright(dir, &args);
        command.env("TF_ENCRYPTION", given);
        expect_exit(command, 0, given);
    }
    let text = std::fs::read_to_string(dir.join("terraform.tfstate")).unwrap();
    assert!(text.starts_with("{\"stackwright_sealed\""));
    let mut broken = stackwright(dir, &["plan"]);
    broken.env("TF_ENCRYPTION", hcl.replace("memory", "memorie") + "state {");
    let said = refused(broken);
    assert!(said.contains("TF_ENCRYPTION") && !said.contains("of the environment\""), "{said}");
}

#[test]
fn a_protected_environment_keeps_no_secrets_in_the_clear() {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path();
    std::fs::create_dir(dir.join("environments")).unwrap();
    std::fs::write(
        dir.join("environments/prod.hcl"),
        "environment \"prod\" {\n  size      = \"small\"\n  protected = true\n}\n",
    )
    .unwrap();
    write(dir, "resource \"terraform_data\" \"a\" {\n  input = sensitive(\"secret\")\n}\n");
    let said = refused(stackwright(dir, &["plan", "-out=p"]));
    assert!(said.contains("Sensitive values need encryption") && said.contains("\"prod\""), "{said}");
    assert!(!dir.join("p").exists());
    expect_exit(sealed(dir, &["plan", "-out=p"]), 0, "encrypted");
    expect_exit(sealed(dir, &["apply", "p"]), 0, "encrypted");
}

#[test]
fn secrets_in_the_clear_are_told_once() {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path();
    for (input, told) in [("1", true), ("2", false)] {
        write(dir, &format!("resource \"terraform_data\" \"a\" {{\n  input = sensitive({input})\n}}\n"));
        let output = finish(stackwright(dir, &["apply", "-auto-approve"]));
        assert_eq!(said(&output).contains("sensitive values in the clear"), told, "{}", said(&output));
    }
}

/// What every canary holds. It is different when it is encoded for a URL.
const MARK: &str = "k%Na~Ry/7f3";

/// The forms in which a canary could get out.
fn forms() -> Vec<String> {
    let mut forms = vec![MARK.to_owned(), "k%25Na~Ry%2F7f3".into(), "k%25Na%7ERy%2F7f3".into()];
    let hex: String = MARK.bytes().map(|b| format!("{b:02x}")).collect();
    forms.extend([hex.to_uppercase(), hex]);
    // Three alignments, without the characters that neighbours take part in.
    for shift in 0..3 {
        let padded = "#".repeat(shift) + MARK;
        let whole = padded.len() / 3 * 3;
        let start = shift.div_ceil(3) * 3;
        forms.push(base64(&padded.as_bytes()[start..whole]));
    }
    forms
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = |c: &[u8]| {
        let n = c.iter().fold(0usize, |n, b| n << 8 | usize::from(*b));
        [18, 12, 6, 0].map(|shift| char::from(DIGITS[n >> shift & 63]))
    };
    bytes.chunks_exact(3).flat_map(digits).collect()
}

/// All files below a directory with their contents.
fn files(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push((path.display().to_string(), std::fs::read(&path).unwrap())),
        }
    }
    found
}

fn assert_no_canary(what: &str, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for form in forms() {
        assert!(!text.contains(&form), "{what} holds a canary as {form}");
    }
}

const CANARIES: &str = r#"
variable "secrets" {
  type      = map(string)
  sensitive = true
}
resource "null_resource" "each" {
  for_each = nonsensitive(toset(slice(keys(var.secrets), 0, 20)))
  triggers = { plain = var.secrets[each.key], encoded = base64encode(var.secrets[each.key]) }
}
resource "terraform_data" "all" {
  triggers_replace = { secrets = var.secrets, url = urlencode(join(",", values(var.secrets))) }
  depends_on       = [null_resource.each]
}
resource "random_password" "one" {
  length  = 20
  keepers = var.secrets
}
output "secrets" {
  value     = terraform_data.all.triggers_replace
  sensitive = true
}
"#;

/// Each fails in its own way over a secret.
const FAILURES: &[&str] = &[
    "resource \"terraform_data\" \"x\" {\n  input = tonumber(values(var.secrets)[0])\n}\n",
    "resource \"terraform_data\" \"x\" {\n  input = file(values(var.secrets)[0])\n}\n",
    "resource \"terraform_data\" \"x\" {\n  input = jsondecode(values(var.secrets)[0])\n}\n",
    "resource \"terraform_data\" \"x\" {\n  input = yamldecode(\"[${values(var.secrets)[0]}\")\n}\n",
    "resource \"terraform_data\" \"x\" {\n  input = regex(values(var.secrets)[0], \"x\")\n}\n",
    "resource \"terraform_data\" \"x\" {\n  input = { a = 1 }[values(var.secrets)[0]]\n}\n",
    "resource \"terraform_data\" \"x\" {\n  for_each = var.secrets\n}\n",
    "resource \"terraform_data\" \"x\" {\n  lifecycle {\n    precondition {\n      condition = false\n      error_message = \"it is ${values(var.secrets)[0]}\"\n    }\n  }\n}\n",
    "resource \"terraform_data\" \"x\" {\n  provisioner \"local-exec\" {\n    command = \"echo ${values(var.secrets)[0]} >&2; exit 1\"\n  }\n}\n",
    "resource \"local_file\" \"x\" {\n  filename = \"/proc/none/${values(var.secrets)[0]}\"\n  content = \"x\"\n}\n",
    "output \"x\" {\n  value = values(var.secrets)[0]\n}\n",
    "check \"x\" {\n  assert {\n    condition = terraform_data.all.id == \"\"\n    error_message = \"it is ${values(var.secrets)[0]}\"\n  }\n}\n",
];

/// How many canaries there are: CANARIES says it.
fn canaries() -> usize {
    std::env::var("CANARIES").ok().and_then(|n| n.parse().ok()).unwrap_or(40)
}

/// A command that knows the secrets, and whose output is looked through.
fn with_secrets(dir: &Path, secrets: &str, args: &[&str]) -> Output {
    let mut command = sealed(dir, args);
    // A single environment variable holds no more than 128 KiB.
    let file = tempfile::Builder::new().suffix(".tfvars.json").tempfile().unwrap();
    std::fs::write(file.path(), format!("{{\"secrets\": {secrets}}}")).unwrap();
    if ["plan", "apply"].contains(&args[0]) && args.last() != Some(&"p") {
        let at = format!("-var-file={}", file.path().display());
        command.arg(at);
    }
    command.env("TF_LOG", "trace");
    let output = finish(command);
    assert_no_canary(&format!("the output of {args:?}"), &output.stdout);
    assert_no_canary(&format!("the errors of {args:?}"), &output.stderr);
    for (file, bytes) in files(dir) {
        assert_no_canary(&format!("after {args:?}, {file}"), &bytes);
    }
    output
}

#[test]
fn no_canary_gets_out() {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path();
    write(dir, CANARIES);
    let secrets: Vec<String> =
        (0..canaries()).map(|i| format!("\"n{i}\": \"{}{MARK}{i}\"", "x".repeat(i % 3))).collect();
    let secrets = format!("{{{}}}", secrets.join(", "));
    let run = |args: &[&str], status: i32| {
        let output = with_secrets(dir, &secrets, args);
        assert_eq!(output.status.code(), Some(status), "{args:?}: {}", said(&output));
    };
    run(&["plan", "-out=p"], 0);
    run(&["show", "p"], 0);
    run(&["apply", "p"], 0);
    run(&["plan", "-json"], 0);
    run(&["state", "list"], 0);
    run(&["state", "show", "terraform_data.all"], 0);
    run(&["show"], 0);
    run(&["output"], 0);
    run(&["state", "mv", "terraform_data.all", "terraform_data.other"], 0);
    run(&["apply", "-auto-approve"], 0);
    for failure in FAILURES {
        write(dir, &(CANARIES.to_owned() + failure));
        let output = with_secrets(dir, &secrets, &["apply", "-auto-approve"]);
        let expected = if failure.starts_with("check") { 0 } else { 1 };
        assert_eq!(output.status.code(), Some(expected), "{failure}: {}", said(&output));
    }
    // What is left in the middle: a process that dies while it destroys.
    write(dir, CANARIES);
    let mut dying = sealed(dir, &["destroy", "-auto-approve"]);
    dying.env("TF_VAR_secrets", "{}").stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = dying.spawn().unwrap();
    while child.try_wait().unwrap().is_none() && !dir.join("terraform.tfstate.journal").exists() {
        std::thread::yield_now();
    }
    let _ended = child.kill();
    child.wait().unwrap();
    for (file, bytes) in files(dir) {
        assert_no_canary(&format!("after a kill, {file}"), &bytes);
    }
}

#[test]
fn canaries_are_found_where_they_are() {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path();
    write(
        dir,
        &format!(
            "resource \"terraform_data\" \"a\" {{\n  input = [\"{MARK}\", base64encode(\"xx{MARK}\")]\n}}\n"
        ),
    );
    expect_exit(sealed(dir, &["apply", "-auto-approve"]), 0, "apply");
    let pulled = expect_exit(sealed(dir, &["state", "pull"]), 0, "pull");
    let found = forms().iter().filter(|form| pulled.contains(*form)).count();
    assert_eq!(found, 2, "{pulled}");
}
