//! The resource type `archive_file`.

use async_trait::async_trait;
use model::{Schema, Value};
use provider::{
    Call, CreateClass, Failed, Object, PlanRequest, PlannedChange, ProviderError, ResourceType, changed,
    with_attributes,
};

use crate::request::Request;
use crate::schema::{ARGUMENTS, COMPUTED};
use crate::{output, schema};

/// The resource type.
pub(crate) struct ArchiveFile {
    schema: Schema,
}

impl ArchiveFile {
    pub(crate) fn new() -> ArchiveFile {
        ArchiveFile {
            schema: Schema::new(schema::block(
                "Makes an archive of files or texts. Other arguments replace it; other sources make it anew whenever it is \
                 read, as each plan does. Destroying it leaves the archive where it is. Of `source` blocks, \
                 `source_content`, `source_file` and `source_dir` exactly one is given.",
            )),
        }
    }
}

#[async_trait]
impl ResourceType for ArchiveFile {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    /// An archive can be made again at any time, so that none has to be found again.
    fn create_class(&self) -> CreateClass {
        CreateClass::StateOnly
    }

    fn validate(&self, config: &Value) -> Vec<ProviderError> {
        schema::check(config)
    }

    async fn plan(&self, _call: Call<'_>, request: PlanRequest<'_>) -> Result<PlannedChange, ProviderError> {
        let unknown = COMPUTED.into_iter().map(|(name, ty, _)| (name, Value::unknown_not_null(ty)));
        let renewed = with_attributes(request.proposed, unknown);
        let Some(prior) = request.prior else { return Ok(PlannedChange::in_place(renewed)) };
        let requires_replace = changed(prior, request.proposed, ARGUMENTS);
        if requires_replace.is_empty() {
            return Ok(PlannedChange::in_place(request.proposed.clone()));
        }
        Ok(PlannedChange { planned: renewed, requires_replace })
    }

    async fn create(&self, call: Call<'_>, planned: &Value, _config: &Value) -> Result<Object, Failed> {
        Ok(with_attributes(planned, output::make(Request::of(call, planned)?).await?).into())
    }

    /// Makes the archive anew. Where its sources are gone, an archive that is still there is taken as it was.
    async fn read(&self, call: Call<'_>, prior: &Object) -> Result<Option<Object>, ProviderError> {
        let request = Request::of(call, &prior.value)?;
        let output = request.output.clone();
        match output::make(request).await {
            Ok(made) => Ok(Some(Object { value: with_attributes(&prior.value, made), ..prior.clone() })),
            Err(_) => Ok(output.is_file().then(|| prior.clone())),
        }
    }

    /// Every argument replaces the archive, so that nothing is left to be changed in place.
    async fn update(
        &self,
        _call: Call<'_>,
        _prior: &Object,
        planned: &Value,
        _config: &Value,
    ) -> Result<Object, Failed> {
        Ok(planned.clone().into())
    }

    async fn delete(&self, _call: Call<'_>, _prior: &Object) -> Result<(), ProviderError> {
        Ok(())
    }
}
