//! Resource types from sheets: a text that documents a type is its schema, and [`Typed`] does for every type what all of
//! them owe.
//!
//! A sheet begins with what the type is, and then has a line for each attribute and block, deeper ones indented by two
//! blanks:
//!
//! ```text
//! A bucket for objects.
//!
//! bucket  optional computed fixed string | The name. Another one makes another bucket.
//! rule    block list 1..10               | What happens to old objects.
//!   days  required number                | After how many days.
//! ```
//!
//! The words before the type: `required`, `optional`, `computed`; `sensitive`, `writeonly`, `deprecated`; `fixed` where
//! another value needs another object; `volatile` where each change of the object gives a new value; `foreign` where others
//! change it, so that a change of the object does not tell what became of it meanwhile; `json`, `policy`, `link`,
//! `duration` and `caseless` where texts are compared by what they mean; `default=VALUE`, in quotes where it has blanks; and of a block `computed`, where the provider gives blocks
//! if the configuration has none, and `like=NAME`, where it holds what an outermost block holds.
//!
//! Start reading at [`Kind`], which is what a type has to say.

mod fields;
mod given;
mod kind;
mod meaning;
mod parse;
mod planning;
mod shape;
mod source;
mod texts;
mod typed;
mod wait;

pub use fields::{Fields, IntoValue};
pub use given::Given;
pub use kind::{At, Kind, KindError, KindPage, Made};
pub use meaning::{same_json, same_link, same_policy};
pub use parse::{Sheet, SheetError, Traits};
pub use planning::Draft;
pub use shape::fill as object;
pub use source::{Read, Source};
pub use texts::of_texts;
pub use typed::Typed;
pub use wait::{Waiting, wait};

#[cfg(test)]
mod tests;
