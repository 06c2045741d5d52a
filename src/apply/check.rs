//! The rule between what was planned and what came of it.

use model::{Kind, Path, Value};

/// The first place where a value does not keep what was planned: known parts are equal, unknown ones may be anything.
/// Marks do not matter.
pub fn first_difference(planned: &Value, actual: &Value) -> Option<Path> {
    difference(planned, actual, &Path::root())
}

fn difference(planned: &Value, actual: &Value, at: &Path) -> Option<Path> {
    match (planned.kind(), actual.kind()) {
        (Kind::Unknown(_), _) => None,
        (Kind::Object(p) | Kind::Map(p), Kind::Object(a) | Kind::Map(a)) => {
            if p.entries().len() != a.entries().len() {
                return Some(at.clone());
            }
            p.entries().iter().zip(a.entries()).find_map(|((pk, pv), (ak, av))| {
                let here = at.clone().attr(pk.clone());
                if pk == ak { difference(pv, av, &here) } else { Some(here) }
            })
        }
        (Kind::List(p), Kind::List(a)) | (Kind::Tuple(p), Kind::Tuple(a)) => {
            if p.items().len() != a.items().len() {
                return Some(at.clone());
            }
            let pairs = p.items().iter().zip(a.items()).enumerate();
            pairs
                .into_iter()
                .find_map(|(i, (pv, av))| difference(pv, av, &at.clone().index(Value::number(i))))
        }
        (Kind::Set(p), Kind::Set(a)) if !planned.is_wholly_known() => {
            (p.items().len() < a.items().len()).then(|| at.clone())
        }
        (Kind::Null(_), Kind::Null(_)) => None,
        _ => (!model::ops::raw_equals(&planned.unmarked_deep(), &actual.unmarked_deep())).then(|| at.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Type;

    #[test]
    fn known_parts_are_kept_and_unknown_parts_are_free() {
        let planned = Value::object([("id", Value::unknown(Type::String)), ("name", Value::string("a"))]);
        let kept = Value::object([("id", Value::string("1")), ("name", Value::string("a"))]);
        let changed = Value::object([("id", Value::string("1")), ("name", Value::string("b"))]);
        assert_eq!(first_difference(&planned, &kept), None);
        assert_eq!(first_difference(&planned, &changed), Some(Path::of_attr("name")));
    }
}
