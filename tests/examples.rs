//! Every example goes from definition to running and back to nothing.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::binary::{expect_exit, finish, stackwright};
use crate::rebuild::cloud;

/// A copy of an example, and what every command on it is given.
struct Example {
    scratch: tempfile::TempDir,
    files: BTreeSet<PathBuf>,
}

impl Example {
    fn copy(name: &str) -> Example {
        let scratch = tempfile::tempdir().expect("a scratch directory");
        let source = examples().join(name);
        let ignored = ignored_in(&source);
        let brought = files_in(&source).into_iter().filter(|path| !ignored.iter().any(|i| i.matches(path)));
        let files: BTreeSet<PathBuf> = brought.collect();
        for file in &files {
            let target = scratch.path().join(file);
            std::fs::create_dir_all(target.parent().expect("it lies in the copy")).expect("made");
            std::fs::copy(source.join(file), target).expect("copied");
        }
        Example { scratch, files }
    }

    fn dir(&self) -> &Path {
        self.scratch.path()
    }

    fn run(&self, args: &[&str], code: i32) -> String {
        expect_exit(stackwright(self.dir(), args), code, "the example")
    }

    /// What lies here that the example did not bring and that is no state, and what a simulated cloud holds.
    fn made(&self) -> BTreeSet<PathBuf> {
        let there = files_in(self.dir()).into_iter().filter(|path| !is_left_by_runs(path));
        let simulated = match self.dir().join("cloud.jsonl").exists() {
            true => cloud(self.dir()).into_keys().map(PathBuf::from).collect(),
            false => Vec::new(),
        };
        there.filter(|path| !self.files.contains(path)).chain(simulated).collect()
    }

    /// The environment to run in, as a flag: one that is not protected. Nothing where there are no environments.
    fn env(&self) -> Option<String> {
        let environments = std::fs::read_dir(self.dir().join("environments")).ok()?;
        let free =
            |path: &PathBuf| !std::fs::read_to_string(path).expect("read").contains("protected = true");
        let files = environments.map(|entry| entry.expect("an entry").path());
        let first = files.filter(free).min().expect("an environment that is not protected");
        Some(format!("-env={}", first.file_stem().expect("a name").to_string_lossy()))
    }
}

#[test]
fn every_example_comes_up_and_goes_without_a_trace() {
    let names = std::fs::read_dir(examples()).expect("examples are listed");
    let mut names: Vec<String> =
        names.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    // A cloud's example comes up on its emulator, by a script of its own that tests/run calls.
    names.retain(|name| !examples().join(name).join("emulated.sh").exists());
    for name in names {
        let example = Example::copy(&name);
        let env = example.env();
        let with_env =
            |args: &[&'static str]| [args, &env.as_deref().into_iter().collect::<Vec<_>>()].concat();
        example.run(&with_env(&["init"]), 0);
        example.run(&with_env(&["validate"]), 0);
        example.run(&with_env(&["apply", "-auto-approve"]), 0);
        assert!(!example.made().is_empty(), "{name} makes something");
        example.run(&with_env(&["plan", "-detailed-exitcode"]), 0);
        example.run(&with_env(&["destroy", "-auto-approve"]), 0);
        assert_eq!(example.made(), BTreeSet::new(), "{name} leaves something behind");
    }
}

#[test]
fn environments_stand_side_by_side() {
    let example = Example::copy("local");
    example.run(&["apply", "-env=dev", "-auto-approve"], 0);
    let dev = example.made();
    example.run(&["plan", "-env=production", "-out=up.plan"], 0);
    example.run(&["apply", "-env=production", "up.plan"], 0);
    example.run(&["plan", "-env=dev", "-detailed-exitcode"], 0);
    example.run(&["plan", "-env=production", "-detailed-exitcode"], 0);
    example.run(&["plan", "-env=production", "-destroy", "-out=down.plan"], 0);
    example.run(&["apply", "-env=production", "down.plan"], 0);
    example.run(&["plan", "-env=dev", "-detailed-exitcode"], 0);
    for plan in ["up.plan", "down.plan"] {
        std::fs::remove_file(example.dir().join(plan)).expect("removed");
    }
    assert_eq!(example.made(), dev, "production took nothing of dev along");
}

#[test]
fn a_protected_environment_takes_only_saved_plans() {
    let example = Example::copy("local");
    for command in ["apply", "destroy"] {
        let output = finish(stackwright(example.dir(), &[command, "-env=production", "-auto-approve"]));
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{command}: {message}");
        assert!(message.contains("-out"), "{command} says what to do: {message}");
    }
    example.run(&["plan", "-env=dev", "-out=dev.plan"], 0);
    example.run(&["apply", "-env=production", "dev.plan"], 1);
    std::fs::remove_file(example.dir().join("dev.plan")).expect("removed");
    assert_eq!(example.made(), BTreeSet::new(), "nothing was made");
}

#[test]
fn a_saved_plan_is_refused_when_the_state_moved_on() {
    let example = Example::copy("plain");
    example.run(&["plan", "-out=early.plan"], 0);
    example.run(&["apply", "-auto-approve", "-var", r#"teams={ml="Hi"}"#], 0);
    let before = example.made();
    let output = finish(stackwright(example.dir(), &["apply", "early.plan"]));
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("stale"), "{output:?}");
    assert_eq!(example.made(), before, "nothing was done");
}

#[test]
fn dependents_are_destroyed_first() {
    let example = Example::copy("local");
    example.run(&["apply", "-env=dev", "-auto-approve"], 0);
    let output = finish(stackwright(example.dir(), &["destroy", "-env=dev", "-auto-approve"]));
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    let at = |text: &str| said.find(text).unwrap_or_else(|| panic!("{text} is not in:\n{said}"));
    let directory = at("stackwright_directory.runs: Destroying...");
    assert!(at("local_file.settings: Destruction complete") < directory, "{said}");
    assert!(at("stackwright_file.zenml_stack: Destruction complete") < directory, "{said}");
}

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")
}

/// What stays when everything is destroyed.
fn is_left_by_runs(path: &Path) -> bool {
    let first = path.iter().next().unwrap_or_default().to_string_lossy();
    first == "state"
        || first == "requests.jsonl"
        || first.starts_with("cloud.jsonl")
        || first.starts_with("terraform.tfstate")
}

/// A line of an example's `.gitignore`: what somebody who tried the example may have left beside it.
struct Ignored {
    before: String,
    /// What follows the star; nothing for a name as it is.
    after: Option<String>,
}

impl Ignored {
    fn matches(&self, path: &Path) -> bool {
        let first = path.iter().next().unwrap_or_default().to_string_lossy();
        match &self.after {
            None => first == self.before,
            Some(after) => {
                first.strip_prefix(&self.before).is_some_and(|rest| rest.ends_with(after.as_str()))
            }
        }
    }
}

/// Reads the lines that examples use: a name at the top, with a star at most.
fn ignored_in(example: &Path) -> Vec<Ignored> {
    let text = std::fs::read_to_string(example.join(".gitignore")).unwrap_or_default();
    let patterns = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    patterns
        .map(|line| {
            let name = line.trim_matches('/');
            let (before, after) =
                name.split_once('*').map_or((name, None), |(b, a)| (b, Some(a.to_string())));
            Ignored { before: before.to_string(), after }
        })
        .collect()
}

/// All files and empty directories below a directory, relative to it.
fn files_in(dir: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let mut open = vec![PathBuf::new()];
    while let Some(inside) = open.pop() {
        let entries = std::fs::read_dir(dir.join(&inside)).expect("directories can be listed");
        let before = found.len() + open.len();
        for entry in entries {
            let path = inside.join(entry.expect("an entry").file_name());
            if dir.join(&path).is_dir() {
                open.push(path);
            } else {
                found.insert(path);
            }
        }
        if found.len() + open.len() == before {
            found.insert(inside);
        }
    }
    found
}
