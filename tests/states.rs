//! States that others wrote: with less, with more, and in older forms.

use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::binary::{expect_exit, finish, stackwright};

/// A directory whose state records one object.
fn recorded(configuration: &str, ty: &str, provider: &str, object: Value) -> TempDir {
    let scratch = tempfile::tempdir().unwrap();
    std::fs::write(scratch.path().join("main.tf"), configuration).unwrap();
    let state = json!({
        "version": 4, "terraform_version": "1.11.4", "serial": 7, "lineage": "by-hand", "outputs": {},
        "resources": [{
            "mode": "managed", "type": ty, "name": "a", "provider": format!("provider[\"{provider}\"]"),
            "instances": [object],
        }],
    });
    std::fs::write(scratch.path().join("terraform.tfstate"), state.to_string()).unwrap();
    scratch
}

fn state(dir: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(dir.join("terraform.tfstate")).unwrap()).unwrap()
}

fn data(attributes: Value) -> TempDir {
    let object = json!({ "schema_version": 0, "attributes": attributes });
    recorded(
        "resource \"terraform_data\" \"a\" {}\n",
        "terraform_data",
        "terraform.io/builtin/terraform",
        object,
    )
}

#[test]
fn attributes_that_the_type_has_no_more_change_nothing() {
    let scratch = data(
        json!({ "id": "x", "was": { "here": 1 }, "input": null, "output": null, "triggers_replace": null }),
    );
    let said = expect_exit(stackwright(scratch.path(), &["plan", "-detailed-exitcode"]), 0, "nothing to do");
    assert!(said.contains("No changes."), "{said}");
    let shown = expect_exit(stackwright(scratch.path(), &["show"]), 0, "it can be shown");
    assert!(shown.contains("\"x\"") && !shown.contains("here"), "{shown}");
}

#[test]
fn attributes_that_the_type_got_later_are_null() {
    let scratch = data(json!({ "id": "x" }));
    expect_exit(stackwright(scratch.path(), &["plan", "-detailed-exitcode"]), 0, "nothing to do");
}

#[test]
fn objects_of_an_older_schema_are_recorded_in_the_new_one() {
    let attributes = json!({
        "id": "abcd", "result": "abcd", "length": 4, "upper": true, "lower": true, "special": true, "number": true,
        "min_upper": 0, "min_lower": 0, "min_numeric": 0, "min_special": 0, "override_special": null, "keepers": null,
    });
    let object = json!({ "schema_version": 1, "attributes": attributes });
    let configuration = "resource \"random_string\" \"a\" { length = 4 }\n";
    let scratch = recorded(configuration, "random_string", "registry.terraform.io/hashicorp/random", object);
    let dir = scratch.path();
    expect_exit(stackwright(dir, &["plan", "-detailed-exitcode"]), 0, "nothing to do");
    expect_exit(stackwright(dir, &["apply", "-auto-approve"]), 0, "which records the new form");
    let instance = &state(dir)["resources"][0]["instances"][0];
    assert!(instance["schema_version"].as_u64() > Some(1), "{instance}");
    assert_eq!(instance["attributes"]["numeric"], true, "the attribute's new name");
    let serial = state(dir)["serial"].clone();
    expect_exit(stackwright(dir, &["apply", "-auto-approve"]), 0, "once");
    assert_eq!(state(dir)["serial"], serial, "and not again");
}

#[test]
fn objects_of_a_newer_schema_are_left_alone() {
    let scratch = recorded(
        "resource \"terraform_data\" \"a\" {}\n",
        "terraform_data",
        "terraform.io/builtin/terraform",
        json!({ "schema_version": 9, "attributes": { "id": "x" } }),
    );
    let before = state(scratch.path());
    for command in ["plan", "apply", "destroy"] {
        let output = finish(stackwright(scratch.path(), &[command, "-input=false"]));
        assert_eq!(output.status.code(), Some(1), "{command}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("Resource instance managed by newer provider version"), "{said}");
    }
    assert_eq!(state(scratch.path()), before);
}

/// A `null_resource` that has moved to a `terraform_data` with these triggers.
fn moved_from_null(attributes: Value, triggers: &str) -> TempDir {
    let object = json!({
        "schema_version": 0, "attributes": attributes,
        "sensitive_attributes": [[
            { "type": "get_attr", "value": "triggers" },
            { "type": "index", "value": { "value": "key", "type": "string" } },
        ]],
    });
    let configuration = format!(
        "resource \"terraform_data\" \"a\" {{\n  {triggers}\n}}\nmoved {{\n  from = null_resource.a\n  to   = terraform_data.a\n}}\n"
    );
    recorded(&configuration, "null_resource", "registry.terraform.io/hashicorp/null", object)
}

#[test]
fn a_null_resource_becomes_a_terraform_data() {
    let triggers = "triggers_replace = { x = \"1\", key = sensitive(\"s3cr3t\") }";
    let scratch = moved_from_null(json!({ "id": "7", "triggers": { "x": "1", "key": "s3cr3t" } }), triggers);
    let said = expect_exit(stackwright(scratch.path(), &["apply", "-auto-approve"]), 0, "it moves");
    assert!(said.contains("0 added, 0 changed, 0 destroyed") && !said.contains("s3cr3t"), "{said}");
    let said = expect_exit(stackwright(scratch.path(), &["plan", "-detailed-exitcode"]), 0, "nothing to do");
    assert!(said.contains("No changes."), "{said}");
    let resource = &state(scratch.path())["resources"][0];
    assert_eq!(resource["type"], "terraform_data");
    assert_eq!(resource["instances"][0]["attributes"]["id"], "7");
}

#[test]
fn an_object_moves_only_to_a_type_that_can_take_it_over() {
    let attributes = json!({ "id": "x", "input": null, "output": null, "triggers_replace": null });
    let scratch = data(attributes);
    let moved = "resource \"null_resource\" \"b\" {}\nmoved {\n  from = terraform_data.a\n  to   = null_resource.b\n}\n";
    std::fs::write(scratch.path().join("main.tf"), moved).unwrap();
    let output = finish(stackwright(scratch.path(), &["plan"]));
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("Move Resource State Not Supported") && said.contains("null_resource.b"), "{said}");
    assert_eq!(state(scratch.path())["serial"], 7);
}

#[test]
fn an_earlier_state_is_shown_and_brought_back() {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path();
    let apply = |text: &str| {
        std::fs::write(dir.join("main.tf"), text).unwrap();
        expect_exit(stackwright(dir, &["apply", "-auto-approve"]), 0, text);
    };
    std::fs::create_dir_all(dir.join(".git/refs/heads")).unwrap();
    std::fs::write(dir.join(".git/HEAD"), "ref: refs/heads/main\n").unwrap();
    std::fs::write(dir.join(".git/refs/heads/main"), format!("{}\n", "ab".repeat(20))).unwrap();
    apply("resource \"terraform_data\" \"a\" {\n  input = \"first\"\n}\n");
    apply(
        "resource \"terraform_data\" \"a\" {\n  input = \"second\"\n}\nresource \"terraform_data\" \"b\" {}\n",
    );
    let history = expect_exit(stackwright(dir, &["state", "history", "-json"]), 0, "history");
    let history: Value = serde_json::from_str(&history).unwrap();
    let (first, second) = (&history["history"][0], &history["history"][1]);
    assert_eq!(first["commit"], "ab".repeat(20));
    assert_eq!(second["added"]["addresses"][0], "terraform_data.b");
    assert_eq!(second["changed"]["addresses"][0], "terraform_data.a");
    assert_eq!((&second["from"], &first["kept"]), (&first["serial"], &true.into()));
    assert_ne!(first["configuration"], second["configuration"]);
    let serial = first["serial"].to_string();
    let shown = expect_exit(
        stackwright(dir, &["state", "show", &format!("-at={serial}"), "terraform_data.a"]),
        0,
        "show",
    );
    assert!(shown.contains("first") && !shown.contains("second"), "{shown}");
    let output = finish(stackwright(dir, &["state", "restore", &serial]));
    assert!(output.status.success());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("recorded no more") && said.contains("terraform_data.b"), "{said}");
    let listed = expect_exit(stackwright(dir, &["state", "list"]), 0, "list");
    assert_eq!(listed, "terraform_data.a\n");
    expect_exit(stackwright(dir, &["plan", "-detailed-exitcode"]), 2, "the plan compares with what is");
    expect_exit(stackwright(dir, &["state", "restore", "999"]), 1, "no such snapshot");
}

#[test]
fn what_is_aimed_at_alone_leaves_outputs_that_nobody_configures_any_more() {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path();
    let text = "resource \"terraform_data\" \"a\" {}\noutput \"kept\" { value = 1 }\n";
    std::fs::write(dir.join("main.tf"), text.to_owned() + "output \"gone\" { value = 2 }\n").unwrap();
    expect_exit(stackwright(dir, &["apply", "-auto-approve"]), 0, "both outputs are recorded");
    std::fs::write(dir.join("main.tf"), text).unwrap();
    let names = || expect_exit(stackwright(dir, &["output"]), 0, "outputs");
    expect_exit(stackwright(dir, &["apply", "-auto-approve", "-target=terraform_data.a"]), 0, "a part");
    assert!(names().contains("gone = 2"), "{}", names());
    expect_exit(stackwright(dir, &["apply", "-auto-approve"]), 0, "the whole");
    assert_eq!(names(), "kept = 1\n");
}
