//! A traversal alone, with nothing computed in it.

use model::{Diagnostic, Span};

use super::cursor::Parser;
use super::token::TokenKind;
use crate::ast::{Step, StepKind, Traversal};

impl Parser<'_> {
    /// Parses a traversal up to the end of the text; nothing if there is an error.
    pub fn whole_traversal(&mut self) -> Option<Traversal> {
        let root = self.read();
        if root.kind != TokenKind::Ident {
            let detail = "Expected a name first, as in name.attribute[0].";
            self.report(Diagnostic::error("Variable name required", detail).at(self.span(root)));
            return None;
        }
        let root = self.ident(root);
        let mut steps: Vec<Step> = Vec::new();
        loop {
            let step = match self.peek_kind() {
                TokenKind::EndOfFile => break,
                TokenKind::Dot => self.name_step(root.span),
                TokenKind::OBracket => self.literal_index(root.span),
                _ => self.not_in_traversal(
                    "Invalid character",
                    "Expected \".\" and a name, or an index in brackets.",
                    root.span,
                ),
            };
            steps.push(step?);
        }
        let span = steps.last().map_or(root.span, |last| root.span.to(last.span));
        Some(Traversal { root, steps, no_key: None, span })
    }

    fn not_in_traversal<T>(&mut self, summary: &'static str, detail: &'static str, root: Span) -> Option<T> {
        let found = self.peek_span();
        self.report(Diagnostic::error(summary, detail).at(found).within(root.to(found)));
        None
    }

    fn name_step(&mut self, root: Span) -> Option<Step> {
        let dot = self.read();
        match self.peek_kind() {
            TokenKind::Ident => {
                let name = self.read();
                let span = self.span(dot).to(self.span(name));
                Some(Step { kind: StepKind::Attr(self.name(name)), span })
            }
            TokenKind::Star => {
                self.not_in_traversal("Attribute name required", "A splat (.*) cannot be used here.", root)
            }
            _ => self.not_in_traversal("Attribute name required", "Expected a name behind the dot.", root),
        }
    }

    fn literal_index(&mut self, root: Span) -> Option<Step> {
        let open = self.read();
        let kind = match self.peek_kind() {
            TokenKind::Number => {
                let token = self.read();
                StepKind::IndexNumber(self.number_value(token)?)
            }
            TokenKind::OQuote => {
                let mark = self.mark();
                let key = self.quoted_label();
                if self.has_errors_since(mark) {
                    return None;
                }
                StepKind::IndexString(model::value::normalize(&key.name))
            }
            TokenKind::Star => {
                return self.not_in_traversal(
                    "Attribute name required",
                    "A splat ([*]) cannot be used here.",
                    root,
                );
            }
            _ => {
                return self.not_in_traversal(
                    "Index value required",
                    "Expected a number, or a string in quotes, in the brackets.",
                    root,
                );
            }
        };
        if self.peek_kind() != TokenKind::CBracket {
            return self.not_in_traversal(
                "Unclosed index brackets",
                "Expected \"]\" behind the index.",
                root,
            );
        }
        let close = self.read();
        Some(Step { kind, span: self.span(open).to(self.span(close)) })
    }
}
