//! Decides what has to be done: configuration, state and providers in, a [`Plan`] out.
//!
//! A [`Plan`] is pure data: the changes as people see them, and the [`Step`]s, an explicit graph, as apply runs them. The
//! planner reads and asks providers, it changes nothing. What exists but is configured no more becomes a delete; a
//! replacement is two steps in the order that `create_before_destroy` says.
//!
//! Start reading at [`Plan`], then [`plan`].

mod change;

pub use change::{
    Action, Change, CheckKind, CheckResult, CheckStatus, Importing, Mode, OutputChange, Plan, Reason,
    ReplaceOrder, Step, StepAction, StepId,
};
