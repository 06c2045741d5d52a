//! The rules of the house: which layer may import which, how layers are called, and who touches the outside.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// What each layer may import. A provider may import what `PROVIDER` names, the root package everything.
const ARROWS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("graph", &[]),
    ("trust", &[]),
    ("lang", &["model"]),
    ("provider", &["model"]),
    ("state", &["model", "trust"]),
    ("config", &["graph", "lang", "model"]),
    ("stack", &["config", "lang", "model", "provider"]),
    ("plan", &["config", "graph", "lang", "model", "provider", "state"]),
    ("apply", &["config", "graph", "lang", "model", "plan", "provider", "state"]),
    ("cli", &["apply", "config", "graph", "lang", "model", "plan", "provider", "stack", "state"]),
];

/// Members that are tests of all layers together. They may look everywhere but at concrete providers, and nothing looks
/// at them; but for what `OF_TESTS` names.
const TESTS: &[&str] = &["soak", "crashes"];

/// What tests of all layers may look at beside the layers.
const OF_TESTS: &[(&str, &str)] = &[("crashes", "soak"), ("crashes", "provider-sim")];

/// What every provider may import.
const PROVIDER: &[&str] = &["model", "provider"];

/// Providers that keep or read states.
const PROVIDERS_WITH_STATE: &[&str] = &["provider-terraform", "provider-aws", "provider-gcp"];

/// The parts of a cloud that are crates of their own, beside the cloud's.
const PARTS_OF_CLOUDS: &[(&str, &str)] = &[("provider-aws-network", "provider-aws")];

/// Providers that speak TLS by themselves.
const PROVIDERS_WITH_TLS: &[&str] = &["provider-tls"];

/// Names that say nothing about what a crate is for.
const EMPTY_NAMES: &[&str] = &["core", "common", "util", "utils", "helper", "helpers", "types"];

/// Layers that compute only; the rest of the world comes to them through traits and arguments.
const PURE: &[&str] = &["model", "graph", "trust", "lang", "config", "provider", "stack", "plan", "apply"];

/// What a pure layer would need to reach past its arguments.
const OUTSIDE: &[&str] = &[
    "std::fs",
    "std::env",
    "std::process",
    "std::net::Tcp",
    "tokio::fs",
    "tokio::net",
    "tokio::process",
    "tokio::io::std",
    "SystemTime::now",
    "println!",
    "eprintln!",
];

/// One member's dependency on another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Edge {
    from: String,
    to: String,
    only_in_tests: bool,
}

/// The members and the edges between them, as cargo sees them.
struct Workspace {
    members: BTreeMap<String, PathBuf>,
    edges: Vec<Edge>,
}

fn workspace() -> Workspace {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
    let packages = metadata["packages"].as_array().expect("packages are listed");
    let members: BTreeMap<String, PathBuf> = packages
        .iter()
        .map(|package| (text(package, "name"), PathBuf::from(text(package, "manifest_path"))))
        .collect();
    let edges = packages.iter().flat_map(|package| edges_of(package, &members)).collect();
    Workspace { members, edges }
}

fn edges_of(package: &Value, members: &BTreeMap<String, PathBuf>) -> Vec<Edge> {
    let dependencies = package["dependencies"].as_array().expect("dependencies are listed");
    dependencies
        .iter()
        .filter(|dependency| members.contains_key(&text(dependency, "name")))
        .map(|dependency| Edge {
            from: text(package, "name"),
            to: text(dependency, "name"),
            only_in_tests: dependency["kind"] == "dev",
        })
        .collect()
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_string()
}

fn is_provider(name: &str) -> bool {
    name.starts_with("provider-")
}

/// Whether the house allows an edge. Tests may look further, but never up to `cli` or out to a concrete provider.
fn is_allowed(edge: &Edge) -> bool {
    let (from, to) = (edge.from.as_str(), edge.to.as_str());
    if from == "stackwright" {
        return true;
    }
    if OF_TESTS.contains(&(from, to)) || PARTS_OF_CLOUDS.contains(&(from, to)) {
        return true;
    }
    if is_provider(to) || TESTS.contains(&to) {
        return false;
    }
    if TESTS.contains(&from) {
        return true;
    }
    if edge.only_in_tests {
        return to != "cli" && to != "stackwright";
    }
    if is_provider(from) {
        return PROVIDER.contains(&to)
            || (to == "state" && PROVIDERS_WITH_STATE.contains(&from))
            || (to == "trust" && PROVIDERS_WITH_TLS.contains(&from));
    }
    ARROWS.iter().any(|(layer, allowed)| *layer == from && allowed.contains(&to))
}

#[test]
fn imports_follow_the_arrows() {
    let broken: Vec<Edge> = workspace().edges.into_iter().filter(|edge| !is_allowed(edge)).collect();
    assert!(broken.is_empty(), "src/README.md draws the arrows; these are not among them: {broken:#?}");
}

#[test]
fn forbidden_edges_are_seen() {
    let edges = [
        ("plan", "stack", false),
        ("stack", "plan", false),
        ("state", "config", false),
        ("provider", "state", false),
        ("model", "lang", false),
        ("cli", "provider-local", false),
        ("cli", "provider-local", true),
        ("provider-local", "state", false),
        ("provider-local", "trust", false),
        ("trust", "model", false),
        ("provider-random", "provider-local", false),
        ("lang", "cli", true),
        ("soak", "provider-local", false),
        ("plan", "soak", true),
        ("unheard-of", "model", false),
    ];
    for (from, to, only_in_tests) in edges {
        let edge = Edge { from: from.to_string(), to: to.to_string(), only_in_tests };
        assert!(!is_allowed(&edge), "{edge:?}");
    }
}

#[test]
fn every_member_has_its_place() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (name, manifest) in workspace().members {
        let place = manifest.parent().expect("a manifest lies in a folder");
        let expected = match name.as_str() {
            "stackwright" => root.to_path_buf(),
            "state" => root.join("state"),
            name if TESTS.contains(&name) => root.join("tests").join(name),
            name => match name.strip_prefix("provider-") {
                // A part lies in its cloud's folder.
                Some(part) if PARTS_OF_CLOUDS.iter().any(|(of, _)| *of == name) => {
                    root.join("providers").join(part.replacen('-', "/", 1))
                }
                Some(provider) => root.join("providers").join(provider),
                None => root.join("src").join(name),
            },
        };
        assert_eq!(place, expected, "{name}");
        let known = is_provider(&name)
            || name == "stackwright"
            || TESTS.contains(&&*name)
            || ARROWS.iter().any(|(layer, _)| *layer == name);
        assert!(known, "{name} is no layer of the house");
    }
}

#[test]
fn names_say_what_things_are() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = ["src", "state", "providers"].iter().flat_map(|folder| rust_files(&root.join(folder)));
    let inside = files.map(|path| path.strip_prefix(root).expect("it lies in the house").to_path_buf());
    let empty: Vec<PathBuf> = inside.filter(|path| has_an_empty_name(path)).collect();
    assert!(empty.is_empty(), "modules are called after what they are about: {empty:?}");
}

fn has_an_empty_name(path: &Path) -> bool {
    path.iter()
        .filter_map(|part| part.to_str())
        .any(|part| EMPTY_NAMES.contains(&part.trim_end_matches(".rs")))
}

#[test]
fn pure_layers_touch_nothing_outside() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut seen = Vec::new();
    for path in PURE.iter().flat_map(|layer| rust_files(&root.join("src").join(layer))) {
        if path.iter().any(|part| part == "tests" || part == "tests.rs" || part == "benches") {
            continue;
        }
        let source = std::fs::read_to_string(&path).expect("sources can be read");
        seen.extend(reaches_outside(&source).map(|what| format!("{}: {what}", path.display())));
    }
    assert!(seen.is_empty(), "only state backends, providers and cli do I/O: {seen:#?}");
}

#[test]
fn io_is_seen_where_it_is_code() {
    let source =
        "//! std::env is not read.\nuse std::fs;\n/// println!(\"an example\")\nfn f() { println!() }\n";
    assert_eq!(reaches_outside(source).collect::<Vec<_>>(), ["std::fs", "println!"]);
    let tested = "fn f() {}\n#[cfg(test)]\nmod tests { use std::fs; }\n";
    assert_eq!(reaches_outside(tested).count(), 0);
}

/// What a source file uses of the world outside, comments and its tests at the end left out.
fn reaches_outside(source: &str) -> impl Iterator<Item = &'static str> {
    let code = source.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let lines: Vec<String> = code
        .lines()
        .map(str::trim_start)
        .filter(|line| !line.starts_with("//"))
        .map(str::to_string)
        .collect();
    let used = move |what: &&&str| {
        lines.iter().any(|line| line.match_indices(**what).any(|(at, _)| starts_a_word(line, at)))
    };
    OUTSIDE.iter().filter(used).copied().collect::<Vec<_>>().into_iter()
}

fn starts_a_word(line: &str, at: usize) -> bool {
    !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_')
}

/// All Rust files below a folder, in order.
fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("folders can be listed")
        .map(|entry| entry.expect("entries can be read").path())
        .collect();
    entries.sort();
    let mut files = Vec::new();
    for path in entries {
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}
