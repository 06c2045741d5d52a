//! Runs the cases in `tests/cases`: HCL in, lowered configuration or diagnostics out.
//!
//! A case is one file of sections: `=== stack` (the root module), `=== environment NAME` (its file, optional),
//! `=== workspace NAME` (optional), then the expectation, `=== lowered` or `=== diagnostics`. With `BLESS=1` in the
//! environment expectations are rewritten.

mod fixtures;
mod print;

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use model::{Diagnostics, SourceMap};

use provider::ConnectorType;

use crate::{Inputs, Lowered, Stack, explain, explain_topics, lower};
use fixtures::{CloudConnector, Flavors, LocalConnector};

/// A case's sections: heading and text.
struct Case {
    sections: Vec<(String, String)>,
}

impl Case {
    fn parse(text: &str) -> Case {
        let mut sections: Vec<(String, String)> = Vec::new();
        for line in text.lines() {
            match (line.strip_prefix("=== "), sections.last_mut()) {
                (Some(heading), _) => sections.push((heading.trim().to_owned(), String::new())),
                (None, Some((_, text))) => *text += &format!("{line}\n"),
                (None, None) => panic!("a case starts with a section"),
            }
        }
        Case { sections }
    }

    fn section(&self, word: &str) -> Option<(&str, &str)> {
        self.sections.iter().find_map(|(heading, text)| {
            let rest = heading.strip_prefix(word)?;
            Some((rest.trim(), &**text))
        })
    }
}

fn lower_case(case: &Case) -> (Lowered, Diagnostics, SourceMap) {
    let mut sources = SourceMap::new();
    let mut found = Diagnostics::new();
    let mut parse = |name: &str, text: &str| {
        let (body, diags) = lang::parse::parse_body(sources.add(name, text), text);
        found.extend(diags);
        body
    };
    let root = vec![parse("stack.hcl", case.section("stack").expect("a stack section").1)];
    let environment =
        case.section("environment").map(|(name, text)| (name.to_owned(), parse("env.hcl", text)));
    assert!(found.is_empty(), "the case itself is wrong: {found:?}");
    let (lowered, diags) = lower(Inputs {
        root,
        environment,
        workspace: case.section("workspace").map_or("default", |(name, _)| name),
        variables: Default::default(),
        flavors: &[&Flavors::built_in(), &Flavors::of_tests()],
        connectors: &[&LocalConnector::new() as &dyn ConnectorType, &CloudConnector::new()],
        sources: &mut sources,
    });
    (lowered, diags, sources)
}

fn render_diagnostics(diags: &Diagnostics, sources: &SourceMap) -> String {
    let mut text = String::new();
    for d in diags.iter() {
        let place = d.subject.map(|s| format!("{} `{}`", sources.location(s), sources.text(s)));
        let place = place.unwrap_or_default();
        let _ = writeln!(text, "{}: {}\n{}\n", place.lines().next().unwrap_or_default(), d.summary, d.detail);
    }
    text.trim_end().to_owned() + "\n"
}

fn outcome(case: &Case) -> (&'static str, String) {
    let (lowered, diags, sources) = lower_case(case);
    match diags.is_empty() {
        true => ("lowered", print::bodies(&lowered.root)),
        false => ("diagnostics", render_diagnostics(&diags, &sources)),
    }
}

#[test]
fn cases_lower_as_expected() {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut paths: Vec<PathBuf> = fs::read_dir(&dir).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    let mut failures = String::new();
    for path in &paths {
        let text = fs::read_to_string(path).unwrap();
        let case = Case::parse(&text);
        let (kind, got) = outcome(&case);
        let expected = case.section(kind).map(|(_, t)| t.to_owned()).unwrap_or_default();
        if expected.trim() == got.trim() {
            continue;
        }
        if std::env::var_os("BLESS").is_some() {
            fs::write(path, blessed(&case, kind, &got)).unwrap();
            continue;
        }
        let _ = writeln!(failures, "{}: expected {kind}\n{expected}\ngot\n{got}", path.display());
    }
    assert!(failures.is_empty(), "{failures}");
    assert!(paths.len() > 20, "the cases are gone");
}

fn blessed(case: &Case, kind: &str, got: &str) -> String {
    let inputs = case.sections.iter().filter(|(h, _)| !matches!(&**h, "lowered" | "diagnostics"));
    let mut text: String = inputs.map(|(h, t)| format!("=== {h}\n{t}")).collect();
    let _ = write!(text, "=== {kind}\n{got}");
    text
}

fn stack_of(text: &str) -> Stack {
    let (lowered, diags, sources) = lower_case(&Case::parse(text));
    assert!(diags.is_empty(), "{}", render_diagnostics(&diags, &sources));
    lowered.stack.expect("a stack")
}

#[test]
fn the_stack_says_who_asked_and_who_may_what() {
    let stack = stack_of(&fs::read_to_string(fixtures::case("cloud_stack_binds_and_grants.txt")).unwrap());
    let grants: Vec<String> = stack.grants.iter().map(|g| g.to_string()).collect();
    assert_eq!(
        grants,
        [
            "component.orchestrator.pipelines may read_write component.artifact_store.models",
            "component.orchestrator.pipelines may pull component.container_registry.images",
        ]
    );
    let demands: Vec<String> =
        stack.demands.iter().map(|d| format!("{} {} {}", d.asked_by, d.capability, d.producer)).collect();
    assert_eq!(demands, ["component.experiment_tracker.tracking ingress component.cluster.shared"]);
}

#[test]
fn every_topic_has_an_explanation() {
    let flavors = Flavors::built_in();
    for topic in explain_topics(&[&flavors]) {
        let text = explain(&topic, &[&flavors]).unwrap_or_else(|| panic!("{topic} is not explained"));
        assert!(text.len() > 40, "{topic}: {text}");
    }
    assert_eq!(explain("nonsense", &[&flavors]), None);
}

#[test]
fn the_table_of_capabilities_names_providers() {
    let text = explain("capabilities", &[&Flavors::built_in()]).unwrap();
    let line = text.lines().find(|l| l.starts_with("tracking")).unwrap();
    assert!(line.ends_with("experiment_tracker/mlflow_local"), "{line}");
}

#[test]
fn rules_are_ordered_by_name() {
    assert!(crate::rules::RULES.is_sorted_by(|a, b| a.name < b.name));
    assert!(crate::COMPONENT_TYPES.is_sorted_by(|a, b| a.name < b.name));
    assert!(crate::CAPABILITIES.is_sorted_by(|a, b| a.name < b.name));
}

#[test]
fn built_in_flavors_are_sound() {
    let flavors = Flavors::built_in();
    let mut sources = SourceMap::new();
    let sources_of_flavors: &[&dyn provider::FlavorSource] = &[&flavors];
    let library = crate::library::Library::new(sources_of_flavors, &mut sources);
    let all: Vec<_> = flavors.0.keys().filter_map(|(ty, name)| library.take(ty, name)).collect();
    assert_eq!(all.len(), 5);
    assert!(library.errors().is_empty());
    assert!(all.iter().all(|f| f.zenml.is_some() && !f.description.is_empty()));
}

#[test]
fn the_example_lowers_in_both_environments() {
    let read = |path: &str| {
        let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/local");
        fs::read_to_string(dir.join(path)).unwrap()
    };
    let root = read("stack.hcl") + &read("variables.hcl");
    for (name, protected) in [("dev", false), ("production", true)] {
        let environment = read(&format!("environments/{name}.hcl"));
        let case = format!("=== stack\n{root}\n=== environment {name}\n{environment}");
        let (lowered, diags, sources) = lower_case(&Case::parse(&case));
        assert!(diags.is_empty(), "{}", render_diagnostics(&diags, &sources));
        assert_eq!(lowered.environment.unwrap().protected, protected);
        assert!(print::bodies(&lowered.root).contains(&format!("/churn-{name}.zenml.yaml")));
    }
}

#[test]
fn the_example_with_a_flavor_of_its_own_lowers() {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/own-flavor");
    let text = fs::read_to_string(dir.join("stack.hcl")).unwrap();
    let mut sources = SourceMap::new();
    let (body, _) = lang::parse::parse_body(sources.add("stack.hcl", text.as_str()), &text);
    let (lowered, diags) = lower(Inputs {
        root: vec![body],
        environment: None,
        workspace: "default",
        variables: Default::default(),
        flavors: &[&Flavors::built_in(), &Flavors::read("../../examples/own-flavor/flavors")],
        connectors: &[],
        sources: &mut sources,
    });
    assert!(diags.is_empty(), "{}", render_diagnostics(&diags, &sources));
    assert!(print::bodies(&lowered.root).contains("flavor://artifact_store/shared_drive"));
}

#[test]
fn given_values_are_stronger_than_the_environments() {
    let mut sources = SourceMap::new();
    let mut parse = |text: &str| lang::parse::parse_body(sources.add("x.hcl", text), text).0;
    let root = vec![parse(
        "stack \"s\" {}\nvariable \"f\" { default = \"a\" }\ncomponent \"cluster\" \"c\" { flavor = var.f }",
    )];
    let environment = parse("environment \"dev\" { values = { f = \"b\" } }");
    let (_, diags) = lower(Inputs {
        root,
        environment: Some(("dev".into(), environment)),
        workspace: "default",
        variables: [("f".into(), model::Value::string("c"))].into(),
        flavors: &[],
        connectors: &[],
        sources: &mut sources,
    });
    assert!(diags.0[0].detail.starts_with("There is no flavor \"c\""), "{:?}", diags.0[0]);
}
