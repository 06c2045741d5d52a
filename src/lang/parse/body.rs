//! Bodies: arguments and blocks.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, BuildHasherDefault, Hasher, RandomState};
use std::sync::Arc;

use model::{Diagnostic, Span, err};

use super::cursor::Parser;
use super::token::{Token, TokenKind};
use crate::ast::{Attribute, Block, Body, Ident};

/// From how many arguments on names are looked up by their hashes.
const MANY: usize = 16;

/// What is said of a comment without an end.
pub(super) const OPEN_COMMENT: &str =
    "The comment that begins here with \"/*\" is never closed: there is no \"*/\" after it.";

/// An argument or a block.
enum Item {
    Attribute(Attribute),
    Block(Block),
}

/// Collects the items of a body and finds arguments that are set twice.
#[derive(Default)]
struct Items {
    attributes: Vec<Attribute>,
    blocks: Vec<Block>,
    /// Places in `attributes` by the hashes of names, once there are many. Of names with one hash the first is here.
    by_hash: HashMap<u64, usize, BuildHasherDefault<Hashed>>,
    hashes: RandomState,
}

/// Takes a hash for what it is: growing tables need not look at names again, which lie all over the memory.
#[derive(Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|b| self.0 = self.0 << 8 | u64::from(*b));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

impl Items {
    /// Keeps the first of several definitions of an argument.
    fn add_attribute(&mut self, attribute: Attribute, parser: &mut Parser<'_>) {
        let count = self.attributes.len();
        let is_new = match count {
            0..MANY => !holds(&self.attributes, &attribute.name.name),
            _ => self.note(&attribute.name.name),
        };
        match is_new {
            true => self.attributes.push(attribute),
            false => parser.report(redefined(&attribute.name)),
        }
    }

    /// Remembers a name that comes next; false if it is there.
    fn note(&mut self, name: &str) -> bool {
        if self.by_hash.is_empty() {
            let known = self.attributes.iter().enumerate();
            self.by_hash.extend(known.map(|(i, a)| (self.hashes.hash_one(&*a.name.name), i)));
        }
        let next = self.attributes.len();
        let first = *self.by_hash.entry(self.hashes.hash_one(name)).or_insert(next);
        match self.attributes.get(first) {
            None => true,
            Some(a) if *a.name.name == *name => false,
            Some(_) => !holds(&self.attributes, name),
        }
    }

    fn into_body(mut self, span: Span, missing_item: Span) -> Body {
        self.attributes.shrink_to_fit();
        self.blocks.shrink_to_fit();
        Body { attributes: self.attributes, blocks: self.blocks, span, missing_item }
    }
}

fn holds(attributes: &[Attribute], name: &str) -> bool {
    attributes.iter().any(|a| *a.name.name == *name)
}

fn redefined(name: &Ident) -> Diagnostic {
    let detail = format!(
        "The argument {:?} was set before in this block. An argument can be set only once.",
        &*name.name
    );
    Diagnostic::error("Attribute redefined", detail).at(name.span)
}

impl Parser<'_> {
    /// Parses a whole file.
    pub fn file_body(&mut self) -> Body {
        let body = self.body(TokenKind::EndOfFile);
        let whole = Span::new(self.file, 0, self.source.len());
        Body { span: whole, missing_item: whole.at_start(), ..body }
    }

    /// Parses items up to and including the token that ends the body; the token before them was just read.
    fn body(&mut self, end: TokenKind) -> Body {
        let opening = self.previous_span();
        let mut items = Items::default();
        loop {
            let next = self.peek_kind();
            if next == end {
                let closing = self.read();
                let span = opening.at_end().to(self.span(closing).at_start());
                return items.into_body(span, opening.at_start());
            }
            match next {
                TokenKind::Newline => {
                    self.read();
                }
                TokenKind::Ident => match self.item() {
                    Some(Item::Attribute(attribute)) => items.add_attribute(attribute, self),
                    Some(Item::Block(block)) => items.blocks.push(block),
                    None => {}
                },
                _ => {
                    self.no_item(end, opening);
                    let span = opening.at_end().to(self.previous_span());
                    return items.into_body(span, opening.at_start());
                }
            }
        }
    }

    /// Reports what stands where an item should, and skips the rest of the body.
    fn no_item(&mut self, end: TokenKind, opening: Span) {
        let bad = self.read();
        self.report_unless_lost(|p| match bad.kind {
            TokenKind::OQuote => err!(
                p.span(bad),
                "Invalid argument name",
                "The name of an argument is written without quotes. In a block a name cannot be computed."
            ),
            TokenKind::EndOfFile => unclosed_block(opening),
            _ => err!(
                p.span(bad),
                "Argument or block definition required",
                "{}",
                if p.is_open_comment(bad) { OPEN_COMMENT } else { "Expected an argument or a block here." }
            ),
        });
        self.recover(end);
    }

    fn item(&mut self) -> Option<Item> {
        let name = self.read();
        match self.peek_kind() {
            TokenKind::Assign => Some(Item::Attribute(self.attribute(name))),
            TokenKind::OQuote | TokenKind::OBrace | TokenKind::Ident => Some(Item::Block(self.block(name)?)),
            _ => {
                self.neither_argument_nor_block(name);
                None
            }
        }
    }

    fn neither_argument_nor_block(&mut self, name: Token) {
        let detail = format!(
            "Expected an argument or a block here. An argument is written as \"{0} = ...\", a block as \"{0} {{ ... \
             }}\".",
            self.text(name)
        );
        self.report(Diagnostic::error("Argument or block definition required", detail).at(self.span(name)));
        self.recover_after_body_item();
    }

    /// Parses `= expression` and the line end.
    fn attribute(&mut self, name: Token) -> Attribute {
        let (attribute, is_lost) = self.assignment(name);
        if is_lost {
            self.recover_after_body_item();
            return attribute;
        }
        match self.peek_kind() {
            TokenKind::Newline | TokenKind::EndOfFile => {
                self.read();
            }
            _ => {
                self.report_unless_lost(|p| missing_newline(p.span(name), p.peek(), p.peek_span()));
                self.recover_after_body_item();
            }
        }
        attribute
    }

    /// Parses `= expression`; true if the expression left the parser in an uncertain place.
    fn assignment(&mut self, name: Token) -> (Attribute, bool) {
        self.read();
        let mark = self.mark();
        let expr = self.expression();
        let name = self.ident(name);
        let span = name.span.to(expr.span);
        (Attribute { name, expr: Arc::new(expr), span }, self.is_lost_since(mark))
    }

    fn block(&mut self, ty: Token) -> Option<Block> {
        let labels = self.labels();
        let ty = self.ident(ty);
        let header = labels.iter().fold(ty.span, |span, label| span.to(label.span));
        let Some(brace) = self.accept(TokenKind::OBrace) else {
            self.no_block_body(header);
            let body = Arc::new(empty_body(ty.span));
            return Some(Block { ty, labels, body, header, span: header });
        };
        if !self.enter() {
            return None;
        }
        let body = self.block_body(brace, header);
        self.leave();
        let span = header.to(self.previous_span());
        match self.peek_kind() {
            TokenKind::Newline | TokenKind::EndOfFile => {
                self.read();
            }
            _ => {
                self.report_unless_lost(|p| missing_newline_after_block(p.peek_span(), span));
                self.recover_after_body_item();
            }
        }
        Some(Block { ty, labels, body: Arc::new(body), header, span })
    }

    fn labels(&mut self) -> Vec<Ident> {
        let mut labels = Vec::new();
        loop {
            match self.peek_kind() {
                TokenKind::OQuote => labels.push(self.quoted_label()),
                TokenKind::Ident => {
                    let token = self.read();
                    labels.push(self.ident(token));
                }
                _ => return labels,
            }
        }
    }

    fn no_block_body(&mut self, header: Span) {
        let next = self.peek();
        let detail = match next.kind {
            TokenKind::Assign => {
                "An equals sign makes this an argument, but an argument has no labels. Leave out the labels, or the \
                 equals sign if a block is meant."
            }
            TokenKind::Newline => {
                "The content of a block stands between \"{\" and \"}\", and the \"{\" on the same line as the name of \
                 the block."
            }
            _ => "Expected a label of the block in quotes, or the \"{\" that begins its content.",
        };
        let diagnostic = Diagnostic::error("Invalid block definition", detail)
            .at(self.span(next))
            .within(header.to(self.span(next)));
        match next.kind {
            TokenKind::Assign | TokenKind::Newline => self.report(diagnostic),
            _ => self.report_unless_lost(|_| diagnostic),
        }
        self.recover_after_body_item();
    }

    /// Parses what follows the opening brace, the closing one included.
    fn block_body(&mut self, brace: Token, header: Span) -> Body {
        match self.peek_kind() {
            TokenKind::Newline | TokenKind::EndOfFile | TokenKind::CBrace => self.body(TokenKind::CBrace),
            _ => self.single_line_body(brace, header),
        }
    }

    /// Parses `name = value }`.
    fn single_line_body(&mut self, brace: Token, header: Span) -> Body {
        let opening = self.span(brace);
        let mut items = Items::default();
        if let Some(attribute) = self.single_attribute() {
            items.attributes.push(attribute);
        }
        let span = opening.at_end().to(self.previous_span().at_end());
        if self.accept(TokenKind::CBrace).is_none() {
            self.unclosed_single_line(opening, header);
            self.recover(TokenKind::CBrace);
        }
        items.into_body(span, opening.at_start())
    }

    fn single_attribute(&mut self) -> Option<Attribute> {
        let name = self.read();
        let next = self.peek();
        match (name.kind, next.kind) {
            (TokenKind::Ident, TokenKind::Assign) => Some(self.assignment_with_recovery(name)),
            (TokenKind::Ident, TokenKind::OQuote | TokenKind::OBrace | TokenKind::Ident) => {
                self.report(block_in_single_line(self.text(name), self.span(name).to(self.span(next))));
                self.recover_after_body_item();
                None
            }
            (TokenKind::Ident, _) => {
                self.neither_argument_nor_block(name);
                None
            }
            _ => {
                let span = self.span(name);
                let detail = "Expected an argument or a block here.";
                self.report(Diagnostic::error("Argument or block definition required", detail).at(span));
                self.recover_after_body_item();
                None
            }
        }
    }

    fn assignment_with_recovery(&mut self, name: Token) -> Attribute {
        let (attribute, is_lost) = self.assignment(name);
        if is_lost {
            self.recover_after_body_item();
        }
        attribute
    }

    fn unclosed_single_line(&mut self, opening: Span, header: Span) {
        let next = self.peek();
        let detail = match next.kind {
            TokenKind::Comma => {
                "A block on a single line holds only one argument. Write each argument on a line of its own, without \
                 commas."
            }
            TokenKind::Newline => {
                "A block whose first argument stands on the line of its \"{\" must end with \"}\" on that line. Begin \
                 a new line after the \"{\" to write more arguments."
            }
            _ => "A block on a single line must end with \"}\" right after its only argument.",
        };
        let diagnostic = match next.kind {
            TokenKind::EndOfFile => unclosed_block(opening).within(header.to(opening)),
            _ => Diagnostic::error("Invalid single-argument block definition", detail).at(self.span(next)),
        };
        match next.kind {
            TokenKind::Comma | TokenKind::Newline => self.report(diagnostic),
            _ => self.report_unless_lost(|_| diagnostic),
        }
    }
}

fn empty_body(span: Span) -> Body {
    Body { attributes: Vec::new(), blocks: Vec::new(), span, missing_item: span }
}

fn unclosed_block(opening: Span) -> Diagnostic {
    err!(
        opening,
        "Unclosed configuration block",
        "The block that begins here is never closed: the file ends before its \"}}\". A brace may be missing further \
         down in the file, too."
    )
}

fn missing_newline(name: Span, next: Token, found: Span) -> Diagnostic {
    let diagnostic = match next.kind {
        TokenKind::Comma => Diagnostic::error(
            "Unexpected comma after argument",
            "Arguments are separated by line ends, not by commas. Remove the comma and begin a new line.",
        ),
        _ => Diagnostic::error(
            "Missing newline after argument",
            "Expected the end of the line after the value of this argument.",
        ),
    };
    diagnostic.at(found).within(name.to(found))
}

fn missing_newline_after_block(found: Span, block: Span) -> Diagnostic {
    err!(
        found,
        "Missing newline after block definition",
        "Expected the end of the line after the end of this block."
    )
    .within(block.to(found))
}

fn block_in_single_line(name: &str, span: Span) -> Diagnostic {
    err!(
        span,
        "Argument definition required",
        "A block on a single line holds one argument and no block. To set the argument {name:?}, put an equals sign \
         behind its name; to define a block, begin a new line."
    )
}
