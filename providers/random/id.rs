//! `random_id`: random bytes in forms that suit names.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use model::{Attribute, Block, Type, Value};
use num_bigint::BigUint;
use provider::{ProviderError, hex, text};

use crate::draw::Draw;
use crate::numbers::{bad_import, check_at_least, count};
use crate::recipe::{Given, Recipe};

/// The resource type.
pub(crate) struct RandomId;

/// The attributes that bytes become.
fn forms(prefix: &str, bytes: &[u8]) -> Given {
    let hex = hex(bytes);
    let url = URL_SAFE_NO_PAD.encode(bytes);
    let prefixed = |form: &str| Value::string(format!("{prefix}{form}"));
    vec![
        ("b64_std", prefixed(&STANDARD.encode(bytes))),
        ("b64_url", prefixed(&url)),
        ("dec", prefixed(&BigUint::from_bytes_be(bytes).to_string())),
        ("hex", prefixed(&hex)),
        ("id", Value::string(url)),
    ]
}

impl Recipe for RandomId {
    fn block(&self) -> Block {
        let form = |what: &str| Attribute::computed(Type::String, what);
        Block::new("Makes random bytes in forms that suit names.")
            .attr("byte_length", Attribute::required(Type::Number, "How many bytes, at least 1."))
            .attr("prefix", Attribute::optional(Type::String, "What every form but `id` begins with."))
            .attr("b64_std", form("The bytes in Base64."))
            .attr("b64_url", form("The bytes in Base64 for URLs, without padding."))
            .attr("dec", form("The bytes as a decimal number."))
            .attr("hex", form("The bytes in hexadecimal; always twice as long as the bytes."))
            .attr("id", form("The bytes in Base64 for URLs, without padding and prefix."))
    }

    fn check(&self, arguments: &Value) -> Vec<ProviderError> {
        check_at_least(arguments, "byte_length", 1).into_iter().collect()
    }

    fn make(&self, arguments: &Value, draw: &mut Draw<'_>) -> Result<Given, ProviderError> {
        let prefix = text(arguments, "prefix").unwrap_or_default();
        Ok(forms(prefix, &draw.bytes(count(arguments, "byte_length"))))
    }

    /// The identifier is `b64_url`, with the prefix and a comma in front where there is one.
    fn import(&self, id: &str, _draw: &mut Draw<'_>) -> Result<Given, ProviderError> {
        let (prefix, encoded) = match id.rsplit_once(',') {
            Some((prefix, encoded)) => (Some(prefix), encoded),
            None => (None, id),
        };
        let bytes = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| {
            bad_import(
                "The identifier must be the bytes in Base64 for URLs, after \"PREFIX,\" if there is one.",
            )
        })?;
        let prefix_value = prefix.map_or_else(|| Value::null_of(Type::String), Value::string);
        let arguments = [("byte_length", Value::number(bytes.len())), ("prefix", prefix_value)];
        Ok(forms(prefix.unwrap_or_default(), &bytes).into_iter().chain(arguments).collect())
    }
}
