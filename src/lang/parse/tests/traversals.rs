use model::SourceMap;

use super::{check, render, shape};
use crate::parse::parse_traversal;

fn traversal(text: &str) -> String {
    let mut map = SourceMap::new();
    let file = map.add("<address>", text);
    match parse_traversal(file, text) {
        Ok(traversal) => shape::traversal(&traversal),
        Err(diagnostics) => format!("! {}", render(&map, &diagnostics)),
    }
}

#[test]
fn traversals_hold_names_and_literal_indexes() {
    check(
        traversal,
        &[
            ("a", "a"),
            ("a.b[0].c[\"k\"]", "a.b[0].c[\"k\"]"),
            ("module.x[\"a\\\"b\"].y", "module.x[\"a\\\"b\"].y"),
            ("", "! 1: Variable name required"),
            ("1", "! 1: Variable name required"),
            ("a.", "! 1: Attribute name required"),
            ("a.*", "! 1: Attribute name required"),
            ("a[*]", "! 1: Attribute name required"),
            ("a[b]", "! 1: Index value required"),
            ("a[0", "! 1: Unclosed index brackets"),
            ("a[\"${b}\"]", "! 1: Invalid string literal"),
            ("a b", "! 1: Invalid character"),
        ],
    );
}
