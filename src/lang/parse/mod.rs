//! Text to syntax tree.
//!
//! A lexer cuts the text into tokens, a recursive descent turns them into the tree. Both read the whole text whatever
//! is wrong with it: errors are collected, and after one the parser goes on with the next argument or block. Which
//! error is reported where follows HashiCorp's parser of the same syntax, so that messages mean what people know.

mod body;
mod collection;
mod cursor;
mod directive;
mod ending;
mod expression;
mod for_expression;
pub(crate) mod lexer;
mod lexical;
mod places;
mod steps;
mod string;
mod template;
mod term;
pub(crate) mod token;
mod traversal;

#[cfg(test)]
mod tests;

use model::{Diagnostics, FileId, err};

use self::cursor::Parser;
use self::lexer::Start;
use self::token::TokenKind;
use crate::ast::{Body, Expr, Template, Traversal};

pub use self::ending::{Ending, ending};

pub(crate) use self::cursor::MAX_DEPTH;
pub(crate) use self::places::Places;
pub(crate) use self::string::{normalized, template_kind};

/// Parses a whole file (`.tf`, `.hcl`, `.tfvars`). Errors do not stop it: the body holds what could be read.
pub fn parse_body(file: FileId, text: &str) -> (Body, Diagnostics) {
    let mut parser = Parser::new(file, text, Start::Code);
    let body = parser.file_body();
    (body, parser.into_diagnostics())
}

/// Parses a single expression that fills the whole text (the console, `-var` values of complex types).
pub fn parse_expr(file: FileId, text: &str) -> Result<Expr, Diagnostics> {
    whole_expr(Parser::new(file, text, Start::Code))
}

/// Parses a single expression whose text was decoded from a file.
pub(crate) fn parse_expr_at(file: FileId, text: &str, places: &Places) -> Result<Expr, Diagnostics> {
    whole_expr(Parser::placed(file, text, Start::Code, places))
}

fn whole_expr(mut parser: Parser<'_>) -> Result<Expr, Diagnostics> {
    parser.set_newlines(false);
    let expr = parser.expression();
    if parser.peek_kind() != TokenKind::EndOfFile {
        parser.report_unless_lost(|p| {
            err!(
                p.peek_span(),
                "Extra characters after expression",
                "The expression is complete before this; nothing may follow."
            )
        });
    }
    parser.into_diagnostics().into_result(expr)
}

/// Parses a whole text as a bare template (`templatefile`, JSON strings): one part of literal text if it holds none.
pub fn parse_template(file: FileId, text: &str) -> Result<Template, Diagnostics> {
    whole_template(Parser::new(file, text, Start::Template))
}

/// Parses a bare template whose text was decoded from a file.
pub(crate) fn parse_template_at(file: FileId, text: &str, places: &Places) -> Result<Template, Diagnostics> {
    whole_template(Parser::placed(file, text, Start::Template, places))
}

fn whole_template(mut parser: Parser<'_>) -> Result<Template, Diagnostics> {
    let template = parser.template(TokenKind::EndOfFile, false);
    parser.into_diagnostics().into_result(template)
}

/// Parses an address-like traversal (`aws_x.y[0].z`), as JSON syntax and command-line arguments hold them.
pub fn parse_traversal(file: FileId, text: &str) -> Result<Traversal, Diagnostics> {
    let mut parser = Parser::new(file, text, Start::Code);
    parser.set_newlines(false);
    let traversal = parser.whole_traversal();
    let diagnostics = parser.into_diagnostics();
    match traversal {
        Some(traversal) => diagnostics.into_result(traversal),
        None => Err(diagnostics),
    }
}
