//! `google_iam_workload_identity_pool_provider`.

use std::sync::LazyLock;

use async_trait::async_trait;
use model::Path;
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, ProviderError, fields};

use super::pool;
use super::softly::{self, Wanted};
use crate::client::Client;
use crate::mirror::Mirror;
use crate::places;

static MIRROR: LazyLock<Mirror> = LazyLock::new(|| Mirror::new(PoolProvider::SHEET, &[], &[]));

/// What can be said of a provider.
const SETTINGS: &[&str] = &[
    "attribute_condition",
    "attribute_mapping",
    "aws",
    "description",
    "disabled",
    "display_name",
    "oidc",
    "saml",
    "x509",
];

/// Where identities can be from.
const ORIGINS: &[&str] = &["aws", "oidc", "saml", "x509"];

const THING: &str = "identity pool provider";

/// The resource type.
pub(super) struct PoolProvider;

#[async_trait]
impl Kind for PoolProvider {
    type Client = Client;
    const NAME: &'static str = "google_iam_workload_identity_pool_provider";
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = "\
Where identities of a pool are from. Its name is taken for 30 days after it was deleted; made again meanwhile, it is undeleted.

attribute_condition optional string | Which identities get tokens, in the Common Expression Language.
attribute_mapping optional map(string) | What becomes of what others say of an identity, as `google.subject = \"assertion.sub\"`.
description optional string | What it is for.
disabled optional bool | Whether its identities get no tokens.
display_name optional string | A name for people.
id optional computed string | Its full name.
name computed string | Its full name, with the project's number.
project optional computed fixed string | The project.
state computed string | Whether it is `ACTIVE`.
workload_identity_pool_id required fixed string | The pool.
workload_identity_pool_provider_id required fixed string | Its name, 4 to 32 characters.
aws block list 0..1 | From an account of AWS.
  account_id required string | The account.
oidc block list 0..1 | From whoever speaks OpenID Connect.
  allowed_audiences optional list(string) | For whom their tokens are; for this provider where it is left out.
  issuer_uri required string | Who they are.
  jwks_json optional json string | Their keys, where they can't be asked.
saml block list 0..1 | From whoever speaks SAML.
  idp_metadata_xml required string | What they say of themselves.
timeouts block single | How long operations may take.
  create optional string | As `20m`.
  delete optional string | As `20m`.
  update optional string | As `20m`.
x509 block list 0..1 | From whoever has a certificate.
  trust_store block list 1..1 | Who vouches for them.
    intermediate_cas block list | Those in between.
      pem_certificate optional string | The certificate.
    trust_anchors block list 1.. | Those that are believed.
      pem_certificate optional string | The certificate.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let said =
            ORIGINS.iter().filter(|name| !config.blocks(name).is_empty() || config.is_unknown(name)).count();
        let origin = (said != 1).then(|| {
            let detail = "A provider has exactly one of the blocks `aws`, `oidc`, `saml` and `x509`.";
            ProviderError::invalid("Invalid provider", detail).at(Path::of_attr("oidc"))
        });
        let mapping = config.map("attribute_mapping");
        let is_known = !config.is_unknown("attribute_mapping");
        let needs = config.block("aws").is_none() && is_known && !mapping.contains_key("google.subject");
        let subject = needs.then(|| {
            let detail =
                "`attribute_mapping` says what becomes `google.subject`: without it, no identity has a name.";
            ProviderError::invalid("Invalid provider", detail).at(Path::of_attr("attribute_mapping"))
        });
        let name = softly::misnamed(config, "workload_identity_pool_provider_id");
        name.into_iter().chain(origin).chain(subject).collect()
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        places::project(at, draft)
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let name = name_of(wanted);
        let body = MIRROR.document(wanted, SETTINGS);
        // An origin can't become another one: only the own one is among what is changed.
        let is_its = |name: &&&str| !ORIGINS.contains(name) || !wanted.blocks(name).is_empty();
        let mask: Vec<String> = SETTINGS.iter().filter(is_its).map(|name| MIRROR.field(name)).collect();
        let wanted = Wanted {
            thing: THING,
            name: name.clone(),
            parameter: "workloadIdentityPoolProviderId",
            body,
            mask: mask.join(","),
            object: wanted,
        };
        softly::make(at, wanted).await?;
        Ok(fields! { id: name })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        softly::told(at, THING, name_of(known), (&MIRROR, SETTINGS)).await
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        softly::update(at, THING, &name_of(prior), (&MIRROR, SETTINGS), (prior, wanted)).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        softly::delete(at, THING, &name_of(prior), prior).await
    }

    async fn import(&self, at: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        let own = at.client.project().unwrap_or_default();
        let (project, pool, provider) = match id.split('/').collect::<Vec<_>>()[..] {
            [
                "projects",
                project,
                "locations",
                "global",
                "workloadIdentityPools",
                pool,
                "providers",
                provider,
            ]
            | [project, pool, provider] => (project, pool, provider),
            [pool, provider] => (own, pool, provider),
            _ => {
                let detail = format!("{id:?} names no provider. Say PROJECT/POOL/PROVIDER.");
                return Err(ProviderError::invalid("Invalid import identifier", detail));
            }
        };
        let name =
            format!("projects/{project}/locations/global/workloadIdentityPools/{pool}/providers/{provider}");
        let known = fields! { project: project, workload_identity_pool_id: pool };
        Ok(known.with("id", name).with("workload_identity_pool_provider_id", provider))
    }
}

fn name_of(object: Given<'_>) -> String {
    format!("{}/providers/{}", pool::name_of(object), object.str("workload_identity_pool_provider_id"))
}
