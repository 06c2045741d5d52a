//! Whether values meet types, told from the values themselves: the types of large structures need not be put together
//! for it.

use crate::{Kind, Type, Value};

impl Value {
    /// Whether the value meets a constraint as it is: it has that type, but for parts where the constraint is
    /// [`Type::Dynamic`]. Converting such a value changes nothing.
    pub fn conforms_to(&self, constraint: &Type) -> bool {
        match (self.kind(), constraint) {
            (_, Type::Dynamic) => true,
            (Kind::Null(ty), _) => ty.conforms_to(constraint),
            (Kind::Unknown(u), _) => u.ty.conforms_to(constraint),
            (Kind::Bool(_), _) => *constraint == Type::Bool,
            (Kind::Number(_), _) => *constraint == Type::Number,
            (Kind::String(_), _) => *constraint == Type::String,
            (Kind::TypeLiteral(_), _) => *constraint == Type::TypeLiteral,
            (Kind::List(s), Type::List(element)) | (Kind::Set(s), Type::Set(element)) => {
                s.element().conforms_to(element)
            }
            (Kind::Map(m), Type::Map(element)) => m.element().conforms_to(element),
            (Kind::Tuple(s), Type::Tuple(types)) => {
                s.items().len() == types.len()
                    && s.items().iter().zip(types.iter()).all(|(v, ty)| v.conforms_to(ty))
            }
            (Kind::Object(m), Type::Object(o)) => {
                m.entries().len() == o.attributes.len()
                    && m.entries()
                        .iter()
                        .zip(&o.attributes)
                        .all(|((name, v), (wanted, ty))| name == wanted && v.conforms_to(ty))
            }
            (Kind::List(_) | Kind::Set(_) | Kind::Map(_) | Kind::Tuple(_) | Kind::Object(_), _) => false,
        }
    }

    /// Whether two known values are of the same type.
    pub(crate) fn is_of_type_of(&self, other: &Value) -> bool {
        match (self.kind(), other.kind()) {
            (Kind::List(a), Kind::List(b)) | (Kind::Set(a), Kind::Set(b)) => a.element() == b.element(),
            (Kind::Map(a), Kind::Map(b)) => a.element() == b.element(),
            (Kind::Tuple(a), Kind::Tuple(b)) => {
                a.items().len() == b.items().len()
                    && a.items().iter().zip(b.items()).all(|(a, b)| a.is_of_type_of(b))
            }
            (Kind::Object(a), Kind::Object(b)) => {
                a.entries().len() == b.entries().len()
                    && a.entries().iter().zip(b.entries()).all(|(a, b)| a.0 == b.0 && a.1.is_of_type_of(&b.1))
            }
            (Kind::Bool(_), Kind::Bool(_))
            | (Kind::Number(_), Kind::Number(_))
            | (Kind::String(_), Kind::String(_)) => true,
            (Kind::Null(_) | Kind::Unknown(_), _) | (_, Kind::Null(_) | Kind::Unknown(_)) => {
                self.ty() == other.ty()
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Type, Value};

    #[test]
    fn values_conform_by_their_parts() {
        let list = Value::list(Type::Number, vec![Value::number(1)]);
        let object = Value::object([("a", list.clone()), ("b", Value::null())]);
        for (value, ty, conforms) in [
            (&list, Type::list(Type::Number), true),
            (&list, Type::list(Type::Dynamic), true),
            (&list, Type::list(Type::String), false),
            (&list, Type::set(Type::Number), false),
            (&object, Type::object([("a", Type::list(Type::Number)), ("b", Type::Dynamic)]), true),
            (&object, Type::object([("a", Type::Dynamic), ("b", Type::String)]), false),
            (&object, Type::object([("a", Type::Dynamic)]), false),
        ] {
            assert_eq!(value.conforms_to(&ty), conforms, "{value:?} {ty}");
            assert_eq!(value.ty().conforms_to(&ty), conforms, "{value:?} {ty}");
        }
    }
}
