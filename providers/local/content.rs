//! The bytes that a file is to hold, and their digests.

use std::fs;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::{Attribute, Block, Path, Type, Value};
use provider::{Call, Digests, ErrorKind, ProviderError, hex, text};

/// The attributes that digests have, with their meanings.
const DIGESTS: [(&str, &str); 6] = [
    ("content_md5", "MD5 of the content, in hexadecimal."),
    ("content_sha1", "SHA-1 of the content, in hexadecimal."),
    ("content_sha256", "SHA-256 of the content, in hexadecimal."),
    ("content_sha512", "SHA-512 of the content, in hexadecimal."),
    ("content_base64sha256", "SHA-256 of the content, in Base64."),
    ("content_base64sha512", "SHA-512 of the content, in Base64."),
];

/// Adds the digests to a schema, all computed.
pub(crate) fn with_digests(block: Block) -> Block {
    let add =
        |block: Block, (name, what): (&str, &str)| block.attr(name, Attribute::computed(Type::String, what));
    DIGESTS.into_iter().fold(block, add)
}

/// The names of the digests.
pub(crate) fn digest_names() -> impl Iterator<Item = &'static str> {
    DIGESTS.into_iter().map(|(name, _)| name)
}

/// Each digest with its value.
pub(crate) fn digests(bytes: &[u8]) -> [(&'static str, Value); 6] {
    let of = Digests::of(bytes);
    [
        ("content_md5", Value::string(hex(&of.md5))),
        ("content_sha1", Value::string(hex(&of.sha1))),
        ("content_sha256", Value::string(hex(&of.sha256))),
        ("content_sha512", Value::string(hex(&of.sha512))),
        ("content_base64sha256", Value::string(STANDARD.encode(of.sha256))),
        ("content_base64sha512", Value::string(STANDARD.encode(of.sha512))),
    ]
}

/// SHA-1 in hexadecimal: what identifies a content.
pub(crate) fn sha1(bytes: &[u8]) -> String {
    hex(&Digests::of(bytes).sha1)
}

/// Bytes as Base64 text.
pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Finds that not exactly one of several attributes is given; unknown ones may still turn out either way.
pub(crate) fn check_exactly_one(config: &Value, names: &[&str]) -> Option<ProviderError> {
    let parts: Vec<&Value> = names.iter().filter_map(|name| config.get(name)).collect();
    let given = parts.iter().filter(|v| v.is_known() && !v.is_null()).count();
    let undecided = parts.iter().any(|v| !v.is_known());
    let list = names.join(",");
    let only_one = format!("when one (and only one) of [{list}] is required");
    let detail = match given {
        0 if !undecided => format!("No attribute specified {only_one}."),
        0 | 1 => return None,
        many => format!("{many} attributes specified {only_one}."),
    };
    Some(ProviderError::invalid("Invalid Attribute Combination", detail))
}

/// Finds that Base64 text is none.
pub(crate) fn check_base64(config: &Value) -> Option<ProviderError> {
    decode(text(config, "content_base64")?).err()
}

fn decode(encoded: &str) -> Result<Vec<u8>, ProviderError> {
    STANDARD.decode(encoded).map_err(|why| {
        ProviderError::invalid("Invalid Base64 text", format!("The content is not valid Base64: {why}."))
            .at(Path::of_attr("content_base64"))
    })
}

/// The bytes that a configuration asks for.
pub(crate) fn wanted(call: Call<'_>, config: &Value) -> Result<Vec<u8>, ProviderError> {
    if let Some(plain) = text(config, "content").or(text(config, "sensitive_content")) {
        return Ok(plain.as_bytes().to_vec());
    }
    if let Some(encoded) = text(config, "content_base64") {
        return decode(encoded);
    }
    copied(call, text(config, "source").unwrap_or_default())
}

/// The bytes of a file to copy, whose path starts at the working directory, as the configuration's own files do.
fn copied(call: Call<'_>, source: &str) -> Result<Vec<u8>, ProviderError> {
    fs::read(call.around.current_dir().join(source)).map_err(|why| {
        let detail = format!("The file {source:?}, which is to be copied, cannot be read: {why}.");
        ProviderError::new(ErrorKind::Invalid, "Cannot read source file", detail).at(Path::of_attr("source"))
    })
}
