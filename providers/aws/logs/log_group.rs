//! `aws_cloudwatch_log_group`.

use async_trait::async_trait;
use aws_sdk_cloudwatchlogs::Client as Logs;
use aws_sdk_cloudwatchlogs::types::{LogGroup as Found, LogGroupClass};
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, KindPage, Made};
use provider::{CreateClass, ListRequest, Lists, ProviderError, fields};

use crate::checks::{self, NameForm};
use crate::tags::{self, Tags};
use crate::{Client, OrAbsent, Trouble, marked, names};

/// The resource type.
pub(crate) struct LogGroup;

/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html>
const NAME: NameForm = NameForm { attribute: "name", longest: 512, signs: "_-/.#" };

/// For how many days logs can be kept; 0 is for ever.
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html>
const DAYS: [i64; 23] = [
    0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
    3653,
];

#[async_trait]
impl Kind for LogGroup {
    type Client = Client;
    const NAME: &'static str = "aws_cloudwatch_log_group";
    const CLASS: CreateClass = CreateClass::Name;
    const LISTS: Lists = Lists::Identity;
    const SHEET: &'static str = "\
A group of logs that are kept alike.

arn computed string | Its ARN.
id optional computed string | Its name.
kms_key_id optional string | The ARN of the key that encrypts what is logged from now on.
log_group_class optional computed fixed string | `STANDARD`, `INFREQUENT_ACCESS` or `DELIVERY`.
name optional computed fixed string | Its name. Made up where it is left out.
name_prefix optional computed fixed string | How a made-up name begins.
retention_in_days optional default=0 number | For how many days logs are kept; 0 is for ever.
skip_destroy optional default=false bool | Whether the group stays, with its logs, when it is removed from the configuration.
tags optional map(string) | Its tags.
tags_all optional computed map(string) | Its tags with the provider's `default_tags`.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let days = config.int("retention_in_days").filter(|days| !DAYS.contains(days)).map(|days| {
            let all = DAYS.map(|days| days.to_string()).join(", ");
            checks::fault(
                "retention_in_days",
                format!("Logs are kept for one of {all} days, not for {days}."),
            )
        });
        let classes = ["STANDARD", "INFREQUENT_ACCESS", "DELIVERY"];
        let class = checks::one_of(config, "log_group_class", &classes);
        let key = checks::arn(config, "kms_key_id");
        NAME.check(config).into_iter().chain(days).chain(class).chain(key).collect()
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        tags::plan(at, draft);
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let name = names::wanted(at, wanted, NAME.longest);
        let marked = tags::wanted(at, wanted);
        let tags = (!marked.is_empty()).then(|| marked.into_iter().collect());
        let make = |logs: Logs| {
            logs.create_log_group()
                .log_group_name(&name)
                .set_kms_key_id(wanted.string("kms_key_id"))
                .set_log_group_class(wanted.text("log_group_class").map(LogGroupClass::from))
                .set_tags(tags.clone())
                .send()
        };
        at.client.send(&format!("make the log group {name}"), make).await?;
        let made = fields! { id: &name, name: &name };
        at.exists(made.clone());
        if wanted.int("retention_in_days").is_some_and(|days| days > 0) {
            keep(at, &name, wanted).await?;
        }
        Ok(made)
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let name = known.id();
        let Some(group) = fetch(at, name).await? else { return Ok(None) };
        let arn = group.arn().unwrap_or_default().trim_end_matches(":*");
        let tags = read_tags(at, arn).await?;
        let told = fields! {
            arn: arn,
            id: name,
            kms_key_id: group.kms_key_id(),
            log_group_class: group.log_group_class().map(LogGroupClass::as_str),
            name: name,
            name_prefix: names::prefix_of(name).unwrap_or_default(),
            retention_in_days: group.retention_in_days().unwrap_or(0),
        };
        Ok(Some(told.and(tags::seen(at.client, known, tags))))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        let name = prior.id();
        if prior.differs(wanted, "retention_in_days") {
            keep(at, name, wanted).await?;
        }
        let what = format!("change the key of the log group {name}");
        match wanted.text("kms_key_id") {
            _ if !prior.differs(wanted, "kms_key_id") => {}
            Some(key) => {
                let put = |logs: Logs| logs.associate_kms_key().log_group_name(name).kms_key_id(key).send();
                at.client.put(&what, put).await?;
            }
            None => {
                let put = |logs: Logs| logs.disassociate_kms_key().log_group_name(name).send();
                at.client.put(&what, put).await?;
            }
        }
        update_tags(at, prior, wanted).await
    }

    async fn list(&self, at: &At<'_, Client>, request: ListRequest<'_>) -> Result<KindPage, KindError> {
        let name = |arn: &str| {
            let name = arn.split_once(":log-group:").map_or(arn, |(_, name)| name);
            name.trim_end_matches(":*").to_owned()
        };
        marked::listed(at, "logs:log-group", request, name).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let name = prior.id();
        if prior.is("skip_destroy") {
            return Ok(());
        }
        let remove = |logs: Logs| logs.delete_log_group().log_group_name(name).send();
        at.client.put(&format!("delete the log group {name}"), remove).await.or_absent()?;
        Ok(())
    }

    async fn import(&self, _: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        Ok(fields! { id: id, name: id, skip_destroy: false })
    }

    async fn find(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Option<Fields>, KindError> {
        let name = names::wanted(at, wanted, NAME.longest);
        let Some(group) = fetch(at, &name).await? else { return Ok(None) };
        let tags = read_tags(at, group.arn().unwrap_or_default().trim_end_matches(":*")).await?;
        Ok(Some(fields! { id: &name, name: &name }.and(tags::seen(at.client, wanted, tags))))
    }
}

async fn fetch(at: &At<'_, Client>, name: &str) -> Result<Option<Found>, Trouble> {
    let mut next = None;
    loop {
        let ask = |logs: Logs| {
            logs.describe_log_groups().log_group_name_prefix(name).set_next_token(next.clone()).send()
        };
        let page = at.client.ask(&format!("read the log group {name}"), ask).await.or_absent()?;
        let Some(page) = page else { return Ok(None) };
        let groups = page.log_groups.unwrap_or_default();
        if let Some(group) = groups.into_iter().find(|group| group.log_group_name() == Some(name)) {
            return Ok(Some(group));
        }
        match page.next_token {
            Some(token) => next = Some(token),
            None => return Ok(None),
        }
    }
}

async fn read_tags(at: &At<'_, Client>, arn: &str) -> Result<Tags, KindError> {
    let ask = |logs: Logs| logs.list_tags_for_resource().resource_arn(arn).send();
    let answer = at.client.ask(&format!("read the tags of the log group {arn}"), ask).await.or_absent()?;
    Ok(answer.and_then(|answer| answer.tags).unwrap_or_default().into_iter().collect())
}

/// Sets for how long logs are kept.
async fn keep(at: &At<'_, Client>, name: &str, wanted: Given<'_>) -> Result<(), KindError> {
    let what = format!("set for how long the log group {name} keeps logs");
    match wanted.int32("retention_in_days").filter(|days| *days > 0) {
        Some(days) => {
            let put =
                |logs: Logs| logs.put_retention_policy().log_group_name(name).retention_in_days(days).send();
            at.client.put(&what, put).await?;
        }
        None => {
            let remove = |logs: Logs| logs.delete_retention_policy().log_group_name(name).send();
            at.client.put(&what, remove).await?;
        }
    }
    Ok(())
}

async fn update_tags(at: &At<'_, Client>, prior: Given<'_>, wanted: Given<'_>) -> Result<(), KindError> {
    let (arn, (set, gone)) = (prior.str("arn"), tags::changes(prior, wanted));
    let what = format!("tag the log group {}", prior.id());
    if !gone.is_empty() {
        let untag =
            |logs: Logs| logs.untag_resource().resource_arn(arn).set_tag_keys(Some(gone.clone())).send();
        at.client.put(&what, untag).await?;
    }
    if !set.is_empty() {
        let set: std::collections::HashMap<_, _> = set.into_iter().collect();
        let tag = |logs: Logs| logs.tag_resource().resource_arn(arn).set_tags(Some(set.clone())).send();
        at.client.put(&what, tag).await?;
    }
    Ok(())
}
