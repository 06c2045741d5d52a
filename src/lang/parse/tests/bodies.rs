use model::FileId;

use super::shape::shape;
use super::{body_errors, check, parse_body};
use crate::ast::Body;

fn body(text: &str) -> String {
    let (body, diagnostics) = parse_body(FileId(0), text);
    let errors = if diagnostics.is_empty() { "" } else { " !" };
    items(&body) + errors
}

fn items(body: &Body) -> String {
    let attributes = body.attributes.iter().map(|a| format!("{} = {}", a.name.name, shape(&a.expr)));
    let blocks = body.blocks.iter().map(|block| {
        let labels: String = block.labels.iter().map(|l| format!(" {:?}", &*l.name)).collect();
        format!("{}{labels} {{{}}}", block.ty.name, items(&block.body))
    });
    attributes.chain(blocks).collect::<Vec<_>>().join("; ")
}

#[test]
fn arguments_and_blocks() {
    check(
        body,
        &[
            ("", ""),
            ("\n\n# c\n", ""),
            ("a = 1", "a = 1"),
            ("a = 1\nb = 2\n", "a = 1; b = 2"),
            ("a = 1\r\nb = 2\r\n", "a = 1; b = 2"),
            ("\u{feff}a = 1\n", "a = 1"),
            ("a = 1 # c\nb = 2 /* d */\n", "a = 1; b = 2"),
            ("b {}\n", "b {}"),
            ("b {\n}\n", "b {}"),
            ("b { a = 1 }\n", "b {a = 1}"),
            ("b {\n a = 1\n c {\n d = 2\n }\n}\n", "b {a = 1; c {d = 2}}"),
            ("b \"x\" y \"z\" {}\n", "b \"x\" \"y\" \"z\" {}"),
            ("b \"$${x}\\n\" {}\n", "b \"${x}\\n\" {}"),
            ("a = <<E\nx\nE\nb = 1\n", "a = \"x\\n\"; b = 1"),
            ("for = 1\nif {}\nnull = 2\n", "for = 1; null = 2; if {}"),
            ("a = (\n1\n)\nb = [\n]\n", "a = paren(1); b = []"),
        ],
    );
}

#[test]
fn what_can_be_read_is_kept_beside_errors() {
    check(
        body,
        &[
            ("a = 1\na = 2\n", "a = 1 !"),
            ("a = 1 +\nb = 2\n", "a = (1 + invalid); b = 2 !"),
            ("b {\n a = ]\n c = 1\n}\nd = 1\n", "d = 1; b {a = invalid; c = 1} !"),
            ("b \"${x}\" {\n a = 1\n}\n", "b \"${ ... }\" {a = 1} !"),
            ("b \"x\"\nc = 1\n", "c = 1; b \"x\" {} !"),
        ],
    );
}

#[test]
fn many_arguments_are_all_distinct() {
    let mut text: String = (0..3000).map(|i| format!("a{i} = {i}\n")).collect();
    assert_eq!(body_errors(&text), "");
    text.push_str("a7 = 1\na2999 = 1\n");
    assert_eq!(body_errors(&text), "3001: Attribute redefined; 3002: Attribute redefined");
}
