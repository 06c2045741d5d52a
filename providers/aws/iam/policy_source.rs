//! The data source `aws_iam_policy`.

use async_trait::async_trait;
use provider::sheet::{At, Fields, Given, KindError, Source};
use provider::{ErrorKind, ProviderError, fields};

use super::{Iam, policy, tags_of};
use crate::{Client, checks, tags};

/// The data source.
pub(crate) struct PolicySource;

#[async_trait]
impl Source for PolicySource {
    type Client = Client;
    const NAME: &'static str = "aws_iam_policy";
    const SHEET: &'static str = "\
A managed policy that is there: one's own, or one of AWS's.

arn optional computed string | Its ARN, by which it is found.
attachment_count computed number | To how many it is attached.
description computed string | What it is for.
id optional computed string | Its ARN.
name optional computed string | Its name, by which it is found.
path computed string | The path before its name.
path_prefix optional string | What the path begins with, where it is found by its name.
policy computed string | The policy.
policy_id computed string | Its unique identifier.
tags optional computed map(string) | Its tags.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let has = |name: &str| config.value(name).is_some() || config.is_unknown(name);
        let detail = "Say which policy it is: by `arn`, or by `name`.";
        let none = (!has("arn") && !has("name")).then(|| ProviderError::invalid("Missing argument", detail));
        let both = ["name", "path_prefix"].iter().filter_map(|name| checks::exclusive(config, "arn", name));
        none.into_iter().chain(both).chain(checks::arn(config, "arn")).collect()
    }

    async fn read(&self, at: &At<'_, Client>, config: Given<'_>) -> Result<Fields, KindError> {
        let arn = match config.string("arn") {
            Some(arn) => arn,
            None => by_name(at, config.str("name"), config.string("path_prefix")).await?,
        };
        let Some(policy) = policy::fetch(at, &arn).await? else { return Err(none(&arn)) };
        Ok(fields! {
            arn: policy.arn(),
            attachment_count: policy.attachment_count(),
            description: policy.description().unwrap_or_default(),
            id: policy.arn(),
            name: policy.policy_name(),
            path: policy.path(),
            policy: policy::document(at, &policy).await?,
            policy_id: policy.policy_id(),
            tags: tags::others(at.client, tags_of(policy.tags())),
        })
    }
}

fn none(which: &str) -> ProviderError {
    ProviderError::new(ErrorKind::NotFound, "No such policy", format!("There is no policy {which}."))
}

/// The ARN of the only policy with a name under a path.
async fn by_name(at: &At<'_, Client>, name: &str, path: Option<String>) -> Result<String, KindError> {
    let (mut found, mut marker) = (Vec::new(), None);
    loop {
        let ask =
            |iam: Iam| iam.list_policies().set_path_prefix(path.clone()).set_marker(marker.clone()).send();
        let page = at.client.ask(&format!("look for the policy {name}"), ask).await?;
        let here = page.policies().iter().filter(|policy| policy.policy_name() == Some(name));
        found.extend(here.filter_map(|policy| policy.arn().map(str::to_owned)));
        match page.marker.filter(|_| page.is_truncated) {
            Some(next) => marker = Some(next),
            None => break,
        }
    }
    match (found.pop(), found.is_empty()) {
        (Some(arn), true) => Ok(arn),
        (None, _) => Err(none(&format!("called {name}"))),
        (Some(last), false) => {
            let all = found.into_iter().chain([last]).collect::<Vec<_>>().join(", ");
            let detail = format!("Several policies are called {name}: {all}. Name the one by `arn`.");
            Err(ProviderError::invalid("Several policies", detail))
        }
    }
}
