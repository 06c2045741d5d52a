//! `google_storage_bucket_object`.

use std::path::PathBuf;

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use model::{Path, Value};
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, ErrorKind, ProviderError, fields};
use serde_json::{Map, Value as Json};

use crate::client::{Api, Client, Request, segment};
use crate::mirror::{plain, text};
use crate::{OrAbsent, Trouble};

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
    const SHEET: &'static str = "\
An object in a bucket.

bucket required fixed string | The bucket.
cache_control optional string | How caches treat it.
content optional computed sensitive string | Its content.
content_disposition optional string | How browsers present it.
content_encoding optional string | How its content is encoded.
content_language optional string | The language of its content.
content_type optional computed string | What its content is.
crc32c computed string | The CRC-32C of its content, in base64.
detect_md5hash optional string | The digest of the content; found out where it is left out.
event_based_hold optional bool | Whether it is held until an event.
generation computed number | Its generation, which is another one with each content.
id optional computed string | The bucket and the name.
kms_key_name optional computed fixed string | The key that encrypts it.
md5hash computed string | The MD5 of its content, in base64.
media_link computed string | Where its content is.
metadata optional map(string) | Data about it.
name required fixed string | Its name.
output_name computed string | Its name, known once it is there.
self_link computed string | Its URL in the API.
source optional string | The file that holds its content.
storage_class optional computed string | Its class.
temporary_hold optional bool | Whether it is held for the time being.
timeouts block single | How long operations may take.
  create optional string | As `4m`.
  delete optional string | As `4m`.
  update optional string | As `4m`.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let given = |name: &str| config.value(name).is_some();
        let is_unknown = config.is_unknown("content") || config.is_unknown("source");
        if is_unknown || given("content") != given("source") {
            return Vec::new();
        }
        let detail = "Exactly one of `content` and `source` says what the object holds.";
        vec![ProviderError::invalid("Invalid combination of arguments", detail).at(Path::of_attr("content"))]
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        let of = |names: [&str; 2]| names.iter().any(|name| draft.config.is_unknown(name));
        let digest = match of(["content", "source"]) {
            true => None,
            false => Some(digest(&content(at, draft.config)?)),
        };
        let before = draft.prior.and_then(|prior| prior.string("md5hash"));
        if draft.prior.is_some() && (digest.is_none() || before != digest) {
            for name in ["crc32c", "generation", "md5hash", "media_link"] {
                draft.forget(name);
            }
        }
        if let Some(digest) = digest {
            draft.set("md5hash", Value::string(&digest));
        }
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        upload(at, wanted).await?;
        Ok(fields! { id: id_of(wanted) })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let (bucket, name) = (known.str("bucket"), known.str("name"));
        let request = Request::get(Api::Storage, path(bucket, name));
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
            return upload(at, wanted).await;
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
        let request = Request::patch(Api::Storage, path(bucket, name)).json(&Json::Object(body));
        at.client.put(&format!("change gs://{bucket}/{name}"), &request).await?;
        Ok(())
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let (bucket, name) = (prior.str("bucket"), prior.str("name"));
        let request = Request::delete(Api::Storage, path(bucket, name));
        at.client.put(&format!("delete gs://{bucket}/{name}"), &request).await.or_absent()?;
        Ok(())
    }
}

fn path(bucket: &str, name: &str) -> String {
    format!("b/{}/o/{}", segment(bucket), segment(name))
}

fn id_of(object: Given<'_>) -> String {
    format!("{}-{}", object.str("bucket"), object.str("name"))
}

fn digest(content: &[u8]) -> String {
    STANDARD.encode(Md5::digest(content))
}

fn content(at: &At<'_, Client>, wanted: Given<'_>) -> Result<Vec<u8>, KindError> {
    let Some(path) = wanted.text("source") else { return Ok(wanted.str("content").as_bytes().to_vec()) };
    let path: PathBuf = at.call.around.current_dir().join(path);
    std::fs::read(&path).map_err(|e| {
        let detail = format!("The file {} cannot be read: {e}.", path.display());
        ProviderError::new(ErrorKind::Invalid, "Cannot read file", detail).at(Path::of_attr("source"))
    })
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

/// Writes the object whole: its description and its content in one request.
async fn upload(at: &At<'_, Client>, wanted: Given<'_>) -> Result<(), KindError> {
    let (bucket, name) = (wanted.str("bucket"), wanted.str("name"));
    let content = content(at, at.config.unwrap_or(wanted))?;
    let mut head = about(wanted);
    head.insert("name".into(), name.into());
    head.insert("md5Hash".into(), digest(&content).into());
    let metadata = wanted.map("metadata");
    if !metadata.is_empty() {
        head.insert("metadata".into(), metadata.into_iter().collect());
    }
    let boundary = boundary(&content);
    let ty = wanted.text("content_type").unwrap_or("application/octet-stream");
    let head = Json::Object(head);
    let mut body = format!(
        "--{boundary}\r\ncontent-type: application/json; charset=utf-8\r\n\r\n{head}\r\n--{boundary}\r\ncontent-type: {ty}\r\n\r\n"
    )
    .into_bytes();
    body.extend(content);
    body.extend(format!("\r\n--{boundary}--\r\n").into_bytes());
    let request =
        Request::post(Api::Storage, format!("b/{}/o", segment(bucket))).query("uploadType", "multipart");
    let request = match wanted.text("kms_key_name") {
        Some(key) => request.query("kmsKeyName", key),
        None => request,
    };
    let request = request.upload(&format!("multipart/related; boundary={boundary}"), body);
    at.client.put(&format!("write gs://{bucket}/{name}"), &request).await.map_err(Trouble::into).map(drop)
}

/// A line that the content does not hold.
fn boundary(content: &[u8]) -> String {
    format!("part-{}", provider::hex(&Md5::digest([content, b"boundary"].concat())))
}
