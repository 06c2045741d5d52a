//! `time_rotating`: a point in time that is taken anew again and again.

use model::instant::Instant;
use model::{Attribute, Block, Type, Value};
use provider::{Call, PlannedChange, ProviderError, text, with_attributes};

use crate::arguments::{
    bad_import, check_any, check_timestamp, check_whole, instant, is_unknown, numbers, out_of_range, parts,
    split, timestamp, whole, with_parts,
};
use crate::kept::{Change, Given, Keeper, now};

/// The resource type.
pub(crate) struct TimeRotating;

/// The arguments that count from the base, in the order of an import identifier.
const PERIODS: [&str; 5] =
    ["rotation_years", "rotation_months", "rotation_days", "rotation_hours", "rotation_minutes"];

/// When the object's time is over.
const END: &str = "rotation_rfc3339";

/// The end that the arguments say: the one that is given, or the base and the greatest period alone. Periods do not add up
/// in Terraform's provider either, which takes years, months, minutes, hours, days, the first of these.
fn end(arguments: &Value, base: Instant) -> Result<Instant, ProviderError> {
    if let Some(given) = instant(arguments, END) {
        return Ok(given);
    }
    let of = |name: &str| Some(whole(arguments, name)).filter(|n| *n != 0);
    let end =
        match (of("rotation_years"), of("rotation_months"), of("rotation_minutes"), of("rotation_hours")) {
            (Some(years), ..) => years.checked_mul(12).and_then(|months| base.plus_months(months)),
            (_, Some(months), ..) => base.plus_months(months),
            (_, _, Some(minutes), _) => minutes.checked_mul(60).and_then(|s| base.plus_seconds(s)),
            (.., Some(hours)) => hours.checked_mul(3600).and_then(|s| base.plus_seconds(s)),
            _ => base.plus_days(whole(arguments, "rotation_days")),
        };
    end.filter(|t| (0..=9999).contains(&t.civil().year)).ok_or_else(|| out_of_range("The rotation"))
}

fn is_after(one: Instant, other: Instant) -> bool {
    (one.seconds, one.nanos) > (other.seconds, other.nanos)
}

impl Keeper for TimeRotating {
    const BASE: &'static str = "rfc3339";

    fn block(&self) -> Block {
        let block = Block::new(
            "Keeps a point in time until another is over, and is then made anew by the next run. What refers to it, in \
             its own `triggers` or `keepers`, changes as often. At least one of the `rotation_` arguments is required; of \
             several periods the one that is listed first counts: years, months, minutes, hours, days.",
        );
        let with_period = |block: Block, name: &str| {
            let unit = name.trim_start_matches("rotation_");
            let what = format!("How many {unit} after `rfc3339` its time is over, at least 1.");
            block.attr(name, Attribute::optional(Type::Number, &what))
        };
        let end = "When its time is over, in RFC 3339 form; what the periods say if left out.";
        let block = PERIODS.into_iter().fold(block, with_period);
        with_parts(block, "the point when its time is over")
            .attr(END, Attribute::optional_computed(Type::String, end))
    }

    fn check(&self, config: &Value) -> Vec<ProviderError> {
        let any = PERIODS.iter().copied().chain([END]).collect::<Vec<_>>();
        let wrong = PERIODS.iter().filter_map(|name| check_whole(config, name, 1));
        check_any(config, &any).into_iter().chain(check_timestamp(config, END)).chain(wrong).collect()
    }

    fn make(&self, arguments: &Value, base: Instant) -> Result<Given, ProviderError> {
        let end = end(arguments, base)?;
        let written = text(arguments, END).map_or_else(|| end.to_rfc3339(), str::to_owned);
        Ok(parts(end).into_iter().chain([(END, Value::string(written))]).collect())
    }

    /// A base that is not given stays; one that is given, and another, replaces the object, and so does an end whose time
    /// has come.
    fn change(&self, call: Call<'_>, change: &Change<'_>) -> Result<PlannedChange, ProviderError> {
        let Change { prior, proposed, open } = change;
        let base = proposed.get(Self::BASE).cloned().unwrap_or_else(Value::null);
        if prior.get(Self::BASE) != Some(&base) {
            return Ok(change.replacing([Self::BASE]));
        }
        if self.is_over(prior, now(call)) && open.get(END) != prior.get(END) {
            return Ok(change.replacing([END]));
        }
        let open = with_attributes(open, [(Self::BASE, base.clone()), ("id", base)]);
        let undecided = PERIODS.iter().any(|name| is_unknown(proposed, name)) || is_unknown(proposed, END);
        match instant(&open, Self::BASE).filter(|_| !undecided) {
            Some(base) => Ok(PlannedChange::in_place(with_attributes(&open, self.make(&open, base)?))),
            None => Ok(PlannedChange::in_place(open)),
        }
    }

    fn is_over(&self, object: &Value, now: Instant) -> bool {
        instant(object, END).is_some_and(|end| is_after(now, end))
    }

    /// The identifier is `BASE,YEARS,MONTHS,DAYS,HOURS,MINUTES` or `BASE,END`.
    fn import(&self, id: &str) -> Result<(Given, Instant), ProviderError> {
        let expected = "BASETIMESTAMP,YEARS,MONTHS,DAYS,HOURS,MINUTES with at least one period, or \
                        BASETIMESTAMP,ROTATIONTIMESTAMP";
        let (base, arguments) = match (split::<2>(id), split::<6>(id)) {
            (Some([base, end]), _) if !end.is_empty() => {
                timestamp(end)?;
                (base, vec![(END, Value::string(end))])
            }
            (_, Some([base, periods @ ..])) if periods.iter().any(|p| !p.is_empty()) => {
                (base, numbers(&periods, &PERIODS)?)
            }
            _ => return Err(bad_import(id, expected)),
        };
        let given = arguments.into_iter().chain([(Self::BASE, Value::string(base))]).collect();
        Ok((given, timestamp(base)?))
    }
}

#[cfg(test)]
mod tests;
