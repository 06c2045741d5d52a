//! What a `provider "google"` block may hold, and how it is read.

use std::time::Duration;

use model::{Path, Schema, Value};
use provider::sheet::{Given, Sheet};
use provider::{ProviderError, Surroundings};

/// The sheet of the block, but for the endpoints.
const SHEET: &str = "\
Resources of Google Cloud. Credentials are found where every tool of Google's finds them.

access_token optional sensitive string | A token in place of credentials. It is not renewed.
allowed_project_ids optional set(string) | The projects in which anything may be done, by id or number. Only here, and not in Terraform's provider.
add_terraform_attribution_label optional bool | Has no effect: resources carry the marks of ownership instead.
billing_project optional string | The project that pays for requests, with `user_project_override`.
credentials optional sensitive string | Credentials in JSON, or the file that holds them.
default_labels optional map(string) | Labels of every resource that can carry labels.
impersonate_service_account optional string | The service account that acts.
impersonate_service_account_delegates optional list(string) | The accounts through which it is reached, in order.
project optional string | The project.
region optional string | The region.
request_reason optional string | Why requests are made, for audit logs.
request_timeout optional string | How long an answer is waited for, as `120s`.
scopes optional list(string) | What credentials are asked for.
terraform_attribution_label_addition_strategy optional string | Has no effect.
universe_domain optional string | Which cloud of Google's it is; `googleapis.com` where it is left out.
user_project_override optional bool | Whether requests count for the resource's project rather than for the credentials'.
zone optional string | The zone.
";

/// The APIs whose place can be said, by the names of Terraform's provider.
const ENDPOINTS: &[&str] = &[
    "artifact_registry_custom_endpoint",
    "cloud_resource_manager_custom_endpoint",
    "compute_custom_endpoint",
    "container_custom_endpoint",
    "iam_beta_custom_endpoint",
    "iam_credentials_custom_endpoint",
    "iam_custom_endpoint",
    "resource_manager_custom_endpoint",
    "resource_manager_v3_custom_endpoint",
    "secret_manager_custom_endpoint",
    "service_usage_custom_endpoint",
    "storage_custom_endpoint",
];

/// Those of them that no type here speaks to.
const UNUSED: &[&str] = &["cloud_resource_manager_custom_endpoint", "resource_manager_custom_endpoint"];

/// The schema of the block.
pub(crate) fn schema() -> Schema {
    let endpoint = |name: &&str| {
        let about = match UNUSED.contains(name) {
            true => "Has no effect: nothing here speaks to this API.",
            false => "Where this API is, with its version in the path.",
        };
        format!("{name} optional string | {about}\n")
    };
    let text: String = std::iter::once(SHEET.to_owned()).chain(ENDPOINTS.iter().map(endpoint)).collect();
    #[expect(clippy::panic, reason = "the sheet is part of the program, and a test reads it")]
    let sheet =
        Sheet::parse(&text).unwrap_or_else(|e| panic!("invariant: the provider's sheet can be read: {e}"));
    sheet.schema
}

/// Checks a block.
pub(crate) fn check(config: &Value) -> Vec<ProviderError> {
    let config = Given::new(config);
    let wrong = |name: &str, detail: String| {
        ProviderError::invalid("Invalid provider configuration", detail).at(Path::of_attr(name))
    };
    let both = config.text("access_token").is_some() && config.text("credentials").is_some();
    let both =
        both.then(|| wrong("access_token", "`access_token` and `credentials` exclude each other.".into()));
    let time = config.text("request_timeout").filter(|text| model::duration::parse_duration(text).is_err());
    let time = time.map(|text| {
        wrong("request_timeout", format!("`request_timeout` is a duration such as `90s`, not {text:?}."))
    });
    let places = ENDPOINTS.iter().filter_map(|name| {
        let url =
            config.text(name).filter(|url| !url.starts_with("http://") && !url.starts_with("https://"))?;
        Some(wrong(name, format!("`{name}` is a URL with http or https, not {url:?}.")))
    });
    both.into_iter().chain(time).chain(places).collect()
}

/// An argument, or the first variable of the environment that says it.
pub(crate) fn or_env(
    config: Given<'_>,
    name: &str,
    around: &dyn Surroundings,
    variables: &[&str],
) -> Option<String> {
    config
        .string(name)
        .or_else(|| variables.iter().find_map(|v| around.env(v).filter(|text| !text.is_empty())))
}

/// How long an answer is waited for.
pub(crate) fn timeout(config: Given<'_>) -> Duration {
    let ns = config.text("request_timeout").and_then(|text| model::duration::parse_duration(text).ok());
    let ns = ns.and_then(|ns| u64::try_from(ns).ok()).filter(|ns| *ns > 0);
    ns.map_or(Duration::from_secs(120), Duration::from_nanos)
}
