//! The built-in flavors of AWS, embedded as the files beside this one.

use provider::{EmbeddedFlavors, embedded_flavors};

/// The built-in flavors of AWS.
pub fn flavors() -> EmbeddedFlavors {
    embedded_flavors![
        "artifact_store" / "s3" grants "read" "read_write",
        "cluster" / "eks",
        "container_registry" / "ecr" grants "pull" "push",
        "image_builder" / "aws",
        "network" / "aws",
        "orchestrator" / "sagemaker",
        "secret_store" / "aws" grants "read",
        "step_operator" / "sagemaker" grants "invoke",
    ]
}
