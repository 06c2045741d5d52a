//! What the console offers to write.

use model::{Str, Value};

use super::names::{Completion, Names};

fn names() -> Names {
    let mut names = Names::default();
    for (path, name) in [
        ("", "var."),
        ("", "aws_instance."),
        ("", "upper("),
        ("", "provider::terraform::encode_expr("),
        ("var", "region"),
        ("var", "replicas"),
        ("aws_instance", "web"),
    ] {
        names.add(path, name);
    }
    names
}

fn value(path: &str) -> Option<Value> {
    let entry = |name: &str| (Str::from(name), Value::string("x"));
    let tags = || Value::object(["Name", "no name"].map(entry));
    match path {
        "local.tags" | "local.list[0]" => Some(tags()),
        "var.region" => Some(Value::string("eu")),
        _ => None,
    }
}

/// Completes a line after others; what stays of it, and what may follow.
#[track_caller]
fn check(before: &str, line: &str, stays: &str, candidates: &[&str]) {
    let Completion { start, candidates: found } = names().complete(before, line, &value);
    assert_eq!(
        (&line[..start], found),
        (stays, candidates.iter().map(ToString::to_string).collect()),
        "{line:?}"
    );
}

#[test]
fn names_are_completed_by_what_stands_before() {
    check("", "v", "", &["var."]);
    check("", "var.r", "var.", &["region", "replicas"]);
    check("", "var.re", "var.", &["region", "replicas"]);
    check("", "upper(var.rep", "upper(var.", &["replicas"]);
    check("", "1+var.reg", "1+var.", &["region"]);
    check("", "aws_instance.", "aws_instance.", &["web"]);
    check("", "x ? upp", "x ? ", &["upper("]);
    check("", "provider::ter", "", &["provider::terraform::encode_expr("]);
    check("", "[for x in y :upp", "[for x in y :", &["upper("]);
}

#[test]
fn attributes_are_those_of_the_value() {
    check("", "local.tags.", "local.tags.", &["Name"]);
    check("", "local.list[0].N", "local.list[0].", &["Name"]);
    check("", "var.region.", "var.region.", &[]);
    check("", "nope.", "nope.", &[]);
}

#[test]
fn text_is_not_completed_but_code_in_it_is() {
    check("", "\"v", "\"v", &[]);
    check("", "\"${v", "\"${", &["var."]);
    check("<<E\n", "v", "v", &[]);
    check("<<E\n", "${v", "${", &["var."]);
    check("[\n", "v", "", &["var."]);
}
