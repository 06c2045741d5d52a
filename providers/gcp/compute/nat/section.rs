//! The part of a router that is a NAT. The API changes all of a router's NATs at once and knows no preconditions: within this
//! program they go one after another, and what another program does at the same time is noticed and mended.

use provider::sheet::{At, Given, KindError};
use provider::{ErrorKind, ProviderError};
use serde_json::{Map, Value as Json, json};

use super::named;
use crate::client::{Api, Client, Request};
use crate::compute::object::{self, Place, last};
use crate::compute::router::ROUTERS;
use crate::mirror::text;
use crate::places::reference;

/// How often a change is tried that somebody else's change came after.
const TRIES: u32 = 8;

/// Where the router is that a NAT is part of.
fn router_of(nat: Given<'_>) -> Place {
    let router = nat.str("router");
    Place { name: last(router).to_owned(), ..ROUTERS.place(nat) }
}

/// A NAT as it is; nothing where there is none, or no router.
pub(super) async fn get(at: &At<'_, Client>, nat: Given<'_>) -> Result<Option<Json>, KindError> {
    let router = object::get(at, &router_of(nat)).await?;
    Ok(router.and_then(|router| named(&router, nat.str("name")).cloned()))
}

/// Puts another NAT, or none, into the place of the one of a name.
pub(super) async fn replaced(
    at: &At<'_, Client>,
    nat: Given<'_>,
    limit: (Given<'_>, &str),
    with: impl Fn(Option<&Json>) -> Result<Option<Json>, KindError> + Send + Sync,
) -> Result<(), KindError> {
    let (place, name) = (router_of(nat), nat.str("name"));
    let _alone = at.client.alone(&place.path()).await;
    let mut is_ours = false;
    for _ in 0..TRIES {
        let Some(router) = object::get(at, &place).await? else {
            return if limit.1 == "delete" { Ok(()) } else { Err(no_router(&place)) };
        };
        let before = named(&router, name).filter(|_| !is_ours);
        let after = with(before)?;
        let nats = all_with(&router, name, after.as_ref());
        let request = Request::patch(Api::Compute, place.path()).json(&json!({ "nats": nats }));
        object::change(at, &place, request, limit).await?;
        is_ours = true;
        if has_stayed(at, &place, name, after.is_some(), &nats).await? {
            return Ok(());
        }
    }
    let detail = format!("{} is being changed by others all the time. Try again later.", place.described());
    Err(ProviderError::new(ErrorKind::Conflict, "Object is being changed", detail))
}

/// All NATs of a router, with another one, or none, in the place of the one of a name.
fn all_with(router: &Json, name: &str, after: Option<&Json>) -> Vec<Json> {
    let nats = router.get("nats").and_then(Json::as_array).into_iter().flatten();
    let others = nats.filter(|nat| text(nat, "/name") != name).map(told_only_by_us);
    others.chain(after.cloned()).collect()
}

/// A NAT without what only the API says.
fn told_only_by_us(nat: &Json) -> Json {
    let mut nat = nat.clone();
    if let Some(fields) = nat.as_object_mut() {
        fields.remove("effectiveTcpTimeWaitTimeoutSec");
    }
    nat
}

/// Whether what was written is there, and nothing else of it was taken away meanwhile.
async fn has_stayed(
    at: &At<'_, Client>,
    place: &Place,
    name: &str,
    is_wanted: bool,
    written: &[Json],
) -> Result<bool, KindError> {
    let Some(router) = object::get(at, place).await? else { return Ok(!is_wanted) };
    let is_there = named(&router, name).is_some();
    let others = written.iter().map(|nat| text(nat, "/name")).filter(|other| *other != name);
    Ok(is_there == is_wanted && others.into_iter().all(|other| named(&router, other).is_some()))
}

/// Writes subnetworks and addresses as paths, which is how the API takes them.
pub(super) fn with_paths(nat: Given<'_>, document: &mut Map<String, Json>) {
    let (project, region) = (nat.str("project"), last(nat.str("region")));
    let path = |link: &mut Json, kind: &str| {
        let full = reference(link.as_str().unwrap_or_default(), project, &format!("regions/{region}/{kind}"));
        *link = full.into();
    };
    let each = |list: Option<&mut Json>, kind: &str| {
        list.and_then(Json::as_array_mut).into_iter().flatten().for_each(|link| path(link, kind));
    };
    for field in ["natIps", "drainNatIps"] {
        each(document.get_mut(field), "addresses");
    }
    for field in ["subnetworks", "nat64Subnetworks"] {
        let list = document.get_mut(field).and_then(Json::as_array_mut);
        list.into_iter()
            .flatten()
            .filter_map(|one| one.get_mut("name"))
            .for_each(|link| path(link, "subnetworks"));
    }
    let rules = document.get_mut("rules").and_then(Json::as_array_mut);
    for action in rules.into_iter().flatten().filter_map(|rule| rule.get_mut("action")) {
        for (field, kind) in [
            ("sourceNatActiveIps", "addresses"),
            ("sourceNatDrainIps", "addresses"),
            ("sourceNatActiveRanges", "subnetworks"),
            ("sourceNatDrainRanges", "subnetworks"),
        ] {
            each(action.get_mut(field), kind);
        }
    }
}

fn no_router(place: &Place) -> ProviderError {
    let detail = format!("{} is not there, and a NAT is part of its router.", place.described());
    ProviderError::new(ErrorKind::NotFound, "Router is missing", detail)
}
