//! The parser's place in the tokens, its errors, and how it finds its feet again after one.

use model::{Diagnostic, Diagnostics, FileId, Span, Str};

use super::lexer::{Comments, Start, lex};
use super::lexical;
use super::places::Places;
use super::token::{Token, TokenKind};
use crate::ast::{Expr, ExprKind, Ident};

/// How deep brackets, blocks and templates may be nested. The stack of a thread must hold it.
pub(crate) const MAX_DEPTH: usize = 500;

/// How long a chain of operators or steps may be: each makes the tree deeper by one.
pub(crate) const MAX_CHAIN: usize = 2_000;

const DEPTH_DETAIL: &str = "More than 500 blocks, brackets or templates stand within each other here.";
const CHAIN_DETAIL: &str = "More operators or steps follow each other in this expression than can be evaluated. Give \
    parts of it names as local values, or use a function such as sum, anytrue or concat.";

/// A parser of one text.
///
/// Errors are collected, not returned. Who calls a method remembers [`Parser::mark`] beforehand where it matters
/// whether the method failed.
pub(super) struct Parser<'a> {
    pub file: FileId,
    pub source: &'a str,
    tokens: Vec<Token>,
    /// The index of the token that is read next.
    next: usize,
    /// The token that was read last.
    previous: Option<Token>,
    /// Whether line ends are tokens here; within brackets they are nothing.
    newlines: bool,
    /// Set for good by the first error that leaves the place in the tokens uncertain. Messages that may only be
    /// consequences of that are held back.
    pub recovery: bool,
    /// Set when the nesting is too deep; no further message makes sense.
    abandoned: bool,
    depth: usize,
    /// The longest chain beneath what was read since the enclosing chain began.
    chain: usize,
    diagnostics: Diagnostics,
    names: Names,
    /// Where the text stands, where it is not a file's own.
    places: Option<&'a Places>,
}

/// How many errors there were at some time.
#[derive(Clone, Copy)]
pub(super) struct Mark(usize);

impl<'a> Parser<'a> {
    pub fn new(file: FileId, source: &'a str, start: Start) -> Parser<'a> {
        let is_too_large = u32::try_from(source.len()).is_err();
        let source = if is_too_large { "" } else { source };
        let tokens = lex(source, start, Comments::Drop);
        let mut diagnostics = lexical::check(&tokens, file, source);
        if is_too_large {
            let detail = "A text of more than 4 GiB cannot be read. Is this the right file?";
            diagnostics.push(Diagnostic::error("File too large", detail).at(Span::new(file, 0, 0)));
        }
        Parser {
            file,
            source,
            tokens,
            next: 0,
            previous: None,
            newlines: true,
            recovery: false,
            abandoned: false,
            depth: 0,
            chain: 0,
            diagnostics,
            names: Names::default(),
            places: None,
        }
    }

    /// A parser of a text that was decoded from a file; every place that it gives lies in the file.
    pub fn placed(file: FileId, source: &'a str, start: Start, places: &'a Places) -> Parser<'a> {
        let mut parser = Parser { places: Some(places), ..Parser::new(file, source, start) };
        let diagnostics = std::mem::take(&mut parser.diagnostics);
        parser.diagnostics.extend(diagnostics.into_iter().map(|d| places.of_diagnostic(d)));
        parser
    }

    /// The diagnostic about the text, at its place in the file.
    pub fn in_file(&self, diagnostic: Diagnostic) -> Diagnostic {
        match self.places {
            Some(places) => places.of_diagnostic(diagnostic),
            None => diagnostic,
        }
    }

    pub fn into_diagnostics(self) -> Diagnostics {
        self.diagnostics
    }

    /// The text of a token; it lives as long as the source.
    pub fn text(&self, token: Token) -> &'a str {
        token.text(self.source)
    }
}

/// Tokens.
impl Parser<'_> {
    fn next_index(&self) -> usize {
        let last = self.tokens.len() - 1;
        if self.newlines {
            return self.next.min(last);
        }
        let rest = self.tokens.get(self.next..).unwrap_or_default();
        let skipped = rest.iter().take_while(|t| t.kind == TokenKind::Newline).count();
        (self.next + skipped).min(last)
    }

    pub fn peek(&self) -> Token {
        self.tokens[self.next_index()]
    }

    pub fn peek_kind(&self) -> TokenKind {
        self.peek().kind
    }

    pub fn read(&mut self) -> Token {
        let index = self.next_index();
        let token = self.tokens[index];
        self.next = index + 1;
        self.previous = Some(token);
        token
    }

    /// The next three tokens, if there are as many in a row.
    pub fn next_three(&self) -> Option<[Token; 3]> {
        let index = self.next_index();
        self.tokens.get(index..index + 3)?.try_into().ok()
    }

    /// Reads the next token if it is of a kind.
    pub fn accept(&mut self, kind: TokenKind) -> Option<Token> {
        (self.peek_kind() == kind).then(|| self.read())
    }

    pub fn span(&self, token: Token) -> Span {
        let span = token.span(self.file);
        self.places.map_or(span, |places| places.of(span))
    }

    pub fn peek_span(&self) -> Span {
        self.span(self.peek())
    }

    /// Where the token stands that was read last; before any was read, where the first one stands.
    pub fn previous_span(&self) -> Span {
        self.span(self.previous())
    }

    /// The token that was read last; before any was read, the first one.
    pub fn previous(&self) -> Token {
        self.previous.unwrap_or(self.tokens[0])
    }

    /// Whether a token begins a comment that has no end.
    pub fn is_open_comment(&self, token: Token) -> bool {
        token.kind == TokenKind::Slash && self.source[token.start as usize..].starts_with("/*")
    }

    pub fn is_keyword(&self, token: Token, keyword: &str) -> bool {
        token.kind == TokenKind::Ident && self.text(token) == keyword
    }

    pub fn ident(&mut self, token: Token) -> Ident {
        Ident { name: self.name(token), span: self.span(token) }
    }

    /// The text of a token, shared with other tokens of the same text where that is cheap.
    pub fn name(&mut self, token: Token) -> Str {
        self.names.get(self.text(token))
    }

    /// The number of the line on which a token begins, for messages.
    pub fn line(&self, token: Token) -> usize {
        self.source[..token.start as usize].matches('\n').count() + 1
    }

    /// Makes line ends significant or not; gives back what they were, to be set again.
    pub fn set_newlines(&mut self, newlines: bool) -> bool {
        std::mem::replace(&mut self.newlines, newlines)
    }
}

/// The names that were seen last. Files repeat a few names over and over; sharing them saves most allocations.
struct Names([Option<Str>; Names::SLOTS]);

impl Default for Names {
    fn default() -> Names {
        Names([const { None }; Names::SLOTS])
    }
}

impl Names {
    const SLOTS: usize = 128;

    fn get(&mut self, text: &str) -> Str {
        let hash = text.bytes().fold(text.len(), |hash, b| hash.wrapping_mul(31).wrapping_add(b.into()));
        let slot = &mut self.0[hash % Names::SLOTS];
        match slot {
            Some(name) if **name == *text => name.clone(),
            _ => slot.insert(Str::from(text)).clone(),
        }
    }
}

/// Errors.
impl Parser<'_> {
    pub fn mark(&self) -> Mark {
        Mark(self.diagnostics.0.len())
    }

    /// Whether errors were reported since, whatever they were.
    pub fn has_errors_since(&self, mark: Mark) -> bool {
        self.diagnostics.0.len() > mark.0 || self.abandoned
    }

    /// Whether errors were reported since, and the place in the tokens is uncertain.
    pub fn is_lost_since(&self, mark: Mark) -> bool {
        self.recovery && self.has_errors_since(mark)
    }

    pub fn report(&mut self, diagnostic: Diagnostic) {
        if !self.abandoned {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Reports what a function makes, in a frame of its own.
    #[cold]
    #[inline(never)]
    pub fn complain(&mut self, diagnostic: impl FnOnce(&Self) -> Diagnostic) {
        let diagnostic = diagnostic(self);
        self.report(diagnostic);
    }

    /// Reports unless the message may only be a consequence of an earlier error.
    #[cold]
    #[inline(never)]
    pub fn report_unless_lost(&mut self, diagnostic: impl FnOnce(&Self) -> Diagnostic) {
        if !self.recovery {
            let diagnostic = diagnostic(self);
            self.report(diagnostic);
        }
    }

    /// Stands for an expression that could not be read.
    pub fn invalid(&self, span: Span) -> Expr {
        Expr::new(ExprKind::Invalid, span)
    }
}

/// Recovery.
impl Parser<'_> {
    /// Reads up to and including the closing bracket `end` of the current nesting.
    pub fn recover(&mut self, end: TokenKind) -> Token {
        self.recovery = true;
        let start = end.opposite();
        let mut nesting = 0;
        loop {
            let token = self.read();
            let mut kind = token.kind;
            if end == TokenKind::SequenceEnd && kind == TokenKind::Directive {
                kind = TokenKind::Interpolation;
            }
            if kind == TokenKind::EndOfFile || (kind == end && nesting == 0) {
                return token;
            }
            nesting += i32::from(Some(kind) == start);
            nesting -= i32::from(kind == end);
        }
    }

    /// Reads up to and including the next bracketed piece that `start` opens.
    pub fn recover_over(&mut self, start: TokenKind) {
        self.recovery = true;
        while !matches!(self.read().kind, kind if kind == start || kind == TokenKind::EndOfFile) {}
        if let Some(end) = start.opposite() {
            self.recover(end);
        }
    }

    /// Reads up to and including the line end that ends the current argument or block.
    pub fn recover_after_body_item(&mut self) {
        self.recovery = true;
        let mut open: Vec<TokenKind> = Vec::new();
        loop {
            let kind = self.read().kind;
            match kind {
                TokenKind::Newline if open.is_empty() => return,
                TokenKind::EndOfFile => return,
                TokenKind::SequenceEnd => {
                    close(&mut open, |k| matches!(k, TokenKind::Interpolation | TokenKind::Directive))
                }
                _ if kind.is_opening() => open.push(kind),
                _ => {
                    if let Some(opener) = kind.opposite() {
                        close(&mut open, |k| k == opener);
                    }
                }
            }
        }
    }
}

/// Removes the innermost bracket that matches, and whatever is open within.
fn close(open: &mut Vec<TokenKind>, matches: impl Fn(TokenKind) -> bool) {
    while open.pop().is_some_and(|k| !matches(k)) {}
}

/// Bounds. They come in pairs of calls, not as closures, because every frame counts where brackets are nested.
impl Parser<'_> {
    /// Goes one level deeper, unless that is too deep: then nothing more is read.
    #[must_use]
    pub fn enter(&mut self) -> bool {
        if self.depth >= MAX_DEPTH {
            self.give_up("Nesting too deep", DEPTH_DETAIL);
            return false;
        }
        self.depth += 1;
        true
    }

    /// Comes back from where [`Parser::enter`] went.
    pub fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Begins a chain; gives back what [`Parser::end_chain`] needs.
    pub fn begin_chain(&mut self) -> usize {
        std::mem::take(&mut self.chain)
    }

    /// Ends a chain of a length.
    pub fn end_chain(&mut self, outer: usize, len: usize) {
        self.chain = outer.max(self.chain + len);
    }

    /// Whether the chain at hand may have a further member; if not, nothing more is read.
    pub fn may_grow(&mut self, len: usize) -> bool {
        let may = self.chain + len < MAX_CHAIN;
        if !may {
            self.give_up("Expression too long", CHAIN_DETAIL);
        }
        may
    }

    #[cold]
    #[inline(never)]
    fn give_up(&mut self, summary: &'static str, detail: &'static str) {
        let span = self.peek_span();
        self.report(Diagnostic::error(summary, detail).at(span));
        self.abandoned = true;
        self.recovery = true;
        self.next = self.tokens.len() - 1;
    }
}
