use model::SourceMap;

use super::{check, expression, render, shape};
use crate::parse::parse_template;

fn bare(text: &str) -> String {
    let mut map = SourceMap::new();
    let file = map.add("t.tftpl", text);
    match parse_template(file, text) {
        Ok(template) => shape::template(&template),
        Err(diagnostics) => format!("! {}", render(&map, &diagnostics)),
    }
}

#[test]
fn interpolations() {
    check(
        expression,
        &[
            (r#""${a}""#, "wrapped(a)"),
            (r#""${"${a}"}""#, "wrapped(wrapped(a))"),
            (r#""x${a}y""#, r#"template("x", a, "y")"#),
            (r#""${a}${b}""#, "template(a, b)"),
            (r#""${ {a = "}"} }""#, r#"wrapped({a = "}"})"#),
            (r#""${f("${a}", "b")}""#, r#"wrapped(f(wrapped(a), "b"))"#),
            ("\"${\na\n}\"", "wrapped(a)"),
            (r#""\n${a}\t""#, r#"template("\n", a, "\t")"#),
            (r#""%%${"x"}""#, r#"template("%%", "x")"#),
            (r#""$${a}${b}""#, r#"template("${a}", b)"#),
        ],
    );
}

#[test]
fn directives() {
    check(
        expression,
        &[
            (r#""%{if a}x%{endif}""#, r#"template(if(a: "x" | ))"#),
            (r#""%{ if a }x%{ else }y%{ endif }z""#, r#"template(if(a: "x" | "y"), "z")"#),
            (r#""%{for x in y}${x},%{endfor}""#, r#"template(for(x in y: x, ","))"#),
            (r#""%{for k, v in y}${k}%{endfor}""#, "template(for(k, v in y: k))"),
            (r#""%{if a}%{if b}x%{endif}%{endif}""#, r#"template(if(a: if(b: "x" | ) | ))"#),
            (r#""%{if a}a\nb\"%{endif}""#, r#"template(if(a: "a\nb\"" | ))"#),
        ],
    );
}

#[test]
fn tilde_strips_the_neighbouring_piece_of_text() {
    check(
        expression,
        &[
            (r#""a  ${~ b ~}  c""#, r#"template("a", b, "c")"#),
            (r#""  ${~ b }""#, "template(b)"),
            (r#""a $ ${~ b}""#, r#"template("a $", b)"#),
            (r#""${a ~} ${~ b}""#, "template(a, b)"),
            (r#""a %{~ if b ~} c %{~ endif ~} d""#, r#"template("a", if(b: "c" | ), "d")"#),
            ("<<E\na\n  ${~ b ~}\n c\nE\n", r#"template("a\n", b, " c\n")"#),
            ("<<E\na\n${~ b}\nE\n", r#"template("a", b, "\n")"#),
        ],
    );
}

#[test]
fn heredocs() {
    check(
        expression,
        &[
            ("<<E\nE\n", r#""""#),
            ("<<E\na\n b\nE\n", r#""a\n b\n""#),
            ("<<E\na\n  E  \n", r#""a\n""#),
            ("<<E\n\\n \"q\" # c\nE\n", r#""\\n \"q\" # c\n""#),
            ("<<E\r\na\r\nE\r\n", r#""a\r\n""#),
            ("<<E\n${a}\nE\n", r#"template(a, "\n")"#),
            ("<<E\n${a}E\nE\n", r#"template(a, "E\n")"#),
            ("<<E\n$ \n${~x}\n%\t\n${~x}$  \n${~x}\nE\n", r#"template("$ ", x, "\n%\t", x, "$", x, "\n")"#),
            ("<<E\n5$ 5%\n$\n$${x}\nE\n", r#""5$ 5%\n$\n${x}\n""#),
            ("[<<A\na\nA\n, <<B\nb\nB\n]", r#"["a\n", "b\n"]"#),
            ("<<E\n${<<F\nx\nF\n}\nE\n", r#"template("x\n", "\n")"#),
            ("<<E-1\nx\nE-1\n", r#""x\n""#),
        ],
    );
}

#[test]
fn flush_heredocs_lose_the_indentation_that_all_lines_share() {
    check(
        expression,
        &[
            ("<<-E\n    a\n      b\n    E\n", r#""a\n  b\n""#),
            ("<<-E\n    a\n\n   \n    b\n    E\n", r#""a\n\n   \nb\n""#),
            ("<<-E\n\ta\n  b\nE\n", r#""a\n b\n""#),
            ("<<-E\n    ${a}\n      b\nE\n", r#"template(a, "\n  b\n")"#),
            ("<<-E\n${a}\n  b\nE\n", r#"template(a, "\n  b\n")"#),
            ("<<-E\n  a $\n    b\nE\n", r#""a $\n  b\n""#),
            ("<<-E\n    %{ if a ~}\n    b\n    %{ endif ~}\n    E\n", r#"template(if(a: "    b\n" | ))"#),
        ],
    );
}

#[test]
fn bare_templates() {
    check(
        bare,
        &[
            ("", r#"template("")"#),
            ("a \"b\" \\n\n", r#"template("a \"b\" \\n\n")"#),
            ("${a}", "wrapped(a)"),
            ("${a}\n", r#"template(a, "\n")"#),
            ("cost: 5$", r#"template("cost: 5$")"#),
            ("$${a} %%{b} 100%", r#"template("${a} %{b} 100%")"#),
            ("$ \n${~x}$\r\n${~x}", r#"template("$ ", x, "$\r", x)"#),
            ("%{ for x in y ~}\n${x}\n%{ endfor ~}\n", r#"template(for(x in y: x, "\n"))"#),
            ("${a", "! 1: Unclosed template interpolation sequence"),
            ("a\n%{ if a }", "! 2: Unexpected end of template"),
            ("a\n%{ endif }", "! 2: Unexpected endif directive"),
        ],
    );
}

#[test]
fn misplaced_directives() {
    check(
        expression,
        &[
            (r#""%{if a}""#, "! 1: Unexpected end of template"),
            (r#""%{if a}%{for x in y}""#, "! 1: Unexpected end of template; 1: Unexpected end of template"),
            (r#""%{if a}%{endfor}""#, "! 1: Unexpected endfor directive"),
            (
                r#""%{for x in y}%{else}%{endfor}""#,
                "! 1: Unexpected else directive; 1: Unexpected endfor directive",
            ),
            (
                r#""%{if a}%{else}%{else}%{endif}""#,
                "! 1: Unexpected else directive; 1: Unexpected endif directive",
            ),
            (r#""%{iff a}%{endif}""#, "! 1: Invalid template control keyword; 1: Unexpected endif directive"),
            (r#""%{ "a" }""#, "! 1: Invalid template directive"),
            (r#""%{if a b}%{endif}""#, "! 1: Extra characters in if marker"),
            (r#""%{for x y}%{endfor}""#, "! 1: Invalid 'for' directive; 1: Unexpected endfor directive"),
        ],
    );
}
