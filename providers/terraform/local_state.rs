//! States in files, as `terraform_remote_state` reads them.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use model::{Attribute, Block, Type, Value};
use provider::{Call, ErrorKind, ProviderError, text};
use state::{LocalBackend, StateError, StateSnapshot, Store};

use crate::RemoteBackend;

/// The backend `local`.
pub(crate) struct LocalState {
    arguments: Block,
}

impl LocalState {
    pub(crate) fn new() -> LocalState {
        let arguments = Block::new("States in files.")
            .attr("path", Attribute::optional(Type::String, "The default workspace's file."))
            .attr(
                "workspace_dir",
                Attribute::optional(Type::String, "Where the other workspaces' folders lie."),
            );
        LocalState { arguments }
    }
}

/// The file of a workspace, relative to the working directory.
fn file(arguments: &Value, workspace: &str) -> PathBuf {
    match workspace {
        "default" => text(arguments, "path").unwrap_or("terraform.tfstate").into(),
        other => {
            let dir = text(arguments, "workspace_dir").unwrap_or("terraform.tfstate.d");
            PathBuf::from(dir).join(other).join("terraform.tfstate")
        }
    }
}

pub(crate) fn unreadable(error: StateError) -> ProviderError {
    let (summary, detail) = match error {
        StateError::Damaged { location, why } => (
            "Unsupported state file format",
            format!("The state {location} cannot be read: {}", sentence(&why)),
        ),
        other => ("Failed to read state file", sentence(&other.to_string())),
    };
    ProviderError::new(ErrorKind::Invalid, summary, detail)
}

/// Words that end as a sentence does.
fn sentence(words: &str) -> String {
    let stop = if words.ends_with('.') { "" } else { "." };
    format!("{words}{stop}")
}

#[async_trait]
impl RemoteBackend for LocalState {
    fn name(&self) -> &str {
        "local"
    }

    fn arguments(&self) -> &Block {
        &self.arguments
    }

    fn validate(&self, arguments: &Value) -> Vec<ProviderError> {
        let empty = |name: &str| text(arguments, name).is_some_and(str::is_empty);
        let must_not = |name: &str| format!("The {name:?} attribute value must not be empty.");
        let mut errors = Vec::new();
        if empty("path") {
            errors.push(ProviderError::invalid("Invalid local state file path", must_not("path")));
        }
        if empty("workspace_dir") {
            let detail = must_not("workspace_dir");
            errors.push(ProviderError::invalid("Invalid local workspace directory path", detail));
        }
        errors
    }

    async fn read(
        &self,
        call: Call<'_>,
        arguments: &Value,
        workspace: &str,
    ) -> Result<Option<StateSnapshot>, ProviderError> {
        let path = call.around.current_dir().join(file(arguments, workspace));
        let store = Store::new(Arc::new(LocalBackend::new(path)));
        Ok(store.read().await.map_err(unreadable)?.snapshot)
    }
}
