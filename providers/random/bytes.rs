//! `random_bytes`: secret bytes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::{Attribute, Block, Type, Value};
use provider::{ProviderError, hex};

use crate::draw::Draw;
use crate::numbers::{bad_import, check_at_least, count};
use crate::recipe::{Given, Recipe};

/// The resource type.
pub(crate) struct RandomBytes;

/// The attributes that bytes become.
fn forms(bytes: &[u8]) -> Given {
    let hex = hex(bytes);
    vec![("base64", Value::string(STANDARD.encode(bytes))), ("hex", Value::string(hex))]
}

impl Recipe for RandomBytes {
    fn block(&self) -> Block {
        Block::new("Makes random bytes that are never shown.")
            .attr("length", Attribute::required(Type::Number, "How many bytes, at least 1."))
            .attr("base64", Attribute::computed(Type::String, "The bytes in Base64.").sensitive())
            .attr("hex", Attribute::computed(Type::String, "The bytes in hexadecimal.").sensitive())
    }

    fn check(&self, arguments: &Value) -> Vec<ProviderError> {
        check_at_least(arguments, "length", 1).into_iter().collect()
    }

    fn make(&self, arguments: &Value, draw: &mut Draw<'_>) -> Result<Given, ProviderError> {
        Ok(forms(&draw.bytes(count(arguments, "length"))))
    }

    /// The identifier is the bytes in Base64.
    fn import(&self, id: &str, _draw: &mut Draw<'_>) -> Result<Given, ProviderError> {
        let bytes =
            STANDARD.decode(id).map_err(|_| bad_import("The identifier must be the bytes in Base64."))?;
        let length = ("length", Value::number(bytes.len()));
        Ok(forms(&bytes).into_iter().chain([length]).collect())
    }
}
