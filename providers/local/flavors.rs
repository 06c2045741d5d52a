//! The built-in flavors that need no cloud, embedded as the files beside this one.

use std::collections::BTreeMap;

use provider::{FlavorFiles, FlavorSource};

/// One embedded flavor: component type, flavor, and its files by name.
struct Embedded {
    component_type: &'static str,
    flavor: &'static str,
    files: &'static [(&'static str, &'static str)],
}

macro_rules! embedded {
    ($($component_type:literal / $flavor:literal),+ $(,)?) => {
        &[$(Embedded {
            component_type: $component_type,
            flavor: $flavor,
            files: &[
                ("flavor.hcl", include_str!(concat!("flavors/", $component_type, "/", $flavor, "/flavor.hcl"))),
                ("main.hcl", include_str!(concat!("flavors/", $component_type, "/", $flavor, "/main.hcl"))),
            ],
        }),+]
    };
}

/// Ordered by component type and flavor.
const FLAVORS: &[Embedded] = embedded![
    "artifact_store" / "local",
    "experiment_tracker" / "mlflow_local",
    "image_builder" / "local",
    "model_registry" / "mlflow_local",
    "orchestrator" / "local",
];

/// The built-in flavors of this folder.
struct Local;

/// The built-in flavors that need no cloud.
pub fn flavors() -> impl FlavorSource {
    Local
}

impl FlavorSource for Local {
    fn list(&self) -> Vec<(String, String)> {
        FLAVORS.iter().map(|f| (f.component_type.to_owned(), f.flavor.to_owned())).collect()
    }

    fn files(&self, component_type: &str, flavor: &str) -> Option<FlavorFiles> {
        let found = FLAVORS.iter().find(|f| f.component_type == component_type && f.flavor == flavor)?;
        let files: BTreeMap<_, _> = found.files.iter().map(|(n, t)| ((*n).to_owned(), (*t).into())).collect();
        Some(FlavorFiles { files })
    }
}
