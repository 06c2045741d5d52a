//! How entries of the table are written down.

use std::sync::Arc;

use model::Type;

use super::{CallError, Function, Param, Returns, Surroundings};

/// What code gives: a value or the error of the call.
pub(super) type Outcome = Result<model::Value, CallError>;

/// The code of a function of the language.
pub(super) type Plain = fn(&[model::Value], &dyn Surroundings) -> Outcome;

/// An entry that still takes nothing; the builder methods add the rest.
pub(super) fn define(name: &'static str, description: &'static str, returns: Type, code: Plain) -> Function {
    let may_be_null = returns == Type::Dynamic;
    let returns = Returns::Fixed(returns);
    Function {
        name: name.into(),
        family: "",
        description: description.into(),
        examples: &[],
        params: Vec::new(),
        variadic: None,
        returns,
        may_be_null,
        documented: Type::Dynamic,
        hidden: false,
        code: Arc::new(code),
    }
    .with_documented_type()
}

/// An entry whose result type is found from the arguments.
pub(super) fn define_typed(
    name: &'static str,
    description: &'static str,
    returns: fn(&[model::Value]) -> Result<Type, CallError>,
    code: Plain,
) -> Function {
    let mut f = define(name, description, Type::Dynamic, code);
    f.returns = Returns::From(returns);
    f
}

impl Function {
    fn with_documented_type(mut self) -> Function {
        if let Returns::Fixed(ty) = &self.returns {
            self.documented = ty.clone();
        }
        self
    }

    /// One more positional parameter.
    pub(super) fn takes(mut self, param: Param) -> Function {
        self.params.push(param);
        self
    }

    /// The parameter that may be repeated.
    pub(super) fn takes_any_number(mut self, param: Param) -> Function {
        self.variadic = Some(param);
        self
    }

    /// Example calls with their results.
    pub(super) fn shows(mut self, examples: &'static [(&'static str, &'static str)]) -> Function {
        self.examples = examples;
        self
    }

    /// Says that a result is never null, though its type depends on the arguments.
    pub(super) fn never_null(mut self) -> Function {
        self.may_be_null = false;
        self
    }

    /// Says that it is open whether an unknown result is null: the oracle promises nothing of these, though they never are.
    pub(super) fn promises_nothing(mut self) -> Function {
        self.may_be_null = true;
        self
    }

    /// The result type that signatures show where the real one depends on the arguments.
    pub(super) fn documented_as(mut self, ty: Type) -> Function {
        self.documented = ty;
        self
    }

    /// Leaves the function out of signatures and suggestions: it is there only to say why it is gone.
    pub(super) fn hidden(mut self) -> Function {
        self.hidden = true;
        self
    }
}

impl Param {
    /// A parameter of a type.
    pub(super) fn of(ty: Type, name: &'static str, description: &'static str) -> Param {
        Param {
            name: name.into(),
            ty,
            description: description.into(),
            allow_null: false,
            allow_unknown: false,
            allow_dynamic: false,
            allow_marked: false,
        }
    }

    /// A string.
    pub(super) fn string(name: &'static str, description: &'static str) -> Param {
        Param::of(Type::String, name, description)
    }

    /// A number.
    pub(super) fn number(name: &'static str, description: &'static str) -> Param {
        Param::of(Type::Number, name, description)
    }

    /// A value of any type.
    pub(super) fn any(name: &'static str, description: &'static str) -> Param {
        Param::of(Type::Dynamic, name, description)
    }

    /// Passes nulls on.
    pub(super) fn nullable(self) -> Param {
        Param { allow_null: true, ..self }
    }

    /// Passes unknowns on.
    pub(super) fn unknown_too(self) -> Param {
        Param { allow_unknown: true, ..self }
    }

    /// Passes unknowns of unknown type on.
    pub(super) fn dynamic_too(self) -> Param {
        Param { allow_dynamic: true, ..self }
    }

    /// Passes marks on.
    pub(super) fn marked_too(self) -> Param {
        Param { allow_marked: true, ..self }
    }
}

/// The error of a call as a whole.
pub(super) fn fail<T>(message: impl Into<String>) -> Result<T, CallError> {
    Err(CallError { argument: None, message: message.into() })
}

/// The error of one argument.
pub(super) fn blame<T>(argument: usize, message: impl Into<String>) -> Result<T, CallError> {
    Err(CallError { argument: Some(argument), message: message.into() })
}
