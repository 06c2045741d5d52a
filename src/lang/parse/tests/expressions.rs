use super::{check, expression};

#[test]
fn literals() {
    check(
        expression,
        &[
            ("1", "1"),
            ("1.50", "1.5"),
            ("1e3", "1000"),
            ("1.e3", "1000"),
            ("true", "true"),
            ("false", "false"),
            ("null", "null"),
            ("trueish", "trueish"),
            (r#""""#, r#""""#),
            (r#""a b""#, r#""a b""#),
        ],
    );
}

#[test]
fn strings_are_decoded_and_normalised() {
    check(
        expression,
        &[
            (r#""a\n\r\t\"\\b""#, r#""a\n\r\t\"\\b""#),
            (r#""\u00e9\U0001F600""#, r#""é😀""#),
            ("\"e\u{301}\"", r#""é""#),
            (r#""e\u0301""#, r#""é""#),
            (r#""$${a} %%{b} $ % $$ %%""#, r#""${a} %{b} $ % $$ %%""#),
            (r#""$$${a}""#, r#""$${a}""#),
            (r#""$${~a~}""#, r#""${~a~}""#),
            ("\"\u{0}\"", r#""\0""#),
        ],
    );
}

#[test]
fn operators_bind_by_rank_and_group_to_the_left() {
    check(
        expression,
        &[
            ("1 + 2 * 3", "(1 + (2 * 3))"),
            ("1 - 2 - 3", "((1 - 2) - 3)"),
            ("8 / 4 % 3 * 2", "(((8 / 4) % 3) * 2)"),
            ("a || b && c == d < e + f * g", "(a || (b && (c == (d < (e + (f * g))))))"),
            ("a * b + c < d == e && f || g", "((((((a * b) + c) < d) == e) && f) || g)"),
            ("a == b != c", "((a == b) != c)"),
            ("a >= b <= c > d", "(((a >= b) <= c) > d)"),
            ("-a + -b", "((- a) + (- b))"),
            ("!a && !b", "((! a) && (! b))"),
            ("!!a", "(! (! a))"),
            ("--1", "(- (- 1))"),
            ("-a.b[0]", "(- a.b[0])"),
            ("1 -1", "(1 - 1)"),
            ("a-1", "a-1"),
            ("(1 + 2) * 3", "(paren((1 + 2)) * 3)"),
        ],
    );
}

#[test]
fn conditionals_group_to_the_right() {
    check(
        expression,
        &[
            ("a ? 1 : 2", "(a ? 1 : 2)"),
            ("a ? 1 : b ? 2 : 3", "(a ? 1 : (b ? 2 : 3))"),
            ("a ? b ? 1 : 2 : 3", "(a ? (b ? 1 : 2) : 3)"),
            ("a == 1 ? b + 1 : !c", "((a == 1) ? (b + 1) : (! c))"),
            ("a\n? 1\n: 2", "(a ? 1 : 2)"),
        ],
    );
}

#[test]
fn collections() {
    check(
        expression,
        &[
            ("[]", "[]"),
            ("[1, \"a\", [b],]", "[1, \"a\", [b]]"),
            ("[\n1\n,\n2\n]", "[1, 2]"),
            ("{}", "{}"),
            ("{a = 1, \"b\" : 2, (c) = 3, 4 = 5}", "{a = 1, \"b\" = 2, paren(c) = 3, 4 = 5}"),
            ("{\n a = 1\n\n b = 2,\n # c\n}", "{a = 1, b = 2}"),
            ("{a = 1, a = 2}", "{a = 1, a = 2}"),
            ("{true = 1, null = 2}", "{true = 1, null = 2}"),
            ("{a.b = 1}", "{a.b = 1}"),
            ("{\"${a}\" = 1}", "{wrapped(a) = 1}"),
            ("{a = (\n1\n)}", "{a = paren(1)}"),
            ("{a = [\n1,\n2\n]\nb = 1}", "{a = [1, 2], b = 1}"),
            ("[{\na = 1\nb = 2\n}]", "[{a = 1, b = 2}]"),
        ],
    );
}

#[test]
fn for_expressions() {
    check(
        expression,
        &[
            ("[for x in y : x]", "for(x in y: x)"),
            ("[for i, x in y : i if x != null]", "for(i, x in y: i if (x != null))"),
            ("{for k, v in y : k => v}", "for(k, v in y: k => v)"),
            ("{for v in y : v.k => v...}", "for(v in y: v.k => v...)"),
            ("{\nfor k, v in y :\n k => v\n if\n k\n}", "for(k, v in y: k => v if k)"),
            ("{for k, v in m : k => v == null\n ? 1 : 2}", "for(k, v in m: k => ((v == null) ? 1 : 2))"),
            ("[for x in foo\n.bar : x]", "for(x in foo.bar: x)"),
            ("[for for in in : for]", "for(for in in: for)"),
            ("[fort]", "[fort]"),
        ],
    );
}

#[test]
fn references_and_steps() {
    check(
        expression,
        &[
            ("a.b.c", "a.b.c"),
            ("a[0][\"k\"].b", "a[0][\"k\"].b"),
            ("a.0.b", "a[0].b"),
            ("a.1e0", "a[1]"),
            ("a[\n0\n]", "a[0]"),
            ("a[b]", "(a)[b]"),
            ("a[b].c[0]", "(((a)[b]).c)[0]"),
            ("a[\"${b}\"]", "(a)[wrapped(b)]"),
            ("a[-1]", "(a)[(- 1)]"),
            ("a[true]", "(a)[true]"),
            ("f().a", "(f()).a"),
            ("[1][0]", "([1])[0]"),
            ("(a).b", "(paren(a)).b"),
            ("f().0", "(f())[0]"),
            ("each.value-x.é", "each.value-x.é"),
            ("_a-.b", "_a-.b"),
        ],
    );
}

#[test]
fn splats() {
    check(
        expression,
        &[
            ("a.*", "each(a: it)"),
            ("a.*.b.c", "each(a: ((it).b).c)"),
            ("a.*.b.0.c", "each(a: (((it).b)[0]).c)"),
            ("a.*.b[0]", "(each(a: (it).b))[0]"),
            ("a.b[*]", "each(a.b: it)"),
            ("a[*].b[0].c", "each(a: (((it).b)[0]).c)"),
            ("a[*].b[*].c", "each(a: each((it).b: (it).c))"),
            ("a[*][*]", "each(a: each(it: it))"),
            ("a[*].b.*.c", "each(a: each((it).b: (it).c))"),
            ("f()[*][c]", "each(f(): (it)[c])"),
            ("a.*.b + 1", "(each(a: (it).b) + 1)"),
        ],
    );
}

#[test]
fn calls() {
    check(
        expression,
        &[
            ("f()", "f()"),
            ("f(1, 2,)", "f(1, 2)"),
            ("f(a...)", "f(a...)"),
            ("f(1, a...)", "f(1, a...)"),
            ("f(\n1,\n2\n)", "f(1, 2)"),
            ("provider::x::f(1)", "provider::x::f(1)"),
            ("core :: max ( 1 )", "core::max(1)"),
            ("f(g(h()))", "f(g(h()))"),
            ("true(1)", "true(1)"),
        ],
    );
}

#[test]
fn comments_and_line_ends_mean_nothing_in_brackets() {
    check(
        expression,
        &[
            ("1 # x", "1"),
            ("1 // x", "1"),
            ("/* x */ 1 /* y */ + /**/ 2", "(1 + 2)"),
            ("[1, # one\n2 // two\n]", "[1, 2]"),
            ("1\n+\n2", "(1 + 2)"),
            ("\u{feff}1", "1"),
            ("1\r\n+ 2", "(1 + 2)"),
        ],
    );
}
