//! Whole messages, as people read them: each file in `cases` with what `plan` says of it.
//!
//! `BLESS=1` writes what is said now; read the difference before it is committed.

use std::path::Path;

use crate::binary::{finish, stackwright};

#[test]
fn messages_say_what_is_wrong_and_what_to_do() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics");
    let mut cases: Vec<_> =
        std::fs::read_dir(here.join("cases")).unwrap().map(|e| e.unwrap().path()).collect();
    cases.retain(|path| path.extension().is_some_and(|e| e == "tf"));
    cases.sort();
    assert!(!cases.is_empty());
    let changed: Vec<String> = cases.iter().filter_map(|case| check(&here, case)).collect();
    assert!(changed.is_empty(), "{} messages are not as recorded\n{}", changed.len(), changed.join("\n"));
}

/// What differs, if anything does.
fn check(here: &Path, case: &Path) -> Option<String> {
    let dir = tempfile::tempdir().unwrap();
    std::fs::copy(case, dir.path().join("main.tf")).unwrap();
    std::fs::create_dir(dir.path().join("child")).unwrap();
    std::fs::copy(here.join("child/main.tf"), dir.path().join("child/main.tf")).unwrap();
    finish(stackwright(dir.path(), &["init"]));
    let output = finish(stackwright(dir.path(), &["plan", "-input=false"]));
    let said = String::from_utf8(output.stderr).unwrap();
    let recorded = case.with_extension("txt");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&recorded, &said).unwrap();
        return None;
    }
    let wanted = std::fs::read_to_string(&recorded).unwrap_or_default();
    assert!(!said.is_empty(), "{}: nothing was said", case.display());
    (said != wanted).then(|| format!("{}:\n{said}\ninstead of\n{wanted}", case.display()))
}
