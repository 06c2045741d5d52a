//! Which names an expression asks for.

use lang::parse::{parse_body, parse_expr};
use lang::references::{body_references, references};
use model::FileId;

fn names(found: Vec<&lang::ast::Traversal>, text: &str) -> Vec<String> {
    found.into_iter().map(|t| text[t.span.start as usize..t.span.end as usize].to_owned()).collect()
}

#[test]
fn references_come_in_source_order_without_loop_variables() {
    for (text, want) in [
        ("a.b + c.d[0].e", &["a.b", "c.d[0].e"][..]),
        ("[for x in a : x.y + z]", &["a", "z"]),
        ("{for k, v in a : k => [v, b] if v > c}", &["a", "b", "c"][..]),
        ("[for x in x : x]", &["x"]),
        ("\"${a}%{ for i in b }${i}${c}%{ endfor }\"", &["a", "b", "c"]),
        ("a[b.c].d[*].e[f]", &["a", "b.c", "f"]),
        ("try(a.b, c) ? d : e", &["a.b", "c", "d", "e"]),
        ("{a = b, (c) = d, \"${e}\" = 1}", &["b", "c", "d", "e"]),
        ("a.b.c", &["a.b.c"]),
    ] {
        let expr = parse_expr(FileId(0), text).unwrap();
        let found = names(references(&expr), text);
        assert!(
            found.len() == want.len() && want.iter().all(|w| found.iter().any(|f| f == w)),
            "{text}: {found:?}"
        );
    }
}

#[test]
fn dynamic_blocks_hide_their_iterators() {
    let text = r#"
x = a
dynamic "rule" {
  for_each = rule
  content {
    port = rule.value + b
  }
}
dynamic "rule" {
  for_each = c
  iterator = it
  labels   = [it.key]
  content {
    port = it.value + rule.value
  }
}
plain {
  y = d
}
"#;
    let (body, _) = parse_body(FileId(0), text);
    assert_eq!(names(body_references(&body), text), ["a", "rule", "b", "c", "rule.value", "d"]);
}
