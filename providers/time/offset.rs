//! `time_offset`: a point in time some time before or after another.

use model::instant::Instant;
use model::{Attribute, Block, Type, Value};
use provider::{Call, PlannedChange, ProviderError, changed, with_attributes};

use crate::arguments::{
    bad_import, check_any, check_whole, instant, is_unknown, numbers, out_of_range, parts, split, timestamp,
    whole, with_parts,
};
use crate::kept::{Change, Given, Keeper};

/// The resource type.
pub(crate) struct TimeOffset;

/// The arguments, in the order of an import identifier.
const OFFSETS: [&str; 6] =
    ["offset_years", "offset_months", "offset_days", "offset_hours", "offset_minutes", "offset_seconds"];

/// The base with the offsets added, in the order in which Terraform's provider adds them: it matters at ends of months.
fn shifted(arguments: &Value, base: Instant) -> Result<Instant, ProviderError> {
    let of = |name: &str| whole(arguments, name);
    let sum = base
        .plus_days(of("offset_days"))
        .and_then(|t| t.plus_seconds(of("offset_hours").checked_mul(3600)?))
        .and_then(|t| t.plus_seconds(of("offset_minutes").checked_mul(60)?))
        .and_then(|t| t.plus_months(of("offset_months")))
        .and_then(|t| t.plus_seconds(of("offset_seconds")))
        .and_then(|t| t.plus_months(of("offset_years").checked_mul(12)?));
    sum.filter(|t| (0..=9999).contains(&t.civil().year)).ok_or_else(|| out_of_range("The offset"))
}

impl Keeper for TimeOffset {
    const BASE: &'static str = "base_rfc3339";

    fn block(&self) -> Block {
        let block = Block::new(
            "Keeps a point in time some time after (or before) another: after its creation, or after one that is given. \
             At least one of the `offset_` arguments is required.",
        );
        let with_offset = |block: Block, name: &str| {
            let unit = name.trim_start_matches("offset_");
            let what = format!("How many {unit} are added; negative ones are subtracted.");
            block.attr(name, Attribute::optional(Type::Number, &what))
        };
        let block = OFFSETS.into_iter().fold(block, with_offset);
        with_parts(block, "the sum")
            .attr("rfc3339", Attribute::computed(Type::String, "The sum, in RFC 3339 form."))
    }

    fn check(&self, config: &Value) -> Vec<ProviderError> {
        let wrong = OFFSETS.iter().filter_map(|name| check_whole(config, name, i64::MIN));
        check_any(config, &OFFSETS).into_iter().chain(wrong).collect()
    }

    fn make(&self, arguments: &Value, base: Instant) -> Result<Given, ProviderError> {
        let sum = shifted(arguments, base)?;
        Ok(parts(sum).into_iter().chain([("rfc3339", Value::string(sum.to_rfc3339()))]).collect())
    }

    /// Where only the offsets change the base stays what it was, and everything is known.
    fn change(&self, _call: Call<'_>, change: &Change<'_>) -> Result<PlannedChange, ProviderError> {
        let Change { prior, proposed, open } = change;
        let names = OFFSETS.iter().copied().chain([Self::BASE]);
        let undecided = names.clone().any(|name| is_unknown(proposed, name));
        let same_offsets = changed(prior, proposed, OFFSETS).is_empty();
        let base = instant(proposed, Self::BASE).filter(|_| !undecided && !same_offsets);
        let Some(base) = base else { return Ok(PlannedChange::in_place(open.clone())) };
        let kept = [Self::BASE, "id"].into_iter().filter_map(|name| {
            let value = proposed.get(Self::BASE)?.clone();
            Some((name, value))
        });
        let foreseen = self.make(proposed, base)?.into_iter().chain(kept);
        Ok(PlannedChange::in_place(with_attributes(open, foreseen)))
    }

    /// The identifier is `BASE,YEARS,MONTHS,DAYS,HOURS,MINUTES,SECONDS`, with nothing where an offset is not given.
    fn import(&self, id: &str) -> Result<(Given, Instant), ProviderError> {
        let expected =
            "BASETIMESTAMP,YEARS,MONTHS,DAYS,HOURS,MINUTES,SECONDS where at least one offset is non-empty";
        let wrong = || bad_import(id, expected);
        let [base, offsets @ ..] = split::<7>(id).ok_or_else(wrong)?;
        if base.is_empty() || offsets.iter().all(|o| o.is_empty()) {
            return Err(wrong());
        }
        let mut arguments = numbers(&offsets, &OFFSETS)?;
        arguments.push((Self::BASE, Value::string(base)));
        Ok((arguments, timestamp(base)?))
    }
}

#[cfg(test)]
mod tests;
