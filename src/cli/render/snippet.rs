//! The source that a diagnostic points at.

use model::span::Position;
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
        end: file.position(end),
        context: block_header(&file.text, start),
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

fn floor(text: &str, mut offset: usize) -> usize {
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// The end of the line that holds the last byte of a range.
fn line_end(text: &str, start: usize, end: usize) -> usize {
    let end = if end > start && text[..end].ends_with('\n') { end - 1 } else { end };
    let stop = text[end..].find('\n').map_or(text.len(), |i| end + i);
    if text[start..stop].ends_with('\r') { stop - 1 } else { stop }
}

/// The header of the top-level block around an offset, told by indentation: the last line before it that begins with
/// a letter and opens a brace, if that block was not closed since. What stands in a header is in no block.
fn block_header(text: &str, offset: usize) -> Option<String> {
    let line_start = text[..offset].rfind('\n').map_or(0, |i| i + 1);
    let here_end = text[offset..].find('\n').map_or(text.len(), |i| offset + i);
    if let Some(header) = header_of(&text[line_start..here_end]) {
        let in_body = text[line_start..offset].contains('{') || text[offset..].starts_with('{');
        return in_body.then_some(header);
    }
    for line in text[..line_start].lines().rev() {
        if line.starts_with('}') {
            return None;
        }
        if let Some(header) = header_of(line) {
            let is_open = line.matches('{').count() > line.matches('}').count();
            return is_open.then_some(header);
        }
    }
    None
}

fn header_of(line: &str) -> Option<String> {
    if !line.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        return None;
    }
    let brace = line.find('{')?;
    let header = line[..brace].trim_end();
    let mut words = header.split_whitespace();
    words.next()?;
    words.all(is_label).then(|| header.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn is_label(word: &str) -> bool {
    let bare = word.trim_matches('"');
    !bare.is_empty() && bare.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c))
}
