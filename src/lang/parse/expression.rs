//! Expressions: conditionals and operators.

use model::{Diagnostic, Span, err};

use super::body::OPEN_COMMENT;
use super::cursor::Parser;
use super::token::{Token, TokenKind};
use crate::ast::{BinaryOp, Expr, ExprKind, UnaryOp};

/// By how much conditionals and unary operators count more towards the length of a chain than others: nobody writes long
/// chains of them, and all who walk the tree may thus do so without care.
const HEAVY: usize = 4;

/// An operator that waits for its right side.
struct Pending {
    op: BinaryOp,
    span: Span,
}

impl Parser<'_> {
    /// Parses an expression of any form.
    pub fn expression(&mut self) -> Expr {
        if !self.enter() {
            return self.invalid(self.peek_span());
        }
        let outer = self.begin_chain();
        let mark = self.mark();
        let mut expr = self.operation();
        let mut len = 0;
        if self.peek_kind() == TokenKind::Question && !self.is_lost_since(mark) {
            (expr, len) = self.conditional(expr);
        }
        self.end_chain(outer, len);
        self.leave();
        expr
    }

    /// Parses the rest of `a ? b : c ? d : e`, which groups to the right, and says how long the chain is.
    #[inline(never)]
    fn conditional(&mut self, first: Expr) -> (Expr, usize) {
        let mut branches: Vec<(Expr, Expr)> = Vec::new();
        let mut last = first;
        while self.accept(TokenKind::Question).is_some() && self.may_grow(HEAVY * branches.len()) {
            let Some(yes) = self.conditional_branch(last.span) else {
                last = self.invalid(last.span);
                break;
            };
            let mark = self.mark();
            branches.push((last, yes));
            last = self.operation();
            if self.is_lost_since(mark) {
                break;
            }
        }
        let len = HEAVY * branches.len();
        (branches.into_iter().rfold(last, |no, (condition, yes)| choose(condition, yes, no)), len)
    }

    /// Parses the value between `?` and `:`, both included.
    fn conditional_branch(&mut self, condition: Span) -> Option<Expr> {
        let mark = self.mark();
        let yes = self.expression();
        if self.is_lost_since(mark) {
            return None;
        }
        if self.accept(TokenKind::Colon).is_none() {
            self.complain(|p| no_colon(p.peek_span()).within(condition.to(p.peek_span())));
            return None;
        }
        Some(yes)
    }

    /// Parses operands and the operators between them.
    fn operation(&mut self) -> Expr {
        let outer = self.begin_chain();
        let mark = self.mark();
        let mut expr = self.operand();
        let mut len = 0;
        if binary_op(self.peek_kind()).is_some() && !self.is_lost_since(mark) {
            (expr, len) = self.operators(expr);
        }
        self.end_chain(outer, len);
        expr
    }

    /// Parses operators and their right sides. What binds tighter than the operator that follows is joined before it.
    #[inline(never)]
    fn operators(&mut self, first: Expr) -> (Expr, usize) {
        let mut operands = vec![first];
        let mut pending: Vec<Pending> = Vec::new();
        let mut len = 0;
        while let Some(op) = binary_op(self.peek_kind()) {
            let token = self.read();
            join(&mut operands, &mut pending, precedence(op));
            let mark = self.mark();
            let right = self.operand();
            pending.push(Pending { op, span: self.span(token) });
            operands.push(right);
            len += 1;
            if self.is_lost_since(mark) || !self.may_grow(len) {
                break;
            }
        }
        join(&mut operands, &mut pending, 0);
        let expr = operands.pop();
        (expr.unwrap_or_else(|| self.invalid(self.previous_span())), len)
    }

    /// Parses a value with the operators before it and the steps after it.
    fn operand(&mut self) -> Expr {
        match self.peek_kind() {
            TokenKind::Minus | TokenKind::Bang => self.unary(),
            _ => self.term_with_steps(),
        }
    }

    #[inline(never)]
    fn unary(&mut self) -> Expr {
        let outer = self.begin_chain();
        let mut ops: Vec<(UnaryOp, Token)> = Vec::new();
        while let Some(op) = unary_op(self.peek_kind()) {
            ops.push((op, self.read()));
            if !self.may_grow(HEAVY * ops.len()) {
                break;
            }
        }
        let operand = self.term_with_steps();
        self.end_chain(outer, HEAVY * ops.len());
        let apply = |operand: Expr, (op, token): (UnaryOp, Token)| {
            let span = self.span(token).to(operand.span);
            Expr::new(ExprKind::Unary(op, Box::new(operand)), span)
        };
        ops.into_iter().rfold(operand, apply)
    }

    /// Reports that no expression begins with the next token, and leaves it.
    pub fn no_expression(&mut self) -> Expr {
        let token = self.peek();
        let span = self.span(token);
        self.report_unless_lost(|p| match token.kind {
            TokenKind::EndOfFile => {
                err!(span, "Missing expression", "Expected an expression, but the text ends here.")
            }
            TokenKind::Newline => {
                err!(span, "Invalid expression", "Expected an expression, but the line ends here.")
            }
            _ if p.is_open_comment(p.previous()) => err!(span, "Invalid expression", "{OPEN_COMMENT}"),
            _ => {
                err!(span, "Invalid expression", "Expected an expression, but found {}.", p.describe(token))
            }
        });
        self.recovery = true;
        self.invalid(span)
    }

    fn describe(&self, token: Token) -> String {
        match self.text(token) {
            text if text.len() <= 20 && !text.contains('\n') => format!("{text:?}"),
            _ => "something that none begins with".to_owned(),
        }
    }
}

fn no_colon(found: Span) -> Diagnostic {
    err!(
        found,
        "Missing false expression in conditional",
        "A conditional is written as \"condition ? value if true : value if false\". The colon and the value after it \
         are missing."
    )
}

fn choose(condition: Expr, yes: Expr, no: Expr) -> Expr {
    let span = condition.span.to(no.span);
    let kind = ExprKind::Conditional { condition: Box::new(condition), yes: Box::new(yes), no: Box::new(no) };
    Expr::new(kind, span)
}

/// Joins the last operands by the pending operators that bind at least as tightly.
fn join(operands: &mut Vec<Expr>, pending: &mut Vec<Pending>, at_least: u8) {
    while pending.last().is_some_and(|p| precedence(p.op) >= at_least) {
        let (Some(Pending { op, span: op_span }), Some(right), Some(left)) =
            (pending.pop(), operands.pop(), operands.pop())
        else {
            return;
        };
        let span = left.span.to(right.span);
        let kind = ExprKind::Binary { left: Box::new(left), op, right: Box::new(right), op_span };
        operands.push(Expr::new(kind, span));
    }
}

fn unary_op(kind: TokenKind) -> Option<UnaryOp> {
    match kind {
        TokenKind::Minus => Some(UnaryOp::Negate),
        TokenKind::Bang => Some(UnaryOp::Not),
        _ => None,
    }
}

fn binary_op(kind: TokenKind) -> Option<BinaryOp> {
    Some(match kind {
        TokenKind::Or => BinaryOp::Or,
        TokenKind::And => BinaryOp::And,
        TokenKind::Equal => BinaryOp::Equal,
        TokenKind::NotEqual => BinaryOp::NotEqual,
        TokenKind::Less => BinaryOp::Less,
        TokenKind::LessOrEqual => BinaryOp::LessOrEqual,
        TokenKind::Greater => BinaryOp::Greater,
        TokenKind::GreaterOrEqual => BinaryOp::GreaterOrEqual,
        TokenKind::Plus => BinaryOp::Add,
        TokenKind::Minus => BinaryOp::Subtract,
        TokenKind::Star => BinaryOp::Multiply,
        TokenKind::Slash => BinaryOp::Divide,
        TokenKind::Percent => BinaryOp::Modulo,
        _ => return None,
    })
}

/// How tightly an operator binds.
fn precedence(op: BinaryOp) -> u8 {
    match op {
        BinaryOp::Or => 1,
        BinaryOp::And => 2,
        BinaryOp::Equal | BinaryOp::NotEqual => 3,
        BinaryOp::Less | BinaryOp::LessOrEqual | BinaryOp::Greater | BinaryOp::GreaterOrEqual => 4,
        BinaryOp::Add | BinaryOp::Subtract => 5,
        BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::Modulo => 6,
    }
}
