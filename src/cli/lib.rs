//! The terminal's side: command lines in, plans, progress and diagnostics out.
//!
//! [`args`] reads command lines, [`render`] words and lays out what people and their tools read. Only this layer touches
//! terminal, environment, clock and files; it decides nothing about infrastructure.
//!
//! Start reading at [`args::parse`].

pub mod args;
pub mod commands;
pub mod render;
