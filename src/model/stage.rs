//! The stages of a run, for whoever measures them.
//!
//! Only the command line reads clocks, so it brings a [`Gauge`]; what works enters its stages through [`Stages`], which
//! costs next to nothing where nobody measures.

use std::fmt::Display;

/// A part of the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Text to syntax trees.
    Parse,
    /// Stacks, modules and repeated blocks to what they stand for, and who refers to whom.
    Expand,
    /// Expressions to values.
    Evaluate,
    /// What is recorded, and what is really there.
    Read,
    /// What changes: the provider is asked, and an action chosen.
    Diff,
    /// Changes to steps in their order.
    Order,
    /// Effects.
    Apply,
    /// States, journals and plans to where they are kept.
    Save,
    /// Values to text for people and tools.
    Render,
}

impl Stage {
    /// All stages, in the order in which a run comes to them.
    pub const ALL: [Stage; 9] = [
        Stage::Parse,
        Stage::Expand,
        Stage::Evaluate,
        Stage::Read,
        Stage::Diff,
        Stage::Order,
        Stage::Apply,
        Stage::Save,
        Stage::Render,
    ];

    /// The name that people read.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Parse => "parse",
            Stage::Expand => "expand",
            Stage::Evaluate => "evaluate",
            Stage::Read => "read",
            Stage::Diff => "diff",
            Stage::Order => "order",
            Stage::Apply => "apply",
            Stage::Save => "save",
            Stage::Render => "render",
        }
    }
}

/// Hears when stages are entered and left. The same stage may be entered again before it is left, by work that goes on at
/// the same time.
pub trait Gauge {
    /// A stage is entered; what is given back comes again when it is left.
    fn enter(&self, stage: Stage) -> Entry;
    /// It is left; `subject` is what it was about.
    fn leave(&self, stage: Stage, entry: Entry, subject: &dyn Display);
}

/// When a stage was entered, as its [`Gauge`] counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Nanoseconds since the gauge began.
    pub at_ns: u64,
    /// Which of those under way at the same time, from 0.
    pub lane: u32,
}

/// The way to the gauge, where there is one.
#[derive(Clone, Copy, Default)]
pub struct Stages<'g>(Option<&'g dyn Gauge>);

impl<'g> Stages<'g> {
    /// Stages that are measured.
    pub fn measured(gauge: &'g dyn Gauge) -> Stages<'g> {
        Stages(Some(gauge))
    }

    /// Enters a stage, which lasts until what is given back is dropped.
    pub fn enter<S: Display>(self, stage: Stage, subject: S) -> Within<'g, S> {
        let entry = self.0.map(|gauge| (gauge, gauge.enter(stage)));
        Within { entry, stage, subject }
    }
}

/// A stage that was entered.
#[must_use = "the stage is left when this is dropped"]
pub struct Within<'g, S: Display> {
    entry: Option<(&'g dyn Gauge, Entry)>,
    stage: Stage,
    subject: S,
}

impl<S: Display> Drop for Within<'_, S> {
    fn drop(&mut self) {
        if let Some((gauge, entry)) = self.entry.take() {
            gauge.leave(self.stage, entry, &self.subject);
        }
    }
}
