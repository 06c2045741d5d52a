//! The connector `gcp`: a project, and how to become somebody who may act in it.

use model::{ProviderAddr, Schema};
use provider::ConnectorType;
use provider::sheet::Sheet;

/// What a block may hold: what the provider's may, less what is secret, which does not belong into definitions.
const SHEET: &str = "\
A project of Google Cloud, and who acts there: whoever is signed in or this machine's service account, a service account that is \
impersonated from there, an identity of another provider, or, as the last and discouraged, whose key lies in a file.

artifact_registry_custom_endpoint optional string | Where Artifact Registry is.
billing_project optional string | The project that pays for requests, with `user_project_override`.
compute_custom_endpoint optional string | Where Compute Engine is.
container_custom_endpoint optional string | Where Kubernetes Engine is.
default_labels optional map(string) | Labels of every resource that can carry labels.
expect_project optional string | The project's id or number. In any other nothing is done.
external_account optional string | The file that describes an identity of another provider's, as CI has (workload identity). It holds no secret.
iam_credentials_custom_endpoint optional string | Where service accounts are impersonated.
iam_custom_endpoint optional string | Where IAM is.
impersonate_service_account optional string | The service account that acts.
impersonate_service_account_delegates optional list(string) | The accounts through which it is reached, in order.
project optional string | The project.
region optional string | The region.
request_timeout optional string | How long an answer is waited for, as `120s`.
resource_manager_v3_custom_endpoint optional string | Where Resource Manager is.
secret_manager_custom_endpoint optional string | Where Secret Manager is.
service_account_key optional string | The file that holds a key of a service account. It never ends, and whoever copies it is that account: rather impersonate the account.
service_usage_custom_endpoint optional string | Where Service Usage is.
storage_custom_endpoint optional string | Where Cloud Storage is.
universe_domain optional string | Which cloud of Google's it is; `googleapis.com` where it is left out.
user_project_override optional bool | Whether requests count for the resource's project rather than for the credentials'.
zone optional string | The zone.
";

/// `connector "gcp"` configures the provider `google`.
pub struct GcpConnector {
    schema: Schema,
}

impl GcpConnector {
    /// The connector type.
    pub fn new() -> GcpConnector {
        #[expect(clippy::panic, reason = "the sheet is part of the program, and a test reads it")]
        let sheet = Sheet::parse(SHEET)
            .unwrap_or_else(|e| panic!("invariant: the sheet of the connector can be read: {e}"));
        GcpConnector { schema: sheet.schema }
    }
}

impl Default for GcpConnector {
    fn default() -> GcpConnector {
        GcpConnector::new()
    }
}

impl ConnectorType for GcpConnector {
    fn kind(&self) -> &str {
        "gcp"
    }

    fn provider(&self) -> ProviderAddr {
        ProviderAddr::implied("google")
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn renames(&self) -> &[(&str, &str)] {
        &[
            ("expect_project", "allowed_project_ids"),
            ("external_account", "credentials"),
            ("service_account_key", "credentials"),
        ]
    }

    fn lists(&self) -> &[&str] {
        &["allowed_project_ids"]
    }
}
