use super::*;

fn list(t: Type) -> Type {
    Type::list(t)
}

fn object<const N: usize>(attributes: [(&str, Type); N]) -> Type {
    Type::object(attributes)
}

#[test]
fn types_find_their_common_type() {
    use Type::{Bool, Dynamic, Number, String};
    for (types, unified) in [
        (vec![], Some(Dynamic)),
        (vec![Number, Number], Some(Number)),
        (vec![Number, String, Bool], Some(String)),
        (vec![Number, Bool], None),
        (vec![Number, Dynamic], Some(Number)),
        (vec![list(Number), Dynamic], Some(Dynamic)),
        (vec![Type::tuple([]), Type::tuple([Number])], Some(list(Number))),
        (vec![Type::tuple([Number]), Type::tuple([String])], Some(Type::tuple([String]))),
        (vec![Type::tuple([Number]), list(String)], Some(list(String))),
        (vec![list(Number), Type::set(String)], Some(list(Number))),
        (vec![object([("a", Number)]), object([("b", Number)])], Some(Type::map(Number))),
        (vec![object([("a", Number)]), object([("a", String)])], Some(object([("a", String)]))),
        (vec![object([("a", Number)]), object([("b", list(Number))])], None),
        (vec![object([("a", Number)]), Type::map(String)], Some(Type::map(String))),
        (vec![object([]), Type::tuple([])], None),
        (vec![object([("a", list(Number)), ("b", Bool)]), object([("c", Dynamic)])], None),
        (vec![object([("a", Number)]), Type::map(Bool), Dynamic], Some(Dynamic)),
        (vec![Number, list(Number)], None),
    ] {
        assert_eq!(unify(&types), unified, "{types:?}");
    }
}

#[test]
fn values_are_brought_to_their_common_type() {
    let (ty, values) = unify_values(&[Value::number(1), Value::string("a").sensitive()]).unwrap();
    assert_eq!(ty, Type::String);
    assert_eq!(values, [Value::string("1"), Value::string("a").sensitive()]);
    assert_eq!(unify_values(&[Value::number(1), Value::bool(true)]), None);
}
