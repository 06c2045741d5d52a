//! The types of things that the simulated cloud has, as a table.

use provider::{CreateClass, Lists};

/// A type of object.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// The name, after `stackwright_sim_`.
    pub name: &'static str,
    /// What ids begin with.
    pub prefix: &'static str,
    /// What it is for, for its documentation.
    pub about: &'static str,
    /// How a create whose answer was lost is found again.
    pub class: CreateClass,
    /// How objects are listed.
    pub lists: Lists,
    /// Whether an object lies in a network: never, if it is told so, always.
    pub network: Network,
    /// How long creation takes with the published durations, in ms. The call itself answers at once.
    pub creation_ms: u64,
    /// How long an object that can be used goes on settling after it was made or changed; 0 for not at all.
    pub settling_ms: u64,
    /// How long deletion takes.
    pub deletion_ms: u64,
    /// Whether a controller of the cloud puts a load balancer beside each object.
    pub balanced: bool,
}

/// Whether objects lie in a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    /// Never.
    Never,
    /// If it is told which.
    Perhaps,
    /// Always.
    Always,
}

/// What every type is but for what the table says.
const PLAIN: Kind = Kind {
    name: "",
    prefix: "",
    about: "",
    class: CreateClass::Name,
    lists: Lists::Whole,
    network: Network::Perhaps,
    creation_ms: 1_000,
    settling_ms: 0,
    deletion_ms: 1_000,
    balanced: false,
};

/// A network: nothing is in it when it is deleted.
pub const NETWORK: Kind = Kind {
    name: "network",
    prefix: "net",
    about: "A network. Its name is its own; it can be deleted only once nothing lies in it.",
    network: Network::Never,
    creation_ms: 2_000,
    ..PLAIN
};

/// What a controller of the cloud makes; nobody manages it.
pub const LOAD_BALANCER: Kind = Kind {
    name: "load_balancer",
    prefix: "lb",
    about: "A load balancer that the cloud puts beside a service.",
    class: CreateClass::Tag,
    creation_ms: 60_000,
    deletion_ms: 30_000,
    ..PLAIN
};

/// The types that can be managed.
pub const KINDS: &[Kind] = &[
    NETWORK,
    Kind {
        name: "subnet",
        prefix: "sub",
        about: "A part of a network. It carries no marks and its name need not be its own, so that an interrupted create is \
                found by what is new in the network.",
        class: CreateClass::Fence,
        lists: Lists::Nothing,
        network: Network::Always,
        ..PLAIN
    },
    Kind {
        name: "server",
        prefix: "srv",
        about: "A server. A create takes an idempotency token. It can be used before its health checks are through.",
        class: CreateClass::Token,
        lists: Lists::Identity,
        creation_ms: 30_000,
        settling_ms: 20_000,
        deletion_ms: 20_000,
        ..PLAIN
    },
    Kind {
        name: "bucket",
        prefix: "bkt",
        about: "A bucket. Its ownership marks are set when it is made, and can be searched.",
        class: CreateClass::Tag,
        network: Network::Never,
        ..PLAIN
    },
    Kind {
        name: "database",
        prefix: "db",
        about: "A database. It takes minutes, may come to nothing half-way, and is deleted slowly. Its name is its own.",
        lists: Lists::Identity,
        creation_ms: 360_000,
        deletion_ms: 120_000,
        ..PLAIN
    },
    Kind {
        name: "gateway",
        prefix: "gw",
        about: "A gateway through which what lies in a network reaches the outside. It takes two minutes.",
        class: CreateClass::Token,
        network: Network::Always,
        creation_ms: 120_000,
        deletion_ms: 60_000,
        ..PLAIN
    },
    Kind {
        name: "cluster",
        prefix: "cl",
        about: "A cluster without machines. It takes nine minutes; its name is its own.",
        lists: Lists::Identity,
        network: Network::Always,
        creation_ms: 540_000,
        deletion_ms: 180_000,
        ..PLAIN
    },
    Kind {
        name: "node_group",
        prefix: "ng",
        about: "Machines for a cluster, which its tags name. It takes three minutes; its name is its own.",
        lists: Lists::Identity,
        network: Network::Always,
        creation_ms: 180_000,
        deletion_ms: 120_000,
        ..PLAIN
    },
    Kind {
        name: "service",
        prefix: "svc",
        about: "A service. It can be used before all of its copies run, and the cloud puts a load balancer into its network, \
                which is not always taken away with it.",
        class: CreateClass::Tag,
        lists: Lists::Identity,
        creation_ms: 15_000,
        settling_ms: 60_000,
        deletion_ms: 10_000,
        balanced: true,
        ..PLAIN
    },
];

impl Kind {
    /// Whether objects carry ownership marks.
    pub fn is_marked(&self) -> bool {
        self.class != CreateClass::Fence
    }

    /// Whether two objects may not have the same name.
    pub fn has_own_names(&self) -> bool {
        self.class == CreateClass::Name
    }

    /// The kind of a name.
    pub fn find(name: &str) -> Option<&'static Kind> {
        KINDS.iter().chain([&LOAD_BALANCER]).find(|k| k.name == name)
    }

    /// The kind of an object, by its id.
    pub fn of_id(id: &str) -> Option<&'static Kind> {
        let prefix = id.split('-').next()?;
        KINDS.iter().chain([&LOAD_BALANCER]).find(|k| k.prefix == prefix)
    }
}
