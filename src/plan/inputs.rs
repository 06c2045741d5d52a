//! What planning starts from.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use config::{Config, Statics, World};
use model::address::Target;
use model::{InstanceAddr, Stages, Str, Value};
use provider::{Ownership, Registry, Surroundings};
use state::StateSnapshot;

use crate::{Importing, Mode, Turn};

/// What the user asked for.
#[derive(Clone, Debug)]
pub struct Options {
    /// What the plan is for.
    pub mode: Mode,
    /// Whether objects are read first; otherwise the state is taken at its word.
    pub refresh: bool,
    /// Objects to replace whether they changed or not.
    pub replace: Vec<InstanceAddr>,
    /// Where the plan is limited to; everything where empty.
    pub targets: Vec<Target>,
    /// What the plan leaves out, with all that depends on it.
    pub excludes: Vec<Target>,
    /// An object to take over that the command line names: the instance that it becomes, and its identifier. The import
    /// blocks do not count then.
    pub import: Option<(InstanceAddr, String)>,
    /// Whether what cannot be counted yet is put off, with all that depends on it, instead of being an error.
    pub converge: bool,
    /// How many calls to providers run at once.
    pub parallelism: usize,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            mode: Mode::Normal,
            refresh: true,
            replace: Vec::new(),
            targets: Vec::new(),
            excludes: Vec::new(),
            import: None,
            converge: false,
            parallelism: 10,
        }
    }
}

/// Everything that planning needs.
pub struct Inputs<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// Its static graph.
    pub statics: &'a Statics,
    /// What evaluation needs of the outside.
    pub world: &'a dyn World,
    /// The root module's variables, converted and checked.
    pub variables: BTreeMap<Str, Value>,
    /// The root module's variables as they were given, where they were; the plan keeps them so.
    pub given: BTreeMap<Str, Value>,
    /// What is recorded.
    pub prior: Arc<StateSnapshot>,
    /// The recorded instances that were last applied with `prevent_destroy`.
    pub prevent_destroy: BTreeSet<InstanceAddr>,
    /// The providers.
    pub registry: &'a Registry,
    /// What providers need of the outside.
    pub around: Arc<dyn Surroundings>,
    /// Stack and environment of the ownership marks; lineage and id are filled in per object.
    pub ownership: Ownership,
    /// Now, RFC 3339 UTC: `plantimestamp()`.
    pub timestamp: String,
    /// What the user asked for.
    pub options: Options,
    /// Hears what is being read.
    pub watch: &'a dyn Watch,
    /// Measures, where somebody wants to know.
    pub stages: Stages<'a>,
}

/// Hears what planning is at.
pub trait Watch {
    /// An object is about to be read; with its id, where it has one.
    fn refreshing(&self, _address: &InstanceAddr, _id: Option<&str>) {}
    /// An object has been read; with its id, where it has one.
    fn refreshed(&self, _address: &InstanceAddr, _id: Option<&str>) {}
    /// Objects of a type are about to be read by its list: so many are recorded.
    fn listing(&self, _ty: &str, _count: usize) {}
    /// An object was on a list, so that it is not read by itself; with its id, where it has one.
    fn listed(&self, _address: &InstanceAddr, _id: Option<&str>) {}
    /// An object is about to be looked for, to be taken over; with its import identifier where that may be shown.
    fn importing(&self, _address: &InstanceAddr, _id: Option<&str>) {}
    /// The configuration of an object that is taken over was written.
    fn generated(&self, _address: &InstanceAddr, _importing: &Importing, _block: &str) {}
    /// A data source is about to be read.
    fn reading(&self, _address: &InstanceAddr) {}
    /// A data source has been read; with its id, where it has one.
    fn read(&self, _address: &InstanceAddr, _id: Option<&str>) {}
    /// An ephemeral resource is opened or closed.
    fn ephemeral(&self, _address: &InstanceAddr, _turn: Turn) {}
}

/// Hears nothing.
pub struct NoWatch;

impl Watch for NoWatch {}
