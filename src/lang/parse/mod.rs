//! Text to syntax tree.
// Interface; the parser helper replaces the bodies.

use model::{Diagnostics, FileId};

use crate::ast::{Body, Expr, Template, Traversal};

/// Parses a whole file (`.tf`, `.hcl`, `.tfvars`). Errors do not stop it: the body holds what could be read.
pub fn parse_body(file: FileId, text: &str) -> (Body, Diagnostics) {
    let _ = (file, text);
    unimplemented!()
}

/// Parses a single expression that fills the whole text (the console, `-var` values of complex types).
pub fn parse_expr(file: FileId, text: &str) -> Result<Expr, Diagnostics> {
    let _ = (file, text);
    unimplemented!()
}

/// Parses a whole text as a bare template (`templatefile`, JSON strings): one part of literal text if it holds none.
pub fn parse_template(file: FileId, text: &str) -> Result<Template, Diagnostics> {
    let _ = (file, text);
    unimplemented!()
}

/// Parses an address-like traversal (`aws_x.y[0].z`), as JSON syntax and command-line arguments hold them.
pub fn parse_traversal(file: FileId, text: &str) -> Result<Traversal, Diagnostics> {
    let _ = (file, text);
    unimplemented!()
}
