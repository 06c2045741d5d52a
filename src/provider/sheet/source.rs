//! Data sources and ephemeral resources made of what they say of themselves, and how catalogs take all that has a sheet.

use async_trait::async_trait;
use model::{Schema, Value};

use super::kind::{At, Kind, KindError};
use super::parse::{Sheet, SheetError};
use super::planning::defaulted;
use super::shape::merge_over;
use super::typed::Typed;
use super::{Fields, Given};
use crate::{Call, Catalog, DataSource, Ephemeral, Object, ProviderError};

/// A data source: its sheet, and how it is read.
#[async_trait]
pub trait Source: Send + Sync + 'static {
    /// What the provider's configuration becomes.
    type Client: Send + Sync + 'static;

    /// The data source's name.
    const NAME: &'static str;

    /// Its sheet.
    const SHEET: &'static str;

    /// The sheet, read; of a data source that tells what a resource is, that of the resource, [`Sheet::told`].
    fn sheet() -> Result<Sheet, SheetError> {
        Sheet::parse(Self::SHEET)
    }

    /// Checks a configuration beyond its sheet.
    fn check(&self, _config: Given<'_>) -> Vec<ProviderError> {
        Vec::new()
    }

    /// Reads it. Attributes that are not among the answer stay as they are configured.
    async fn read(&self, at: &At<'_, Self::Client>, config: Given<'_>) -> Result<Fields, KindError>;
}

/// A data source made of its [`Source`].
pub struct Read<S> {
    source: S,
    sheet: Sheet,
}

impl<S: Source> Read<S> {
    /// Makes the data source; a sheet that cannot be read is a defect of the program.
    pub fn new(source: S) -> Result<Read<S>, SheetError> {
        Ok(Read { source, sheet: S::sheet()? })
    }
}

#[async_trait]
impl<S: Source> DataSource for Read<S> {
    fn schema(&self) -> &Schema {
        &self.sheet.schema
    }

    fn validate(&self, config: &Value) -> Vec<ProviderError> {
        self.source.check(Given::new(config))
    }

    async fn read(&self, call: Call<'_>, config: &Value) -> Result<Value, ProviderError> {
        let at = At::new(call, Some(config))?;
        let asked = defaulted(&self.sheet, config);
        let fields = self.source.read(&at, Given::new(&asked)).await?;
        // What is read is given as it is: there is nothing from before whose form could stay.
        merge_over(&self.sheet, &Value::null(), &asked, fields)
    }
}

#[async_trait]
impl<S: Source> Ephemeral for Read<S> {
    fn schema(&self) -> &Schema {
        &self.sheet.schema
    }

    fn validate(&self, config: &Value) -> Vec<ProviderError> {
        self.source.check(Given::new(config))
    }

    async fn open(&self, call: Call<'_>, config: &Value) -> Result<Object, ProviderError> {
        DataSource::read(self, call, config).await.map(Object::from)
    }

    async fn close(&self, _: Call<'_>, _: &Object) -> Result<(), ProviderError> {
        Ok(())
    }
}

impl Catalog {
    /// Adds a resource type that has a sheet.
    ///
    /// # Panics
    ///
    /// If the sheet cannot be read, which is a defect of the program.
    #[must_use]
    pub fn kind(self, kind: impl Kind) -> Catalog {
        self.add_kind(kind)
    }

    fn add_kind<K: Kind>(self, kind: K) -> Catalog {
        let ty = Typed::new(kind).unwrap_or_else(|e| unreadable(K::NAME, &e));
        self.resource(K::NAME, ty)
    }

    /// Adds a data source that has a sheet.
    ///
    /// # Panics
    ///
    /// If the sheet cannot be read, which is a defect of the program.
    #[must_use]
    pub fn source(self, source: impl Source) -> Catalog {
        self.add_source(source)
    }

    fn add_source<S: Source>(self, source: S) -> Catalog {
        let read = Read::new(source).unwrap_or_else(|e| unreadable(S::NAME, &e));
        self.data_source(S::NAME, read)
    }
}

impl Catalog {
    /// Adds an ephemeral resource that is read like a data source, and needs no closing.
    ///
    /// # Panics
    ///
    /// If the sheet cannot be read, which is a defect of the program.
    #[must_use]
    pub fn opened(self, source: impl Source) -> Catalog {
        self.add_opened(source)
    }

    fn add_opened<S: Source>(self, source: S) -> Catalog {
        let read = Read::new(source).unwrap_or_else(|e| unreadable(S::NAME, &e));
        self.ephemeral(S::NAME, read)
    }
}

#[expect(clippy::panic, reason = "sheets are part of the program, and a test reads every one")]
fn unreadable(name: &str, error: &SheetError) -> ! {
    panic!("invariant: the sheet of {name} can be read: {error}")
}
