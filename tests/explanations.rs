//! Every action says why: the attribute, the line, and what it follows.

use std::path::Path;

use crate::binary::{expect_exit, finish, stackwright};

const MAIN: &str = r#"variable "size" { default = 1 }
locals {
  image = "app:1"
  services = {
    api = { port = 80 }
    web = { port = 81 }
  }
}
resource "terraform_data" "base" {
  triggers_replace = local.image
}
resource "terraform_data" "svc" {
  for_each         = local.services
  input            = each.value.port
  triggers_replace = [terraform_data.base.id]
}
resource "terraform_data" "n" {
  count = var.size
  input = "x-${var.size}"
}
module "m" {
  source = "./m"
  size   = var.size
}
resource "terraform_data" "last" {
  input = { a = "1", b = { c = module.m.out } }
  lifecycle {
    replace_triggered_by = [terraform_data.n]
  }
}
resource "local_file" "note" {
  filename = "${path.module}/note.txt"
  content  = "hello"
}
"#;

const MODULE: &str = "variable \"size\" {}\noutput \"out\" {\n  value = var.size\n}\n";

struct Applied(tempfile::TempDir);

impl Applied {
    fn new() -> Applied {
        let scratch = tempfile::tempdir().unwrap();
        std::fs::create_dir(scratch.path().join("m")).unwrap();
        std::fs::write(scratch.path().join("m/main.tf"), MODULE).unwrap();
        let applied = Applied(scratch);
        applied.write("main.tf", MAIN);
        expect_exit(stackwright(applied.dir(), &["init"]), 0, "init");
        expect_exit(stackwright(applied.dir(), &["apply", "-auto-approve"]), 0, "the first apply");
        applied
    }

    fn dir(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.dir().join(name), text).unwrap();
    }

    fn edit(&self, from: &str, to: &str) {
        assert!(MAIN.contains(from));
        self.write("main.tf", &MAIN.replace(from, to));
    }

    fn plan(&self, flags: &[&str]) -> String {
        expect_exit(stackwright(self.dir(), &[&["plan"], flags].concat()), 0, "the plan")
    }

    /// The line below the one that says what happens to an object.
    #[track_caller]
    fn note(&self, flags: &[&str], address: &str, expect: &str) {
        let plan = self.plan(flags);
        let mut lines = plan.lines().skip_while(|line| !line.starts_with(&format!("  # {address} ")));
        let note = lines.nth(1);
        assert!(note.is_some(), "{address} does not change in {plan}");
        assert_eq!(note.unwrap(), format!("  # ({expect})"), "{address}");
    }
}

#[test]
fn an_edited_line_is_named_with_all_that_follows() {
    let applied = Applied::new();
    applied.edit("app:1", "app:2");
    applied.note(
        &[],
        "terraform_data.base",
        "because of triggers_replace, which forces a replacement: main.tf:3",
    );
    applied.note(
        &[],
        "terraform_data.svc[\"web\"]",
        "because triggers_replace[0], which forces a replacement, follows terraform_data.base.id: main.tf:15",
    );
    let groups = applied.plan(&["-concise"]);
    let expect = "\n  main.tf:3 (local.image) -> 3 replacements\n      terraform_data.base, terraform_data.svc[\"api\"], \
                  terraform_data.svc[\"web\"]\n\nPlan: 3 to add, 0 to change, 3 to destroy.\n";
    assert!(groups.starts_with(expect), "{groups}");
    let chain = applied.plan(&["-explain=terraform_data.svc[\"api\"]"]);
    let expect = r#"terraform_data.svc["api"] must be replaced
  triggers_replace[0] forces the replacement
    main.tf:15: triggers_replace = [terraform_data.base.id]
    It follows terraform_data.base.id.

terraform_data.base must be replaced
  triggers_replace forces the replacement
    main.tf:10: triggers_replace = local.image
    main.tf:3: image = "app:1"
    This is where the configuration says something else than what exists.
"#;
    assert_eq!(chain, expect.replace("app:1", "app:2"));
}

#[test]
fn values_are_followed_to_who_gave_them() {
    let applied = Applied::new();
    applied.write("terraform.tfvars", "size = 2\n");
    applied.note(
        &[],
        "terraform_data.n[0]",
        "because of input: main.tf:19, or var.size (terraform.tfvars:1)",
    );
    applied.note(&[], "terraform_data.n[1]", "count: terraform.tfvars:1");
    let chain = applied.plan(&["-explain=terraform_data.last"]);
    let expect = "terraform_data.last will be replaced due to changes in replace_triggered_by\n    main.tf:28: \
                  replace_triggered_by = [terraform_data.n]\n    It follows terraform_data.n[0].\n\nterraform_data.n[0] will be \
                  updated in-place\n  input changes\n    main.tf:19: input = \"x-${var.size}\"\n    Either this was \
                  edited, or var.size (terraform.tfvars:1) has another value than before.\n";
    assert_eq!(chain, expect);
    applied.write("terraform.tfvars", "");
    applied.note(
        &["-var", "size=3", "-target=module.m", "-target=terraform_data.n"],
        "terraform_data.n[2]",
        "count: the command line (-var)",
    );
}

#[test]
fn an_element_is_found_where_it_is_written() {
    let applied = Applied::new();
    applied.edit("port = 81", "port = 82");
    applied.note(&[], "terraform_data.svc[\"web\"]", "because of input: main.tf:6");
    applied.edit("    web = { port = 81 }\n", "");
    let plan = applied.plan(&[]);
    assert!(
        plan.contains("  # (because key [\"web\"] is not in for_each map)\n  # (for_each: main.tf:4)\n"),
        "{plan}"
    );
    applied.edit("c = module.m.out", "c = 5");
    applied.note(&[], "terraform_data.last", "because of input.b.c: main.tf:26");
}

#[test]
fn what_was_done_outside_or_asked_for_is_told_from_edits() {
    let applied = Applied::new();
    std::fs::remove_file(applied.dir().join("note.txt")).unwrap();
    let plan = applied.plan(&[]);
    assert!(
        plan.contains("  # local_file.note will be created\n  # (because it was deleted outside)\n"),
        "{plan}"
    );
    let chain = applied.plan(&["-replace=terraform_data.base", "-explain=terraform_data.svc[\"api\"]"]);
    assert!(
        chain.ends_with(
            "terraform_data.base will be replaced, as requested\n    It was asked for with -replace.\n"
        ),
        "{chain}"
    );
    assert_eq!(applied.plan(&["-explain=terraform_data.base"]), "terraform_data.base does not change.\n");
    let output = finish(stackwright(applied.dir(), &["plan", "-explain=terraform_data.bas"]));
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("Did you mean \"terraform_data.base\"?"));
}

#[test]
fn a_saved_plan_explains_itself_without_the_files() {
    let applied = Applied::new();
    applied.edit("app:1", "app:2");
    applied.write("terraform.tfvars", "size = 2\n");
    let whole = applied.plan(&["-out=p"]);
    assert!(whole.contains("  # (count: terraform.tfvars:1)\n"), "{whole}");
    std::fs::remove_file(applied.dir().join("main.tf")).unwrap();
    let shown = expect_exit(stackwright(applied.dir(), &["show", "p"]), 0, "show");
    assert!(whole.starts_with(&shown), "{shown}");
    let chain = expect_exit(
        stackwright(applied.dir(), &["show", "-explain=terraform_data.base", "p"]),
        0,
        "show -explain",
    );
    assert!(chain.contains("main.tf:3: image = \"app:2\""), "{chain}");
    let groups = expect_exit(stackwright(applied.dir(), &["show", "-concise", "p"]), 0, "show -concise");
    assert!(groups.contains("main.tf:3 (local.image) -> 3 replacements"), "{groups}");
}

#[test]
fn explanations_show_no_secret() {
    let scratch = tempfile::tempdir().unwrap();
    let write = |secret: &str| {
        let text = format!(
            "resource \"local_sensitive_file\" \"x\" {{\n  filename = \"f\"\n  content  = \"{secret}\"\n}}\n"
        );
        std::fs::write(scratch.path().join("main.tf"), text).unwrap();
    };
    write("first");
    expect_exit(stackwright(scratch.path(), &["apply", "-auto-approve"]), 0, "apply");
    write("hush-hush");
    let said =
        expect_exit(stackwright(scratch.path(), &["plan", "-explain=local_sensitive_file.x"]), 0, "plan");
    assert!(said.contains("main.tf:3: local_sensitive_file.x.content") && !said.contains("hush"), "{said}");
}

const LED: &str = r#"variable "env" { default = "dev" }
locals {
  names = {
    x = "one"
    y = "two"
  }
  common = {
    team = "ml"
    env  = var.env
  }
}
module "m" {
  source   = "./m"
  for_each = local.names
  name     = each.value
  tags     = local.common
}
resource "terraform_data" "uses" {
  for_each = module.m
  input    = each.value.ids["a"]
}
resource "terraform_data" "merged" {
  count = var.env == "prod" ? 2 : 1
  input = merge(local.common, { extra = "1" })
}
data "terraform_remote_state" "late" {
  backend    = "local"
  config     = { path = "other.tfstate" }
  defaults   = {}
  depends_on = [terraform_data.uses]
}
resource "terraform_data" "old" { input = 1 }
resource "terraform_data" "own" {
  for_each = local.names
  input    = [module.m[each.key].ids["b"], terraform_data.uses[each.key].id]
}
"#;

const LED_MODULE: &str = r#"variable "name" {}
variable "tags" {}
resource "terraform_data" "inner" {
  for_each         = toset(["a", "b"])
  triggers_replace = [upper(var.name), var.tags]
}
output "ids" { value = { for k, v in terraform_data.inner : k => v.id } }
output "other" { value = 1 }
"#;

fn led() -> Applied {
    let scratch = tempfile::tempdir().unwrap();
    std::fs::create_dir(scratch.path().join("m")).unwrap();
    std::fs::write(scratch.path().join("m/main.tf"), LED_MODULE).unwrap();
    let applied = Applied(scratch);
    applied.write("main.tf", LED);
    applied.write(
        "other.tfstate",
        r#"{"version": 4, "serial": 1, "lineage": "x", "outputs": {}, "resources": []}"#,
    );
    expect_exit(stackwright(applied.dir(), &["init"]), 0, "init");
    expect_exit(stackwright(applied.dir(), &["apply", "-auto-approve"]), 0, "the first apply");
    applied
}

#[test]
fn one_edit_is_one_group_however_far_it_reaches() {
    let applied = led();
    for (flags, from, to, root) in [
        (&["-var=env=prod"][..], "", "", "var.env (the command line (-var))"),
        (&[], "team = \"ml\"", "team = \"ds\"", "main.tf:8 (local.common)"),
        (&[], "    x = \"one\"\n", "", "main.tf:3 (local.names)"),
    ] {
        applied.write("main.tf", &LED.replacen(from, to, 1));
        let groups = applied.plan(&[&["-concise"], flags].concat());
        assert_eq!(groups.matches(" -> ").count(), 1, "{groups}");
        assert!(groups.starts_with(&format!("\n  {root} -> ")), "{groups}");
    }
}

#[test]
fn reasons_lead_through_modules_and_their_calls() {
    let applied = led();
    applied.write("main.tf", &LED.replace("\"one\"", "\"uno\""));
    applied.note(
        &[],
        "module.m[\"x\"].terraform_data.inner[\"a\"]",
        "because of triggers_replace[0], which forces a replacement: m/main.tf:5, or main.tf:4 (local.names)",
    );
    applied.note(
        &[],
        "terraform_data.uses[\"x\"]",
        "because input follows module.m[\"x\"].terraform_data.inner[\"a\"]: m/main.tf:7",
    );
    applied.note(
        &["-var=env=prod"],
        "terraform_data.own[\"y\"]",
        "because input[0] follows module.m[\"y\"].terraform_data.inner[\"a\"]: m/main.tf:7",
    );
    let late = applied.plan(&["-explain=data.terraform_remote_state.late"]);
    assert!(
        late.contains(
            "    main.tf:30: depends_on = [terraform_data.uses]\n    It follows terraform_data.uses[\"x\"].\n"
        ),
        "{late}"
    );
    applied.write("main.tf", &LED.replace("    x = \"one\"\n", ""));
    let gone = applied.plan(&["-explain=module.m[\"x\"].terraform_data.inner[\"a\"]"]);
    let expect = "module.m[\"x\"].terraform_data.inner[\"a\"] will be destroyed\n    main.tf:13: for_each = local.names\n    \
                  main.tf:3: names = {\n";
    assert_eq!(gone, expect);
}

#[test]
fn whole_resources_and_modules_and_moves_are_explained() {
    let applied = led();
    let all = applied.plan(&["-var=env=prod", "-explain=terraform_data.merged"]);
    assert!(
        all.contains("terraform_data.merged[0] will be updated")
            && all.contains("terraform_data.merged[1] will be created"),
        "{all}"
    );
    let module = applied.plan(&["-var=env=prod", "-explain=module.m[\"y\"]"]);
    assert!(
        module.contains("inner[\"a\"] must")
            && module.contains("inner[\"b\"] must")
            && !module.contains("[\"x\"]"),
        "{module}"
    );
    assert_eq!(applied.plan(&["-explain=module.m"]), "Nothing of it changes.\n");
    let moved = "resource \"terraform_data\" \"new\" { input = 1 }\nmoved {\n  from = terraform_data.old\n  to   = \
                 terraform_data.new\n}\n";
    applied.write("main.tf", &LED.replace("resource \"terraform_data\" \"old\" { input = 1 }\n", moved));
    let chain = applied.plan(&["-explain=terraform_data.new"]);
    assert_eq!(chain, "terraform_data.old has moved to terraform_data.new\n    main.tf:33: moved {\n");
    let groups = applied.plan(&["-concise"]);
    assert!(groups.starts_with("\n  main.tf:33 (moved) -> 1 move\n      terraform_data.new\n"), "{groups}");
    applied.write(
        "main.tf",
        &format!("{LED}import {{\n  to = terraform_data.in\n  id = \"x\"\n}}\nresource \"terraform_data\" \"in\" {{}}\n"),
    );
    applied.note(&[], "terraform_data.in", "import block: main.tf:37");
}
