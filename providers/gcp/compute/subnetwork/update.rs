//! Changes of a subnetwork, which the API takes one after another.

use provider::sheet::{At, Given, KindError};
use provider::{ErrorKind, ProviderError};
use serde_json::{Map, Value as Json, json};

use super::MIRROR;
use crate::client::{Api, Client, Request};
use crate::compute::object::{self, Place};
use crate::mirror::text;

/// What is changed together, in the order in which it is changed.
const GROUPS: &[&[&str]] = &[
    &["stack_type", "ipv6_access_type"],
    &["private_ipv6_google_access"],
    &["role"],
    &["allow_subnet_cidr_routes_overlap"],
    &["log_config"],
    &["secondary_ip_range"],
];

/// How often a change is tried that somebody else's change came before.
const TRIES: u32 = 8;

/// Brings a subnetwork to what is wanted.
pub(super) async fn apply(
    at: &At<'_, Client>,
    place: &Place,
    prior: Given<'_>,
    wanted: Given<'_>,
) -> Result<(), KindError> {
    // Whoever changes one subnetwork twice at a time is refused.
    let _alone = at.client.alone(&place.path()).await;
    if prior.differs(wanted, "ip_cidr_range") {
        expand(at, place, wanted).await?;
    }
    if prior.differs(wanted, "private_ip_google_access") && !wanted.is_unknown("private_ip_google_access") {
        let body = json!({ "privateIpGoogleAccess": wanted.is("private_ip_google_access") });
        act(at, place, "setPrivateIpGoogleAccess", &body, wanted).await?;
    }
    for group in GROUPS {
        let mut body = MIRROR.changes(prior, wanted, group);
        if body.is_empty() {
            continue;
        }
        // Logging does not end by being left out.
        match body.get_mut("logConfig") {
            Some(config) if config.is_null() => *config = json!({ "enable": false }),
            Some(config) => config["enable"] = true.into(),
            None => {}
        }
        patch(at, place, body, wanted).await?;
    }
    Ok(())
}

/// Makes the range larger. Whoever asks for it twice is refused.
async fn expand(at: &At<'_, Client>, place: &Place, wanted: Given<'_>) -> Result<(), KindError> {
    let range = wanted.str("ip_cidr_range");
    let result = act(at, place, "expandIpCidrRange", &json!({ "ipCidrRange": range }), wanted).await;
    match result {
        Err(error) if error.kind == ErrorKind::Invalid => {
            let now = object::get(at, place).await?;
            let is_done = now.is_some_and(|now| text(&now, "/ipCidrRange") == range);
            if is_done { Ok(()) } else { Err(error) }
        }
        result => result,
    }
}

async fn act(
    at: &At<'_, Client>,
    place: &Place,
    verb: &str,
    body: &Json,
    wanted: Given<'_>,
) -> Result<(), KindError> {
    let request = Request::post(Api::Compute, format!("{}/{verb}", place.path())).json(body);
    object::change(at, place, request, (wanted, "update")).await
}

/// Changes a subnetwork as it is at this moment; if another change came before, as it is then.
async fn patch(
    at: &At<'_, Client>,
    place: &Place,
    body: Map<String, Json>,
    wanted: Given<'_>,
) -> Result<(), KindError> {
    for _ in 0..TRIES {
        let Some(now) = object::get(at, place).await? else { return Err(gone(place)) };
        let mut body = body.clone();
        body.insert("fingerprint".into(), text(&now, "/fingerprint").into());
        let request = Request::patch(Api::Compute, place.path()).json(&Json::Object(body));
        match object::attempted(at, place, request, (wanted, "update")).await? {
            Err(trouble) if trouble.is_conflict() => {}
            result => return Ok(result?),
        }
    }
    let detail = format!("{} is being changed by others all the time. Try again later.", place.described());
    Err(ProviderError::new(ErrorKind::Conflict, "Object is being changed", detail))
}

fn gone(place: &Place) -> ProviderError {
    let detail = format!("{} is not there any more. The next plan will make it again.", place.described());
    ProviderError::new(ErrorKind::NotFound, "Object is gone", detail)
}
