use model::{FileId, Span};

use super::{parse_body, parse_expr};
use crate::ast::ExprKind;

fn covered(text: &str, span: Span) -> &str {
    &text[span.start as usize..span.end as usize]
}

#[test]
fn expressions_cover_their_text() {
    for text in [
        "a.b[0].c",
        "a[b].c",
        "f(1, 2)",
        "a::b::f()",
        "\"a${b}\"",
        "[1, 2]",
        "{a = 1}",
        "[for x in y : x]",
        "a ? b : c",
        "1 + 2 * 3",
        "-a",
        "(a)",
        "a[*].b",
        "a.*.b",
    ] {
        let padded = format!("  {text}  ");
        let expr = parse_expr(FileId(0), &padded).expect(text);
        assert_eq!(covered(&padded, expr.span), text);
    }
}

#[test]
fn blocks_and_arguments_cover_their_text() {
    let text = "b \"l\" m {\n  a = 1 + 2 # c\n}\n";
    let (body, _) = parse_body(FileId(0), text);
    let block = &body.blocks[0];
    assert_eq!(covered(text, block.header), "b \"l\" m");
    assert_eq!(covered(text, block.span), "b \"l\" m {\n  a = 1 + 2 # c\n}");
    assert_eq!(covered(text, block.body.span), "\n  a = 1 + 2 # c\n");
    assert_eq!(covered(text, block.labels[0].span), "\"l\"");
    assert_eq!(block.body.missing_item.start as usize, text.find('{').expect("a brace"));
    let attribute = &block.body.attributes[0];
    assert_eq!(covered(text, attribute.span), "a = 1 + 2");
    assert_eq!(covered(text, attribute.name.span), "a");
}

#[test]
fn a_byte_order_mark_counts_as_text() {
    let text = "\u{feff}a = b\n";
    let (body, _) = parse_body(FileId(0), text);
    assert_eq!(covered(text, body.attributes[0].name.span), "a");
}

#[test]
fn parts_of_a_call_and_an_index_have_places() {
    let text = "f(a[b])";
    let expr = parse_expr(FileId(0), text).expect(text);
    let ExprKind::Call(call) = &expr.kind else { panic!("a call") };
    assert_eq!([covered(text, call.open), covered(text, call.close)], ["(", ")"]);
    let ExprKind::Index { brackets, .. } = &call.args[0].kind else { panic!("an index") };
    assert_eq!(covered(text, *brackets), "[b]");
}
