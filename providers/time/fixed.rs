//! `time_static`: a point in time.

use model::instant::Instant;
use model::{Block, Value};
use provider::{Call, PlannedChange, ProviderError};

use crate::arguments::{instant, parts, timestamp, with_parts};
use crate::kept::{Change, Given, Keeper};

/// The resource type.
pub(crate) struct TimeStatic;

impl Keeper for TimeStatic {
    const BASE: &'static str = "rfc3339";

    fn block(&self) -> Block {
        let block = Block::new(
            "Keeps a point in time: the one of its creation, or one that is given. Unlike `timestamp()` it stays the \
             same in every run.",
        );
        with_parts(block, "the point in time")
    }

    fn make(&self, _arguments: &Value, base: Instant) -> Result<Given, ProviderError> {
        Ok(parts(base).into())
    }

    /// Everything follows from a base that is given.
    fn foresee(&self, arguments: &Value) -> Result<Given, ProviderError> {
        let Some(base) = instant(arguments, Self::BASE) else { return Ok(Vec::new()) };
        let id = arguments.get(Self::BASE).map(|base| ("id", base.clone()));
        Ok(parts(base).into_iter().chain(id).collect())
    }

    fn change(&self, _call: Call<'_>, change: &Change<'_>) -> Result<PlannedChange, ProviderError> {
        Ok(change.replacing([Self::BASE]))
    }

    /// The identifier is the point in time.
    fn import(&self, id: &str) -> Result<(Given, Instant), ProviderError> {
        Ok((vec![(Self::BASE, Value::string(id))], timestamp(id)?))
    }
}

#[cfg(test)]
mod tests;
