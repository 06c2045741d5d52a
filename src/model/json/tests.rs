use super::*;
use crate::Number;

fn n(text: &str) -> Value {
    Value::number(Number::parse(text).unwrap())
}

#[test]
fn values_are_written_compactly() {
    let object = Value::object([("b", Value::tuple(vec![n("1"), Value::null()])), ("a", Value::bool(true))]);
    for (value, text) in [
        (object, r#"{"a":true,"b":[1,null]}"#),
        (n("-0"), "-0"),
        (n("1e21"), "1000000000000000000000"),
        (Value::string("a\"\\\n\u{1}<é\u{2028}"), "\"a\\\"\\\\\\n\\u0001<é\u{2028}\""),
        (Value::map(Type::Number, [("k", n("0.1"))]), r#"{"k":0.1}"#),
    ] {
        assert_eq!(to_string(&value).unwrap(), text);
        assert_eq!(to_tree(&value).unwrap(), serde_json::from_str::<serde_json::Value>(text).unwrap());
    }
    let html = to_string_with(&Value::string("<&>\u{2029}"), Escaping::Html).unwrap();
    assert_eq!(html, r#""\u003c\u0026\u003e\u2029""#);
}

#[test]
fn what_has_no_json_is_located() {
    let at = |part: Value| Value::object([("a", Value::list(part.ty(), vec![part]))]);
    for (part, message) in [
        (Value::unknown(Type::String), ".a[0]: value is not known"),
        (Value::number(Number::infinity()), ".a[0]: cannot serialize infinity as JSON"),
    ] {
        assert_eq!(to_string(&at(part)).unwrap_err().to_string(), message);
    }
}

#[test]
fn dynamic_parts_carry_their_type() {
    let ty = Type::object([("input", Type::Dynamic), ("n", Type::Number)]);
    for (input, text) in [
        (Value::string("x"), r#"{"input":{"value":"x","type":"string"},"n":1}"#),
        (Value::tuple(vec![n("1")]), r#"{"input":{"value":[1],"type":["tuple",["number"]]},"n":1}"#),
        (
            Value::object([("a", n("1"))]),
            r#"{"input":{"value":{"a":1},"type":["object",{"a":"number"}]},"n":1}"#,
        ),
        (Value::null_of(Type::String), r#"{"input":{"value":null,"type":"string"},"n":1}"#),
        (Value::null(), r#"{"input":null,"n":1}"#),
    ] {
        let value = Value::object([("input", input), ("n", n("1"))]);
        let mut out = String::new();
        write(&value, &ty, &mut out).unwrap();
        assert_eq!(out, text);
        assert_eq!(read(text, &ty).unwrap(), value);
    }
}

#[test]
fn values_are_converted_to_the_declared_type() {
    let mut out = String::new();
    write(&Value::tuple(vec![n("2"), n("1")]), &Type::set(Type::String), &mut out).unwrap();
    assert_eq!(out, r#"["1","2"]"#);
}

#[test]
fn typed_text_is_read() {
    let ty =
        Type::object([("a", Type::list(Type::String)), ("b", Type::map(Type::Number)), ("c", Type::Bool)]);
    let value = read(r#" {"b": {"x": "1", "y": 2}, "a": ["p", 1, true, null]} "#, &ty).unwrap();
    assert_eq!(to_string(&value).unwrap(), r#"{"a":["p","1","true",null],"b":{"x":1,"y":2},"c":null}"#);
    assert_eq!(value.ty(), ty);
    assert_eq!(read(r#"{"c":true,"c":false}"#, &ty).unwrap().get("c"), Some(&Value::bool(false)));
    let optional = Type::object_with_optional([("o", ty.clone())], ["o".into()].into());
    assert_eq!(read("{}", &optional).unwrap(), Value::object([("o", Value::null_of(ty))]));
    let set = read("[3,1,3]", &Type::set(Type::Number)).unwrap();
    assert_eq!(to_string(&set).unwrap(), "[1,3]");
}

#[test]
fn typed_text_that_does_not_fit_is_located() {
    let pair = Type::tuple([Type::Number, Type::Number]);
    let nested = Type::object([("a", Type::list(Type::Number))]);
    for (text, ty, message) in [
        (r#"{"a":[1,"x"]}"#, &nested, ".a[1]: a number is required"),
        (r#"{"a":[true]}"#, &nested, ".a[0]: number is required"),
        (r#"{"b":1}"#, &nested, "unsupported attribute \"b\""),
        ("[1]", &nested, "missing expected {"),
        ("[1]", &pair, "not enough tuple elements (need 2)"),
        ("[1,2,3]", &pair, "too many tuple elements (need 2)"),
        (r#"{"value":1}"#, &Type::Dynamic, "missing type in dynamically-typed value"),
        ("1", &Type::Dynamic, "missing expected {"),
    ] {
        assert_eq!(read(text, ty).unwrap_err().to_string(), message);
    }
}

#[test]
fn plain_text_implies_a_type() {
    let text = "\t[1 ,\n{\"a\":null,\"b\":\"\\ud83d\\ude00\\u0041\\ud800\"}, true, 1e400 ] ";
    let value = read_implied(text).unwrap();
    assert_eq!(value.ty().to_string(), "tuple([number, object({a=any, b=string}), bool, number])");
    assert_eq!(value.as_items().unwrap()[1].get("b"), Some(&Value::string("😀A\u{fffd}")));
    assert_eq!(implied_type("null").unwrap(), Type::Dynamic);
    assert_eq!(read_implied(r#"{"a":1,"a":"b"}"#).unwrap(), Value::object([("a", Value::string("b"))]));
}

#[test]
fn malformed_text_is_explained() {
    for (text, message) in [
        ("", "EOF"),
        ("{", "EOF"),
        ("[1", "EOF"),
        ("{\"a\":", "EOF"),
        ("[1,]", "invalid character ']' looking for beginning of value"),
        ("{\"a\":1,}", "invalid character '}' looking for beginning of object key string"),
        ("{a: 1}", "invalid character 'a'"),
        ("{\"a\" 1}", "invalid character '1' after object key"),
        ("[1 2]", "invalid character '2' after array element"),
        ("01", "extraneous data after JSON object"),
        ("+1", "invalid character '+' looking for beginning of value"),
        ("'a'", "invalid character '\\'' looking for beginning of value"),
        ("\u{feff}1", "invalid character 'ï' looking for beginning of value"),
        ("\"a\nb\"", "invalid character '\\n' in string literal"),
        ("\"a", "unexpected EOF"),
        ("\"\\x\"", "invalid character 'x' in string escape code"),
        ("\"\\u12\"", "invalid character '\"' in \\u hexadecimal character escape"),
        ("-", "unexpected EOF"),
        ("1.x", "invalid character 'x' after decimal point in numeric literal"),
        ("trux", "invalid character 'x' in literal true (expecting 'e')"),
        ("tru", "unexpected EOF"),
    ] {
        assert_eq!(read_implied(text).unwrap_err().message, message, "{text:?}");
    }
    assert!(read_implied("[1] ]").is_ok());
    assert!(read_implied(&"[".repeat(100_000)).is_err());
}

#[test]
fn types_have_json_of_their_own() {
    for (ty, text) in [
        (Type::Dynamic, r#""dynamic""#),
        (Type::list(Type::set(Type::Bool)), r#"["list",["set","bool"]]"#),
        (Type::map(Type::tuple([Type::String])), r#"["map",["tuple",["string"]]]"#),
        (Type::object([("a", Type::Number)]), r#"["object",{"a":"number"}]"#),
        (
            Type::object_with_optional([("a", Type::Number)], ["a".into()].into()),
            r#"["object",{"a":"number"},["a"]]"#,
        ),
    ] {
        let json = type_to_json(&ty);
        assert_eq!(json.to_string(), text);
        assert_eq!(type_from_json(&json), Some(ty));
    }
    assert_eq!(type_from_json(&serde_json::json!(["list"])), None);
}
