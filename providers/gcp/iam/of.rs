//! The policies of service accounts and of projects.

use provider::fields;
use provider::sheet::{Fields, Given};
use serde_json::{Value as Json, json};

use super::granted::{Granted, VERSION, granted};
use crate::Client;
use crate::client::{Api, Request};

/// The policy of a service account: who may use it.
pub(super) struct Account;

impl Granted for Account {
    granted!(
        "google_service_account",
        "service_account_id required fixed string | The service account, by its full name.\n"
    );

    fn resource(&self, _: &Client, object: Given<'_>) -> String {
        object.str("service_account_id").to_owned()
    }

    fn read(&self, resource: &str) -> Request {
        Request::post(Api::Iam, format!("{resource}:getIamPolicy"))
            .query("options.requestedPolicyVersion", VERSION)
    }

    fn write(&self, resource: &str, policy: &Json) -> Request {
        Request::post(Api::Iam, format!("{resource}:setIamPolicy")).json(&json!({ "policy": policy }))
    }

    fn told(&self, resource: &str) -> Fields {
        fields! { service_account_id: resource }
    }
}

/// The policy of a project.
pub(super) struct Project;

impl Granted for Project {
    granted!("google_project", "project required fixed string | The project.\n");

    fn resource(&self, _: &Client, object: Given<'_>) -> String {
        object.str("project").trim_start_matches("projects/").to_owned()
    }

    fn read(&self, resource: &str) -> Request {
        let body = json!({ "options": { "requestedPolicyVersion": VERSION } });
        Request::post(Api::Projects, format!("projects/{resource}:getIamPolicy")).json(&body)
    }

    fn write(&self, resource: &str, policy: &Json) -> Request {
        let mut body = json!({ "policy": policy });
        if policy.get("auditConfigs").is_some() {
            // Left out, what is logged would stay as it was.
            body["updateMask"] = "bindings,etag,auditConfigs".into();
        }
        Request::post(Api::Projects, format!("projects/{resource}:setIamPolicy")).json(&body)
    }

    fn told(&self, resource: &str) -> Fields {
        fields! { project: resource }
    }
}
