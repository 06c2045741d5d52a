//! Tables of texts and what they parse to.

mod bodies;
mod bounds;
mod errors;
mod expressions;
mod shape;
mod spans;
mod templates;
mod traversals;
mod twin;

use model::{Diagnostics, SourceMap};

use self::shape::shape;
use super::{parse_body, parse_expr};

/// Renders errors as `line: summary`, one after the other.
fn render(map: &SourceMap, diagnostics: &Diagnostics) -> String {
    let line = |d: &model::Diagnostic| {
        let subject = d.subject.expect("every syntax error has a place");
        map.file(subject.file).position(subject.start as usize).line
    };
    diagnostics.iter().map(|d| format!("{}: {}", line(d), d.summary)).collect::<Vec<_>>().join("; ")
}

/// The errors of a file.
fn body_errors(text: &str) -> String {
    let mut map = SourceMap::new();
    let file = map.add("main.tf", text);
    render(&map, &parse_body(file, text).1)
}

/// The shape of an expression, or its errors.
fn expression(text: &str) -> String {
    let mut map = SourceMap::new();
    let file = map.add("<console>", text);
    match parse_expr(file, text) {
        Ok(expr) => shape(&expr),
        Err(diagnostics) => format!("! {}", render(&map, &diagnostics)),
    }
}

/// Checks a table of texts against a function.
fn check(of: impl Fn(&str) -> String, table: &[(&str, &str)]) {
    for (text, expected) in table {
        assert_eq!(of(text), *expected, "in {text:?}");
    }
}
