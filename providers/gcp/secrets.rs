//! Secret Manager: secrets, their versions, and who may read them.

mod secret;
mod version;

pub(crate) use version::access;

use provider::sheet::{At, Draft, Fields, Given, KindError};
use provider::{Catalog, fields};
use serde_json::{Value as Json, json};

use crate::client::{Api, Client, Request};
use crate::iam::{self, Granted, VERSION, granted};
use crate::places;

/// Adds the types of Secret Manager.
pub(crate) fn add(catalog: Catalog) -> Catalog {
    iam::policies(catalog.kind(secret::Secret).kind(version::Version), || OfSecret)
}

/// The policy of a secret.
struct OfSecret;

impl Granted for OfSecret {
    granted!(
        "google_secret_manager_secret",
        "project optional computed fixed string | The project.\n\
         secret_id required fixed string | The secret.\n"
    );

    fn resource(&self, client: &Client, object: Given<'_>) -> String {
        full_name(object.str("secret_id"), object.text("project").or(client.project()))
    }

    fn read(&self, resource: &str) -> Request {
        let request = Request::get(Api::Secrets, format!("{resource}:getIamPolicy"));
        request.query("options.requestedPolicyVersion", VERSION)
    }

    fn write(&self, resource: &str, policy: &Json) -> Request {
        Request::post(Api::Secrets, format!("{resource}:setIamPolicy")).json(&json!({ "policy": policy }))
    }

    fn told(&self, resource: &str) -> Fields {
        fields! { project: resource.split('/').nth(1), secret_id: resource }
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        let secret = draft.planned().string("secret_id").filter(|name| name.starts_with("projects/"));
        if let Some(secret) = secret {
            draft.set("project", model::Value::string(secret.split('/').nth(1).unwrap_or_default()));
            return Ok(());
        }
        if draft.config.is_unknown("secret_id") {
            draft.forget("project");
            return Ok(());
        }
        places::project(at, draft)
    }
}

/// The full name of a secret.
fn full_name(secret: &str, project: Option<&str>) -> String {
    match secret.starts_with("projects/") {
        true => secret.to_owned(),
        false => format!("projects/{}/secrets/{secret}", project.unwrap_or_default()),
    }
}
