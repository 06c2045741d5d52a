//! The ranges of a subnetwork.

use model::{Path, Value};
use provider::ProviderError;
use provider::cidr::{self, Cidr};
use provider::sheet::{Draft, Given};
use serde_json::Value as Json;

use crate::compute::is_name;
use crate::mirror::text;

/// What is wrong with the ranges of a configuration: their form, and that they overlap.
pub(super) fn faults(config: Given<'_>) -> Vec<ProviderError> {
    let further = config.blocks("secondary_ip_range");
    let primary = cidr::fault(config, "ip_cidr_range", 4..=29);
    let at = |i: usize, name: &str| {
        Path::of_attr("secondary_ip_range").index(Value::number(i)).attr(name.to_owned())
    };
    let formed = further.iter().enumerate().flat_map(|(i, range)| {
        let form = cidr::fault(*range, "ip_cidr_range", 4..=29).map(|fault| fault.at(at(i, "ip_cidr_range")));
        let name = range.text("range_name").filter(|name| !is_name(name)).map(|name| {
            let detail = format!(
                "{name:?} can't be the name of a range: it has up to 63 lower-case letters, digits and hyphens, and begins \
                 with a letter."
            );
            ProviderError::invalid("Invalid name", detail).at(at(i, "range_name"))
        });
        form.into_iter().chain(name)
    });
    primary.into_iter().chain(formed).chain(overlaps(config, &further)).collect()
}

/// Two ranges with addresses in common.
fn overlaps(config: Given<'_>, further: &[Given<'_>]) -> Vec<ProviderError> {
    let own = config.text("ip_cidr_range").map(|text| ("ip_cidr_range".to_owned(), text));
    let others = further.iter().filter_map(|range| {
        Some((format!("the range {:?}", range.str("range_name")), range.text("ip_cidr_range")?))
    });
    let all: Vec<(String, &str, Cidr)> = own
        .into_iter()
        .chain(others)
        .filter_map(|(name, text)| Some((name, text, Cidr::parse(text).ok()?)))
        .collect();
    let pairs = all.iter().enumerate().flat_map(|(i, one)| all[i + 1..].iter().map(move |two| (one, two)));
    let wrong = pairs.filter(|(one, two)| one.2.overlaps(two.2)).map(|(one, two)| {
        let detail = format!(
            "{} ({}) and {} ({}) have addresses in common. The ranges of a network do not overlap.",
            one.0, one.1, two.0, two.1
        );
        ProviderError::invalid("Ranges overlap", detail).at(Path::of_attr("secondary_ip_range"))
    });
    wrong.collect()
}

/// Plans further ranges: the same ones in another order are no change, and none at all take away those that are there only
/// where that is asked for.
pub(super) fn plan(draft: &mut Draft<'_>) {
    let Some(prior) = draft.prior else {
        if draft.config.blocks("secondary_ip_range").is_empty()
            && !draft.config.is_unknown("secondary_ip_range")
        {
            empty(draft);
        }
        return;
    };
    let planned = draft.planned().blocks("secondary_ip_range");
    let before = prior.blocks("secondary_ip_range");
    let is_there = |range: &Given<'_>| {
        before.iter().any(|old| !range.differs_in(*old, &["range_name", "ip_cidr_range"]))
    };
    let is_same = planned.len() == before.len() && planned.iter().all(is_there);
    if let (true, Some(old)) = (is_same, prior.whole().get("secondary_ip_range")) {
        draft.set("secondary_ip_range", old.clone());
    }
    let is_left_out = draft.config.blocks("secondary_ip_range").is_empty()
        && !draft.config.is_unknown("secondary_ip_range");
    if is_left_out && draft.config.is("send_secondary_ip_range_if_empty") {
        empty(draft);
    }
}

fn empty(draft: &mut Draft<'_>) {
    let none = draft.planned().whole().get("secondary_ip_range").map(|ranges| ranges.ty());
    if let Some(element) = none.as_ref().and_then(|ty| ty.element()) {
        draft.set("secondary_ip_range", Value::list(element.clone(), Vec::new()));
    }
}

/// Puts the ranges that were read into the order in which they are known; the API keeps none.
pub(super) fn in_order(known: Given<'_>, subnetwork: &mut Json) {
    let order: Vec<&str> =
        known.blocks("secondary_ip_range").iter().map(|range| range.str("range_name")).collect();
    let Some(ranges) = subnetwork.get_mut("secondaryIpRanges").and_then(Json::as_array_mut) else { return };
    let place = |range: &Json| {
        order.iter().position(|name| *name == text(range, "/rangeName")).unwrap_or(order.len())
    };
    ranges.sort_by_key(place);
}
