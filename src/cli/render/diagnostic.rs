//! Errors and warnings, for people and for their tools.

use model::{Diagnostic, FunctionCall, Severity, SourceMap, Type};
use serde_json::{Map, Value as Json, json};

use super::display_address;
use super::snippet::{Snippet, snippet};
use super::text::{Ink, Screen, wrap};

/// Renders a diagnostic for people: what, where with its source, the values that took part, why.
pub fn human(diagnostic: &Diagnostic, sources: &SourceMap, screen: &Screen) -> String {
    let ink = match diagnostic.severity {
        Severity::Error => Ink::Red,
        Severity::Warning => Ink::Yellow,
    };
    let body = body(diagnostic, sources, screen, ink);
    if screen.terminal { boxed(&body, screen, ink) } else { format!("\n{body}") }
}

/// Renders several, in their order.
pub fn human_all<'d>(
    diagnostics: impl IntoIterator<Item = &'d Diagnostic>,
    sources: &SourceMap,
    screen: &Screen,
) -> String {
    diagnostics.into_iter().map(|d| human(d, sources, screen)).collect()
}

/// Renders warnings by their summaries and places only, equal ones counted: `-compact-warnings`.
pub fn compact_warnings(warnings: &[Diagnostic], sources: &SourceMap, screen: &Screen) -> String {
    if warnings.is_empty() {
        return String::new();
    }
    let mut groups: Vec<(&str, &Diagnostic, usize)> = Vec::new();
    for warning in warnings {
        match groups.iter_mut().find(|(summary, ..)| *summary == warning.summary) {
            Some((_, _, count)) => *count += 1,
            None => groups.push((&warning.summary, warning, 1)),
        }
    }
    let mut out = format!("\n{}\n\n", screen.paint(Ink::Yellow, "Warnings:"));
    for (summary, first, count) in groups {
        let place = first.subject.map(|s| format!(" on {}", location(sources, s))).unwrap_or_default();
        let more = if count > 1 { format!(" (and {} more)", count - 1) } else { String::new() };
        out.push_str(&format!("- {summary}\n"));
        if !place.is_empty() || !more.is_empty() {
            out.push_str(&format!("  {}\n", format!("{place}{more}").trim_start()));
        }
    }
    out
}

fn location(sources: &SourceMap, span: model::Span) -> String {
    let file = sources.file(span.file);
    format!("{} line {}", file.name, file.position(span.start as usize).line)
}

fn body(diagnostic: &Diagnostic, sources: &SourceMap, screen: &Screen, ink: Ink) -> String {
    let word = match diagnostic.severity {
        Severity::Error => "Error: ",
        Severity::Warning => "Warning: ",
    };
    let mut out = screen.paint(ink, word) + &screen.paint(Ink::Bold, &diagnostic.summary) + "\n\n";
    let place = place(diagnostic, sources, screen);
    if !place.is_empty() {
        out.push_str(&place);
        out.push('\n');
    }
    if !diagnostic.detail.is_empty() {
        let room = if screen.terminal { screen.width.saturating_sub(2).max(20) } else { screen.width };
        out.push_str(&wrap(diagnostic.detail.trim_end(), room));
        out.push('\n');
    }
    out.push_str(&related(diagnostic, sources));
    out
}

/// The other places that belong to a diagnostic, a line each: what stands there, where, and the source line.
fn related(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let widest = diagnostic.related.iter().map(|(what, _)| what.chars().count()).max().unwrap_or(0);
    let line = |(what, span): &(String, model::Span)| {
        let file = sources.file(span.file);
        let number = file.position(span.start as usize).line;
        format!(
            "  {}  {}:{number}: {}\n",
            super::text::pad(what, widest),
            file.name,
            file.line(number).trim()
        )
    };
    let lines: String = diagnostic.related.iter().map(line).collect();
    if lines.is_empty() { lines } else { format!("\n{lines}") }
}

fn place(diagnostic: &Diagnostic, sources: &SourceMap, screen: &Screen) -> String {
    let mut out = String::new();
    if let Some(address) = &diagnostic.address {
        let comma = if diagnostic.subject.is_some() { "," } else { "" };
        out.push_str(&format!("  with {}{comma}\n", display_address(address)));
    }
    if let Some(snippet) = snippet(diagnostic, sources) {
        out.push_str(&source(&snippet, screen));
        out.push_str(&values(diagnostic, screen));
    }
    out
}

fn source(snippet: &Snippet, screen: &Screen) -> String {
    let context = snippet.context.as_ref().map_or_else(String::new, |c| format!(", in {c}"));
    let mut out = format!("  on {} line {}{context}:\n", snippet.file, snippet.start.line);
    let (from, to) = snippet.highlight;
    let mut offset = 0;
    for (i, line) in snippet.code.split('\n').enumerate() {
        let (end, line) = (offset + line.len(), line.trim_end_matches('\r'));
        let (a, b) = (
            (from.clamp(offset, end) - offset).min(line.len()),
            (to.clamp(offset, end) - offset).min(line.len()),
        );
        let [before, wrong, after] = excerpt(line, a, b);
        let painted = format!("{before}{}{after}", screen.paint(Ink::Underlined, &wrong));
        out.push_str(&format!("{:>4}: {}\n", snippet.first_line + i, painted));
        offset = end + 1;
    }
    out
}

/// What stands before a part of a line, the part, and what stands behind it: of a very long line only what is near, and
/// nothing that would move the cursor or turn the direction of writing.
fn excerpt(line: &str, from: usize, to: usize) -> [String; 3] {
    const LONGEST: usize = 400;
    const NEAR: usize = 60;
    let (before, wrong, after) = (&line[..from], &line[from..to], &line[to..]);
    if line.len() <= LONGEST {
        return [before, wrong, after].map(visible);
    }
    let skipped = before.chars().count().saturating_sub(NEAR);
    let near: String = before.chars().skip(skipped).collect();
    let before = if skipped > 0 { format!("…{near}") } else { near };
    [visible(&before), visible(&start_of(wrong, LONGEST / 2)), visible(&start_of(after, NEAR))]
}

/// The first characters of a text, and a sign that there were more.
fn start_of(text: &str, count: usize) -> String {
    match text.char_indices().nth(count) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Control characters as their pictures, those that turn the direction of writing as replacement characters.
fn visible(text: &str) -> String {
    let shown = |c: char| match c {
        '\t' => c,
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        '\u{80}'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        _ => c,
    };
    text.chars().map(shown).collect()
}

fn values(diagnostic: &Diagnostic, screen: &Screen) -> String {
    if diagnostic.values.is_empty() && diagnostic.function.is_none() {
        return String::new();
    }
    let mut out = format!("    {}\n", screen.paint(Ink::Grey, "├────────────────"));
    let bar = screen.paint(Ink::Grey, "│");
    if let Some(function) = &diagnostic.function {
        out.push_str(&format!(
            "    {bar} while calling {}\n",
            screen.paint(Ink::Bold, &shown_call(function))
        ));
    }
    for (name, statement) in &diagnostic.values {
        out.push_str(&format!("    {bar} {} {statement}\n", screen.paint(Ink::Bold, name)));
    }
    out
}

/// `upper(str)`: a function with the names of its parameters.
fn shown_call(call: &FunctionCall) -> String {
    let mut names: Vec<String> = call.params.iter().map(|(name, _)| name.clone()).collect();
    names.extend(call.variadic.iter().map(|(name, _)| format!("{name}...")));
    format!("{}({})", call.called_as, names.join(", "))
}

fn boxed(body: &str, screen: &Screen, ink: Ink) -> String {
    let bar = screen.paint(ink, "│");
    let mut out = screen.paint(ink, "╷") + "\n";
    for line in body.trim_end_matches('\n').split('\n') {
        out.push_str(&bar);
        if !line.is_empty() {
            out.push(' ');
            out.push_str(line);
        }
        out.push('\n');
    }
    out + &screen.paint(ink, "╵") + "\n"
}

/// The JSON form, as in `validate -json` and the `-json` stream.
pub fn json(diagnostic: &Diagnostic, sources: &SourceMap) -> Json {
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut out = Map::new();
    out.insert("severity".into(), severity.into());
    out.insert("summary".into(), diagnostic.summary.as_ref().into());
    out.insert("detail".into(), diagnostic.detail.as_str().into());
    if let Some(address) = &diagnostic.address {
        out.insert("address".into(), address.as_str().into());
    }
    if let Some(snippet) = snippet(diagnostic, sources) {
        out.insert("range".into(), range_json(&snippet));
        out.insert("snippet".into(), snippet_json(&snippet, diagnostic));
    }
    Json::Object(out)
}

/// The document of `validate -json`.
pub fn validate_json(diagnostics: &[Diagnostic], sources: &SourceMap) -> Json {
    let errors = diagnostics.iter().filter(|d| d.is_error()).count();
    json!({
        "format_version": "1.0",
        "valid": errors == 0,
        "error_count": errors,
        "warning_count": diagnostics.len() - errors,
        "diagnostics": diagnostics.iter().map(|d| json(d, sources)).collect::<Vec<Json>>(),
    })
}

fn range_json(snippet: &Snippet) -> Json {
    let position = |p: model::span::Position| json!({"line": p.line, "column": p.column, "byte": p.byte});
    json!({"filename": snippet.file, "start": position(snippet.start), "end": position(snippet.end)})
}

fn snippet_json(snippet: &Snippet, diagnostic: &Diagnostic) -> Json {
    let value =
        |(traversal, statement): &(String, String)| json!({"traversal": traversal, "statement": statement});
    let mut out = json!({
        "context": snippet.context,
        "code": snippet.code,
        "start_line": snippet.first_line,
        "highlight_start_offset": snippet.highlight.0,
        "highlight_end_offset": snippet.highlight.1,
        "values": diagnostic.values.iter().map(value).collect::<Vec<Json>>(),
    });
    if let Some(function) = &diagnostic.function {
        out["function_call"] = function_json(function);
    }
    out
}

fn function_json(call: &FunctionCall) -> Json {
    let param = |(name, ty): &(String, Type)| json!({"name": name, "type": model::json::type_to_json(ty)});
    let mut signature = json!({
        "name": call.name,
        "params": call.params.iter().map(param).collect::<Vec<Json>>(),
        "return_type": model::json::type_to_json(&call.returns),
    });
    if let Some(variadic) = &call.variadic {
        signature["variadic_param"] = param(variadic);
    }
    json!({"called_as": call.called_as, "signature": signature})
}

#[cfg(test)]
mod tests;
