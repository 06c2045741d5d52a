//! Lists, sets, tuples, maps and objects, element by element.

use model::{Kind, PathStep, Str, Value};

use super::{Entry, Mark, Writer, is_composite, key_step, same};
use crate::render::sequence::{Step, steps};
use crate::render::text::{counted, pad};

impl Writer<'_> {
    pub(super) fn whole_list(&mut self, depth: usize, items: &[Value], mark: Mark) {
        if items.is_empty() {
            return self.out.push_str("[]");
        }
        self.open("[");
        for item in items {
            self.line(depth + 1, mark);
            self.whole(depth + 1, item, mark);
            self.end_line(",");
        }
        self.margin(depth);
        self.out.push(']');
    }

    pub(super) fn whole_map(
        &mut self,
        depth: usize,
        container: &Value,
        entries: &[(Str, Value)],
        mark: Mark,
    ) {
        if entries.is_empty() {
            return self.out.push_str("{}");
        }
        self.open("{");
        let names: Vec<String> = entries.iter().map(|(key, _)| key_text(container, key)).collect();
        let width = widest(&names);
        for ((_, value), name) in entries.iter().zip(&names) {
            self.line(depth + 1, mark);
            self.out.push_str(&pad(name, width));
            self.out.push_str(" = ");
            self.whole(depth + 1, value, mark);
            self.end_line("");
        }
        self.margin(depth);
        self.out.push('}');
    }

    pub(super) fn change_list(&mut self, depth: usize, before: &[Value], after: &[Value]) {
        let rows = paired(&steps(before, after, same), before, after);
        self.open("[");
        let shown = with_neighbours(&rows);
        let mut hidden = 0;
        for (row, shown) in rows.iter().zip(shown) {
            if !shown {
                hidden += 1;
                continue;
            }
            self.hidden(depth + 1, &mut hidden, "unchanged element");
            self.element(depth + 1, row);
        }
        self.hidden(depth + 1, &mut hidden, "unchanged element");
        self.margin(depth);
        self.out.push(']');
    }

    fn element(&mut self, depth: usize, row: &Row) {
        let index = PathStep::Index(Value::number(row.index as i64));
        self.within(index, |w| {
            // Null elements are elements: what becomes null changes.
            let mark = row.mark;
            w.line(depth, mark);
            w.note_forcing(mark);
            match (mark, row.before, row.after) {
                (Mark::Change, Some(before), Some(after)) => w.change(depth, before, after),
                (_, _, Some(value)) | (_, Some(value), None) => w.whole(depth, value, mark),
                (_, None, None) => {}
            }
            w.end_line(",");
        });
    }

    pub(super) fn change_map(&mut self, depth: usize, before: &Value, after: &Value) {
        let noun = match after.kind() {
            Kind::Map(_) => "unchanged element",
            _ => "unchanged attribute",
        };
        let all = merged(before.as_entries().unwrap_or_default(), after.as_entries().unwrap_or_default());
        let (shown, mut hidden) = split_unchanged(&all);
        self.open("{");
        let names: Vec<String> = shown.iter().map(|(key, _)| key_text(after, key)).collect();
        let width = widest(&names);
        for ((key, entry), name) in shown.iter().zip(&names) {
            let is_null_now = entry.after.is_some();
            self.within(key_step(after, key), |w| {
                w.entry(depth + 1, &pad(name, width), entry, is_null_now);
            });
        }
        self.hidden(depth + 1, &mut hidden, noun);
        self.margin(depth);
        self.out.push('}');
    }

    /// Says how many were left out, if any.
    pub(in crate::render) fn hidden(&mut self, depth: usize, count: &mut usize, noun: &str) {
        if *count > 0 {
            self.margin(depth);
            self.aside(&format!("# ({} hidden)", counted(*count, noun)));
            self.out.push('\n');
            *count = 0;
        }
    }
}

/// An element of a list before and after.
struct Row<'v> {
    /// Its position after, or before where it goes.
    index: usize,
    before: Option<&'v Value>,
    after: Option<&'v Value>,
    mark: Mark,
}

/// Lines up removed and added elements between kept ones where they look like the same element changed: both are
/// simple, or both are collections of one kind.
fn paired<'v>(steps: &[Step], before: &'v [Value], after: &'v [Value]) -> Vec<Row<'v>> {
    let mut rows = Vec::with_capacity(steps.len());
    let mut rest = steps;
    while let Some(first) = rest.first() {
        if let Step::Keep(i, j) = *first {
            let (before, after) = (Some(&before[i]), Some(&after[j]));
            rows.push(Row { index: j, before, after, mark: Mark::Same });
            rest = &rest[1..];
            continue;
        }
        let gap = rest.iter().take_while(|s| !matches!(s, Step::Keep(..))).count();
        pair_gap(&rest[..gap], before, after, &mut rows);
        rest = &rest[gap..];
    }
    rows
}

fn pair_gap<'v>(gap: &[Step], before: &'v [Value], after: &'v [Value], rows: &mut Vec<Row<'v>>) {
    let removed: Vec<usize> =
        gap.iter().filter_map(|s| if let Step::Remove(i) = s { Some(*i) } else { None }).collect();
    let added: Vec<usize> =
        gap.iter().filter_map(|s| if let Step::Add(j) = s { Some(*j) } else { None }).collect();
    let pairs = removed.iter().zip(&added).take_while(|(i, j)| alike(&before[**i], &after[**j])).count();
    for (&i, &j) in removed.iter().zip(&added).take(pairs) {
        let (before, after) = (Some(&before[i]), Some(&after[j]));
        rows.push(Row { index: j, before, after, mark: Mark::Change });
    }
    for &i in &removed[pairs..] {
        rows.push(Row { index: i, before: Some(&before[i]), after: None, mark: Mark::Remove });
    }
    for &j in &added[pairs..] {
        rows.push(Row { index: j, before: None, after: Some(&after[j]), mark: Mark::Add });
    }
}

fn alike(a: &Value, b: &Value) -> bool {
    match (is_composite(a), is_composite(b)) {
        (true, true) => a.as_items().is_some() == b.as_items().is_some(),
        (false, false) => true,
        (true, false) | (false, true) => !b.is_known(),
    }
}

/// Changed elements, and the unchanged one on each side of them.
fn with_neighbours(rows: &[Row]) -> Vec<bool> {
    let changed = |i: usize| rows.get(i).is_some_and(|r| r.mark != Mark::Same);
    (0..rows.len()).map(|i| changed(i) || changed(i + 1) || i > 0 && changed(i - 1)).collect()
}

/// The entries of two sorted mappings by key.
pub(in crate::render) fn merged<'v>(
    before: &'v [(Str, Value)],
    after: &'v [(Str, Value)],
) -> Vec<(&'v Str, Entry<'v>)> {
    let mut all = Vec::with_capacity(before.len().max(after.len()));
    let (mut before, mut after) = (before.iter().peekable(), after.iter().peekable());
    loop {
        let order = match (before.peek(), after.peek()) {
            (Some((b, _)), Some((a, _))) => b.cmp(a),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (None, None) => return all,
        };
        let old = if order.is_le() { before.next() } else { None };
        let new = if order.is_ge() { after.next() } else { None };
        if let Some((key, _)) = new.or(old) {
            all.push((key, Entry { before: old.map(|(_, v)| v), after: new.map(|(_, v)| v) }));
        }
    }
}

/// What changes, and how many entries do not.
fn split_unchanged<'e, 'v>(all: &'e [(&'v Str, Entry<'v>)]) -> (Vec<&'e (&'v Str, Entry<'v>)>, usize) {
    let shown: Vec<_> = all.iter().filter(|(_, e)| e.mark() != Mark::Same).collect();
    let hidden = all.len() - shown.len();
    (shown, hidden)
}

/// A key of a map is a text, and quoted; an attribute's name only where it must be.
pub(in crate::render) fn key_text(container: &Value, key: &str) -> String {
    let plain = key.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && key.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    match container.kind() {
        Kind::Map(_) => model::address::quote(key),
        _ if plain => key.to_owned(),
        _ => model::address::quote(key),
    }
}

/// The width of the widest name.
pub(in crate::render) fn widest(names: &[String]) -> usize {
    names.iter().map(|n| n.chars().count()).max().unwrap_or(0)
}
