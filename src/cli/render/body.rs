//! What stands between the braces of a resource: attributes, then nested blocks, by its schema.

use model::schema::{Block, Nesting};
use model::{PathStep, Str, Value};

use super::difference::{Entry, Mark, Writer, key_text, merged, widest};
use super::sequence::{Step, steps};
use super::text::pad;

/// Which unchanged parts are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unchanged {
    /// All: the object is shown as it is.
    Shown,
    /// Those that tell which object it is; the others are counted.
    Hidden,
}

/// Attributes that tell which object it is.
const TELLING: &[&str] = &["id", "name", "tags"];

/// Writes the inside of a block. Without a schema everything counts as an attribute.
pub(super) fn body(
    w: &mut Writer,
    depth: usize,
    entry: &Entry,
    schema: Option<&Block>,
    unchanged: Unchanged,
) {
    let entries =
        |v: Option<&'_ Value>| v.and_then(|v| v.as_entries().map(<[_]>::to_vec)).unwrap_or_default();
    let (before, after) = (entries(entry.before), entries(entry.after));
    let all = merged(&before, &after);
    let is_block = |name: &Str| schema.is_some_and(|s| s.blocks.contains_key(name));
    let (blocks, attributes): (Vec<_>, Vec<_>) = all.into_iter().partition(|(name, _)| is_block(name));
    self::attributes(w, depth, &attributes, unchanged);
    let Some(schema) = schema else { return };
    let mut hidden = 0;
    for (name, entry) in blocks {
        let nested = &schema.blocks[name];
        let rows = rows(nested.nesting, &entry);
        hidden += block_rows(w, depth, name, &nested.block, &rows, unchanged);
    }
    w.hidden(depth, &mut hidden, "unchanged block");
}

fn attributes(w: &mut Writer, depth: usize, all: &[(&Str, Entry)], unchanged: Unchanged) {
    let (mut shown, mut hidden) = (Vec::new(), 0);
    for (name, entry) in all.iter().filter(|(_, e)| !e.is_nothing()) {
        let telling = depth == 1 && TELLING.contains(&&***name);
        if entry.mark() != Mark::Same || telling || unchanged == Unchanged::Shown {
            shown.push((*name, entry));
        } else {
            hidden += 1;
        }
    }
    let width = widest(&shown.iter().map(|(name, _)| name.to_string()).collect::<Vec<_>>());
    for (name, entry) in shown {
        w.within(PathStep::Attr(name.clone()), |w| w.entry(depth, &pad(name, width), entry, true));
    }
    w.hidden(depth, &mut hidden, "unchanged attribute");
}

/// One nested block before and after, with its label where it has one.
struct BlockRow<'v> {
    label: Option<String>,
    step: Option<PathStep>,
    entry: Entry<'v>,
}

fn rows<'v>(nesting: Nesting, entry: &Entry<'v>) -> Vec<BlockRow<'v>> {
    match nesting {
        Nesting::Single | Nesting::Group if entry.is_nothing() => Vec::new(),
        Nesting::Single | Nesting::Group => vec![BlockRow { label: None, step: None, entry: *entry }],
        Nesting::List | Nesting::Set => listed(entry),
        Nesting::Map => labelled(entry),
    }
}

fn listed<'v>(entry: &Entry<'v>) -> Vec<BlockRow<'v>> {
    let items = |v: Option<&'v Value>| v.and_then(Value::as_items).unwrap_or_default();
    let (before, after) = (items(entry.before), items(entry.after));
    if after.is_empty() && entry.after.is_some_and(|v| !v.is_known()) {
        return vec![BlockRow { label: None, step: None, entry: *entry }];
    }
    let all = steps(before, after, super::difference::same);
    let row = |i: Option<usize>, j: Option<usize>| BlockRow {
        label: None,
        step: j.or(i).map(|n| PathStep::Index(Value::number(n as i64))),
        entry: Entry { before: i.map(|i| &before[i]), after: j.map(|j| &after[j]) },
    };
    let mut rows = Vec::new();
    for gap in all.chunk_by(|a, b| is_kept(a) == is_kept(b)) {
        let removed = gap.iter().filter_map(|s| if let Step::Remove(i) = s { Some(*i) } else { None });
        let added = gap.iter().filter_map(|s| if let Step::Add(j) = s { Some(*j) } else { None });
        let (mut removed, mut added) = (removed, added);
        rows.extend(gap.iter().filter_map(|s| match s {
            Step::Keep(i, j) => Some(row(Some(*i), Some(*j))),
            Step::Remove(_) | Step::Add(_) => None,
        }));
        loop {
            match (removed.next(), added.next()) {
                (None, None) => break,
                (i, j) => rows.push(row(i, j)),
            }
        }
    }
    rows
}

fn is_kept(step: &Step) -> bool {
    matches!(step, Step::Keep(..))
}

fn labelled<'v>(entry: &Entry<'v>) -> Vec<BlockRow<'v>> {
    let entries = |v: Option<&'v Value>| v.and_then(Value::as_entries).unwrap_or_default();
    merged(entries(entry.before), entries(entry.after))
        .into_iter()
        .map(|(key, entry)| BlockRow {
            label: Some(model::address::quote(key)),
            step: Some(PathStep::Index(Value::normalized(key.clone()))),
            entry,
        })
        .collect()
}

/// Writes the blocks of one type; gives the number of those left out.
fn block_rows(
    w: &mut Writer,
    depth: usize,
    name: &Str,
    schema: &Block,
    rows: &[BlockRow],
    unchanged: Unchanged,
) -> usize {
    let visible = |r: &&BlockRow| r.entry.mark() != Mark::Same || unchanged == Unchanged::Shown;
    let shown: Vec<&BlockRow> = rows.iter().filter(visible).collect();
    if !shown.is_empty() {
        w.text("\n");
    }
    for row in &shown {
        w.within(PathStep::Attr(name.clone()), |w| match &row.step {
            Some(step) => w.within(step.clone(), |w| block(w, depth, name, schema, row, unchanged)),
            None => block(w, depth, name, schema, row, unchanged),
        });
    }
    rows.len() - shown.len()
}

fn block(w: &mut Writer, depth: usize, name: &str, schema: &Block, row: &BlockRow, unchanged: Unchanged) {
    let mark = row.entry.mark();
    w.line(depth, mark);
    w.text(name);
    if let Some(label) = &row.label {
        w.text(&format!(" {label}"));
    }
    let unknown = |v: Option<&Value>| v.is_some_and(|v| !v.is_known());
    let secret = |v: Option<&Value>| v.is_some_and(|v| v.marks().is_sensitive());
    let sides = [row.entry.before, row.entry.after];
    w.open_block(mark);
    if sides.into_iter().any(secret) {
        w.margin(depth + 1);
        w.aside("# (the block is sensitive and not shown)");
        w.text("\n");
    } else if sides.into_iter().any(unknown) {
        w.margin(depth + 1);
        w.aside("# (known after apply)");
        w.text("\n");
    } else {
        body(w, depth + 1, &row.entry, Some(schema), unchanged);
    }
    w.margin(depth);
    w.text("}\n");
}

/// Writes named values that belong to nothing, as the root's outputs.
pub(super) fn named(w: &mut Writer, depth: usize, entries: &[(&Str, Entry)]) {
    let container = Value::object(Vec::<(&str, Value)>::new());
    let names: Vec<String> = entries.iter().map(|(name, _)| key_text(&container, name)).collect();
    let width = widest(&names);
    for ((_, entry), name) in entries.iter().zip(&names) {
        w.entry(depth, &pad(name, width), entry, true);
    }
}
