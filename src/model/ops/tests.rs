use super::*;
use crate::{Marks, Nullness, Number, Refinement, Type};

fn n(text: &str) -> Value {
    Value::number(Number::parse(text).unwrap())
}

fn unknown() -> Value {
    Value::unknown(Type::Number)
}

#[test]
fn arithmetic_carries_unknowns_and_marks() {
    assert_eq!(add(&n("1"), &n("2")), Ok(n("3")));
    assert_eq!(add(&n("1").sensitive(), &n("2")), Ok(n("3").sensitive()));
    assert_eq!(add(&n("1"), &unknown()), Ok(Value::unknown_not_null(Type::Number)));
    assert_eq!(add(&n("1"), &Value::dynamic()), Ok(Value::unknown_not_null(Type::Number)));
    assert_eq!(add(&n("1"), &Value::null_of(Type::Number)), Err(OpError::Null));
    assert_eq!(add(&n("1"), &Value::string("a")), Err(OpError::Type));
    assert_eq!(divide(&n("0"), &n("0")), Err(OpError::Number(NumberError::Quotient)));
}

#[test]
fn logic_does_not_shortcut_unknowns() {
    let maybe = Value::unknown_not_null(Type::Bool);
    assert_eq!(and(&Value::bool(false), &maybe), Ok(maybe.clone()));
    assert_eq!(or(&Value::bool(true), &maybe.clone().sensitive()), Ok(maybe.clone().sensitive()));
    assert_eq!(not(&Value::bool(true)), Ok(Value::bool(false)));
    assert_eq!(not(&Value::null()), Err(OpError::Null));
}

#[test]
fn bounds_of_unknowns_decide_comparisons() {
    let refinement = Refinement {
        nullness: Nullness::NotNull,
        lower: Some((Number::from(3), true)),
        upper: Some((Number::from(5), true)),
        ..Refinement::default()
    };
    let between = Value::refined(Type::Number, refinement);
    assert_eq!(less(&between, &n("6")), Ok(Value::bool(true)));
    assert_eq!(greater(&between, &n("6")), Ok(Value::bool(false)));
    assert_eq!(less_or_equal(&between, &n("2")), Ok(Value::bool(false)));
    assert_eq!(less(&between, &n("5")), Ok(Value::unknown_not_null(Type::Bool)));
    assert_eq!(equals(&between, &n("6")), Value::bool(false));
    assert_eq!(equals(&between, &n("4")), Value::unknown_not_null(Type::Bool));
    assert_eq!(greater_or_equal(&n("2"), &n("2")), Ok(Value::bool(true)));
}

#[test]
fn equality_never_converts() {
    let list = |items| Value::list(Type::Number, items);
    let one = || vec![n("1")];
    for (a, b, equal) in [
        (n("1"), Value::string("1"), false),
        (n("-0"), n("0"), true),
        (Value::tuple(one()), list(one()), false),
        (list(one()), list(one()), true),
        (Value::null(), Value::null_of(Type::String), true),
        (Value::null(), n("1"), false),
        (Value::object([("a", n("1"))]), Value::object([("a", n("1"))]), true),
        (Value::object([("a", n("1"))]), Value::object([("b", n("1"))]), false),
        (Value::tuple(vec![Value::null()]), Value::tuple(vec![n("1")]), false),
        (
            Value::set(Type::Number, vec![n("1"), n("2")]),
            Value::set(Type::Number, vec![n("2"), n("1")]),
            true,
        ),
        (Value::set(Type::Number, vec![n("-0")]), Value::set(Type::Number, vec![n("0")]), false),
        (Value::tuple(vec![Value::dynamic()]), Value::tuple(vec![n("1"), n("2")]), false),
    ] {
        assert_eq!(equals(&a, &b), Value::bool(equal), "{a:?} {b:?}");
        assert_eq!(not_equals(&a, &b), Value::bool(!equal), "{a:?} {b:?}");
    }
}

#[test]
fn equality_is_unknown_until_it_is_certain() {
    let not_yet = Value::unknown_not_null(Type::Bool);
    assert_eq!(equals(&unknown(), &n("1")), not_yet);
    assert_eq!(equals(&unknown(), &Value::null()), not_yet);
    assert_eq!(equals(&unknown(), &Value::string("a")), Value::bool(false));
    assert_eq!(equals(&Value::unknown_not_null(Type::Number), &Value::null()), Value::bool(false));
    let untyped = Value::unknown_not_null(Type::list(Type::Dynamic));
    assert_eq!(
        equals(&Value::tuple(vec![n("1"), untyped.clone()]), &Value::tuple(vec![n("2"), untyped])),
        not_yet
    );
    let mixed = Value::tuple(vec![n("1"), unknown()]);
    assert_eq!(equals(&mixed, &Value::tuple(vec![n("2"), n("1")])), Value::bool(false));
    assert_eq!(equals(&mixed, &Value::tuple(vec![n("1"), n("1")])), not_yet);
    let set = |items| Value::set(Type::Number, items);
    assert_eq!(equals(&set(vec![unknown()]), &set(vec![n("1")])), not_yet);
}

#[test]
fn equality_carries_marks_from_within() {
    let a = Value::tuple(vec![n("1").sensitive()]);
    assert_eq!(equals(&a, &Value::tuple(vec![n("2")])), Value::bool(false).sensitive());
}

#[test]
fn set_elements_are_ordered_and_merged() {
    let tuples = |ns: &[&str]| ns.iter().map(|t| Value::tuple(vec![n(t)])).collect::<Vec<_>>();
    let order = |items: Vec<Value>| format!("{:?}", sort_set(items));
    for (items, sorted) in [
        (vec![n("20"), n("3"), n("100"), n("3")], "[3, 20, 100]"),
        (vec![n("0"), n("-0")], "[-0, 0]"),
        (vec![n("0.1"), Value::number(Number::from_f64(0.1).unwrap())], "[0.1]"),
        (vec![Value::bool(true), Value::bool(false)], "[false, true]"),
        (
            vec![Value::null_of(Type::Number), n("1"), unknown(), unknown()],
            "[1, unknown(number), unknown(number), null(number)]",
        ),
        (vec![Value::string("b"), Value::string("a"), Value::string("b")], "[\"a\", \"b\"]"),
        (tuples(&["100", "20", "3", "20"]), "[[100], [20], [3]]"),
    ] {
        assert_eq!(order(items), sorted);
    }
}

#[test]
fn elements_are_found_by_converted_keys() {
    let list = Value::list(Type::Number, vec![n("10"), n("20")]);
    assert_eq!(index(&list, &Value::string("1")), Ok(n("20")));
    assert_eq!(index(&list, &n("1").sensitive()), Ok(n("20").sensitive()));
    assert_eq!(index(&list, &n("2")), Err(OpError::NoElement));
    assert_eq!(index(&list, &n("0.5")), Err(OpError::NoElement));
    assert_eq!(index(&list, &Value::null()), Err(OpError::NullKey));
    assert_eq!(index(&list, &unknown()), Ok(Value::unknown(Type::Number)));
    let object = Value::object([("a", n("1"))]);
    assert_eq!(index(&object, &Value::string("a").sensitive()), Ok(n("1")));
    assert_eq!(get_attr(&object.clone().sensitive(), "a"), Ok(n("1").sensitive()));
    assert_eq!(get_attr(&object, "b"), Err(OpError::NoAttribute));
    assert_eq!(has_index(&list, &n("1")), Value::bool(true));
    assert_eq!(has_index(&list, &n("-1")), Value::bool(false));
}

#[test]
fn lengths_of_unknowns_have_bounds() {
    let set = Value::set(Type::Number, vec![unknown(), n("1")]);
    let length_of_set = length(&set).unwrap();
    assert_eq!(greater(&length_of_set, &n("0")), Ok(Value::bool(true)));
    assert_eq!(greater(&length_of_set, &n("3")), Ok(Value::bool(false)));
    let one = Value::set(Type::Number, vec![unknown()]);
    assert_eq!(length(&one), Ok(n("1")));
    let unknown_list = Value::unknown(Type::list(Type::Number));
    assert_eq!(
        greater_or_equal(&length(&unknown_list).unwrap(), &n("0")),
        Ok(Value::unknown_not_null(Type::Bool))
    );
    assert_eq!(length(&Value::tuple(vec![n("1")]).with_marks(Marks::SENSITIVE)), Ok(n("1").sensitive()));
}

#[test]
fn refinements_that_leave_one_value_give_it() {
    let list = Value::refined(Type::list(Type::Bool), Refinement::of_length(2, Some(2)));
    assert_eq!(list, Value::list(Type::Bool, vec![Value::unknown(Type::Bool); 2]));
    assert_eq!(Value::unknown_not_null(Type::Dynamic), Value::dynamic());
}

#[test]
fn raw_equality_tells_everything_apart() {
    for (a, b, same) in [
        (n("-0"), n("0"), false),
        (n("1"), Value::number(1), true),
        (n("1"), n("1").sensitive(), false),
        (unknown(), unknown(), true),
        (unknown(), Value::unknown_not_null(Type::Number), false),
        (Value::null(), Value::null_of(Type::Bool), false),
    ] {
        assert_eq!(raw_equals(&a, &b), same, "{a:?} {b:?}");
    }
}
