//! One struct for each command.

mod directory;
mod looking;
mod running;
mod state;
mod workspace;

pub use directory::{
    FmtArgs, GetArgs, InitArgs, ProvidersArgs, ProvidersCommand, ProvidersSchemaArgs, ValidateArgs,
};
pub use looking::{
    CompletionArgs, ConsoleArgs, ExplainArgs, FunctionsArgs, GraphArgs, GraphFormat, OutputArgs, SchemaArgs,
    ShowArgs, VersionArgs,
};
pub use running::{ApplyArgs, DestroyArgs, ImportArgs, PlanArgs, RecoverArgs, RefreshArgs};
pub use state::{
    ForceUnlockArgs, StateArgs, StateCommand, StateHistoryArgs, StateListArgs, StateMvArgs, StatePullArgs,
    StatePushArgs, StateReplaceProviderArgs, StateRestoreArgs, StateRmArgs, StateShowArgs,
};
pub use workspace::{
    TaintArgs, WorkspaceArgs, WorkspaceCommand, WorkspaceDeleteArgs, WorkspaceListArgs, WorkspaceNewArgs,
    WorkspaceSelectArgs, WorkspaceShowArgs,
};
