//! `google_storage_bucket_object`.

mod body;

use async_trait::async_trait;
use model::{Path, Value};
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, ErrorKind, ProviderError, fields};
use serde_json::{Map, Value as Json};

use super::contents::{self, Key, Upload, path};
use crate::OrAbsent;
use crate::client::{Api, Client, Request};
use crate::mirror::{plain, text};

/// The resource type.
pub(crate) struct Object;

/// The attributes that describe an object, with their fields.
const ABOUT: &[(&str, &str)] = &[
    ("cache_control", "cacheControl"),
    ("content_disposition", "contentDisposition"),
    ("content_encoding", "contentEncoding"),
    ("content_language", "contentLanguage"),
    ("content_type", "contentType"),
    ("event_based_hold", "eventBasedHold"),
    ("storage_class", "storageClass"),
    ("temporary_hold", "temporaryHold"),
];

#[async_trait]
impl Kind for Object {
    type Client = Client;
    const NAME: &'static str = "google_storage_bucket_object";
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = include_str!("object/sheet.txt");

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let given = |name: &str| config.value(name).is_some();
        let is_unknown = config.is_unknown("content") || config.is_unknown("source");
        let wrong = |name: &str, detail: &str| {
            ProviderError::invalid("Invalid combination of arguments", detail).at(Path::of_attr(name))
        };
        let contents = (!is_unknown && given("content") == given("source"))
            .then(|| wrong("content", "Exactly one of `content` and `source` says what the object holds."));
        let keys = (given("kms_key_name") && body::encryption(config).is_some())
            .then(|| wrong("kms_key_name", "`kms_key_name` and `customer_encryption` exclude each other."));
        let key = body::encryption(config).and_then(|text| Key::read(&text).err());
        let key = key.map(|error| error.at(Path::of_attr("customer_encryption")));
        contents.into_iter().chain(keys).chain(key).collect()
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        let of = |names: [&str; 2]| names.iter().any(|name| draft.config.is_unknown(name));
        let digest = match of(["content", "source"]) {
            true => None,
            false => Some(body::digest(&body::content(at, draft.config)?)?),
        };
        let before = draft.prior.and_then(|prior| prior.string("md5hash"));
        if draft.prior.is_some() && (digest.is_none() || before != digest) {
            for name in ["crc32c", "generation", "md5hash", "media_link"] {
                draft.forget(name);
            }
        } else if draft.prior.is_some() && draft.changes("storage_class") {
            // It is written anew.
            draft.forget("generation");
            draft.forget("media_link");
        }
        if let Some(digest) = digest {
            draft.set("md5hash", Value::string(&digest));
        }
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        upload(at, wanted, Some(0)).await?;
        Ok(fields! { id: id_of(wanted) })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let (bucket, name, key) = (known.str("bucket"), known.str("name"), body::key(known)?);
        let request = Request::get(Api::Storage, path(bucket, name)).key(key.as_ref());
        let object = at.client.ask(&format!("read gs://{bucket}/{name}"), &request).await.or_absent()?;
        let Some(object) = object else { return Ok(None) };
        let about = ABOUT.iter().fold(Fields::new(), |fields, (name, field)| {
            fields.with(name, object.get(field).map_or_else(Value::null, plain))
        });
        Ok(Some(about.and(fields! {
            crc32c: text(&object, "/crc32c"),
            generation: text(&object, "/generation").parse::<i64>().ok(),
            id: id_of(known),
            // With a key comes its version, which the configuration does not say.
            kms_key_name: text(&object, "/kmsKeyName").split("/cryptoKeyVersions/").next().unwrap_or_default(),
            md5hash: text(&object, "/md5Hash"),
            media_link: text(&object, "/mediaLink"),
            metadata: object.get("metadata").map_or_else(Value::null, plain),
            output_name: text(&object, "/name"),
            self_link: text(&object, "/selfLink"),
        })))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        if prior.str("md5hash") != wanted.str("md5hash") || prior.differs(wanted, "storage_class") {
            return upload(at, wanted, prior.int("generation")).await;
        }
        let mut body = about(wanted);
        for (name, field) in ABOUT {
            if prior.value(name).is_some() && wanted.value(name).is_none() {
                body.insert((*field).to_owned(), Json::Null);
            }
        }
        body.remove("storageClass");
        let gone = prior.map("metadata").into_keys().map(|key| (key, Json::Null));
        let metadata: Map<String, Json> =
            gone.chain(wanted.map("metadata").into_iter().map(|(k, v)| (k, v.into()))).collect();
        if prior.differs(wanted, "metadata") {
            body.insert("metadata".into(), Json::Object(metadata));
        }
        let (bucket, name) = (wanted.str("bucket"), wanted.str("name"));
        let mut request = Request::patch(Api::Storage, path(bucket, name)).json(&Json::Object(body));
        if let Some(generation) = prior.int("generation") {
            request = request.query("ifGenerationMatch", generation);
        }
        at.client.put(&format!("change gs://{bucket}/{name}"), &request).await?;
        Ok(())
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let (bucket, name) = (prior.str("bucket"), prior.str("name"));
        let request = Request::delete(Api::Storage, path(bucket, name));
        at.client.put(&format!("delete gs://{bucket}/{name}"), &request).await.or_absent()?;
        Ok(())
    }

    async fn import(&self, _: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        match id.strip_prefix("gs://").unwrap_or(id).split_once('/') {
            Some((bucket, name)) if !name.is_empty() => {
                Ok(fields! { id: format!("{bucket}-{name}"), bucket: bucket, name: name })
            }
            _ => Err(ProviderError::invalid(
                "Unexpected import identifier",
                format!("{id:?} does not name an object. Give `BUCKET/NAME` or `gs://BUCKET/NAME`."),
            )),
        }
    }

    /// What holds something else was there before, or is somebody else's.
    async fn find(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Option<Fields>, KindError> {
        let found = self.read(at, wanted).await?;
        let ours = Value::string(wanted.str("md5hash"));
        Ok(found.filter(|found| found.get("md5hash") == Some(&ours)))
    }
}

fn id_of(object: Given<'_>) -> String {
    format!("{}-{}", object.str("bucket"), object.str("name"))
}

/// What describes an object, as the API has it.
fn about(wanted: Given<'_>) -> Map<String, Json> {
    let field = |(name, field): &(&str, &str)| {
        let value = match wanted.flag(name) {
            Some(flag) => Json::Bool(flag),
            None => Json::from(wanted.text(name)?),
        };
        Some(((*field).to_owned(), value))
    };
    ABOUT.iter().filter_map(field).collect()
}

/// Writes the object whole, over a generation: its description and its content.
async fn upload(at: &At<'_, Client>, wanted: Given<'_>, over: Option<i64>) -> Result<(), KindError> {
    let (bucket, name) = (wanted.str("bucket"), wanted.str("name"));
    let content = body::content(at, at.config.unwrap_or(wanted))?;
    let md5 = match wanted.text("md5hash") {
        Some(planned) => planned.to_owned(),
        None => body::digest(&content)?,
    };
    let (key, ty) = (body::key(wanted)?, body::content_type(wanted, &content)?);
    let describe = |writing| body::describe(writing, wanted, &ty);
    let (content, key) = (&content, key.as_ref());
    let upload = Upload { bucket, name, content, md5: &md5, over, key, describe: &describe };
    match contents::write(at.client, &format!("write gs://{bucket}/{name}"), &upload).await {
        Ok(_) => Ok(()),
        Err(trouble) if trouble.is_conflict() => Err(in_the_way(bucket, name, over)),
        Err(trouble) => Err(trouble.into()),
    }
}

/// Why an object is not written.
fn in_the_way(bucket: &str, name: &str, over: Option<i64>) -> ProviderError {
    let detail = match over {
        Some(0) => format!(
            "gs://{bucket}/{name} exists already, and what it holds would be lost. Import it with the identifier \
             {bucket}/{name}, or remove it."
        ),
        _ => format!(
            "gs://{bucket}/{name} was written by somebody else since it was last read, so it stays as it is. Plan again to see \
             what it is now."
        ),
    };
    ProviderError::new(ErrorKind::Conflict, "Object is there already", detail)
}
