//! What is said to the cloud, and what it answers.

use std::collections::BTreeMap;

use provider::Ownership;
use serde::{Deserialize, Serialize};

use crate::kind::Kind;

/// What clients decide of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// Its name.
    pub name: String,
    /// The network that it lies in; empty for none.
    #[serde(default)]
    pub network: String,
    /// The zone; empty for none.
    #[serde(default)]
    pub zone: String,
    /// How large it is.
    pub size: u64,
    /// Tags.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
}

/// Ownership marks as the cloud keeps them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    /// `stackwright-lineage`
    pub lineage: String,
    /// `stackwright-stack`
    pub stack: String,
    /// `stackwright-env`
    pub environment: String,
    /// `stackwright-id`
    pub id: String,
}

impl From<&Ownership> for Marks {
    fn from(of: &Ownership) -> Marks {
        let Ownership { lineage, stack, environment, id } = of.clone();
        Marks { lineage, stack, environment, id }
    }
}

impl From<Marks> for Ownership {
    fn from(marks: Marks) -> Ownership {
        let Marks { lineage, stack, environment, id } = marks;
        Ownership { lineage, stack, environment, id }
    }
}

/// A request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "call")]
pub enum Request {
    /// Makes an object.
    Create {
        /// Of this kind.
        kind: String,
        /// As asked.
        body: Body,
        /// Whose it is.
        #[serde(default)]
        marks: Option<Marks>,
        /// A create with a token that was used already gives the object of that time.
        #[serde(default)]
        token: Option<String>,
    },
    /// Shows an object.
    Describe {
        /// Which.
        id: String,
    },
    /// Shows the objects of a kind.
    List {
        /// Of this kind.
        kind: String,
        /// Only those that this chooses.
        #[serde(default)]
        only: Filter,
        /// Only those after this id: the last of the page before.
        #[serde(default)]
        after: String,
    },
    /// Changes an object.
    Update {
        /// Which.
        id: String,
        /// What it is from now on.
        body: Body,
    },
    /// Removes an object.
    Delete {
        /// Which.
        id: String,
    },
    /// Asks how the cloud behaves.
    Limits,
}

impl Request {
    /// The kind of objects that it is about.
    pub fn kind(&self) -> Option<&'static Kind> {
        match self {
            Request::Create { kind, .. } | Request::List { kind, .. } => Kind::find(kind),
            Request::Describe { id } | Request::Update { id, .. } | Request::Delete { id } => Kind::of_id(id),
            Request::Limits => None,
        }
    }
}

/// Chooses among objects; what is empty chooses all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// By name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// By the token of the create.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// By the network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<String>,
    /// By the object whose controller made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maker: Option<String>,
    /// By the lineage of the marks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lineage: Option<String>,
    /// Only what carries marks.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub marked: bool,
}

/// How far an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Being made.
    Pending,
    /// Whole.
    Ready,
    /// It came to nothing half-way.
    Failed,
    /// Going.
    Deleting,
}

/// An object as a client sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// Its id.
    pub id: String,
    /// What clients decide of it.
    pub body: Body,
    /// Where it is reached.
    pub endpoint: String,
    /// Whose it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marks: Option<Marks>,
    /// The object whose controller made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maker: Option<String>,
    /// How far it is.
    pub status: Status,
    /// Whether it can be used and has not settled yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub settling: bool,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// One object.
    Object(View),
    /// Some objects.
    Objects(Vec<View>),
    /// It was done.
    Done,
    /// How the cloud behaves.
    Limits {
        /// How long a read may miss what was written, in ms.
        consistency_ms: u64,
        /// What durations are multiplied with.
        time_scale: f64,
        /// How many requests a second each kind takes by documentation; 0 for any number.
        #[serde(default)]
        rate: f64,
        /// How many requests are taken at once after a rest.
        #[serde(default)]
        burst: f64,
    },
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// There is no such object.
    NotFound,
    /// Something stands in the way.
    Conflict(String),
    /// Nobody may have so many.
    Quota(String),
    /// There is no such thing to ask for.
    Invalid(String),
    /// Too many requests.
    Throttled,
    /// The cloud is not itself at the moment; nothing was done.
    Unavailable,
    /// The connection broke after the request was sent.
    Lost,
}
