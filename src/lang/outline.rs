//! What stands where in a file, for people who are told about a place in it.

use model::FileId;
use model::span::Heading;

use crate::ast::Block;
use crate::json::{self, Node, NodeKind};
use crate::parse::parse_body;

/// The outermost blocks of a file in the native syntax, as they are headed: `resource "a" "b"`. Errors do not matter.
pub fn outline(text: &str) -> Vec<Heading> {
    let (body, _) = parse_body(FileId(0), text);
    let heading =
        |b: &Block| Heading { start: b.span.start as usize, end: b.span.end as usize, title: title(b) };
    body.blocks.iter().map(heading).collect()
}

fn title(block: &Block) -> String {
    let mut title = block.ty.name.to_string();
    block.labels.iter().for_each(|label| title.push_str(&format!(" {:?}", &*label.name)));
    title
}

/// The objects and arrays in a JSON file, each after the one it is in, by the properties that lead to them:
/// `resource.a.b`.
pub fn json_outline(text: &str) -> Vec<Heading> {
    let (root, _) = json::parse(FileId(0), text);
    let mut headings = Vec::new();
    nested(&root, "", &mut headings);
    headings
}

fn nested(node: &Node, title: &str, headings: &mut Vec<Heading>) {
    let mut add = |value: &Node, title: String| {
        if matches!(value.kind, NodeKind::Array(_) | NodeKind::Object(_)) {
            let (start, end) = (value.span.start as usize, value.span.end as usize);
            let at = headings.len();
            headings.push(Heading { start, end, title: String::new() });
            nested(value, &title, headings);
            headings[at].title = title;
        }
    };
    match &node.kind {
        NodeKind::Object(properties) => {
            let dot = if title.is_empty() { "" } else { "." };
            properties.iter().for_each(|p| add(&p.value, format!("{title}{dot}{}", p.name.text)));
        }
        NodeKind::Array(values) => {
            values.iter().enumerate().for_each(|(i, v)| add(v, format!("{title}[{i}]")));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{json_outline, outline};
    use model::span::Heading;

    fn shown(headings: Vec<Heading>, text: &str) -> Vec<(String, &str)> {
        headings.into_iter().map(|h| (h.title, &text[h.start..h.end])).collect()
    }

    #[test]
    fn blocks_are_headed_by_type_and_labels() {
        let text = "a = 1\nb x \"y z\" {\n  c {\n  }\n}\nlocals {}\nd {";
        let expected =
            [("b \"x\" \"y z\"", "b x \"y z\" {\n  c {\n  }\n}"), ("locals", "locals {}"), ("d", "d {")];
        assert_eq!(shown(outline(text), text), expected.map(|(title, text)| (title.to_owned(), text)));
    }

    #[test]
    fn json_is_headed_by_the_way_to_it() {
        let text = r#"{"a": {"b": [{"c": 1}]}, "d": 2}"#;
        let expected = [("a", r#"{"b": [{"c": 1}]}"#), ("a.b", r#"[{"c": 1}]"#), ("a.b[0]", r#"{"c": 1}"#)];
        assert_eq!(shown(json_outline(text), text), expected.map(|(title, text)| (title.to_owned(), text)));
    }
}
