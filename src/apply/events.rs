//! What apply tells whoever watches.

use std::time::Duration;

use model::{Diagnostic, InstanceAddr};

/// What is being done to an object, as the watcher names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Making it.
    Create,
    /// Reading a data source.
    Read,
    /// Changing it in place.
    Update,
    /// Deleting it.
    Delete,
    /// Taking it over.
    Import,
    /// Recording it no more.
    Forget,
    /// Waiting until it is fully done.
    Stabilise,
}

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// A step begins.
    Started {
        /// Which instance.
        address: InstanceAddr,
        /// What is done.
        operation: Operation,
        /// The object's id before, where it has one and it is not secret.
        id: Option<String>,
    },
    /// A step reports how far it is.
    Progress {
        /// Which instance.
        address: InstanceAddr,
        /// What is done.
        operation: Operation,
        /// What it waits for; empty for the plain passing of time.
        message: String,
        /// Since it began.
        elapsed: Duration,
    },
    /// A step has succeeded.
    Finished {
        /// Which instance.
        address: InstanceAddr,
        /// What was done.
        operation: Operation,
        /// The object's id after, where it has one and it is not secret.
        id: Option<String>,
        /// How long it took.
        elapsed: Duration,
    },
    /// A step has failed; the diagnostic comes with the outcome.
    Failed {
        /// Which instance.
        address: InstanceAddr,
        /// What was tried.
        operation: Operation,
        /// How long it took.
        elapsed: Duration,
    },
    /// An ephemeral resource is opened or closed.
    Ephemeral {
        /// Which instance.
        address: InstanceAddr,
        /// What is happening.
        turn: plan::Turn,
    },
    /// A provisioner begins.
    ProvisionStarted {
        /// Which instance.
        address: InstanceAddr,
        /// The provisioner's type.
        provisioner: String,
    },
    /// A provisioner has come to its end.
    ProvisionEnded {
        /// Which instance.
        address: InstanceAddr,
        /// The provisioner's type.
        provisioner: String,
        /// Whether it failed; the run goes on all the same where its block says so.
        failed: bool,
    },
    /// A provisioner says something.
    Output {
        /// Which instance.
        address: InstanceAddr,
        /// The provisioner's type.
        provisioner: String,
        /// One line.
        line: String,
    },
    /// Something that the watcher should show at once.
    Warning(Diagnostic),
}

/// Receives what happens, in order. Called from one task only.
pub trait Events {
    /// Takes one event.
    fn event(&self, event: Event);
}
