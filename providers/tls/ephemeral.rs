//! The ephemeral resource `tls_private_key`: a key for one run.

use async_trait::async_trait;
use model::{Schema, Value};
use provider::{Call, Ephemeral, Object, ProviderError, with_attributes};

use crate::private_key::{DEFAULTS, check_key_arguments, key_block, make_key};

/// The ephemeral resource.
pub(crate) struct EphemeralKey {
    schema: Schema,
}

impl EphemeralKey {
    pub(crate) fn new() -> EphemeralKey {
        let what =
            "Makes a private key for one run, which is kept nowhere. Another one is made in every run.";
        EphemeralKey { schema: Schema::new(key_block(what)) }
    }
}

#[async_trait]
impl Ephemeral for EphemeralKey {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    async fn open(&self, _call: Call<'_>, config: &Value) -> Result<Object, ProviderError> {
        if let Some(error) = check_key_arguments(config).into_iter().next() {
            return Err(error);
        }
        let left = DEFAULTS.iter().filter(|(name, _)| config.get(name).is_some_and(Value::is_null));
        let arguments = with_attributes(config, left.map(|(name, default)| (*name, default.value())));
        Ok(with_attributes(&arguments, make_key(&arguments)?).into())
    }

    async fn close(&self, _call: Call<'_>, _opened: &Object) -> Result<(), ProviderError> {
        Ok(())
    }
}
