//! Bodies to objects, by a schema.

use std::borrow::Cow;
use std::cell::RefCell;

use lang::ast::{Block, Body, Traversal};
use lang::functions::{Function, Surroundings};
use lang::{Resolved, Scope};
use model::diagnostic::did_you_mean;
use model::{
    Attribute, Block as SchemaBlock, Diagnostics, FileId, Kind, NestedBlock, Nesting, Path, Span, Str, Value,
    err,
};

use crate::as_blocks::as_used;
use crate::decode::extraneous_property;

/// Evaluates a body: an object of the schema's type, null for what is not configured, unknown for what failed. Where any
/// reference in it is wrong, nothing of it is evaluated.
pub fn decode_body(body: &Body, schema: &SchemaBlock, scope: &dyn Scope) -> (Value, Diagnostics) {
    let references = lang::references::body_references(body);
    let found = scope.check(&references);
    if found.has_errors() {
        return (Value::unknown(schema.ty()), found);
    }
    let decoder = Decoder { diags: RefCell::default() };
    let value = decoder.object(body, schema, scope);
    (value, decoder.diags.into_inner())
}

/// Evaluates the content of one nested block by itself.
pub fn decode_block_object(block: &Block, schema: &SchemaBlock, scope: &dyn Scope) -> (Value, Diagnostics) {
    decode_body(&block.body, schema, scope)
}

/// The blocks that mean something in every resource, whatever its schema.
const META_BLOCKS: [&str; 4] = ["lifecycle", "dynamic", "provisioner", "connection"];

struct Decoder {
    diags: RefCell<Diagnostics>,
}

impl Decoder {
    fn push(&self, diag: model::Diagnostic) {
        self.diags.borrow_mut().push(diag);
    }

    fn object(&self, body: &Body, schema: &SchemaBlock, scope: &dyn Scope) -> Value {
        let reshaped = crate::json::json_blocks(body, schema).map(|(reshaped, found)| {
            self.diags.borrow_mut().extend(found);
            reshaped
        });
        let body = reshaped.as_ref().unwrap_or(body);
        let used = as_used(body, schema);
        if matches!(used, Cow::Owned(_)) {
            return self.object(body, &used, scope);
        }
        self.check_names(body, schema);
        let attributes =
            schema.attributes.iter().map(|(name, a)| (name.clone(), self.attribute(body, name, a, scope)));
        let attributes: Vec<(Str, Value)> = attributes.collect();
        let blocks = schema.blocks.iter().map(|(name, b)| (name.clone(), self.blocks(body, name, b, scope)));
        let blocks: Vec<(Str, Value)> = blocks.collect();
        Value::object(attributes.into_iter().chain(blocks))
    }

    fn check_names(&self, body: &Body, schema: &SchemaBlock) {
        for attribute in &body.attributes {
            let name = &*attribute.name.name;
            match schema.attributes.get(name) {
                Some(a) if a.is_configurable() => {
                    if let Some(why) = &a.deprecated {
                        self.push(model::Diagnostic {
                            severity: model::Severity::Warning,
                            ..err!(attribute.name.span, "Argument is deprecated", "{why}")
                        });
                    }
                }
                Some(_) => {}
                None if attribute.is_json() => self.push(extraneous_property(attribute, names(schema))),
                None => self.unsupported_argument(name, attribute.name.span, schema),
            }
        }
        for block in &body.blocks {
            let ty = if &*block.ty.name == "dynamic" { block.labels.first() } else { Some(&block.ty) };
            let Some(ty) = ty else { continue };
            if !schema.blocks.contains_key(&ty.name) {
                self.unsupported_block(&ty.name, ty.span, schema);
            }
        }
    }

    fn unsupported_argument(&self, name: &str, span: Span, schema: &SchemaBlock) {
        let hint = if schema.blocks.contains_key(name) {
            format!(" It is a block: write {name} {{ ... }}.")
        } else {
            did_you_mean(name, configurable(schema))
        };
        self.push(err!(span, "Unsupported argument", "There is no argument {name:?} here.{hint}"));
    }

    fn unsupported_block(&self, ty: &str, span: Span, schema: &SchemaBlock) {
        let hint = if schema.attributes.contains_key(ty) {
            format!(" It is an argument: write {ty} = ...")
        } else {
            did_you_mean(ty, schema.blocks.keys().map(|k| &**k).chain(META_BLOCKS))
        };
        self.push(err!(span, "Unsupported block type", "A block {ty:?} has no meaning here.{hint}"));
    }

    fn attribute(&self, body: &Body, name: &str, schema: &Attribute, scope: &dyn Scope) -> Value {
        let Some(attribute) = body.attribute(name) else {
            if schema.kind == model::AttributeKind::Required {
                self.push(err!(
                    body.missing_item,
                    "Missing required argument",
                    "The argument {name:?} must be set."
                ));
                return Value::unknown(schema.ty.clone());
            }
            return Value::null_of(schema.ty.clone());
        };
        let (value, found) = lang::eval_checked(&attribute.expr, scope);
        let failed = found.has_errors();
        self.diags.borrow_mut().extend(found);
        if !schema.is_configurable() {
            self.push(
                err!(
                    attribute.expr.span,
                    "Value for unconfigurable attribute",
                    "{name:?} cannot be set: the provider alone gives its value."
                )
                .for_path(Path::of_attr(name)),
            );
            return Value::unknown(schema.ty.clone());
        }
        if failed {
            return Value::unknown(schema.ty.clone());
        }
        match model::convert::convert(&value, &schema.config_ty()) {
            Ok(converted) => {
                if schema.kind == model::AttributeKind::Required && converted.is_null() {
                    self.push(err!(
                        attribute.span,
                        "Missing required argument",
                        "The argument {name:?} must be set, and its value is null."
                    ));
                }
                converted
            }
            Err(e) => {
                self.push(err!(
                    attribute.expr.span,
                    "Incorrect attribute value type",
                    "The value does not suit the argument {name:?}: {}.",
                    e.full()
                ));
                Value::unknown(schema.ty.clone())
            }
        }
    }

    fn blocks(&self, body: &Body, name: &str, schema: &NestedBlock, scope: &dyn Scope) -> Value {
        let mut found = Vec::new();
        let mut unknown = None;
        for block in &body.blocks {
            match &*block.ty.name {
                "dynamic" if block.labels.first().is_some_and(|l| &*l.name == name) => {
                    if let Err(span) = self.dynamic(block, name, schema, scope, &mut found) {
                        unknown = Some(span);
                    }
                }
                ty if ty == name => found.push((
                    block.labels.first().map(|l| l.name.clone()),
                    self.object(&block.body, &schema.block, scope),
                    block.header,
                )),
                _ => {}
            }
        }
        self.check_count(
            body,
            name,
            schema,
            found.len(),
            unknown.is_some(),
            found.get(schema.max_items).map(|f| f.2),
        );
        if unknown.is_some() {
            return Value::unknown(schema.ty());
        }
        nested_value(schema, found.into_iter().map(|(label, value, _)| (label, value)).collect())
    }

    fn check_count(
        &self,
        body: &Body,
        name: &str,
        schema: &NestedBlock,
        count: usize,
        open: bool,
        first_extra: Option<Span>,
    ) {
        let single = matches!(schema.nesting, Nesting::Single | Nesting::Group);
        let max = if single { 1 } else { schema.max_items };
        if count < schema.min_items && !open {
            self.push(err!(
                body.missing_item,
                format!("Insufficient {name} blocks"),
                "At least {} {name:?} blocks are required.",
                schema.min_items
            ));
        }
        if max > 0 && count > max {
            let span = first_extra.unwrap_or(body.missing_item);
            let summary =
                if single { format!("Duplicate {name} block") } else { format!("Too many {name} blocks") };
            self.push(err!(span, summary, "There may be at most {max} blocks {name:?} here."));
        }
    }

    /// Adds the blocks that a `dynamic` block stands for; the place where their number is not known.
    fn dynamic(
        &self,
        block: &Block,
        name: &str,
        schema: &NestedBlock,
        scope: &dyn Scope,
        found: &mut Vec<(Option<Str>, Value, Span)>,
    ) -> Result<(), Span> {
        let Some(for_each) = block.body.attribute("for_each") else {
            self.push(err!(
                block.body.missing_item,
                "Missing required argument",
                "The argument \"for_each\" must be set."
            ));
            return Ok(());
        };
        let content: Vec<&Block> = block.body.blocks_of("content").collect();
        let [content] = content[..] else {
            let at = content.get(1).map_or(block.header, |b| b.header);
            let summary =
                if content.is_empty() { "Insufficient content blocks" } else { "Too many content blocks" };
            self.push(err!(at, summary, "A dynamic block has exactly one \"content\" block."));
            return Ok(());
        };
        let iterator = block.body.attribute("iterator").and_then(|a| a.expr.as_keyword()).unwrap_or(name);
        let (value, diags) = lang::eval_checked(&for_each.expr, scope);
        let failed = diags.has_errors();
        self.diags.borrow_mut().extend(diags);
        if failed {
            return Err(for_each.expr.span);
        }
        let (value, marks) = value.unmark();
        let entries = match value.kind() {
            Kind::Unknown(_) => return Err(for_each.expr.span),
            Kind::List(s) | Kind::Tuple(s) => {
                s.items().iter().enumerate().map(|(i, v)| (Value::number(i), v.clone())).collect()
            }
            Kind::Set(s) => s.items().iter().map(|v| (v.clone(), v.clone())).collect(),
            Kind::Map(m) | Kind::Object(m) => {
                m.entries().iter().map(|(k, v)| (Value::normalized(k.clone()), v.clone())).collect::<Vec<_>>()
            }
            _ => {
                self.push(err!(
                    for_each.expr.span,
                    "Invalid dynamic for_each value",
                    "for_each goes through a list, a set, a map, a tuple or an object, and this is a {}.",
                    value.ty().friendly_name()
                ));
                return Ok(());
            }
        };
        for (key, value) in entries {
            let (key, value) = (key.with_marks(marks), value.with_marks(marks));
            let each = Value::object([("key", key), ("value", value)]);
            let inner = IteratorScope { outer: scope, name: iterator, value: each };
            let label = self.dynamic_label(block, &inner);
            found.push((label, self.object(&content.body, &schema.block, &inner), block.header));
        }
        Ok(())
    }

    fn dynamic_label(&self, block: &Block, scope: &dyn Scope) -> Option<Str> {
        let labels = block.body.attribute("labels")?;
        let (value, diags) = lang::eval_checked(&labels.expr, scope);
        self.diags.borrow_mut().extend(diags);
        value.as_items()?.first()?.as_str().cloned()
    }
}

/// The value of all blocks of one type.
fn nested_value(schema: &NestedBlock, found: Vec<(Option<Str>, Value)>) -> Value {
    let ty = schema.block.ty();
    match schema.nesting {
        Nesting::Single => found.into_iter().next().map_or_else(|| Value::null_of(ty), |(_, v)| v),
        Nesting::Group => found.into_iter().next().map_or_else(|| empty_object(&schema.block), |(_, v)| v),
        Nesting::List if ty.has_dynamic() => Value::tuple(found.into_iter().map(|(_, v)| v).collect()),
        Nesting::List => Value::list(ty, found.into_iter().map(|(_, v)| v).collect()),
        Nesting::Set => Value::set(ty, found.into_iter().map(|(_, v)| v).collect()),
        Nesting::Map => {
            let entries = found.into_iter().map(|(label, v)| (label.unwrap_or_else(|| "".into()), v));
            if ty.has_dynamic() { Value::object(entries) } else { Value::map(ty, entries) }
        }
    }
}

fn empty_object(schema: &SchemaBlock) -> Value {
    let attributes = schema.attributes.iter().map(|(n, a)| (n.clone(), Value::null_of(a.ty.clone())));
    let blocks = schema.blocks.iter().map(|(n, b)| (n.clone(), nested_value(b, Vec::new())));
    Value::object(attributes.chain(blocks))
}

/// The names of all arguments and blocks.
fn names(schema: &SchemaBlock) -> impl Iterator<Item = &str> {
    configurable(schema).chain(schema.blocks.keys().map(|k| &**k))
}

fn configurable(schema: &SchemaBlock) -> impl Iterator<Item = &str> {
    schema.attributes.iter().filter(|(_, a)| a.is_configurable()).map(|(n, _)| &**n)
}

/// A scope with the iterator of a `dynamic` block.
struct IteratorScope<'s> {
    outer: &'s dyn Scope,
    name: &'s str,
    value: Value,
}

impl Scope for IteratorScope<'_> {
    fn resolve(&self, reference: &Traversal) -> Result<Resolved, Diagnostics> {
        if &*reference.root.name == self.name {
            return Ok(Resolved { value: self.value.clone(), consumed: 0 });
        }
        self.outer.resolve(reference)
    }

    fn resolve_indexed(
        &self,
        reference: &Traversal,
        key: &Value,
        span: Span,
    ) -> Option<Result<Value, Diagnostics>> {
        if &*reference.root.name == self.name {
            return None;
        }
        self.outer.resolve_indexed(reference, key, span)
    }

    fn check(&self, references: &[&Traversal]) -> Diagnostics {
        let outer = references.iter().copied().filter(|r| &*r.root.name != self.name);
        self.outer.check(&outer.collect::<Vec<_>>())
    }

    fn provider_function(&self, provider: &str, name: &str) -> Option<&Function> {
        self.outer.provider_function(provider, name)
    }

    fn surroundings(&self) -> &dyn Surroundings {
        self.outer.surroundings()
    }

    fn add_source(&self, name: &str, text: &str) -> FileId {
        self.outer.add_source(name, text)
    }

    fn place(&self, span: Span) -> Option<String> {
        self.outer.place(span)
    }
}
