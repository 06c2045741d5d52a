//! What OpenTofu has and Terraform has not: `enabled`, providers with `for_each`, and `-exclude`.

use std::path::Path;

use serde_json::Value;

use crate::binary::{expect_exit, finish, stackwright};

/// A directory with one configuration after the other.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Place {
        Place(tempfile::tempdir().unwrap())
    }

    fn dir(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.dir().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn run(&self, args: &[&str]) -> String {
        expect_exit(stackwright(self.dir(), args), 0, "a command")
    }

    /// What a command that fails says.
    fn refused(&self, args: &[&str]) -> String {
        let output = finish(stackwright(self.dir(), args));
        assert_eq!(output.status.code(), Some(1), "{args:?}: {output:?}");
        String::from_utf8_lossy(&output.stderr).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Each planned change: address, actions, and why.
    fn changes(&self, args: &[&str]) -> Vec<String> {
        self.run(&[&["plan", "-out=p"], args].concat());
        let plan: Value = serde_json::from_str(&self.run(&["show", "-json", "p"])).unwrap();
        let changes = plan["resource_changes"].as_array().cloned().unwrap_or_default();
        let line = |c: &Value| {
            let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
            let previous =
                c.get("previous_address").map(|p| format!(" from {}", text(p))).unwrap_or_default();
            let why = c.get("action_reason").map(|r| format!(" {}", text(r))).unwrap_or_default();
            format!("{}{previous} {}{why}", text(&c["address"]), text(&c["change"]["actions"][0]))
        };
        changes.iter().map(line).collect()
    }
}

const SWITCHED: &str = r#"
variable "on" { default = true }
resource "terraform_data" "a" {
  input = 1
  lifecycle { enabled = var.on }
}
module "m" {
  source = "./m"
  lifecycle { enabled = var.on }
}
output "a" { value = try(terraform_data.a.input, "off") }
output "m" { value = module.m == null ? "off" : module.m.said }
"#;

#[test]
fn enabled_makes_one_or_none() {
    let place = Place::new();
    place.write("m/main.tf", "resource \"terraform_data\" \"in\" { input = 2 }\noutput \"said\" { value = terraform_data.in.output }\n");
    place.write("main.tf", "resource \"terraform_data\" \"a\" {\n  count = 1\n  input = 1\n}\n");
    place.run(&["apply", "-auto-approve"]);
    place.write("main.tf", SWITCHED);
    place.run(&["init"]);
    assert_eq!(
        place.changes(&[]),
        ["terraform_data.a from terraform_data.a[0] no-op", "module.m.terraform_data.in create"],
        "what was counted is taken over"
    );
    place.run(&["apply", "-auto-approve"]);
    assert_eq!(place.run(&["output", "-raw", "m"]), "2");
    let gone = [
        "terraform_data.a delete delete_because_enabled_false",
        "module.m.terraform_data.in delete delete_because_enabled_false",
    ];
    assert_eq!(place.changes(&["-var=on=false"]), gone);
    place.run(&["apply", "-auto-approve", "-var=on=false"]);
    assert_eq!(
        (&*place.run(&["output", "-raw", "a"]), &*place.run(&["output", "-raw", "m"])),
        ("off", "off")
    );
}

#[test]
fn enabled_must_be_a_plain_known_bool() {
    let place = Place::new();
    let with = |value: &str, more: &str| {
        place.write(
            "main.tf",
            &format!("variable \"s\" {{\n  default = true\n  sensitive = true\n}}\nresource \"terraform_data\" \"u\" {{}}\nresource \"terraform_data\" \"a\" {{\n  {more}\n  lifecycle {{ enabled = {value} }}\n}}\n"),
        );
        place.refused(&["plan"])
    };
    for (value, more, why) in [
        ("null", "", "is null"),
        ("\"maybe\"", "", "is unsuitable"),
        ("var.s", "", "is sensitive or ephemeral"),
        ("terraform_data.u.id == \"\"", "", "is not known before apply"),
        ("true", "count = 1", "Only one of them may be used"),
    ] {
        let said = with(value, more);
        assert!(said.contains(why), "{value}: {said}");
    }
}

const REGIONS: &str = r#"
variable "keys" {
  type    = set(string)
  default = ["a", "b"]
}
provider "null" {
  alias    = "by"
  for_each = var.keys
}
resource "null_resource" "one" {
  provider = null.by["a"]
}
resource "null_resource" "each" {
  for_each = toset(["a", "b"])
  provider = null.by[each.key]
}
module "m" {
  source    = "./m"
  for_each  = toset(["a", "b"])
  providers = { null = null.by[each.value] }
}
"#;

#[test]
fn each_instance_has_the_provider_that_its_key_says() {
    let place = Place::new();
    place.write("m/main.tf", "terraform {\n  required_providers {\n    null = { source = \"hashicorp/null\" }\n  }\n}\nresource \"null_resource\" \"in\" {}\n");
    place.write("main.tf", REGIONS);
    place.run(&["init"]);
    place.run(&["apply", "-auto-approve"]);
    let state: Value = serde_json::from_str(&place.run(&["state", "pull"])).unwrap();
    let mut used = Vec::new();
    for resource in state["resources"].as_array().unwrap() {
        assert_eq!(resource.get("provider"), None, "each instance names its own");
        for instance in resource["instances"].as_array().unwrap() {
            let module = resource["module"].as_str().unwrap_or_default();
            used.push(format!(
                "{module} {} {}",
                instance["index_key"],
                instance["provider"].as_str().unwrap()
            ));
        }
    }
    let config = "provider[\"registry.terraform.io/hashicorp/null\"].by";
    let expected = [
        format!(" \"a\" {config}[\"a\"]"),
        format!(" \"b\" {config}[\"b\"]"),
        format!(" null {config}[\"a\"]"),
        format!("module.m[\"a\"] null {config}[\"a\"]"),
        format!("module.m[\"b\"] null {config}[\"b\"]"),
    ];
    used.sort();
    assert_eq!(used, expected);
    place.run(&["plan", "-detailed-exitcode"]);
    let said = place.refused(&["plan", "-var=keys=[\"a\"]"]);
    assert!(said.contains("Provider instance not present") && said.contains("null.by[\"b\"]"), "{said}");
    place.run(&["destroy", "-auto-approve"]);
}

#[test]
fn provider_keys_stand_where_there_are_many_and_nowhere_else() {
    let place = Place::new();
    for (block, named, why) in [
        ("alias = \"by\"\n  for_each = toset([\"a\"])", "null.by", "Provider instance key required"),
        ("alias = \"by\"", "null.by[\"a\"]", "Unexpected provider instance key"),
        ("for_each = toset([\"a\"])", "null", "Alias required when using \"for_each\""),
        (
            "alias = \"by\"\n  for_each = toset([\"a\"])",
            "null.by[terraform_data.u.id]",
            "must be known while planning",
        ),
    ] {
        place.write(
            "main.tf",
            &format!("provider \"null\" {{\n  {block}\n}}\nresource \"terraform_data\" \"u\" {{}}\nresource \"null_resource\" \"r\" {{\n  provider = {named}\n}}\n"),
        );
        let said = place.refused(&["plan"]);
        assert!(said.contains(why), "{named}: {said}");
    }
}

#[test]
fn the_backend_may_use_variables_that_are_known_early() {
    let place = Place::new();
    place.write(
        "main.tf",
        "variable \"name\" { default = \"one\" }\nlocals { path = \"kept/${var.name}.tfstate\" }\nterraform {\n  backend \"local\" {\n    path = local.path\n  }\n}\nresource \"terraform_data\" \"a\" {}\n",
    );
    place.run(&["apply", "-auto-approve"]);
    place.run(&["apply", "-auto-approve", "-var=name=two"]);
    assert!(place.dir().join("kept/one.tfstate").is_file() && place.dir().join("kept/two.tfstate").is_file());
    place.run(&["plan", "-out=p", "-var=name=three"]);
    place.run(&["apply", "p"]);
    assert!(place.dir().join("kept/three.tfstate").is_file(), "a saved plan knows where its state is");
    place.write("main.tf", "resource \"terraform_data\" \"a\" {}\nterraform {\n  backend \"local\" {\n    path = terraform_data.a.id\n  }\n}\n");
    assert!(place.refused(&["plan"]).contains("the path of the backend is needed before"));
}

const CHAIN: &str = r#"
resource "terraform_data" "a" {
  count = 2
  input = count.index
}
resource "terraform_data" "b" { input = terraform_data.a[0].id }
resource "terraform_data" "c" {}
module "m" {
  source   = "./m"
  for_each = toset(["x", "y"])
  of       = terraform_data.c.id
}
resource "terraform_data" "d" { input = module.m["x"].id }
output "b" { value = terraform_data.b.id }
output "c" { value = terraform_data.c.id }
"#;

const LINKED: &str = r#"
variable "of" {}
resource "terraform_data" "e" { input = var.of }
resource "terraform_data" "f" { input = terraform_data.e.id }
output "id" { value = terraform_data.f.id }
"#;

fn chain() -> Place {
    let place = Place::new();
    place.write("main.tf", CHAIN);
    place.write("m/main.tf", LINKED);
    place.run(&["init"]);
    place
}

#[test]
fn excluded_objects_are_left_out_with_all_that_depends_on_them() {
    let place = chain();
    let (a, c) = (["terraform_data.a[0] create", "terraform_data.a[1] create"], "terraform_data.c create");
    let m = |key: &str| ["e", "f"].map(|name| format!("module.m[\"{key}\"].terraform_data.{name} create"));
    let sorted = |parts: &[&[String]]| {
        let mut all = parts.concat();
        all.sort();
        all
    };
    let check = |exclude: &str, expected: Vec<String>| {
        let mut found = place.changes(&[&format!("-exclude={exclude}")]);
        found.sort();
        assert_eq!(found, expected, "{exclude}");
    };
    let (a, c) = (a.map(str::to_owned), [c.to_owned()]);
    check("terraform_data.a", sorted(&[&c, &m("x"), &m("y"), &["terraform_data.d create".to_owned()]]));
    let one = sorted(&[&a[1..], &c, &m("x"), &m("y"), &["terraform_data.d create".to_owned()]]);
    check("terraform_data.a[0]", one);
    let b = ["terraform_data.b create".to_owned()];
    check("terraform_data.c", sorted(&[&a, &b]));
    check("module.m", sorted(&[&a, &b, &c]));
    check("module.m[\"x\"]", sorted(&[&a, &b, &c, &m("y")]));
    check("module.m[\"x\"].terraform_data.f", sorted(&[&a, &b, &c, &m("x")[..1], &m("y")]));
}

#[test]
fn a_saved_plan_with_excludes_leaves_them_out() {
    let place = chain();
    place.changes(&["-exclude=terraform_data.b"]);
    let said = place.run(&["apply", "p"]);
    assert!(said.contains("c = ") && !said.contains("b = "), "{said}");
    let recorded = place.run(&["state", "list"]);
    assert!(
        recorded.contains("terraform_data.a[0]") && !recorded.contains("terraform_data.b\n"),
        "{recorded}"
    );
    assert_eq!(place.changes(&[]).iter().filter(|line| line.ends_with("create")).count(), 1);
}

#[test]
fn destroying_leaves_what_excluded_objects_depend_on() {
    let place = chain();
    place.run(&["apply", "-auto-approve"]);
    place.run(&["destroy", "-auto-approve", "-exclude=module.m[\"x\"].terraform_data.f"]);
    let left = ["module.m[\"x\"].terraform_data.e", "module.m[\"x\"].terraform_data.f"];
    let recorded = place.run(&["state", "list"]);
    assert!(left.iter().all(|address| recorded.contains(address)), "{recorded}");
    assert!(recorded.contains("terraform_data.c") && !recorded.contains("terraform_data.b"), "{recorded}");
}

#[test]
fn excluded_orphans_stay() {
    let place = chain();
    place.run(&["apply", "-auto-approve"]);
    place.write("main.tf", "output \"x\" { value = 1 }\n");
    let ends = place.changes(&["-exclude=module.m", "-exclude=terraform_data.a[1]"]);
    let ends: Vec<&str> = ends.iter().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(
        ends,
        ["terraform_data.a[0]", "terraform_data.b", "terraform_data.d"],
        "c is needed by what stays"
    );
}

#[test]
fn what_excludes_do_not_go_with() {
    let place = chain();
    let both = place.refused(&["plan", "-target=terraform_data.a", "-exclude=terraform_data.b"]);
    assert!(both.contains("Invalid combination of arguments"), "{both}");
    assert!(place.refused(&["plan", "-exclude=a"]).contains("Invalid exclude \"a\""));
    place.run(&["apply", "-auto-approve"]);
    place.write("moved.tf", "moved {\n  from = terraform_data.c\n  to = terraform_data.g\n}\n");
    place.write(
        "main.tf",
        &CHAIN.replace("\"c\" {}", "\"g\" {}").replace("terraform_data.c.", "terraform_data.g."),
    );
    let said = place.refused(&["plan", "-exclude=terraform_data.g"]);
    assert!(said.contains("Moved resource instances excluded by targeting"), "{said}");
}
