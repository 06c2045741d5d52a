//! The one door through which the evaluator learns what names stand for.

use model::{Diagnostics, FileId, Span, Value};

use crate::ast::Traversal;
use crate::functions::{Function, Surroundings};

/// What a reference led to.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// The value of the root name and the steps taken.
    pub value: Value,
    /// How many steps of the traversal are already in the value; the evaluator takes the rest.
    pub consumed: usize,
}

/// Whatever names stand for. Who evaluates implements it; variables of `for` expressions never reach it.
pub trait Scope {
    /// Resolves a reference as far as the scope has something special to say: for `var.a.b` the value of `var.a`, with
    /// one step consumed. An error names what does not exist and suggests what does.
    fn resolve(&self, reference: &Traversal) -> Result<Resolved, Diagnostics>;

    /// Resolves `reference[key]` where the key was evaluated only now, if the scope can answer without building all that
    /// the reference stands for (one instance of many). Nothing: the evaluator resolves the reference and indexes it.
    fn resolve_indexed(
        &self,
        _reference: &Traversal,
        _key: &Value,
        _span: Span,
    ) -> Option<Result<Value, Diagnostics>> {
        None
    }

    /// Says what is wrong with references whatever their values may be: names that are not declared. Asked for all
    /// references of an expression before it is evaluated, also for those that evaluation would not reach; where any is
    /// wrong the expression is not evaluated (so that `can(var.typo)` is an error, not false). Nothing where the
    /// configuration was checked before.
    fn check(&self, _references: &[&Traversal]) -> Diagnostics {
        Diagnostics::new()
    }

    /// The function `provider::PROVIDER::NAME`, where the module requires a provider under this name and it offers such a
    /// function.
    fn provider_function(&self, _provider: &str, _name: &str) -> Option<&Function> {
        None
    }

    /// Files, clock and randomness for functions.
    fn surroundings(&self) -> &dyn Surroundings;

    /// Makes a text that was read during evaluation (a template file) known, so that errors can show it.
    fn add_source(&self, name: &str, text: &str) -> FileId;

    /// Renders a span as `main.tf:3,5-8`, for messages that quote other messages.
    fn place(&self, _span: Span) -> Option<String> {
        None
    }

    /// Whether the console's own functions (`type`) may be called.
    fn is_console(&self) -> bool {
        false
    }
}
