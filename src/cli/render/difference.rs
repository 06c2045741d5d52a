//! Values before and after, side by side: what a plan shows between its braces.

mod collection;
mod text;

pub(super) use collection::{key_text, merged, widest};

use model::{Kind, Path, PathStep, Type, Value};

use super::text::{Ink, Screen, Signs};

/// What happens to a part of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// Nothing.
    Same,
    /// It comes into being.
    Add,
    /// It goes.
    Remove,
    /// It changes.
    Change,
}

/// Writes values and their differences. A line at depth *d* begins with its sign at column 4*d* + 2, or in the first one.
pub(super) struct Writer<'s> {
    out: String,
    screen: &'s Screen,
    /// The parts that force a replacement.
    forcing: &'s [Path],
    path: Vec<PathStep>,
    /// What is still to be written at the end of the line.
    tail: Option<&'static str>,
}

impl<'s> Writer<'s> {
    /// Starts an empty page.
    pub(super) fn new(screen: &'s Screen, forcing: &'s [Path]) -> Writer<'s> {
        Writer { out: String::new(), screen, forcing, path: Vec::new(), tail: None }
    }

    /// All that was written.
    pub(super) fn finish(self) -> String {
        self.out
    }

    /// Writes text as it is.
    pub(super) fn text(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// Writes an aside.
    pub(super) fn aside(&mut self, text: &str) {
        self.out.push_str(&self.screen.paint(Ink::Grey, text));
    }

    /// Begins a line: indentation and sign.
    pub(super) fn line(&mut self, depth: usize, mark: Mark) {
        match self.screen.signs {
            Signs::Inside => {
                self.indent(4 * depth + 2);
                self.out.push_str(&mark.sign(self.screen));
                self.out.push(' ');
            }
            Signs::First => {
                self.out.push(mark.first_column());
                self.indent(2 * depth + 1);
            }
        }
    }

    /// Begins a line without a sign, where closing brackets and asides stand.
    pub(super) fn margin(&mut self, depth: usize) {
        match self.screen.signs {
            Signs::Inside => self.indent(4 * depth + 4),
            Signs::First => self.indent(2 * depth + 2),
        }
    }

    fn indent(&mut self, columns: usize) {
        self.out.extend(std::iter::repeat_n(' ', columns));
    }

    /// Goes one step into the value for the time of `inner`.
    pub(super) fn within(&mut self, step: PathStep, inner: impl FnOnce(&mut Self)) {
        self.path.push(step);
        inner(self);
        self.path.pop();
    }

    /// Writes `name = value` as one entry with all its lines, the last one ended.
    pub(super) fn entry(&mut self, depth: usize, name: &str, entry: &Entry, null_at_end: bool) {
        let mark = entry.mark();
        if let Some(note) = secrecy(entry).filter(|_| mark == Mark::Change) {
            self.margin(depth);
            self.aside(note);
            self.out.push('\n');
        }
        self.line(depth, mark);
        self.out.push_str(name);
        self.out.push_str(" = ");
        self.note_forcing(mark);
        self.difference(depth, entry);
        if mark == Mark::Remove && null_at_end {
            self.out.push_str(" -> null");
        }
        self.end_line("");
    }

    fn note_forcing(&mut self, mark: Mark) {
        let here = |p: &Path| p.0 == self.path;
        if mark != Mark::Same && self.forcing.iter().any(here) {
            self.tail = Some("# forces replacement");
        }
    }

    /// Ends a line with what is due there.
    fn end_line(&mut self, punctuation: &str) {
        self.out.push_str(punctuation);
        self.write_tail();
        self.out.push('\n');
    }

    fn write_tail(&mut self) {
        if let Some(tail) = self.tail.take() {
            self.out.push(' ');
            self.out.push_str(&self.screen.paint(Ink::Red, tail));
        }
    }

    /// Writes an opening bracket and ends the line.
    fn open(&mut self, bracket: &str) {
        self.end_line(bracket);
    }

    /// Ends the first line of a nested block.
    pub(super) fn open_block(&mut self, mark: Mark) {
        self.note_forcing(mark);
        self.open(" {");
    }

    /// Writes both sides of an entry, the first line at the cursor.
    fn difference(&mut self, depth: usize, entry: &Entry) {
        match (entry.mark(), entry.before, entry.after) {
            (Mark::Add, _, Some(value)) => self.whole(depth, value, Mark::Add),
            (Mark::Remove, Some(value), _) => self.whole(depth, value, Mark::Remove),
            (Mark::Same, _, Some(value)) => self.whole(depth, value, Mark::Same),
            (_, Some(before), Some(after)) => self.change(depth, before, after),
            (_, Some(value), None) | (_, None, Some(value)) => self.whole(depth, value, Mark::Same),
            (_, None, None) => {}
        }
    }

    /// Writes one value, all of it with the same mark.
    pub(super) fn whole(&mut self, depth: usize, value: &Value, mark: Mark) {
        if value.marks().is_sensitive() {
            return self.aside("(sensitive value)");
        }
        match value.kind() {
            Kind::Unknown(_) => self.aside("(known after apply)"),
            Kind::Null(_) => self.aside("null"),
            Kind::Bool(b) => self.out.push_str(&b.to_string()),
            Kind::Number(n) => self.out.push_str(&n.to_string()),
            Kind::String(s) => self.whole_text(depth, s, mark),
            Kind::List(s) | Kind::Set(s) | Kind::Tuple(s) => self.whole_list(depth, s.items(), mark),
            Kind::Map(m) | Kind::Object(m) => self.whole_map(depth, value, m.entries(), mark),
            Kind::TypeLiteral(ty) => self.out.push_str(&ty.to_string()),
        }
    }

    fn change(&mut self, depth: usize, before: &Value, after: &Value) {
        if before.marks().is_sensitive() || after.marks().is_sensitive() {
            return self.aside("(sensitive value)");
        }
        match (before.kind(), after.kind()) {
            (Kind::String(a), Kind::String(b)) => self.change_text(depth, a, b),
            (
                Kind::List(a) | Kind::Set(a) | Kind::Tuple(a),
                Kind::List(b) | Kind::Set(b) | Kind::Tuple(b),
            ) => self.change_list(depth, a.items(), b.items()),
            (Kind::Map(_) | Kind::Object(_), Kind::Map(_) | Kind::Object(_)) => {
                self.change_map(depth, before, after)
            }
            _ => self.both_sides(depth, before, after),
        }
    }

    /// `before -> after`, where the two have nothing in common.
    fn both_sides(&mut self, depth: usize, before: &Value, after: &Value) {
        self.whole(depth, before, Mark::Remove);
        self.out.push_str(" -> ");
        self.whole(depth, after, Mark::Add);
    }
}

impl Mark {
    /// The sign at the beginning of a line.
    pub(super) fn sign(self, screen: &Screen) -> String {
        match self {
            Mark::Same => " ".into(),
            Mark::Add => screen.paint(Ink::Green, "+"),
            Mark::Remove => screen.paint(Ink::Red, "-"),
            Mark::Change => screen.paint(Ink::Yellow, "~"),
        }
    }

    /// The sign as `diff` knows it.
    fn first_column(self) -> char {
        match self {
            Mark::Same => ' ',
            Mark::Add => '+',
            Mark::Remove => '-',
            Mark::Change => '!',
        }
    }
}

/// One part before and after; absent where there is none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'v> {
    /// As it is.
    pub before: Option<&'v Value>,
    /// As it will be.
    pub after: Option<&'v Value>,
}

impl Entry<'_> {
    /// What happens to it. Null is nothing: what becomes null goes.
    pub(super) fn mark(&self) -> Mark {
        match (self.before, self.after) {
            (None, None) => Mark::Same,
            (None, Some(_)) => Mark::Add,
            (Some(_), None) => Mark::Remove,
            (Some(b), Some(a)) if b.is_null() && a.is_null() => Mark::Same,
            (Some(b), Some(_)) if b.is_null() => Mark::Add,
            (Some(_), Some(a)) if a.is_null() => Mark::Remove,
            (Some(b), Some(a)) if same(b, a) => Mark::Same,
            (Some(_), Some(_)) => Mark::Change,
        }
    }

    /// Whether neither side has anything to show.
    pub(super) fn is_nothing(&self) -> bool {
        self.before.is_none_or(Value::is_null) && self.after.is_none_or(Value::is_null)
    }
}

/// Equal in what people see. A list and a tuple, a map and an object of equal parts are the same.
pub(super) fn same(a: &Value, b: &Value) -> bool {
    if a.marks().is_sensitive() != b.marks().is_sensitive() {
        return false;
    }
    match (a.kind(), b.kind()) {
        (Kind::Null(_), Kind::Null(_)) => true,
        (Kind::List(x) | Kind::Set(x) | Kind::Tuple(x), Kind::List(y) | Kind::Set(y) | Kind::Tuple(y)) => {
            x.items().len() == y.items().len() && x.items().iter().zip(y.items()).all(|(x, y)| same(x, y))
        }
        (Kind::Map(x) | Kind::Object(x), Kind::Map(y) | Kind::Object(y)) => {
            let (x, y) = (x.entries(), y.entries());
            x.len() == y.len() && x.iter().zip(y).all(|((j, x), (k, y))| j == k && same(x, y))
        }
        (x, y) => x == y,
    }
}

/// What to say where a value becomes a secret, or a secret one that people see.
fn secrecy(entry: &Entry) -> Option<&'static str> {
    let (before, after) = (entry.before?, entry.after?);
    let stays = same(&before.unmarked_deep(), &after.unmarked_deep());
    match (before.marks().is_sensitive(), after.marks().is_sensitive()) {
        (false, true) if stays => Some("# (the value stays, and is secret from now on)"),
        (false, true) => Some("# (the value is secret from now on)"),
        (true, false) if stays => Some("# (the value stays, and is shown from now on)"),
        (true, false) => Some("# (the value is shown from now on)"),
        (true, true) | (false, false) => None,
    }
}

/// Whether a value is a collection of some kind.
fn is_composite(value: &Value) -> bool {
    value.as_items().is_some() || value.as_entries().is_some()
}

/// The step to an entry of a map or object.
fn key_step(container: &Value, key: &model::Str) -> PathStep {
    match container.kind() {
        Kind::Map(_) => PathStep::Index(Value::normalized(key.clone())),
        _ => PathStep::Attr(key.clone()),
    }
}

/// A JSON document as a value, where a text is one worth showing by its structure.
fn structured(text: &str) -> Option<Value> {
    if !text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    let parsed: serde_json::Value = serde_json::from_str(text).ok()?;
    let value = from_json(&parsed)?;
    let is_empty =
        value.as_items().is_some_and(|i| i.is_empty()) || value.as_entries().is_some_and(|e| e.is_empty());
    (!is_empty).then_some(value)
}

fn from_json(json: &serde_json::Value) -> Option<Value> {
    Some(match json {
        serde_json::Value::Null => Value::null_of(Type::Dynamic),
        serde_json::Value::Bool(b) => Value::bool(*b),
        serde_json::Value::Number(n) => Value::number(model::Number::parse(&n.to_string())?),
        serde_json::Value::String(s) => Value::string(s),
        serde_json::Value::Array(items) => {
            Value::tuple(items.iter().map(from_json).collect::<Option<Vec<Value>>>()?)
        }
        serde_json::Value::Object(entries) => Value::object(
            entries
                .iter()
                .map(|(k, v)| Some((k.as_str(), from_json(v)?)))
                .collect::<Option<Vec<(&str, Value)>>>()?,
        ),
    })
}
