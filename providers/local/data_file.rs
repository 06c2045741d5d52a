//! The data sources `local_file` and `local_sensitive_file`: the content of a file.

use std::fs;

use async_trait::async_trait;
use model::{Attribute, Block, Path, Schema, Type, Value};
use provider::{Call, DataSource, ProviderError, text, with_attributes};

use crate::{content, disk, settings};

/// Either of the two data sources, which differ in their schemas alone.
pub(crate) struct FileContent {
    schema: Schema,
}

impl FileContent {
    /// `local_file`
    pub(crate) fn plain() -> FileContent {
        FileContent::of("Reads a file.", |attribute| attribute)
    }

    /// `local_sensitive_file`
    pub(crate) fn sensitive() -> FileContent {
        FileContent::of("Reads a file whose content is never shown.", Attribute::sensitive)
    }

    fn of(description: &str, shown: fn(Attribute) -> Attribute) -> FileContent {
        let content = Attribute::computed(Type::String, "The content as UTF-8 text.");
        let encoded = Attribute::computed(Type::String, "The content as Base64 text.");
        let block = Block::new(description)
            .attr("filename", Attribute::required(Type::String, "The file's path."))
            .attr("content", shown(content))
            .attr("content_base64", shown(encoded))
            .attr("id", Attribute::computed(Type::String, "SHA-1 of the content, in hexadecimal."));
        FileContent { schema: Schema::new(content::with_digests(block)) }
    }
}

#[async_trait]
impl DataSource for FileContent {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    async fn read(&self, call: Call<'_>, config: &Value) -> Result<Value, ProviderError> {
        let path = settings::resolve(call, text(config, "filename").unwrap_or_default());
        let bytes = fs::read(&path).map_err(|error| {
            disk::failure("Read local file data source error", "read the file", &path, &error)
                .at(Path::of_attr("filename"))
        })?;
        let whole = [
            ("id", Value::string(content::sha1(&bytes))),
            ("content", Value::string(String::from_utf8_lossy(&bytes))),
            ("content_base64", Value::string(content::base64(&bytes))),
        ];
        Ok(with_attributes(config, content::digests(&bytes).into_iter().chain(whole)))
    }
}

#[cfg(test)]
mod tests;
