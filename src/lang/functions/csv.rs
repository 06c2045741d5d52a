//! `csvdecode`: a table of texts as a list of objects.

use model::{Str, Type, Value};

use super::arguments::text;
use super::define::{Outcome, define, fail};
use super::{CallError, Function, Param, Surroundings};

/// The family's members.
pub(super) fn members() -> Vec<Function> {
    vec![
        define(
            "csvdecode",
            "Reads a CSV table, whose first line names the columns.",
            Type::Dynamic,
            csvdecode,
        )
        .takes(Param::string("str", "The CSV text."))
        .never_null()
        .shows(&[("csvdecode(\"a,b\\n1,2\")", "tolist([{a = \"1\", b = \"2\"}])")]),
    ]
}

fn row_type(columns: &[Str]) -> Type {
    Type::object(columns.iter().map(|name| (name.clone(), Type::String)))
}

fn csvdecode(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let records = records(text(args, 0))?;
    let names = columns(&records)?;
    let row = |record: &Record| {
        let cells = names.iter().zip(&record.fields);
        Value::object(cells.map(|(name, cell)| (name.clone(), Value::string(cell))))
    };
    Ok(Value::list(row_type(&names), records[1..].iter().map(row).collect()))
}

/// The names in the first line, which must differ.
fn columns(records: &[Record]) -> Result<Vec<Str>, CallError> {
    let Some(header) = records.first() else { return fail("missing header line") };
    let mut names: Vec<Str> = Vec::new();
    for name in &header.fields {
        let name = model::value::normalize(name);
        if names.contains(&name) {
            return fail(format!("duplicate column name {name:?}"));
        }
        names.push(name);
    }
    for record in records {
        if record.fields.len() != names.len() {
            return fail(format!(
                "line {} of the table has another number of fields than its first",
                record.line
            ));
        }
    }
    Ok(names)
}

/// A line of the table, which may span several lines of text.
struct Record {
    /// Where it starts, counted from 1.
    line: usize,
    fields: Vec<String>,
}

/// Splits text into records as RFC 4180 has it; empty lines are no records.
fn records(text: &str) -> Result<Vec<Record>, CallError> {
    let mut lines = text.split_inclusive('\n').map(without_carriage_return).enumerate();
    let mut records = Vec::new();
    while let Some((at, line)) = lines.next() {
        if line == "\n" {
            continue;
        }
        let mut fields = Vec::new();
        let mut rest = line;
        loop {
            let (field, after) = match rest.strip_prefix('"') {
                Some(quoted) => quoted_field(quoted, at, &mut lines)?,
                None => plain_field(rest, at)?,
            };
            fields.push(field);
            match after {
                Some(after) => rest = after,
                None => break,
            }
        }
        records.push(Record { line: at + 1, fields });
    }
    Ok(records)
}

fn without_carriage_return(line: &str) -> &str {
    match line.strip_suffix("\r\n") {
        // The line break itself is static: what matters is only that there is one.
        Some("") => "\n",
        _ => line,
    }
}

fn line_content(line: &str) -> &str {
    line.strip_suffix("\r\n").or_else(|| line.strip_suffix('\n')).unwrap_or(line)
}

/// A field without quotes, and what follows its comma.
fn plain_field(rest: &str, at: usize) -> Result<(String, Option<&str>), CallError> {
    let (field, after) = match rest.split_once(',') {
        Some((field, after)) => (field, Some(after)),
        None => (line_content(rest), None),
    };
    match field.contains('"') {
        true => fail(format!(
            "line {} of the table has a quote within a field that does not begin with one",
            at + 1
        )),
        false => Ok((field.to_string(), after)),
    }
}

/// A field after its opening quote, and what follows its comma; takes more lines while the quote is open.
fn quoted_field<'t>(
    start: &'t str,
    at: usize,
    lines: &mut impl Iterator<Item = (usize, &'t str)>,
) -> Result<(String, Option<&'t str>), CallError> {
    let misplaced = |at: usize| {
        fail(format!("line {} of the table has a quoted field that does not end as it should", at + 1))
    };
    let mut field = String::new();
    let (mut rest, mut at) = (start, at);
    loop {
        match rest.split_once('"') {
            Some((before, after)) => {
                field.push_str(before);
                if let Some(after) = after.strip_prefix('"') {
                    field.push('"');
                    rest = after;
                } else if let Some(after) = after.strip_prefix(',') {
                    return Ok((field, Some(after)));
                } else if line_content(after).is_empty() {
                    return Ok((field, None));
                } else {
                    return misplaced(at);
                }
            }
            None => {
                field.push_str(line_content(rest));
                if rest.ends_with('\n') {
                    field.push('\n');
                }
                let Some((next, line)) = lines.next() else { return misplaced(at) };
                (at, rest) = (next, line);
            }
        }
    }
}
