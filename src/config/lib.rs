//! Syntax trees to configuration: blocks, modules, references, and the values and instances that they desire.
//!
//! [`build`] gives parsed files and everything that their module calls lead to as a [`Config`]: blocks with their
//! meaning, expressions not yet evaluated. [`Statics`] knows who refers to whom, finds what refers to nothing, and orders
//! it all. [`Evaluator`] gives values: of variables, locals, outputs, module calls, of the bodies of resources, asking
//! its caller for what instances are. This layer knows neither state nor plan nor stacks, and reads files only through
//! [`Files`].
//!
//! Start reading at [`Config`].

mod as_blocks;
mod body;
mod decode;
mod early;
mod evaluate;
mod expansion;
mod farewell;
mod files;
mod import;
mod json;
mod load;
mod module;
mod overrides;
mod passing;
mod reference;
mod scope;
mod statics;
mod unknown;
mod variables;
mod version;

pub use body::{decode_block_object, decode_body};
pub use decode::{decode_file, parse_encryption, read_encryption};
pub use early::{Early, EarlyInputs, EarlyModule};
pub use evaluate::{Children, Evaluator, InstId, Reading, World, default_value};
pub use expansion::{EachValue, Expansion};
pub use farewell::Farewell;
pub use files::{FileEntry, Files, ModuleRequest, ModuleSources};
pub use import::{Import, ImportTarget};
pub use json::json_blocks;
pub use load::{Origins, add_text, build, parse_directory};
pub use module::*;
pub use passing::check_passed_providers;
pub use reference::Reference;
pub use statics::{NEAREST, Node, NodeId, NodeKind, Statics, module_phrase, resolve_provider};
pub use unknown::WAYS_OUT;
pub use variables::{RootValue, check_root_variables};
pub use version::satisfies;
