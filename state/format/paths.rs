//! The paths of sensitive values.

use model::Str;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::json::{Printer, compact};
use super::version4::Text;
use crate::{AttributePath, AttributePathStep};

#[derive(Deserialize)]
struct Step<'a> {
    #[serde(rename = "type", borrow)]
    kind: Text<'a>,
    value: &'a RawValue,
}

#[derive(Deserialize)]
struct Index<'a> {
    #[serde(rename = "type", borrow)]
    ty: Text<'a>,
    value: &'a RawValue,
}

/// Reads `[[{"type":"get_attr","value":"a"}]]`.
pub(crate) fn sensitive_paths(raw: &str) -> Option<Vec<AttributePath>> {
    if raw == "[]" {
        return Some(Vec::new());
    }
    let paths: Option<Vec<Vec<Step<'_>>>> = serde_json::from_str(raw).ok()?;
    paths.unwrap_or_default().iter().map(|path| path.iter().map(path_step).collect()).collect()
}

fn path_step(step: &Step<'_>) -> Option<AttributePathStep> {
    let text = |raw: &RawValue| serde_json::from_str::<String>(raw.get()).ok().map(Str::from);
    match &*step.kind.0 {
        "get_attr" => Some(AttributePathStep::Attr(text(step.value)?)),
        "index" => {
            let index: Index<'_> = serde_json::from_str(step.value.get()).ok()?;
            match &*index.ty.0 {
                "string" => Some(AttributePathStep::Key(text(index.value)?)),
                _ => Some(AttributePathStep::Index(index.value.get().parse().ok()?)),
            }
        }
        _ => None,
    }
}

/// Writes what [`sensitive_paths`] reads.
pub(super) fn print_sensitive_paths(p: &mut Printer, paths: &[AttributePath]) {
    p.open(b'[');
    for path in paths {
        p.item();
        p.open(b'[');
        for step in path {
            p.item();
            print_step(p, step);
        }
        p.close(b']');
    }
    p.close(b']');
}

fn print_step(p: &mut Printer, step: &AttributePathStep) {
    p.open(b'{');
    match step {
        AttributePathStep::Attr(name) => {
            p.string_field("type", "get_attr");
            p.string_field("value", name);
        }
        AttributePathStep::Key(_) | AttributePathStep::Index(_) => {
            p.string_field("type", "index");
            p.key("value");
            p.open(b'{');
            match step {
                AttributePathStep::Index(i) => p.number_field("value", *i),
                AttributePathStep::Key(key) | AttributePathStep::Attr(key) => p.string_field("value", key),
            }
            let number = matches!(step, AttributePathStep::Index(_));
            p.string_field("type", if number { "number" } else { "string" });
            p.close(b'}');
        }
    }
    p.close(b'}');
}

/// The same as compact JSON.
pub(crate) fn sensitive_paths_to_json(paths: &[AttributePath]) -> Str {
    let mut p = Printer::new(64);
    print_sensitive_paths(&mut p, paths);
    compact(String::from_utf8_lossy(&p.finish()).trim_end())
}
