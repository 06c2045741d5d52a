use super::*;
use crate::StackwrightProvider;
use provider::kit::{Bench, Case, check_resource};
use provider::{Provider, propose};

fn config(given: &[(&'static str, &str)]) -> Value {
    let given = given.iter().map(|(name, value)| (*name, Value::string(value)));
    config_of(&ManagedFile::new().schema.block, given)
}

async fn plan(bench: &Bench, prior: Option<&Value>, config: &Value) -> PlannedChange {
    let ty = ManagedFile::new();
    let proposed = propose(&ty.schema.block, prior, config);
    let request = PlanRequest { prior, config, proposed: &proposed, private: None };
    ty.plan(bench.call(), request).await.unwrap()
}

async fn create(bench: &Bench, given: &[(&'static str, &str)]) -> Result<Object, Failed> {
    let config = config(given);
    let planned = plan(bench, None, &config).await.planned;
    ManagedFile::new().create(bench.call(), &planned, &config).await
}

async fn scratch() -> (tempfile::TempDir, Bench) {
    let dir = tempfile::tempdir().unwrap();
    let mut bench = Bench::new(dir.path());
    let nothing = Value::object([("root", Value::null_of(Type::String))]);
    bench.client = StackwrightProvider::new().configure(&nothing, bench.around()).await.unwrap();
    (dir, bench)
}

#[tokio::test]
async fn stackwright_file_keeps_the_contract() {
    let (dir, bench) = scratch().await;
    let cases = [
        Case::new("content", config(&[("filename", "a"), ("content", "x")])).then(config(&[
            ("filename", "a"),
            ("content", "y"),
            ("file_permission", "0600"),
        ])),
        Case::new("bytes", config(&[("filename", "b"), ("content_base64", "AP8=")]))
            .then(config(&[("filename", "b"), ("content", "text")])),
        Case::new("moved", config(&[("filename", "c"), ("content", "x")]))
            .then(config(&[("filename", "d/e"), ("content", "x")])),
    ];
    assert_eq!(check_resource(&ManagedFile::new(), &bench, &cases).await, vec![]);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_content_changes_in_place() {
    let (dir, bench) = scratch().await;
    let object = create(&bench, &[("filename", "p/q/f"), ("content", "x")]).await.unwrap();
    let after = config(&[("filename", "p/q/f"), ("content", "y")]);
    let change = plan(&bench, Some(&object.value), &after).await;
    assert_eq!((change.requires_replace.len(), change.planned.is_wholly_known()), (0, true));
    let changed = ManagedFile::new().update(bench.call(), &object, &change.planned, &after).await.unwrap();
    assert_eq!(fs::read_to_string(dir.path().join("p/q/f")).unwrap(), "y");
    ManagedFile::new().delete(bench.call(), &changed).await.unwrap();
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn parents_that_hold_something_else_stay() {
    let (dir, bench) = scratch().await;
    let object = create(&bench, &[("filename", "p/q/f"), ("content", "x")]).await.unwrap();
    fs::write(dir.path().join("p/other"), "").unwrap();
    ManagedFile::new().delete(bench.call(), &object).await.unwrap();
    assert!(dir.path().join("p/other").exists() && !dir.path().join("p/q").exists());
}

#[tokio::test]
async fn what_was_changed_outside_is_seen() {
    let (dir, bench) = scratch().await;
    let object = create(&bench, &[("filename", "f"), ("content", "x")]).await.unwrap();
    fs::write(dir.path().join("f"), "edited").unwrap();
    let read = ManagedFile::new().read(bench.call(), &object).await.unwrap().unwrap();
    assert_eq!(text(&read.value, "content"), Some("edited"));
    let change = plan(&bench, Some(&read.value), &config(&[("filename", "f"), ("content", "x")])).await;
    assert_eq!(change.planned, object.value);
}

#[tokio::test]
async fn somebody_elses_file_is_left_alone() {
    let (dir, bench) = scratch().await;
    fs::write(dir.path().join("f"), "theirs").unwrap();
    let error = create(&bench, &[("filename", "f"), ("content", "x")]).await.unwrap_err().error;
    assert_eq!((error.kind, &*error.summary), (ErrorKind::Conflict, "File exists already"));
    let same = create(&bench, &[("filename", "f"), ("content", "theirs")]).await;
    assert!(same.is_ok());
    let imported = ManagedFile::new().import(bench.call(), "f").await.unwrap();
    assert!(imported.value.is_wholly_known());
    assert_eq!(text(&imported.value, "content"), Some("theirs"));
}

#[tokio::test]
async fn an_unknown_content_has_an_unknown_digest() {
    let (_dir, bench) = scratch().await;
    let unknown = [("filename", Value::string("f")), ("content", Value::unknown(Type::String))];
    let change = plan(&bench, None, &config_of(&ManagedFile::new().schema.block, unknown)).await;
    assert_eq!(change.planned.get("content_sha256"), Some(&Value::unknown(Type::String)));
}

#[test]
fn wrong_configurations_are_refused() {
    let cases: [&[(&'static str, &str)]; 4] = [
        &[("filename", "f")],
        &[("filename", "f"), ("content", "x"), ("content_base64", "eA==")],
        &[("filename", "f"), ("content_base64", "?")],
        &[("filename", "f"), ("content", "x"), ("file_permission", "644")],
    ];
    for given in cases {
        assert_eq!(ManagedFile::new().validate(&config(given)).len(), 1, "{given:?}");
    }
}
