//! Evaluation with names: unknowns, marks, nulls, and what diagnostics say.

use lang::display::render;
use model::{Kind, Refinement, Type, Value};

use crate::world::World;

fn world() -> World {
    let string = |s: &str| Value::string(s);
    World::of(vec![
        ("any", Value::dynamic()),
        ("text", Value::unknown_not_null(Type::String)),
        ("flag", Value::unknown(Type::Bool)),
        ("count", Value::unknown_not_null(Type::Number)),
        ("list", Value::unknown_not_null(Type::list(Type::String))),
        ("few", Value::refined(Type::list(Type::String), Refinement::of_length(1, Some(3)))),
        ("object", Value::unknown(Type::object([("a", Type::String)]))),
        ("pair", Value::unknown(Type::tuple([Type::String, Type::Bool]))),
        ("none", Value::null_of(Type::list(Type::String))),
        ("secret", string("hush").sensitive()),
        ("secrets", Value::list(Type::String, vec![string("a"), string("b")]).sensitive()),
        ("brief", string("x").with_marks(model::Marks::EPHEMERAL)),
        (
            "var",
            Value::object([
                ("region", string("eu")),
                ("n", Value::number(3)),
                ("key", string("k").sensitive()),
            ]),
        ),
        ("each", Value::object([("value", Value::object([("port", Value::number(80))]))])),
    ])
}

/// A value on one line, with its marks; an error as its summary.
fn show(text: &str) -> String {
    let (value, diags) = world().eval(text);
    if let Some(error) = diags.iter().find(|d| d.is_error()) {
        return format!("error: {}", error.summary);
    }
    let (value, marks) = value.unmark();
    let shown = match value.kind() {
        Kind::Unknown(u) => format!("unknown {}{}", u.ty, certain(&u.refinement)),
        _ => render(&value).split_whitespace().collect::<Vec<_>>().join(" "),
    };
    let sensitive = if marks.is_sensitive() { " sensitive" } else { "" };
    let ephemeral = if marks.is_ephemeral() { " ephemeral" } else { "" };
    format!("{shown}{sensitive}{ephemeral}")
}

fn certain(refinement: &Refinement) -> String {
    let mut out = String::new();
    if refinement.nullness == model::Nullness::NotNull {
        out.push_str(" not null");
    }
    if let Some(prefix) = &refinement.prefix {
        out.push_str(&format!(" from {prefix:?}"));
    }
    if refinement.min_length.is_some() || refinement.max_length.is_some() {
        let (min, max) = (refinement.min_length.unwrap_or(0), refinement.max_length);
        out.push_str(&format!(" of {min} to {max:?}"));
    }
    if let (Some((low, _)), Some((high, _))) = (&refinement.lower, &refinement.upper) {
        out.push_str(&format!(" in {low}..{high}"));
    }
    out
}

fn check(table: &[(&str, &str)]) {
    for (text, want) in table {
        assert_eq!(show(text), *want, "{text}");
    }
}

#[test]
fn operators_carry_unknowns_and_marks() {
    check(&[
        ("1 + count", "unknown number not null"),
        ("-count", "unknown number not null"),
        ("false && flag", "unknown bool not null"),
        ("text == \"a\"", "unknown bool not null"),
        ("text == null", "false"),
        ("any == null", "unknown bool not null"),
        ("text != null", "true"),
        ("secret == \"a\"", "false sensitive"),
        ("brief == secret", "false sensitive ephemeral"),
        ("count + any", "unknown number not null"),
        ("count + null", "error: Operation failed"),
        ("text + {}", "error: Invalid operand"),
        ("[secret][0] == \"hush\"", "true sensitive"),
        ("[secret] == [\"hush\"]", "true sensitive"),
    ]);
}

#[test]
fn conditionals_unify_and_keep_marks() {
    check(&[
        ("index([flag, true], true)", "unknown number not null"),
        ("index([true, flag], true)", "0"),
        ("contains([flag, true], true)", "true"),
        ("strcontains(text, \"a\")", "unknown bool"),
        ("startswith(text, \"a\")", "unknown bool not null"),
        ("templatestring(var.region[0], {})", "error: Invalid function argument"),
        ("flag ? 1 : 5", "unknown number not null in 1..5"),
        ("flag ? \"a\" : null", "unknown string"),
        ("flag ? \"a\" : \"b\"", "unknown string not null"),
        ("flag ? tolist([1]) : tolist([1, 2, 3])", "unknown list(number) not null of 1 to Some(3)"),
        ("flag ? any : 1", "unknown any"),
        ("true ? any : 1", "unknown any"),
        ("true ? 1 : any", "1"),
        ("any ? 1 : \"a\"", "unknown string not null"),
        ("secret == \"a\" ? 1 : 2", "2 sensitive"),
        ("true ? 1 : secret", "\"1\" sensitive"),
        ("true ? [\"1\"] : [secret]", "[ \"1\", ]"),
        ("false ? [null] : [[1], [\"a\"]]", "tolist([ [ \"1\", ], [ \"a\", ], ])"),
        ("false ? tolist([]) : [[1], [\"a\"]]", "error: Inconsistent conditional result types"),
        ("flag ? secret : \"a\"", "unknown string not null sensitive"),
        ("true ? null : \"a\"", "tostring(null)"),
        ("none == null ? 1 : none[0]", "1"),
        ("none != null ? none[0] : \"b\"", "\"b\""),
    ]);
}

#[test]
fn reaching_into_values_keeps_types_and_marks() {
    check(&[
        ("any.a.b[0]", "unknown any"),
        ("object.a", "unknown string"),
        ("object[\"a\"]", "unknown any"),
        ("object.b", "error: Unsupported attribute"),
        ("pair[1]", "unknown bool"),
        ("pair[2]", "error: Invalid index"),
        ("pair[count]", "unknown any"),
        ("list[5]", "unknown string"),
        ("list.a", "error: Unsupported attribute"),
        ("[1, 2][count]", "unknown any"),
        ("{a = 1}[text]", "unknown any"),
        ("tomap({a = 1})[text]", "unknown number"),
        ("secrets[0]", "\"a\" sensitive"),
        ("{a = secret}.a", "\"hush\" sensitive"),
        ("[1, 2][secret]", "error: Invalid index"),
        ("none[0]", "error: Attempt to index null value"),
        ("none.a", "error: Attempt to get attribute from null value"),
        ("[any.x, var.region][1]", "\"eu\""),
    ]);
}

#[test]
fn splats_treat_single_values_as_lists_of_one() {
    check(&[
        ("any[*].a", "unknown any"),
        ("object[*].a", "unknown any"),
        ("object[*].b", "error: Unsupported attribute"),
        ("text[*]", "[ (known after apply), ]"),
        ("list[*]", "unknown list(string) not null"),
        ("few[*]", "unknown list(string) not null of 1 to Some(3)"),
        ("few[*].a", "error: Unsupported attribute"),
        ("none[*]", "error: Splat of null value"),
        ("null[*]", "[]"),
        ("secret[*]", "[ \"hush\", ] sensitive"),
        ("secrets[*]", "tolist([ \"a\", \"b\", ]) sensitive"),
        ("pair[*]", "unknown tuple([string, bool]) not null"),
        ("[{a = any}, {a = 1}][*].a", "[ (known after apply), 1, ]"),
        ("[[{a = 1}], [{a = 2}]][*][0].a", "[ 1, 2, ]"),
        ("[{a = [{b = 1}]}][*].a[*].b", "[ [ 1, ], ]"),
    ]);
}

#[test]
fn loops_are_unknown_as_a_whole() {
    check(&[
        ("[for x in any : x]", "unknown any"),
        ("[for x in list : upper(x)]", "unknown any"),
        ("[for x in [1, any] : x]", "[ 1, (known after apply), ]"),
        ("[for x in [1, 2] : x if any]", "unknown any"),
        ("{for x in [text] : x => 1}", "unknown any"),
        ("{for x in [secret] : x => 1}", "{ \"hush\" = 1 } sensitive"),
        ("[for x in secrets : x]", "[ \"a\", \"b\", ] sensitive"),
        ("[for x in [1, 2] : x if secret == x]", "[] sensitive"),
        ("[for x in none : x]", "error: Iteration over null value"),
        ("[for i, x in [\"a\"] : [for x in [i] : x]]", "[ [ 0, ], ]"),
        ("[for x in [1] : [for y in [x] : x + y]]", "[ [ 2, ], ]"),
        ("{for x in [secret, secret] : x => 1}", "error: Duplicate object key"),
    ]);
}

#[test]
fn templates_know_their_start() {
    check(&[
        ("\"id-${text}\"", "unknown string not null from \"id-\""),
        ("\"id${text}\"", "unknown string not null from \"i\""),
        ("\"${text}\"", "unknown string not null"),
        ("\"${any}\"", "unknown any"),
        ("\"a${any}b\"", "unknown string not null"),
        ("\"x${secret}\"", "\"xhush\" sensitive"),
        ("\"x${brief}\"", "\"xx\" ephemeral"),
        ("\"%{ if flag }a%{ endif }b\"", "unknown string not null"),
        ("\"a%{ for x in secrets }${x}%{ endfor }\"", "\"aab\" sensitive"),
        ("\"a-%{ for x in list }${x}%{ endfor }\"", "unknown string not null from \"a-\""),
        ("\"a${[]}\"", "error: Invalid template interpolation value"),
        ("\"a-${text}\" == \"b-1\"", "false"),
    ]);
}

#[test]
fn calls_expand_their_last_argument() {
    check(&[
        ("max(any...)", "unknown any"),
        ("max([1, 5, 2]...)", "5"),
        ("max(secrets...)", "error: Invalid function argument"),
        ("max(none...)", "error: Invalid expanding argument value"),
        ("max(var...)", "error: Invalid expanding argument value"),
        ("upper(text)", "unknown string not null"),
        ("upper(secret)", "\"HUSH\" sensitive"),
        ("type(1)", "error: Call to unknown function"),
        ("provider::terraform::encode_tfvars({})", "error: Unknown provider function"),
    ]);
}

#[test]
fn try_and_can_wait_for_unknowns() {
    check(&[
        ("try(any.a, 1)", "unknown any"),
        ("try(text, 1)", "unknown any"),
        ("try(object.b, 1)", "1"),
        ("try(none[0], \"x\")", "\"x\""),
        ("can(any.a)", "unknown bool"),
        ("can(object.b)", "false"),
        ("can(var.region)", "true"),
        ("try(none[0], object.b)", "error: Error in function call"),
        ("can(nowhere)", "error: Undeclared"),
    ]);
}

#[test]
fn objects_need_known_keys() {
    check(&[
        ("{(text) = 1}", "unknown any"),
        ("{(secret) = 1}", "{ \"hush\" = 1 } sensitive"),
        ("{(var.region) = 1}", "{ \"eu\" = 1 }"),
        ("{var.region = 1}", "error: Ambiguous attribute key"),
        ("{region = 1, region = 2}", "{ \"region\" = 2 }"),
        ("{null = 1, true = 2}", "{ \"null\" = 1 \"true\" = 2 }"),
        ("{(null) = 1}", "error: Null value as key"),
        ("{([]) = 1}", "error: Incorrect key type"),
    ]);
}

/// All diagnostics of an expression, each as its summary with the values it names.
fn explained(text: &str) -> Vec<String> {
    let (_, diags) = world().eval(text);
    let values = |d: &model::Diagnostic| {
        d.values.iter().map(|(name, is)| format!(" {name} {is}")).collect::<Vec<_>>().join(";")
    };
    diags.iter().map(|d| format!("{}:{}", d.summary, values(d))).collect()
}

#[test]
fn evaluation_goes_on_past_errors() {
    assert_eq!(explained("[var.n.x, 1 + {}, none[0]]").len(), 3);
    assert_eq!(explained("upper([]) == lower({})").len(), 2);
    assert_eq!(explained("[for x in [1, 2] : x.a]").len(), 2);
    assert_eq!(explained("[for x in [1, 2] : x if x]"), ["Invalid 'for' condition:"]);
}

#[test]
fn errors_show_the_values_that_took_part() {
    for (text, want) in [
        ("var.region.x", "Unsupported attribute: var.region is \"eu\""),
        ("var.n + {}", "Invalid operand:"),
        ("{} + 1 == var.n", "Invalid operand:"),
        ("[1][var.n]", "Invalid index: var.n is 3"),
        ("var.key.x", "Unsupported attribute:"),
        ("upper(var)", "Invalid function argument:"),
        ("tobool(each.value.port)", "Invalid function argument: each.value.port is 80"),
        ("[for x in [{a = 1}] : x.b]", "Unsupported attribute:"),
        ("[for x in [{a = 1}] : x.a.b]", "Unsupported attribute: x.a is 1"),
        (
            "var.region == \"eu\" ? {} : [var.n]",
            "Inconsistent conditional result types: var.n is 3; var.region is \"eu\"",
        ),
        ("each.value ? 1 : 2", "Incorrect condition type: each.value is object with 1 attribute \"port\""),
    ] {
        assert_eq!(explained(text), [want], "{text}");
    }
}

#[test]
fn long_chains_and_deep_nests_fit_the_stack() {
    let chain = vec!["1"; 1000].join(" + ");
    assert_eq!(show(&chain), "1000");
    let nested = |open: &str, close: &str| show(&format!("{}1{}", open.repeat(400), close.repeat(400)));
    assert_eq!(nested("(", ")"), "1");
    assert_eq!(nested("max(", ")"), "1");
    assert_eq!(nested("try(", ")"), "1");
    assert_eq!(nested("-", ""), "1");
    assert_eq!(nested("true ? ", " : 2"), "1");
    assert_eq!(show(&format!("any{}", ".a[any]".repeat(400))), "unknown any");
}
