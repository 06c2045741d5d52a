//! The built-in flavors that need no cloud, embedded as the files beside this one.

use provider::{EmbeddedFlavors, embedded_flavors};

/// The built-in flavors that need no cloud.
pub fn flavors() -> EmbeddedFlavors {
    embedded_flavors![
        "artifact_store" / "local",
        "experiment_tracker" / "mlflow_local",
        "image_builder" / "local",
        "model_registry" / "mlflow_local",
        "orchestrator" / "local",
    ]
}
