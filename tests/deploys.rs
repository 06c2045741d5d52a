//! `examples/ci`: from a pull request to what is deployed, over a local git repository with two environments.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::binary::{BINARY, command, expect_exit, finish, is_installed};

/// A team's repository, the directory that outlives its jobs, and what they carry from job to job.
struct Team {
    scratch: tempfile::TempDir,
    jobs: std::cell::Cell<usize>,
}

impl Team {
    /// The example as the first commit of `main`, deployed to both environments.
    fn new() -> Option<Team> {
        if !is_installed("git") || !is_installed("sh") && !Path::new("/bin/sh").exists() {
            println!("skipped: git and sh are needed");
            return None;
        }
        let team = Team { scratch: tempfile::tempdir().unwrap(), jobs: 0.into() };
        let origin = team.path("origin");
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/ci"), &origin);
        team.git(&origin, &["init", "--quiet", "--initial-branch=main"]);
        team.commit(&origin, "first");
        for env in ["staging", "production"] {
            team.done(&team.plan("main", env));
            team.done(&team.apply("main", env));
        }
        Some(team)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    fn git(&self, dir: &Path, args: &[&str]) -> String {
        let mut git = Command::new("git");
        git.args(args)
            .current_dir(dir)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null");
        for role in ["AUTHOR", "COMMITTER"] {
            git.env(format!("GIT_{role}_NAME"), "a").env(format!("GIT_{role}_EMAIL"), "a@example.com");
        }
        expect_exit(git, 0, "git")
    }

    fn commit(&self, dir: &Path, message: &str) {
        self.git(dir, &["add", "--all"]);
        self.git(dir, &["commit", "--quiet", "--allow-empty", "--message", message]);
    }

    /// A branch with one edit of one file.
    fn propose(&self, branch: &str, file: &str, from: &str, to: &str) {
        let origin = self.path("origin");
        self.git(&origin, &["checkout", "--quiet", "-b", branch, "main"]);
        let text = std::fs::read_to_string(origin.join(file)).unwrap();
        assert!(text.contains(from), "{from} is in {text}");
        std::fs::write(origin.join(file), text.replace(from, to)).unwrap();
        self.commit(&origin, branch);
        self.git(&origin, &["checkout", "--quiet", "main"]);
    }

    fn merge(&self, branch: &str) {
        self.git(&self.path("origin"), &["merge", "--quiet", "--no-ff", "--message", branch, branch]);
    }

    /// One job: a clone of its own, the script, and the artifact that goes in and comes out.
    fn job(&self, branch: &str, args: &[&str]) -> Output {
        self.jobs.set(self.jobs.get() + 1);
        let clone = self.path(&format!("job-{}", self.jobs.get()));
        let origin = self.path("origin").to_string_lossy().into_owned();
        let target = clone.to_string_lossy().into_owned();
        self.git(self.scratch.path(), &["clone", "--quiet", "--branch", branch, &origin, &target]);
        let mut job = command("sh", &clone, &[&["deploy.sh"], args].concat());
        job.env("STACKWRIGHT", BINARY)
            .env("OUT", self.path("artifacts"))
            .env("TF_VAR_root", self.path("kept"))
            .env("HOME", self.scratch.path());
        finish(job)
    }

    fn plan(&self, branch: &str, env: &str) -> Output {
        self.job(branch, &["plan", env])
    }

    fn apply(&self, branch: &str, env: &str) -> Output {
        self.job(branch, &["apply", env])
    }

    #[track_caller]
    fn done(&self, output: &Output) -> String {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stdout));
        said
    }

    #[track_caller]
    fn refused(&self, output: &Output, why: &str) {
        let said = [&output.stdout[..], &output.stderr[..]].concat();
        let said = String::from_utf8_lossy(&said).split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(why), "{why} is in {said}");
    }

    fn artifact(&self, env: &str, name: &str) -> String {
        std::fs::read_to_string(self.path("artifacts").join(env).join(name)).unwrap()
    }

    fn served(&self, env: &str) -> String {
        std::fs::read_to_string(self.path(&format!("kept/serving-{env}.json"))).unwrap()
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let (path, target) = (entry.as_ref().unwrap().path(), to.join(entry.unwrap().file_name()));
        match path.is_dir() {
            true if ["out", "state"].contains(&&*path.file_name().unwrap().to_string_lossy()) => {}
            true => copy(&path, &target),
            false => drop(std::fs::copy(&path, &target).unwrap()),
        }
    }
}

#[test]
fn what_was_reviewed_is_what_is_deployed() {
    let Some(team) = Team::new() else { return };
    team.propose("more", "environments/production.hcl", "churn-2", "churn-3");
    team.done(&team.job("more", &["check"]));
    assert!(team.done(&team.plan("more", "staging")).contains("deploy: staging: no changes"));
    assert!(team.done(&team.plan("more", "production")).contains("deploy: production: there are changes"));
    assert_eq!(
        [team.artifact("staging", "result"), team.artifact("production", "result")],
        ["none\n", "changes\n"]
    );
    assert!(team.artifact("staging", "comment.md").contains("<b>No changes.</b>"));
    let comment = team.artifact("production", "comment.md");
    assert!(comment.starts_with("<!-- stackwright plan production -->\n"), "{comment}");
    assert!(comment.contains("!   content") && comment.contains("churn-3"), "{comment}");
    assert!(team.served("production").contains("churn-2"), "nothing was deployed yet");

    team.merge("more");
    assert!(team.done(&team.apply("main", "staging")).contains("nothing to apply"));
    let said = team.done(&team.apply("main", "production"));
    assert!(said.contains("deploy: production: applied"), "{said}");
    assert!(team.served("production").contains("churn-3"));
    assert!(team.done(&team.plan("main", "production")).contains("no changes"));
}

#[test]
fn a_plan_is_refused_when_the_state_moved_on() {
    let Some(team) = Team::new() else { return };
    team.propose("more", "environments/staging.hcl", "replicas = 1", "replicas = 2");
    team.done(&team.plan("more", "staging"));
    team.merge("more");
    let clone = team.path("origin");
    let mut by_hand = command(BINARY, &clone, &["apply", "-env=staging", "-auto-approve", "-var=replicas=9"]);
    by_hand.env("TF_VAR_root", team.path("kept"));
    expect_exit(by_hand, 0, "somebody applies something else");
    let state = team.path("kept/state/staging/terraform.tfstate");
    let before = std::fs::read(&state).unwrap();
    let output = team.apply("main", "staging");
    team.refused(&output, "The state was changed after the plan was made");
    team.refused(&output, "Make a new plan: open another pull request.");
    assert!(team.served("staging").contains("9"), "what is deployed stays");
    assert_eq!(std::fs::read(&state).unwrap(), before, "and so does the state");
}

#[test]
fn a_plan_is_refused_when_something_else_was_merged() {
    let Some(team) = Team::new() else { return };
    team.propose("one", "environments/production.hcl", "churn-2", "churn-3");
    team.propose("other", "environments/staging.hcl", "replicas = 1", "replicas = 4");
    team.done(&team.plan("one", "production"));
    team.merge("other");
    team.merge("one");
    team.refused(&team.apply("main", "production"), "what was merged is not what was planned");
    assert!(team.served("production").contains("churn-2"));
}

#[test]
fn what_is_wrong_stops_before_anything_is_planned_or_applied() {
    let Some(team) = Team::new() else { return };
    team.propose("ugly", "main.tf", "  default     = \".\"", "  default=\".\"");
    team.refused(
        &team.job("ugly", &["check"]),
        "the layout is not the standard one. Run: stackwright fmt -recursive",
    );
    team.propose("misspelt", "main.tf", "= var.model,", "= var.modell,");
    team.refused(&team.job("misspelt", &["check"]), "Did you mean \"model\"?");
    team.propose("wrong", "environments/production.hcl", "replicas = 3", "replicas = 0");
    team.refused(&team.plan("wrong", "production"), "There must be at least one server.");
    assert_eq!(team.artifact("production", "result"), "failed\n");
    team.refused(&team.apply("wrong", "production"), "planning failed, so there is nothing to apply");
    std::fs::remove_dir_all(team.path("artifacts")).unwrap();
    team.refused(&team.apply("main", "staging"), "there is no plan in");
    team.refused(&team.job("main", &["deploy"]), "usage: deploy.sh check | plan ENV | apply ENV");
}

/// A file of YAML as a value, read by the program's own function.
fn yaml(file: &str) -> serde_json::Value {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/ci");
    let scratch = tempfile::tempdir().unwrap();
    std::fs::copy(dir.join(file), scratch.path().join("it.yml")).unwrap();
    std::fs::write(
        scratch.path().join("main.tf"),
        "output \"it\" {\n  value = yamldecode(file(\"it.yml\"))\n}\n",
    )
    .unwrap();
    expect_exit(command(BINARY, scratch.path(), &["apply", "-auto-approve"]), 0, "it is YAML");
    let text = expect_exit(command(BINARY, scratch.path(), &["output", "-json", "it"]), 0, "it is kept");
    serde_json::from_str(&text).unwrap()
}

#[test]
fn the_workflows_ask_for_little_and_call_the_script() {
    let github = yaml(".github/workflows/deploy.yml");
    assert_eq!(github["permissions"], serde_json::json!({}), "nothing by default");
    let jobs = github["jobs"].as_object().unwrap();
    for (name, job) in jobs {
        assert!(job["permissions"].is_object() && job["timeout-minutes"].is_number(), "{name}");
        for uses in job["steps"].as_array().unwrap().iter().filter_map(|s| s["uses"].as_str()) {
            let version = uses.split_once("@v").unwrap().1;
            assert_eq!(version.split('.').filter(|part| part.parse::<u32>().is_ok()).count(), 3, "{uses}");
        }
    }
    for env in ["staging", "production"] {
        assert_eq!(jobs[env]["environment"], env);
        assert_eq!(jobs[env]["concurrency"]["group"], format!("apply-{env}"));
        assert_eq!(jobs[env]["concurrency"]["cancel-in-progress"], false);
    }
    let gitlab = yaml(".gitlab-ci.yml");
    assert_eq!(gitlab["production"]["rules"][0]["when"], "manual");
    for env in ["staging", "production"] {
        assert_eq!(gitlab[env]["resource_group"], env);
        assert_eq!(gitlab[env]["environment"]["name"], env);
    }
    for text in [github.to_string(), gitlab.to_string()] {
        for call in ["sh deploy.sh check", "sh deploy.sh plan ", "sh deploy.sh apply "] {
            assert!(text.contains(call), "{call}");
        }
    }
}
