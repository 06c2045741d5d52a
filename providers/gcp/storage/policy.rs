//! The policies of buckets.

use provider::fields;
use provider::sheet::{Fields, Given};
use serde_json::Value as Json;

use crate::Client;
use crate::client::{Api, Request, segment};
use crate::iam::{Granted, VERSION, granted};

/// The policy of a bucket.
pub(crate) struct OfBucket;

impl Granted for OfBucket {
    granted!("google_storage_bucket", "bucket required fixed string | The bucket.\n");

    fn resource(&self, _: &Client, object: Given<'_>) -> String {
        format!("b/{}", object.str("bucket").trim_start_matches("b/"))
    }

    fn read(&self, resource: &str) -> Request {
        Request::get(Api::Storage, format!("{}/iam", path(resource)))
            .query("optionsRequestedPolicyVersion", VERSION)
    }

    fn write(&self, resource: &str, policy: &Json) -> Request {
        Request::put(Api::Storage, format!("{}/iam", path(resource))).json(policy)
    }

    fn told(&self, resource: &str) -> Fields {
        fields! { bucket: format!("b/{}", resource.trim_start_matches("b/")) }
    }
}

fn path(resource: &str) -> String {
    format!("b/{}", segment(resource.trim_start_matches("b/")))
}
