//! Syntax trees as source text that means the same.

use lang::ast::{
    Attribute, Block, Body, Expr, ExprKind, For, Ident, ObjectItem, Step, StepKind, Template, TemplatePart,
    UnaryOp,
};
use model::Span;

/// Prints trees of one text.
pub struct Printer<'t> {
    /// The text that the trees were read from: it tells `.*` from `[*]`.
    pub text: &'t str,
    /// Whether what the canonical style may change is left out: parentheses, an interpolation around a whole value,
    /// the old spelling of types.
    pub loosely: bool,
}

impl Printer<'_> {
    /// A body, one item a line, arguments first.
    pub fn body(&self, body: &Body) -> String {
        self.body_of(body, "")
    }

    fn body_of(&self, body: &Body, ty: &str) -> String {
        let is_old_type = |a: &&Attribute| self.loosely && ty == "variable" && &*a.name.name == "type";
        let attributes = body.attributes.iter().filter(|a| !is_old_type(a)).map(|a| self.attribute(a));
        attributes.chain(body.blocks.iter().map(|b| self.block(b))).collect()
    }

    fn attribute(&self, attribute: &Attribute) -> String {
        format!("{} = {}\n", attribute.name.name, self.expr(&attribute.expr))
    }

    fn block(&self, block: &Block) -> String {
        // The canonical style has labels in their normal form.
        let label = |name: &str| match self.loosely {
            true => quoted(&model::value::normalize(name)),
            false => quoted(name),
        };
        let labels: String = block.labels.iter().map(|l| format!(" {}", label(&l.name))).collect();
        format!("{}{labels} {{\n{}}}\n", block.ty.name, self.body_of(&block.body, &block.ty.name))
    }

    /// An expression on one line.
    pub fn expr(&self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::Null => "null".into(),
            ExprKind::Bool(b) => b.to_string(),
            ExprKind::Number(_) => self.source(expr.span).to_owned(),
            ExprKind::String(text) => quoted(text),
            ExprKind::Template(template) => self.template(template),
            ExprKind::Tuple(items) => format!("[{}]", self.list(items)),
            ExprKind::Object(items) => {
                format!("{{{}}}", items.iter().map(|i| self.item(i)).collect::<Vec<_>>().join(", "))
            }
            ExprKind::Reference(of) => {
                format!("{}{}", of.root.name, of.steps.iter().map(|s| self.step(s)).collect::<String>())
            }
            // Behind a number a dot must not touch it.
            ExprKind::GetAttr(of, name) => format!("{} .{}", self.expr(of), name.name),
            ExprKind::Index { object, key, brackets } => {
                let is_legacy = self.text[brackets.start as usize..].starts_with('.');
                match is_legacy {
                    true => format!("{} . {}", self.expr(object), self.expr(key)),
                    false => format!("{}[{}]", self.expr(object), self.expr(key)),
                }
            }
            ExprKind::Splat { source, each, marker } => {
                let is_legacy = self.text[marker.start as usize..].starts_with('.');
                format!("{}{}{}", self.expr(source), if is_legacy { " .*" } else { "[*]" }, self.expr(each))
            }
            ExprKind::SplatElement | ExprKind::Invalid | ExprKind::Json(_) => String::new(),
            ExprKind::Call(call) => {
                let dots = if call.expand_last { "..." } else { "" };
                format!("{}({}{dots})", call.name.name, self.list(&call.args))
            }
            ExprKind::Unary(op, of) => {
                format!("{}{}", if *op == UnaryOp::Not { "!" } else { "-" }, self.expr(of))
            }
            ExprKind::Binary { left, op, right, .. } => {
                format!("{} {} {}", self.expr(left), op.symbol(), self.expr(right))
            }
            ExprKind::Conditional { condition, yes, no } => {
                format!("{} ? {} : {}", self.expr(condition), self.expr(yes), self.expr(no))
            }
            ExprKind::For(parts) => self.for_expr(parts),
            ExprKind::Paren(inner) if self.loosely => self.expr(inner),
            ExprKind::Paren(inner) => format!("({})", self.expr(inner)),
        }
    }

    /// As it is written: of a key nothing is lost. Steps stay apart, since `.1.2` is another thing than `.1 .2`.
    fn step(&self, step: &Step) -> String {
        match step.kind {
            StepKind::IndexString(_) => self.source(step.span).to_owned(),
            _ => format!(" {}", self.source(step.span).split_whitespace().collect::<String>()),
        }
    }

    fn source(&self, span: Span) -> &str {
        &self.text[span.start as usize..span.end as usize]
    }

    fn list(&self, items: &[Expr]) -> String {
        items.iter().map(|i| self.expr(i)).collect::<Vec<_>>().join(", ")
    }

    fn item(&self, item: &ObjectItem) -> String {
        let key = match &item.key.kind {
            ExprKind::String(name) if item.bare_key => name.to_string(),
            _ => self.expr(&item.key),
        };
        format!("{key} = {}", self.expr(&item.value))
    }

    fn for_expr(&self, parts: &For) -> String {
        let head = format!(
            "for {} in {} :",
            names(parts.key_var.as_ref(), &parts.value_var),
            self.expr(&parts.source)
        );
        let group = if parts.group { "..." } else { "" };
        let condition = parts.condition.as_ref().map_or(String::new(), |c| format!(" if {}", self.expr(c)));
        let value = self.expr(&parts.value);
        match &parts.key {
            Some(key) => format!("{{{head} {} => {value}{group}{condition}}}", self.expr(key)),
            None => format!("[{head} {value}{group}{condition}]"),
        }
    }

    fn template(&self, template: &Template) -> String {
        match template.parts.as_slice() {
            [TemplatePart::Interpolation(inner)] if self.loosely && template.is_wrapped => self.expr(inner),
            // Alone, but not the whole: white space beside it was stripped.
            [TemplatePart::Interpolation(inner)] if !template.is_wrapped => {
                format!("\" ${{~ {}}}\"", self.expr(inner))
            }
            parts => format!("\"{}\"", self.parts(parts)),
        }
    }

    fn parts(&self, parts: &[TemplatePart]) -> String {
        parts.iter().map(|p| self.part(p)).collect()
    }

    fn part(&self, part: &TemplatePart) -> String {
        match part {
            TemplatePart::Literal(text, _) => escaped(text),
            TemplatePart::Interpolation(inner) => format!("${{{}}}", self.expr(inner)),
            TemplatePart::If(choice) => {
                let no = self.parts(&choice.no);
                let no = if no.is_empty() { no } else { format!("%{{else}}{no}") };
                format!("%{{if {}}}{}{no}%{{endif}}", self.expr(&choice.condition), self.parts(&choice.yes))
            }
            TemplatePart::For(each) => format!(
                "%{{for {} in {}}}{}%{{endfor}}",
                names(each.key_var.as_ref(), &each.value_var),
                self.expr(&each.source),
                self.parts(&each.body)
            ),
        }
    }
}

fn names(key: Option<&Ident>, value: &Ident) -> String {
    key.map_or(String::new(), |k| format!("{}, ", k.name)) + &value.name
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// The text within quotes. A sigil is always escaped by its number, since what follows it may come from another part.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '$' | '%' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            _ => out.push(c),
        }
    }
    out
}
