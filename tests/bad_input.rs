//! Files that are no configuration: each is refused with a message that says which and where, soon, and nothing breaks.

use std::path::Path;

use crate::binary::{finish, stackwright};

/// What `validate` says of a directory, which it must refuse.
fn refused(dir: &Path) -> String {
    refused_by("validate", dir)
}

fn refused_by(command: &str, dir: &Path) -> String {
    let output = finish(stackwright(dir, &[command]));
    let said = String::from_utf8(output.stderr).expect("messages are UTF-8");
    assert_eq!(output.status.code(), Some(1), "{said}");
    said
}

/// A directory with one file.
fn with_file(name: &str, content: impl AsRef<[u8]>) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a directory");
    std::fs::write(dir.path().join(name), content).expect("the file is written");
    dir
}

/// The message for one file holds every phrase, and has no more than `errors` errors.
fn check(name: &str, content: impl AsRef<[u8]>, errors: usize, phrases: &[&str]) {
    let said = refused(with_file(name, content).path());
    for phrase in phrases {
        assert!(said.contains(phrase), "{name}: {phrase:?} is not in\n{said}");
    }
    assert!(said.matches("Error: ").count() <= errors, "{said}");
    assert!(said.len() < 4_000, "{} bytes are too many to read", said.len());
}

#[test]
fn what_is_not_utf8_is_named_with_its_line() {
    check("main.tf", b"locals {\n  a = \"\xff\"\n}\n", 1, &["Invalid character encoding", "main.tf line 2"]);
    check(
        "main.tf.json",
        b"{\n\"locals\": \"\xff\"}",
        1,
        &["Invalid character encoding", "main.tf.json line 2"],
    );
    // Values are for a plan to look at.
    let said = refused_by("plan", with_file("x.auto.tfvars", b"\na = \"\xff\"\n").path());
    assert!(said.contains("Invalid character encoding") && said.contains("x.auto.tfvars line 2"), "{said}");
    let wide: Vec<u8> = "locals {}\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    check("main.tf", [b"\xff\xfe".as_slice(), &wide].concat(), 1, &["Invalid character encoding"]);
}

#[test]
fn control_characters_are_refused_and_shown_as_pictures() {
    let said = refused(with_file("main.tf", "locals { b = \0\u{1b}[2J }\n").path());
    assert!(said.contains("U+0000") && said.contains("b = ␀␛[2J"), "{said}");
    assert!(!said.contains(['\0', '\u{1b}']), "{said:?}");
}

#[test]
fn deep_nesting_is_one_error() {
    let nested = |open: &str, close: &str| format!("{}{}", open.repeat(100_000), close.repeat(100_000));
    check("main.tf", format!("locals {{ a = {} }}\n", nested("(", ")")), 1, &["Nesting too deep"]);
    check("main.tf", format!("locals {{ a = {} }}\n", nested("[", "]")), 1, &["Nesting too deep"]);
    check("main.tf", nested("locals {\n", "}\n"), 2, &["Nesting too deep"]);
    check("main.tf", format!("locals {{ a = \"{}\" }}\n", nested("${\"", "\"}")), 1, &["Nesting too deep"]);
    check("main.tf", format!("locals {{ a = {}1 }}\n", "-".repeat(100_000)), 1, &["Expression too long"]);
    check(
        "main.tf.json",
        format!("{{\"locals\": {{\"a\": {}}}}}", nested("[", "]")),
        2,
        &["Nesting too deep"],
    );
    check("main.tf", format!("locals {{ a = 1{} }}\n", "+1".repeat(100_000)), 1, &["Expression too long"]);
    check("main.tf", format!("locals {{ a = x{} }}\n", "[y]".repeat(100_000)), 1, &["Expression too long"]);
}

#[test]
fn what_is_left_open_points_at_its_start() {
    check("main.tf", "\nlocals {\n  a = \"x\n  b = 1\n}\n", 4, &["main.tf line 3", "begins on line 3"]);
    check("main.tf", "locals {\n\n  a = <<EOT\n  text\n}\n", 1, &["Unterminated", "begins on line 3"]);
    check("main.tf", "\n\n/* text\nlocals {}\n", 1, &["main.tf line 3", "never closed"]);
    check("main.tf", "\nlocals {\n  a = 1\n", 1, &["Unclosed configuration block", "main.tf line 2"]);
}

#[test]
fn a_directory_with_the_name_of_a_file_is_named() {
    let dir = tempfile::tempdir().expect("a directory");
    std::fs::create_dir(dir.path().join("x.tf")).expect("a directory");
    assert!(refused(dir.path()).contains("\"x.tf\" has the name of a configuration file but is a directory"));
}

#[cfg(unix)]
#[test]
fn links_that_lead_nowhere_are_named() {
    for target in ["main.tf", "missing.tf"] {
        let dir = tempfile::tempdir().expect("a directory");
        std::os::unix::fs::symlink(target, dir.path().join("main.tf")).expect("a link");
        let said = refused(dir.path());
        assert!(said.contains("The file \"main.tf\" cannot be read"), "{said}");
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_not_waited_for() {
    let dir = tempfile::tempdir().expect("a directory");
    std::os::unix::fs::symlink("/dev/zero", dir.path().join("main.tf")).expect("a link");
    assert!(refused(dir.path()).contains("neither a file nor a link to one"));
}

#[test]
fn a_file_too_large_to_be_meant_is_not_read() {
    let dir = with_file("main.tf", "");
    // Without content on disk, so that the test costs nothing.
    let file = std::fs::File::create(dir.path().join("main.tf")).expect("the file");
    file.set_len(200_000_000).expect("its length");
    assert!(refused(dir.path()).contains("\"main.tf\" cannot be read: it has more than 64 MiB"));
}

#[cfg(unix)]
#[test]
fn an_unreadable_file_is_named() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = with_file("main.tf", "locals {}\n");
    let path = dir.path().join("main.tf");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).expect("permissions");
    if std::fs::read(&path).is_ok() {
        println!("skipped: this user may read everything");
        return;
    }
    assert!(refused(dir.path()).contains("\"main.tf\" cannot be read: Permission denied"));
}

#[test]
fn a_long_line_is_shown_in_part() {
    let text = format!("locals {{ a = [{} ?, {}] }}\n", "1, ".repeat(50_000), "1, ".repeat(50_000));
    check("main.tf", text, 1, &["Invalid expression", "…"]);
}
