//! The summaries and lines are those that Terraform 1.11.4 reports.

use super::{body_errors, check, expression};

#[test]
fn expressions_that_do_not_begin_or_end() {
    check(
        expression,
        &[
            ("", "! 1: Missing expression"),
            ("# c", "! 1: Missing expression"),
            ("1 +", "! 1: Missing expression"),
            ("!", "! 1: Missing expression"),
            ("* 1", "! 1: Invalid expression"),
            (".5", "! 1: Invalid expression"),
            ("1 2", "! 1: Extra characters after expression"),
            ("a b", "! 1: Extra characters after expression"),
            ("0x1F", "! 1: Extra characters after expression"),
            ("1_000", "! 1: Extra characters after expression"),
            ("f(1)...", "! 1: Extra characters after expression"),
            ("1 === 1", "! 1: Invalid expression"),
            ("1..2", "! 1: Invalid number literal"),
            ("a ? 1", "! 1: Missing false expression in conditional"),
            ("(1", "! 1: Unbalanced parentheses"),
            ("(1, 2)", "! 1: Unbalanced parentheses"),
            ("(1 + )", "! 1: Invalid expression"),
        ],
    );
}

#[test]
fn characters_that_mean_nothing() {
    check(
        expression,
        &[
            ("'a'", "! 1: Invalid character; 1: Invalid expression"),
            ("`a`", "! 1: Invalid character; 1: Invalid expression"),
            ("@x", "! 1: Invalid character; 1: Invalid expression"),
            ("\\", "! 1: Invalid character; 1: Invalid expression"),
            ("1;", "! 1: Invalid character; 1: Extra characters after expression"),
            ("1 & 2", "! 1: Unsupported operator; 1: Extra characters after expression"),
            ("\u{0}", "! 1: Invalid character; 1: Invalid expression"),
            ("\u{200b}1", "! 1: Invalid character; 1: Invalid expression"),
            ("1\r", "! 1: Invalid character; 1: Extra characters after expression"),
        ],
    );
}

#[test]
fn strings_that_go_wrong() {
    check(
        expression,
        &[
            (r#""a\qb""#, "! 1: Invalid escape sequence"),
            (r#""\u12""#, "! 1: Invalid escape sequence"),
            (r#""\ud800""#, "! 1: Invalid escape sequence"),
            (r#""\U00110000""#, "! 1: Invalid escape sequence"),
            (r#""\${a}""#, "! 1: Invalid escape sequence"),
            (r#""abc"#, "! 1: Unterminated template string"),
            ("\"a\nb\"", "! 1: Invalid multi-line string; 1: Unterminated template string"),
            (
                "\"a\\\nb\"",
                "! 1: Invalid character; 1: Invalid multi-line string; 1: Unterminated template string",
            ),
            ("\"a$", "! 1: Invalid character; 1: Unterminated template string"),
            ("<<E\na\nE", "! 3: Unterminated template string"),
            ("<<E\na\rb\nE\n", "! 2: Invalid character; 2: Unterminated template string"),
            (r#""${1""#, "! 1: Unclosed template interpolation sequence"),
            ("<<E\na\n${b\n", "! 2: Unclosed template interpolation sequence"),
            (r#""${a:b}""#, "! 1: Extra characters after interpolation expression"),
            (r#""${a b}""#, "! 1: Extra characters after interpolation expression"),
            (r#""${}""#, "! 1: Invalid expression"),
        ],
    );
}

#[test]
fn collections_that_go_wrong() {
    check(
        expression,
        &[
            ("[", "! 1: Missing expression"),
            ("[1", "! 1: Unterminated tuple constructor expression"),
            ("[1 2]", "! 1: Missing item separator"),
            ("[1, , 2]", "! 1: Invalid expression"),
            ("[1...]", "! 1: Missing item separator"),
            ("{a = 1", "! 1: Unterminated object constructor expression"),
            ("{a", "! 1: Unterminated object constructor expression"),
            ("{a 1}", "! 1: Missing key/value separator"),
            ("{a b}", "! 1: Missing key/value separator"),
            ("{a\n}", "! 1: Missing attribute value"),
            ("{a = 1 b = 2}", "! 1: Missing attribute separator"),
            ("{\n  a = 1,\n\n  , b = 2}", "! 4: Invalid expression"),
            ("{a = }", "! 1: Invalid expression"),
        ],
    );
}

#[test]
fn for_expressions_that_go_wrong() {
    check(
        expression,
        &[
            ("[for]", "! 1: Invalid 'for' expression"),
            ("[for x]", "! 1: Invalid 'for' expression"),
            ("[for x, in y : x]", "! 1: Invalid 'for' expression"),
            ("[for x in y]", "! 1: Invalid 'for' expression"),
            ("[for x in y : x => x]", "! 1: Invalid 'for' expression"),
            ("[for x in y : x...]", "! 1: Invalid 'for' expression"),
            ("[for x in y : x => x...]", "! 1: Invalid 'for' expression; 1: Invalid 'for' expression"),
            ("{for x in y : x}", "! 1: Invalid 'for' expression"),
            ("[for x in y : x, ]", "! 1: Invalid 'for' expression"),
            ("[for x in y : x if]", "! 1: Invalid expression"),
        ],
    );
}

#[test]
fn calls_and_steps_that_go_wrong() {
    check(
        expression,
        &[
            ("f(", "! 1: Missing expression"),
            ("f(1", "! 1: Unterminated function call"),
            ("f(1 2)", "! 1: Missing argument separator"),
            ("f(,)", "! 1: Invalid expression"),
            ("f(a..., b)", "! 1: Missing closing parenthesis"),
            ("a::(1)", "! 1: Missing function name"),
            ("a::b", "! 1: Missing open parenthesis"),
            ("a.", "! 1: Invalid attribute name"),
            ("a..b", "! 1: Invalid attribute name"),
            ("a.\"b\"", "! 1: Invalid attribute name"),
            ("a.*.", "! 1: Invalid attribute name"),
            ("a.*.*", "! 1: Nested splat expression not allowed"),
            ("a.0.1", "! 1: Invalid legacy index syntax"),
            ("a[0", "! 1: Missing close bracket on index"),
            ("a[*", "! 1: Missing close bracket on splat index"),
            ("a[]", "! 1: Invalid expression"),
            ("[a[0\n, 1]\n]", "! 2: Missing close bracket on index"),
        ],
    );
}

#[test]
fn bodies_that_go_wrong() {
    check(
        body_errors,
        &[
            ("a\n", "1: Argument or block definition required"),
            ("= 1\n", "1: Argument or block definition required"),
            ("\"a\" = 1\n", "1: Invalid argument name"),
            ("a = 1 b = 2\n", "1: Missing newline after argument"),
            ("a = 1,\nb = 2\n", "1: Unexpected comma after argument"),
            ("b {\n a = 1\n", "1: Unclosed configuration block"),
            ("b { a = 1\n}\n", "1: Invalid single-argument block definition"),
            ("b { a = 1, c = 2 }\n", "1: Invalid single-argument block definition"),
            ("b { c {} }\n", "1: Argument definition required"),
            ("b { a = 1 } c {}\n", "1: Missing newline after block definition"),
            ("b \"x\"\n{\n}\n", "1: Invalid block definition"),
            ("b \"x\" = 1\n", "1: Invalid block definition"),
            ("b \"${x}\" {}\n", "1: Invalid string literal"),
            ("b {}\n}\n", "2: Argument or block definition required"),
            ("b {}\n/* never closed\n", "2: Argument or block definition required"),
        ],
    );
}

#[test]
fn errors_do_not_hide_later_ones() {
    check(
        body_errors,
        &[
            ("a = 1\na = 2\nb {\n c = 1\n c = 2\n}\n", "2: Attribute redefined; 5: Attribute redefined"),
            ("a = 1 2\nb = (1\nc = 3\n", "1: Missing newline after argument; 3: Unbalanced parentheses"),
            (
                "a = \"\\q\"\nb = 1.2.3\nc = f(1 2)\n",
                "1: Invalid escape sequence; 2: Invalid number literal; 3: Missing argument separator",
            ),
            (
                "a {\n b\n}\nc {\n a = 'x'\n}\n",
                "5: Invalid character; 2: Argument or block definition required",
            ),
        ],
    );
}

#[test]
fn details_are_sentences() {
    for text in ["a = 'x'", "a = [1", "a = {b c}", "a", "a = \"%{iff}\"", "a = \"\\q\"", "a = 1 & 2", "a = @"]
    {
        let (_, diagnostics) = super::parse_body(model::FileId(0), text);
        for diagnostic in diagnostics {
            let detail = &diagnostic.detail;
            assert!(detail.ends_with(['.', '?']) && detail.len() > 25, "{detail:?}");
        }
    }
}
