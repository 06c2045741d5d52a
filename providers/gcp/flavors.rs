//! The built-in flavors of Google Cloud, embedded as the files beside this one.

use provider::{EmbeddedFlavors, embedded_flavors};

/// The built-in flavors of Google Cloud.
pub fn flavors() -> EmbeddedFlavors {
    embedded_flavors![
        "artifact_store" / "gcs" grants "read" "read_write",
        "cluster" / "gke",
        "container_registry" / "gar" grants "pull" "push",
        "image_builder" / "gcp",
        "network" / "gcp",
        "orchestrator" / "vertex",
        "secret_store" / "gcp" grants "read",
        "step_operator" / "vertex" grants "invoke",
    ]
}
