//! The data source `google_iam_policy`.

use async_trait::async_trait;
use model::Path;
use provider::sheet::{At, Fields, Given, KindError, Source};
use provider::{Digests, ProviderError, fields, hex};
use serde_json::{Map, Value as Json, json};

use super::granted::{binding, misspelt};
use crate::client::Client;

/// The data source.
pub(super) struct Document;

#[async_trait]
impl Source for Document {
    type Client = Client;
    const NAME: &'static str = "google_iam_policy";
    const SHEET: &'static str = "\
A policy, written as blocks. Nothing is asked of Google.

id optional computed string | A digest of the document.
policy_data computed string | The document, for `policy_data` of an `_iam_policy`.
audit_config block set | What is logged of a service.
  service required string | The service, or `allServices`.
  audit_log_configs block set | One kind of log.
    exempted_members optional set(string) | Who is left out.
    log_type required string | `ADMIN_READ`, `DATA_READ` or `DATA_WRITE`.
binding block set | Who has a role.
  members required set(string) | Who, as `user:a@example.com`.
  role required string | The role.
  condition block list 0..1 | When it counts.
    description optional string | What it is for.
    expression required string | The condition, in CEL.
    title required string | Its name.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let members = config.blocks("binding").into_iter().flat_map(|binding| binding.texts("members"));
        let wrong = members.filter_map(|member| misspelt(&member));
        let at = || Path::of_attr("binding");
        wrong.map(|detail| ProviderError::invalid("Invalid member", detail).at(at())).collect()
    }

    async fn read(&self, _: &At<'_, Client>, config: Given<'_>) -> Result<Fields, KindError> {
        let bindings = sorted(config.blocks("binding").into_iter().map(|block| {
            let mut members = block.texts("members");
            members.sort();
            binding(block, &members)
        }));
        let audits = sorted(config.blocks("audit_config").into_iter().map(audit));
        let mut policy = Map::new();
        if !audits.is_empty() {
            policy.insert("auditConfigs".into(), Json::Array(audits));
        }
        policy.insert("bindings".into(), Json::Array(bindings));
        let data = Json::Object(policy).to_string();
        Ok(fields! { id: hex(&Digests::of(data.as_bytes()).sha1), policy_data: data })
    }
}

fn sorted(documents: impl Iterator<Item = Json>) -> Vec<Json> {
    let mut documents: Vec<Json> = documents.collect();
    documents.sort_by_key(Json::to_string);
    documents
}

fn audit(block: Given<'_>) -> Json {
    let logs = block.blocks("audit_log_configs").into_iter().map(|log| {
        let mut written = json!({ "logType": log.str("log_type") });
        let mut exempted = log.texts("exempted_members");
        exempted.sort();
        if !exempted.is_empty() {
            written["exemptedMembers"] = exempted.into();
        }
        written
    });
    json!({ "service": block.str("service"), "auditLogConfigs": sorted(logs) })
}
