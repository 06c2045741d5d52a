//! The functions of providers as expressions call them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use lang::functions::{CallError, Function, Param, Returns};
use model::{ProviderAddr, Str, Value};
use provider::{Parameter, Registry};

/// The functions of every provider of a registry.
#[derive(Default)]
pub struct ProviderFunctions {
    providers: Vec<(ProviderAddr, BTreeMap<Str, Function>)>,
}

impl ProviderFunctions {
    /// The functions of a registry's providers, named as if each went by the name of its type.
    pub fn of(registry: &Registry) -> ProviderFunctions {
        let providers = registry.all().iter().filter(|p| !p.catalog().functions.is_empty());
        let table = |provider: &Arc<dyn provider::Provider>| {
            let addr = provider.addr();
            let functions = provider.catalog().functions.iter();
            let entry = |(name, f): (&Str, &Arc<dyn provider::Function>)| {
                (name.clone(), expressible(format!("provider::{}::{name}", addr.ty), f))
            };
            let functions = functions.map(entry).collect();
            (addr, functions)
        };
        ProviderFunctions { providers: providers.map(table).collect() }
    }

    /// A function of a provider, under Terraform's or OpenTofu's registry.
    pub fn get(&self, provider: &ProviderAddr, name: &str) -> Option<&Function> {
        let (_, functions) = self.providers.iter().find(|(addr, _)| addr.same_provider(provider))?;
        functions.get(name)
    }

    /// All functions, by provider and name.
    pub fn all(&self) -> impl Iterator<Item = &Function> {
        self.providers.iter().flat_map(|(_, functions)| functions.values())
    }
}

/// A provider's function as one of the language.
fn expressible(name: String, function: &Arc<dyn provider::Function>) -> Function {
    let signature = function.signature();
    let called = function.clone();
    let unknown = Value::unknown_not_null(signature.returns.clone());
    let code = move |arguments: &[Value], _: &dyn lang::functions::Surroundings| {
        if !arguments.iter().all(Value::is_wholly_known) {
            return Ok(unknown.clone());
        }
        let failed = |e: provider::FunctionError| CallError { argument: e.argument, message: e.message };
        called.call(arguments).map_err(failed)
    };
    Function {
        name: Cow::Owned(name),
        family: "provider",
        description: Cow::Owned(signature.description.clone()),
        examples: &[],
        params: signature.params.iter().map(param).collect(),
        variadic: signature.variadic.as_ref().map(param),
        returns: Returns::Fixed(signature.returns.clone()),
        may_be_null: false,
        documented: signature.returns.clone(),
        hidden: false,
        code: Arc::new(code),
    }
}

fn param(parameter: &Parameter) -> Param {
    Param {
        name: Cow::Owned(parameter.name.clone()),
        ty: parameter.ty.clone(),
        description: Cow::Owned(parameter.description.clone()),
        allow_null: false,
        allow_unknown: false,
        allow_dynamic: false,
        allow_marked: false,
    }
}
