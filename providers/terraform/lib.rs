//! provider-terraform
