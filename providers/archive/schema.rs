//! The arguments of both types, and what is said of an archive.

use model::{Attribute, Block, NestedBlock, Path, Type, Value};
use provider::{ProviderError, text};

/// What an archive can be made of: exactly one of these is given.
pub(crate) const SOURCES: [&str; 4] = ["source", "source_content_filename", "source_file", "source_dir"];

/// The arguments, all of which replace an archive.
pub(crate) const ARGUMENTS: [&str; 10] = [
    "exclude_symlink_directories",
    "excludes",
    "output_file_mode",
    "output_path",
    "source",
    "source_content",
    "source_content_filename",
    "source_dir",
    "source_file",
    "type",
];

/// What is said of an archive.
pub(crate) const COMPUTED: [(&str, Type, &str); 8] = [
    ("id", Type::String, "SHA-1 of the archive, in hexadecimal."),
    (
        "output_base64sha256",
        Type::String,
        "SHA-256 of the archive, in Base64: what `source_code_hash` takes.",
    ),
    ("output_base64sha512", Type::String, "SHA-512 of the archive, in Base64."),
    ("output_md5", Type::String, "MD5 of the archive, in hexadecimal."),
    ("output_sha", Type::String, "SHA-1 of the archive, in hexadecimal."),
    ("output_sha256", Type::String, "SHA-256 of the archive, in hexadecimal."),
    ("output_sha512", Type::String, "SHA-512 of the archive, in hexadecimal."),
    ("output_size", Type::Number, "How many bytes the archive has."),
];

/// The block of either type.
pub(crate) fn block(description: &str) -> Block {
    let optional = |ty: Type, what: &str| Attribute::optional(ty, what);
    let excludes = "Which files and directories in `source_dir` are left out: paths relative to it, in which `*` stands \
                    for anything within a name, `**` for any number of directories, `?` for one character, `[a-z]` and \
                    `{a,b}` for a choice. What lies in a directory that is left out is left out too.";
    let mode = "The permission of every file in the archive, in octal digits that begin with 0, such as `0644`. The \
                files' own permissions if left out.";
    let source =
        Block::new("One text that goes into the archive as a file. There may be any number of these blocks.")
            .attr("content", Attribute::required(Type::String, "The text."))
            .attr("filename", Attribute::required(Type::String, "The file's path in the archive."));
    let block = Block::new(description)
        .attr("type", Attribute::required(Type::String, "The kind of archive: `zip` or `tar.gz`."))
        .attr("output_path", Attribute::required(Type::String, "Where the archive is put. Missing directories are made."))
        .attr("output_file_mode", optional(Type::String, mode))
        .attr("source_file", optional(Type::String, "The path of a file, the only one in the archive."))
        .attr("source_dir", optional(Type::String, "The path of a directory, all of whose files go into the archive."))
        .attr("excludes", optional(Type::set(Type::String), excludes))
        .attr(
            "exclude_symlink_directories",
            optional(Type::Bool, "Whether links to directories in `source_dir` are left out; by default what they lead to goes into the archive."),
        )
        .attr("source_content", optional(Type::String, "A text, the only file in the archive; needs `source_content_filename`."))
        .attr("source_content_filename", optional(Type::String, "The path in the archive of the file that `source_content` is."))
        .block("source", NestedBlock::set(source));
    COMPUTED
        .into_iter()
        .fold(block, |block, (name, ty, what)| block.attr(name, Attribute::computed(ty, what)))
}

/// Whether an argument is given, or a block there. What is unknown may still turn out to be null.
fn is_given(config: &Value, name: &str) -> bool {
    may_be_given(config, name) && config.get(name).is_some_and(Value::is_known)
}

/// Whether an argument is given, or a block there, or may turn out to be.
fn may_be_given(config: &Value, name: &str) -> bool {
    config.get(name).is_some_and(|v| !v.is_null() && v.as_items().is_none_or(|items| !items.is_empty()))
}

/// Arguments that do not go together.
const CONFLICTS: [(&str, &[&str]); 5] = [
    ("source", &["source_file", "source_dir", "source_content", "source_content_filename"]),
    ("source_file", &["source_dir", "source_content", "source_content_filename"]),
    ("source_dir", &["source_content", "source_content_filename"]),
    ("excludes", &["source_file", "source_content", "source_content_filename"]),
    ("exclude_symlink_directories", &["source_file", "source_content", "source_content_filename"]),
];

/// Checks a configuration, which may be unknown in part.
pub(crate) fn check(config: &Value) -> Vec<ProviderError> {
    let conflicts = CONFLICTS.into_iter().filter_map(|(name, others)| check_conflicts(config, name, others));
    let single = [check_any(config), check_content(config), check_type(config), check_mode(config)];
    conflicts.chain(single.into_iter().flatten()).collect()
}

fn check_conflicts(config: &Value, name: &str, others: &[&str]) -> Option<ProviderError> {
    let other = others.iter().find(|other| is_given(config, name) && is_given(config, other))?;
    let detail = format!("Attribute {other:?} cannot be specified when {name:?} is specified.");
    Some(ProviderError::invalid("Invalid Attribute Combination", detail).at(Path::of_attr(name)))
}

fn check_any(config: &Value) -> Option<ProviderError> {
    if SOURCES.iter().chain(&["source_content"]).any(|name| may_be_given(config, name)) {
        return None;
    }
    let detail = format!("At least one of these attributes must be configured: [{}]", SOURCES.join(","));
    Some(ProviderError::invalid("Missing Attribute Configuration", detail))
}

/// A text without a name, or a name without a text.
fn check_content(config: &Value) -> Option<ProviderError> {
    let pair = ["source_content", "source_content_filename"];
    let lacks = |(one, other): &(&str, &str)| is_given(config, one) && !may_be_given(config, other);
    let (one, other) = [(pair[0], pair[1]), (pair[1], pair[0])].into_iter().find(lacks)?;
    let detail = format!("Attribute {other:?} must be specified when {one:?} is specified.");
    Some(ProviderError::invalid("Invalid Attribute Combination", detail).at(Path::of_attr(one)))
}

fn check_type(config: &Value) -> Option<ProviderError> {
    let given = text(config, "type").filter(|ty| !["zip", "tar.gz"].contains(ty))?;
    let detail =
        format!("Archives of type {given:?} are not supported. Supported are \"zip\" and \"tar.gz\".");
    Some(ProviderError::invalid("Unsupported archive type", detail).at(Path::of_attr("type")))
}

/// The permission that a text stands for: octal digits after 0 or 0o.
pub(crate) fn mode(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("0o").or_else(|| text.strip_prefix('0'))?;
    let octal = digits.bytes().all(|b| (b'0'..=b'7').contains(&b)) && (1..=4).contains(&digits.len());
    if octal { u32::from_str_radix(digits, 8).ok() } else { None }
}

fn check_mode(config: &Value) -> Option<ProviderError> {
    let given = text(config, "output_file_mode").filter(|m| !m.is_empty() && mode(m).is_none())?;
    let detail =
        format!("{given:?} is not a permission. Write octal digits that begin with 0, for example \"0644\".");
    Some(ProviderError::invalid("Invalid permission", detail).at(Path::of_attr("output_file_mode")))
}
