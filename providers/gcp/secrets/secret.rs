//! `google_secret_manager_secret`.

use std::sync::LazyLock;

use async_trait::async_trait;
use model::{Type, Value};
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, fields};
use serde_json::{Value as Json, json};

use crate::client::{Api, Client, Request};
use crate::mirror::{Mirror, plain};
use crate::{OrAbsent, labels, places};

static MIRROR: LazyLock<Mirror> = LazyLock::new(|| Mirror::new(Secret::SHEET, &[("auto", "automatic")], &[]));

/// What a change can change, beside labels.
const CHANGEABLE: &[&str] =
    &["expire_time", "rotation", "topics", "ttl", "version_aliases", "version_destroy_ttl"];

/// The resource type.
pub(super) struct Secret;

#[async_trait]
impl Kind for Secret {
    type Client = Client;
    const NAME: &'static str = "google_secret_manager_secret";
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = "\
A secret. What it holds are its versions.

annotations optional map(string) | Notes on it.
create_time computed string | When it was made.
effective_annotations computed map(string) | All notes on it.
effective_labels computed map(string) | All labels that it has.
expire_time optional computed string | When it goes by itself.
id optional computed string | Its full name.
labels optional map(string) | Its labels.
name computed string | Its full name, with the project's number.
project optional computed fixed string | The project.
secret_id required fixed string | Its name.
terraform_labels computed map(string) | Its labels with the provider's `default_labels`.
ttl optional string | After how long it goes by itself, as `3600s`.
version_aliases optional map(string) | Names of versions.
version_destroy_ttl optional string | How long destroyed versions can be had back.
replication block list 1..1 fixed | Where it lies.
  auto block list 0..1 | Wherever Google sees fit.
    customer_managed_encryption block list 0..1 | How it is encrypted.
      kms_key_name required string | The key.
  user_managed block list 0..1 | In places of one's own choice.
    replicas block list 1.. | The places.
      location required string | The region.
      customer_managed_encryption block list 0..1 | How it is encrypted there.
        kms_key_name required string | The key.
rotation block list 0..1 | When one is told to change it.
  next_rotation_time optional string | When next.
  rotation_period optional string | How often, as `2592000s`.
timeouts block single | How long operations may take.
  create optional string | As `20m`.
  delete optional string | As `20m`.
  update optional string | As `20m`.
topics block list 0..10 | Who is told of changes.
  name required string | The topic of Pub/Sub.
";

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        places::project(at, draft)?;
        labels::plan(at, draft);
        let notes = draft.config.whole().get("annotations").filter(|notes| !notes.is_null()).cloned();
        draft.set(
            "effective_annotations",
            notes.unwrap_or_else(|| Value::map(Type::String, Vec::<(model::Str, Value)>::new())),
        );
        if draft.changes("ttl") {
            draft.forget("expire_time");
        }
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let (secret, project) = (wanted.str("secret_id"), wanted.str("project"));
        let mut body = MIRROR.document(wanted, &[CHANGEABLE, &["annotations", "replication"]].concat());
        let marked = labels::wanted(at, wanted);
        if !marked.is_empty() {
            body.insert("labels".into(), marked.into_iter().collect());
        }
        let request =
            Request::post(Api::Secrets, format!("projects/{project}/secrets")).query("secretId", secret);
        at.client.send(&format!("make the secret {secret}"), &request.json(&Json::Object(body))).await?;
        Ok(fields! { id: super::full_name(secret, Some(project)) })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let id = super::full_name(known.str("secret_id"), known.text("project"));
        let Some(secret) = get(at, &id).await? else { return Ok(None) };
        let told = MIRROR.fields(&secret, &["create_time", "expire_time", "name", "replication"]);
        let changeable = ["rotation", "topics", "version_aliases", "version_destroy_ttl"];
        let notes = secret.get("annotations").map_or_else(|| plain(&json!({})), plain);
        let own = fields! { id: &id, annotations: &notes, effective_annotations: &notes };
        let told = told.and(MIRROR.fields(&secret, &changeable)).and(own);
        Ok(Some(told.and(labels::seen(at, known, labels::of(&secret)))))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        let id = prior.id();
        let names = CHANGEABLE.iter().copied().chain(["annotations"]);
        let is_changed = |name: &&str| prior.differs(wanted, name) && !wanted.is_unknown(name);
        let changed: Vec<&str> = names.filter(is_changed).collect();
        let mut body = MIRROR.document(wanted, &changed);
        let mut mask: Vec<String> = changed.iter().map(|name| MIRROR.field(name)).collect();
        if prior.differs(wanted, "effective_labels") {
            let now = get(at, id).await?.map(|secret| labels::of(&secret)).unwrap_or_default();
            body.insert("labels".into(), labels::changed(now, prior, wanted).into_iter().collect());
            mask.push("labels".into());
        }
        if mask.is_empty() {
            return Ok(());
        }
        let request = Request::patch(Api::Secrets, id).query("updateMask", mask.join(","));
        at.client.put(&format!("change the secret {id}"), &request.json(&Json::Object(body))).await?;
        Ok(())
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let request = Request::delete(Api::Secrets, prior.id());
        at.client.put(&format!("delete the secret {}", prior.id()), &request).await.or_absent()?;
        Ok(())
    }

    async fn import(&self, at: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        let secret = id.rsplit('/').next().unwrap_or(id);
        let told = id.trim_start_matches("projects/").split('/').next().filter(|first| *first != secret);
        let project = told.or(at.client.project()).unwrap_or_default();
        Ok(fields! { id: super::full_name(secret, Some(project)), project: project, secret_id: secret })
    }
}

async fn get(at: &At<'_, Client>, id: &str) -> Result<Option<Json>, KindError> {
    Ok(at.client.ask(&format!("read the secret {id}"), &Request::get(Api::Secrets, id)).await.or_absent()?)
}
