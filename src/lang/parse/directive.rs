//! The pieces of a template to a tree: which `%{endif}` belongs to which `%{if}`.

use model::{Diagnostic, Span, err};

use super::cursor::MAX_DEPTH;
use super::string::normalized;
use super::template::{Directive, Piece};
use crate::ast::{Expr, ExprKind, Ident, TemplateFor, TemplateIf, TemplatePart};

/// A directive whose end has not come yet.
struct Open {
    kind: OpenKind,
    /// The opening directive.
    span: Span,
    /// What was collected within, in the branch at hand.
    parts: Vec<TemplatePart>,
}

enum OpenKind {
    If { condition: Expr, yes: Option<Vec<TemplatePart>> },
    For { key_var: Option<Ident>, value_var: Ident, source: Expr },
}

/// Nests the pieces. What does not fit is reported and stands as an invalid part.
pub(super) fn nest(pieces: Vec<Piece<'_>>, end: Span) -> (Vec<TemplatePart>, Vec<Diagnostic>) {
    let parts = Vec::with_capacity(pieces.len());
    let mut nesting = Nesting { open: Vec::new(), parts, errors: Vec::new(), too_deep: false };
    for piece in pieces {
        nesting.add(piece);
        if nesting.too_deep {
            return (nesting.parts, nesting.errors);
        }
    }
    nesting.finish(end)
}

struct Nesting {
    open: Vec<Open>,
    /// The parts outside of all directives.
    parts: Vec<TemplatePart>,
    errors: Vec<Diagnostic>,
    /// Set when directives are nested too deep; the rest is left out.
    too_deep: bool,
}

impl Nesting {
    fn add(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::Literal { text, .. } if text.is_empty() => {}
            Piece::Literal { text, span } => self.push(TemplatePart::Literal(normalized(&text), span)),
            Piece::Interpolation(expr) => self.push(TemplatePart::Interpolation(*expr)),
            Piece::Directive(directive) => self.directive(*directive),
        }
    }

    fn directive(&mut self, directive: Directive) {
        match directive {
            Directive::If { condition, span } => self.begin(OpenKind::If { condition, yes: None }, span),
            Directive::For { key_var, value_var, source, span } => {
                self.begin(OpenKind::For { key_var, value_var, source }, span);
            }
            Directive::Else(span) => self.otherwise(span),
            Directive::EndIf(span) => self.close("endif", span),
            Directive::EndFor(span) => self.close("endfor", span),
        }
    }

    fn push(&mut self, part: TemplatePart) {
        self.open.last_mut().map_or(&mut self.parts, |open| &mut open.parts).push(part);
    }

    fn push_invalid(&mut self, span: Span) {
        self.push(TemplatePart::Interpolation(Expr::new(ExprKind::Invalid, span)));
    }

    fn begin(&mut self, kind: OpenKind, span: Span) {
        if self.open.len() >= MAX_DEPTH {
            self.errors.push(err!(
                span,
                "Nesting too deep",
                "More than {MAX_DEPTH} directives stand within each other here."
            ));
            self.too_deep = true;
            return;
        }
        self.open.push(Open { kind, span, parts: Vec::new() });
    }

    fn otherwise(&mut self, span: Span) {
        let detail = match self.open.last_mut() {
            Some(Open { kind: OpenKind::If { yes: yes @ None, .. }, parts, .. }) => {
                *yes = Some(std::mem::take(parts));
                return;
            }
            Some(Open { kind: OpenKind::If { .. }, .. }) => {
                "The if directive that this belongs to has an else already."
            }
            Some(Open { kind: OpenKind::For { .. }, .. }) => {
                "A for directive has no else: expected an endfor directive first."
            }
            None => "There is no if directive that this belongs to.",
        };
        self.misplaced("else", detail, span);
    }

    fn close(&mut self, name: &'static str, span: Span) {
        match (name, self.open.pop()) {
            ("endif", Some(Open { kind: OpenKind::If { condition, yes }, span: start, parts })) => {
                let (yes, no) = match yes {
                    Some(yes) => (yes, parts),
                    None => (parts, Vec::new()),
                };
                let choice = TemplateIf { condition, yes, no, span: start.to(span) };
                self.push(TemplatePart::If(Box::new(choice)));
            }
            (
                "endfor",
                Some(Open { kind: OpenKind::For { key_var, value_var, source }, span: start, parts }),
            ) => {
                let (header, span) = (start, start.to(span));
                let each = TemplateFor { key_var, value_var, source, body: parts, header, span };
                self.push(TemplatePart::For(Box::new(each)));
            }
            (_, Some(other)) => {
                let detail = match other.kind {
                    OpenKind::If { .. } => {
                        "Expected an endif directive for the if directive before this first."
                    }
                    OpenKind::For { .. } => {
                        "Expected an endfor directive for the for directive before this first."
                    }
                };
                self.open.push(other);
                self.misplaced(name, detail, span);
            }
            (_, None) => self.misplaced(name, "There is no directive that this could end.", span),
        }
    }

    /// Reports a directive out of place; the one that it stands in is over.
    fn misplaced(&mut self, name: &str, detail: &str, span: Span) {
        let diagnostic = Diagnostic::error(format!("Unexpected {name} directive"), detail).at(span);
        let diagnostic = match self.open.pop() {
            Some(open) => diagnostic.within(open.span.to(span)),
            None => diagnostic,
        };
        self.errors.push(diagnostic);
        self.push_invalid(span);
    }

    fn finish(mut self, end: Span) -> (Vec<TemplatePart>, Vec<Diagnostic>) {
        while let Some(open) = self.open.pop() {
            let (name, closing) = match open.kind {
                OpenKind::If { .. } => ("if", "endif"),
                OpenKind::For { .. } => ("for", "endfor"),
            };
            self.errors.push(
                err!(
                    end,
                    "Unexpected end of template",
                    "The template ends here, but the {closing} directive of its {name} directive is missing."
                )
                .within(open.span.to(end)),
            );
            self.push_invalid(end);
        }
        if self.parts.is_empty() {
            self.parts.push(TemplatePart::Literal("".into(), end.at_start()));
        }
        (self.parts, self.errors)
    }
}
