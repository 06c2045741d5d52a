use super::*;
use crate::config_of;
use model::{Schema, Type};

fn s(text: &str) -> Value {
    Value::string(text)
}

fn port_block() -> Block {
    Block::new("A port.")
        .attr("number", Attribute::required(Type::Number, "Its number."))
        .attr("name", Attribute::optional_computed(Type::String, "Its name."))
        .attr("id", Attribute::computed(Type::String, "Its id."))
}

fn block() -> Block {
    Block::new("A test.")
        .attr("given", Attribute::optional(Type::String, "Given."))
        .attr("either", Attribute::optional_computed(Type::String, "Either."))
        .attr("made", Attribute::computed(Type::String, "Made."))
        .attr("secret_wo", Attribute::optional(Type::String, "Not stored.").write_only())
        .block("list", NestedBlock::list(port_block()))
        .block("set", NestedBlock::set(port_block()))
        .block("map", NestedBlock { nesting: Nesting::Map, ..NestedBlock::list(port_block()) })
        .block("one", NestedBlock::single(port_block()))
}

/// A port; `-` is null, `?` is unknown.
fn port(number: i64, name: &str, id: &str) -> Value {
    let text = |t: &str| match t {
        "-" => Value::null_of(Type::String),
        "?" => Value::unknown(Type::String),
        known => s(known),
    };
    Value::object([("number", Value::number(number)), ("name", text(name)), ("id", text(id))])
}

/// Proposes one member, everything else being absent.
fn member(name: &str, prior: Option<Value>, config: Value) -> Value {
    let block = block();
    let prior = prior.map(|p| config_of(&block, [(name, p)]));
    let proposed = propose(&block, prior.as_ref(), &config_of(&block, [(name, config)]));
    proposed.get(name).unwrap().clone()
}

fn list(items: Vec<Value>) -> Value {
    Value::list(port_block().ty(), items)
}

fn set(items: Vec<Value>) -> Value {
    Value::set(port_block().ty(), items)
}

fn map(items: Vec<(&str, Value)>) -> Value {
    Value::map(port_block().ty(), items)
}

#[test]
fn attributes_follow_the_configuration_then_the_object() {
    let null = || Value::null_of(Type::String);
    let unknown = || Value::unknown(Type::String);
    let cases = [
        ("given", None, s("c"), s("c")),
        ("given", Some(s("p")), null(), null()),
        ("given", Some(s("p")), unknown(), unknown()),
        ("either", None, null(), unknown()),
        ("either", None, s("c"), s("c")),
        ("either", Some(s("p")), null(), s("p")),
        ("either", Some(s("p")), s("c"), s("c")),
        ("either", Some(null()), null(), null()),
        ("made", None, null(), unknown()),
        ("made", Some(s("p")), null(), s("p")),
        ("secret_wo", Some(null()), s("c"), null()),
        ("secret_wo", None, s("c"), null()),
    ];
    for (name, prior, config, expected) in cases {
        assert_eq!(member(name, prior.clone(), config.clone()), expected, "{name} {prior:?} {config:?}");
    }
}

#[test]
fn lists_are_matched_by_position() {
    let prior = list(vec![port(1, "a", "i1"), port(2, "b", "i2")]);
    let config = list(vec![port(9, "-", "-"), port(2, "x", "-"), port(3, "-", "-")]);
    let expected = list(vec![port(9, "a", "i1"), port(2, "x", "i2"), port(3, "?", "?")]);
    assert_eq!(member("list", Some(prior), config), expected);
}

#[test]
fn maps_are_matched_by_key() {
    let prior = map(vec![("a", port(1, "a", "i1")), ("b", port(2, "b", "i2"))]);
    let config = map(vec![("b", port(5, "-", "-")), ("c", port(1, "-", "-"))]);
    let expected = map(vec![("b", port(5, "b", "i2")), ("c", port(1, "?", "?"))]);
    assert_eq!(member("map", Some(prior), config), expected);
}

#[test]
fn sets_are_matched_by_their_configured_parts() {
    let prior = set(vec![port(1, "a", "i1"), port(2, "b", "i2"), port(2, "c", "i3")]);
    let config = set(vec![port(2, "c", "-"), port(1, "-", "-"), port(4, "-", "-")]);
    let expected = set(vec![port(1, "a", "i1"), port(2, "c", "i3"), port(4, "?", "?")]);
    assert_eq!(member("set", Some(prior), config), expected);
}

#[test]
fn an_element_of_a_set_is_taken_over_once() {
    let prior = set(vec![port(1, "a", "i1")]);
    let config = set(vec![port(1, "-", "-"), port(1, "a", "-")]);
    let proposed = member("set", Some(prior), config);
    let kept = items(&proposed).iter().filter(|p| p.get("id") == Some(&s("i1"))).count();
    assert_eq!((items(&proposed).len(), kept), (2, 1));
}

#[test]
fn single_blocks_are_merged() {
    let merged = member("one", Some(port(1, "a", "i1")), port(2, "-", "-"));
    assert_eq!(merged, port(2, "a", "i1"));
    let gone = Value::null_of(port_block().ty());
    assert_eq!(member("one", Some(port(1, "a", "i1")), gone.clone()), gone);
    assert_eq!(member("one", Some(gone), port(2, "-", "-")), port(2, "?", "?"));
}

#[test]
fn what_is_unknown_as_a_whole_stays_so() {
    let unknown = Value::unknown(Type::list(port_block().ty()));
    assert_eq!(member("list", Some(list(vec![port(1, "a", "i1")])), unknown.clone()), unknown);
    assert_eq!(propose(&block(), None, &Value::dynamic()), Value::dynamic());
}

fn nested(kind: model::AttributeKind, nesting: Nesting) -> Block {
    let ty = NestedBlock { nesting, ..NestedBlock::list(port_block()) }.ty();
    let inner = port_block().attr("note", Attribute::optional(Type::String, "A note."));
    let attribute = Attribute::new(kind, ty, "Ports.");
    Block::new("A test.").attr("ports", Attribute { nested: Some(Box::new((nesting, inner))), ..attribute })
}

#[test]
fn nested_attributes_are_merged_like_blocks() {
    let block = nested(model::AttributeKind::Optional, Nesting::List);
    let config = Value::object([("ports", list(vec![port(1, "-", "-")]))]);
    let prior = Value::object([("ports", list(vec![port(2, "n", "i")]))]);
    let expected = Value::object([("ports", list(vec![port(1, "n", "i")]))]);
    assert_eq!(propose(&block, Some(&prior), &config), expected);
}

#[test]
fn a_computed_nested_attribute_stays_unless_it_came_from_a_configuration() {
    let block = nested(model::AttributeKind::OptionalComputed, Nesting::Single);
    let inner = |number: Value| Value::object([("number", number), ("id", s("i"))]);
    let config = Value::object([("ports", Value::null_of(port_block().ty()))]);
    let provided = Value::object([("ports", inner(Value::null_of(Type::Number)))]);
    let configured = Value::object([("ports", inner(Value::number(1)))]);
    assert_eq!(propose(&block, Some(&provided), &config), provided);
    assert_eq!(propose(&block, Some(&configured), &config), config);
}

#[test]
fn a_proposal_has_the_type_of_the_block() {
    let schema = Schema::new(block());
    let config = config_of(&schema.block, [("list", list(vec![port(1, "-", "-")]))]);
    assert_eq!(propose(&schema.block, None, &config).ty(), schema.block.ty());
}

#[test]
fn what_the_provider_alone_decides_on_is_not_configurable() {
    let nothing = || Value::null_of(Type::String);
    let object = config_of(
        &block(),
        [("given", s("g")), ("either", s("e")), ("made", s("m")), ("list", list(vec![port(1, "one", "i")]))],
    );
    let configured = configurable(&block(), &object);
    assert_eq!(configured.get("given"), Some(&s("g")));
    assert_eq!(configured.get("either"), Some(&s("e")));
    assert_eq!(configured.get("made"), Some(&nothing()));
    assert_eq!(configured.get("list"), Some(&list(vec![port(1, "one", "-")])));
}
