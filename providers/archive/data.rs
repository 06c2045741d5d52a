//! The data source `archive_file`.

use async_trait::async_trait;
use model::{Schema, Value};
use provider::{Call, DataSource, ProviderError, with_attributes};

use crate::request::Request;
use crate::{output, schema};

/// The data source.
pub(crate) struct ArchiveFile {
    schema: Schema,
}

impl ArchiveFile {
    pub(crate) fn new() -> ArchiveFile {
        ArchiveFile {
            schema: Schema::new(schema::block(
                "Makes an archive of files or texts while planning, as soon as its arguments are known. Where apply runs \
                 on another machine than plan did, use the resource type of the same name. Of `source` blocks, \
                 `source_content`, `source_file` and `source_dir` exactly one is given.",
            )),
        }
    }
}

#[async_trait]
impl DataSource for ArchiveFile {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Vec<ProviderError> {
        schema::check(config)
    }

    async fn read(&self, call: Call<'_>, config: &Value) -> Result<Value, ProviderError> {
        Ok(with_attributes(config, output::make(Request::of(call, config)?).await?))
    }
}
