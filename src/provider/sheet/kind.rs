//! What a resource type with a sheet has to say.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use model::Value;

use super::planning::Draft;
use super::{Fields, Given};
use crate::{Call, CreateClass, ErrorKind, Leftover, ListRequest, Listed, Lists, ProviderError};

/// A failure of a type with a sheet.
pub type KindError = ProviderError;

/// What a create gives: what identifies the new object, and what no later read tells.
pub type Made = Fields;

/// A call with the client of the type's cloud.
pub struct At<'a, C> {
    /// The client.
    pub client: &'a C,
    /// The call.
    pub call: Call<'a>,
    /// The configuration as written, of creates, updates and data sources; it holds write-only attributes too.
    pub config: Option<Given<'a>>,
    made: Mutex<Option<Fields>>,
}

impl<'a, C: 'static> At<'a, C> {
    pub(super) fn new(call: Call<'a>, config: Option<&'a Value>) -> Result<At<'a, C>, ProviderError> {
        let client = call.client::<C>().ok_or_else(|| {
            let detail = "The provider was not configured before it was used.";
            ProviderError::new(ErrorKind::Internal, "Provider is not configured", detail)
        })?;
        Ok(At { client, call, config: config.map(Given::new), made: Mutex::default() })
    }

    /// Notes that the object of a create exists from now on, under this identity, whatever else goes wrong.
    pub fn exists(&self, identity: Fields) {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        *made = Some(made.take().unwrap_or_default().and(identity));
    }

    pub(super) fn taken(&self) -> Option<Fields> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// A page of a list, as a type with a sheet gives it.
pub struct KindPage {
    /// The objects, with their attributes where the list tells all of them.
    pub found: Vec<(Listed, Fields)>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// A resource type: its sheet, and what is special about it.
///
/// What all types do alike (defaults, comparison by meaning, replacement, typing of answers, patience with reads that lag
/// behind) is [`super::Typed`]'s.
#[async_trait]
pub trait Kind: Send + Sync + 'static {
    /// What the provider's configuration becomes.
    type Client: Send + Sync + 'static;

    /// The type's name: `aws_s3_bucket`.
    const NAME: &'static str;

    /// The type's sheet.
    const SHEET: &'static str;

    /// The version of stored objects.
    const VERSION: u64 = 0;

    /// How an interrupted create is found again.
    const CLASS: CreateClass;

    /// What lists tell.
    const LISTS: Lists = Lists::Nothing;

    /// Checks a configuration beyond its sheet.
    fn check(&self, _config: Given<'_>) -> Vec<ProviderError> {
        Vec::new()
    }

    /// Plans what the sheet does not say.
    fn plan(&self, _at: &At<'_, Self::Client>, _draft: &mut Draft<'_>) -> Result<(), KindError> {
        Ok(())
    }

    /// Looks whether a change that is planned can be made: whether something else is in its place.
    async fn look_ahead(&self, _at: &At<'_, Self::Client>, _draft: &Draft<'_>) -> Result<(), KindError> {
        Ok(())
    }

    /// Makes the object, and gives what identifies it. It is read afterwards.
    async fn create(&self, at: &At<'_, Self::Client>, wanted: Given<'_>) -> Result<Made, KindError>;

    /// Reads what the cloud tells of an object; nothing where it is gone. Attributes that are not among the answer stay as
    /// they are.
    async fn read(&self, at: &At<'_, Self::Client>, known: Given<'_>) -> Result<Option<Fields>, KindError>;

    /// Changes the object. It is read afterwards; where the change gives it another identity, [`At::exists`] notes that. A type
    /// of which every attribute is fixed is never asked.
    async fn update(
        &self,
        _at: &At<'_, Self::Client>,
        _prior: Given<'_>,
        _wanted: Given<'_>,
    ) -> Result<(), KindError> {
        Ok(())
    }

    /// Removes the object. Already gone is success.
    async fn delete(&self, at: &At<'_, Self::Client>, prior: Given<'_>) -> Result<(), KindError>;

    /// What an import identifier says of the object; the rest is read.
    async fn import(&self, _at: &At<'_, Self::Client>, id: &str) -> Result<Fields, KindError> {
        Ok(Fields::new().with("id", id))
    }

    /// Looks for the object of a create whose answer was lost; gives what identifies it. By default, what has the wanted
    /// object's name is it.
    async fn find(&self, at: &At<'_, Self::Client>, wanted: Given<'_>) -> Result<Option<Fields>, KindError> {
        self.read(at, wanted).await
    }

    /// Under which parent a type with a fence makes the object.
    fn fence_scope(&self, _wanted: Given<'_>) -> String {
        String::new()
    }

    /// For a type with a fence: what exists beside the object.
    async fn fence(&self, _at: &At<'_, Self::Client>, _wanted: Given<'_>) -> Result<Vec<String>, KindError> {
        Ok(Vec::new())
    }

    /// What others made under the object that is in the way of its deletion.
    async fn leftovers(
        &self,
        _at: &At<'_, Self::Client>,
        _prior: Given<'_>,
    ) -> Result<Vec<Leftover>, KindError> {
        Ok(Vec::new())
    }

    /// Removes a leftover.
    async fn remove_leftover(
        &self,
        _at: &At<'_, Self::Client>,
        _leftover: &Leftover,
    ) -> Result<(), KindError> {
        Ok(())
    }

    /// A page of the type's objects that carry marks.
    async fn list(
        &self,
        _at: &At<'_, Self::Client>,
        _request: ListRequest<'_>,
    ) -> Result<KindPage, KindError> {
        Ok(KindPage { found: Vec::new(), next: None })
    }

    /// What a read would tell of a recorded object, of what a list told of it, where a read minds what is recorded.
    fn as_read(&self, _prior: Given<'_>, listed: Fields) -> Fields {
        listed
    }

    /// Brings stored attributes of an older version forward.
    fn upgrade(&self, version: u64, _stored: &str) -> Result<String, KindError> {
        let detail =
            format!("The stored object has schema version {version}, from which there is no upgrade.");
        Err(ProviderError::new(ErrorKind::Internal, "Unsupported schema version", detail))
    }
}
