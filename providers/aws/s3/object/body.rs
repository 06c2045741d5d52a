//! What an object holds, and texts in the forms that headers have.

use aws_sdk_s3::primitives::ByteStream;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::Path;
use provider::ProviderError;
use provider::sheet::{At, Given, KindError};

use crate::Client;

/// A content that can be sent more than once.
pub(super) struct Body(Vec<u8>);

impl Body {
    pub(super) fn stream(&self) -> ByteStream {
        ByteStream::from(self.0.clone())
    }
}

/// The content that is configured; nothing at all is an empty object.
pub(super) async fn of(at: &At<'_, Client>, wanted: Given<'_>) -> Result<Body, KindError> {
    if let Some(text) = wanted.text("content") {
        return Ok(Body(text.as_bytes().to_vec()));
    }
    if let Some(text) = wanted.text("content_base64") {
        let bytes = STANDARD.decode(text).map_err(|e| {
            let detail = format!("`content_base64` is not base64: {e}.");
            ProviderError::invalid("Invalid content", detail).at(Path::of_attr("content_base64"))
        })?;
        return Ok(Body(bytes));
    }
    let Some(source) = wanted.text("source") else { return Ok(Body(Vec::new())) };
    let path = match source.strip_prefix("~/").zip(at.call.around.env("HOME")) {
        Some((rest, home)) => std::path::Path::new(&home).join(rest),
        None => at.call.around.current_dir().join(source),
    };
    let bytes = tokio::fs::read(&path).await.map_err(|e| {
        let detail = format!("Cannot read {}: {e}.", path.display());
        ProviderError::invalid("Cannot read the object's content", detail).at(Path::of_attr("source"))
    })?;
    Ok(Body(bytes))
}

/// A moment from its text.
pub(super) fn date(text: &str) -> Result<DateTime, KindError> {
    DateTime::from_str(text, Format::DateTime)
        .map_err(|e| ProviderError::invalid("Invalid date", format!("{text:?} is no moment in time: {e}.")))
}

/// A text as a part of a query.
pub(super) fn encoded(text: &str) -> String {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    let byte = |b: u8| if is_plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") };
    text.bytes().map(byte).collect()
}
