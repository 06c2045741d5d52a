//! The source that a diagnostic points at.

use lang::outline::{json_outline, outline};
use model::span::Position;
use model::span::SourceFile;
use model::{Diagnostic, SourceMap, Span};

/// The lines to show, and which part of them is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Snippet<'s> {
    /// The file's name as shown.
    pub file: &'s str,
    /// The start of what is wrong.
    pub start: Position,
    /// The end of what is wrong; at least one character after the start.
    pub end: Position,
    /// `resource "x" "y"`: the block around it.
    pub context: Option<String>,
    /// The lines, without the last line end.
    pub code: &'s str,
    /// The number of the first line.
    pub first_line: usize,
    /// Byte offsets of what is wrong within the lines.
    pub highlight: (usize, usize),
}

/// Finds what to show for a diagnostic; nothing where it points at no source.
pub(super) fn snippet<'s>(diagnostic: &Diagnostic, sources: &'s SourceMap) -> Option<Snippet<'s>> {
    let subject = diagnostic.subject?;
    let file = sources.file(subject.file);
    let (start, end) = visible(&file.text, subject);
    let around = diagnostic.context.filter(|c| c.file == subject.file);
    let first = around.map_or(start, |c| start.min(c.start as usize)).min(file.text.len());
    let last = around.map_or(end, |c| end.max(c.end as usize)).min(file.text.len());
    let code_start = file.text[..floor(&file.text, first)].rfind('\n').map_or(0, |i| i + 1);
    let code_end = line_end(&file.text, code_start, floor(&file.text, last));
    let code = &file.text[code_start..code_end];
    let within = |offset: usize| offset.saturating_sub(code_start).min(code.len());
    Some(Snippet {
        file: &file.name,
        start: file.position(start),
        end: if end > start { file.position(end) } else { after(file.position(end)) },
        context: context(file, start),
        code,
        first_line: file.position(code_start).line,
        highlight: (within(start), within(end)),
    })
}

/// An empty range is shown as the character after it.
fn visible(text: &str, span: Span) -> (usize, usize) {
    let start = floor(text, (span.start as usize).min(text.len()));
    let end = floor(text, (span.end as usize).min(text.len())).max(start);
    if end > start {
        return (start, end);
    }
    let next = text[start..].chars().next().map_or(0, char::len_utf8);
    (start, start + next)
}

/// The place of a character that would stand at the end of the file.
fn after(end: Position) -> Position {
    Position { column: end.column + 1, byte: end.byte + 1, ..end }
}

fn floor(text: &str, mut offset: usize) -> usize {
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// The end of the line in which a range ends; a line end belongs to the line after it.
fn line_end(text: &str, start: usize, end: usize) -> usize {
    let stop = text[end..].find('\n').map_or(text.len(), |i| end + i);
    let stop = if stop == text.len() && text[start..stop].ends_with('\n') { stop - 1 } else { stop };
    if text[start..stop].ends_with('\r') { stop - 1 } else { stop }
}

/// What the named part of the file around an offset is called: a block, or properties of JSON. What stands at its very
/// start is not in it.
fn context(file: &SourceFile, offset: usize) -> Option<String> {
    let make = if file.name.ends_with(".json") { json_outline } else { outline };
    Some(file.heading(offset.checked_sub(1)?, make)?.title.clone())
}
