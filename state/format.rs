//! The Terraform state format: one gate in, one gate out.
//!
//! Version 4 is read and written as Terraform does: the same fields in the same order, resources sorted by the text of
//! their address, JSON indented by two spaces and escaped for HTML. Version 3 is read. Version 5 is ours alone: the same
//! document, published while a journal holds what it lacks, so that Terraform refuses it.

mod flatmap;
mod json;
mod paths;
mod provider;
mod read;
mod version3;
mod version4;
mod write;

pub(crate) use json::compact;
pub(crate) use paths::{sensitive_paths, sensitive_paths_to_json};
pub(crate) use read::read_published;

pub use read::read;
pub use write::write;

/// The version of Terraform whose format this is; written documents name it.
pub const TERRAFORM_VERSION: &str = "1.11.4";

/// The format version that Terraform reads and writes.
pub const VERSION: u64 = 4;

/// The format version of a document that is incomplete without its journal.
pub const VERSION_JOURNALLED: u64 = 5;
