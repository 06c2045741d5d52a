//! Text of others on a page: whatever it holds, it is shown as it is and nothing of it is taken for markup.
//!
//! Two places are safe. One is a `code` element within a block of HTML, where Markdown is not read and where pages look for
//! neither names to notify nor numbers to link. The other is a fence that is longer than any run of its sign inside.

use std::fmt::Write;

/// Text as a `code` element, on one line, for a block of HTML.
pub(super) fn code(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 13);
    out.push_str("<code>");
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c => push_visible(c, &mut out),
        }
    }
    out.push_str("</code>");
    out
}

/// Lines as a fenced block between blank lines. `language` is what the page colours them as. Each begins with a blank or a
/// sign of difference: some pages take one that begins with a slash for a command, and look for fences in their own way.
pub(super) fn fence(lines: &str, language: &str) -> String {
    let fence = "`".repeat((longest_run(lines, '`') + 1).max(3));
    let mut out = String::with_capacity(lines.len() + 2 * fence.len() + 16);
    let _infallible = writeln!(out, "\n{fence}{language}");
    for line in lines.trim_end_matches('\n').split('\n') {
        if !line.is_empty() && !line.starts_with([' ', '+', '-', '!']) {
            out.push(' ');
        }
        line.chars().for_each(|c| if c == '\t' { out.push(c) } else { push_visible(c, &mut out) });
        out.push('\n');
    }
    let _infallible = write!(out, "{fence}\n\n");
    out
}

/// A name within a comment of HTML; what could end that comment is written as its number.
pub(super) fn hidden(name: &str) -> String {
    let mut out = String::new();
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'_' | b'-' | b'/' => out.push(byte.into()),
            _ => {
                let _infallible = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

/// Characters that are not seen, or that turn around what follows them, are written as their numbers.
fn push_visible(c: char, out: &mut String) {
    if c.is_control() || is_invisible(c) {
        let _infallible = write!(out, "\\u{{{:x}}}", u32::from(c));
    } else {
        out.push(c);
    }
}

/// Marks of direction, line and paragraph separators, characters without width, tags; not the joiner of emoji.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn longest_run(text: &str, sign: char) -> usize {
    let (mut longest, mut run) = (0, 0);
    for c in text.chars() {
        run = if c == sign { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}
