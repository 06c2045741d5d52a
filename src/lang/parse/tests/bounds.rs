use super::{check, expression, parse_body};
use crate::parse::cursor::{MAX_CHAIN, MAX_DEPTH};

const TOO_DEEP: &str = "1: Nesting too deep";
const TOO_LONG: &str = "1: Expression too long";

/// The errors of `x = ` and an expression of `n` openings, a middle and `n` closings.
fn nested(n: usize, (open, middle, close): (&str, &str, &str)) -> String {
    super::body_errors(&format!("x = {}{middle}{}\n", open.repeat(n), close.repeat(n)))
}

const BRACKETS: [(&str, &str, &str); 8] = [
    ("(", "1", ")"),
    ("[", "1", "]"),
    ("{a = ", "1", "}"),
    ("f(", "1", ")"),
    ("a[", "1", "]"),
    ("a ? ", "b", " : c"),
    ("1 + 2 * (", "a", ") + 3"),
    ("!(", "a", ")"),
];

#[test]
fn brackets_may_be_nested_deeply() {
    for brackets in BRACKETS {
        assert_eq!(nested(MAX_DEPTH - 10, brackets), "", "in {brackets:?}");
    }
    for levels_of_two in [("\"${", "1", "}\""), ("[for x in ", "y", " : x]"), ("<<E\n${", "1", "}\nE\n")] {
        assert_eq!(nested(MAX_DEPTH / 2 - 10, levels_of_two), "", "in {levels_of_two:?}");
    }
}

#[test]
fn endless_nesting_is_one_error() {
    let more = [("\"${", "1", "}\""), ("[for x in ", "y", " : x]"), ("", "a", "[*]")];
    for brackets in BRACKETS.into_iter().chain(more) {
        assert_eq!(nested(20_000, brackets), TOO_DEEP, "in {brackets:?}");
    }
    let directives = format!("x = \"{}\"\n", "%{if a}".repeat(10_000));
    assert_eq!(super::body_errors(&directives), TOO_DEEP);
    let blocks = "a {\n".repeat(30_000);
    let (_, diagnostics) = parse_body(model::FileId(0), &blocks);
    assert_eq!(diagnostics.0.len(), 1);
}

#[test]
fn chains_do_not_nest() {
    let n = MAX_CHAIN - 10;
    for text in [
        vec!["1"; n].join(" + "),
        format!("{}c", "a ? b : ".repeat(n / 4)),
        format!("{}a", "!".repeat(n / 4)),
        format!("f(){}", ".a".repeat(n)),
        format!("a{}", ".b[0]".repeat(20_000)),
    ] {
        assert_eq!(super::body_errors(&format!("x = {text}\n")), "", "in {}", &text[..30]);
    }
}

#[test]
fn endless_chains_are_one_error() {
    for text in [
        vec!["1"; 30_000].join(" + "),
        format!("{}c", "a ? b : ".repeat(30_000)),
        "-".repeat(30_000),
        format!("f(){}", ".a".repeat(30_000)),
        format!("f(){}", "[a]".repeat(30_000)),
    ] {
        let expected = format!("! {TOO_LONG}");
        check(expression, &[(&text, &expected)]);
    }
}

#[test]
fn large_texts_take_no_longer_than_they_are() {
    let object: String = (0..20_000).map(|i| format!("  k{i} = {i}\n")).collect();
    let list = "1, ".repeat(30_000);
    let heredoc = "    some text ${a} and more\n".repeat(20_000);
    for text in [
        format!("x = {{\n{object}}}\n"),
        format!("x = [{list}]\n"),
        format!("x = <<-E\n{heredoc}    E\n"),
        format!("x = \"{}\"\n", "a".repeat(300_000)),
        "# comment\n".repeat(30_000),
    ] {
        assert_eq!(super::body_errors(&text), "", "in {}", &text[..20]);
    }
    for broken in [
        "/* ".repeat(30_000),
        format!("x = {}", "<<E ".repeat(30_000)),
        "\"".repeat(100_001),
        "x = {\n".repeat(400),
        "}\n".repeat(30_000),
    ] {
        assert_ne!(super::body_errors(&broken), "", "in {}", &broken[..4]);
    }
}
