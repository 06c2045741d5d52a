//! Decides what has to be done: configuration, state and providers in, a [`Plan`] out.
//!
//! A [`Plan`] is pure data: the changes as people see them, and the [`Step`]s, an explicit graph, as apply runs them. The
//! planner reads and asks providers, it changes nothing. What exists but is configured no more becomes a delete; a
//! replacement is two steps in the order that `create_before_destroy` says.
//!
//! Start reading at [`Plan`], then [`plan`].

mod ahead;
mod causes;
mod change;
pub mod clients;
pub mod codec;
mod conditions;
mod data;
mod defects;
mod ephemerals;
mod finish;
mod functions;
mod generate;
mod ignoring;
mod imports;
mod inputs;
mod instances;
mod judging;
mod keeping;
mod limit;
mod listing;
mod managed;
mod move_check;
mod moves;
mod noting;
mod opening;
mod orphans;
mod outputs;
mod planner;
mod provisioners;
mod renewing;
mod results;
mod retype;
mod steps;
mod still_there;
mod takeover;
mod targets;
mod validate;

pub use causes::{Cause, Causes, Origin, Place};
pub use clients::Clients;
pub use conditions::Verdict;
pub use defects::AtWork;
pub use ephemerals::{Attempt, Opened, Opener, Turn, needed};
pub use finish::warned;
pub use functions::ProviderFunctions;
pub use ignoring::{ignore_changes, kept_secrets};
pub use inputs::{Inputs, NoWatch, Options, Watch};
pub use instances::{expansion_of, recorded_expansion};
pub use judging::{Judge, OPEN_CHECK, Stage, Time, enclosing_check};
pub use listing::ByList;
pub use managed::{locate, placed, provider_diag};
pub use moves::former_addresses;
pub use outputs::recorded_output;
pub use planner::{Silent, ownership_of, plan};
pub use renewing::Open;
pub use results::{Results, Subject, groups, recorded_checks, same_checks};
pub use validate::{
    check_calls, check_configured, check_types, missing_provider, unsupported_attribute, validate,
};

pub use change::{
    Action, Change, CheckKind, CheckResult, CheckStatus, Deferral, Importing, Mode, OutputChange, Plan,
    Reason, ReplaceOrder, Step, StepAction, StepId,
};
