//! Templates: literal text with interpolations and directives.

use model::convert::convert;
use model::value::normalize;
use model::{Diagnostic, Diagnostics, Marks, Nullness, Refinement, Span, Type, Value};
use unicode_segmentation::UnicodeSegmentation;

use super::conditional::Condition;
use super::for_expr::{Source, Variables};
use super::{Env, failed_since};
use crate::ast::{Template, TemplateFor, TemplateIf, TemplatePart};

/// So much of a known start is kept, in bytes.
const LONGEST_PREFIX: usize = 128;

impl Env<'_> {
    /// A template; one that is a single interpolation keeps the type of its value.
    pub(super) fn template(self, template: &Template, span: Span, diags: &mut Diagnostics) -> Value {
        match &template.parts[..] {
            [TemplatePart::Interpolation(expr)] if template.is_wrapped => self.expr(expr, diags),
            parts => self.parts(parts, span, diags),
        }
    }

    /// Parts put together to a string.
    fn parts(self, parts: &[TemplatePart], span: Span, diags: &mut Diagnostics) -> Value {
        let mut text = Text::default();
        let before = diags.0.len();
        for part in parts {
            match part {
                TemplatePart::Literal(literal, _) => text.push_str(literal),
                TemplatePart::Interpolation(expr) => {
                    let value = self.expr(expr, diags);
                    text.has_failed |= failed_since(diags, before);
                    if let Err(wrong) = text.push(&value) {
                        let wrong = wrong.message();
                        self.report(wrong.at(expr.span).within(span), expr, diags);
                    }
                }
                TemplatePart::If(choice) => {
                    let value = self.template_if(choice, diags);
                    text.has_failed |= failed_since(diags, before);
                    text.join(value);
                }
                TemplatePart::For(each) => {
                    let value = self.template_for(each, diags);
                    text.has_failed |= failed_since(diags, before);
                    text.join(value);
                }
            }
            text.has_failed |= failed_since(diags, before);
        }
        text.finish()
    }

    fn template_if(self, choice: &TemplateIf, diags: &mut Diagnostics) -> Value {
        let TemplateIf { condition, yes, no, span } = choice;
        let (mut yes_diags, mut no_diags) = (Diagnostics::new(), Diagnostics::new());
        let yes = self.parts(yes, *span, &mut yes_diags);
        let no = self.parts(no, *span, &mut no_diags);
        let both = yes.marks() | no.marks();
        match self.condition(condition, *span, diags) {
            Condition::Invalid => Value::unknown(Type::String),
            Condition::Unknown(marks) => Value::unknown_not_null(Type::String).with_marks(marks | both),
            Condition::Known(true, marks) => {
                diags.extend(yes_diags);
                yes.with_marks(marks | both)
            }
            Condition::Known(false, marks) => {
                diags.extend(no_diags);
                no.with_marks(marks | both)
            }
        }
    }

    fn template_for(self, each: &TemplateFor, diags: &mut Diagnostics) -> Value {
        let TemplateFor { key_var, value_var, source, body, span, .. } = each;
        let variables = Variables { key: key_var.as_ref(), value: value_var };
        let (collection, marks) = match self.loop_source(source, *span, diags) {
            Source::Opaque | Source::Unknown(_) => return Value::unknown(Type::String),
            Source::Elements(collection, marks) => (collection, marks),
        };
        let mut text = Text { marks, ..Text::default() };
        let before = diags.0.len();
        self.each_element(&collection, variables, |inner| {
            text.join(inner.parts(body, *span, diags));
        });
        text.has_failed = failed_since(diags, before);
        text.finish()
    }
}

/// Why a value cannot stand in a template.
enum Unfit {
    Null,
    Type(String),
}

impl Unfit {
    fn message(self) -> Diagnostic {
        Diagnostic::error(
            "Invalid template interpolation value",
            match self {
                Unfit::Null => "The value is null, and null cannot be part of a string.".into(),
                Unfit::Type(why) => format!("The value cannot be part of a string: {why}."),
            },
        )
    }
}

/// A string being put together.
#[derive(Default)]
struct Text {
    known: String,
    has_unknown: bool,
    /// After an error nothing more is added.
    has_failed: bool,
    marks: Marks,
}

impl Text {
    fn push_str(&mut self, text: &str) {
        if !self.has_unknown && !self.has_failed {
            self.known.push_str(text);
        }
    }

    fn push(&mut self, value: &Value) -> Result<(), Unfit> {
        if value.is_null() {
            return Err(Unfit::Null);
        }
        self.marks |= value.marks();
        if !value.is_known() {
            // Its type may be wrong, but as long as it is unknown nobody complains.
            self.has_unknown = true;
            return Ok(());
        }
        let value = convert(value, &Type::String).map_err(|e| Unfit::Type(e.full()))?;
        self.join(value);
        Ok(())
    }

    /// Adds what is certainly a string, perhaps unknown.
    fn join(&mut self, value: Value) {
        self.marks |= value.marks();
        match value.as_str() {
            Some(text) => self.push_str(text),
            None => self.has_unknown = true,
        }
    }

    fn finish(self) -> Value {
        let value = if !self.has_unknown {
            Value::string(&self.known)
        } else {
            let prefix = if self.has_failed { String::new() } else { certain_prefix(&self.known) };
            Value::refined(
                Type::String,
                Refinement {
                    nullness: Nullness::NotNull,
                    prefix: (!prefix.is_empty()).then(|| prefix.into()),
                    ..Refinement::default()
                },
            )
        };
        value.with_marks(self.marks)
    }
}

/// The start of a text that stays as it is whatever follows: without a last character that might combine.
fn certain_prefix(text: &str) -> String {
    let mut end = text.len().min(LONGEST_PREFIX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = normalize(&text[..end]);
    // Of a text that begins with a line end the oracle keeps less than it could, and so do we.
    if text.starts_with(['\n', '\r']) && !text.ends_with(char::is_alphabetic) {
        return String::new();
    }
    let never_combines = |c: char| "-_:;/\\,.(){}[]|?!~ \t@#$%^&*+\"'".contains(c);
    if text.ends_with(never_combines) || text.is_empty() {
        return text.to_string();
    }
    let last = text.graphemes(true).next_back().map_or(0, str::len);
    text[..text.len() - last].to_string()
}
