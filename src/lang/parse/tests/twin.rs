//! The parser against hcl-edit, which was written from the same specification by somebody else.
//!
//! Texts are generated from what both are known to agree on: no `~`, no indented heredocs, no equal keys, no escapes
//! within directives, no line ends between the items of objects.

use hcl::edit::Span as _;
use hcl::edit::expr::{
    BinaryOperator, Expression, ForExpr, FuncCall, ObjectKey, Traversal, TraversalOperator, UnaryOperator,
};
use hcl::edit::structure::{Body, Structure};
use hcl::edit::template::{Directive, Element, Template};
use model::{FileId, Number};

use super::{expression, parse_body, shape};
use crate::ast;

#[test]
fn generated_expressions_mean_the_same_to_both() {
    for seed in 0..3_000 {
        let text = Generator(seed).expression(4);
        let twin = text.parse::<Expression>().unwrap_or_else(|e| panic!("{text}\n{e}"));
        assert_eq!(expression(&text), twin_shape(&text, &twin), "in {text}");
    }
}

#[test]
fn generated_bodies_mean_the_same_to_both() {
    for seed in 0..500 {
        let text = Generator(seed).body(3);
        let twin = text.parse::<Body>().unwrap_or_else(|e| panic!("{text}\n{e}"));
        let (body, diagnostics) = parse_body(FileId(0), &text);
        assert!(diagnostics.is_empty(), "{diagnostics:?} in {text}");
        assert_eq!(body_shape(&body), twin_body_shape(&text, &twin), "in {text}");
    }
}

/// Generates texts; the number is the state of a linear congruential generator.
struct Generator(u64);

impl Generator {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    fn name(&mut self) -> &'static str {
        self.pick(&["a", "foo", "bar_1", "x-y", "é", "var", "each"])
    }

    fn space(&mut self) -> &'static str {
        self.pick(&["", " ", " ", "  ", " /* c */ "])
    }

    fn list(&mut self, depth: usize, item: impl Fn(&mut Self, usize) -> String) -> String {
        let items: Vec<String> = (0..self.below(4)).map(|_| item(self, depth)).collect();
        items.join(self.pick(&[", ", ","]))
    }

    fn expression(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self.literal();
        }
        let depth = depth - 1;
        match self.below(12) {
            0 => self.literal(),
            1 | 2 => {
                let op = self.pick(&["+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||"]);
                format!("{} {op} {}", self.operand(depth), self.operand(depth))
            }
            3 => format!("{} ? {} : {}", self.operand(depth), self.expression(depth), self.expression(depth)),
            4 => format!("[{}{}]", self.space(), self.list(depth, Self::expression)),
            5 => self.object(depth),
            6 => self.for_expression(depth),
            7 => format!("({}{})", self.space(), self.expression(depth)),
            8 => format!("\"{}\"", self.template(depth)),
            _ => self.operand(depth),
        }
    }

    /// Something that an operator may stand beside.
    fn operand(&mut self, depth: usize) -> String {
        match self.below(6) {
            0 => format!("{}{}", self.pick(&["-", "!"]), self.term(depth)),
            1 => self.literal(),
            _ => self.term(depth),
        }
    }

    /// Something that steps may follow.
    fn term(&mut self, depth: usize) -> String {
        let depth = depth.saturating_sub(1);
        let base = match self.below(4) {
            0 => self.call(depth),
            1 => format!("({})", self.expression(depth)),
            _ => self.name().to_owned(),
        };
        let steps: String = (0..self.below(4)).map(|_| self.step(depth)).collect();
        // A second `.*` among the names behind the first is an error to us, so that it stands last.
        let splat = if self.below(8) == 0 { format!(".*.{}", self.name()) } else { String::new() };
        base + &steps + &splat
    }

    fn step(&mut self, depth: usize) -> String {
        match self.below(6) {
            0 => format!("[{}]", self.expression(depth)),
            1 => format!("[{}]", self.below(20)),
            2 => "[\"k\"]".to_owned(),
            3 => "[*]".to_owned(),
            _ => format!(".{}", self.name()),
        }
    }

    fn call(&mut self, depth: usize) -> String {
        let name = self.pick(&["f", "max", "provider::x::f"]);
        let args = self.list(depth, Self::expression);
        let dots = if args.is_empty() { "" } else { self.pick(&["", "", "...", ","]) };
        format!("{name}({args}{dots})")
    }

    fn object(&mut self, depth: usize) -> String {
        let items: Vec<String> = (0..self.below(4))
            .map(|i| {
                let key = match self.below(4) {
                    0 => format!("\"q{i}\""),
                    1 => format!("({} + {i})", self.name()),
                    _ => format!("k{i}"),
                };
                format!("{key} {} {}", self.pick(&["=", ":"]), self.expression(depth))
            })
            .collect();
        format!("{{{}{}}}", self.space(), items.join(", "))
    }

    fn for_expression(&mut self, depth: usize) -> String {
        let names = self.pick(&["k, v", "v"]);
        let source = self.term(depth);
        let value = self.expression(depth);
        let condition =
            if self.below(3) == 0 { format!(" if {}", self.operand(depth)) } else { String::new() };
        match self.below(2) {
            0 => format!("[for {names} in {source} : {value}{condition}]"),
            _ => {
                let dots = self.pick(&["", "..."]);
                format!("{{for {names} in {source} : {} => {value}{dots}{condition}}}", self.name())
            }
        }
    }

    fn template(&mut self, depth: usize) -> String {
        (0..self.below(4)).map(|_| self.template_part(depth)).collect()
    }

    fn template_part(&mut self, depth: usize) -> String {
        let depth = depth.saturating_sub(1);
        match self.below(8) {
            0 | 1 => format!("${{ {} }}", self.expression(depth)),
            2 => format!("%{{ if {} }}yes%{{ else }}no%{{ endif }}", self.operand(depth)),
            3 => format!("%{{ for x in {} }}${{x}}, %{{ endfor }}", self.term(depth)),
            4 => self.pick(&["$${x}", "%%{x}", "5% ", "$ "]).to_owned(),
            _ => self.pick(&["text ", "é", "\\n", "\\\"", "\\u00e9", "# no comment "]).to_owned(),
        }
    }

    fn literal(&mut self) -> String {
        self.pick(&["1", "0.5", "12e3", "true", "false", "null", "\"\"", "\"a b\"", "\"\\t\"", "a", "x.y"])
            .to_owned()
    }

    fn body(&mut self, depth: usize) -> String {
        (0..self.below(5)).map(|i| self.item(i, depth)).collect()
    }

    fn item(&mut self, i: usize, depth: usize) -> String {
        let end = self.pick(&["\n", " # c\n", "\n\n", " // c\n", "\r\n"]);
        match self.below(4) {
            0 if depth > 0 => {
                let label = self.pick(&["", " \"l\"", " l", " \"l\" \"m\""]);
                format!("b{label} {{\n{}}}{end}", self.body(depth - 1))
            }
            1 => format!("b {{ a = {} }}{end}", self.expression(2)),
            2 => format!("a{i} = <<E\n line ${{x}}\n\nE\n"),
            _ => format!("a{i} = {}{end}", self.expression(3)),
        }
    }
}

fn body_shape(body: &ast::Body) -> String {
    let attributes = body.attributes.iter().map(|a| format!("{} = {}\n", a.name.name, shape(&a.expr)));
    let blocks = body.blocks.iter().map(|b| {
        let labels: Vec<&str> = b.labels.iter().map(|l| &*l.name).collect();
        format!("{} {labels:?} {{{}}}\n", b.ty.name, body_shape(&b.body))
    });
    attributes.chain(blocks).collect()
}

fn twin_body_shape(source: &str, body: &Body) -> String {
    let mut attributes = String::new();
    let mut blocks = String::new();
    for structure in body {
        match structure {
            Structure::Attribute(a) => {
                attributes += &format!("{} = {}\n", a.key.as_str(), twin_shape(source, &a.value));
            }
            Structure::Block(b) => {
                let labels: Vec<&str> = b.labels.iter().map(|l| l.as_str()).collect();
                blocks +=
                    &format!("{} {labels:?} {{{}}}\n", b.ident.as_str(), twin_body_shape(source, &b.body));
            }
        }
    }
    attributes + &blocks
}

/// Renders the twin's tree in the notation of [`shape`].
fn twin_shape(source: &str, expr: &Expression) -> String {
    let of = |e: &Expression| twin_shape(source, e);
    match expr {
        Expression::Null(_) => "null".into(),
        Expression::Bool(b) => b.to_string(),
        Expression::Number(n) => number(&source[n.span().expect("a place")]),
        Expression::String(s) => format!("{:?}", s.as_str()),
        Expression::Array(items) => format!("[{}]", joined(items.iter().map(of))),
        Expression::Object(items) => {
            let item = |(key, value): (&ObjectKey, &hcl::edit::expr::ObjectValue)| {
                let key = match key {
                    ObjectKey::Ident(name) => name.as_str().to_owned(),
                    // A bare name within an expression is a variable to the twin.
                    ObjectKey::Expression(key) => of(key),
                };
                format!("{key} = {}", of(value.expr()))
            };
            format!("{{{}}}", joined(items.iter().map(item)))
        }
        Expression::StringTemplate(t) => template(source, t),
        Expression::HeredocTemplate(t) => template(source, &t.template),
        Expression::Parenthesis(inner) => format!("paren({})", of(inner.inner())),
        Expression::Variable(name) => name.as_str().to_owned(),
        Expression::Conditional(c) => {
            format!("({} ? {} : {})", of(&c.cond_expr), of(&c.true_expr), of(&c.false_expr))
        }
        Expression::FuncCall(call) => function_call(source, call),
        Expression::Traversal(t) => traversal(source, t),
        Expression::UnaryOp(u) => {
            let op = if *u.operator.value() == UnaryOperator::Neg { "-" } else { "!" };
            format!("({op} {})", of(&u.expr))
        }
        Expression::BinaryOp(b) => {
            let op: &BinaryOperator = b.operator.value();
            format!("({} {op} {})", of(&b.lhs_expr), of(&b.rhs_expr))
        }
        Expression::ForExpr(parts) => for_shape(source, parts),
    }
}

fn joined(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}

fn number(text: &str) -> String {
    Number::parse(text.trim()).expect("a number").to_string()
}

fn function_call(source: &str, call: &FuncCall) -> String {
    let parts = call.name.namespace.iter().chain([&call.name.name]).map(|part| part.as_str());
    let name = parts.collect::<Vec<_>>().join("::");
    let dots = if call.args.expand_final() { "..." } else { "" };
    format!("{name}({}{dots})", joined(call.args.iter().map(|a| twin_shape(source, a))))
}

fn for_shape(source: &str, parts: &ForExpr) -> String {
    let of = |e: &Expression| twin_shape(source, e);
    let key_var = parts.intro.key_var.as_ref().map_or(String::new(), |k| format!("{}, ", k.as_str()));
    let key = parts.key_expr.as_ref().map_or(String::new(), |k| format!("{} => ", of(k)));
    let group = if parts.grouping { "..." } else { "" };
    let condition = parts.cond.as_ref().map_or(String::new(), |c| format!(" if {}", of(&c.expr)));
    format!(
        "for({key_var}{} in {}: {key}{}{group}{condition})",
        parts.intro.value_var.as_str(),
        of(&parts.intro.collection_expr),
        of(&parts.value_expr)
    )
}

/// A value with steps: a reference as long as all are literal.
struct Stepped {
    text: String,
    is_reference: bool,
}

fn traversal(source: &str, of: &Traversal) -> String {
    let base = Stepped {
        text: twin_shape(source, &of.expr),
        is_reference: matches!(of.expr, Expression::Variable(_)),
    };
    let operators: Vec<&TraversalOperator> = of.operators.iter().map(|o| o.value()).collect();
    stepped(source, base, &operators).text
}

fn stepped(source: &str, base: Stepped, operators: &[&TraversalOperator]) -> Stepped {
    let [first, rest @ ..] = operators else { return base };
    let it = || Stepped { text: "it".into(), is_reference: false };
    let splat =
        |each: Stepped| Stepped { text: format!("each({}: {})", base.text, each.text), is_reference: false };
    let next = match first {
        TraversalOperator::GetAttr(name) => base.step(&format!(".{}", name.as_str()), true),
        TraversalOperator::LegacyIndex(index) => base.step(&format!("[{}]", index.value()), true),
        TraversalOperator::Index(key) => {
            let is_literal = matches!(key, Expression::Number(_) | Expression::String(_));
            base.step(&format!("[{}]", twin_shape(source, key)), is_literal)
        }
        TraversalOperator::FullSplat(_) => return splat(stepped(source, it(), rest)),
        TraversalOperator::AttrSplat(_) => {
            let is_name = |o: &&&TraversalOperator| {
                matches!(o, TraversalOperator::GetAttr(_) | TraversalOperator::LegacyIndex(_))
            };
            let names = rest.iter().take_while(is_name).count();
            let each = stepped(source, it(), &rest[..names]);
            return stepped(source, splat(each), &rest[names..]);
        }
    };
    stepped(source, next, rest)
}

impl Stepped {
    fn step(&self, step: &str, is_literal: bool) -> Stepped {
        let is_reference = self.is_reference && is_literal;
        let text =
            if is_reference { format!("{}{step}", self.text) } else { format!("({}){step}", self.text) };
        Stepped { text, is_reference }
    }
}

fn template(source: &str, of: &Template) -> String {
    match of.as_single_element() {
        Some(Element::Literal(text)) => format!("{:?}", text.as_str()),
        Some(Element::Interpolation(i)) => format!("wrapped({})", twin_shape(source, &i.expr)),
        _ if of.is_empty() => "\"\"".into(),
        _ => format!("template({})", parts(source, of)),
    }
}

fn parts(source: &str, of: &Template) -> String {
    joined(of.iter().map(|element| match element {
        Element::Literal(text) => format!("{:?}", text.as_str()),
        Element::Interpolation(i) => twin_shape(source, &i.expr),
        Element::Directive(directive) => match &**directive {
            Directive::If(d) => {
                let no = d.else_expr.as_ref().map_or(String::new(), |e| parts(source, &e.template));
                let condition = twin_shape(source, &d.if_expr.cond_expr);
                format!("if({condition}: {} | {no})", parts(source, &d.if_expr.template))
            }
            Directive::For(d) => format!(
                "for({} in {}: {})",
                d.for_expr.value_var.as_str(),
                twin_shape(source, &d.for_expr.collection_expr),
                parts(source, &d.for_expr.template)
            ),
        },
    }))
}
