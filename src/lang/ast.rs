//! The syntax tree: what a file says, with the span of everything, and no meaning.
//!
//! Trees from the parser have a bounded depth. Brackets, blocks and templates nest at most 500 deep. Chains nest, too:
//! in the left operand of [`ExprKind::Binary`], the object of [`ExprKind::GetAttr`] and [`ExprKind::Index`] up to some
//! 2,000 times, in the last operand of [`ExprKind::Conditional`] and in [`ExprKind::Unary`] up to some 500 times. Who
//! walks a tree follows the long ones in a loop.

use std::sync::Arc;

use model::{Number, Span, Str};

use crate::json::Json;

/// A name with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Ident {
    /// The name as written.
    pub name: Str,
    /// Where.
    pub span: Span,
}

/// The content of a file or block, in source order.
#[derive(Clone, Debug, PartialEq)]
pub struct Body {
    /// `name = expression` definitions, in source order. Names are distinct.
    pub attributes: Vec<Attribute>,
    /// Nested blocks, in source order.
    pub blocks: Vec<Block>,
    /// The whole body; for a block's body from after `{` to `}`.
    pub span: Span,
    /// The place where a missing argument is reported: before the brace that opens the block, or the start of the file.
    pub missing_item: Span,
}

/// `name = expression`
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// The name.
    pub name: Ident,
    /// The definition; shared because plan and state refer to it.
    pub expr: Arc<Expr>,
    /// From the name to the end of the expression.
    pub span: Span,
}

/// `type "label" { ... }`
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// The block type.
    pub ty: Ident,
    /// The labels, quoted or bare.
    pub labels: Vec<Ident>,
    /// What stands between the braces; shared because expansion keeps it.
    pub body: Arc<Body>,
    /// The type and labels, up to but not including `{`.
    pub header: Span,
    /// The whole block.
    pub span: Span,
}

/// An expression with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// The whole expression.
    pub span: Span,
}

/// The forms of expressions.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// `1.5e3`
    Number(Number),
    /// A quoted string or heredoc without interpolation: its text, decoded and normalised.
    String(Str),
    /// A quoted string or heredoc with interpolations or directives (at least one part is not literal text). Parts of
    /// no text at all are left out.
    Template(Template),
    /// `[a, b]`
    Tuple(Vec<Expr>),
    /// `{k = v}`; of equal keys the last wins.
    Object(Vec<ObjectItem>),
    /// `name.attr[0]...`: a reference that starts at a root name, with all steps known while parsing (dots, literal
    /// number and string indexes).
    Reference(Traversal),
    /// `expr.attr`, where `expr` is not itself a [`ExprKind::Reference`].
    GetAttr(Box<Expr>, Ident),
    /// `expr[key]`, or `expr.0` with its number as the key. The key is neither a literal number nor a literal string, or
    /// `expr` is not a reference.
    Index {
        /// What is indexed.
        object: Box<Expr>,
        /// The key.
        key: Box<Expr>,
        /// From `[` to `]`; for `expr.0` from the dot to the number.
        brackets: Span,
    },
    /// `expr[*].a[0]` or `expr.*.a`: `each` is evaluated for every element, its innermost operand being
    /// [`ExprKind::SplatElement`].
    Splat {
        /// What is iterated.
        source: Box<Expr>,
        /// What is taken of each element.
        each: Box<Expr>,
        /// The `[*]` or `.*`.
        marker: Span,
    },
    /// The current element inside a [`ExprKind::Splat`].
    SplatElement,
    /// `name(args...)`
    Call(Call),
    /// `op a`
    Unary(UnaryOp, Box<Expr>),
    /// `a op b`
    Binary {
        /// Left operand.
        left: Box<Expr>,
        /// Operator.
        op: BinaryOp,
        /// Right operand.
        right: Box<Expr>,
        /// Where the operator stands.
        op_span: Span,
    },
    /// `condition ? yes : no`
    Conditional {
        /// Decides.
        condition: Box<Expr>,
        /// Taken if true.
        yes: Box<Expr>,
        /// Taken if false.
        no: Box<Expr>,
    },
    /// `[for ...]` or `{for ...}`
    For(Box<For>),
    /// `(expr)`; kept because it changes what an object key means.
    Paren(Box<Expr>),
    /// A value of a JSON file, whose meaning depends on who reads it: as an expression a template.
    Json(Arc<Json>),
    /// Stands where a syntax error was; evaluates to an unknown without a further message.
    Invalid,
}

/// `key = value` within an object expression.
#[derive(Clone, Debug, PartialEq)]
pub struct ObjectItem {
    /// The key. A bare name is a [`ExprKind::String`] of its text whose span covers the name; in parentheses it is an
    /// expression ([`ExprKind::Paren`]).
    pub key: Expr,
    /// Whether the key was a bare name (so that `each.key = 1` can be explained).
    pub bare_key: bool,
    /// The value.
    pub value: Expr,
}

/// A reference from a root name along steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Traversal {
    /// The first name: `var`, `local`, `aws_s3_bucket`, a `for` variable.
    pub root: Ident,
    /// The steps that follow.
    pub steps: Vec<Step>,
    /// The brackets behind it where they hold `true`, `false` or `null`, which is the key of no instance.
    pub no_key: Option<Span>,
    /// All of it.
    pub span: Span,
}

impl Traversal {
    /// The root name with the first steps, as one writes them.
    pub fn prefix(&self, steps: usize) -> String {
        let mut out = self.root.name.to_string();
        for step in self.steps.iter().take(steps) {
            match &step.kind {
                StepKind::Attr(name) => {
                    out.push('.');
                    out.push_str(name);
                }
                StepKind::IndexNumber(n) => out.push_str(&format!("[{n}]")),
                StepKind::IndexString(s) => out.push_str(&format!("[{}]", model::address::quote(s))),
            }
        }
        out
    }
}

/// Writes it as one writes it.
impl std::fmt::Display for Traversal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.prefix(self.steps.len()))
    }
}

/// One step of a [`Traversal`], with its place (from the dot or bracket).
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What it is.
    pub kind: StepKind,
    /// From the dot or bracket to the end of the step.
    pub span: Span,
}

/// The forms of steps.
#[derive(Clone, Debug, PartialEq)]
pub enum StepKind {
    /// `.name`
    Attr(Str),
    /// `[0]` or `.0`
    IndexNumber(Number),
    /// `["key"]`
    IndexString(Str),
}

/// A function call.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The name, with `::` between namespace parts: `upper`, `provider::terraform::encode_tfvars`.
    pub name: Ident,
    /// The arguments.
    pub args: Vec<Expr>,
    /// Whether the last argument is followed by `...`.
    pub expand_last: bool,
    /// The opening parenthesis.
    pub open: Span,
    /// The closing parenthesis.
    pub close: Span,
}

/// `!a` and `-a`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOp {
    /// `!`
    Not,
    /// `-`
    Negate,
}

/// Binary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOp {
    /// `||`
    Or,
    /// `&&`
    And,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Modulo,
}

impl BinaryOp {
    /// How it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            BinaryOp::Or => "||",
            BinaryOp::And => "&&",
            BinaryOp::Equal => "==",
            BinaryOp::NotEqual => "!=",
            BinaryOp::Less => "<",
            BinaryOp::LessOrEqual => "<=",
            BinaryOp::Greater => ">",
            BinaryOp::GreaterOrEqual => ">=",
            BinaryOp::Add => "+",
            BinaryOp::Subtract => "-",
            BinaryOp::Multiply => "*",
            BinaryOp::Divide => "/",
            BinaryOp::Modulo => "%",
        }
    }
}

/// `[for k, v in c : x if cond]` or `{for k, v in c : k => v... if cond}`.
#[derive(Clone, Debug, PartialEq)]
pub struct For {
    /// The key variable, where two are named.
    pub key_var: Option<Ident>,
    /// The value variable.
    pub value_var: Ident,
    /// What is iterated.
    pub source: Expr,
    /// The key of each entry; only in the object form.
    pub key: Option<Expr>,
    /// The value of each entry or element.
    pub value: Expr,
    /// The condition after `if`.
    pub condition: Option<Expr>,
    /// Whether `...` groups the values of equal keys.
    pub group: bool,
    /// The opening bracket to the colon.
    pub header: Span,
}

/// A template: literal text with interpolations and directives.
#[derive(Clone, Debug, PartialEq)]
pub struct Template {
    /// The parts in order, white space already stripped where `~` says so.
    pub parts: Vec<TemplatePart>,
    /// The text that it begins with, also where nothing is left of that.
    pub start: Option<Span>,
    /// Whether this was one interpolation and nothing else (`"${x}"`), which keeps the type of its value.
    pub is_wrapped: bool,
}

/// A part of a [`Template`].
#[derive(Clone, Debug, PartialEq)]
pub enum TemplatePart {
    /// Text, decoded and normalised.
    Literal(Str, Span),
    /// `${expr}`
    Interpolation(Expr),
    /// `%{if c}...%{else}...%{endif}`
    If(Box<TemplateIf>),
    /// `%{for k, v in c}...%{endfor}`
    For(Box<TemplateFor>),
}

/// A choice within a [`Template`].
#[derive(Clone, Debug, PartialEq)]
pub struct TemplateIf {
    /// Decides.
    pub condition: Expr,
    /// If true.
    pub yes: Vec<TemplatePart>,
    /// If false.
    pub no: Vec<TemplatePart>,
    /// The whole directive.
    pub span: Span,
}

/// A loop within a [`Template`].
#[derive(Clone, Debug, PartialEq)]
pub struct TemplateFor {
    /// The key variable, where two are named.
    pub key_var: Option<Ident>,
    /// The value variable.
    pub value_var: Ident,
    /// What is iterated.
    pub source: Expr,
    /// What is written for each element.
    pub body: Vec<TemplatePart>,
    /// The `%{for ...}` alone.
    pub header: Span,
    /// The whole directive.
    pub span: Span,
}

impl Body {
    /// The attribute of a name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|a| &*a.name.name == name)
    }

    /// The blocks of a type, in source order.
    pub fn blocks_of<'a>(&'a self, ty: &'a str) -> impl Iterator<Item = &'a Block> {
        self.blocks.iter().filter(move |b| &*b.ty.name == ty)
    }
}

impl Block {
    /// The brace that opens the body.
    pub fn opening(&self) -> Span {
        let at = self.body.missing_item;
        Span { end: at.start + 1, ..at }
    }
}

impl Attribute {
    /// Whether this is a property of a JSON file, and so perhaps blocks to somebody who knows more.
    pub fn is_json(&self) -> bool {
        matches!(self.expr.kind, ExprKind::Json(_))
    }
}

impl Expr {
    /// Makes an expression.
    pub fn new(kind: ExprKind, span: Span) -> Expr {
        Expr { kind, span }
    }

    /// The expression inside any parentheses; of a JSON value the template.
    pub fn unwrapped(&self) -> &Expr {
        match &self.kind {
            ExprKind::Paren(inner) => inner.unwrapped(),
            ExprKind::Json(json) => json.template(),
            _ => self,
        }
    }

    /// Whether the expression is a value without parts, as it is written.
    pub fn is_written(&self) -> bool {
        matches!(self.kind, ExprKind::Number(_) | ExprKind::String(_) | ExprKind::Bool(_) | ExprKind::Null)
    }

    /// The name where the expression is nothing but one: `depends_on = [a]`, type keywords, `ignore_changes = all`.
    pub fn as_keyword(&self) -> Option<&str> {
        match &self.kind {
            ExprKind::Reference(t) if t.steps.is_empty() => Some(&t.root.name),
            ExprKind::Json(json) => json.text().map(|text| &**text).filter(|text| is_name(text)),
            _ => None,
        }
    }
}

fn is_name(text: &str) -> bool {
    use crate::parse::lexer::{is_name_continue, is_name_start};
    text.starts_with(is_name_start) && text.chars().all(is_name_continue)
}
