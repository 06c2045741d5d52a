//! `regex`, `regexall` and `replace`.

use std::cell::RefCell;
use std::rc::Rc;

use model::{Type, Value};
use regex::{Captures, Regex, RegexBuilder};

use super::arguments::text;
use super::define::{Outcome, blame, define, define_typed, fail};
use super::regex_syntax::translate;
use super::{CallError, Function, Param, Surroundings};

/// The family's members.
pub(super) fn members() -> Vec<Function> {
    let pattern = || Param::string("pattern", "The regular expression.");
    vec![
        define_typed("regex", "Finds the first match of a regular expression.", match_type, find)
            .takes(pattern())
            .takes(Param::string("string", "The text to search."))
            .never_null()
            .shows(&[("regex(\"(\\\\d+)-(\\\\d+)\", \"a 10-20\")", "[\"10\", \"20\"]")]),
        define_typed("regexall", "Finds all matches of a regular expression.", all_matches_type, find_all)
            .takes(pattern())
            .takes(Param::string("string", "The text to search."))
            .never_null()
            .documented_as(Type::list(Type::Dynamic))
            .shows(&[("regexall(\"[a-z]\", \"1a2b\")", "tolist([\"a\", \"b\"])")]),
        define("replace", "Replaces a text, or what a regular expression matches.", Type::String, replace)
            .takes(Param::string("str", "The text to change."))
            .takes(Param::string("substr", "The text to replace; a regular expression between slashes."))
            .takes(Param::string("replace", "What to put in its place."))
            .shows(&[
                ("replace(\"1 + 2\", \"+\", \"-\")", "\"1 - 2\""),
                ("replace(\"hello\", \"/[el]+/\", \"_\")", "\"h_o\""),
            ]),
    ]
}

/// A pattern ready to search with, and the names of its groups.
struct Pattern {
    regex: Regex,
    names: Vec<Option<String>>,
}

thread_local! {
    /// The pattern used last: a `for` expression applies one pattern to many texts.
    static LAST: RefCell<Option<(String, Rc<Pattern>)>> = const { RefCell::new(None) };
}

/// How large a pattern may become, in bytes.
const LARGEST_PATTERN: usize = 64 << 20;

impl Pattern {
    fn of(text: &str) -> Result<Rc<Pattern>, String> {
        let last = LAST.with_borrow(|last| last.as_ref().filter(|(t, _)| t == text).map(|(_, p)| p.clone()));
        if let Some(pattern) = last {
            return Ok(pattern);
        }
        let pattern = Rc::new(Pattern::compile(text)?);
        LAST.set(Some((text.into(), pattern.clone())));
        Ok(pattern)
    }

    fn compile(text: &str) -> Result<Pattern, String> {
        let translated = translate(text)?;
        let mut builder = RegexBuilder::new(&translated.pattern);
        match builder.size_limit(LARGEST_PATTERN).build() {
            Ok(regex) => Ok(Pattern { regex, names: translated.names }),
            Err(regex::Error::CompiledTooBig(_)) => Err(format!("expression too large in {text}")),
            Err(_) => Err(format!("invalid expression in {text}")),
        }
    }

    /// The pattern of the first argument; its groups have names all or none.
    fn of_argument(args: &[Value]) -> Result<Rc<Pattern>, CallError> {
        let pattern = Pattern::of(text(args, 0));
        let pattern = pattern.or_else(|e| blame(0, format!("invalid regexp pattern: {e}")))?;
        let named = pattern.names.iter().flatten().count();
        if named != 0 && named != pattern.names.len() {
            return blame(0, "either all groups of the pattern have names or none has");
        }
        Ok(pattern)
    }

    /// The type of a match: the text, or the groups' texts.
    fn result_type(&self) -> Type {
        if self.names.is_empty() {
            return Type::String;
        }
        match self.names.iter().cloned().collect::<Option<Vec<_>>>() {
            Some(names) => Type::object(names.into_iter().map(|name| (name, Type::String))),
            None => Type::tuple(self.names.iter().map(|_| Type::String)),
        }
    }

    fn result(&self, found: &Captures) -> Value {
        if self.names.is_empty() {
            return Value::string(&found[0]);
        }
        let group = |i: usize| match found.get(i + 1) {
            Some(group) => Value::string(group.as_str()),
            None => Value::null_of(Type::String),
        };
        match self.names.iter().cloned().collect::<Option<Vec<_>>>() {
            Some(names) => Value::object(names.into_iter().enumerate().map(|(i, name)| (name, group(i)))),
            None => Value::tuple((0..self.names.len()).map(group).collect()),
        }
    }

    /// Writes a replacement: `$1` and `${name}` stand for groups, `$$` for `$`.
    fn expand(&self, template: &str, found: &Captures, out: &mut String) {
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('$') {
            out.push_str(before);
            rest = after;
            if let Some(after) = after.strip_prefix('$') {
                out.push('$');
                rest = after;
            } else if let Some((name, after)) = split_name(after) {
                out.push_str(self.group(name, found));
                rest = after;
            } else {
                out.push('$');
            }
        }
        out.push_str(rest);
    }

    /// The text of a group by number or name; empty where there is none.
    fn group<'t>(&self, name: &str, found: &Captures<'t>) -> &'t str {
        let is_number = name.bytes().all(|b| b.is_ascii_digit()) && (name == "0" || !name.starts_with('0'));
        let numbered = name.parse().ok().filter(|_| is_number);
        let matched = match numbered {
            Some(number) => found.get(number),
            None => {
                let called = |(_, n): &(usize, &Option<String>)| n.as_deref() == Some(name);
                self.names.iter().enumerate().filter(called).find_map(|(i, _)| found.get(i + 1))
            }
        };
        matched.map_or("", |m| m.as_str())
    }
}

/// The name after a `$`, in braces or not, and what follows it.
fn split_name(text: &str) -> Option<(&str, &str)> {
    let length = |s: &str| s.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(s.len());
    let (name, rest) = match text.strip_prefix('{') {
        Some(inner) => {
            let (name, rest) = inner.split_at(length(inner));
            (name, rest.strip_prefix('}')?)
        }
        None => text.split_at(length(text)),
    };
    if name.is_empty() { None } else { Some((name, rest)) }
}

fn match_type(args: &[Value]) -> Result<Type, CallError> {
    match args[0].is_known() {
        true => Ok(Pattern::of_argument(args)?.result_type()),
        false => Ok(Type::Dynamic),
    }
}

fn all_matches_type(args: &[Value]) -> Result<Type, CallError> {
    match_type(args).map(Type::list)
}

fn find(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let pattern = Pattern::of_argument(args)?;
    match pattern.regex.captures(text(args, 1)) {
        Some(found) => Ok(pattern.result(&found)),
        None => fail("nothing in the text matches the pattern"),
    }
}

fn find_all(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let pattern = Pattern::of_argument(args)?;
    let found = pattern.regex.captures_iter(text(args, 1)).map(|found| pattern.result(&found));
    Ok(Value::list(pattern.result_type(), found.collect()))
}

fn replace(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let (whole, wanted, replacement) = (text(args, 0), text(args, 1), text(args, 2));
    let slashed = wanted.strip_prefix('/').and_then(|w| w.strip_suffix('/'));
    let Some(expression) = slashed else { return Ok(Value::string(whole.replace(wanted, replacement))) };
    let pattern =
        Pattern::of(expression).or_else(|e| fail(format!("error parsing regexp: {}", worded(&e))))?;
    let replaced = pattern.regex.replace_all(whole, |found: &Captures| {
        let mut out = String::new();
        pattern.expand(replacement, found, &mut out);
        out
    });
    Ok(Value::string(replaced))
}

/// The form in which `replace` words what is wrong with a pattern.
fn worded(error: &str) -> String {
    match error.split_once(" in ") {
        Some((what, part)) => format!("{what}: `{part}`"),
        None => error.into(),
    }
}
