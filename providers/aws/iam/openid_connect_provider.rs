//! `aws_iam_openid_connect_provider`.

use std::collections::BTreeSet;

use async_trait::async_trait;
use aws_sdk_iam::operation::get_open_id_connect_provider::GetOpenIdConnectProviderOutput;
use model::Value;
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, KindPage, Made};
use provider::{CreateClass, ListRequest, Lists, ProviderError, fields};

use super::{Iam, tag_list, tags_of};
use crate::{Client, OrAbsent, Trouble, checks, marked, tags};

/// The resource type.
pub(crate) struct OpenIdConnectProvider;

#[async_trait]
impl Kind for OpenIdConnectProvider {
    type Client = Client;
    const NAME: &'static str = "aws_iam_openid_connect_provider";
    const CLASS: CreateClass = CreateClass::Name;
    const LISTS: Lists = Lists::Identity;
    const SHEET: &'static str = "\
An issuer of identities that roles can trust: a cluster, or a service that runs pipelines.

arn computed string | Its ARN.
client_id_list required set(string) | For whom its tokens may be meant: `sts.amazonaws.com`.
id optional computed string | Its ARN.
tags optional map(string) | Its tags.
tags_all optional computed map(string) | Its tags with the provider's `default_tags`.
thumbprint_list optional computed list(string) | The SHA-1 digests of certificates of its server. AWS finds them itself where they are left out.
url required fixed string | Its address, which begins with `https://`.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let url = config.text("url").filter(|url| !url.starts_with("https://"));
        let url =
            url.map(|url| checks::fault("url", format!("`url` is to begin with https://, and is {url:?}.")));
        let prints = config.texts("thumbprint_list").into_iter();
        let wrong = prints.filter(|text| text.len() != 40 || !text.bytes().all(|c| c.is_ascii_hexdigit()));
        let wrong = wrong.map(|text| {
            let detail = format!("A SHA-1 digest has 40 hexadecimal digits; {text:?} has not.");
            checks::fault("thumbprint_list", detail)
        });
        url.into_iter().chain(wrong).collect()
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        tags::plan(at, draft);
        let before = draft.prior.and_then(|prior| prior.string("url"));
        if let Some(before) = before.filter(|before| host(before) == host(draft.planned().str("url"))) {
            draft.set("url", Value::string(before));
        }
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let url = wanted.str("url");
        let tags = tag_list(&tags::wanted(at, wanted));
        let make = |iam: Iam| {
            iam.create_open_id_connect_provider()
                .url(url)
                .set_client_id_list(Some(wanted.texts("client_id_list")))
                .set_thumbprint_list(wanted.some_texts("thumbprint_list"))
                .set_tags(tags.clone())
                .send()
        };
        let answer = at.client.send(&format!("make the identity provider {url}"), make).await?;
        let arn = answer.open_id_connect_provider_arn;
        Ok(fields! { id: arn.clone(), arn: arn })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let Some(found) = fetch(at, known.id()).await? else { return Ok(None) };
        let url = found.url().unwrap_or_default();
        let url = known.text("url").filter(|before| host(before) == host(url)).unwrap_or(url);
        let told = fields! {
            arn: known.id(),
            client_id_list: found.client_id_list().to_vec(),
            id: known.id(),
            thumbprint_list: found.thumbprint_list().to_vec(),
            url: url,
        };
        Ok(Some(told.and(tags::seen(at.client, known, tags_of(found.tags())))))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        if prior.differs(wanted, "thumbprint_list") {
            let prints = wanted.texts("thumbprint_list");
            let put = |iam: Iam| {
                let request = iam.update_open_id_connect_provider_thumbprint();
                let request = request.open_id_connect_provider_arn(prior.id());
                request.set_thumbprint_list(Some(prints.clone())).send()
            };
            at.client.put(&format!("change the identity provider {}", prior.id()), put).await?;
        }
        update_audiences(at, prior, wanted).await?;
        update_tags(at, prior, wanted).await
    }

    async fn list(&self, at: &At<'_, Client>, _: ListRequest<'_>) -> Result<KindPage, KindError> {
        let page = at
            .client
            .ask("list the identity providers", |iam: Iam| iam.list_open_id_connect_providers().send());
        let page = page.await?;
        let mut found = Vec::new();
        // The list tells no tags.
        for arn in page.open_id_connect_provider_list().iter().filter_map(|one| one.arn()) {
            let provider = fetch(at, arn).await?;
            found.extend(provider.and_then(|one| marked::entry(arn.to_owned(), &tags_of(one.tags()))));
        }
        Ok(KindPage { found, next: None })
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let arn = prior.id();
        let remove =
            |iam: Iam| iam.delete_open_id_connect_provider().open_id_connect_provider_arn(arn).send();
        at.client.put(&format!("delete the identity provider {arn}"), remove).await.or_absent()?;
        Ok(())
    }

    async fn find(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Option<Fields>, KindError> {
        let (partition, account) = (at.client.partition(), at.client.account().await?);
        let arn = format!("arn:{partition}:iam::{account}:oidc-provider/{}", host(wanted.str("url")));
        let Some(found) = fetch(at, &arn).await? else { return Ok(None) };
        let seen = tags::seen(at.client, wanted, tags_of(found.tags()));
        Ok(Some(fields! { id: &arn, arn: &arn }.and(seen)))
    }
}

/// An address without its scheme, as IAM names providers.
fn host(url: &str) -> &str {
    url.trim_start_matches("https://").trim_end_matches('/')
}

async fn fetch(at: &At<'_, Client>, arn: &str) -> Result<Option<GetOpenIdConnectProviderOutput>, Trouble> {
    let ask = |iam: Iam| iam.get_open_id_connect_provider().open_id_connect_provider_arn(arn).send();
    at.client.ask(&format!("read the identity provider {arn}"), ask).await.or_absent()
}

async fn update_audiences(at: &At<'_, Client>, prior: Given<'_>, wanted: Given<'_>) -> Result<(), KindError> {
    let all = |object: Given<'_>| object.texts("client_id_list").into_iter().collect::<BTreeSet<_>>();
    let (arn, before, after) = (prior.id(), all(prior), all(wanted));
    let what = format!("change for whom tokens of the identity provider {arn} may be meant");
    for audience in after.difference(&before) {
        let add = |iam: Iam| {
            let request = iam.add_client_id_to_open_id_connect_provider();
            request.open_id_connect_provider_arn(arn).client_id(audience).send()
        };
        at.client.put(&what, add).await?;
    }
    for audience in before.difference(&after) {
        let remove = |iam: Iam| {
            let request = iam.remove_client_id_from_open_id_connect_provider();
            request.open_id_connect_provider_arn(arn).client_id(audience).send()
        };
        at.client.put(&what, remove).await.or_absent()?;
    }
    Ok(())
}

async fn update_tags(at: &At<'_, Client>, prior: Given<'_>, wanted: Given<'_>) -> Result<(), KindError> {
    let (arn, (set, gone)) = (prior.id(), tags::changes(prior, wanted));
    let what = format!("tag the identity provider {arn}");
    if !gone.is_empty() {
        let untag = |iam: Iam| {
            let request = iam.untag_open_id_connect_provider().open_id_connect_provider_arn(arn);
            request.set_tag_keys(Some(gone.clone())).send()
        };
        at.client.put(&what, untag).await?;
    }
    if let Some(tags) = tag_list(&set) {
        let tag = |iam: Iam| {
            let request = iam.tag_open_id_connect_provider().open_id_connect_provider_arn(arn);
            request.set_tags(Some(tags.clone())).send()
        };
        at.client.put(&what, tag).await?;
    }
    Ok(())
}
