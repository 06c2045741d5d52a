//! `type`, `templatefile` and `templatestring`: functions that see more than values.

use model::{Diagnostic, Diagnostics, FileId, Kind, SourceMap, Span, Str, Type, Value};

use super::arguments::Argument;
use super::{Env, failed_since};
use crate::ast::{ExprKind, Template, Traversal};
use crate::functions::{self, CallError, Surroundings};
use crate::parse::parse_template;
use crate::references::template_references;
use crate::{Resolved, Scope};

/// Why null is not taken.
const NULL_ARGUMENT: &str = "argument must not be null";

impl Env<'_> {
    /// The type of a value.
    pub(super) fn type_call(self, args: &[Argument], diags: &mut Diagnostics) -> Value {
        let value = args.first().map_or_else(Value::null, |arg| arg.value(self, diags));
        Kind::TypeLiteral(value.ty()).into()
    }

    /// `templatefile(path, vars)`
    pub(super) fn template_file(
        self,
        args: &[Argument],
        diags: &mut Diagnostics,
    ) -> Result<Value, CallError> {
        self.refuse_nested("templatefile")?;
        let [path, vars] = args else { return fail("expects a path and variables") };
        let before = diags.0.len();
        let (path, path_marks) = path.value(self, diags).unmark();
        let vars = vars.value(self, diags);
        if let Err(wrong) = model::convert::convert(&path, &Type::String) {
            return Err(blame(0, wrong.full().to_string()));
        }
        if failed_since(diags, before) {
            return Ok(Value::dynamic());
        }
        if path.is_null() {
            return Err(blame(0, NULL_ARGUMENT));
        }
        if vars.is_null() {
            return Err(blame(1, NULL_ARGUMENT));
        }
        if !vars.is_known() || !path.is_known() {
            return Ok(Value::dynamic().with_marks(path_marks | vars.deep_marks()));
        }
        let Some(file) = functions::lookup("file") else { return fail("files cannot be read here") };
        let text = functions::call(file, std::slice::from_ref(&path), self.scope.surroundings())?;
        let (Some(name), Some(text)) = (path.as_str(), text.as_str()) else {
            return Ok(Value::dynamic().with_marks(path_marks));
        };
        Ok(self.fill_in(name, text, vars, fail)?.with_marks(path_marks))
    }

    /// `templatestring(reference, vars)`: only for templates that come from elsewhere, hence the first argument must be
    /// a plain reference.
    pub(super) fn template_string(
        self,
        args: &[Argument],
        diags: &mut Diagnostics,
    ) -> Result<Value, CallError> {
        self.refuse_nested("templatestring")?;
        let [template, vars] = args else { return fail("expects a template and variables") };
        let before = diags.0.len();
        let vars = vars.value(self, diags);
        if failed_since(diags, before) {
            return Ok(Value::dynamic());
        }
        if !vars.is_known() {
            let ty = if vars.ty() == Type::Dynamic { Type::Dynamic } else { Type::String };
            return Ok(Value::unknown(ty).with_marks(vars.marks()));
        }
        if vars.is_null() {
            return Err(blame(1, NULL_ARGUMENT));
        }
        refuse_inline(&template.expr.kind)?;
        let mut found = Diagnostics::new();
        let (text, marks) = template.value(self, &mut found).unmark();
        if let Some(error) = found.iter().find(|d| d.is_error()) {
            return Err(blame(0, format!("the template cannot be evaluated: {}", error.detail)));
        }
        diags.extend(found);
        match text.kind() {
            Kind::Unknown(_) => {
                Ok(Value::unknown_not_null(Type::String).with_marks(marks | vars.deep_marks()))
            }
            Kind::String(text) => {
                let unreadable = |why| Err(blame(0, format!("invalid template: {why}")));
                let value = self.fill_in("<templatestring argument>", text, vars, unreadable)?;
                let string = model::convert::convert(&value, &Type::String)
                    .map_err(|e| blame(0, format!("invalid template result: {}", e.full())))?;
                Ok(string.with_marks(marks))
            }
            _other => Err(blame(0, "invalid template value: a string is required")),
        }
    }

    fn refuse_nested(self, function: &str) -> Result<(), CallError> {
        match self.in_template_file {
            true => fail(format!("a template must not call {function} itself")),
            false => Ok(()),
        }
    }

    /// Evaluates a text as a template in which only the given variables have names; `unreadable` says whose fault it is if the
    /// text is none.
    fn fill_in(
        self,
        name: &str,
        text: &Str,
        vars: Value,
        unreadable: impl FnOnce(String) -> Result<Template, CallError>,
    ) -> Result<Value, CallError> {
        // Whether the template reads a variable or not: what it gives is marked as all of them are.
        let (vars, marks) = (vars.unmarked_deep(), vars.deep_marks());
        if !vars.is_known() {
            return Ok(Value::dynamic().with_marks(marks));
        }
        let source = Source::new(self.scope, name, text);
        let template = parse_template(source.id, text).or_else(|diags| unreadable(source.quoted(&diags)))?;
        check_vars(&vars)?;
        for reference in template_references(&template) {
            if vars.get(&reference.root.name).is_none() {
                let place = source.place(reference.root.span);
                let root = &reference.root.name;
                return Err(blame(
                    1,
                    format!(
                        "the template names {root:?} at {place}, which is not among the variables that it is \
                         given"
                    ),
                ));
            }
        }
        let scope = TemplateScope { vars: &vars, outer: self.scope };
        source.evaluate(&template, &scope).map(|v| v.with_marks(marks))
    }
}

/// Variables must be a map or object whose keys are names.
fn check_vars(vars: &Value) -> Result<(), CallError> {
    let Some(entries) = vars.as_entries() else {
        return Err(blame(1, "invalid vars value: must be a map"));
    };
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_alphabetic())
            && name.chars().all(|c| c.is_alphanumeric() || "-_".contains(c))
    };
    match entries.iter().find(|(name, _)| !is_name(name)) {
        None => Ok(()),
        Some((name, _)) => Err(blame(
            1,
            format!(
                "{name:?} is no name for a variable of a template: a letter comes first, then letters, digits and \
                 underscores"
            ),
        )),
    }
}

/// Allows `a.b` and `a.b[key]` but no template that could as well be written in place.
fn refuse_inline(template: &ExprKind) -> Result<(), CallError> {
    const MUST: &str = "a plain reference to one string, which holds the template, is needed";
    let why = match template {
        ExprKind::Reference(_) => return Ok(()),
        ExprKind::GetAttr(object, _) | ExprKind::Index { object, .. } => return refuse_inline(&object.kind),
        ExprKind::String(_) => {
            "the template is written here, so no function is needed: put the interpolations into the string itself"
        }
        ExprKind::Template(t) if t.is_wrapped => {
            "name the string that holds the template directly, without quotes and \"${{ }}\" around it"
        }
        ExprKind::Template(_) => {
            "the template is written here, so no function is needed: put the interpolations into the string itself"
        }
        _ => MUST,
    };
    Err(blame(0, format!("invalid template expression: {why}")))
}

/// A text that is read as a template, with its positions.
struct Source {
    id: FileId,
    texts: SourceMap,
    own: FileId,
}

impl Source {
    fn new(scope: &dyn Scope, name: &str, text: &Str) -> Source {
        let mut texts = SourceMap::new();
        let own = texts.add(name, text.clone());
        Source { id: scope.add_source(name, text), texts, own }
    }

    fn evaluate(&self, template: &Template, scope: &dyn Scope) -> Result<Value, CallError> {
        let env = Env { scope, names: None, in_template_file: true };
        let mut diags = Diagnostics::new();
        let whole = Span::new(self.id, 0, self.texts.file(self.own).text.len());
        let value = env.template(template, whole, &mut diags);
        if diags.has_errors() { fail(self.quoted(&diags)) } else { Ok(value) }
    }

    /// A span as `name:1,3-8`.
    fn place(&self, span: Span) -> String {
        render_place(&self.texts, Span { file: self.own, ..span })
    }

    /// The errors as one phrase.
    fn quoted(&self, diags: &Diagnostics) -> String {
        let errors: Vec<&Diagnostic> = diags.iter().filter(|d| d.is_error()).collect();
        let Some(first) = errors.first() else { return "the template is not valid".into() };
        let place = first.subject.map_or_else(String::new, |s| format!("{}: ", self.place(s)));
        let more = match errors.len() {
            1 => String::new(),
            n => format!(", and {} other diagnostic(s)", n - 1),
        };
        format!("{place}{}; {}{more}", first.summary, first.detail.trim_end_matches('.'))
    }
}

/// Renders a span as `main.tf:3,5-8`, or `main.tf:3,5-4,2` where it ends on another line.
pub fn render_place(texts: &SourceMap, span: Span) -> String {
    let file = texts.file(span.file);
    let (start, end) = (file.position(span.start as usize), file.position(span.end as usize));
    let until = match start.line == end.line {
        true => end.column.to_string(),
        false => format!("{},{}", end.line, end.column),
    };
    format!("{}:{},{}-{until}", file.name, start.line, start.column)
}

/// What a template file sees: its variables.
struct TemplateScope<'a> {
    vars: &'a Value,
    outer: &'a dyn Scope,
}

impl Scope for TemplateScope<'_> {
    fn resolve(&self, reference: &Traversal) -> Result<Resolved, Diagnostics> {
        let value = self.vars.get(&reference.root.name).cloned().unwrap_or_else(Value::dynamic);
        Ok(Resolved { value, consumed: 0 })
    }

    fn surroundings(&self) -> &dyn Surroundings {
        self.outer.surroundings()
    }

    fn add_source(&self, name: &str, text: &str) -> FileId {
        self.outer.add_source(name, text)
    }
}

fn fail<T>(message: impl Into<String>) -> Result<T, CallError> {
    Err(CallError { argument: None, message: message.into() })
}

fn blame(argument: usize, message: impl Into<String>) -> CallError {
    CallError { argument: Some(argument), message: message.into() }
}
