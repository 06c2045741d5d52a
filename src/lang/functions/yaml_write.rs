//! `yamlencode`: block style, every text and key in double quotes, texts of several lines as literal blocks. What lies
//! in files and launch templates was written this way, so every byte matters, the folding of long lines too.

use model::{Kind, Type, Value};

use super::define::{Outcome, define};
use super::{Function, Param, Surroundings};

/// The family's members.
pub(super) fn members() -> Vec<Function> {
    vec![
        define("yamlencode", "Writes a value as YAML.", Type::String, yamlencode)
            .takes(Param::any("value", "The value.").nullable().unknown_too().dynamic_too())
            .promises_nothing()
            .shows(&[("yamlencode({a = [1, \"b\"]})", "\"\\\"a\\\":\\n- 1\\n- \\\"b\\\"\\n\"")]),
    ]
}

fn yamlencode(args: &[Value], _: &dyn Surroundings) -> Outcome {
    if !args[0].is_wholly_known() {
        return Ok(Value::unknown(Type::String));
    }
    let mut writer = Writer::default();
    writer.node(&args[0], 0);
    writer.line_end();
    if is_plain(&args[0]) {
        writer.out.push_str("...\n");
    }
    Ok(Value::string(writer.out))
}

/// Whether the value is a scalar without quotes, after which a document's end must be marked.
fn is_plain(value: &Value) -> bool {
    matches!(value.kind(), Kind::Null(_) | Kind::Bool(_) | Kind::Number(_))
}

/// Spaces of one level.
const STEP: usize = 2;
/// The column after which a text in quotes is folded at the next space.
const WIDTH: usize = 80;
/// The longest key that may stand before its colon on one line, in bytes.
const LONGEST_SIMPLE_KEY: usize = 128;

#[derive(Default)]
struct Writer {
    out: String,
    /// How many characters the line has so far.
    column: usize,
}

impl Writer {
    fn put(&mut self, text: &str) {
        self.out.push_str(text);
        self.column += text.chars().count();
    }

    fn line_end(&mut self) {
        if !self.out.ends_with('\n') {
            self.out.push('\n');
        }
        self.column = 0;
    }

    fn new_line(&mut self, indent: usize) {
        self.line_end();
        self.put(&" ".repeat(indent));
    }

    /// Writes a value where the line stands; lines that follow are indented.
    fn node(&mut self, value: &Value, indent: usize) {
        match (value.as_items(), value.as_entries()) {
            (Some([]), _) => self.put("[]"),
            (_, Some([])) => self.put("{}"),
            (Some(items), _) => {
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        self.new_line(indent);
                    }
                    self.put("- ");
                    self.inner(item, indent);
                }
            }
            (_, Some(entries)) => {
                for (i, (key, value)) in entries.iter().enumerate() {
                    if i > 0 {
                        self.new_line(indent);
                    }
                    self.entry(key, value, indent);
                }
            }
            (None, None) => self.scalar(value, indent),
        }
    }

    /// Writes a value after an indicator such as `- `, on the same line.
    fn inner(&mut self, value: &Value, indent: usize) {
        let is_scalar = value.as_items().is_none() && value.as_entries().is_none();
        self.node(value, if is_scalar { indent } else { indent + STEP });
    }

    fn entry(&mut self, key: &str, value: &Value, indent: usize) {
        if key.len() > LONGEST_SIMPLE_KEY || key.contains('\n') {
            self.put("? ");
            self.text(key, indent);
            self.new_line(indent);
            self.put(": ");
            self.inner(value, indent);
            return;
        }
        self.quoted(key, None);
        self.put(":");
        match (value.as_items(), value.as_entries()) {
            (Some([_, ..]), _) => {
                self.new_line(indent);
                self.node(value, indent);
            }
            (_, Some([_, ..])) => {
                self.new_line(indent + STEP);
                self.node(value, indent + STEP);
            }
            _ => {
                self.put(" ");
                self.node(value, indent);
            }
        }
    }

    fn scalar(&mut self, value: &Value, indent: usize) {
        match value.kind() {
            Kind::Bool(b) => self.put(if *b { "true" } else { "false" }),
            Kind::Number(n) => self.put(&n.format(model::number::Notation::Fixed, None)),
            Kind::String(text) => self.text(text, indent),
            _null => self.put("null"),
        }
    }

    fn text(&mut self, text: &str, indent: usize) {
        let fits_block = text.contains('\n') && !text.ends_with(' ') && !text.contains(" \n");
        if fits_block && text.chars().all(|c| c == '\n' || is_printable(c)) {
            self.literal(text, indent + STEP);
        } else {
            self.quoted(text, Some(indent + STEP));
        }
    }

    /// Writes a literal block: `|`, hints on indentation and trailing line breaks, and the lines.
    fn literal(&mut self, text: &str, indent: usize) {
        self.put("|");
        if text.starts_with([' ', '\n']) {
            self.put(&STEP.to_string());
        }
        match text.strip_suffix('\n') {
            None => self.put("-"),
            Some(before) if before.is_empty() || before.ends_with('\n') => self.put("+"),
            Some(_) => {}
        }
        self.out.push('\n');
        let margin = " ".repeat(indent);
        for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
            if !line.is_empty() {
                self.out.extend([&*margin, line]);
            }
            self.out.push('\n');
        }
        self.column = 0;
    }

    /// Writes a text in double quotes, folded onto lines with an indentation where one is given.
    fn quoted(&mut self, text: &str, fold: Option<usize>) {
        self.put("\"");
        let mut after_space = false;
        for (at, c) in text.char_indices() {
            let folds = c == ' ' && !after_space && self.column > WIDTH && at > 0 && at + 1 < text.len();
            match (c, fold) {
                (' ', Some(indent)) if folds => {
                    self.new_line(indent);
                    if text[at + 1..].starts_with(' ') {
                        self.put("\\");
                    }
                }
                _ if is_printable(c) && !matches!(c, '"' | '\\') => self.put(c.encode_utf8(&mut [0; 4])),
                _ => self.put(&escape(c)),
            }
            after_space = c == ' ';
        }
        self.put("\"");
    }
}

/// Whether a character may stand for itself.
fn is_printable(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{a0}'..='\u{2027}' | '\u{202a}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}'
        | '\u{ff00}'..='\u{fffd}')
}

fn escape(c: char) -> String {
    match c {
        '\0' => "\\0".into(),
        '\u{7}' => "\\a".into(),
        '\u{8}' => "\\b".into(),
        '\t' => "\\t".into(),
        '\n' => "\\n".into(),
        '\u{b}' => "\\v".into(),
        '\u{c}' => "\\f".into(),
        '\r' => "\\r".into(),
        '\u{1b}' => "\\e".into(),
        '"' | '\\' => format!("\\{c}"),
        '\u{85}' => "\\N".into(),
        '\u{2028}' => "\\L".into(),
        '\u{2029}' => "\\P".into(),
        _ => match u32::from(c) {
            code @ ..=0xff => format!("\\x{code:02X}"),
            code @ ..=0xffff => format!("\\u{code:04X}"),
            code => format!("\\U{code:08X}"),
        },
    }
}
