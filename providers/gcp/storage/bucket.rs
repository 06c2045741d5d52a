//! `google_storage_bucket`.

mod document;
mod purge;

use async_trait::async_trait;
use model::{Path, Value};
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, ErrorKind, Ownership, ProviderError, fields};
use serde_json::{Map, Value as Json, json};

use crate::client::{Api, Client, Request, segment};
use crate::{OrAbsent, labels, mirror, places};

pub(crate) use document::told;

/// The resource type.
pub(crate) struct Bucket;

#[async_trait]
impl Kind for Bucket {
    type Client = Client;
    const NAME: &'static str = "google_storage_bucket";
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = include_str!("bucket/sheet.txt");

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let name = config.text("name").and_then(|name| Some((name, fault(name)?)));
        let name = name.map(|(name, why)| {
            let detail = format!("{name:?} can't be the name of a bucket: {why}.");
            ProviderError::invalid("Invalid bucket name", detail).at(Path::of_attr("name"))
        });
        let ways = ["inherited", "enforced"];
        let way = config.text("public_access_prevention").filter(|way| !ways.contains(way)).map(|way| {
            let detail = format!("`public_access_prevention` is `inherited` or `enforced`, not {way:?}.");
            ProviderError::invalid("Invalid value", detail).at(Path::of_attr("public_access_prevention"))
        });
        let ways = ["fail_if_not_empty", "purge", "retain"];
        let end = config.text("on_destroy").filter(|end| !ways.contains(end)).map(|end| {
            let detail = format!("`on_destroy` is `fail_if_not_empty`, `purge` or `retain`, not {end:?}.");
            ProviderError::invalid("Invalid on_destroy", detail).at(Path::of_attr("on_destroy"))
        });
        let both = (config.is("force_destroy")
            && config.text("on_destroy").is_some_and(|end| end != "purge"))
        .then(|| {
            let detail =
                "`force_destroy` says that objects go with the bucket, and `on_destroy` says otherwise.";
            ProviderError::invalid("Invalid combination of arguments", detail).at(Path::of_attr("on_destroy"))
        });
        name.into_iter().chain(way).chain(end).chain(both).collect()
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        places::project(at, draft)?;
        labels::plan(at, draft);
        // The API writes locations and classes in capitals; so do states.
        for name in ["location", "storage_class", "rpo"] {
            let upper = draft.planned().text(name).map(str::to_uppercase);
            let prior = draft.prior.and_then(|prior| prior.string(name));
            if let (Some(upper), Some(prior)) = (upper, prior)
                && upper == prior.to_uppercase()
            {
                draft.set(name, Value::string(&prior));
            }
        }
        let locked =
            |given: Given<'_>| given.block("retention_policy").is_some_and(|policy| policy.is("is_locked"));
        if draft.prior.is_some_and(locked) && !locked(draft.planned()) {
            draft.replace("retention_policy");
        }
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let name = wanted.str("name");
        let what = format!("make the bucket {name}");
        let mut body = document::of(wanted);
        body.insert("name".into(), name.into());
        body.insert("location".into(), wanted.str("location").into());
        let marked = labels::wanted(at, wanted);
        if !marked.is_empty() {
            body.insert("labels".into(), marked.into_iter().collect());
        }
        let mut request = Request::post(Api::Storage, "b").query("project", wanted.str("project"));
        if wanted.is("enable_object_retention") {
            request = request.query("enableObjectRetention", true);
        }
        let made = at.client.send(&what, &request.json(&Json::Object(body))).await;
        let made = made.map_err(|trouble| match trouble.is_conflict() {
            true => taken(name),
            false => ProviderError::from(trouble),
        })?;
        at.exists(fields! { id: name, name: name });
        if is_locked(wanted) {
            lock(at, name, mirror::text(&made, "/metageneration")).await?;
        }
        Ok(fields! { id: name })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let name = known.text("name").unwrap_or(known.id());
        let Some(bucket) = get(at, name).await? else { return Ok(None) };
        Ok(Some(told(at, known, &bucket)))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        let name = prior.str("name");
        let mut body = document::changes(prior, wanted);
        if prior.differs(wanted, "effective_labels") {
            let (before, after) = (prior.map("effective_labels"), wanted.map("effective_labels"));
            let gone =
                before.keys().filter(|key| !after.contains_key(*key)).map(|key| (key.clone(), Json::Null));
            let set = after.iter().filter(|(key, value)| before.get(*key) != Some(value));
            let set = set.map(|(key, value)| (key.clone(), Json::from(value.as_str())));
            body.insert("labels".into(), Json::Object(gone.chain(set).collect()));
        }
        if !body.is_empty() {
            let request =
                Request::patch(Api::Storage, format!("b/{}", segment(name))).json(&Json::Object(body));
            at.client.put(&format!("change the bucket {name}"), &request).await?;
        }
        if is_locked(wanted) && !is_locked(prior) {
            let Some(bucket) = get(at, name).await? else { return Ok(()) };
            lock(at, name, mirror::text(&bucket, "/metageneration")).await?;
        }
        Ok(())
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let name = prior.str("name");
        if prior.str("on_destroy") == "retain" {
            at.call.progress.report(&format!("keeping the bucket {name}, as `on_destroy` says"));
            return disown(at, name).await;
        }
        if prior.is("force_destroy") || prior.str("on_destroy") == "purge" {
            purge::empty(at, name).await?;
        }
        let request = Request::delete(Api::Storage, format!("b/{}", segment(name)));
        match at.client.put(&format!("delete the bucket {name}"), &request).await.or_absent() {
            Err(trouble) if trouble.is_conflict() => Err(purge::refusal(at, name).await),
            result => Ok(result.map(drop)?),
        }
    }

    async fn import(&self, at: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        let (project, name) = match id.split_once('/') {
            Some((project, name)) => (Some(project), name),
            None => (at.client.project(), id),
        };
        Ok(fields! { id: name, name: name, project: project.unwrap_or_default(), force_destroy: false })
    }
}

async fn get(at: &At<'_, Client>, name: &str) -> Result<Option<Json>, KindError> {
    let request = Request::get(Api::Storage, format!("b/{}", segment(name))).query("projection", "full");
    Ok(at.client.ask(&format!("read the bucket {name}"), &request).await.or_absent()?)
}

/// Takes the marks off a bucket that stays.
async fn disown(at: &At<'_, Client>, name: &str) -> Result<(), KindError> {
    let Some(bucket) = get(at, name).await? else { return Ok(()) };
    let marks = labels::of(&bucket).into_keys().filter(|key| Ownership::is_mark(key));
    let gone: Map<String, Json> = marks.map(|key| (key, Json::Null)).collect();
    if gone.is_empty() {
        return Ok(());
    }
    let request =
        Request::patch(Api::Storage, format!("b/{}", segment(name))).json(&json!({ "labels": gone }));
    at.client.put(&format!("take the marks off the bucket {name}"), &request).await?;
    Ok(())
}

fn is_locked(given: Given<'_>) -> bool {
    given.block("retention_policy").is_some_and(|policy| policy.is("is_locked"))
}

/// Locks the retention policy as it is now.
async fn lock(at: &At<'_, Client>, name: &str, metageneration: &str) -> Result<(), KindError> {
    let request = Request::post(Api::Storage, format!("b/{}/lockRetentionPolicy", segment(name)));
    let request = request.query("ifMetagenerationMatch", metageneration);
    at.client.send(&format!("lock the retention policy of the bucket {name}"), &request).await?;
    Ok(())
}

/// A name that somebody has already.
fn taken(name: &str) -> ProviderError {
    let detail = format!(
        "The name {name:?} is taken: bucket names are unique in the world. Choose another one, or import the bucket if it is \
         this project's."
    );
    ProviderError::new(ErrorKind::Conflict, "Bucket name is taken", detail)
}

/// Why a text is no name of a bucket. <https://cloud.google.com/storage/docs/buckets#naming>
fn fault(name: &str) -> Option<&'static str> {
    let is_fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
    let longest = if name.contains('.') { 222 } else { 63 };
    match () {
        () if name.len() < 3 || name.len() > longest => {
            Some("it has 3 to 63 characters, with dots up to 222")
        }
        () if !name.chars().all(is_fine) => Some("it holds lower-case letters, digits, `-`, `_` and `.`"),
        () if !name.starts_with(|c: char| c.is_ascii_alphanumeric()) => {
            Some("it begins with a letter or digit")
        }
        () if !name.ends_with(|c: char| c.is_ascii_alphanumeric()) => Some("it ends with a letter or digit"),
        () if name.starts_with("goog") || name.contains("google") => Some("it is Google's own"),
        () => None,
    }
}
