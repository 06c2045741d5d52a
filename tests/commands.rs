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
