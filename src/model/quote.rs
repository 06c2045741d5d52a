//! Quoting text as messages show it.

use std::fmt::Write;

/// Quotes text in double quotes; what cannot be printed is escaped: `"a\nb\u200b"`.
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    quote_into(text, &mut out);
    out
}

/// Appends quoted text.
pub fn quote_into(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{b}' => out.push_str("\\v"),
            ' '..='~' => out.push(c),
            c if is_printable(c) => out.push(c),
            c => escape(c, out),
        }
    }
    out.push('"');
}

fn escape(c: char, out: &mut String) {
    let code = u32::from(c);
    // Writing to a string cannot fail.
    let _ = match code {
        0..0x80 => write!(out, "\\x{code:02x}"),
        0x80..0x1_0000 => write!(out, "\\u{code:04x}"),
        _ => write!(out, "\\U{code:08x}"),
    };
}

/// Whether a character beyond ASCII is a letter, mark, number, punctuation or symbol.
fn is_printable(c: char) -> bool {
    // Within text, the standard library escapes just what cannot be printed; it is stricter at the start.
    !c.is_ascii() && ['a', c].iter().collect::<String>().escape_debug().count() == 2
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn what_cannot_be_printed_is_escaped() {
        for (text, quoted) in [
            ("a b", r#""a b""#),
            ("\"\\", r#""\"\\""#),
            ("\n\t\u{1}\u{7f}", r#""\n\t\x01\x7f""#),
            ("é世\u{301}😀", "\"é世\u{301}😀\""),
            ("\u{200b}\u{a0}", r#""\u200b\u00a0""#),
        ] {
            assert_eq!(quote(text), quoted);
        }
    }
}
