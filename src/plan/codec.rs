//! Objects between state and values, by schema.

mod canonical;
mod surplus;

pub use canonical::renewed;

use std::sync::Arc;

use model::{
    Block, Diagnostic, InstanceAddr, Kind, Marks, Nesting, Path, PathStep, Schema, Str, Type, Value,
};
use provider::ResourceType;
use state::{AttributePath, AttributePathStep, InstanceObject, ObjectStatus};

/// The attributes of a recorded object, marked where the state or the schema says sensitive. Objects of an older schema
/// version are upgraded first.
pub fn decode(
    addr: &InstanceAddr,
    object: &InstanceObject,
    schema: &Schema,
    upgrade: Option<&dyn ResourceType>,
) -> Result<Value, Diagnostic> {
    let bad = |why: String| {
        Diagnostic::error(
            "Invalid recorded object",
            format!(
                "What the state records of {addr} does not fit its resource type: {why}. The state was not changed; if \
                 the object was written by a newer version, use that version."
            ),
        )
        .for_address(addr)
    };
    if object.schema_version > schema.version {
        return Err(too_new(addr, object, schema));
    }
    let upgraded;
    let text = match upgrade {
        Some(ty) if object.schema_version < schema.version => {
            upgraded = ty.upgrade(object.schema_version, &object.attributes).map_err(|e| bad(e.detail))?;
            &*upgraded
        }
        _ => &*object.attributes,
    };
    let value =
        read(text, &schema.block.ty()).map_err(|e| bad(format!("attribute {}: {}", e.path, e.message)))?;
    Ok(mark_sensitive(with_secrets(value, &object.sensitive_paths), &schema.block))
}

/// Where arguments are secret, but for what is never stored.
pub fn secret_arguments(config: &Value, block: &Block) -> Vec<Path> {
    strip_write_only(config, block).marked_paths(Marks::SENSITIVE)
}

/// Where a value is marked as secret, as the state says it.
pub fn sensitive_paths(value: &Value) -> Vec<AttributePath> {
    value.marked_paths(Marks::SENSITIVE).iter().map(to_state_path).collect()
}

/// Marks as secret what the state says is.
pub fn with_secrets(value: Value, paths: &[AttributePath]) -> Value {
    let paths: Vec<Path> = paths.iter().map(from_state_path).collect();
    value.apply_marks_at(&paths, Marks::SENSITIVE)
}

/// Reads attributes as a type. What the type does not have is left out: an older version of the provider may have had it.
fn read(text: &str, ty: &Type) -> Result<Value, model::json::JsonError> {
    model::json::read(text, ty).or_else(|error| {
        let bare = surplus::without_surplus(text, ty).ok_or(error)?;
        model::json::read(&bare, ty)
    })
}

fn too_new(addr: &InstanceAddr, object: &InstanceObject, schema: &Schema) -> Diagnostic {
    Diagnostic::error(
        "Resource instance managed by newer provider version",
        format!(
            "The state records {addr} in schema version {}, and this program knows versions up to {}. The state was not \
             changed. A newer version wrote it; use that one.",
            object.schema_version, schema.version
        ),
    )
    .for_address(addr)
}

/// An object as the state records it. The value is wholly known; its marks become sensitive paths, but for those that the
/// schema says by itself.
pub fn encode(
    value: &Value,
    schema: &Schema,
    status: ObjectStatus,
    private: Option<Str>,
    dependencies: Arc<[Str]>,
    create_before_destroy: bool,
) -> Result<InstanceObject, String> {
    let mut attributes = String::new();
    let bare = strip_write_only(&value.unmarked_deep(), &schema.block);
    model::json::write(&bare, &schema.block.ty(), &mut attributes)
        .map_err(|e| format!("attribute {}: {}", e.path, e.message))?;
    Ok(InstanceObject {
        status,
        schema_version: schema.version,
        attributes: attributes.into(),
        sensitive_paths: sensitive_paths(value),
        private,
        dependencies,
        create_before_destroy,
    })
}

/// Marks what the schema calls sensitive.
pub fn mark_sensitive(value: Value, block: &Block) -> Value {
    let paths = schema_sensitive_paths(block, &value);
    if paths.is_empty() { value } else { value.apply_marks_at(&paths, Marks::SENSITIVE) }
}

/// The paths within a value of what the schema calls sensitive.
pub fn schema_sensitive_paths(block: &Block, value: &Value) -> Vec<Path> {
    let mut found = Vec::new();
    collect(block, value, &Path::root(), &mut found);
    found
}

fn collect(block: &Block, value: &Value, at: &Path, found: &mut Vec<Path>) {
    for (name, attribute) in &block.attributes {
        let Some(inner) = value.get(name).filter(|v| !v.is_null()) else { continue };
        let at = at.clone().attr(name.clone());
        match attribute.nested.as_deref() {
            _ if attribute.sensitive => found.push(at),
            Some((nesting, nested)) => collect_nested(*nesting, nested, inner, at, found),
            None => {}
        }
    }
    for (name, nested) in &block.blocks {
        let Some(inner) = value.get(name) else { continue };
        collect_nested(nested.nesting, &nested.block, inner, at.clone().attr(name.clone()), found);
    }
}

/// The paths within one object of a block, or within several of them.
fn collect_nested(nesting: Nesting, block: &Block, value: &Value, at: Path, found: &mut Vec<Path>) {
    match (nesting, value.kind()) {
        (Nesting::Single | Nesting::Group, _) => collect(block, value, &at, found),
        (Nesting::List, Kind::List(s) | Kind::Tuple(s)) => {
            for (i, item) in s.items().iter().enumerate() {
                collect(block, item, &at.clone().index(Value::number(i)), found);
            }
        }
        (Nesting::Map, Kind::Map(m) | Kind::Object(m)) => {
            for (k, item) in m.entries() {
                collect(block, item, &at.clone().index(Value::normalized(k.clone())), found);
            }
        }
        (Nesting::Set, Kind::Set(_)) if has_sensitive(block) => found.push(at),
        (Nesting::List | Nesting::Map | Nesting::Set, _) => {}
    }
}

fn has_sensitive(block: &Block) -> bool {
    let nested = |a: &model::Attribute| a.nested.as_deref().is_some_and(|(_, inner)| has_sensitive(inner));
    block.attributes.values().any(|a| a.sensitive || nested(a))
        || block.blocks.values().any(|b| has_sensitive(&b.block))
}

/// The object with every write-only attribute null, as it may be stored.
pub fn strip_write_only(value: &Value, block: &Block) -> Value {
    if !has_write_only(block) || value.as_entries().is_none() {
        return value.clone();
    }
    let member = |(name, v): &(Str, Value)| {
        let stripped = match (block.attributes.get(name), block.blocks.get(name)) {
            (Some(a), _) if a.write_only => Value::null_of(a.ty.clone()),
            (Some(a), _) => match a.nested.as_deref() {
                Some((nesting, inner)) => strip_nested(*nesting, inner, v),
                None => v.clone(),
            },
            (None, Some(nested)) => strip_nested(nested.nesting, &nested.block, v),
            (None, None) => v.clone(),
        };
        (name.clone(), stripped)
    };
    let stripped: Vec<(Str, Value)> = value.as_entries().unwrap_or_default().iter().map(member).collect();
    Value::object(stripped).with_marks(value.marks())
}

fn strip_nested(nesting: Nesting, block: &Block, value: &Value) -> Value {
    match nesting {
        Nesting::Single | Nesting::Group => strip_write_only(value, block),
        Nesting::List | Nesting::Set | Nesting::Map => value.map_children(|v| strip_write_only(v, block)),
    }
}

fn has_write_only(block: &Block) -> bool {
    let nested = |a: &model::Attribute| a.nested.as_deref().is_some_and(|(_, inner)| has_write_only(inner));
    block.attributes.values().any(|a| a.write_only || nested(a))
        || block.blocks.values().any(|b| has_write_only(&b.block))
}

fn from_state_path(path: &AttributePath) -> Path {
    let step = |s: &AttributePathStep| match s {
        AttributePathStep::Attr(name) => PathStep::Attr(name.clone()),
        AttributePathStep::Key(key) => PathStep::Index(Value::normalized(key.clone())),
        AttributePathStep::Index(i) => PathStep::Index(Value::number(*i)),
    };
    Path(path.iter().map(step).collect())
}

/// A path as states write it; steps into sets end it, for sets are sensitive as a whole.
fn to_state_path(path: &Path) -> AttributePath {
    let step = |s: &PathStep| match s {
        PathStep::Attr(name) => Some(AttributePathStep::Attr(name.clone())),
        PathStep::Index(key) => match key.kind() {
            Kind::String(s) => Some(AttributePathStep::Key(s.clone())),
            Kind::Number(n) => n.to_usize().map(|i| AttributePathStep::Index(i as u64)),
            _ => None,
        },
    };
    path.0.iter().map_while(step).collect()
}

/// The `id` of an object where it has one that may be shown.
pub fn shown_id(value: &Value) -> Option<String> {
    if value.marks().is_sensitive() {
        return None;
    }
    let id = value.get("id").filter(|v| !v.marks().is_sensitive())?;
    id.as_str().map(|s| s.to_string())
}
