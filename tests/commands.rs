//! Commands of the binary on configurations that need no provider but the built-in one.

use std::path::Path;

use crate::binary::{expect_exit, finish, stackwright};

/// A directory with a configuration to run commands in.
struct Directory(tempfile::TempDir);

impl Directory {
    fn new(configuration: &str) -> Directory {
        let scratch = tempfile::tempdir().unwrap();
        std::fs::write(scratch.path().join("main.tf"), configuration).unwrap();
        Directory(scratch)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// What a command that has to succeed prints.
    #[track_caller]
    fn run(&self, line: &str) -> String {
        let args: Vec<&str> = line.split(' ').collect();
        expect_exit(stackwright(self.path(), &args), 0, line)
    }

    /// What a command that has to fail says.
    #[track_caller]
    fn fail(&self, line: &str) -> String {
        let args: Vec<&str> = line.split(' ').collect();
        let output = finish(stackwright(self.path(), &args));
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert_eq!(output.status.code(), Some(1), "{line}: {said}");
        said
    }
}

const NAMED: &str = "resource \"terraform_data\" \"x\" {\n  input = terraform.workspace\n}\n";

#[test]
fn a_plan_that_uses_its_workspaces_name_is_applied_to_no_other() {
    let dir = Directory::new(NAMED);
    dir.run("workspace new a");
    dir.run("plan -out=p");
    dir.run("workspace select default");
    assert!(dir.fail("apply p").contains("Plan of another workspace"));
    dir.run("workspace select a");
    dir.run("apply p");
    assert_eq!(dir.run("state list"), "terraform_data.x\n");
    dir.run("workspace select default");
    assert!(dir.fail("state list").contains("No state file was found!"));
}

#[test]
fn a_state_to_start_from_gets_a_name_of_its_own() {
    let dir = Directory::new(NAMED);
    dir.run("apply -auto-approve");
    dir.run("workspace new -state=terraform.tfstate copy");
    assert_eq!(dir.run("state list"), "terraform_data.x\n");
    let lineage = |path: &str| {
        let text = std::fs::read_to_string(dir.path().join(path)).unwrap();
        let state: serde_json::Value = serde_json::from_str(&text).unwrap();
        state["lineage"].as_str().unwrap().to_owned()
    };
    assert_ne!(lineage("terraform.tfstate"), lineage("terraform.tfstate.d/copy/terraform.tfstate"));
    assert!(dir.fail("workspace new -state=nothing other").contains("nothing cannot be read"));
    assert!(!dir.run("workspace list").contains("other"), "nothing was made");
}

#[test]
fn workspaces_lie_where_the_backend_says() {
    let backend = "terraform {\n  backend \"local\" {\n    workspace_dir = \"w\"\n  }\n}\n";
    let dir = Directory::new(&format!("{backend}{NAMED}"));
    dir.run("workspace new dev");
    dir.run("apply -auto-approve");
    assert!(dir.path().join("w/dev/terraform.tfstate").exists());
}

#[test]
fn no_state_is_touched_when_the_place_of_it_cannot_be_read() {
    let dir = Directory::new(NAMED);
    dir.run("apply -auto-approve");
    std::fs::write(dir.path().join("backend.tf"), "terraform {\n").unwrap();
    for line in ["taint terraform_data.x", "state rm terraform_data.x", "workspace new dev", "state list"] {
        assert!(dir.fail(line).contains("backend.tf"), "{line}");
    }
}

#[test]
fn a_saved_plan_keeps_all_variables_but_ephemeral_ones() {
    let dir = Directory::new(
        r#"
variable "size" { default = 1 }
variable "token" {
  ephemeral = true
  default   = null
}
resource "terraform_data" "x" {
  input = var.size
  provisioner "local-exec" {
    command     = "echo $TOKEN > told"
    environment = { TOKEN = var.token }
  }
}
"#,
    );
    dir.run("plan -out=p -var size=2 -var token=n0t-kept");
    let plan = std::fs::read_to_string(dir.path().join("p")).unwrap();
    assert!(!plan.contains("n0t-kept"), "the plan keeps the value of an ephemeral variable");
    assert!(dir.fail("apply p").contains("No value for required variable"));
    assert!(dir.fail("apply -var token=t -var size=3 p").contains("A saved plan keeps the values"));
    dir.run("apply -var token=t p");
    assert_eq!(std::fs::read_to_string(dir.path().join("told")).unwrap(), "t\n");
    assert!(dir.fail("apply nothing.plan").contains("Failed to load \"nothing.plan\" as a plan file"));
}

#[test]
fn a_state_is_pulled_changed_and_pushed() {
    let dir = Directory::new(NAMED);
    dir.run("apply -auto-approve");
    let pulled = dir.run("state pull");
    let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
    write("same.json", &pulled);
    dir.run("state push same.json");
    assert_eq!(dir.run("state pull"), pulled);
    let with_serial = |serial: u64| {
        let mut state: serde_json::Value = serde_json::from_str(&pulled).unwrap();
        state["serial"] = serial.into();
        state.to_string()
    };
    write("older.json", &with_serial(0));
    write("newer.json", &with_serial(90).replace("\"default\"", "\"pushed\""));
    assert!(dir.fail("state push older.json").contains("Failed to write state"));
    dir.run("state push newer.json");
    assert!(dir.run("state show terraform_data.x").contains("\"pushed\""));
    std::fs::write(dir.path().join("terraform.tfstate"), "torn").unwrap();
    assert!(dir.fail("state push newer.json").contains("not a readable state"));
    dir.run("state push -force newer.json");
    assert!(dir.run("state show terraform_data.x").contains("\"pushed\""));
}

#[test]
fn objects_move_to_another_state_file() {
    let dir = Directory::new("resource \"terraform_data\" \"a\" {}\nresource \"terraform_data\" \"b\" {}\n");
    dir.run("apply -auto-approve");
    let moved =
        dir.run("state mv -backup=before.json -state-out=other.tfstate terraform_data.a terraform_data.z");
    assert_eq!(moved, "Move \"terraform_data.a\" to \"terraform_data.z\"\nSuccessfully moved 1 object(s).\n");
    assert_eq!(dir.run("state list"), "terraform_data.b\n");
    assert_eq!(dir.run("state list -state=other.tfstate"), "terraform_data.z\n");
    assert_eq!(dir.run("state list -state=before.json"), "terraform_data.a\nterraform_data.b\n");
    let taken = dir.fail("state mv -state-out=other.tfstate terraform_data.b terraform_data.z");
    assert!(taken.contains("already a resource instance"), "{taken}");
    assert_eq!(dir.run("state list"), "terraform_data.b\n");
}

const LINKED: &str = r#"
variable "v" { default = 1 }
resource "terraform_data" "a" {
  count = 2
  input = var.v
}
resource "terraform_data" "b" {
  input = [terraform_data.a[0].id, terraform_data.a[1].id]
}
output "o" { value = terraform_data.b.id }
"#;

#[test]
fn graphs_have_the_shape_of_terraforms() {
    let dir = Directory::new(LINKED);
    let plain = "digraph G {\n  rankdir = \"RL\";\n  node [shape = rect, fontname = \"sans-serif\"];\n  \"terraform_data.a\" \
                 [label=\"terraform_data.a\"];\n  \"terraform_data.b\" [label=\"terraform_data.b\"];\n  \"terraform_data.b\" \
                 -> \"terraform_data.a\";\n}\n";
    assert_eq!(dir.run("graph"), plain);
    let evaluated = r#"digraph {
	compound = "true"
	newrank = "true"
	subgraph "root" {
		"[root] provider[\"terraform.io/builtin/terraform\"]" [label = "provider[\"terraform.io/builtin/terraform\"]", shape = "diamond"]
		"[root] terraform_data.a (expand)" [label = "terraform_data.a", shape = "box"]
		"[root] terraform_data.b (expand)" [label = "terraform_data.b", shape = "box"]
		"[root] var.v" [label = "var.v", shape = "note"]
		"[root] output.o (expand)" -> "[root] terraform_data.b (expand)"
		"[root] provider[\"terraform.io/builtin/terraform\"] (close)" -> "[root] terraform_data.b (expand)"
		"[root] root" -> "[root] output.o (expand)"
		"[root] root" -> "[root] provider[\"terraform.io/builtin/terraform\"] (close)"
		"[root] terraform_data.a (expand)" -> "[root] provider[\"terraform.io/builtin/terraform\"]"
		"[root] terraform_data.a (expand)" -> "[root] var.v"
		"[root] terraform_data.b (expand)" -> "[root] terraform_data.a (expand)"
	}
}
"#;
    for ty in ["plan", "plan-refresh-only", "apply"] {
        assert_eq!(dir.run(&format!("graph -type={ty} -draw-cycles")), evaluated);
    }
    assert!(dir.fail("graph -type=other").contains("Unsupported graph type"));
}

#[test]
fn graphs_of_plans_and_states_show_what_would_be_done() {
    let dir = Directory::new(LINKED);
    dir.run("plan -out=p");
    let plan = dir.run("graph -plan=p");
    assert!(plan.contains("\"[root] terraform_data.b\" -> \"[root] terraform_data.a[1]\"\n"), "{plan}");
    assert!(plan.contains("label = \"terraform_data.a[0]\\ncreate\""), "{plan}");
    dir.run("apply p");
    let destroy = dir.run("graph -type=plan-destroy");
    let edge = "\"[root] terraform_data.a (destroy)\" -> \"[root] terraform_data.b (destroy)\"";
    assert!(destroy.contains(edge), "{destroy}");
    let mermaid = dir.run("graph -format=mermaid");
    assert_eq!(
        mermaid,
        "flowchart RL\n  n0[\"terraform_data.a\"]\n  n1[\"terraform_data.b\"]\n  n1 --> n0\n"
    );
    assert!(dir.run("graph -format=svg -plan=p").contains(">create</text>"));
}

#[test]
fn circles_are_drawn_on_request() {
    let dir = Directory::new(
        "locals {\n  a = local.b\n  b = local.a\n}\nresource \"terraform_data\" \"x\" { input = local.a }\n",
    );
    assert!(dir.fail("graph").contains("Cycle: "));
    let drawn = dir.run("graph -type=plan -draw-cycles");
    let edge =
        "\"[root] local.a (expand)\" -> \"[root] local.b (expand)\" [color = \"red\", penwidth = \"2.0\"]";
    assert!(drawn.contains(edge), "{drawn}");
    assert!(dir.run("graph -type=plan -draw-cycles -format=svg").contains("class=\"edge circular\""));
}
