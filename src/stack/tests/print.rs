//! Writes syntax trees as text, so that cases can say what they expect.

use lang::ast::{Block, Body, Expr, ExprKind, StepKind, Template, TemplatePart, Traversal};

/// The bodies one after the other; empty ones leave nothing.
pub fn bodies(bodies: &[Body]) -> String {
    let texts: Vec<String> = bodies.iter().map(|b| body(b, "")).filter(|t| !t.is_empty()).collect();
    texts.join("\n")
}

fn body(body: &Body, indent: &str) -> String {
    let mut text = String::new();
    for a in &body.attributes {
        text += &format!("{indent}{} = {}\n", a.name.name, expr(&a.expr));
    }
    for b in &body.blocks {
        if !text.is_empty() {
            text.push('\n');
        }
        text += &block(b, indent);
    }
    text
}

fn block(block: &Block, indent: &str) -> String {
    let labels: String = block.labels.iter().map(|l| format!(" {:?}", l.name)).collect();
    let head = format!("{indent}{}{labels} {{", block.ty.name);
    match body(&block.body, &format!("{indent}  ")) {
        inner if inner.is_empty() => format!("{head}}}\n"),
        inner => format!("{head}\n{inner}{indent}}}\n"),
    }
}

fn expr(e: &Expr) -> String {
    match &e.kind {
        ExprKind::Null => "null".into(),
        ExprKind::Bool(b) => b.to_string(),
        ExprKind::Number(n) => n.to_string(),
        ExprKind::String(s) => format!("{s:?}"),
        ExprKind::Template(t) => template(t),
        ExprKind::Tuple(items) => format!("[{}]", list(items)),
        ExprKind::Object(items) => {
            let entries: Vec<String> =
                items.iter().map(|i| format!("{} = {}", key(&i.key, i.bare_key), expr(&i.value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        ExprKind::Reference(t) => traversal(t),
        ExprKind::GetAttr(inner, name) => format!("{}.{}", expr(inner), name.name),
        ExprKind::Index { object, key, .. } => format!("{}[{}]", expr(object), expr(key)),
        ExprKind::Splat { source, each, .. } => format!("{}[*]({})", expr(source), expr(each)),
        ExprKind::SplatElement => "each".into(),
        ExprKind::Call(call) => format!("{}({})", call.name.name, list(&call.args)),
        ExprKind::Unary(op, inner) => format!("{op:?} {}", expr(inner)),
        ExprKind::Binary { left, op, right, .. } => format!("({} {op:?} {})", expr(left), expr(right)),
        ExprKind::Conditional { condition, yes, no } => {
            format!("({} ? {} : {})", expr(condition), expr(yes), expr(no))
        }
        ExprKind::For(f) => {
            let key = f.key.as_ref().map(|k| format!("{} => ", expr(k))).unwrap_or_default();
            let condition = f.condition.as_ref().map(|c| format!(" if {}", expr(c))).unwrap_or_default();
            format!("[for {} in {} : {key}{}{condition}]", f.value_var.name, expr(&f.source), expr(&f.value))
        }
        ExprKind::Json(json) => expr(json.template()),
        ExprKind::Paren(inner) => format!("({})", expr(inner)),
        ExprKind::Invalid => "<invalid>".into(),
    }
}

fn list(items: &[Expr]) -> String {
    items.iter().map(expr).collect::<Vec<_>>().join(", ")
}

fn key(e: &Expr, bare: bool) -> String {
    match &e.kind {
        ExprKind::String(s) if bare => s.to_string(),
        _ => expr(e),
    }
}

fn traversal(t: &Traversal) -> String {
    let step = |kind: &StepKind| match kind {
        StepKind::Attr(name) => format!(".{name}"),
        StepKind::IndexNumber(n) => format!("[{n}]"),
        StepKind::IndexString(s) => format!("[{s:?}]"),
    };
    format!("{}{}", t.root.name, t.steps.iter().map(|s| step(&s.kind)).collect::<String>())
}

fn template(t: &Template) -> String {
    format!("\"{}\"", parts(&t.parts))
}

fn parts(all: &[TemplatePart]) -> String {
    let part = |p: &TemplatePart| match p {
        TemplatePart::Literal(text, _) => text.escape_debug().to_string(),
        TemplatePart::Interpolation(e) => format!("${{{}}}", expr(e)),
        TemplatePart::If(t) => {
            format!("%{{if {}}}{}%{{else}}{}%{{endif}}", expr(&t.condition), parts(&t.yes), parts(&t.no))
        }
        TemplatePart::For(t) => {
            format!("%{{for {} in {}}}{}%{{endfor}}", t.value_var.name, expr(&t.source), parts(&t.body))
        }
    };
    all.iter().map(part).collect()
}
