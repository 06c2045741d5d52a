//! Resource types, data sources, ephemeral resources: the methods that a provider fills.

use std::time::Duration;

use async_trait::async_trait;
use model::{Path, ProviderAddr, Schema, Value};

use crate::listing::{ListRequest, Listing, Lists, Page};
use crate::{Call, ErrorKind, Ownership, ProviderError, text};

/// How a create whose answer was lost is found again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreateClass {
    /// Nothing exists outside the state.
    StateOnly,
    /// The API takes an idempotency token.
    Token,
    /// The name is known before the call.
    Name,
    /// The ownership marks are set in the create call and can be searched.
    Tag,
    /// Listed before and after; creates of one type under one parent go one at a time.
    Fence,
}

/// What the planner asks a resource type to decide.
#[derive(Clone, Copy, Debug)]
pub struct PlanRequest<'a> {
    /// The object as it is now; nothing for a create.
    pub prior: Option<&'a Value>,
    /// The configuration as written: null where nothing was.
    pub config: &'a Value,
    /// The configuration merged with what the prior object has for computed attributes: what would be planned by default.
    /// For a create, computed attributes that are not configured are unknown.
    pub proposed: &'a Value,
    /// What the type itself recorded beside the object, where it did.
    pub private: Option<&'a str>,
}

/// What a resource type decided.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedChange {
    /// The object after the change; unknown where only the change will tell.
    pub planned: Value,
    /// The attributes whose change cannot be made in place.
    pub requires_replace: Vec<Path>,
}

impl PlannedChange {
    /// A change that can be made in place.
    pub fn in_place(planned: Value) -> PlannedChange {
        PlannedChange { planned, requires_replace: Vec::new() }
    }
}

/// An object with what its type wants to remember beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// The attributes, of the schema's type, wholly known.
    pub value: Value,
    /// Opaque text, kept in the state for the type alone.
    pub private: Option<String>,
}

impl From<Value> for Object {
    fn from(value: Value) -> Object {
        Object { value, private: None }
    }
}

/// A create or update that failed, and what exists all the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Failed {
    /// Why.
    pub error: ProviderError,
    /// What exists now: after a failed create it is kept as tainted, after a failed update as the new state.
    pub partial: Option<Object>,
}

impl From<ProviderError> for Failed {
    fn from(error: ProviderError) -> Failed {
        Failed { error, partial: None }
    }
}

/// What became of an interrupted create.
#[derive(Clone, Debug, PartialEq)]
pub enum Recovery {
    /// It exists: adopt it.
    Exists(Object),
    /// It exists, but half-made: adopt it as tainted.
    HalfMade(Object),
    /// It does not exist.
    Absent,
    /// Nobody can tell; says what to look at. It is never blindly created again.
    CannotTell(String),
}

/// An object that a `moved` block brings to a block of another type.
#[derive(Clone, Copy, Debug)]
pub struct MovedFrom<'a> {
    /// The provider that it is recorded with, if that can be read.
    pub provider: Option<&'a ProviderAddr>,
    /// The type that it is recorded as.
    pub ty: &'a str,
    /// The schema version of its attributes.
    pub version: u64,
    /// Its attributes, JSON text.
    pub stored: &'a str,
}

/// An object in the form of another type.
#[derive(Clone, Debug, PartialEq)]
pub struct TakenOver {
    /// Its attributes under the current schema version, JSON text.
    pub attributes: String,
    /// The attributes that have another name now, by their old ones: what was secret stays so.
    pub renamed: Vec<(&'static str, &'static str)>,
}

/// Something that others made under an object, which blocks its deletion or outlives it.
#[derive(Clone, Debug, PartialEq)]
pub struct Leftover {
    /// By what it is removed.
    pub id: String,
    /// What it is, for people: "load balancer lb-7 of service svc-2".
    pub what: String,
    /// Whose it is; what is not ours is never removed.
    pub owner: Owner,
}

/// Whose a leftover is.
#[derive(Clone, Debug, PartialEq)]
pub enum Owner {
    /// Whose marks it carries.
    Marked(Ownership),
    /// The object's under which it is, by a tag of the cloud's own: of whom that one is, this one is too.
    Object,
    /// Nobody can tell.
    Unknown,
}

/// An object found by import.
pub type Imported = Object;

/// A type of managed resource.
///
/// Values have the type of the schema's block. `config` and `proposed` may be unknown in part; what `create`, `read` and
/// `update` give is wholly known. Marks never reach a provider.
#[async_trait]
pub trait ResourceType: Send + Sync {
    /// What a block of this type may hold.
    fn schema(&self) -> &Schema;

    /// How an interrupted create is found again.
    fn create_class(&self) -> CreateClass;

    /// Checks a configuration beyond its schema, without any call; it may be unknown in part.
    fn validate(&self, _config: &Value) -> Vec<ProviderError> {
        Vec::new()
    }

    /// Decides what would change. Known configured values must be kept; the same request must give the same answer. By
    /// default everything can be changed in place.
    async fn plan(&self, _call: Call<'_>, request: PlanRequest<'_>) -> Result<PlannedChange, ProviderError> {
        Ok(PlannedChange::in_place(request.proposed.clone()))
    }

    /// Makes the object. Every known value of `planned` is kept.
    async fn create(&self, call: Call<'_>, planned: &Value, config: &Value) -> Result<Object, Failed>;

    /// Reads the object as it is now; nothing where it is gone.
    async fn read(&self, call: Call<'_>, prior: &Object) -> Result<Option<Object>, ProviderError>;

    /// Changes the object in place. Every known value of `planned` is kept.
    async fn update(
        &self,
        call: Call<'_>,
        prior: &Object,
        planned: &Value,
        config: &Value,
    ) -> Result<Object, Failed>;

    /// Removes the object. Already gone is success.
    async fn delete(&self, call: Call<'_>, prior: &Object) -> Result<(), ProviderError>;

    /// Whether an object goes on settling after `create` and `update` gave it: others can use it by then, and every attribute
    /// that they may read is final, but it is not fully done. Not for a type that is in the state alone.
    fn stabilises(&self) -> bool {
        false
    }

    /// Waits until an object is fully done, and tells how far it is. What depends on the object runs meanwhile; what is to be
    /// deleted in favour of it waits. An interrupted run has it asked again, so it must be safe to repeat, and for an object
    /// that is done or gone it succeeds at once. An error says that it will never be done: a new object is tainted then. Asked
    /// only where [`ResourceType::stabilises`].
    async fn stabilise(&self, _call: Call<'_>, _object: &Object) -> Result<(), ProviderError> {
        Ok(())
    }

    /// Finds an object by its import identifier; computed attributes may be left to the `read` that follows.
    async fn import(&self, _call: Call<'_>, id: &str) -> Result<Imported, ProviderError> {
        Err(ProviderError::invalid(
            "Resource Import Not Implemented",
            format!("This resource does not support import, so the object {id:?} can't be taken over."),
        ))
    }

    /// Puts an object into the form of this type that was recorded as one of another, because a `moved` block says so.
    fn take_over(&self, from: MovedFrom<'_>) -> Result<TakenOver, ProviderError> {
        Err(ProviderError::invalid(
            "Move Resource State Not Supported",
            format!(
                "An object of type {} cannot become one of the type that it is to move to. To keep the object under that \
                 type, import it there and remove it from the state under its old address.",
                from.ty
            ),
        ))
    }

    /// Brings attributes stored under an older schema version (JSON text) to the current one's.
    fn upgrade(&self, version: u64, _stored: &str) -> Result<String, ProviderError> {
        Err(ProviderError::new(
            ErrorKind::Internal,
            "Unsupported schema version",
            format!("The stored object has schema version {version}, from which there is no upgrade."),
        ))
    }

    /// Says what became of a create that was interrupted. `planned` is what was asked for. The objects in `call.known` are
    /// recorded already, under this address or others; an object that carries the marks and is not among them is it.
    async fn recover(&self, _call: Call<'_>, _planned: &Value) -> Result<Recovery, ProviderError> {
        Ok(Recovery::Absent)
    }

    /// Under which parent a type with a fence makes the object: creates with the same answer go one at a time.
    fn fence_scope(&self, _planned: &Value) -> String {
        String::new()
    }

    /// For a type with a fence: the identifiers of what exists beside the object that is about to be made.
    async fn fence(&self, _call: Call<'_>, _planned: &Value) -> Result<Vec<String>, ProviderError> {
        Ok(Vec::new())
    }

    /// What others made under an object that blocks its deletion or outlives it. Asked before the object is deleted and
    /// once more after it.
    async fn leftovers(&self, _call: Call<'_>, _prior: &Object) -> Result<Vec<Leftover>, ProviderError> {
        Ok(Vec::new())
    }

    /// Removes a leftover. Already gone is success.
    async fn remove_leftover(&self, _call: Call<'_>, _leftover: &Leftover) -> Result<(), ProviderError> {
        Ok(())
    }

    /// What [`ResourceType::list`] tells of this type's objects.
    fn lists(&self) -> Lists {
        Lists::Nothing
    }

    /// A page of the objects of this type that carry ownership marks, as [`ResourceType::lists`] says. Asked only where that
    /// is not [`Lists::Nothing`].
    async fn list(&self, _call: Call<'_>, _request: ListRequest<'_>) -> Result<Page, ProviderError> {
        Ok(Page { listing: Listing::IdentityOnly(Vec::new()), next: None })
    }

    /// The identifier under which `list` names a recorded object: by default its attribute `id`.
    fn listed_as(&self, object: &Object) -> Option<String> {
        text(&object.value, "id").map(str::to_owned)
    }

    /// What `read` would give for a recorded object that a complete list gave: where reading takes over what the API does not
    /// tell, this does too.
    fn as_read(&self, _prior: &Object, listed: &Object) -> Object {
        listed.clone()
    }
}

/// A source of data that is only read.
#[async_trait]
pub trait DataSource: Send + Sync {
    /// What a block of this type may hold.
    fn schema(&self) -> &Schema;

    /// Checks a configuration beyond its schema, without any call; it may be unknown in part.
    fn validate(&self, _config: &Value) -> Vec<ProviderError> {
        Vec::new()
    }

    /// Reads it; the configuration is wholly known, the result too.
    async fn read(&self, call: Call<'_>, config: &Value) -> Result<Value, ProviderError>;
}

/// A value that exists only for a run: opened, used, closed, never stored.
#[async_trait]
pub trait Ephemeral: Send + Sync {
    /// What a block of this type may hold.
    fn schema(&self) -> &Schema;

    /// Checks a configuration beyond its schema, without any call; it may be unknown in part.
    fn validate(&self, _config: &Value) -> Vec<ProviderError> {
        Vec::new()
    }

    /// Opens it; the configuration is wholly known, the result too.
    async fn open(&self, call: Call<'_>, config: &Value) -> Result<Object, ProviderError>;

    /// How long after it was opened, or renewed last, it is to be renewed; nothing where it holds as long as it is open.
    fn renew_after(&self, _opened: &Object) -> Option<Duration> {
        None
    }

    /// Renews it while it is open. Its value stays as it is, since others have read it; what its type remembers may change.
    async fn renew(&self, _call: Call<'_>, opened: &Object) -> Result<Object, ProviderError> {
        Ok(opened.clone())
    }

    /// Closes it.
    async fn close(&self, call: Call<'_>, opened: &Object) -> Result<(), ProviderError>;
}
