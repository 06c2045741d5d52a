//! `schema`: the blocks of a resource type or data source.

use model::diagnostic::did_you_mean;
use model::{AttributeKind, Block, Diagnostic, Schema};

use crate::app::{App, print};
use crate::args::SchemaArgs;
use crate::render::schema_json::schema_json;
use crate::view::View;

/// Runs the command; the exit status.
pub fn run(app: &App, args: SchemaArgs) -> u8 {
    let view = View::new(app);
    let all = all(app);
    let Some(name) = &args.ty else {
        for (kind, name, schema) in &all {
            let first = schema.block.description.lines().next().unwrap_or_default();
            view.print(&format!("{kind} {name}\n    {first}\n"));
        }
        return 0;
    };
    let found: Vec<&(&str, String, &Schema)> = all.iter().filter(|(_, n, _)| n == name).collect();
    if found.is_empty() {
        let hint = did_you_mean(name, all.iter().map(|(_, n, _)| &**n));
        view.tell_one(Diagnostic::error(
            "Unknown type",
            format!("No built-in provider has a resource type or data source {name:?}.{hint}"),
        ));
        return 1;
    }
    for (kind, name, schema) in found {
        if args.json {
            print(&format!("{}\n", schema_json(schema)));
        } else {
            view.print(&format!(
                "{kind} {name}\n\n{}\n\n{}\n",
                schema.block.description,
                block(&schema.block, 2)
            ));
        }
    }
    0
}

fn all(app: &App) -> Vec<(&'static str, String, &Schema)> {
    let mut all = Vec::new();
    for provider in app.equipment.registry.all() {
        let catalog = provider.catalog();
        all.extend(catalog.resources.iter().map(|(n, t)| ("resource", n.to_string(), t.schema())));
        all.extend(catalog.data_sources.iter().map(|(n, t)| ("data", n.to_string(), t.schema())));
        all.extend(catalog.ephemerals.iter().map(|(n, t)| ("ephemeral", n.to_string(), t.schema())));
    }
    all.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    all
}

fn block(schema: &Block, indent: usize) -> String {
    let pad = " ".repeat(indent);
    let mut text = String::new();
    for (name, attribute) in &schema.attributes {
        let kind = match attribute.kind {
            AttributeKind::Required => "required",
            AttributeKind::Optional => "optional",
            AttributeKind::Computed => "computed",
            AttributeKind::OptionalComputed => "optional, computed",
        };
        let secret = if attribute.sensitive { ", sensitive" } else { "" };
        text.push_str(&format!("{pad}{name}  {} ({kind}{secret})\n", attribute.ty));
        for line in attribute.description.lines() {
            text.push_str(&format!("{pad}    {line}\n"));
        }
    }
    for (name, nested) in &schema.blocks {
        text.push_str(&format!("{pad}{name} {{}}\n{}", block(&nested.block, indent + 2)));
    }
    text
}
