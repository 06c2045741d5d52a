use model::{Attribute, Block, NestedBlock, Nesting, ResourceAddr, Type, Value};

use super::resource_block;

fn written(block: &Block, object: Value) -> String {
    resource_block(&ResourceAddr::managed("sim_thing", "a"), None, block, &object)
}

fn text(value: &str) -> Value {
    Value::string(value)
}

#[test]
fn only_what_a_configuration_can_set_is_written() {
    let block = Block::new("")
        .attr("arn", Attribute::computed(Type::String, ""))
        .attr("id", Attribute::optional_computed(Type::String, ""))
        .attr("name", Attribute::required(Type::String, ""))
        .attr("size", Attribute::optional_computed(Type::Number, ""))
        .attr("old", Attribute::optional(Type::String, "").deprecated("gone soon"))
        .attr("token", Attribute::optional(Type::String, "").write_only())
        .attr("password", Attribute::required(Type::String, "").sensitive())
        .attr("nothing", Attribute::optional(Type::list(Type::String), ""));
    let object = Value::object([
        ("arn", text("arn:x")),
        ("id", text("i-1")),
        ("name", text("${n} \"q\"\nü")),
        ("size", Value::number(model::Number::from_f64(1.5).unwrap())),
        ("old", text("o")),
        ("token", Value::null_of(Type::String)),
        ("password", text("hush").sensitive()),
        ("nothing", Value::null_of(Type::list(Type::String))),
    ]);
    let expected = "\
resource \"sim_thing\" \"a\" {
  name     = \"$${n} \\\"q\\\"\\nü\"
  nothing  = null
  password = null # sensitive
  size     = 1.5
}";
    assert_eq!(written(&block, object), expected);
}

#[test]
fn nested_blocks_are_written_as_often_as_they_are() {
    let rule = Block::new("")
        .attr("port", Attribute::required(Type::Number, ""))
        .attr("rule_id", Attribute::computed(Type::String, ""))
        .block(
            "match",
            NestedBlock::single(Block::new("").attr("path", Attribute::optional(Type::String, ""))),
        );
    let tag = Block::new("").attr("value", Attribute::optional(Type::String, ""));
    let labelled = NestedBlock { nesting: Nesting::Map, ..NestedBlock::list(tag.clone()) };
    let grouped = NestedBlock { nesting: Nesting::Group, ..NestedBlock::list(tag) };
    let block = Block::new("")
        .block("rule", NestedBlock::list(rule.clone()))
        .block("none", NestedBlock::set(rule.clone()))
        .block("tag", labelled)
        .block("timeouts", grouped);
    let path = |p: Option<&str>| {
        let path = p.map_or_else(|| Value::null_of(Type::String), text);
        Value::object([("path", path)])
    };
    let rule_of = |port: usize, inner: Value| {
        Value::object([("port", Value::number(port)), ("rule_id", text("r")), ("match", inner)])
    };
    let no_match = Value::null_of(path(None).ty());
    let value = |v: Value| Value::object([("value", v)]);
    let object = Value::object([
        ("rule", Value::list(rule.ty(), vec![rule_of(80, path(Some("/"))), rule_of(81, no_match)])),
        ("none", Value::set(rule.ty(), Vec::new())),
        ("tag", Value::map(value(text("")).ty(), [("a.b", value(text("x")))])),
        ("timeouts", value(Value::null_of(Type::String))),
    ]);
    let expected = "\
resource \"sim_thing\" \"a\" {
  rule {
    port = 80
    match {
      path = \"/\"
    }
  }
  rule {
    port = 81
  }
  tag \"a.b\" {
    value = \"x\"
  }
}";
    assert_eq!(written(&block, object), expected);
}

#[test]
fn values_are_written_as_what_gives_them() {
    let any = |v: Value| {
        let block = Block::new("").attr("v", Attribute::optional(Type::Dynamic, ""));
        let whole = written(&block, Value::object([("v", v)]));
        let body = whole.strip_prefix("resource \"sim_thing\" \"a\" {\n  v = ").unwrap();
        body.strip_suffix("\n}").unwrap().to_owned()
    };
    let list = Value::list(Type::String, vec![text("a"), text("b")]);
    assert_eq!(any(list.clone()), "[\"a\", \"b\"]");
    assert_eq!(
        any(Value::object([("k", list), ("for", Value::bool(true)), ("x y", Value::null())])),
        "{\n    \"for\" = true\n    k     = [\"a\", \"b\"]\n    \"x y\" = null\n  }"
    );
    assert_eq!(any(Value::object::<&str>([])), "{}");
    assert_eq!(any(text(r#"{"a":[1,null]}"#)), "jsonencode({\n    a = [1, null]\n  })");
    assert_eq!(any(text(r#"{"a": 1}"#)), "\"{\\\"a\\\": 1}\"", "blanks would be lost");
    assert_eq!(any(text("[not json")), "\"[not json\"");
}

#[test]
fn structural_attributes_leave_out_what_the_provider_sets() {
    let inner = Block::new("")
        .attr("size", Attribute::required(Type::Number, ""))
        .attr("used", Attribute::computed(Type::Number, ""));
    let ty = Type::map(inner.ty());
    let attribute =
        Attribute { nested: Some(Box::new((Nesting::Map, inner.clone()))), ..Attribute::optional(ty, "") };
    let block = Block::new("").attr("disks", attribute);
    let disk = Value::object([("size", Value::number(5_usize)), ("used", Value::number(1_usize))]);
    let object = Value::object([("disks", Value::map(inner.ty(), [("root", disk)]))]);
    let expected = "\
resource \"sim_thing\" \"a\" {
  disks = {
    root = {
      size = 5
    }
  }
}";
    assert_eq!(written(&block, object), expected);
}

#[test]
fn a_provider_is_named_where_the_type_does_not_imply_it() {
    let addr = ResourceAddr::managed("sim_thing", "a");
    let object = Value::object::<&str>([]);
    let block = Block::new("");
    assert!(!resource_block(&addr, Some("sim".into()), &block, &object).contains("provider"));
    let aliased = resource_block(&addr, Some("sim.other".into()), &block, &object);
    assert_eq!(aliased, "resource \"sim_thing\" \"a\" {\n  provider = sim.other\n}");
}
