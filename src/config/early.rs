//! Values that are needed before anything is planned: which module a call leads to, where the state lies.
//!
//! Early on there are variables (given, or their defaults, or what a call passes), local values, paths and the workspace,
//! and functions of these. Whatever is only known from resources, data sources, modules or single instances is refused.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use lang::ast::{Expr, Traversal};
use lang::functions::Surroundings;
use lang::{Resolved, Scope};
use model::{Diagnostic, Diagnostics, FileId, Marks, SourceMap, Span, Str, Type, Value, err};

use crate::evaluate::{convert_variable, default_value, mark};
use crate::module::{Local, Module, ModuleCall, Variable};
use crate::reference::Reference;
use crate::variables::{RootValue, given_value};

/// How many local values and arguments may lead to each other.
const MAX_CHAIN: usize = 200;

/// What early evaluation starts from.
#[derive(Clone, Copy)]
pub struct EarlyInputs<'i> {
    /// What was given for root variables.
    pub given: &'i BTreeMap<Str, RootValue>,
    /// `terraform.workspace`
    pub workspace: &'i str,
    /// Files, clock and randomness for functions.
    pub surroundings: &'i dyn Surroundings,
}

/// An early evaluation's inputs, with the texts and diagnostics that it adds to.
pub struct Early<'e> {
    /// What it starts from.
    pub inputs: EarlyInputs<'e>,
    /// Texts, among them template files that functions read.
    pub sources: &'e mut SourceMap,
    /// What was found to be wrong.
    pub diags: &'e mut Diagnostics,
}

/// A module as far as it is known early.
#[derive(Debug)]
pub struct EarlyModule {
    dir: Str,
    variables: BTreeMap<Str, Variable>,
    locals: BTreeMap<Str, Local>,
    caller: Option<Caller>,
}

#[derive(Debug)]
struct Caller {
    module: Rc<EarlyModule>,
    arguments: BTreeMap<Str, Arc<Expr>>,
}

/// What an early value is for, as messages say it: `the source of module "network"`.
pub type Purpose<'p> = &'p str;

impl EarlyModule {
    /// The root module.
    pub fn root(module: &Module) -> Rc<EarlyModule> {
        EarlyModule::new(module, None)
    }

    /// A module that a call in this one leads to.
    pub fn called(caller: &Rc<EarlyModule>, call: &ModuleCall, module: &Module) -> Rc<EarlyModule> {
        let caller = Caller { module: caller.clone(), arguments: call.arguments.clone() };
        EarlyModule::new(module, Some(caller))
    }

    fn new(module: &Module, caller: Option<Caller>) -> Rc<EarlyModule> {
        let (variables, locals) = (module.variables.clone(), module.locals.clone());
        Rc::new(EarlyModule { dir: module.dir.clone(), variables, locals, caller })
    }

    /// The value of an expression of this module, converted to a type; nothing where it cannot be had, which is reported.
    pub fn eval(&self, expr: &Expr, ty: &Type, purpose: Purpose<'_>, early: &mut Early<'_>) -> Option<Value> {
        let run = Run {
            inputs: early.inputs,
            purpose,
            sources: RefCell::new(&mut *early.sources),
            chain: RefCell::default(),
            found: RefCell::default(),
        };
        let (value, found) = lang::eval(expr, &EarlyScope { module: self, run: &run });
        let diags = &mut *early.diags;
        if found.has_errors() {
            diags.extend(found);
            diags.push(err!(expr.span, "Unsuitable value type", "{purpose} must be known before planning."));
            return None;
        }
        match model::convert::convert(&value, ty) {
            Ok(value) => Some(value),
            Err(e) => {
                diags.push(err!(
                    expr.span,
                    "Unsuitable value type",
                    "Unsuitable value for {purpose}: {}.",
                    e.full()
                ));
                None
            }
        }
    }

    /// The text that an expression gives, which must be no secret; within, nothing where it is null.
    pub fn text(&self, expr: &Expr, purpose: Purpose<'_>, early: &mut Early<'_>) -> Option<Option<String>> {
        let value = self.plain(expr, &Type::String, purpose, early)?;
        Some(value.as_str().map(ToString::to_string))
    }

    /// What an expression gives as JSON, which must be no secret; within, nothing where it is null.
    pub fn json(
        &self,
        expr: &Expr,
        ty: &Type,
        purpose: Purpose<'_>,
        early: &mut Early<'_>,
    ) -> Option<Option<String>> {
        let value = self.plain(expr, ty, purpose, early)?;
        Some(model::json::to_string(&value).ok().filter(|_| !value.is_null()))
    }

    /// The value of an expression that is wholly known and no secret.
    fn plain(&self, expr: &Expr, ty: &Type, purpose: Purpose<'_>, early: &mut Early<'_>) -> Option<Value> {
        let value = self.eval(expr, ty, purpose, early)?;
        let diags = &mut *early.diags;
        if value.deep_marks() != Marks::NONE {
            diags.push(err!(
                expr.span,
                "Unsuitable value type",
                "Unsuitable value: {purpose} is written to files and shown, so no sensitive or ephemeral value can be used."
            ));
            return None;
        }
        if !value.is_wholly_known() {
            diags.push(err!(expr.span, "Unsuitable value type", "{purpose} must be known before planning."));
            return None;
        }
        Some(value)
    }
}

/// A named value of a module: the module by its address in memory, whether it is a local value, and the name.
type Key = (usize, bool, Str);

/// One evaluation, with everything that it leads to.
struct Run<'r> {
    inputs: EarlyInputs<'r>,
    purpose: Purpose<'r>,
    sources: RefCell<&'r mut SourceMap>,
    chain: RefCell<Vec<Key>>,
    found: RefCell<HashMap<Key, Value>>,
}

struct EarlyScope<'s, 'r> {
    module: &'s EarlyModule,
    run: &'s Run<'r>,
}

impl EarlyScope<'_, '_> {
    /// The value of a variable or local value, found once.
    fn named(&self, is_local: bool, name: &Str, at: Span) -> Result<Value, Diagnostics> {
        let key = (std::ptr::from_ref(self.module) as usize, is_local, name.clone());
        if let Some(value) = self.run.found.borrow().get(&key) {
            return Ok(value.clone());
        }
        self.enter(&key, at)?;
        let value = if is_local { self.local(name, at) } else { self.variable(name, at) };
        self.run.chain.borrow_mut().pop();
        let value = value?;
        self.run.found.borrow_mut().insert(key, value.clone());
        Ok(value)
    }

    fn enter(&self, key: &Key, at: Span) -> Result<(), Diagnostics> {
        let mut chain = self.run.chain.borrow_mut();
        let word = |k: &Key| format!("{}.{}", if k.1 { "local" } else { "var" }, k.2);
        if let Some(start) = chain.iter().position(|k| k == key) {
            let names: Vec<String> = chain[start..].iter().map(word).collect();
            let path = names.iter().chain(names.first()).cloned().collect::<Vec<_>>().join(" -> ");
            let detail = format!(
                "These objects refer to each other in a circle, so none can be first: {path}. Remove one of the references."
            );
            return Err(Diagnostic::error(format!("Cycle: {}", names.join(", ")), detail).at(at).into());
        }
        if chain.len() >= MAX_CHAIN {
            let detail =
                format!("More than {MAX_CHAIN} values lead to each other here, for {}.", self.run.purpose);
            return Err(Diagnostic::error("Values nested too deep", detail).at(at).into());
        }
        chain.push(key.clone());
        Ok(())
    }

    fn local(&self, name: &Str, at: Span) -> Result<Value, Diagnostics> {
        let Some(local) = self.module.locals.get(name) else {
            return Err(self.undeclared("local value", name, at));
        };
        checked(lang::eval(&local.expr, self))
    }

    fn variable(&self, name: &Str, at: Span) -> Result<Value, Diagnostics> {
        let Some(variable) = self.module.variables.get(name) else {
            return Err(self.undeclared("input variable", name, at));
        };
        let value = match &self.module.caller {
            None => self.root_value(variable, at)?,
            Some(caller) => self.argument(caller, variable, at)?,
        };
        Ok(mark(value, variable))
    }

    fn root_value(&self, variable: &Variable, at: Span) -> Result<Value, Diagnostics> {
        if let Some(given) = self.run.inputs.given.get(&variable.name) {
            let mut diags = Diagnostics::new();
            let value = given_value(variable, given, &mut diags);
            return checked((value, diags));
        }
        match variable.default {
            Some(_) => Ok(default_value(variable)),
            None => Err(self.missing(variable, at)),
        }
    }

    fn argument(&self, caller: &Caller, variable: &Variable, at: Span) -> Result<Value, Diagnostics> {
        let Some(expr) = caller.arguments.get(&variable.name) else {
            return match variable.default {
                Some(_) => Ok(default_value(variable)),
                None => Err(self.missing(variable, at)),
            };
        };
        let value = checked(lang::eval(expr, &EarlyScope { module: &caller.module, run: self.run }))?;
        let unfit = |why| {
            err!(
                expr.span,
                "Invalid value for input variable",
                "The value does not suit the variable {:?} of the module: {why}.",
                variable.name
            )
        };
        convert_variable(variable, &value).map_err(|why| unfit(why).into())
    }

    fn missing(&self, variable: &Variable, at: Span) -> Diagnostics {
        err!(
            at,
            "No value for required variable",
            "{} needs the value of var.{1}, which has no default and was not given. Give it with -var '{1}=...', in a \
             .tfvars file, or in the environment as TF_VAR_{1}.",
            capitalized(self.run.purpose),
            variable.name
        )
        .into()
    }

    fn undeclared(&self, what: &str, name: &str, at: Span) -> Diagnostics {
        err!(at, format!("Reference to undeclared {what}"), "No {what} is named {name:?}.").into()
    }

    fn path_attribute(&self, name: &str) -> Option<Value> {
        match name {
            "module" => Some(Value::string(&*self.module.dir)),
            "root" => Some(Value::string(".")),
            "cwd" => Some(Value::string(self.surroundings().files().current_dir().to_string_lossy())),
            _ => None,
        }
    }
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_uppercase().collect::<String>()).unwrap_or_default() + chars.as_str()
}

fn checked((value, diags): (Value, Diagnostics)) -> Result<Value, Diagnostics> {
    if diags.has_errors() { Err(diags) } else { Ok(value) }
}

impl Scope for EarlyScope<'_, '_> {
    fn resolve(&self, t: &Traversal) -> Result<Resolved, Diagnostics> {
        let (reference, consumed) = Reference::parse(t)?;
        let found = match &reference {
            Reference::Variable(name) => Some(self.named(false, name, t.span)?),
            Reference::Local(name) => Some(self.named(true, name, t.span)?),
            Reference::Path(name) => self.path_attribute(name),
            Reference::Terraform(name) if &**name == "workspace" => {
                Some(Value::string(self.run.inputs.workspace))
            }
            Reference::Terraform(_)
            | Reference::Resource(_)
            | Reference::Module(..)
            | Reference::CountIndex
            | Reference::EachKey
            | Reference::EachValue
            | Reference::SelfObject => None,
        };
        match found {
            Some(value) => Ok(Resolved { value, consumed }),
            None => Err(err!(
                t.span,
                "Variables not allowed",
                "This is known only while planning, and {} is needed before. Variables, local values, path.module, \
                 terraform.workspace and functions of these can be used.",
                self.run.purpose
            )
            .into()),
        }
    }

    fn surroundings(&self) -> &dyn Surroundings {
        self.run.inputs.surroundings
    }

    fn add_source(&self, name: &str, text: &str) -> FileId {
        self.run.sources.borrow_mut().add(name, text)
    }
}
