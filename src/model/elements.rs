//! The one type that the elements of a collection have.

use crate::{Kind, Type, Value};

/// What the types of some elements have in common.
pub(crate) enum Common {
    /// There are no elements.
    Empty,
    /// All are of this type, but for untyped nulls and unknowns.
    Type(Type),
    /// They are of different types.
    Different,
}

/// The one type of all elements; untyped nulls and unknowns go with any.
pub(crate) fn common_type<'v>(items: impl Iterator<Item = &'v Value>) -> Common {
    items.fold(Common::Empty, |common, item| match (common, item.ty()) {
        (Common::Empty | Common::Type(Type::Dynamic), ty) => Common::Type(ty),
        (Common::Type(ty), Type::Dynamic) => Common::Type(ty),
        (Common::Type(one), other) if one == other => Common::Type(one),
        _ => Common::Different,
    })
}

/// The element type of a collection: where the declared one leaves parts open, the elements' own type, if they have
/// one.
pub(crate) fn settled_type<'v>(declared: Type, items: impl Iterator<Item = &'v Value>) -> Type {
    if !declared.has_dynamic() {
        return declared;
    }
    match common_type(items) {
        Common::Type(ty) => ty,
        Common::Empty | Common::Different => declared,
    }
}

/// Gives untyped nulls and unknowns among elements the element type.
pub(crate) fn type_nulls<'v>(element: &Type, items: impl Iterator<Item = &'v mut Value>) {
    if *element == Type::Dynamic {
        return;
    }
    for item in items {
        if is_untyped(item) {
            *item = typed(item, element);
        }
    }
}

fn is_untyped(value: &Value) -> bool {
    match value.kind() {
        Kind::Null(ty) => *ty == Type::Dynamic,
        Kind::Unknown(u) => u.ty == Type::Dynamic,
        _ => false,
    }
}

fn typed(value: &Value, ty: &Type) -> Value {
    let typed = if value.is_null() { Value::null_of(ty.clone()) } else { Value::unknown(ty.clone()) };
    typed.with_marks(value.marks())
}

#[cfg(test)]
mod tests {
    use crate::{Type, Value};

    #[test]
    fn open_element_types_are_taken_from_the_elements() {
        let open = || Type::object([("a", Type::Dynamic)]);
        let object = |v| Value::object([("a", v)]);
        for (value, ty) in [
            (Value::list(Type::Dynamic, vec![Value::null(), Value::number(1)]), "list(number)"),
            (Value::list(Type::Dynamic, vec![Value::null()]), "list(any)"),
            (Value::set(open(), vec![object(Value::bool(true))]), "set(object({a=bool}))"),
            (Value::map(open(), [("k", object(Value::null()))]), "map(object({a=any}))"),
            (Value::map::<&str>(open(), []), "map(object({a=any}))"),
        ] {
            assert_eq!(value.ty().to_string(), ty);
        }
    }

    #[test]
    fn untyped_nulls_and_unknowns_take_the_element_type() {
        let list = Value::list(Type::String, vec![Value::null().sensitive(), Value::dynamic()]);
        let expected = [Value::null_of(Type::String).sensitive(), Value::unknown(Type::String)];
        assert_eq!(list.as_items(), Some(&expected[..]));
    }
}
