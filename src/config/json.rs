//! The blocks that JSON files may hold, so that their objects can be told from arguments.

use std::sync::Arc;

use lang::ast::Body;
use lang::json::{BlockShape, Shape, reshape};
use model::{Block as SchemaBlock, Diagnostics, Nesting};

const fn block(
    ty: &'static str,
    labels: &'static [&'static str],
    body: &'static Shape<'static>,
) -> BlockShape<'static> {
    BlockShape { ty, labels, body }
}

const fn shape(blocks: &'static [BlockShape<'static>]) -> Shape<'static> {
    Shape { blocks, is_flat: false }
}

static ARGUMENTS: Shape<'static> = Shape::OPEN;
static FLAT: Shape<'static> = Shape { blocks: &[], is_flat: true };

/// A body that a schema describes: its own blocks are found when the schema is known.
static BY_SCHEMA: Shape<'static> = shape(&[block("dynamic", &["type"], &DYNAMIC)]);
static DYNAMIC: Shape<'static> = shape(&[block("content", &[], &BY_SCHEMA)]);

static CONDITIONS: Shape<'static> =
    shape(&[block("precondition", &[], &ARGUMENTS), block("postcondition", &[], &ARGUMENTS)]);
static PROVISIONER: Shape<'static> =
    shape(&[block("connection", &[], &ARGUMENTS), block("dynamic", &["type"], &DYNAMIC)]);
static RESOURCE: Shape<'static> = shape(&[
    block("lifecycle", &[], &CONDITIONS),
    block("connection", &[], &ARGUMENTS),
    block("provisioner", &["type"], &PROVISIONER),
    block("dynamic", &["type"], &DYNAMIC),
]);
static REMOVED: Shape<'static> = shape(&[
    block("lifecycle", &[], &ARGUMENTS),
    block("connection", &[], &ARGUMENTS),
    block("provisioner", &["type"], &PROVISIONER),
]);
static CHECK: Shape<'static> =
    shape(&[block("data", &["type", "name"], &RESOURCE), block("assert", &[], &ARGUMENTS)]);
static CLOUD: Shape<'static> = shape(&[block("workspaces", &[], &ARGUMENTS)]);
static FALLBACK: Shape<'static> = shape(&[block("fallback", &[], &FALLBACK)]);
static ENCRYPTION: Shape<'static> = shape(&[
    block("key_provider", &["type", "name"], &ARGUMENTS),
    block("method", &["type", "name"], &ARGUMENTS),
    block("state", &[], &FALLBACK),
    block("plan", &[], &FALLBACK),
    block("remote_state_data_sources", &[], &ARGUMENTS),
]);
static TERRAFORM: Shape<'static> = shape(&[
    block("backend", &["type"], &ARGUMENTS),
    block("cloud", &[], &CLOUD),
    block("encryption", &[], &ENCRYPTION),
    block("required_providers", &[], &FLAT),
    block("provider_meta", &["provider"], &BY_SCHEMA),
]);
static VARIABLE: Shape<'static> = shape(&[block("validation", &[], &ARGUMENTS)]);

/// What a file may hold; the last ones belong to stacks.
static FILE: Shape<'static> = shape(&[
    block("terraform", &[], &TERRAFORM),
    block("provider", &["name"], &BY_SCHEMA),
    block("variable", &["name"], &VARIABLE),
    block("locals", &[], &FLAT),
    block("output", &["name"], &CONDITIONS),
    block("module", &["name"], &ARGUMENTS),
    block("resource", &["type", "name"], &RESOURCE),
    block("data", &["type", "name"], &RESOURCE),
    block("ephemeral", &["type", "name"], &RESOURCE),
    block("moved", &[], &ARGUMENTS),
    block("removed", &[], &REMOVED),
    block("import", &[], &ARGUMENTS),
    block("check", &["name"], &CHECK),
    block("stack", &["name"], &ARGUMENTS),
    block("component", &["component type", "name"], &ARGUMENTS),
    block("connector", &["kind", "name"], &ARGUMENTS),
    block("environment", &["name"], &ENVIRONMENT),
]);
static ENVIRONMENT: Shape<'static> = shape(&[block("backend", &["type"], &ARGUMENTS)]);

/// Parses the content of an `encryption` block.
pub fn parse_encryption(file: model::FileId, text: &str) -> (Body, Diagnostics) {
    let (root, mut diags) = lang::json::parse(file, text);
    let (body, found) = lang::json::file_body(&root, &ENCRYPTION);
    diags.extend(found);
    (body, diags)
}

/// The blocks that become others before anything is evaluated.
const OF_STACKS: &[&str] = &["stack", "component", "connector", "environment"];

/// Whether a file of this name is JSON.
pub fn is_json(name: &str) -> bool {
    name.ends_with(".json")
}

/// Parses a JSON file of the configuration.
pub fn parse_body(file: model::FileId, text: &str) -> (Body, Diagnostics) {
    let (root, mut diags) = lang::json::parse(file, text);
    let (mut body, found) = lang::json::file_body(&root, &FILE);
    diags.extend(found);
    for block in body.blocks.iter_mut().filter(|b| OF_STACKS.contains(&&*b.ty.name)) {
        make_plain(&mut block.body, &mut diags);
    }
    (body, diags)
}

/// Writes the arguments of a body as native syntax would.
fn make_plain(body: &mut Arc<Body>, diags: &mut Diagnostics) {
    let body = Arc::make_mut(body);
    for attribute in &mut body.attributes {
        let (plain, found) = lang::json::plain(&attribute.expr);
        diags.extend(found);
        attribute.expr = Arc::new(plain.into_owned());
    }
    body.blocks.iter_mut().for_each(|block| make_plain(&mut block.body, diags));
}

/// The body with the blocks of a schema that JSON wrote as properties; nothing where there are none.
pub fn json_blocks(body: &Body, schema: &SchemaBlock) -> Option<(Body, Diagnostics)> {
    let labels = |nesting: Nesting| -> &[&str] { if nesting == Nesting::Map { &["key"] } else { &[] } };
    let known = schema.blocks.iter();
    let mut blocks: Vec<BlockShape<'_>> = known
        .map(|(ty, nested)| BlockShape { ty, labels: labels(nested.nesting), body: &BY_SCHEMA })
        .collect();
    blocks.extend_from_slice(BY_SCHEMA.blocks);
    reshape(body, &Shape { blocks: &blocks, is_flat: false })
}
