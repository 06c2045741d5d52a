//! Every kind of breach, at the place where it is.

use model::{Attribute, Block, NestedBlock, Nesting, Type, Value};

use super::{Breach, check_kept, check_object, check_planned};
use crate::{config_of, with_attributes};

fn inner() -> Block {
    Block::new("Inner.")
        .attr("a", Attribute::optional(Type::String, "A."))
        .attr("c", Attribute::computed(Type::String, "C."))
}

fn block() -> Block {
    let nested = Attribute {
        nested: Some(Box::new((Nesting::Map, inner()))),
        ..Attribute::optional(Type::map(inner().ty()), "Nested.")
    };
    Block::new("Outer.")
        .attr("name", Attribute::required(Type::String, "Name."))
        .attr("size", Attribute::optional(Type::Number, "Size."))
        .attr("id", Attribute::computed(Type::String, "Id."))
        .attr("either", Attribute::optional_computed(Type::String, "Either."))
        .attr("secret", Attribute::optional(Type::String, "Secret.").write_only())
        .attr("tags", Attribute::optional(Type::map(Type::String), "Tags."))
        .attr("nested", nested)
        .block("rules", NestedBlock::list(inner()))
        .block("ports", NestedBlock::set(inner()))
        .block("one", NestedBlock::single(inner()))
}

fn s(text: &str) -> Value {
    Value::string(text)
}

fn unknown() -> Value {
    Value::unknown(Type::String)
}

fn element(a: &str, c: Value) -> Value {
    Value::object([("a", s(a)), ("c", c)])
}

fn null_c() -> Value {
    Value::null_of(Type::String)
}

/// A configuration with one of everything.
fn config() -> Value {
    let rules = Value::list(inner().ty(), vec![element("x", null_c()), element("y", null_c())]);
    let given = [
        ("name", s("n")),
        ("size", Value::number(1)),
        ("secret", s("hush")),
        ("tags", Value::map(Type::String, [("t", s("1"))])),
        ("nested", Value::map(inner().ty(), [("k", element("x", null_c()))])),
        ("rules", rules),
        ("ports", Value::set(inner().ty(), vec![element("p", null_c())])),
    ];
    config_of(&block(), given)
}

/// What a provider plans for it.
fn planned() -> Value {
    let rules = Value::list(inner().ty(), vec![element("x", unknown()), element("y", unknown())]);
    let given = [
        ("id", unknown()),
        ("either", unknown()),
        ("secret", null_c()),
        ("nested", Value::map(inner().ty(), [("k", element("x", unknown()))])),
        ("rules", rules),
        ("ports", Value::set(inner().ty(), vec![element("p", unknown())])),
    ];
    with_attributes(&config(), given)
}

/// What becomes of it.
fn made() -> Value {
    let rules = Value::list(inner().ty(), vec![element("x", s("1")), element("y", s("2"))]);
    let given = [
        ("id", s("i")),
        ("either", s("e")),
        ("nested", Value::map(inner().ty(), [("k", element("x", s("3")))])),
        ("rules", rules),
        ("ports", Value::set(inner().ty(), vec![element("p", s("4"))])),
    ];
    with_attributes(&planned(), given)
}

fn told(kept: Result<(), Breach>) -> String {
    kept.err().map(|b| b.to_string()).unwrap_or_default()
}

#[test]
fn what_keeps_the_contract_passes() {
    assert_eq!(told(check_planned(&block(), None, &config(), &planned())), "");
    assert_eq!(told(check_kept(&planned(), &made())), "");
    assert_eq!(told(check_object(&block(), &made())), "");
    assert_eq!(told(check_planned(&block(), Some(&made()), &config(), &made())), "");
}

#[test]
fn a_plan_that_departs_from_the_configuration_is_found_where_it_does() {
    let ty = inner().ty();
    let one_rule = Value::list(ty.clone(), vec![element("x", unknown())]);
    let other_rule = Value::list(ty.clone(), vec![element("x", unknown()), element("z", unknown())]);
    let cases = [
        (("name", s("other")), ".name is planned otherwise than it is configured"),
        (("size", Value::null_of(Type::Number)), ".size is planned otherwise than it is configured"),
        (("size", s("1")), ".size is of another type than the schema's: string instead of number"),
        (("secret", s("hush")), ".secret is planned, although it is write-only and never kept"),
        (
            ("tags", Value::map(Type::String, [("t", s("2"))])),
            ".tags[\"t\"] is planned otherwise than it is configured",
        ),
        (("rules", one_rule), ".rules is planned with 1 blocks, where the configuration has 2"),
        (("rules", other_rule), ".rules[1].a is planned otherwise than it is configured"),
        (
            ("rules", Value::unknown(Type::list(ty.clone()))),
            ".rules is planned as unknown, although it is configured",
        ),
        (
            ("ports", Value::set(ty.clone(), vec![element("q", unknown())])),
            ".ports has an element that is not configured",
        ),
        (("one", element("x", unknown())), ".one is planned otherwise than it is configured"),
        (
            ("nested", Value::map(ty.clone(), [("k", element("z", unknown()))])),
            ".nested[\"k\"].a is planned otherwise than it is configured",
        ),
        (
            (
                "nested",
                Value::map(ty.clone(), [("k", element("x", unknown())), ("l", element("x", unknown()))]),
            ),
            ".nested[\"l\"] is planned and not configured",
        ),
    ];
    for (change, expected) in cases {
        let wrong = with_attributes(&planned(), [change]);
        assert_eq!(told(check_planned(&block(), None, &config(), &wrong)), expected);
    }
    let missing = Value::object([("name", s("n"))]);
    assert_eq!(told(check_planned(&block(), None, &config(), &missing)), ".either is missing");
    let nothing = Value::null_of(block().ty());
    let told_of_nothing = told(check_planned(&block(), None, &config(), &nothing));
    assert_eq!(told_of_nothing, "the whole object is missing: the answer is null");
}

#[test]
fn what_is_not_configured_is_only_the_providers_where_the_schema_says_so() {
    let bare = config_of(&block(), [("name", s("n"))]);
    let right = with_attributes(&bare, [("id", unknown()), ("either", s("mine"))]);
    assert_eq!(told(check_planned(&block(), None, &bare, &right)), "");
    let wrong = with_attributes(&right, [("size", Value::number(3))]);
    let expected = ".size is planned, although it is not configured and not the provider's to give";
    assert_eq!(told(check_planned(&block(), None, &bare, &wrong)), expected);
}

#[test]
fn what_is_not_known_yet_is_not_guessed_but_may_stay_as_it_was() {
    let open = with_attributes(&config(), [("name", unknown())]);
    let guessed = planned();
    let expected = ".name is planned as known, although the configuration is not known yet";
    assert_eq!(told(check_planned(&block(), None, &open, &guessed)), expected);
    assert_eq!(told(check_planned(&block(), Some(&made()), &open, &guessed)), "");
}

#[test]
fn a_result_that_departs_from_the_plan_is_found_where_it_does() {
    let ty = inner().ty();
    let cases = [
        (("size", Value::number(2)), ".size is another value than the planned one"),
        (("id", Value::number(2)), ".id is of another type than the schema's: number instead of string"),
        (("tags", Value::map::<&str>(Type::String, [])), ".tags[\"t\"] was planned and is missing"),
        (
            ("tags", Value::map(Type::String, [("t", s("1")), ("u", s("2"))])),
            ".tags[\"u\"] is there, although it was not planned",
        ),
        (
            ("rules", Value::list(ty.clone(), vec![element("x", s("1"))])),
            ".rules has 1 elements, where 2 were planned",
        ),
        (
            ("rules", Value::list(ty.clone(), vec![element("x", s("1")), element("z", s("1"))])),
            ".rules[1].a is another value than the planned one",
        ),
        (
            ("ports", Value::set(ty.clone(), vec![element("q", s("1"))])),
            ".ports lacks an element that was planned",
        ),
        (("ports", Value::set(ty.clone(), Vec::new())), ".ports lacks an element that was planned"),
        (
            ("ports", Value::set(ty.clone(), vec![element("p", s("1")), element("p", s("2"))])),
            ".ports has 2 elements, where 1 were planned",
        ),
    ];
    for (change, expected) in cases {
        let wrong = with_attributes(&made(), [change]);
        assert_eq!(told(check_kept(&planned(), &wrong)), expected);
    }
    let certain = with_attributes(&planned(), [("id", Value::unknown_not_null(Type::String))]);
    let null = with_attributes(&made(), [("id", null_c())]);
    assert_eq!(told(check_kept(&certain, &null)), ".id is null, although it was planned not to be");
}

#[test]
fn what_had_no_certain_type_yet_may_get_one() {
    let open = Value::unknown(Type::object([("a", Type::Dynamic), ("b", Type::String)]));
    let settled = Value::object([("a", Value::number(1)), ("b", s("x"))]);
    assert_eq!(told(check_kept(&open, &settled)), "");
    let other = Value::object([("a", Value::number(1)), ("b", Value::number(2))]);
    let expected = ".b is of another type than the schema's: number instead of string";
    assert_eq!(told(check_kept(&open, &other)), expected);
}

#[test]
fn an_object_is_whole_known_and_of_its_type() {
    let open = with_attributes(&made(), [("rules", planned().get("rules").unwrap().clone())]);
    let expected = ".rules[0].c is still unknown, and everything must be known by now";
    assert_eq!(told(check_object(&block(), &open)), expected);
    assert_eq!(told(check_object(&block(), &Value::dynamic())), "the whole object is unknown");
    assert_eq!(told(check_object(&block(), &s("x"))), "the whole object is no object");
    let stray = with_attributes(&made(), [("stray", s("x"))]);
    assert_eq!(told(check_object(&block(), &stray)), ".stray is not in the schema");
}
