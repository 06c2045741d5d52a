//! What a backend is told, under the names that Terraform has for it.

use std::collections::BTreeMap;

use crate::BackendError;

/// The arguments of a backend as texts, and the environment's variables that stand for those which are left out.
#[derive(Clone, Copy)]
pub struct Arguments<'a> {
    /// Texts by the names of arguments.
    pub given: &'a BTreeMap<String, String>,
    /// Gives a variable of the environment.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
}

impl Arguments<'_> {
    /// An argument, or the variable that stands for it; nothing where it is empty.
    pub fn text(&self, name: &str, variable: &str) -> Option<String> {
        let given = self.given.get(name).cloned();
        given.or_else(|| (self.variable)(variable)).filter(|text| !text.is_empty())
    }

    pub(crate) fn number(&self, name: &str, variable: &str, default: u32) -> Result<u32, BackendError> {
        let Some(text) = self.text(name, variable) else { return Ok(default) };
        text.parse().map_err(|_| BackendError::Other(format!("{name} is a number, and not {text:?}")))
    }

    pub(crate) fn flag(&self, name: &str, variable: &str) -> Result<bool, BackendError> {
        match self.text(name, variable).as_deref() {
            None | Some("false" | "0") => Ok(false),
            Some("true" | "1") => Ok(true),
            Some(text) => Err(BackendError::Other(format!("{name} is true or false, and not {text:?}"))),
        }
    }
}
