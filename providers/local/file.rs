//! `local_file` and `local_sensitive_file`: a file with a given content, replaced whenever that changes.

use std::fs;

use async_trait::async_trait;
use model::{Attribute, Block, Schema, Type, Value};
use provider::{
    Call, CreateClass, Failed, Object, PlanRequest, PlannedChange, ProviderError, Recovery, ResourceType,
    changed, text, with_attributes,
};

use crate::{content, disk, settings};

/// Either of the two resource types, which differ in their schemas alone.
pub(crate) struct LocalFile {
    schema: Schema,
    sources: &'static [&'static str],
    default_mode: &'static str,
}

/// What a change of replaces the file.
const ARGUMENTS: [&str; 7] = [
    "content",
    "content_base64",
    "directory_permission",
    "file_permission",
    "filename",
    "sensitive_content",
    "source",
];

const MODES: [&str; 2] = ["directory_permission", "file_permission"];

impl LocalFile {
    /// `local_file`
    pub(crate) fn plain() -> LocalFile {
        let block = Block::new("Makes a file with the given content.")
            .attr("content", Attribute::optional(Type::String, "The content, as UTF-8 text."))
            .attr("content_base64", Attribute::optional(Type::String, "The content, as Base64 text."))
            .attr(
                "sensitive_content",
                Attribute::optional(Type::String, "The content, never shown.")
                    .sensitive()
                    .deprecated("Use the resource type `local_sensitive_file` instead."),
            );
        let sources = &["content", "sensitive_content", "content_base64", "source"];
        LocalFile { schema: shared(block, "0777"), sources, default_mode: "0777" }
    }

    /// `local_sensitive_file`
    pub(crate) fn sensitive() -> LocalFile {
        let block = Block::new("Makes a file whose content is never shown.")
            .attr("content", Attribute::optional(Type::String, "The content, as UTF-8 text.").sensitive())
            .attr(
                "content_base64",
                Attribute::optional(Type::String, "The content, as Base64 text.").sensitive(),
            );
        let sources = &["content", "content_base64", "source"];
        LocalFile { schema: shared(block, "0700"), sources, default_mode: "0700" }
    }

    fn computed(&self) -> impl Iterator<Item = &'static str> {
        content::digest_names().chain(["id"])
    }
}

/// Adds what both types have.
fn shared(block: Block, default_mode: &str) -> Schema {
    let mode = |what: &str| {
        let text = format!(
            "The permission of {what}, in octal digits, before the umask; {default_mode} if left out."
        );
        Attribute::optional_computed(Type::String, &text)
    };
    let block = block
        .attr("filename", Attribute::required(Type::String, "The file's path. Missing directories are made."))
        .attr("source", Attribute::optional(Type::String, "The path of a file to copy."))
        .attr("file_permission", mode("the file"))
        .attr("directory_permission", mode("directories that are made"))
        .attr("id", Attribute::computed(Type::String, "SHA-1 of the content, in hexadecimal."));
    Schema::new(content::with_digests(block))
}

fn path(call: Call<'_>, object: &Value) -> std::path::PathBuf {
    settings::resolve(call, text(object, "filename").unwrap_or_default())
}

/// The object that a written file is.
fn written(planned: &Value, bytes: &[u8]) -> Object {
    let id = ("id", Value::string(content::sha1(bytes)));
    with_attributes(planned, content::digests(bytes).into_iter().chain([id])).into()
}

#[async_trait]
impl ResourceType for LocalFile {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn create_class(&self) -> CreateClass {
        CreateClass::Name
    }

    fn validate(&self, config: &Value) -> Vec<ProviderError> {
        let combination = content::check_exactly_one(config, self.sources);
        let modes = MODES.into_iter().filter_map(|name| disk::check_mode(config, name));
        combination.into_iter().chain(content::check_base64(config)).chain(modes).collect()
    }

    async fn plan(&self, _call: Call<'_>, request: PlanRequest<'_>) -> Result<PlannedChange, ProviderError> {
        let left_out = MODES.into_iter().filter(|n| request.config.get(n).is_some_and(Value::is_null));
        let defaults = left_out.map(|name| (name, Value::string(self.default_mode)));
        let planned = with_attributes(request.proposed, defaults);
        let Some(prior) = request.prior else { return Ok(PlannedChange::in_place(planned)) };
        let requires_replace = changed(prior, &planned, ARGUMENTS);
        if requires_replace.is_empty() {
            return Ok(PlannedChange::in_place(planned));
        }
        let unknown = self.computed().map(|name| (name, Value::unknown(Type::String)));
        Ok(PlannedChange { planned: with_attributes(&planned, unknown), requires_replace })
    }

    async fn create(&self, call: Call<'_>, planned: &Value, _config: &Value) -> Result<Object, Failed> {
        let bytes = content::wanted(call, planned)?;
        let path = path(call, planned);
        let fallback = disk::mode(self.default_mode).unwrap_or(0o700);
        let mode = |name: &str| disk::mode_of(planned, name).unwrap_or(fallback);
        disk::make_parents(&path, mode("directory_permission"))
            .and_then(|_| disk::write(&path, &bytes, mode("file_permission")))
            .map_err(|error| disk::failure("Create local file error", "write the file", &path, &error))?;
        Ok(written(planned, &bytes))
    }

    /// A file that is missing or has another content is gone: it is made again.
    async fn read(&self, call: Call<'_>, prior: &Object) -> Result<Option<Object>, ProviderError> {
        let path = path(call, &prior.value);
        match fs::read(&path) {
            Ok(bytes) if Some(&*content::sha1(&bytes)) == text(&prior.value, "id") => Ok(Some(prior.clone())),
            Ok(_changed) => Ok(None),
            Err(error) if disk::is_missing(&error) => Ok(None),
            Err(error) => Err(disk::failure("Read local file error", "read the file", &path, &error)),
        }
    }

    /// Every argument replaces the file, so that nothing is left to be changed in place.
    async fn update(
        &self,
        _call: Call<'_>,
        _prior: &Object,
        planned: &Value,
        _config: &Value,
    ) -> Result<Object, Failed> {
        Ok(planned.clone().into())
    }

    async fn delete(&self, call: Call<'_>, prior: &Object) -> Result<(), ProviderError> {
        let path = path(call, &prior.value);
        disk::discard(&path);
        match fs::remove_file(&path) {
            Err(error) if !disk::is_missing(&error) => {
                Err(disk::failure("Delete local file error", "remove the file", &path, &error))
            }
            _gone => Ok(()),
        }
    }

    /// The file is written in one step: with the content that was asked for it is the one that was made.
    async fn recover(&self, call: Call<'_>, planned: &Value) -> Result<Recovery, ProviderError> {
        let (wanted, path) = (content::wanted(call, planned)?, path(call, planned));
        match fs::read(&path) {
            Ok(bytes) if bytes == wanted => Ok(Recovery::Exists(written(planned, &bytes))),
            Ok(_other) => Ok(Recovery::CannotTell(format!(
                "The file {} exists with another content than was to be written. Remove it, or give it \
                 another name.",
                path.display()
            ))),
            Err(error) if disk::is_missing(&error) => Ok(Recovery::Absent),
            Err(error) => Err(disk::failure("Read local file error", "read the file", &path, &error)),
        }
    }
}

#[cfg(test)]
mod tests;
