//! Schemas as `providers schema -json` writes them (format version 1.0).

use model::{Attribute, AttributeKind, Block, Nesting, ProviderAddr, Schema};
use provider::{Parameter, Provider, Signature};
use serde_json::{Map, Value as Json, json};

/// All schemas of a provider.
pub fn provider_json(provider: &dyn Provider) -> Json {
    let catalog = provider.catalog();
    let resources: Map<String, Json> =
        catalog.resources.iter().map(|(n, t)| (n.to_string(), schema_json(t.schema()))).collect();
    let data: Map<String, Json> =
        catalog.data_sources.iter().map(|(n, t)| (n.to_string(), schema_json(t.schema()))).collect();
    let ephemeral: Map<String, Json> =
        catalog.ephemerals.iter().map(|(n, t)| (n.to_string(), schema_json(t.schema()))).collect();
    let mut out = Map::new();
    out.insert("provider".into(), settings(provider));
    for (name, schemas) in [
        ("resource_schemas", resources),
        ("data_source_schemas", data),
        ("ephemeral_resource_schemas", ephemeral),
    ] {
        if !schemas.is_empty() {
            out.insert(name.into(), Json::Object(schemas));
        }
    }
    let own = catalog.functions.iter().map(|(n, f)| (n.to_string(), function(f.signature())));
    let mut functions: Map<String, Json> = own.collect();
    if provider.addr() == ProviderAddr::builtin_terraform() {
        functions.extend(lang::functions::builtin_provider_signatures());
    }
    if !functions.is_empty() {
        out.insert("functions".into(), Json::Object(functions));
    }
    Json::Object(out)
}

/// What a provider can be configured with. The one that belongs to the language has no block at all.
fn settings(provider: &dyn Provider) -> Json {
    let schema = provider.schema();
    match provider.addr() == ProviderAddr::builtin_terraform() {
        true => json!({"version": schema.version}),
        false => schema_json(schema),
    }
}

/// The signature of a function; its summary is the first sentence of what it does.
fn function(signature: &Signature) -> Json {
    let parameter = |p: &Parameter| json!({"name": p.name, "description": p.description, "type": model::json::type_to_json(&p.ty)});
    let summary = signature.description.split_inclusive(". ").next().unwrap_or_default().trim();
    let mut out = json!({
        "description": signature.description,
        "summary": summary,
        "return_type": model::json::type_to_json(&signature.returns),
    });
    if !signature.params.is_empty() {
        out["parameters"] = signature.params.iter().map(parameter).collect();
    }
    if let Some(variadic) = &signature.variadic {
        out["variadic_parameter"] = parameter(variadic);
    }
    out
}

/// One schema.
pub fn schema_json(schema: &Schema) -> Json {
    json!({"version": schema.version, "block": block(&schema.block)})
}

fn block(b: &Block) -> Json {
    let mut out = Map::new();
    if !b.attributes.is_empty() {
        let attributes = b.attributes.iter().map(|(n, a)| (n.to_string(), attribute(a)));
        out.insert("attributes".into(), Json::Object(attributes.collect()));
    }
    if !b.blocks.is_empty() {
        let blocks = b.blocks.iter().map(|(n, nested)| {
            let mut one = Map::new();
            one.insert("nesting_mode".into(), nesting(nested.nesting).into());
            one.insert("block".into(), block(&nested.block));
            for (name, count) in [("min_items", nested.min_items), ("max_items", nested.max_items)] {
                if count > 0 {
                    one.insert(name.into(), count.into());
                }
            }
            (n.to_string(), Json::Object(one))
        });
        out.insert("block_types".into(), Json::Object(blocks.collect()));
    }
    if !b.description.is_empty() {
        out.insert("description".into(), b.description.as_str().into());
    }
    out.insert("description_kind".into(), "markdown".into());
    Json::Object(out)
}

fn nesting(nesting: Nesting) -> &'static str {
    match nesting {
        Nesting::Single => "single",
        Nesting::Group => "group",
        Nesting::List => "list",
        Nesting::Set => "set",
        Nesting::Map => "map",
    }
}

fn attribute(a: &Attribute) -> Json {
    let mut out = Map::new();
    out.insert("type".into(), model::json::type_to_json(&a.ty));
    if !a.description.is_empty() {
        out.insert("description".into(), a.description.as_str().into());
    }
    out.insert("description_kind".into(), "markdown".into());
    let flags: &[(&str, bool)] = &[
        ("required", a.kind == AttributeKind::Required),
        ("optional", matches!(a.kind, AttributeKind::Optional | AttributeKind::OptionalComputed)),
        ("computed", a.is_computed()),
        ("sensitive", a.sensitive),
        ("write_only", a.write_only),
        ("deprecated", a.deprecated.is_some()),
    ];
    for (name, _) in flags.iter().filter(|(_, set)| *set) {
        out.insert((*name).into(), true.into());
    }
    Json::Object(out)
}
