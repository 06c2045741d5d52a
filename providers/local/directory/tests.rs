use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::StackwrightProvider;
use provider::kit::{Bench, Case, check_resource};
use provider::{Provider, config_of, propose};

fn config(given: &[(&'static str, &str)]) -> Value {
    let given = given.iter().map(|(name, value)| (*name, Value::string(value)));
    config_of(&Directory::new().schema.block, given)
}

async fn create(bench: &Bench, given: &[(&'static str, &str)]) -> Result<Object, Failed> {
    let (ty, config) = (Directory::new(), config(given));
    let proposed = propose(&ty.schema.block, None, &config);
    let request = PlanRequest { prior: None, config: &config, proposed: &proposed, private: None };
    let planned = ty.plan(bench.call(), request).await.unwrap().planned;
    ty.create(bench.call(), &planned, &config).await
}

/// A scratch directory and a bench on the provider, whose root is the directory `root` in it.
async fn scratch() -> (tempfile::TempDir, Bench) {
    let dir = tempfile::tempdir().unwrap();
    let mut bench = Bench::new(dir.path());
    let settings = Value::object([("root", Value::string("root"))]);
    bench.client = StackwrightProvider::new().configure(&settings, bench.around()).await.unwrap();
    fs::create_dir(dir.path().join("root")).unwrap();
    (dir, bench)
}

fn entries(dir: &tempfile::TempDir) -> usize {
    fs::read_dir(dir.path().join("root")).unwrap().count()
}

#[tokio::test]
async fn stackwright_directory_keeps_the_contract() {
    let (dir, bench) = scratch().await;
    let cases = [
        Case::new("plain", config(&[("path", "a")])).then(config(&[("path", "a"), ("permission", "0700")])),
        Case::new("moved", config(&[("path", "b")])).then(config(&[("path", "c"), ("on_destroy", "purge")])),
        Case::new("fate", config(&[("path", "d"), ("on_destroy", "purge")])).then(config(&[("path", "d")])),
    ];
    assert_eq!(check_resource(&Directory::new(), &bench, &cases).await, vec![]);
    assert_eq!(entries(&dir), 0);
}

#[tokio::test]
async fn parents_go_with_the_last_directory_in_whatever_order() {
    for order in [[0, 1], [1, 0]] {
        let (dir, bench) = scratch().await;
        let first = create(&bench, &[("path", "p/q/a")]).await.unwrap();
        let second = create(&bench, &[("path", "p/q/b")]).await.unwrap();
        assert_eq!(first.value.get("created_parents"), Some(&strings(&["p", "p/q"])));
        assert_eq!(second.value.get("created_parents"), Some(&strings(&[])));
        for which in order {
            let object = [&first, &second][which];
            Directory::new().delete(bench.call(), object).await.unwrap();
        }
        assert_eq!(entries(&dir), 0);
    }
}

fn strings(texts: &[&str]) -> Value {
    Value::list(Type::String, texts.iter().map(Value::string).collect())
}

#[tokio::test]
async fn what_existed_before_stays() {
    let (dir, bench) = scratch().await;
    fs::create_dir(dir.path().join("root/a")).unwrap();
    let mode = || fs::metadata(dir.path().join("root/a")).unwrap().permissions().mode() & 0o777;
    disk::set_mode(&dir.path().join("root/a"), 0o711).unwrap();
    let object = create(&bench, &[("path", "a"), ("on_destroy", "purge")]).await.unwrap();
    assert_eq!(object.value.get("created"), Some(&Value::bool(false)));
    assert_eq!((text(&object.value, "permission"), mode()), (Some("0711"), 0o711));
    Directory::new().delete(bench.call(), &object).await.unwrap();
    assert_eq!(entries(&dir), 1);
}

#[tokio::test]
async fn a_full_directory_goes_only_when_purged() {
    let cases = [("fail_if_not_empty", false, 1), ("retain", true, 1), ("purge", true, 0)];
    for (fate, succeeds, left) in cases {
        let (dir, bench) = scratch().await;
        let object = create(&bench, &[("path", "p/a"), ("on_destroy", fate)]).await.unwrap();
        fs::write(dir.path().join("root/p/a/data"), "x").unwrap();
        let deleted = Directory::new().delete(bench.call(), &object).await;
        assert_eq!((deleted.is_ok(), entries(&dir)), (succeeds, left), "{fate}");
        if let Err(error) = deleted {
            assert_eq!(error.summary, "Directory is not empty");
            assert!(error.detail.contains("still holds data."), "{error}");
        }
    }
}

#[tokio::test]
async fn purging_does_not_follow_links() {
    let (dir, bench) = scratch().await;
    fs::write(dir.path().join("precious"), "x").unwrap();
    let object = create(&bench, &[("path", "a"), ("on_destroy", "purge")]).await.unwrap();
    std::os::unix::fs::symlink(dir.path(), dir.path().join("root/a/link")).unwrap();
    Directory::new().delete(bench.call(), &object).await.unwrap();
    assert!(dir.path().join("precious").exists());
}

#[tokio::test]
async fn a_file_in_the_way_is_named() {
    let (dir, bench) = scratch().await;
    fs::write(dir.path().join("root/f"), "").unwrap();
    for path in ["f", "f/a", "f/a/b"] {
        let error = create(&bench, &[("path", path)]).await.unwrap_err().error;
        assert!(error.detail.contains("root/f exists and is not a directory"), "{error}");
    }
}

#[tokio::test]
async fn changed_permissions_are_seen() {
    let (dir, bench) = scratch().await;
    let object = create(&bench, &[("path", "a")]).await.unwrap();
    disk::set_mode(&dir.path().join("root/a"), 0o700).unwrap();
    let read = Directory::new().read(bench.call(), &object).await.unwrap().unwrap();
    assert_eq!(text(&read.value, "permission"), Some("0700"));
}

#[tokio::test]
async fn an_imported_directory_is_ours() {
    let (dir, bench) = scratch().await;
    fs::create_dir(dir.path().join("root/a")).unwrap();
    let imported = Directory::new().import(bench.call(), "a").await.unwrap();
    assert!(imported.value.is_wholly_known());
    Directory::new().delete(bench.call(), &imported).await.unwrap();
    assert_eq!(entries(&dir), 0);
    assert!(Directory::new().import(bench.call(), "a").await.is_err());
}

#[tokio::test]
async fn a_full_directory_is_recovered_as_somebody_elses() {
    let (dir, bench) = scratch().await;
    let planned = config(&[("path", "a"), ("permission", "0755")]);
    for (content, ours) in [(None, true), (Some("x"), false)] {
        fs::create_dir_all(dir.path().join("root/a")).unwrap();
        if let Some(content) = content {
            fs::write(dir.path().join("root/a/f"), content).unwrap();
        }
        let Recovery::Exists(found) = Directory::new().recover(bench.call(), &planned).await.unwrap() else {
            panic!("it exists");
        };
        assert_eq!(found.value.get("created"), Some(&Value::bool(ours)));
    }
}

#[test]
fn wrong_configurations_are_refused() {
    let cases = [
        ("on_destroy", "burn", "\"burn\" is none of \"fail_if_not_empty\", \"retain\", \"purge\"."),
        ("permission", "755", "Write the permission with four digits: \"0755\"."),
        (
            "permission",
            "8",
            "\"8\" is not a permission. Write three or four octal digits, for example \"0644\".",
        ),
    ];
    for (name, value, expected) in cases {
        let errors = Directory::new().validate(&config(&[("path", "a"), (name, value)]));
        assert_eq!(errors.iter().map(|e| &*e.detail).collect::<Vec<_>>(), [expected]);
    }
}
