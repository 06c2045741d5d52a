//! `file` and `remote-exec`: what works on an object through a connection to it.
//!
//! This program makes no connections. The blocks are read and checked all the same, so that what is wrong with them is
//! told, and that they are nothing unknown.

use async_trait::async_trait;
use model::{Attribute, Block, Schema, Type, Value};
use provider::{ErrorKind, ProviderError, Provisioner, Provisioning};

/// A provisioner that needs a connection.
pub struct Connected {
    name: &'static str,
    schema: Schema,
    /// Of these arguments there is exactly one.
    choices: &'static [&'static str],
    /// What the error is called where there is none or are several.
    summary: &'static str,
    detail: &'static str,
}

impl Connected {
    /// The provisioner `file`.
    pub fn file() -> Connected {
        let block = Block::new("Copies a file or a directory to the object.")
            .attr("source", Attribute::optional(Type::String, "The file or directory on this machine."))
            .attr(
                "content",
                Attribute::optional(Type::String, "The content of the file, instead of one that exists."),
            )
            .attr("destination", Attribute::required(Type::String, "Where it is put."));
        Connected {
            name: "file",
            schema: Schema::new(block),
            choices: &["source", "content"],
            summary: "Must provide one of 'source' or 'content'",
            detail: "What is copied is either a file that exists, or a content, and not both.",
        }
    }

    /// The provisioner `remote-exec`.
    pub fn remote_exec() -> Connected {
        let strings = || Type::list(Type::String);
        let block = Block::new("Runs commands on the object.")
            .attr("inline", Attribute::optional(strings(), "The commands."))
            .attr("script", Attribute::optional(Type::String, "A script on this machine."))
            .attr("scripts", Attribute::optional(strings(), "Several scripts on this machine, in order."));
        Connected {
            name: "remote-exec",
            schema: Schema::new(block),
            choices: &["inline", "script", "scripts"],
            summary: "Invalid remote-exec provisioner configuration",
            detail: "Only one of \"inline\", \"script\", or \"scripts\" must be set.",
        }
    }
}

#[async_trait]
impl Provisioner for Connected {
    fn name(&self) -> &str {
        self.name
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn needs_connection(&self) -> bool {
        true
    }

    fn validate(&self, config: &Value) -> Vec<ProviderError> {
        let given = self.choices.iter().filter(|name| config.get(name).is_some_and(|value| !value.is_null()));
        match given.count() {
            1 => Vec::new(),
            _ => vec![ProviderError::invalid(self.summary, self.detail)],
        }
    }

    async fn run(&self, _call: Provisioning<'_>, _config: &Value) -> Result<(), ProviderError> {
        Err(ProviderError::new(
            ErrorKind::Invalid,
            format!("{} provisioner error", self.name),
            "This program makes no connections to what it manages.",
        ))
    }
}
