//! `stackwright_file`: a file whose content changes in place, and which leaves no directories behind.

use std::path::{Path, PathBuf};
use std::{fs, io};

use async_trait::async_trait;
use model::{Attribute, Block, Schema, Type, Value};
use provider::{
    Call, CreateClass, Digests, ErrorKind, Failed, Imported, Object, PlanRequest, PlannedChange,
    ProviderError, Recovery, ResourceType, changed, config_of, hex, text, with_attributes,
};

use crate::{content, disk, settings};

const CREATE: &str = "Cannot create file";
const READ: &str = "Cannot read file";
const UPDATE: &str = "Cannot change file";
const DELETE: &str = "Cannot remove file";

/// Permissions that are left out.
const DEFAULT_MODES: [(&str, &str); 2] = [("directory_permission", "0755"), ("file_permission", "0644")];

/// What the content is made from.
const SOURCES: [&str; 2] = ["content", "content_base64"];

/// The resource type.
pub(crate) struct ManagedFile {
    schema: Schema,
}

impl ManagedFile {
    pub(crate) fn new() -> ManagedFile {
        let parents = "The missing directories on the way that were made, outermost first. They go with \
                       the file when they are empty.";
        let block = Block::new(
            "Makes a file, with the directories that lead to it. A file that exists already is left alone.",
        )
        .attr("filename", Attribute::required(Type::String, "The file's path."))
        .attr("content", Attribute::optional(Type::String, "The content, as UTF-8 text."))
        .attr("content_base64", Attribute::optional(Type::String, "The content, as Base64 text."))
        .attr(
            "file_permission",
            Attribute::optional_computed(
                Type::String,
                "The file's permission, four octal digits; 0644 if left out.",
            ),
        )
        .attr(
            "directory_permission",
            Attribute::optional_computed(
                Type::String,
                "The permission of directories that are made, before the umask; 0755 if left out.",
            ),
        )
        .attr("id", Attribute::computed(Type::String, "The path as given."))
        .attr(
            "absolute_path",
            Attribute::computed(Type::String, "The path from the root of the file system."),
        )
        .attr("content_sha256", Attribute::computed(Type::String, "SHA-256 of the content, in hexadecimal."))
        .attr("created_parents", Attribute::computed(Type::list(Type::String), parents));
        ManagedFile { schema: Schema::new(block) }
    }
}

fn path(call: Call<'_>, object: &Value) -> PathBuf {
    settings::resolve(call, text(object, "filename").unwrap_or_default())
}

fn sha256(bytes: &[u8]) -> Value {
    Value::string(hex(&Digests::of(bytes).sha256))
}

/// The digest that a file will have; unknown as long as its content is.
fn planned_digest(call: Call<'_>, planned: &Value) -> Value {
    let known = SOURCES.iter().all(|name| planned.get(name).is_none_or(Value::is_known));
    match content::wanted(call, planned) {
        Ok(bytes) if known => sha256(&bytes),
        _unknown => Value::unknown(Type::String),
    }
}

/// An object with what can be seen of the file itself.
fn observed(call: Call<'_>, object: &Value) -> io::Result<Value> {
    let path = path(call, object);
    let bytes = fs::read(&path)?;
    let encoded = text(object, "content_base64").is_some();
    let content = match encoded {
        true => ("content_base64", Value::string(content::base64(&bytes))),
        false => ("content", Value::string(String::from_utf8_lossy(&bytes))),
    };
    let seen = [
        content,
        ("id", Value::string(text(object, "filename").unwrap_or_default())),
        ("absolute_path", Value::string(path.to_string_lossy())),
        ("content_sha256", sha256(&bytes)),
        ("file_permission", Value::string(disk::mode_text(&fs::metadata(&path)?.permissions()))),
    ];
    Ok(with_attributes(object, seen))
}

fn store(path: &Path, bytes: &[u8], planned: &Value) -> io::Result<()> {
    let mode = disk::mode_of(planned, "file_permission").unwrap_or(0o600);
    disk::write(path, bytes, mode)?;
    disk::set_mode(path, mode)
}

/// Refuses to write over what somebody else wrote.
fn check_free(path: &Path, wanted: &[u8]) -> Result<(), ProviderError> {
    match fs::read(path) {
        Ok(found) if found != wanted => {
            let detail = format!(
                "The file {} exists with another content. Remove it, import it, or give the file \
                 another name.",
                path.display()
            );
            Err(ProviderError::new(ErrorKind::Conflict, "File exists already", detail))
        }
        _free => Ok(()),
    }
}

fn check_permission(config: &Value, name: &str) -> Option<ProviderError> {
    let wrong = disk::check_mode(config, name);
    wrong.or_else(|| {
        let given = text(config, name).filter(|given| given.len() != 4)?;
        let detail = format!("Write the permission with four digits: \"0{given}\".");
        Some(ProviderError::invalid("Invalid permission", detail).at(model::Path::of_attr(name)))
    })
}

#[async_trait]
impl ResourceType for ManagedFile {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn create_class(&self) -> CreateClass {
        CreateClass::Name
    }

    fn validate(&self, config: &Value) -> Vec<ProviderError> {
        let combination = content::check_exactly_one(config, &SOURCES);
        let modes = DEFAULT_MODES.into_iter().filter_map(|(name, _)| check_permission(config, name));
        combination.into_iter().chain(content::check_base64(config)).chain(modes).collect()
    }

    async fn plan(&self, call: Call<'_>, request: PlanRequest<'_>) -> Result<PlannedChange, ProviderError> {
        let left_out =
            DEFAULT_MODES.into_iter().filter(|(n, _)| request.config.get(n).is_some_and(Value::is_null));
        let defaults = left_out.map(|(name, mode)| (name, Value::string(mode)));
        let digest = ("content_sha256", planned_digest(call, request.proposed));
        let planned = with_attributes(request.proposed, defaults.chain([digest]));
        let moved = request.prior.map(|prior| changed(prior, &planned, ["filename"]));
        if moved.as_ref().is_some_and(Vec::is_empty) {
            return Ok(PlannedChange::in_place(planned));
        }
        let parents = ("created_parents", Value::unknown(Type::list(Type::String)));
        let place = settings::place(call, planned.get("filename"));
        let planned = with_attributes(&planned, place.into_iter().chain([parents]));
        Ok(PlannedChange { planned, requires_replace: moved.unwrap_or_default() })
    }

    async fn create(&self, call: Call<'_>, planned: &Value, _config: &Value) -> Result<Object, Failed> {
        let (bytes, path) = (content::wanted(call, planned)?, path(call, planned));
        check_free(&path, &bytes)?;
        let mode = disk::mode_of(planned, "directory_permission").unwrap_or(0o755);
        let failure = |error| disk::failure(CREATE, "write the file", &path, &error);
        let parents = disk::make_parents(&path, mode).map_err(failure)?;
        if let Err(error) = store(&path, &bytes, planned) {
            disk::remove_empty(&parents);
            return Err(failure(error).into());
        }
        let made = with_attributes(planned, [("created_parents", settings::recorded(call, &parents))]);
        Ok(observed(call, &made).map_err(failure)?.into())
    }

    async fn read(&self, call: Call<'_>, prior: &Object) -> Result<Option<Object>, ProviderError> {
        match observed(call, &prior.value) {
            Ok(value) => Ok(Some(Object { value, private: prior.private.clone() })),
            Err(error) if disk::is_missing(&error) => Ok(None),
            Err(error) => Err(disk::failure(READ, "read the file", &path(call, &prior.value), &error)),
        }
    }

    async fn update(
        &self,
        call: Call<'_>,
        _prior: &Object,
        planned: &Value,
        _config: &Value,
    ) -> Result<Object, Failed> {
        let (bytes, path) = (content::wanted(call, planned)?, path(call, planned));
        let value = store(&path, &bytes, planned).and_then(|()| observed(call, planned));
        Ok(value.map_err(|error| disk::failure(UPDATE, "write the file", &path, &error))?.into())
    }

    async fn delete(&self, call: Call<'_>, prior: &Object) -> Result<(), ProviderError> {
        let path = path(call, &prior.value);
        disk::discard(&path);
        match fs::remove_file(&path) {
            Err(error) if !disk::is_missing(&error) => {
                Err(disk::failure(DELETE, "remove the file", &path, &error))
            }
            _gone => {
                settings::remove_parents(call, &path, prior.value.get("created_parents"));
                Ok(())
            }
        }
    }

    /// Takes over the file of a path.
    async fn import(&self, call: Call<'_>, id: &str) -> Result<Imported, ProviderError> {
        let given = [
            ("filename", Value::string(id)),
            ("directory_permission", Value::string(DEFAULT_MODES[0].1)),
            ("created_parents", settings::recorded(call, &[])),
        ];
        let asked = config_of(&self.schema.block, given);
        let found = observed(call, &asked);
        Ok(found.map_err(|error| disk::failure(READ, "import the file", &path(call, &asked), &error))?.into())
    }

    /// The file is written in one step: with the content that was asked for it is the one that was made.
    async fn recover(&self, call: Call<'_>, planned: &Value) -> Result<Recovery, ProviderError> {
        let (wanted, path) = (content::wanted(call, planned)?, path(call, planned));
        let found = fs::read(&path).and_then(|bytes| {
            let made = with_attributes(planned, [("created_parents", settings::recorded(call, &[]))]);
            observed(call, &made).map(|value| (bytes == wanted, value))
        });
        match found {
            Ok((true, value)) => Ok(Recovery::Exists(value.into())),
            Ok((false, _)) => Ok(Recovery::CannotTell(format!(
                "The file {} exists with another content than was to be written. Remove it, or give it \
                 another name.",
                path.display()
            ))),
            Err(error) if disk::is_missing(&error) => Ok(Recovery::Absent),
            Err(error) => Err(disk::failure(READ, "read the file", &path, &error)),
        }
    }
}

#[cfg(test)]
mod tests;
