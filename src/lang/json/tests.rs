use model::{FileId, SourceMap};

use super::*;
use crate::ast::Body;

fn parsed(text: &str) -> (Node, Vec<String>) {
    let (node, diags) = parse(FileId(0), text);
    (node, diags.iter().map(|d| d.summary.to_string()).collect())
}

/// The arguments and blocks of a body, each with the text that its span covers.
fn shown(body: &Body, sources: &SourceMap, out: &mut Vec<String>) {
    for a in &body.attributes {
        out.push(format!("{} = {}", a.name.name, sources.text(a.expr.span)));
    }
    for b in &body.blocks {
        let labels: Vec<&str> = b.labels.iter().map(|l| &*l.name).collect();
        out.push(format!("{} {}", b.ty.name, labels.join(" ")).trim_end().to_owned());
        shown(&b.body, sources, out);
    }
}

#[test]
fn errors_of_syntax_do_not_hide_each_other() {
    let cases: &[(&str, &[&str])] = &[
        ("{}", &[]),
        ("", &["Missing value"]),
        ("{\"a\": 1,}", &["Trailing comma in object"]),
        ("{\"a\": tru, \"c\": 01}", &["Invalid JSON keyword", "Invalid JSON number"]),
        ("{\"a\": 1 \"b\": 2}", &["Missing attribute seperator comma"]),
        ("{\"a\" = 1}", &["Missing property value colon"]),
        ("{\"a\"}", &["Missing object value"]),
        ("{1: 2}", &["Invalid object property name"]),
        ("{\"a\": [1, 2}", &["Mismatched brackets", "Unclosed object"]),
        ("[1, 2,]", &["Trailing comma in array"]),
        ("[1: 2]", &["Invalid array value"]),
        ("[01, 1., -1, 1e5, .5]", &["Invalid JSON number", "Invalid JSON number", "Invalid JSON number"]),
        ("[tru, null, NaN]", &["Invalid JSON keyword", "Invalid JSON keyword"]),
        ("[\"\\q\", \"\\u00e\"]", &["Invalid JSON string", "Invalid JSON string"]),
        ("{'a': 1}", &["Invalid start of value"]),
        ("{\"a\": \"x\ny\"}", &["Invalid JSON string", "Missing attribute seperator comma"]),
        ("{} x", &["Extraneous data after value"]),
    ];
    for (text, expected) in cases {
        let (_, found) = parsed(text);
        assert_eq!(&found, expected, "{text}");
    }
}

#[test]
fn deep_nesting_is_an_error_and_no_crash() {
    let (_, found) = parsed(&"[".repeat(100_000));
    assert_eq!(found.first().map(String::as_str), Some("Nesting too deep"));
}

#[test]
fn escapes_are_decoded() {
    let cases = [
        (r#""a\"b""#, "a\"b"),
        (r#""\u0041\n""#, "A\n"),
        (r#""\ud83d\ude00""#, "\u{1f600}"),
        (r#""\ud83d""#, "\u{fffd}"),
        (r#""e\u0301""#, "\u{e9}"),
    ];
    for (text, expected) in cases {
        let NodeKind::String(found) = parsed(text).0.kind else { panic!("{text} is a string") };
        assert_eq!(&*found.text, expected, "{text}");
    }
}

#[test]
fn objects_become_blocks_where_the_shape_says_so() {
    const INNER: Shape<'static> = Shape::OPEN;
    const ITEM: Shape<'static> =
        Shape { blocks: &[BlockShape { ty: "part", labels: &[], body: &INNER }], is_flat: false };
    const FILE: Shape<'static> = Shape {
        blocks: &[BlockShape { ty: "item", labels: &["kind", "name"], body: &ITEM }],
        is_flat: false,
    };
    let cases: &[(&str, &[&str])] = &[
        (r#"{"item": {"k": {"n": {"a": 1}}}}"#, &["item k n", "a = 1"]),
        (r#"{"item": {"k": {"n": [{"a": 1}, {"a": 2}]}}}"#, &["item k n", "a = 1", "item k n", "a = 2"]),
        (r#"[{"item": [{"k": {"n": {}}}, {"k": {"m": {}}}]}]"#, &["item k n", "item k m"]),
        (r#"{"//": "c", "item": {"k": {"n": {"//": 1, "part": [{}, {}]}}}}"#, &["item k n", "part", "part"]),
        (r#"{"other": {"x": 1}}"#, &["other = {\"x\": 1}"]),
    ];
    for (text, expected) in cases {
        let mut sources = SourceMap::new();
        let (node, _) = parse(sources.add("a.tf.json", *text), text);
        let (body, diags) = file_body(&node, &FILE);
        assert!(diags.is_empty(), "{text}: {diags:?}");
        let mut found = Vec::new();
        shown(&body, &sources, &mut found);
        assert_eq!(&found, expected, "{text}");
    }
}

#[test]
fn templates_know_their_places_behind_escapes() {
    let text = r#"{"a": "\"\u00e9 ${local.x} \n${var.y}"}"#;
    let mut sources = SourceMap::new();
    let (node, _) = parse(sources.add("a.tf.json", text), text);
    let expr = node.to_expr();
    let found: Vec<&str> =
        crate::references::references(&expr).into_iter().map(|t| sources.text(t.span)).collect();
    assert_eq!(found, ["local.x", "var.y"]);
}

#[test]
fn a_string_is_read_as_its_reader_wants() {
    let (node, _) = parsed(r#"["${var.a}", "var.a", 1]"#);
    let expr = node.to_expr();
    let kinds = |expr: &Expr| -> Vec<&'static str> {
        let ExprKind::Tuple(items) = &expr.unwrapped().kind else { panic!("a tuple") };
        let name = |e: &Expr| match e.kind {
            ExprKind::String(_) => "string",
            ExprKind::Template(_) => "template",
            ExprKind::Reference(_) => "reference",
            ExprKind::Number(_) => "number",
            _ => "other",
        };
        items.iter().map(name).collect()
    };
    assert_eq!(kinds(&expr), ["template", "string", "number"]);
    assert_eq!(kinds(&literal(&expr)), ["string", "string", "number"]);
    assert_eq!(kinds(&plain(&expr).0), ["reference", "string", "number"]);
    assert!(native(&expr).is_err());
    let (node, _) = parsed(r#"["var.a", 1]"#);
    assert_eq!(native(&node.to_expr()).map(|e| kinds(&e)), Ok(vec!["reference", "number"]));
}
