use std::collections::BTreeMap;

use provider::Registry;
use serde_json::{Value as Json, json};

use super::{configuration, relevant_attributes};
use crate::app::App;
use crate::args::VarArgs;
use crate::project::{Equipment, Place, Project, load_kept};

fn project(files: &[(&str, &str)]) -> Project {
    let equipment = Equipment {
        registry: Registry::new(),
        flavors: Vec::new(),
        connectors: Vec::new(),
        backends: Vec::new(),
    };
    let kept = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let app = App { equipment, env: None, no_color: true, profile: None };
    load_kept(&app, &Place::Workspace("default".into()), kept, &BTreeMap::new(), &VarArgs::default())
}

/// A plan that makes objects, and the output `o`.
fn plan_with(addresses: &[&str]) -> plan::Plan {
    let made = |address: &&str| plan::Change {
        address: address.parse().expect("an address"),
        previous_address: None,
        deposed: None,
        provider: model::ProviderAddr::builtin_terraform(),
        provider_config: "".into(),
        action: plan::Action::Create,
        reason: None,
        before: model::Value::null(),
        after: model::Value::dynamic(),
        replace_paths: Vec::new(),
        importing: None,
        generated_config: None,
        create_before_destroy: false,
        reads: std::sync::Arc::from([]),
    };
    let output = |action| plan::OutputChange {
        action,
        before: model::Value::null(),
        after: model::Value::dynamic(),
        sensitive: false,
    };
    plan::Plan {
        changes: addresses.iter().map(made).collect(),
        outputs: [("o".into(), output(plan::Action::Create)), ("same".into(), output(plan::Action::NoOp))]
            .into(),
        ..plan::Plan::default()
    }
}

/// The section for the one expression of an output.
fn expression(text: &str) -> Json {
    let project = project(&[("main.tf", &format!("output \"o\" {{\n  value = {text}\n}}\n"))]);
    configuration(&project.config, &|_, _| None, &Default::default())["root_module"]["outputs"]["o"]["expression"].clone()
}

#[test]
fn expressions_are_shown_by_references_or_as_constants() {
    let cases = [
        ("a_b.c.d", json!({"references": ["a_b.c.d", "a_b.c"]})),
        ("a_b.c[0].d", json!({"references": ["a_b.c[0].d", "a_b.c[0]", "a_b.c"]})),
        ("data.a_b.c.d.e", json!({"references": ["data.a_b.c.d.e", "data.a_b.c.d", "data.a_b.c"]})),
        ("var.v.a[0]", json!({"references": ["var.v.a[0]", "var.v.a", "var.v"]})),
        ("module.m[\"k\"].o", json!({"references": ["module.m[\"k\"].o", "module.m[\"k\"]"]})),
        ("module.m[\"k\"]", json!({"references": ["module.m[\"k\"]", "module.m"]})),
        ("module.m.o.x", json!({"references": ["module.m.o.x", "module.m.o", "module.m"]})),
        ("[path.module, \"${var.a}-${var.a}\"]", json!({"references": ["path.module", "var.a", "var.a"]})),
        ("[for x in a_b.c : x.id]", json!({"references": ["a_b.c"]})),
        ("[1, \"x\", { a = -2 }]", json!({"constant_value": [1, "x", {"a": -2}]})),
        ("upper(\"x\")", json!({})),
    ];
    for (text, expected) in cases {
        assert_eq!(expression(text), expected, "{text}");
    }
}

#[test]
fn attributes_are_followed_through_modules() {
    let root = "\
resource \"a_b\" \"one\" {}
resource \"a_b\" \"two\" { x = local.via }
locals { via = module.m.out }
module \"m\" {
  source = \"./m\"
  v      = a_b.one.id
}
output \"o\" { value = a_b.two[0].list[1].name }
output \"same\" { value = a_b.two[1].list }
";
    let inner =
        "variable \"v\" {}\noutput \"out\" { value = [var.v, a_b.in.id] }\nresource \"a_b\" \"in\" {}\n";
    let installed = r#"{"Modules":[{"Key":"m","Source":"./m","Dir":"m"}]}"#;
    let files = [("main.tf", root), ("m/main.tf", inner), (".terraform/modules/modules.json", installed)];
    let project = project(&files);
    let found = relevant_attributes(&project.config, &plan_with(&["a_b.two[0]", "module.m.a_b.in"]));
    let expected = [
        json!({"resource": "a_b.one", "attribute": ["id"]}),
        json!({"resource": "a_b.two[0]", "attribute": ["list", 1, "name"]}),
        json!({"resource": "module.m.a_b.in", "attribute": ["id"]}),
    ];
    assert_eq!(found, expected);
}
