//! `stackwright_directory`: a directory that can stay, go only when empty, or go with all that is in it.

use std::fs;
use std::io::{self, ErrorKind as Io};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use model::{Attribute, Block, Schema, Type, Value};
use provider::{
    Call, CreateClass, ErrorKind, Failed, Imported, Object, PlanRequest, PlannedChange, ProviderError,
    Recovery, ResourceType, changed, text, with_attributes,
};

use crate::{disk, settings};

const CREATE: &str = "Cannot create directory";
const READ: &str = "Cannot read directory";
const UPDATE: &str = "Cannot change directory";
const DELETE: &str = "Cannot remove directory";

/// The permission of a directory that is made, unless another is given.
const DEFAULT_MODE: u32 = 0o755;

/// What may become of a directory whose resource is destroyed; the first is the default.
const FATES: [&str; 3] = ["fail_if_not_empty", "retain", "purge"];

/// The resource type.
pub(crate) struct Directory {
    schema: Schema,
}

impl Directory {
    pub(crate) fn new() -> Directory {
        let permission = "The permission in octal digits. A directory that is made gets 0755 if it is \
                          left out, one that existed keeps its own.";
        let fate = "What destroying does with a directory that was made: `fail_if_not_empty` (the \
                    default) removes it when it is empty and fails otherwise, `retain` leaves it, \
                    `purge` removes it with all that is in it. A directory that existed before is always \
                    left.";
        let parents = "The missing directories on the way that were made too, outermost first. They go \
                       with the directory when they are empty.";
        let block = Block::new("Makes a directory, with the directories that lead to it.")
            .attr("path", Attribute::required(Type::String, "The directory's path."))
            .attr("permission", Attribute::optional_computed(Type::String, permission))
            .attr("on_destroy", Attribute::optional_computed(Type::String, fate))
            .attr("id", Attribute::computed(Type::String, "The path as given."))
            .attr(
                "absolute_path",
                Attribute::computed(Type::String, "The path from the root of the file system."),
            )
            .attr("created", Attribute::computed(Type::Bool, "Whether the directory did not exist before."))
            .attr("created_parents", Attribute::computed(Type::list(Type::String), parents));
        Directory { schema: Schema::new(block) }
    }
}

fn path(call: Call<'_>, object: &Value) -> PathBuf {
    settings::resolve(call, text(object, "path").unwrap_or_default())
}

fn fate(object: &Value) -> &str {
    text(object, "on_destroy").unwrap_or(FATES[0])
}

/// How a directory came to be there.
struct Origin {
    created: bool,
    parents: Vec<PathBuf>,
}

/// Makes the directory unless it exists; what was made on the way goes again when it cannot be made.
fn make(path: &Path, mode: Option<u32>) -> io::Result<Origin> {
    if fs::metadata(path).is_ok_and(|found| found.is_dir()) {
        mode.map_or(Ok(()), |mode| disk::set_mode(path, mode))?;
        return Ok(Origin { created: false, parents: Vec::new() });
    }
    let parents = disk::make_parents(path, DEFAULT_MODE)?;
    match fs::create_dir(path) {
        Ok(()) => {}
        // Something else made it between the look and now.
        Err(error) if error.kind() == Io::AlreadyExists && path.is_dir() => {
            return Ok(Origin { created: false, parents });
        }
        Err(error) => {
            disk::remove_empty(&parents);
            return Err(error);
        }
    }
    if let Err(error) = disk::set_mode(path, mode.unwrap_or(DEFAULT_MODE)) {
        let all: Vec<PathBuf> = parents.into_iter().chain([path.to_owned()]).collect();
        disk::remove_empty(&all);
        return Err(error);
    }
    Ok(Origin { created: true, parents })
}

/// The object that a directory is now.
fn object(call: Call<'_>, planned: &Value, origin: &Origin) -> io::Result<Object> {
    let value = with_attributes(
        planned,
        [
            ("created", Value::bool(origin.created)),
            ("created_parents", settings::recorded(call, &origin.parents)),
            ("on_destroy", Value::string(fate(planned))),
        ],
    );
    Ok(observed(call, &value)?.into())
}

/// An object with what can be seen of the directory itself.
fn observed(call: Call<'_>, object: &Value) -> io::Result<Value> {
    let path = path(call, object);
    let metadata = fs::metadata(&path)?;
    if !metadata.is_dir() {
        return Err(Io::NotADirectory.into());
    }
    let seen = [
        ("id", Value::string(text(object, "path").unwrap_or_default())),
        ("absolute_path", Value::string(path.to_string_lossy())),
        ("permission", Value::string(disk::mode_text(&metadata.permissions()))),
    ];
    Ok(with_attributes(object, seen))
}

fn check_fate(config: &Value) -> Option<ProviderError> {
    let given = text(config, "on_destroy").filter(|given| !FATES.contains(given))?;
    let detail = format!("{given:?} is none of \"{}\".", FATES.join("\", \""));
    Some(ProviderError::invalid("Invalid on_destroy", detail).at(model::Path::of_attr("on_destroy")))
}

fn check_permission(config: &Value) -> Option<ProviderError> {
    let given = text(config, "permission")?;
    if disk::mode(given).is_some() && given.len() == 3 {
        let detail = format!("Write the permission with four digits: \"0{given}\".");
        return Some(
            ProviderError::invalid("Invalid permission", detail).at(model::Path::of_attr("permission")),
        );
    }
    disk::check_mode(config, "permission")
}

fn not_empty(path: &Path) -> ProviderError {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    let more = if names.len() > 5 { format!(" and {} more", names.len() - 5) } else { String::new() };
    names.truncate(5);
    let detail = format!(
        "The directory {} still holds {}{more}. Remove that first, or set on_destroy to \"purge\" (removes \
         everything in it) or \"retain\" (leaves the directory) and apply before destroying.",
        path.display(),
        names.join(", "),
    );
    ProviderError::new(ErrorKind::Conflict, "Directory is not empty", detail)
}

/// Removes the directory as its fate says.
fn remove(path: &Path, fate: &str) -> Result<(), ProviderError> {
    let removed = match fate {
        "purge" => fs::remove_dir_all(path),
        _only_if_empty => fs::remove_dir(path),
    };
    match removed {
        Err(error) if error.kind() == Io::DirectoryNotEmpty => Err(not_empty(path)),
        Err(error) if !disk::is_missing(&error) => {
            Err(disk::failure(DELETE, "remove the directory", path, &error))
        }
        _gone => Ok(()),
    }
}

#[async_trait]
impl ResourceType for Directory {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn create_class(&self) -> CreateClass {
        CreateClass::Name
    }

    fn validate(&self, config: &Value) -> Vec<ProviderError> {
        check_fate(config).into_iter().chain(check_permission(config)).collect()
    }

    async fn plan(&self, call: Call<'_>, request: PlanRequest<'_>) -> Result<PlannedChange, ProviderError> {
        let left_out = request.config.get("on_destroy").is_some_and(Value::is_null);
        let default = left_out.then(|| ("on_destroy", Value::string(FATES[0])));
        let planned = with_attributes(request.proposed, default);
        let moved = request.prior.map(|prior| changed(prior, &planned, ["path"]));
        if moved.as_ref().is_some_and(Vec::is_empty) {
            return Ok(PlannedChange::in_place(planned));
        }
        let origin = [
            ("created", Value::unknown(Type::Bool)),
            ("created_parents", Value::unknown(Type::list(Type::String))),
        ];
        let place = settings::place(call, planned.get("path"));
        let planned = with_attributes(&planned, place.into_iter().chain(origin));
        Ok(PlannedChange { planned, requires_replace: moved.unwrap_or_default() })
    }

    async fn create(&self, call: Call<'_>, planned: &Value, _config: &Value) -> Result<Object, Failed> {
        let path = path(call, planned);
        let made = make(&path, disk::mode_of(planned, "permission"));
        let made = made.and_then(|origin| object(call, planned, &origin));
        Ok(made.map_err(|error| disk::failure(CREATE, "create the directory", &path, &error))?)
    }

    async fn read(&self, call: Call<'_>, prior: &Object) -> Result<Option<Object>, ProviderError> {
        match observed(call, &prior.value) {
            Ok(value) => Ok(Some(Object { value, private: prior.private.clone() })),
            Err(error) if disk::is_missing(&error) => Ok(None),
            Err(error) => Err(disk::failure(READ, "read the directory", &path(call, &prior.value), &error)),
        }
    }

    async fn update(
        &self,
        call: Call<'_>,
        _prior: &Object,
        planned: &Value,
        _config: &Value,
    ) -> Result<Object, Failed> {
        let path = path(call, planned);
        let set = disk::mode_of(planned, "permission").map_or(Ok(()), |mode| disk::set_mode(&path, mode));
        let value = set.and_then(|()| observed(call, planned));
        Ok(value.map_err(|error| disk::failure(UPDATE, "change the directory", &path, &error))?.into())
    }

    async fn delete(&self, call: Call<'_>, prior: &Object) -> Result<(), ProviderError> {
        let ours = prior.value.get("created").and_then(Value::as_bool).unwrap_or(false);
        let path = path(call, &prior.value);
        if fate(&prior.value) == "retain" {
            return Ok(());
        }
        if ours {
            remove(&path, fate(&prior.value))?;
        }
        settings::remove_parents(call, &path, prior.value.get("created_parents"));
        Ok(())
    }

    /// Takes over the directory of a path: from then on it is removed as if it had been made.
    async fn import(&self, call: Call<'_>, id: &str) -> Result<Imported, ProviderError> {
        let asked = provider::config_of(&self.schema.block, [("path", Value::string(id))]);
        let origin = Origin { created: true, parents: Vec::new() };
        let found = object(call, &asked, &origin);
        found.map_err(|error| disk::failure(READ, "import the directory", &path(call, &asked), &error))
    }

    /// An interrupted create leaves an empty directory: one that holds something existed before.
    async fn recover(&self, call: Call<'_>, planned: &Value) -> Result<Recovery, ProviderError> {
        let path = path(call, planned);
        let found = fs::read_dir(&path).and_then(|mut entries| {
            let origin = Origin { created: entries.next().is_none(), parents: Vec::new() };
            object(call, planned, &origin)
        });
        match found {
            Ok(found) => Ok(Recovery::Exists(found)),
            Err(error) if disk::is_missing(&error) => Ok(Recovery::Absent),
            Err(error) => Err(disk::failure(READ, "read the directory", &path, &error)),
        }
    }
}

#[cfg(test)]
mod tests;
