//! `aws_kms_alias`.

use async_trait::async_trait;
use aws_sdk_kms::types::AliasListEntry;
use model::Value;
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, ProviderError, fields};

use super::{Kms, key_id};
use crate::checks::NameForm;
use crate::{Client, OrAbsent, Trouble, checks, names, when_spread};

/// The resource type.
pub(crate) struct Alias;

/// What every alias begins with.
const PREFIX: &str = "alias/";

/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html>
const NAME: NameForm = NameForm { attribute: "name", longest: 256, signs: "/_-" };

#[async_trait]
impl Kind for Alias {
    type Client = Client;
    const NAME: &'static str = "aws_kms_alias";
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = "\
A name for a key.

arn computed string | Its ARN.
id optional computed string | The name.
name optional computed fixed string | The name, which begins with `alias/`. Made up where it is left out.
name_prefix optional computed fixed string | How a made-up name begins.
target_key_arn computed string | The key's ARN.
target_key_id required string | The key's identifier or ARN.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let begins = ["name", "name_prefix"].into_iter().filter_map(|attribute| {
            let name = config.text(attribute).filter(|name| !name.starts_with(PREFIX))?;
            let detail = format!("`{attribute}` is to begin with `{PREFIX}`, and is {name:?}.");
            Some(checks::fault(attribute, detail))
        });
        let reserved = config.text("name").filter(|name| name.starts_with("alias/aws/"));
        let reserved = reserved.map(|_| checks::fault("name", "Names under `alias/aws/` are those of AWS."));
        NAME.check(config).into_iter().chain(begins).chain(reserved).collect()
    }

    fn plan(&self, _: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        let before = draft.prior.and_then(|prior| prior.string("target_key_id"));
        if let Some(before) =
            before.filter(|before| key_id(before) == key_id(draft.planned().str("target_key_id")))
        {
            draft.set("target_key_id", Value::string(before));
        }
        if draft.changes("target_key_id") {
            draft.forget("target_key_arn");
        }
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let (name, key) = (name_of(at, wanted), wanted.str("target_key_id"));
        let what = format!("make the alias {name}");
        let make = |kms: Kms| kms.create_alias().alias_name(&name).target_key_id(key).send();
        when_spread(at, || at.client.send(&what, make)).await?;
        Ok(fields! { id: &name, name: &name })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let Some(alias) = fetch(at, known.id()).await? else { return Ok(None) };
        let (arn, key) = (alias.alias_arn().unwrap_or_default(), alias.target_key_id().unwrap_or_default());
        let before = known.text("target_key_id").filter(|before| key_id(before) == key_id(key));
        let region = arn.split(":alias/").next().unwrap_or_default();
        Ok(Some(fields! {
            arn: arn,
            id: alias.alias_name(),
            name: alias.alias_name(),
            name_prefix: names::prefix_of(known.id()).unwrap_or_default(),
            target_key_arn: format!("{region}:key/{}", key_id(key)),
            target_key_id: before.unwrap_or(key),
        }))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        let (name, key) = (prior.id(), wanted.str("target_key_id"));
        let put = |kms: Kms| kms.update_alias().alias_name(name).target_key_id(key).send();
        at.client.put(&format!("point the alias {name} to another key"), put).await?;
        Ok(())
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let name = prior.id();
        let remove = |kms: Kms| kms.delete_alias().alias_name(name).send();
        at.client.put(&format!("delete the alias {name}"), remove).await.or_absent()?;
        Ok(())
    }

    async fn import(&self, _: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        Ok(fields! { id: id, name: id })
    }

    async fn find(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Option<Fields>, KindError> {
        let name = name_of(at, wanted);
        let found = fetch(at, &name).await?;
        Ok(found.map(|_| fields! { id: &name, name: &name }))
    }
}

fn name_of(at: &At<'_, Client>, wanted: Given<'_>) -> String {
    let prefix = wanted.text("name_prefix").unwrap_or(PREFIX);
    wanted.string("name").unwrap_or_else(|| names::made_up(at, prefix, NAME.longest))
}

async fn fetch(at: &At<'_, Client>, name: &str) -> Result<Option<AliasListEntry>, Trouble> {
    let mut marker = None;
    loop {
        let ask = |kms: Kms| kms.list_aliases().set_marker(marker.clone()).send();
        let page = at.client.ask(&format!("read the alias {name}"), ask).await?;
        let mut aliases = page.aliases.unwrap_or_default().into_iter();
        if let Some(alias) = aliases.find(|alias| alias.alias_name() == Some(name)) {
            return Ok(Some(alias));
        }
        match page.next_marker.filter(|_| page.truncated) {
            Some(next) => marker = Some(next),
            None => return Ok(None),
        }
    }
}
