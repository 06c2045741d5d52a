//! The plan as data.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::{Diagnostic, InstanceAddr, ModuleAddr, Path, ProviderAddr, Str, Value};
use state::StateSnapshot;

use crate::listing::ByList;

/// What a plan is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Bring what exists in line with the configuration.
    #[default]
    Normal,
    /// Remove everything.
    Destroy,
    /// Record what was changed from outside, change nothing.
    RefreshOnly,
}

/// What is to be done, and why.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// What it is for.
    pub mode: Mode,
    /// The lineage of the state that it was made from; empty where there was no state.
    pub lineage: String,
    /// The serial of the state that it was made from.
    pub serial: u64,
    /// The time that `plantimestamp()` gives, RFC 3339 UTC.
    pub timestamp: String,
    /// The root module's variables as given, by name; ephemeral ones are left out.
    pub variables: BTreeMap<Str, Value>,
    /// What was found changed from outside, ordered by address. Its actions are updates and deletes.
    pub drift: Vec<Change>,
    /// Every instance that is configured or recorded, ordered by address; no-ops too.
    pub changes: Vec<Change>,
    /// The root outputs, by name; unchanged ones too.
    pub outputs: BTreeMap<Str, OutputChange>,
    /// The results of checks and conditions as known now, ordered by address.
    pub checks: Vec<CheckResult>,
    /// What apply runs. A step's `after` names only steps before it in this order.
    pub steps: Vec<Step>,
    /// The state with what reading found, from which apply starts.
    pub refreshed: Arc<StateSnapshot>,
    /// The state as recorded.
    pub prior: Arc<StateSnapshot>,
    /// The instances that are not to be destroyed from then on, as far as they exist.
    pub prevent_destroy: BTreeSet<InstanceAddr>,
    /// What `-target` and `-exclude` left, as given.
    pub targets: Vec<String>,
    /// Whether planning failed part-way; such a plan is shown, never applied.
    pub errored: bool,
    /// Whether everything was planned: no targets, nothing deferred.
    pub complete: bool,
    /// What was put off until more values are known; only where that was asked for.
    pub deferred: Vec<Deferral>,
    /// The errors and warnings of planning.
    pub findings: Vec<Diagnostic>,
    /// The types of which objects were read by a list.
    pub lists: Vec<ByList>,
}

/// A block whose instances cannot be counted yet.
#[derive(Clone, Debug)]
pub struct Deferral {
    /// The block: `module.m`, `terraform_data.a`.
    pub address: String,
    /// Why.
    pub why: Diagnostic,
}

/// What happens to one object.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Which instance.
    pub address: InstanceAddr,
    /// The address under which the state knows it, where that was another one.
    pub previous_address: Option<InstanceAddr>,
    /// The deposed object concerned, where it is one.
    pub deposed: Option<Str>,
    /// The provider.
    pub provider: ProviderAddr,
    /// The provider configuration as states write it.
    pub provider_config: Str,
    /// What is done.
    pub action: Action,
    /// Why, where there is something to say.
    pub reason: Option<Reason>,
    /// The object before, of the schema's type, marked where sensitive; null where there is none.
    pub before: Value,
    /// The object after, unknown in part, marked where sensitive; null where there is none.
    pub after: Value,
    /// The attributes that force a replacement.
    pub replace_paths: Vec<Path>,
    /// The import that brings the object in, where one does.
    pub importing: Option<Importing>,
    /// The configuration made for an imported object that had none.
    pub generated_config: Option<String>,
    /// Whether the object's replacement is made before it is deleted.
    pub create_before_destroy: bool,
    /// The instances that the configuration reads, by evaluation; for explanations and the sidecar.
    pub reads: Arc<[InstanceAddr]>,
}

/// An object taken over by import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Importing {
    /// Its import identifier.
    pub id: String,
    /// Whether the identifier is never shown to people.
    pub is_sensitive: bool,
}

impl Importing {
    /// The identifier, where it may be shown.
    pub fn shown(&self) -> Option<&str> {
        Some(&*self.id).filter(|_| !self.is_sensitive)
    }
}

/// What is done to one object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Nothing.
    NoOp,
    /// It is made.
    Create,
    /// A data source is read during apply.
    Read,
    /// It is changed in place.
    Update,
    /// It is deleted and made anew.
    Replace(ReplaceOrder),
    /// It is deleted.
    Delete,
    /// It is no longer recorded, and stays.
    Forget,
}

/// The order of a replacement's two halves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplaceOrder {
    /// Delete, then create.
    DeleteFirst,
    /// Create, then delete: `create_before_destroy`.
    CreateFirst,
}

/// Why an action was chosen, in the words of the plan JSON ([`Reason::as_str`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The object is tainted.
    ReplaceBecauseTainted,
    /// `-replace`
    ReplaceByRequest,
    /// `replace_triggered_by`
    ReplaceByTriggers,
    /// An attribute cannot be changed in place.
    ReplaceBecauseCannotUpdate,
    /// The resource block is gone.
    DeleteBecauseNoResourceConfig,
    /// The module call is gone.
    DeleteBecauseNoModule,
    /// The block has `count` or `for_each` now, or no more.
    DeleteBecauseWrongRepetition,
    /// The index is beyond `count`.
    DeleteBecauseCountIndex,
    /// The key is not in `for_each`.
    DeleteBecauseEachKey,
    /// The object was moved to an address that is not configured.
    DeleteBecauseNoMoveTarget,
    /// `enabled` is false, of the resource or of a module that it is in.
    DeleteBecauseDisabled,
    /// The data source's configuration is not known yet.
    ReadBecauseConfigUnknown,
    /// The data source depends on something that changes.
    ReadBecauseDependencyPending,
    /// The data source belongs to a check.
    ReadBecauseCheckNested,
}

/// How a root output changes.
#[derive(Clone, Debug, PartialEq)]
pub struct OutputChange {
    /// What is done: create, update, delete or nothing.
    pub action: Action,
    /// The value before, marked where sensitive; null where there was none.
    pub before: Value,
    /// The value after, marked where sensitive; null where there will be none.
    pub after: Value,
    /// Whether it is not shown: because the configuration says `sensitive`, or said so before.
    pub sensitive: bool,
}

/// What kind of object a condition belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CheckKind {
    /// A resource's preconditions and postconditions.
    Resource,
    /// An output's preconditions.
    OutputValue,
    /// A `check` block.
    Check,
    /// A variable's validations.
    InputVariable,
}

/// What became of conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CheckStatus {
    /// All hold.
    Pass,
    /// One does not.
    Fail,
    /// One could not be evaluated.
    Error,
    /// Not known yet.
    Unknown,
}

/// The conditions of one configuration object.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckResult {
    /// What kind of object.
    pub kind: CheckKind,
    /// Its address in the configuration, without keys: `module.a.aws_x.y`, `check.health`, `output.url`.
    pub address: String,
    /// The worst of the instances' (unknown where there is none).
    pub status: CheckStatus,
    /// Every instance: module, address with keys, status, messages of what failed.
    pub instances: Vec<(ModuleAddr, String, CheckStatus, Vec<String>)>,
}

/// Names a step within its plan: its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StepId(pub u32);

/// One effect, or a gate that waits for several.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What is done.
    pub action: StepAction,
    /// Position in [`Plan::changes`] of the change that this step is part of; nothing for gates that only wait.
    pub change: Option<u32>,
    /// The steps that must have succeeded before.
    pub after: Vec<StepId>,
}

/// The forms of steps.
#[derive(Clone, Debug, PartialEq)]
pub enum StepAction {
    /// Make the object.
    Create,
    /// Read the data source.
    Read,
    /// Change the object in place.
    Update,
    /// Wait until an object that was made or changed is fully done.
    Stabilise,
    /// Delete the object in use.
    Delete,
    /// Set the object in use aside under this deposed key; its replacement comes next.
    Depose(Str),
    /// Delete the deposed object of this key.
    DeleteDeposed(Str),
    /// Record it no more.
    Forget,
    /// Take over an existing object.
    Import,
    /// Nothing: waits for others on behalf of many, or judges the conditions of an object that does not change.
    Gate,
}

impl Plan {
    /// Whether applying would do anything: a change, an output, or recording what reading found.
    pub fn is_applyable(&self) -> bool {
        let does_something = match self.mode {
            Mode::Normal | Mode::Destroy => self.has_changes(),
            Mode::RefreshOnly => {
                self.imports()
                    || self.drift.iter().any(|c| c.action != Action::NoOp)
                    || self.outputs.values().any(is_final)
            }
        };
        !self.errored && does_something
    }

    /// Whether it takes anything over.
    pub fn imports(&self) -> bool {
        self.changes.iter().any(|c| c.importing.is_some())
    }

    /// Whether some object or output changes.
    pub fn has_changes(&self) -> bool {
        self.changes.iter().any(|c| c.action != Action::NoOp || c.importing.is_some() || c.is_move())
            || self.outputs.values().any(|o| o.action != Action::NoOp)
    }

    /// The numbers of the summary line: to add, to change, to destroy, to import.
    pub fn counts(&self) -> (usize, usize, usize, usize) {
        let mut n = (0, 0, 0, 0);
        for change in &self.changes {
            match change.action {
                Action::Create => n.0 += 1,
                Action::Update => n.1 += 1,
                Action::Delete => n.2 += 1,
                Action::Replace(_) => {
                    n.0 += 1;
                    n.2 += 1;
                }
                Action::NoOp | Action::Read | Action::Forget => {}
            }
            n.3 += usize::from(change.importing.is_some());
        }
        n
    }
}

/// Whether an output changes to what is known now.
fn is_final(output: &OutputChange) -> bool {
    output.action != Action::NoOp && output.after.is_wholly_known()
}

impl Change {
    /// Whether the object is known under another address from now on.
    pub fn is_move(&self) -> bool {
        self.previous_address.as_ref().is_some_and(|p| *p != self.address)
    }
}

impl Action {
    /// The names that the plan JSON uses, in their order.
    pub fn json_names(self) -> &'static [&'static str] {
        match self {
            Action::NoOp => &["no-op"],
            Action::Create => &["create"],
            Action::Read => &["read"],
            Action::Update => &["update"],
            Action::Replace(ReplaceOrder::DeleteFirst) => &["delete", "create"],
            Action::Replace(ReplaceOrder::CreateFirst) => &["create", "delete"],
            Action::Delete => &["delete"],
            Action::Forget => &["forget"],
        }
    }
}

impl Reason {
    /// The name that the plan JSON uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::ReplaceBecauseTainted => "replace_because_tainted",
            Reason::ReplaceByRequest => "replace_by_request",
            Reason::ReplaceByTriggers => "replace_by_triggers",
            Reason::ReplaceBecauseCannotUpdate => "replace_because_cannot_update",
            Reason::DeleteBecauseNoResourceConfig => "delete_because_no_resource_config",
            Reason::DeleteBecauseNoModule => "delete_because_no_module",
            Reason::DeleteBecauseWrongRepetition => "delete_because_wrong_repetition",
            Reason::DeleteBecauseCountIndex => "delete_because_count_index",
            Reason::DeleteBecauseEachKey => "delete_because_each_key",
            Reason::DeleteBecauseNoMoveTarget => "delete_because_no_move_target",
            Reason::DeleteBecauseDisabled => "delete_because_enabled_false",
            Reason::ReadBecauseConfigUnknown => "read_because_config_unknown",
            Reason::ReadBecauseDependencyPending => "read_because_dependency_pending",
            Reason::ReadBecauseCheckNested => "read_because_check_nested",
        }
    }
}
