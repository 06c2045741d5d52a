//! Taking over what exists: by blocks and by the command, into instances of all kinds, and what must not happen.

use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::binary::{expect_exit, finish, stackwright};

/// A directory with a configuration, and a module in `m` that holds one resource.
fn directory(configuration: &str) -> TempDir {
    let scratch = tempfile::tempdir().unwrap();
    std::fs::create_dir(scratch.path().join("m")).unwrap();
    std::fs::write(scratch.path().join("m/main.tf"), MODULE).unwrap();
    write(scratch.path(), configuration);
    if configuration.contains("./m") {
        succeed(scratch.path(), &["init"]);
    }
    scratch
}

fn write(dir: &Path, configuration: &str) {
    std::fs::write(dir.join("main.tf"), configuration).unwrap();
}

const MODULE: &str = "resource \"terraform_data\" \"in\" {}\n";

/// Runs a command that must succeed; what it printed.
fn succeed(dir: &Path, args: &[&str]) -> String {
    expect_exit(stackwright(dir, args), 0, "this works")
}

/// Runs a command that must fail; its errors as written, in one line.
fn fail(dir: &Path, args: &[&str]) -> String {
    let output = finish(stackwright(dir, args));
    assert_eq!(output.status.code(), Some(1), "{args:?} fails");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The recorded ids by address.
fn ids(dir: &Path) -> Vec<(String, String)> {
    let shown: Value = serde_json::from_str(&succeed(dir, &["show", "-json"])).unwrap();
    let mut found = Vec::new();
    collect(&shown["values"]["root_module"], &mut found);
    found
}

fn collect(module: &Value, found: &mut Vec<(String, String)>) {
    let list = |name: &str| module[name].as_array().cloned().unwrap_or_default();
    for resource in list("resources") {
        let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
        found.push((text(&resource["address"]), text(&resource["values"]["id"])));
    }
    list("child_modules").iter().for_each(|child| collect(child, found));
}

fn expect_ids(dir: &Path, expected: &[(&str, &str)]) {
    let expected: Vec<(String, String)> = expected.iter().map(|(a, i)| ((*a).into(), (*i).into())).collect();
    assert_eq!(ids(dir), expected);
}

#[test]
fn blocks_import_into_instances_and_modules() {
    let scratch = directory(
        r#"
import {
  for_each = { a = "id-a", b = "id-b" }
  to       = terraform_data.each[each.key]
  id       = each.value
}
import {
  for_each = ["first", "second"]
  to       = module.m[each.key].terraform_data.in
  id       = each.value
}
import {
  to = terraform_data.counted[1]
  id = "one"
}
resource "terraform_data" "each" { for_each = toset(["a", "b"]) }
resource "terraform_data" "counted" { count = 2 }
module "m" {
  source = "./m"
  count  = 2
}
"#,
    );
    let dir = scratch.path();
    let plan = succeed(dir, &["plan", "-out=p"]);
    assert!(plan.contains("Plan: 5 to import, 1 to add, 0 to change, 0 to destroy."), "{plan}");
    let said = succeed(dir, &["apply", "p"]);
    assert!(said.contains("Resources: 5 imported, 1 added, 0 changed, 0 destroyed."), "{said}");
    let made = ids(dir).into_iter().find(|(a, _)| a == "terraform_data.counted[0]").unwrap().1;
    expect_ids(
        dir,
        &[
            ("terraform_data.counted[0]", &made),
            ("terraform_data.counted[1]", "one"),
            ("terraform_data.each[\"a\"]", "id-a"),
            ("terraform_data.each[\"b\"]", "id-b"),
            ("module.m[0].terraform_data.in", "first"),
            ("module.m[1].terraform_data.in", "second"),
        ],
    );
    let again = succeed(dir, &["plan"]);
    assert!(again.contains("No changes."), "blocks that have done their work do nothing: {again}");
}

#[test]
fn the_command_imports_into_instances_and_modules() {
    let scratch = directory(
        r#"
resource "terraform_data" "each" { for_each = toset(["a"]) }
module "m" {
  source   = "./m"
  for_each = toset(["k"])
}
output "id" { value = terraform_data.each["a"].id }
"#,
    );
    let dir = scratch.path();
    let said = succeed(dir, &["import", "terraform_data.each[\"a\"]", "one"]);
    assert!(said.contains("Import successful!"), "{said}");
    succeed(dir, &["import", "module.m[\"k\"].terraform_data.in", "--", "-two"]);
    expect_ids(dir, &[("terraform_data.each[\"a\"]", "one"), ("module.m[\"k\"].terraform_data.in", "-two")]);
    assert_eq!(succeed(dir, &["output", "-raw", "id"]), "one");
    assert!(succeed(dir, &["plan"]).contains("No changes."));
}

#[test]
fn the_command_refuses_what_it_cannot_do() {
    let scratch = directory(
        "resource \"terraform_data\" \"a\" {}\nresource \"random_integer\" \"i\" {\n  min = 1\n  max = 9\n}\n\
         resource \"random_pet\" \"p\" {}\nmodule \"m\" { source = \"./m\" }\n",
    );
    let dir = scratch.path();
    succeed(dir, &["import", "terraform_data.a", "x"]);
    for (address, expected) in [
        ("terraform_data.a", "Resource already managed by Stackwright"),
        ("terraform_data.a[0]", "Configuration for import target does not exist"),
        ("terraform_data.b", "resource address \"terraform_data.b\" does not exist in the configuration."),
        ("module.m.terraform_data.out", "does not exist in the configuration."),
        ("module.n.terraform_data.in", "Import to non-existent module"),
        ("module.m", "Invalid address"),
        ("data.local_file.f", "A managed resource address is required."),
        ("terraform_data", "Invalid address"),
        ("random_integer.i", "The identifier must be RESULT,MIN,MAX"),
        ("random_pet.p", "does not support import"),
    ] {
        let error = fail(dir, &["import", address, "id"]);
        assert!(error.contains(expected), "{address}: {error}");
    }
    expect_ids(dir, &[("terraform_data.a", "x")]);
}

#[test]
fn what_does_not_exist_is_not_imported() {
    let import = "import {\n  to = stackwright_directory.d\n  id = \"nowhere\"\n}\n\
                  resource \"stackwright_directory\" \"d\" { path = \"nowhere\" }\n";
    let scratch = directory(import);
    let dir = scratch.path();
    let error = fail(dir, &["apply", "-auto-approve"]);
    assert!(error.contains("stackwright_directory.d"), "{error}");
    assert!(fail(dir, &["import", "stackwright_directory.d", "nowhere"]).contains("nowhere"));
    assert!(!dir.join("nowhere").exists(), "nothing was made instead");
}

#[test]
fn only_what_was_imported_is_changed_and_deleted() {
    let scratch = directory(
        r#"
import {
  to = stackwright_file.mine
  id = "mine.txt"
}
resource "stackwright_file" "mine" {
  filename = "mine.txt"
  content  = "new"
}
"#,
    );
    let dir = scratch.path();
    std::fs::write(dir.join("mine.txt"), "old").unwrap();
    std::fs::write(dir.join("theirs.txt"), "theirs").unwrap();
    let said = succeed(dir, &["apply", "-auto-approve"]);
    assert!(said.contains("1 imported"), "{said}");
    assert_eq!(std::fs::read_to_string(dir.join("mine.txt")).unwrap(), "new");
    write(
        dir,
        "resource \"stackwright_file\" \"theirs\" {\n  filename = \"theirs.txt\"\n  content = \"mine\"\n}\n",
    );
    let output = finish(stackwright(dir, &["apply", "-auto-approve"]));
    assert!(!output.status.success(), "a file that nobody imported is not taken");
    assert_eq!(std::fs::read_to_string(dir.join("theirs.txt")).unwrap(), "theirs");
    assert!(!dir.join("mine.txt").exists(), "what was imported goes when its block has gone");
}

#[test]
fn an_import_that_must_be_replaced_is_imported_first() {
    let scratch = directory(
        r#"
import {
  to = terraform_data.a
  id = "old"
}
resource "terraform_data" "a" { triggers_replace = 1 }
import {
  to = terraform_data.b
  id = "old"
}
resource "terraform_data" "b" {
  triggers_replace = 1
  lifecycle { create_before_destroy = true }
}
"#,
    );
    let dir = scratch.path();
    let plan = succeed(dir, &["plan"]);
    assert!(plan.contains("# Warning: this will destroy the imported resource"), "{plan}");
    let said = succeed(dir, &["apply", "-auto-approve"]);
    assert!(said.contains("2 imported, 2 added, 0 changed, 2 destroyed."), "{said}");
    assert!(ids(dir).iter().all(|(_, id)| id != "old"));
}

#[test]
fn two_objects_never_become_one_instance() {
    let scratch = directory(
        "import {\n  for_each = toset([\"x\", \"y\"])\n  to = terraform_data.a\n  id = each.key\n}\n\
         resource \"terraform_data\" \"a\" {}\n",
    );
    let error = fail(scratch.path(), &["plan"]);
    assert!(error.contains("Duplicate import configuration for \"terraform_data.a\""), "{error}");
}

#[test]
fn an_object_that_two_instances_would_have_is_told() {
    let scratch = directory(
        "import {\n  to = stackwright_file.a\n  id = \"x.txt\"\n}\nresource \"stackwright_file\" \"a\" {\n  filename = \
         \"x.txt\"\n  content = \"x\"\n}\n",
    );
    let dir = scratch.path();
    std::fs::write(dir.join("x.txt"), "x").unwrap();
    succeed(dir, &["apply", "-auto-approve"]);
    write(
        dir,
        "resource \"stackwright_file\" \"a\" {\n  filename = \"x.txt\"\n  content = \"x\"\n}\nresource \"stackwright_file\" \"b\" {\n  filename = \"x.txt\"\n  content = \"x\"\n}\n",
    );
    let output = finish(stackwright(dir, &["import", "stackwright_file.b", "x.txt"]));
    let said = String::from_utf8_lossy(&output.stderr).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("Object managed twice") && said.contains("stackwright_file.a has"), "{said}");
}

/// Configurations whose import cannot be planned, each with what is said.
const REFUSED: &[(&str, &str)] = &[
    ("for_each = 5\n to = terraform_data.k[each.key]\n id = each.value", "goes through a list"),
    (
        "for_each = { x = terraform_data.s.id }\n to = terraform_data.k[each.key]\n id = each.value",
        "is not known before apply",
    ),
    (
        "for_each = [\"x\"]\n to = terraform_data.k[each.key]\n id = each.value",
        "Invalid import 'to' expression",
    ),
    ("to = terraform_data.k[each.key]\n id = \"x\"", "Reference to \"each\" in context without for_each"),
    ("to = terraform_data.k[terraform_data.s.id]\n id = \"x\"", "depends on what only apply can tell"),
    ("to = terraform_data.k[var.secret]\n id = \"x\"", "cannot come from a sensitive or ephemeral value"),
    ("to = terraform_data.k[\"other\"]\n id = \"x\"", "no such instance"),
    ("to = terraform_data.k\n id = \"x\"", "The target resource is using for_each"),
    ("to = terraform_data.s[0]\n id = \"x\"", "The target resource does not use count"),
    ("to = terraform_data.s\n id = var.passing", "comes from an ephemeral value"),
    ("to = terraform_data.s\n id = terraform_data.s.id", "comes from the resource that is to be imported"),
    ("to = terraform_data.s\n id = local.nothing", "Reference to undeclared local value"),
    ("to = terraform_data.none[0]\n id = \"x\"", "Configuration for import target does not exist"),
    ("to = module.none.terraform_data.s\n id = \"x\"", "There is no such module call"),
    ("provider = other\n to = terraform_data.s\n id = \"x\"", "Invalid import provider argument"),
];

#[test]
fn an_import_that_cannot_be_is_explained() {
    for (import, expected) in REFUSED {
        let scratch = directory(&format!(
            "variable \"secret\" {{\n  sensitive = true\n  default = \"x\"\n}}\n\
             variable \"passing\" {{\n  ephemeral = true\n  default = \"x\"\n}}\n\
             resource \"terraform_data\" \"s\" {{}}\n\
             resource \"terraform_data\" \"k\" {{ for_each = toset([\"x\"]) }}\n\
             import {{\n {import}\n}}\n"
        ));
        let error = fail(scratch.path(), &["plan"]);
        assert!(error.contains(expected), "{import}: {error}");
    }
}

/// A collection that is null imports nothing; an identifier that cannot be told says what is wrong with it as well.
#[test]
fn collections_may_be_null_and_identifiers_may_not_fail() {
    let block = "resource \"terraform_data\" \"k\" { for_each = toset([\"x\"]) }\n";
    let null = directory(&format!(
        "{block}import {{\n  for_each = null\n  to = terraform_data.k[each.key]\n  id = each.value\n}}\n"
    ));
    assert!(succeed(null.path(), &["plan"]).contains("1 to add"));
    let failing = directory(&format!(
        "variable \"ids\" {{\n  default = []\n}}\n{block}import {{\n  to = terraform_data.k[\"x\"]\n  id = var.ids[3]\n}}\n"
    ));
    let error = fail(failing.path(), &["plan"]);
    assert!(error.contains("Invalid index") && error.contains("Invalid import id argument"), "{error}");
}

#[test]
fn a_secret_identifier_is_not_shown() {
    const SECRET: &str = "n0body-sees-th1s-one";
    let scratch = directory(&format!(
        "variable \"secret\" {{\n  sensitive = true\n  default = \"{SECRET}\"\n}}\n\
         import {{\n  to = random_password.p\n  id = var.secret\n}}\n\
         resource \"random_password\" \"p\" {{ length = {} }}\n",
        SECRET.len()
    ));
    for args in [
        &["plan", "-out=p"][..],
        &["plan", "-json"],
        &["show", "p"],
        &["plan", "-replace=random_password.p"],
        &["apply", "p"],
        &["plan"],
        &["state", "show", "random_password.p"],
    ] {
        let output = finish(stackwright(scratch.path(), args));
        assert!(output.status.success(), "{args:?}");
        let said = [output.stdout, output.stderr].map(|b| String::from_utf8_lossy(&b).into_owned()).concat();
        assert!(!said.contains(SECRET), "{args:?} shows it: {said}");
    }
}

const STACK: &str = r#"
stack "s" {
  owner = "team@example.com"
}
component "artifact_store" "models" {
  flavor = "local"
}
component "orchestrator" "pipelines" {
  flavor = "local"
}
"#;

/// A stack whose artifact store is already there.
fn stack(more: &str) -> TempDir {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path();
    std::fs::create_dir(dir.join("environments")).unwrap();
    std::fs::write(dir.join("environments/dev.hcl"), "environment \"dev\" { size = \"small\" }\n\nconnector \"local\" \"disk\" {\n  environments = [\"dev\"]\n}\n").unwrap();
    std::fs::write(dir.join("stack.hcl"), format!("{STACK}{more}")).unwrap();
    std::fs::create_dir(dir.join("s-dev-models")).unwrap();
    scratch
}

const STORE: &str = "component.artifact_store.models.stackwright_directory.artifacts";

#[test]
fn what_belongs_to_a_component_is_imported_by_its_address() {
    let scratch =
        stack(&format!("import {{\n  to = {STORE}\n  id = \"./s-${{environment.name}}-models\"\n}}\n"));
    let plan = succeed(scratch.path(), &["plan"]);
    assert!(plan.contains(&format!("# {STORE} will be imported")), "{plan}");
    let scratch = stack("");
    let said = succeed(scratch.path(), &["import", STORE, "./s-dev-models"]);
    assert!(said.contains("Import successful!"), "{said}");
    assert!(!succeed(scratch.path(), &["plan"]).contains(STORE), "it is as it should be");
}

#[test]
fn a_protected_environment_is_imported_into_by_blocks_only() {
    let scratch = stack("");
    let dir = scratch.path();
    std::fs::write(dir.join("environments/dev.hcl"), "environment \"dev\" {\n  size = \"small\"\n  protected = true\n}\n\nconnector \"local\" \"disk\" {\n  environments = [\"dev\"]\n}\n").unwrap();
    assert!(fail(dir, &["import", STORE, "./s-dev-models"]).contains("Protected environment"));
    assert!(!dir.join("state").exists(), "nothing was written");
}
