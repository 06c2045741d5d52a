//! Whether a value keeps what was planned of it.

use model::{Kind, Path, Str, Value, ops};

use super::{Breach, departure_from};

/// The first place where a value is not what was planned.
pub(super) fn difference(planned: &Value, value: &Value, at: Path) -> Option<Breach> {
    if planned == value {
        return None;
    }
    match (planned.kind(), value.kind()) {
        (Kind::Unknown(unknown), _) => {
            if value.is_null() && planned.is_certainly_not_null() {
                return Some(Breach::new(at, "is null, although it was planned not to be"));
            }
            departure_from(value, &unknown.ty, at)
        }
        (Kind::Object(p), Kind::Object(v)) => {
            entries(p.entries(), v.entries(), &|k| at.clone().attr(k.clone()))
        }
        (Kind::Map(p), Kind::Map(v)) => {
            entries(p.entries(), v.entries(), &|k| at.clone().index(Value::normalized(k.clone())))
        }
        (Kind::List(p), Kind::List(v)) | (Kind::Tuple(p), Kind::Tuple(v)) => items(p.items(), v.items(), at),
        (Kind::Set(p), Kind::Set(v)) => elements(p.items(), v.items(), at),
        _ if ops::raw_equals(planned, value) => None,
        _ => Some(Breach::new(at, "is another value than the planned one")),
    }
}

fn entries(planned: &[(Str, Value)], value: &[(Str, Value)], below: &dyn Fn(&Str) -> Path) -> Option<Breach> {
    let find = |of: &[(Str, Value)], key: &Str| of.binary_search_by(|(k, _)| k.cmp(key)).ok();
    let added = value.iter().find(|(key, _)| find(planned, key).is_none());
    if let Some((key, _)) = added {
        return Some(Breach::new(below(key), "is there, although it was not planned"));
    }
    planned.iter().find_map(|(key, p)| match find(value, key) {
        Some(i) => difference(p, &value[i].1, below(key)),
        None => Some(Breach::new(below(key), "was planned and is missing")),
    })
}

fn items(planned: &[Value], value: &[Value], at: Path) -> Option<Breach> {
    if planned.len() != value.len() {
        return Some(counted(planned.len(), value.len(), at));
    }
    let mut pairs = planned.iter().zip(value).enumerate();
    pairs.find_map(|(i, (p, v))| difference(p, v, at.clone().index(Value::number(i))))
}

/// Elements of which parts are unknown may turn out to be the same; known ones are there, and for each other one there is
/// something that it can have become.
fn elements(planned: &[Value], value: &[Value], at: Path) -> Option<Breach> {
    let open: Vec<&Value> = planned.iter().filter(|p| !p.is_wholly_known()).collect();
    let fewer_is_fine = !open.is_empty();
    if value.len() > planned.len() || value.len() < planned.len() && !fewer_is_fine {
        return Some(counted(planned.len(), value.len(), at));
    }
    let lost = |p: &&Value| match p.is_wholly_known() {
        true => !value.iter().any(|v| ops::raw_equals(p, v)),
        false => !value.iter().any(|v| difference(p, v, Path::root()).is_none()),
    };
    planned.iter().find(lost).map(|_| Breach::new(at, "lacks an element that was planned"))
}

fn counted(planned: usize, is: usize, at: Path) -> Breach {
    Breach::new(at, format!("has {is} elements, where {planned} were planned"))
}
