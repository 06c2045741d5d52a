//! The domain form of a state: what is recorded of every instance.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{InstanceAddr, Str};

/// All that is recorded of one stack and environment at one serial.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StateSnapshot {
    /// The program's version that wrote it.
    pub terraform_version: String,
    /// Rises with every published snapshot.
    pub serial: u64,
    /// Names the state for its whole life; two states with different lineages have nothing to do with each other.
    pub lineage: String,
    /// The root module's outputs.
    pub outputs: BTreeMap<Str, OutputState>,
    /// Every instance with an object, current or deposed; data sources too.
    pub instances: BTreeMap<InstanceAddr, InstanceState>,
    /// The results of checks, as the format has them.
    pub check_results: Option<Str>,
}

/// A root output's value.
#[derive(Clone, PartialEq)]
pub struct OutputState {
    /// Plain JSON.
    pub value: Str,
    /// The value's type as JSON.
    pub ty: Str,
    /// Whether it is never shown.
    pub sensitive: bool,
}

/// What is recorded of one instance.
#[derive(Clone, Debug, PartialEq)]
pub struct InstanceState {
    /// The provider configuration, as the format writes it: `provider["registry.terraform.io/hashicorp/aws"].eu`, with
    /// the module in front where it is not the root's.
    pub provider: Str,
    /// The object in use.
    pub current: Option<Arc<InstanceObject>>,
    /// Objects that were replaced and are still to be deleted, by their eight-digit key.
    pub deposed: BTreeMap<Str, Arc<InstanceObject>>,
}

/// Whether an object is fit for use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectStatus {
    /// It is.
    Ready,
    /// It is to be replaced.
    Tainted,
}

/// One object.
#[derive(Clone, PartialEq)]
pub struct InstanceObject {
    /// Whether it is fit for use.
    pub status: ObjectStatus,
    /// The schema version of the attributes.
    pub schema_version: u64,
    /// The attributes, JSON text.
    pub attributes: Str,
    /// The paths of sensitive values, beyond those that the schema calls sensitive.
    pub sensitive_paths: Vec<AttributePath>,
    /// What the provider remembers beside it (base64 in the format).
    pub private: Option<Str>,
    /// The resources that it depends on, `module.a.aws_vpc.main`, ordered.
    pub dependencies: Arc<[Str]>,
    /// Whether its replacement is made before it is deleted.
    pub create_before_destroy: bool,
}

/// A path into attributes.
pub type AttributePath = Vec<AttributePathStep>;

/// One step of an [`AttributePath`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AttributePathStep {
    /// An attribute of an object.
    Attr(Str),
    /// An element of a map.
    Key(Str),
    /// An element of a list.
    Index(u64),
}

impl StateSnapshot {
    /// The first state of a new lineage: serial 0, nothing in it.
    pub fn new(lineage: impl Into<String>) -> StateSnapshot {
        StateSnapshot { lineage: lineage.into(), ..StateSnapshot::default() }
    }

    /// Whether nothing is recorded but lineage and serial.
    pub fn is_empty(&self) -> bool {
        self.instances.is_empty() && self.outputs.is_empty()
    }

    /// Applies a change, as folding a journal does; says whether it made a difference.
    pub fn apply(&mut self, change: &crate::Change) -> bool {
        crate::journal::apply(self, change)
    }

    /// The object in use at an address.
    pub fn current(&self, addr: &InstanceAddr) -> Option<&Arc<InstanceObject>> {
        self.instances.get(addr)?.current.as_ref()
    }
}

/// Shows everything but the value, which may be secret.
impl std::fmt::Debug for OutputState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OutputState")
            .field("ty", &self.ty)
            .field("sensitive", &self.sensitive)
            .finish_non_exhaustive()
    }
}

/// Shows everything but the attributes, which may be secret.
impl std::fmt::Debug for InstanceObject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InstanceObject")
            .field("status", &self.status)
            .field("schema_version", &self.schema_version)
            .field("dependencies", &self.dependencies)
            .finish_non_exhaustive()
    }
}
