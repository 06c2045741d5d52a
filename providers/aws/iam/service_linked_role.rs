//! `aws_iam_service_linked_role`.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_iam::types::{DeletionTaskStatusType, Role};
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, ErrorKind, ProviderError, fields};

use super::{Iam, role, tag_list, tags_of};
use crate::{Client, OrAbsent, Trouble, Waiting, checks, rfc3339, tags, wait};

/// The resource type.
pub(crate) struct ServiceLinkedRole;

#[async_trait]
impl Kind for ServiceLinkedRole {
    type Client = Client;
    const NAME: &'static str = "aws_iam_service_linked_role";
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = "\
The role that belongs to a service of AWS.

arn computed string | Its ARN.
aws_service_name required fixed string | The service: `spot.amazonaws.com`.
create_date computed string | When it was made.
custom_suffix optional fixed string | What its name ends with, for the few services that allow it.
description optional string | What it is for.
id optional computed string | Its ARN.
name computed string | Its name, which the service gives.
path computed string | The path before its name.
tags optional map(string) | Its tags.
tags_all optional computed map(string) | Its tags with the provider's `default_tags`.
unique_id computed string | Its unique identifier.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let wrong = config.text("aws_service_name").filter(|name| !name.contains(".amazonaws.com"));
        let wrong = wrong.map(|name| {
            let detail = format!("`aws_service_name` is to look like `spot.amazonaws.com`, and is {name:?}.");
            checks::fault("aws_service_name", detail)
        });
        wrong.into_iter().collect()
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        tags::plan(at, draft);
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let service = wanted.str("aws_service_name");
        let what = format!("make the role of the service {service}");
        let make = |iam: Iam| {
            iam.create_service_linked_role()
                .aws_service_name(service)
                .set_custom_suffix(wanted.string("custom_suffix"))
                .set_description(wanted.string("description"))
                .send()
        };
        let made = at.client.send(&what, make).await;
        let answer = made.map_err(|trouble| taken(service, trouble))?;
        let Some(role) = answer.role else { return Ok(Fields::new()) };
        let made = fields! { id: role.arn(), arn: role.arn(), name: role.role_name() };
        at.exists(made.clone());
        // Such a role takes tags only once it is there.
        if let Some(tags) = tag_list(&tags::wanted(at, wanted)) {
            let tag =
                |iam: Iam| iam.tag_role().role_name(role.role_name()).set_tags(Some(tags.clone())).send();
            at.client.put(&what, tag).await?;
        }
        Ok(made)
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let Some(found) = role::fetch(at, name_of(known.id())).await? else { return Ok(None) };
        let service = found.path().trim_matches('/').rsplit('/').next().unwrap_or_default();
        let told = fields! {
            arn: found.arn(),
            aws_service_name: service,
            create_date: rfc3339(found.create_date()),
            custom_suffix: found.role_name().split_once('_').map(|(_, suffix)| suffix),
            description: found.description(),
            id: found.arn(),
            name: found.role_name(),
            path: found.path(),
            unique_id: found.role_id(),
        };
        Ok(Some(told.and(tags::seen(at.client, known, tags_of(found.tags())))))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        let name = name_of(prior.id());
        if prior.differs(wanted, "description") {
            let put =
                |iam: Iam| iam.update_role().role_name(name).description(wanted.str("description")).send();
            at.client.put(&format!("change the role {name}"), put).await?;
        }
        role::update_tags(at, name, prior, wanted).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let name = name_of(prior.id());
        let what = format!("delete the role {name}");
        let remove = |iam: Iam| iam.delete_service_linked_role().role_name(name).send();
        let Some(answer) = at.client.put(&what, remove).await.or_absent()? else { return Ok(()) };
        let waiting = format!("the deletion of the role {name}");
        let waiting =
            Waiting { what: &waiting, every: Duration::from_secs(5), limit: Duration::from_mins(5) };
        wait(at, waiting, || deletion(at, &what, answer.deletion_task_id())).await?
    }

    async fn find(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Option<Fields>, KindError> {
        let path = format!("/aws-service-role/{}/", wanted.str("aws_service_name"));
        let ask = |iam: Iam| iam.list_roles().path_prefix(&path).send();
        let page = at.client.ask(&format!("look for roles under {path}"), ask).await?;
        let suffix = wanted.text("custom_suffix");
        let fits = |role: &&Role| role.role_name().split_once('_').map(|(_, suffix)| suffix) == suffix;
        let Some(role) = page.roles().iter().find(fits) else { return Ok(None) };
        Ok(Some(fields! { id: role.arn(), arn: role.arn(), name: role.role_name() }))
    }
}

/// The name of a role in its ARN.
fn name_of(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

/// What became of a deletion; a refusal is told with its reason.
async fn deletion(
    at: &At<'_, Client>,
    what: &str,
    task: &str,
) -> Result<Result<Result<(), ProviderError>, String>, Trouble> {
    let ask = |iam: Iam| iam.get_service_linked_role_deletion_status().deletion_task_id(task).send();
    let Some(answer) = at.client.ask(what, ask).await.or_absent()? else { return Ok(Ok(Ok(()))) };
    Ok(match answer.status() {
        DeletionTaskStatusType::Succeeded => Ok(Ok(())),
        DeletionTaskStatusType::Failed => {
            let reason = answer.reason();
            let why = reason.and_then(|reason| reason.reason()).unwrap_or("it gives no reason");
            let used = reason.map(|reason| reason.role_usage_list()).unwrap_or_default();
            let used =
                used.iter().flat_map(|usage| usage.resources()).cloned().collect::<Vec<_>>().join(", ");
            let used = if used.is_empty() { used } else { format!(" It is used by {used}.") };
            let detail = format!("Cannot {what}: {why}.{used}");
            Ok(Err(ProviderError::new(ErrorKind::Conflict, "Role is in use", detail)))
        }
        status => Err(status.as_str().to_lowercase()),
    })
}

/// A role that is there already.
fn taken(service: &str, trouble: Trouble) -> ProviderError {
    if !trouble.message.contains("has been taken") {
        return trouble.into();
    }
    let detail = format!(
        "The role of the service {service} is there already: services make it themselves when they first need it. Import it by \
         its ARN."
    );
    ProviderError::new(ErrorKind::Conflict, "Role is there already", detail)
}
