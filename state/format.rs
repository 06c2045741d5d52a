//! The Terraform state format: one gate in, one gate out.
