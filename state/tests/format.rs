//! The state format against files that Terraform wrote.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail the test")]

use model::InstanceAddr;
use state::{AttributePathStep, ObjectStatus, StateError, StateSnapshot, format};

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/fixtures/{name}.tfstate", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn read(name: &str) -> StateSnapshot {
    format::read(&fixture(name), name).unwrap()
}

fn addr(text: &str) -> InstanceAddr {
    text.parse().unwrap()
}

#[track_caller]
fn same_text(written: &[u8], expected: &[u8]) {
    let (written, expected) = (String::from_utf8_lossy(written), String::from_utf8_lossy(expected));
    for (i, (a, b)) in written.lines().zip(expected.lines()).enumerate() {
        assert_eq!(a, b, "line {}", i + 1);
    }
    assert_eq!(written.len(), expected.len());
}

#[test]
fn what_terraform_wrote_is_written_back_to_the_byte() {
    same_text(&format::write(&read("applied"), 4), &fixture("applied"));
}

#[test]
fn a_handwritten_state_is_rewritten_as_terraform_does() {
    let mut snapshot = read("handwritten");
    snapshot.instances.remove(&addr("terraform_data.n"));
    snapshot.serial = 8;
    snapshot.terraform_version = "1.11.4".into();
    let expected = String::from_utf8(fixture("rewritten")).unwrap();
    // Resources without instances are forgotten, and flat attributes are nested.
    let empty = expected.find("    {\n      \"mode\": \"managed\",\n      \"type\": \"terraform_data\",\n      \"name\": \"empty\"").unwrap();
    let next = empty + expected[empty..].find("    },\n").unwrap() + "    },\n".len();
    let expected = format!("{}{}", &expected[..empty], &expected[next..])
        .replace("\"attributes_flat\"", "\"attributes\"")
        .replace("\"tags.%\": \"0\"", "\"tags\": {}");
    same_text(&format::write(&snapshot, 4), expected.as_bytes());
}

#[test]
fn everything_of_an_object_is_read() {
    let snapshot = read("handwritten");
    let state = &snapshot.instances[&addr("zz_x.n[1]")];
    assert_eq!(&*state.provider, "provider[\"registry.terraform.io/hashicorp/zz\"].eu");
    assert!(state.current.is_some());
    let tainted = &state.deposed["aaaaaaaa"];
    assert_eq!((tainted.status, tainted.schema_version), (ObjectStatus::Tainted, 2));
    assert_eq!(tainted.private.as_deref(), Some("YmFy"));
    assert_eq!(&*state.deposed["bbbbbbbb"].attributes, "{\"z\":1.50,\"a\":{\"é\":\"\\u00e9/\\/\"}}");
    let paths = &snapshot.current(&addr("zz_x.n[\"k\"]")).unwrap().sensitive_paths;
    assert_eq!(paths[0], [AttributePathStep::Attr("m".into()), AttributePathStep::Key("key".into())]);
    assert!(snapshot.instances.contains_key(&addr("module.a.module.b[\"x\"].terraform_data.n")));
    let applied = read("applied");
    assert!(applied.outputs["a"].sensitive);
    assert_eq!(&*applied.outputs["d"].ty, "[\"map\",\"number\"]");
    assert!(applied.current(&addr("terraform_data.cbd")).unwrap().create_before_destroy);
}

#[test]
fn repeated_strings_are_kept_once() {
    let snapshot = read("applied");
    let a = snapshot.current(&addr("terraform_data.a[\"a\"]")).unwrap();
    let b = snapshot.current(&addr("terraform_data.a[\"b\"]")).unwrap();
    assert!(std::sync::Arc::ptr_eq(&a.dependencies, &b.dependencies));
}

#[test]
fn version_3_is_read() {
    let snapshot = read("version3");
    assert_eq!((snapshot.serial, &*snapshot.lineage), (5, "old"));
    assert_eq!(&*snapshot.outputs["l"].ty, "[\"list\",\"string\"]");
    let a = &snapshot.instances[&addr("null_resource.a")];
    let object = a.current.as_ref().unwrap();
    assert_eq!(&*object.attributes, "{\"id\":\"1\",\"triggers\":{\"x\":\"y\"}}");
    assert_eq!((object.status, object.schema_version), (ObjectStatus::Tainted, 2));
    assert_eq!(object.private.as_deref(), Some("eyJvdGhlciI6eyJhIjoxfX0="));
    assert_eq!(object.dependencies[..], ["data.null_data_source.d".into(), "null_resource.c".into()]);
    assert_eq!(a.deposed.keys().map(|k| &**k).collect::<Vec<_>>(), ["00000001"]);
    let c = &snapshot.instances[&addr("null_resource.c[0]")];
    assert_eq!(&*c.provider, "provider[\"registry.terraform.io/-/null\"].eu");
    assert_eq!(&*c.current.as_ref().unwrap().attributes, "{\"id\":\"3\",\"l\":[\"a\",\"b\"]}");
    let inner = &snapshot.instances[&addr("module.foo.module.bar.null_resource.a")];
    assert_eq!(&*inner.provider, "module.foo.module.bar.provider[\"registry.terraform.io/-/null\"]");
    assert_eq!(
        inner.current.as_ref().unwrap().dependencies[..],
        ["module.foo.module.bar.null_resource.b".into()]
    );
}

#[test]
fn what_cannot_be_read_is_explained() {
    let instance = |fields: &str| {
        format!(
            r#"{{"version":4,"serial":1,"lineage":"l","resources":[{{"mode":"managed","type":"t","name":"n",
               "provider":"p","instances":[{fields}]}}]}}"#
        )
    };
    let cases: &[(&str, &str)] = &[
        ("", "it is empty"),
        (" \n", "it is empty"),
        ("\0\0\0\0", "NUL bytes"),
        ("{\"version\":4,\"serial\":1\0}", "NUL bytes"),
        ("not json", "not valid JSON (line 1, column 2)"),
        ("{\"version\":4,\"serial\":1", "ends in the middle"),
        ("{\"version\":4} x", "not valid JSON"),
        ("[1]", "a JSON array"),
        ("{\"apiVersion\":\"v1\"}", "no \"version\""),
        ("{}", "no \"version\""),
        ("{\"version\":1}", "too old"),
        ("{\"version\":5,\"serial\":3,\"lineage\":\"l\"}", "in the middle of a run"),
        ("{\"version\":99,\"serial\":{\"new\":true}}", "format version 99"),
        ("{\"version\":4,\"serial\":\"hunter2\"}", "does not have the form"),
        (&instance(r#"{"attributes":{}},{"attributes":{}}"#), "holds t.n twice"),
        (&instance(r#"{"status":"odd","attributes":{}}"#), "unknown status"),
        (&instance(r#"{"index_key":1.5,"attributes":{}}"#), "index_key"),
        (&instance(r#"{"sensitive_attributes":[["x"]],"attributes":{}}"#), "sensitive_attributes"),
    ];
    for (text, expected) in cases {
        let error = format::read(text.as_bytes(), "state/dev").unwrap_err();
        let StateError::Damaged { location, why } = &error else { panic!("{text}: {error}") };
        assert_eq!(location, "state/dev");
        assert!(why.contains(expected), "{text}: {why}");
        assert!(!why.contains("hunter2"), "{why}");
    }
}

#[test]
fn every_torn_state_is_an_error() {
    let whole = fixture("handwritten");
    let end = whole.trim_ascii_end().len();
    for length in 0..end {
        assert!(format::read(&whole[..length], "x").is_err(), "{length} bytes");
    }
}

#[test]
fn the_empty_state_is_written_as_terraform_does() {
    let mut snapshot = StateSnapshot::new("l");
    snapshot.terraform_version = "1.11.4".into();
    let expected = "{\n  \"version\": 4,\n  \"terraform_version\": \"1.11.4\",\n  \"serial\": 0,\n  \"lineage\": \"l\",\n  \
                    \"outputs\": {},\n  \"resources\": [],\n  \"check_results\": null\n}\n";
    same_text(&format::write(&snapshot, 4), expected.as_bytes());
    assert_eq!(format::read(expected.as_bytes(), "x").unwrap(), snapshot);
}
