//! The world outside: what exists, what happened, and what is going to fail.

use std::collections::BTreeMap;

use crate::dice::fate;
use crate::rules::Source;
use crate::val::Val;

/// An object outside.
#[derive(Clone, Debug, PartialEq)]
pub struct Thing {
    /// The number of its type.
    pub kind: usize,
    /// The address under which it was made.
    pub address: String,
    /// Whether making it came to no end.
    pub half: bool,
    /// Whether it can be used and nobody has waited yet until it has settled.
    pub settling: bool,
    /// Its attributes.
    pub val: Val,
    /// What its type remembers beside it.
    pub private: Option<String>,
    /// What was given and is never told again.
    pub hidden: Val,
    /// The region of the client that made it.
    pub region: String,
}

/// What is done by a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Op {
    /// Makes an object.
    Create,
    /// Changes an object.
    Update,
    /// Waits until an object has settled.
    Stabilise,
    /// Removes an object.
    Delete,
    /// Reads an object.
    Read,
    /// Reads a data source.
    Look,
}

/// A moment of a call.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// What is done.
    pub op: Op,
    /// For which instance.
    pub address: String,
    /// The object's id, where there is one.
    pub id: Option<String>,
    /// How it stands.
    pub moment: Moment,
}

/// Where in a call a moment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// At its start.
    Begins,
    /// At its end, which is a good one.
    Succeeds,
    /// At its end, which is a bad one.
    Fails,
}

/// How a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Without any effect.
    Clean,
    /// With an effect that is told.
    Partial,
}

/// What fails, and where the program dies.
#[derive(Clone, Debug, Default)]
pub struct Mischief {
    /// Chooses which calls fail.
    pub seed: u64,
    /// How many percent of the calls fail.
    pub percent: u64,
    /// The number of the effect in whose middle the program dies, from 1, and whether the effect takes place.
    pub death: Option<(usize, bool)>,
}

/// Everything outside.
#[derive(Clone, Debug, Default)]
pub struct Cloud {
    /// What exists, by id.
    pub things: BTreeMap<String, Thing>,
    /// What happened, in order.
    pub log: Vec<Entry>,
    /// What is going to fail.
    pub mischief: Mischief,
    /// How many effects were begun since the mischief was set.
    pub effects: usize,
    /// Whether the program died in the middle of a call.
    pub dead: bool,
    /// How often the world outside has changed.
    pub epoch: u64,
    /// What the engine did wrong in calling the provider.
    pub complaints: Vec<String>,
    /// What was given and is never told again of objects that live in the state alone, by id.
    pub hidden: BTreeMap<String, Val>,
    counter: u64,
}

impl Source for Cloud {
    fn fresh(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }
}

impl Cloud {
    /// Notes a moment of a call.
    pub fn note(&mut self, op: Op, address: &str, id: Option<&str>, moment: Moment) {
        let entry = Entry { op, address: address.into(), id: id.map(str::to_owned), moment };
        self.log.push(entry);
    }

    /// Notes that the engine broke its side of the contract.
    pub fn complain(&mut self, what: String) {
        self.complaints.push(what);
    }

    /// Whether a call fails, and how.
    pub fn fault(&self, op: Op, address: &str) -> Option<Fault> {
        let fate = fate(self.mischief.seed, &[address, &format!("{op:?}")]);
        if fate % 100 >= self.mischief.percent {
            return None;
        }
        Some(if (fate >> 32).is_multiple_of(2) { Fault::Clean } else { Fault::Partial })
    }

    /// Counts an effect. Says whether the program dies in it, and whether it takes place before that.
    pub fn spend(&mut self) -> Option<bool> {
        self.effects += 1;
        let (at, takes_place) = self.mischief.death?;
        (self.effects == at).then_some(takes_place)
    }

    /// How long a call takes, in milliseconds of a clock that is not the world's.
    pub fn pause(&self, op: Op, address: &str) -> u64 {
        fate(self.mischief.seed ^ 0x0dd, &[address, &format!("{op:?}"), "pause"]) % 40
    }
}

/// What a data source finds.
pub fn found(args: &Val, epoch: u64) -> Val {
    let of = match args.get("of") {
        Val::Str(text) => text.clone(),
        other => format!("{other:?}"),
    };
    args.with("found", Val::text(format!("{of} as of {epoch}"))).with("id", Val::text(format!("look-{of}")))
}
