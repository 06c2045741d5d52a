//! The function table: one file per family; signature, documentation and code of each function side by side.
//!
//! Start reading at [`Function`]; [`call()`] says what happens to arguments before a function's code sees them.

mod arguments;
mod call;
mod characters;
mod code_pages;
mod collection;
mod conversion;
mod csv;
mod datetime;
mod define;
mod deflate;
mod doubles;
mod encoding;
mod filesystem;
mod format;
mod hash;
mod huffman;
mod ip;
mod json_text;
mod map;
mod nowhere;
mod number;
mod pattern;
mod regex_syntax;
mod rsa;
mod sequence;
mod set;
mod signature;
mod string;
mod terraform;
#[cfg(test)]
mod tests;
mod text_encoding;
mod yaml_read;
mod yaml_scalar;
mod yaml_write;

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use model::{FunctionCall, Type, Value};

pub use call::call;
pub use nowhere::Nowhere;
pub use signature::{builtin_provider_signatures, signature_json};

/// Files as functions see them; `cli` implements it on the disk, tests in memory.
pub trait FileSystem {
    /// The content of a file. Relative paths start at the working directory.
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError>;
    /// Whether a file (not a directory) is there; a directory or special file is an error.
    fn exists(&self, path: &str) -> Result<bool, FileError>;
    /// The paths below a directory that are files, relative to it, `/`-separated, in any order.
    fn walk(&self, dir: &str) -> Result<Vec<String>, FileError>;
    /// The working directory, absolute.
    fn current_dir(&self) -> PathBuf;
    /// The home directory, for `pathexpand`.
    fn home_dir(&self) -> Option<PathBuf>;
}

/// Why a file cannot be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileError {
    /// There is none.
    NotFound,
    /// It is a directory.
    IsDirectory,
    /// Anything else, worded by the operating system.
    Other(String),
}

/// What the outside world gives to functions.
pub trait Surroundings {
    /// Files.
    fn files(&self) -> &dyn FileSystem;
    /// The directory that relative paths of `templatefile` and `file` start at (the working directory).
    fn base_dir(&self) -> &str;
    /// Now, in nanoseconds since 1970 UTC; during a plan `timestamp()` is unknown instead.
    fn now_ns(&self) -> i128;
    /// The time that `plantimestamp()` gives, RFC 3339; nothing where there is no plan (console).
    fn plan_timestamp(&self) -> Option<String>;
    /// Whether functions whose result differs each time (`timestamp`, `uuid`, `bcrypt`) give unknowns: so while planning.
    fn defers_impure(&self) -> bool;
    /// Fresh random bytes.
    fn random(&self, buffer: &mut [u8]);
}

/// A parameter of a function.
#[derive(Clone, Debug)]
pub struct Param {
    /// Name, as documentation and errors write it.
    pub name: Cow<'static, str>,
    /// The type that arguments are converted to.
    pub ty: Type,
    /// One line on what it is.
    pub description: Cow<'static, str>,
    /// Whether null is passed on (an error otherwise).
    pub allow_null: bool,
    /// Whether unknowns are passed on (the result is unknown otherwise).
    pub allow_unknown: bool,
    /// Whether [`Type::Dynamic`] unknowns are passed on too.
    pub allow_dynamic: bool,
    /// Whether marks are passed on (they move to the result otherwise).
    pub allow_marked: bool,
}

/// A failed call.
#[derive(Clone, Debug, PartialEq)]
pub struct CallError {
    /// The argument that is to blame, counted from 0; nothing where it is the call as a whole.
    pub argument: Option<usize>,
    /// What is wrong: a phrase without a capital or full stop, as it follows "Invalid value for "x" parameter: ".
    pub message: String,
}

/// The code of a function; arguments are already converted, checked and unmarked as [`Param`] says.
pub type Code = Arc<dyn Fn(&[Value], &dyn Surroundings) -> Result<Value, CallError> + Send + Sync>;

/// One function of the table.
pub struct Function {
    /// Name as called.
    pub name: Cow<'static, str>,
    /// The family's name: "string", "collection".
    pub family: &'static str,
    /// What it does, one sentence.
    pub description: Cow<'static, str>,
    /// Example calls with their results, each `("upper(\"a\")", "\"A\"")`.
    pub examples: &'static [(&'static str, &'static str)],
    /// Positional parameters.
    pub params: Vec<Param>,
    /// The repeated last parameter, where the function takes any number.
    pub variadic: Option<Param>,
    /// The result's type where it does not depend on the arguments; computed from argument *types* otherwise.
    pub returns: Returns,
    /// Whether a result can be null; an unknown result is refined as "not null" otherwise.
    pub may_be_null: bool,
    /// The result type that signatures show; the real one may depend on the arguments.
    pub documented: Type,
    /// Whether the function is left out of signatures and suggestions.
    pub hidden: bool,
    /// The code.
    pub code: Code,
}

impl Function {
    /// How a message shows a call by a name.
    pub fn as_called(&self, called_as: &str) -> FunctionCall {
        let param = |p: &Param| (p.name.to_string(), p.ty.clone());
        FunctionCall {
            called_as: called_as.into(),
            name: self.name.to_string(),
            params: self.params.iter().map(param).collect(),
            variadic: self.variadic.as_ref().map(param),
            returns: self.documented.clone(),
        }
    }
}

/// How the type of a result is found without calling the code (some argument being unknown).
pub enum Returns {
    /// Always this type.
    Fixed(Type),
    /// From the arguments, which may be unknown; an error here is an error of the call.
    From(fn(&[Value]) -> Result<Type, CallError>),
}

/// Looks a function up by name (with or without `core::`).
pub fn lookup(name: &str) -> Option<&'static Function> {
    let name = name.strip_prefix("core::").unwrap_or(name);
    let table = all();
    table.binary_search_by(|f| (*f.name).cmp(name)).ok().map(|i| &table[i])
}

/// All functions, ordered by name.
pub fn all() -> &'static [Function] {
    static TABLE: LazyLock<Vec<Function>> = LazyLock::new(table);
    &TABLE
}

/// A family's name and its functions.
type Family = (&'static str, fn() -> Vec<Function>);

/// Gathers the families.
fn table() -> Vec<Function> {
    let families: [Family; 20] = [
        ("string", string::members),
        ("string", format::members),
        ("string", pattern::members),
        ("number", number::members),
        ("collection", collection::members),
        ("collection", sequence::members),
        ("collection", map::members),
        ("collection", set::members),
        ("conversion", conversion::members),
        ("encoding", json_text::members),
        ("encoding", encoding::members),
        ("encoding", csv::members),
        ("encoding", text_encoding::members),
        ("encoding", yaml_write::members),
        ("encoding", yaml_read::members),
        ("terraform", terraform::members),
        ("filesystem", filesystem::members),
        ("hash", hash::members),
        ("ip", ip::members),
        ("datetime", datetime::members),
    ];
    let mut table: Vec<Function> = families
        .into_iter()
        .flat_map(|(family, members)| members().into_iter().map(move |f| Function { family, ..f }))
        .collect();
    table.sort_by(|a, b| a.name.cmp(&b.name));
    table
}
