//! Functions that providers offer to expressions.

use model::{Type, Value};

/// What a function takes and gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Signature {
    /// What it does, in Markdown; the first sentence stands alone where there is room for one line.
    pub description: String,
    /// The parameters in order.
    pub params: Vec<Parameter>,
    /// The last parameter, where it may be repeated.
    pub variadic: Option<Parameter>,
    /// The type of what it gives, which is never null.
    pub returns: Type,
}

/// One parameter of a function.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Its name in documentation and messages.
    pub name: String,
    /// The type that arguments are converted to.
    pub ty: Type,
    /// One line on what it is.
    pub description: String,
}

/// Why a function has no result for its arguments.
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionError {
    /// The argument to blame, counted from 0; nothing where it is the call as a whole.
    pub argument: Option<usize>,
    /// What is wrong: a phrase without a full stop.
    pub message: String,
}

/// A function of a provider, called as `provider::NAME::FUNCTION(...)`. What it gives depends on its arguments alone.
pub trait Function: Send + Sync {
    /// What it takes and gives.
    fn signature(&self) -> &Signature;

    /// Computes the result. The arguments have the parameters' types, are wholly known and not null.
    fn call(&self, arguments: &[Value]) -> Result<Value, FunctionError>;
}

impl Signature {
    /// A function of a result type, without parameters yet.
    pub fn new(returns: Type, description: &str) -> Signature {
        Signature { description: description.into(), params: Vec::new(), variadic: None, returns }
    }

    /// Adds a parameter.
    pub fn takes(mut self, name: &str, ty: Type, description: &str) -> Signature {
        self.params.push(Parameter { name: name.into(), ty, description: description.into() });
        self
    }
}

impl FunctionError {
    /// Blames an argument, counted from 0.
    pub fn blame(argument: usize, message: impl Into<String>) -> FunctionError {
        FunctionError { argument: Some(argument), message: message.into() }
    }
}
