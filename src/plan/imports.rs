//! Which objects are to be taken over, and under which addresses.

use std::collections::BTreeMap;
use std::sync::Arc;

use config::{Config, EachValue, Evaluator, Import, InstId, NodeId, NodeKind, Repetition};
use lang::ast::Expr;
use model::{
    Diagnostic, Diagnostics, InstanceAddr, InstanceKey, Kind, Marks, ModuleAddr, Span, Str, Type, Value, err,
};

use crate::change::Importing;

/// An object that is to be taken over.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Its identifier.
    pub importing: Importing,
    /// Where the import block names the address; nothing where the command line did.
    pub span: Option<Span>,
}

/// The imports of a block by the instance that each is for.
pub type Imports = BTreeMap<InstanceAddr, Wanted>;

/// The import blocks that fill a resource block.
pub fn blocks_for<'c>(evaluator: &Evaluator<'c>, node: NodeId) -> Vec<&'c Import> {
    let found = evaluator.statics().node(node);
    let NodeKind::Resource(addr) = &found.kind else { return Vec::new() };
    let root = evaluator.config().root();
    let all = root.into_iter().flat_map(|r| &r.imports);
    all.filter(|i| i.to.resource == *addr && i.to.path() == found.path).collect()
}

/// Evaluates the import blocks of a resource block. During validation what is not known is left out.
pub fn resolve(evaluator: &Evaluator<'_>, node: NodeId) -> (Imports, Diagnostics) {
    let mut found = Imports::new();
    let mut diags = Diagnostics::new();
    for import in blocks_for(evaluator, node) {
        let reader = Reader { evaluator, node, import };
        for (addr, wanted) in reader.read(&mut diags) {
            match found.get(&addr) {
                Some(_) => diags.push(ambiguous(&addr, import)),
                None => drop(found.insert(addr, wanted)),
            }
        }
    }
    (found, diags)
}

fn ambiguous(addr: &InstanceAddr, import: &Import) -> Diagnostic {
    err!(
        import.to.span,
        format!("Duplicate import configuration for {:?}", addr.to_string()),
        "The import blocks name several objects for {addr}, and only one can be there. Where the block has a for_each, let \
         the key of the address follow each.key or each.value."
    )
}

/// Reports imports whose target is configured nowhere. With `with_root`, also those that configuration could be generated
/// for.
pub fn check_targets(config: &Config, with_root: WithRoot) -> Diagnostics {
    let imports = config.root().into_iter().flat_map(|r| &r.imports);
    let missing = imports.filter(|i| config.import_block(i).is_none());
    let reported = missing.filter(|i| with_root == WithRoot::Included || !i.takes_generated());
    Diagnostics(reported.map(|i| missing_block(config, i)).collect())
}

/// Whether imports into the root module count that configuration could be generated for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithRoot {
    /// They are errors.
    Included,
    /// They may get their block yet.
    Excluded,
}

fn missing_block(config: &Config, import: &Import) -> Diagnostic {
    let name = import.to.resource.in_module(&import.to.path());
    let advice = if import.takes_generated() {
        "Write its resource block, or have one written with: stackwright plan -generate-config-out=generated.tf"
    } else if config.modules.contains_key(&import.to.path()) {
        "Write its resource block. Configuration is generated only for single resources of the root module."
    } else {
        "There is no such module call. Add it, with the resource in its module."
    };
    err!(
        import.to.span,
        "Configuration for import target does not exist",
        "The import is for {name}, and the configuration has no such resource. {advice}"
    )
}

/// The error for an import whose resource has no such instance.
pub fn missing_instance(addr: &InstanceAddr, span: Option<Span>) -> Diagnostic {
    let diag = Diagnostic::error(
        "Configuration for import target does not exist",
        format!(
            "The import is for {addr}, and the configuration has the resource but no such instance of it. Look at its count \
             or for_each, and at those of the module calls around it."
        ),
    );
    Diagnostic { related: span.map(|s| ("the import block".into(), s)).into_iter().collect(), ..diag }
}

/// Reads one import block.
struct Reader<'e, 'c> {
    evaluator: &'e Evaluator<'c>,
    node: NodeId,
    import: &'e Import,
}

impl Reader<'_, '_> {
    fn read(&self, diags: &mut Diagnostics) -> Vec<(InstanceAddr, Wanted)> {
        let Some((entries, marks)) = self.entries(diags) else { return Vec::new() };
        let mut found = Vec::new();
        for each in entries {
            let addr = self.address(&each, diags);
            let id = self.id(&each, marks, diags);
            if let (Some(addr), Some(importing)) = (addr, id) {
                found.push((addr, Wanted { importing, span: Some(self.import.to.span) }));
            }
        }
        found
    }

    fn eval(&self, expr: &Expr, each: &EachValue, diags: &mut Diagnostics) -> Option<(Value, Marks)> {
        let (value, _, found) = self.evaluator.eval(expr, self.node, InstId::ROOT, each.clone(), None);
        let failed = found.has_errors();
        diags.extend(found);
        (!failed).then(|| value.unmark())
    }

    /// What `each` is for every object of the block, and how the collection is marked.
    fn entries(&self, diags: &mut Diagnostics) -> Option<(Vec<EachValue>, Marks)> {
        let Some(expr) = &self.import.for_each else { return Some((vec![EachValue::None], Marks::NONE)) };
        let (value, marks) = self.eval(expr, &EachValue::None, diags)?;
        let marks = marks | if is_set(&value) { value.deep_marks() } else { Marks::NONE };
        let bad = |detail: &str| err!(expr.span, "Invalid for_each argument", "{detail}");
        if marks.is_ephemeral() {
            diags.push(bad(
                "\"for_each\" comes from an ephemeral value, which may be another one in every run.",
            ));
            return None;
        }
        if !value.is_wholly_known() && self.evaluator.is_validating() {
            return Some((vec![EachValue::Import(Value::dynamic(), Value::dynamic())], marks));
        }
        let why = match value.kind() {
            Kind::Null(_) => return Some((Vec::new(), marks)),
            _ if !value.is_wholly_known() => UNKNOWN_FOR_EACH,
            Kind::Map(m) | Kind::Object(m) => {
                let entry =
                    |(k, v): &(Str, Value)| EachValue::Import(Value::normalized(k.clone()), v.clone());
                return Some((m.entries().iter().map(entry).collect(), marks));
            }
            Kind::List(s) | Kind::Tuple(s) => {
                let numbered = s.items().iter().enumerate();
                let entry = |(i, v): (usize, &Value)| EachValue::Import(Value::number(i), v.clone());
                return Some((numbered.map(entry).collect(), marks));
            }
            Kind::Set(s) => {
                let entry = |v: &Value| EachValue::Import(v.clone(), v.clone());
                return Some((s.items().iter().map(entry).collect(), marks));
            }
            _ => "for_each goes through a list, a set, a map, a tuple or an object.",
        };
        let because_unknown = !value.is_wholly_known();
        diags.push(Diagnostic { because_unknown, ..bad(why) });
        None
    }

    /// The address of the instance; nothing where that is not known during validation, or wrong, which is reported.
    fn address(&self, each: &EachValue, diags: &mut Diagnostics) -> Option<InstanceAddr> {
        let to = &self.import.to;
        let mut calls = Vec::new();
        for (name, key) in &to.module {
            calls.push((name.clone(), self.key(key.as_deref(), each, diags)?));
        }
        let key = self.key(to.key.as_deref(), each, diags)?;
        if let Some(why) = self.misfit(&key) {
            diags.push(err!(to.span, "Invalid import 'to' expression", "{why}"));
            return None;
        }
        let calls: Arc<[(Str, InstanceKey)]> = calls.into();
        Some(to.resource.instance(&ModuleAddr(calls), key))
    }

    fn key(&self, expr: Option<&Expr>, each: &EachValue, diags: &mut Diagnostics) -> Option<InstanceKey> {
        let Some(expr) = expr else { return Some(InstanceKey::None) };
        let (value, marks) = self.eval(expr, each, diags)?;
        let mut bad = |summary: &'static str, detail: &str| {
            diags.push(err!(self.import.to.span, summary, "{detail}"));
            None
        };
        match value.kind() {
            _ if marks.is_sensitive() || marks.is_ephemeral() => bad(
                "Invalid import 'to' expression",
                "The key of an instance is shown and stored, so it cannot come from a sensitive or ephemeral value.",
            ),
            Kind::Unknown(_) if self.evaluator.is_validating() => None,
            Kind::Unknown(_) => bad(
                "Invalid import 'to' expression",
                "The key of the instance depends on what only apply can tell, so the import cannot be planned.",
            ),
            Kind::String(s) => Some(InstanceKey::Str(s.clone())),
            Kind::Number(n) if n.to_usize().is_some() => n.to_usize().map(|i| InstanceKey::Int(i as u64)),
            _ => bad(
                "Invalid address",
                "Invalid resource instance key: either a string or a whole number is required.",
            ),
        }
    }

    /// Why an instance of the block cannot have such a key.
    fn misfit(&self, key: &InstanceKey) -> Option<String> {
        let (_, resource) = self.evaluator.resource(self.node)?;
        let addr = &resource.addr;
        match (&resource.repetition, key) {
            (Repetition::Count(_), InstanceKey::None) => Some(format!(
                "The target resource is using count, so name an instance of it, such as {addr}[0]."
            )),
            (Repetition::ForEach(_), InstanceKey::None) => Some(format!(
                "The target resource is using for_each, so name an instance of it, such as {addr}[\"key\"]."
            )),
            (Repetition::Count(_), InstanceKey::Str(_)) => Some(format!(
                "The target resource does not use for_each but count, so its instances are {addr}[0] and so on."
            )),
            (Repetition::ForEach(_), InstanceKey::Int(_)) => Some(
                "The target resource does not use count but for_each, so its instances have strings as keys."
                    .into(),
            ),
            (Repetition::Single | Repetition::Enabled(_), InstanceKey::Int(_)) => {
                Some(format!("The target resource does not use count, so it is {addr} without a key."))
            }
            (Repetition::Single | Repetition::Enabled(_), InstanceKey::Str(_)) => {
                Some(format!("The target resource does not use for_each, so it is {addr} without a key."))
            }
            _ => None,
        }
    }

    /// The identifier of the object; nothing where that is not known during validation, or wrong, which is reported.
    fn id(&self, each: &EachValue, outer: Marks, diags: &mut Diagnostics) -> Option<Importing> {
        let expr = &self.import.id;
        let bad = |detail: &str| err!(expr.span, "Invalid import id argument", "{detail}");
        let Some((value, marks)) = self.eval(expr, each, diags) else {
            if !self.evaluator.is_validating() {
                diags.push(bad("The ID cannot be told, so nobody can say which object is meant."));
            }
            return None;
        };
        let problem = match value.kind() {
            _ if marks.is_ephemeral() => bad(
                "The import ID comes from an ephemeral value. The object's identifier is stored, so it cannot be one.",
            ),
            Kind::Null(_) => bad("The import ID cannot be null."),
            Kind::Unknown(_) if self.evaluator.is_validating() => return None,
            Kind::Unknown(_) => Diagnostic { because_unknown: true, ..bad(UNKNOWN_ID) },
            _ => match model::convert::convert(&value, &Type::String).map(|v| v.as_str().cloned()) {
                Ok(Some(id)) if !id.is_empty() => {
                    let is_sensitive = (marks | outer).is_sensitive();
                    return Some(Importing { id: id.to_string(), is_sensitive });
                }
                Ok(_) => bad("The ID is empty."),
                Err(_) => {
                    err!(expr.span, "Incorrect value type", "Invalid expression value: string required.")
                }
            },
        };
        diags.push(problem);
        None
    }
}

fn is_set(value: &Value) -> bool {
    matches!(value.kind(), Kind::Set(_))
}

const UNKNOWN_FOR_EACH: &str = "What for_each goes through is not known before apply, so nobody can say yet what is \
     to be imported. First apply what it depends on, with -target.";

const UNKNOWN_ID: &str = "The ID is not known before apply, so the import cannot be planned. First apply what it \
     depends on, with -target.";
