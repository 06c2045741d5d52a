use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::*;
use provider::kit::{Bench, Case, check_resource};
use provider::{ErrorKind, config_of, propose};

fn config(ty: &LocalFile, given: &[(&'static str, &str)]) -> Value {
    config_of(&ty.schema.block, given.iter().map(|(name, value)| (*name, Value::string(value))))
}

async fn create(bench: &Bench, ty: &LocalFile, given: &[(&'static str, &str)]) -> Result<Object, Failed> {
    let config = config(ty, given);
    let proposed = propose(&ty.schema.block, None, &config);
    let request = PlanRequest { prior: None, config: &config, proposed: &proposed, private: None };
    let planned = ty.plan(bench.call(), request).await.unwrap().planned;
    ty.create(bench.call(), &planned, &config).await
}

fn scratch() -> (tempfile::TempDir, Bench) {
    let dir = tempfile::tempdir().unwrap();
    let bench = Bench::new(dir.path());
    (dir, bench)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn both_types_keep_the_contract() {
    for ty in [LocalFile::plain(), LocalFile::sensitive()] {
        let (dir, bench) = scratch();
        fs::write(dir.path().join("source"), "copied").unwrap();
        let c = |given: &[(&'static str, &str)]| config(&ty, given);
        let cases = [
            Case::new("text", c(&[("filename", "a/b"), ("content", "x")]))
                .then(c(&[("filename", "a/b"), ("content", "y")])),
            Case::new("base64", c(&[("filename", "b"), ("content_base64", "AP8=")]))
                .then(c(&[("filename", "c"), ("content_base64", "AP8=")])),
            Case::new("copy", c(&[("filename", "d"), ("source", "source")])).then(c(&[
                ("filename", "d"),
                ("source", "source"),
                ("file_permission", "600"),
            ])),
            Case::new("nothing in it", c(&[("filename", "e"), ("content", "")])),
        ];
        assert_eq!(check_resource(&ty, &bench, &cases).await, vec![]);
    }
}

#[tokio::test]
async fn a_file_has_the_digests_of_its_content() {
    let (dir, bench) = scratch();
    let object =
        create(&bench, &LocalFile::plain(), &[("filename", "f"), ("content", "hello")]).await.unwrap();
    let expected = [
        ("id", "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"),
        ("content_sha1", "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"),
        ("content_md5", "5d41402abc4b2a76b9719d911017c592"),
        ("content_sha256", "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"),
        ("content_base64sha256", "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="),
        ("file_permission", "0777"),
        ("directory_permission", "0777"),
    ];
    for (name, value) in expected {
        assert_eq!(text(&object.value, name), Some(value), "{name}");
    }
    assert_eq!(fs::read_to_string(dir.path().join("f")).unwrap(), "hello");
}

#[tokio::test]
async fn a_changed_or_missing_file_is_gone() {
    let (dir, bench) = scratch();
    let ty = LocalFile::plain();
    let object = create(&bench, &ty, &[("filename", "f"), ("content", "x")]).await.unwrap();
    fs::write(dir.path().join("f"), "y").unwrap();
    assert_eq!(ty.read(bench.call(), &object).await.unwrap(), None);
    fs::remove_file(dir.path().join("f")).unwrap();
    assert_eq!(ty.read(bench.call(), &object).await.unwrap(), None);
}

#[tokio::test]
async fn every_argument_replaces_the_file() {
    let (_dir, bench) = scratch();
    let ty = LocalFile::plain();
    let prior = create(&bench, &ty, &[("filename", "f"), ("content", "x")]).await.unwrap().value;
    type Case<'c> = (&'c [(&'static str, &'c str)], &'c [&'c str]);
    let changes: [Case<'_>; 4] = [
        (&[("filename", "f"), ("content", "y")], &["content"]),
        (&[("filename", "g"), ("content", "x")], &["filename"]),
        (&[("filename", "f"), ("content_base64", "eA==")], &["content", "content_base64"]),
        (&[("filename", "f"), ("content", "x"), ("file_permission", "0600")], &["file_permission"]),
    ];
    for (given, expected) in changes {
        let config = config(&ty, given);
        let proposed = propose(&ty.schema.block, Some(&prior), &config);
        let request =
            PlanRequest { prior: Some(&prior), config: &config, proposed: &proposed, private: None };
        let change = ty.plan(bench.call(), request).await.unwrap();
        let expected: Vec<model::Path> = expected.iter().map(|n| model::Path::of_attr(*n)).collect();
        assert_eq!(change.requires_replace, expected);
        assert_eq!(change.planned.get("id"), Some(&Value::unknown(Type::String)));
    }
}

#[tokio::test]
async fn permissions_are_set_on_new_and_replaced_files() {
    let (dir, bench) = scratch();
    let given = [
        ("filename", "d/f"),
        ("content", "x"),
        ("file_permission", "0600"),
        ("directory_permission", "0700"),
    ];
    create(&bench, &LocalFile::plain(), &given).await.unwrap();
    assert_eq!((mode(&dir.path().join("d")), mode(&dir.path().join("d/f"))), (0o700, 0o600));
    create(&bench, &LocalFile::sensitive(), &[("filename", "d/f"), ("content", "y")]).await.unwrap();
    assert_eq!(mode(&dir.path().join("d/f")), 0o700);
}

#[tokio::test]
async fn nothing_is_left_beside_the_file() {
    let (dir, bench) = scratch();
    create(&bench, &LocalFile::plain(), &[("filename", "f"), ("content", "x")]).await.unwrap();
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn a_link_stays_a_link() {
    let (dir, bench) = scratch();
    fs::write(dir.path().join("target"), "old").unwrap();
    std::os::unix::fs::symlink("target", dir.path().join("link")).unwrap();
    create(&bench, &LocalFile::plain(), &[("filename", "link"), ("content", "new")]).await.unwrap();
    assert_eq!(fs::read_to_string(dir.path().join("target")).unwrap(), "new");
    assert!(fs::symlink_metadata(dir.path().join("link")).unwrap().is_symlink());
}

#[tokio::test]
async fn obstacles_are_named() {
    let (dir, bench) = scratch();
    fs::create_dir(dir.path().join("dir")).unwrap();
    fs::write(dir.path().join("file"), "").unwrap();
    type Refused<'c> = (&'c [(&'static str, &'c str)], ErrorKind, &'c str);
    let cases: [Refused<'_>; 4] = [
        (&[("filename", "dir"), ("content", "x")], ErrorKind::Invalid, "it is a directory"),
        (
            &[("filename", "file/f"), ("content", "x")],
            ErrorKind::Invalid,
            "file exists and is not a directory",
        ),
        (
            &[("filename", "file/d/f"), ("content", "x")],
            ErrorKind::Invalid,
            "file exists and is not a directory",
        ),
        (&[("filename", "f"), ("source", "nope")], ErrorKind::Invalid, "\"nope\", which is to be copied"),
    ];
    for (given, kind, part) in cases {
        let error = create(&bench, &LocalFile::plain(), given).await.unwrap_err().error;
        assert!(error.kind == kind && error.detail.contains(part), "{error}");
    }
}

#[tokio::test]
async fn another_content_at_the_path_cannot_be_told() {
    let (dir, bench) = scratch();
    let ty = LocalFile::plain();
    fs::write(dir.path().join("f"), "other").unwrap();
    let planned = config(&ty, &[("filename", "f"), ("content", "x")]);
    assert!(matches!(ty.recover(bench.call(), &planned).await.unwrap(), Recovery::CannotTell(_)));
}

#[test]
fn wrong_configurations_are_refused() {
    let ty = LocalFile::plain();
    let cases: [(&[(&'static str, &str)], &str); 5] = [
        (
            &[("filename", "f")],
            "No attribute specified when one (and only one) of [content,sensitive_content,content_base64,source] is required.",
        ),
        (
            &[("filename", "f"), ("content", "x"), ("source", "y")],
            "2 attributes specified when one (and only one) of [content,sensitive_content,content_base64,source] is required.",
        ),
        (
            &[("filename", "f"), ("content", "x"), ("file_permission", "0999")],
            "\"0999\" is not a permission. Write three or four octal digits, for example \"0644\".",
        ),
        (
            &[("filename", "f"), ("content", "x"), ("directory_permission", "rwx")],
            "\"rwx\" is not a permission. Write three or four octal digits, for example \"0644\".",
        ),
        (&[("filename", "f"), ("content", "x")], ""),
    ];
    for (given, expected) in cases {
        let details: Vec<String> = ty.validate(&config(&ty, given)).into_iter().map(|e| e.detail).collect();
        assert_eq!(details.join("; "), expected);
    }
    let unknown = config_of(&ty.schema.block, [("content", Value::unknown(Type::String))]);
    assert_eq!(ty.validate(&unknown), vec![]);
}
