use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use model::{Str, Type, Value};
use provider::kit::{Bench, Case, check_data_source, check_resource};
use provider::{DataSource, Object, PlanRequest, ProviderError, ResourceType, config_of, propose, text};
use tempfile::TempDir;

use super::*;

type Given<'a> = &'a [(&'static str, &'a str)];

fn source() -> data::ArchiveFile {
    data::ArchiveFile::new()
}

fn config(given: Given<'_>) -> Value {
    let value = |name: &str, v: &str| match name {
        "excludes" => Value::set(Type::String, v.split(' ').map(Value::string).collect()),
        "exclude_symlink_directories" => Value::bool(v == "true"),
        _ => Value::string(v),
    };
    let no_blocks = ("source", texts(&[]));
    let given = given.iter().map(|(name, v)| (*name, value(name, v)));
    config_of(&source().schema().block, [no_blocks].into_iter().chain(given))
}

fn texts(texts: &[(&str, &str)]) -> Value {
    let ty =
        Type::object([("content", Type::String), ("filename", Type::String)].map(|(n, t)| (Str::from(n), t)));
    let block = |(name, content): &(&str, &str)| {
        Value::object([("content", Value::string(content)), ("filename", Value::string(name))])
    };
    Value::set(ty, texts.iter().map(block).collect())
}

/// A directory with files, some below, one of them a program, and links.
fn tree() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let make = |path: &str, content: &str, mode: u32| {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    };
    make("app/main.py", "print(1)", 0o644);
    make("app/lib/a.py", "a", 0o600);
    make("app/lib/a.pyc", "x", 0o644);
    make("app/run", "#!/bin/sh", 0o755);
    make("shared/s.txt", "s", 0o644);
    symlink("../shared", dir.path().join("app/linked")).unwrap();
    symlink("main.py", dir.path().join("app/also.py")).unwrap();
    dir
}

async fn read(dir: &Path, given: Given<'_>) -> Result<Value, ProviderError> {
    source().read(Bench::new(dir).call(), &config(given)).await
}

/// What an archive holds: content and permission by path.
fn unpacked(path: &Path) -> BTreeMap<String, (String, u32)> {
    let mut found = BTreeMap::new();
    if path.extension().is_some_and(|e| e == "zip") {
        let mut archive = zip::ZipArchive::new(File::open(path).unwrap()).unwrap();
        for at in 0..archive.len() {
            let mut entry = archive.by_index(at).unwrap();
            let mode = entry.unix_mode().unwrap() & 0o7777;
            let name = entry.name().unwrap().into_owned();
            let mut content = String::new();
            entry.read_to_string(&mut content).unwrap();
            found.insert(name, (content, mode));
        }
        return found;
    }
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(File::open(path).unwrap()));
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let (name, mode) = (entry.path().unwrap().display().to_string(), entry.header().mode().unwrap());
        assert_eq!(entry.header().mtime().unwrap(), 0);
        let mut content = String::new();
        entry.read_to_string(&mut content).unwrap();
        found.insert(name, (content, mode));
    }
    found
}

fn names(path: &Path) -> Vec<String> {
    unpacked(path).into_keys().collect()
}

#[tokio::test]
async fn both_types_keep_the_contract() {
    let dir = tree();
    let bench = Bench::new(dir.path());
    let zip = config(&[("type", "zip"), ("output_path", "x.zip"), ("source_dir", "app")]);
    let tar = config(&[("type", "tar.gz"), ("output_path", "out/x.tgz"), ("source_file", "app/run")]);
    let text = provider::with_attributes(
        &config(&[("type", "zip"), ("output_path", "t.zip")]),
        [("source", texts(&[("b", "2"), ("a/c", "1")]))],
    );
    let cases =
        [Case::new("zip", zip.clone()).then(tar.clone()), Case::new("texts", text.clone()).then(zip.clone())];
    assert_eq!(check_resource(&resource::ArchiveFile::new(), &bench, &cases).await, vec![]);
    assert_eq!(check_data_source(&source(), &bench, &[zip, tar, text]).await, vec![]);
}

#[tokio::test]
async fn a_directory_goes_in_with_what_its_links_lead_to() {
    let dir = tree();
    for ty in ["zip", "tar.gz"] {
        let output = format!("out/deep/x.{}", ty.replace("tar.", ""));
        let given = [("type", ty), ("output_path", &*output), ("source_dir", "app")];
        read(dir.path(), &given).await.unwrap();
        let found = unpacked(&dir.path().join(&output));
        let expected = [
            ("also.py", "print(1)", 0o644),
            ("lib/a.py", "a", 0o600),
            ("lib/a.pyc", "x", 0o644),
            ("linked/s.txt", "s", 0o644),
            ("main.py", "print(1)", 0o644),
            ("run", "#!/bin/sh", 0o755),
        ];
        let expected = expected.map(|(name, text, mode)| (name.to_owned(), (text.to_owned(), mode)));
        assert_eq!(found, BTreeMap::from(expected), "{ty}");
    }
}

#[tokio::test]
async fn patterns_leave_files_and_directories_out() {
    let dir = tree();
    let cases = [
        ("lib run", "also.py linked/s.txt main.py"),
        ("**/*.pyc", "also.py lib/a.py linked/s.txt main.py run"),
        ("*.py lib/** ", "linked/s.txt run"),
        ("{also,main}.py", "lib/a.py lib/a.pyc linked/s.txt run"),
        ("lib/ a.py", "also.py linked/s.txt main.py run"),
    ];
    for (excludes, expected) in cases {
        let given =
            [("type", "zip"), ("output_path", "x.zip"), ("source_dir", "app"), ("excludes", excludes)];
        read(dir.path(), &given).await.unwrap();
        assert_eq!(names(&dir.path().join("x.zip")).join(" "), expected, "{excludes}");
    }
    let no_links = ("exclude_symlink_directories", "true");
    let given = [("type", "zip"), ("output_path", "x.zip"), ("source_dir", "app"), no_links];
    read(dir.path(), &given).await.unwrap();
    assert_eq!(names(&dir.path().join("x.zip")), ["also.py", "lib/a.py", "lib/a.pyc", "main.py", "run"]);
}

#[tokio::test]
async fn the_same_sources_give_the_same_bytes_and_the_archive_is_no_part_of_itself() {
    let dir = tree();
    let given =
        [("type", "zip"), ("output_path", "app/x.zip"), ("source_dir", "app"), ("output_file_mode", "0666")];
    let first = read(dir.path(), &given).await.unwrap();
    let written = fs::metadata(dir.path().join("app/x.zip")).unwrap().modified().unwrap();
    filetime(&dir.path().join("app/main.py"));
    assert_eq!(read(dir.path(), &given).await.unwrap(), first);
    assert_eq!(fs::metadata(dir.path().join("app/x.zip")).unwrap().modified().unwrap(), written);
    assert!(unpacked(&dir.path().join("app/x.zip")).values().all(|(_, mode)| *mode == 0o666));
    fs::write(dir.path().join("app/main.py"), "print(2)").unwrap();
    assert_ne!(read(dir.path(), &given).await.unwrap().get("id"), first.get("id"));
}

/// Makes a file look as if it had been written at another time.
fn filetime(path: &Path) {
    let file = File::options().write(true).open(path).unwrap();
    file.set_modified(std::time::UNIX_EPOCH).unwrap();
}

#[tokio::test]
async fn what_is_said_of_an_archive_is_true() {
    let dir = tree();
    let given = [
        ("type", "tar.gz"),
        ("output_path", "x.tgz"),
        ("source_content", "hi"),
        ("source_content_filename", "a/b"),
    ];
    let result = read(dir.path(), &given).await.unwrap();
    let bytes = fs::read(dir.path().join("x.tgz")).unwrap();
    let digests = provider::Digests::of(&bytes);
    assert_eq!(text(&result, "output_sha256"), Some(&*provider::hex(&digests.sha256)));
    assert_eq!(text(&result, "id"), text(&result, "output_sha"));
    assert_eq!(result.get("output_size"), Some(&Value::number(bytes.len())));
    assert_eq!(unpacked(&dir.path().join("x.tgz"))["a/b"], ("hi".to_owned(), 0o644));
}

#[tokio::test]
async fn what_cannot_be_archived_says_why() {
    let dir = tree();
    fs::create_dir(dir.path().join("empty")).unwrap();
    symlink("..", dir.path().join("app/lib/up")).unwrap();
    let base = |more: Given<'static>| [&[("type", "zip"), ("output_path", "x.zip")], more].concat();
    let cases = [
        (base(&[("source_dir", "empty")]), "It would be empty"),
        (base(&[("source_dir", "nowhere")]), "nowhere cannot be read: No such file"),
        (base(&[("source_dir", "app")]), "app/lib/up leads back to a directory"),
        (base(&[("source_file", "app")]), "app is not a file"),
        (base(&[("source_dir", "app"), ("excludes", "[a")]), "\"[a\" is not a pattern"),
        (base(&[("source_content", "x"), ("source_content_filename", "../x")]), "\"../x\" is no path within"),
        (
            vec![("type", "zip"), ("output_path", "app/run/x.zip"), ("source_file", "app/run")],
            "cannot be written",
        ),
    ];
    for (given, expected) in cases {
        let error = read(dir.path(), &given).await.unwrap_err();
        assert!(error.detail.contains(expected), "{given:?}: {error}");
        assert!(!dir.path().join("x.zip").exists());
    }
}

#[test]
fn arguments_that_do_not_go_together_are_refused() {
    let base = |more: Given<'static>| [&[("type", "zip"), ("output_path", "x.zip")], more].concat();
    let cases = [
        (base(&[]), "At least one of these attributes must be configured"),
        (
            base(&[("source_dir", "a"), ("source_file", "b")]),
            "\"source_dir\" cannot be specified when \"source_file\"",
        ),
        (
            base(&[("source_file", "b"), ("excludes", "c")]),
            "\"source_file\" cannot be specified when \"excludes\"",
        ),
        (base(&[("source_content", "c")]), "\"source_content_filename\" must be specified"),
        (base(&[("source_content_filename", "c")]), "\"source_content\" must be specified"),
        (base(&[("source_file", "b"), ("output_file_mode", "644")]), "octal digits that begin with 0"),
        (vec![("type", "rar"), ("output_path", "x"), ("source_file", "b")], "Archives of type \"rar\""),
        (base(&[("source_file", "b"), ("output_file_mode", "0o755")]), ""),
    ];
    for (given, expected) in cases {
        let errors = source().validate(&config(&given));
        let said = errors.first().map_or(String::new(), |e| e.detail.clone());
        assert!(said.contains(expected) && said.is_empty() == expected.is_empty(), "{given:?}: {said}");
    }
}

#[tokio::test]
async fn a_resource_follows_its_sources_and_outlives_them() {
    let dir = tree();
    let (ty, bench) = (resource::ArchiveFile::new(), Bench::new(dir.path()));
    let config = config(&[("type", "zip"), ("output_path", "x.zip"), ("source_file", "app/main.py")]);
    let made = ty.create(bench.call(), &config, &config).await.unwrap();
    fs::write(dir.path().join("app/main.py"), "print(2)").unwrap();
    let read = ty.read(bench.call(), &made).await.unwrap().unwrap();
    assert_ne!(read.value.get("id"), made.value.get("id"));
    let proposed = propose(&ty.schema().block, Some(&read.value), &config);
    let request =
        PlanRequest { prior: Some(&read.value), config: &config, proposed: &proposed, private: None };
    assert_eq!(ty.plan(bench.call(), request).await.unwrap().planned, read.value);
    fs::remove_file(dir.path().join("app/main.py")).unwrap();
    let gone: Option<Object> = ty.read(bench.call(), &read).await.unwrap();
    assert_eq!(gone.unwrap(), read);
    fs::remove_file(dir.path().join("x.zip")).unwrap();
    assert!(ty.read(bench.call(), &read).await.unwrap().is_none());
}
