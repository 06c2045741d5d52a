use model::{Diagnostic, FileId, SourceMap, Span};
use serde_json::json;

use super::{boxed, compact_warnings, human, json as to_json};
use crate::render::text::{Ink, Screen};

const MAIN: &str =
    "variable \"region\" {}\n\nresource \"x\" \"y\" {\n  size = var.region + 1\n  list = [\n    1,\n  ]\n}\n";

fn sources() -> SourceMap {
    let mut sources = SourceMap::new();
    sources.add("main.tf", MAIN);
    sources
}

fn span(text: &str) -> Span {
    let start = MAIN.find(text).unwrap();
    Span::new(FileId(0), start, start + text.len())
}

#[track_caller]
fn check(diagnostic: Diagnostic, expect: &str) {
    assert_eq!(human(&diagnostic, &sources(), &Screen::PLAIN), expect);
}

#[test]
fn an_error_shows_place_source_and_values() {
    let mut diagnostic = Diagnostic::error("Invalid operand", "The left operand must be a number.")
        .at(span("var.region"))
        .for_address("module.cluster--a.x.y");
    diagnostic.values.push(("var.region".into(), "is \"eu\"".into()));
    check(
        diagnostic,
        r#"
Error: Invalid operand

  with component.cluster.a.x.y,
  on main.tf line 4, in resource "x" "y":
   4:   size = var.region + 1
    ├────────────────
    │ var.region is "eu"

The left operand must be a number.
"#,
    );
}

#[test]
fn several_lines_of_source_are_numbered() {
    check(
        Diagnostic::warning("Odd list", "").at(span("[\n    1,\n  ]")),
        r#"
Warning: Odd list

  on main.tf line 5, in resource "x" "y":
   5:   list = [
   6:     1,
   7:   ]

"#,
    );
}

#[test]
fn details_are_wrapped_but_indented_lines_are_not() {
    let long = "word ".repeat(20);
    check(
        Diagnostic::error("Long", format!("{long}\n\n  {}", long.trim_end())),
        &format!(
            "\nError: Long\n\n{}\n{}\n\n  {}\n",
            "word ".repeat(15).trim_end(),
            "word ".repeat(5),
            long.trim_end()
        ),
    );
}

#[test]
fn terminals_get_a_box() {
    let plain = Screen { terminal: true, ..Screen::PLAIN };
    assert_eq!(boxed("a\n\nb\n", &plain, Ink::Red), "╷\n│ a\n│\n│ b\n╵\n");
}

#[test]
fn the_json_form_counts_columns_in_characters_and_offsets_in_bytes() {
    let diagnostic = Diagnostic::error("Invalid operand", "No.").at(span("var.region"));
    let start = MAIN.find("var.region").unwrap();
    assert_eq!(
        to_json(&diagnostic, &sources()),
        json!({
            "severity": "error", "summary": "Invalid operand", "detail": "No.",
            "range": {
                "filename": "main.tf",
                "start": {"line": 4, "column": 10, "byte": start},
                "end": {"line": 4, "column": 20, "byte": start + 10},
            },
            "snippet": {
                "context": "resource \"x\" \"y\"", "code": "  size = var.region + 1", "start_line": 4,
                "highlight_start_offset": 9, "highlight_end_offset": 19, "values": [],
            },
        })
    );
}

#[test]
fn empty_ranges_point_at_the_next_character_and_ends_of_files_are_safe() {
    for (start, end, highlight) in [(0, 0, (0, 1)), (MAIN.len(), MAIN.len(), (0, 0)), (9999, 9999, (0, 0))] {
        let diagnostic = Diagnostic::error("Here", "").at(Span::new(FileId(0), start, end));
        let json = to_json(&diagnostic, &sources());
        assert_eq!(json["snippet"]["highlight_start_offset"], highlight.0, "{start}");
        assert_eq!(json["snippet"]["highlight_end_offset"], highlight.1, "{start}");
    }
}

#[test]
fn what_stands_in_no_block_has_no_context() {
    let text = "output \"x\" { value = 1 }\ny = 2\nresource \"a\" \"b\" {\n}\nz = 3\n";
    let cases = [("y", None), ("z", None), ("value", Some("output \"x\"")), ("resource", None)];
    for (name, context) in cases {
        let mut sources = SourceMap::new();
        let file = sources.add("main.tf", text);
        let start = text.find(name).unwrap();
        let diagnostic = Diagnostic::error("Here", "").at(Span::new(file, start, start + 1));
        assert_eq!(to_json(&diagnostic, &sources)["snippet"]["context"].as_str(), context, "{name}");
    }
}

#[test]
fn compact_warnings_are_counted() {
    let one = Diagnostic::warning("Old argument", "Long text.").at(span("size"));
    let all = [one.clone(), one, Diagnostic::warning("Other", "")];
    assert_eq!(
        compact_warnings(&all, &sources(), &Screen::PLAIN),
        "\nWarnings:\n\n- Old argument\n  on main.tf line 4 (and 1 more)\n- Other\n"
    );
}
