//! Going through values part by part.

use std::collections::HashMap;

use crate::{Kind, Marks, Path, PathStep, Value};

impl Value {
    /// Visits the value and its parts, parents first, each with its path; the visitor says whether to go on into a
    /// part.
    pub fn walk(&self, visit: &mut impl FnMut(&Path, &Value) -> bool) {
        walk_at(self, &mut Path::root(), visit);
    }

    /// Replaces the parts of a value, children before their parents, each with its path. Children of lists, sets and
    /// maps must keep their types.
    pub fn transform(&self, replace: &mut impl FnMut(&Path, Value) -> Value) -> Value {
        transform_at(self, &mut Path::root(), replace)
    }

    /// The paths of all parts that themselves carry all of the given marks.
    pub fn marked_paths(&self, marks: Marks) -> Vec<Path> {
        let mut paths = Vec::new();
        self.walk(&mut |path, part| {
            if part.marks().contains(marks) {
                paths.push(path.clone());
            }
            part.deep_marks().contains(marks)
        });
        paths
    }

    /// Adds marks to the parts at the given paths; paths that lead nowhere are passed over, and what lies within a
    /// set marks the set.
    pub fn apply_marks_at(&self, paths: &[Path], marks: Marks) -> Value {
        let steps: Vec<&[PathStep]> = paths.iter().map(|p| &p.0[..]).collect();
        mark_at(self, &steps, marks)
    }

    /// The children with the steps that lead to them.
    pub fn children(&self) -> Vec<(PathStep, &Value)> {
        match self.kind() {
            Kind::List(s) | Kind::Tuple(s) => {
                let items = s.items().iter().enumerate();
                items.map(|(i, v)| (PathStep::Index(Value::number(i)), v)).collect()
            }
            Kind::Set(s) => s.items().iter().map(|v| (PathStep::Index(v.clone()), v)).collect(),
            Kind::Map(m) => {
                let entries = m.entries().iter();
                entries.map(|(k, v)| (PathStep::Index(Value::normalized(k.clone())), v)).collect()
            }
            Kind::Object(m) => m.entries().iter().map(|(k, v)| (PathStep::Attr(k.clone()), v)).collect(),
            Kind::Null(_) | Kind::Unknown(_) | Kind::Bool(_) => Vec::new(),
            Kind::Number(_) | Kind::String(_) | Kind::TypeLiteral(_) => Vec::new(),
        }
    }
}

fn walk_at(value: &Value, path: &mut Path, visit: &mut impl FnMut(&Path, &Value) -> bool) {
    if !visit(path, value) {
        return;
    }
    for (step, child) in value.children() {
        path.0.push(step);
        walk_at(child, path, visit);
        path.0.pop();
    }
}

fn transform_at(value: &Value, path: &mut Path, replace: &mut impl FnMut(&Path, Value) -> Value) -> Value {
    let mut steps = value.children().into_iter().map(|(step, _)| step).collect::<Vec<_>>().into_iter();
    let inner = value.map_children(|child| {
        path.0.extend(steps.next());
        let replaced = transform_at(child, path, replace);
        path.0.pop();
        replaced
    });
    replace(path, inner)
}

/// Marks the parts that the remaining steps of the paths lead to.
fn mark_at(value: &Value, paths: &[&[PathStep]], marks: Marks) -> Value {
    let here = paths.iter().any(|p| p.is_empty());
    let deeper: Vec<&[PathStep]> = paths.iter().filter(|p| !p.is_empty()).copied().collect();
    let marked = if deeper.is_empty() { value.clone() } else { mark_children(value, &deeper, marks) };
    if here { marked.with_marks(marks) } else { marked }
}

fn mark_children(value: &Value, paths: &[&[PathStep]], marks: Marks) -> Value {
    // Found through the value itself, so that a map's key may be given as an attribute and the other way round.
    let mut rests: HashMap<*const Value, Vec<&[PathStep]>> = HashMap::new();
    for path in paths {
        if let [step, rest @ ..] = path
            && let Some(child) = step.get(value)
        {
            rests.entry(std::ptr::from_ref(child)).or_default().push(rest);
        }
    }
    if rests.is_empty() {
        return value.clone();
    }
    value.map_children(|child| match rests.get(&std::ptr::from_ref(child)) {
        Some(rest) => mark_at(child, rest, marks),
        None => child.clone(),
    })
}

#[cfg(test)]
mod tests {
    use crate::{Marks, Path, Type, Value};

    fn example() -> Value {
        let list = Value::list(Type::String, vec![Value::string("x"), Value::string("y").sensitive()]);
        Value::object([("a", list), ("b", Value::number(1))])
    }

    #[test]
    fn a_walk_sees_parents_before_children() {
        let mut seen = Vec::new();
        example().walk(&mut |path, _| {
            seen.push(path.to_string());
            true
        });
        assert_eq!(seen, ["", ".a", ".a[0]", ".a[1]", ".b"]);
    }

    #[test]
    fn a_transformation_sees_children_before_parents() {
        let mut seen = Vec::new();
        let value = example().transform(&mut |path, part| {
            seen.push(path.to_string());
            if path.to_string() == ".b" { Value::string("one") } else { part }
        });
        assert_eq!(seen, [".a[0]", ".a[1]", ".a", ".b", ""]);
        assert_eq!(value.get("b"), Some(&Value::string("one")));
    }

    #[test]
    fn marks_are_found_and_set_again() {
        let paths = example().marked_paths(Marks::SENSITIVE);
        assert_eq!(paths, [Path::of_attr("a").index(Value::number(1))]);
        let bare = example().unmarked_deep();
        assert_eq!(bare.apply_marks_at(&paths, Marks::SENSITIVE), example());
        let nowhere = [Path::of_attr("c"), Path::of_attr("a").index(Value::number(5))];
        assert_eq!(bare.apply_marks_at(&nowhere, Marks::SENSITIVE), bare);
        let set = Value::object([("s", Value::set(Type::Number, vec![Value::number(1)]))]);
        let element = [Path::of_attr("s").index(Value::number(1))];
        assert!(set.apply_marks_at(&element, Marks::SENSITIVE).get("s").unwrap().marks().is_sensitive());
    }
}
