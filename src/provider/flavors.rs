//! Flavors that are a part of the program.

use std::collections::BTreeMap;

use crate::{FlavorFiles, FlavorSource};

/// One embedded flavor.
#[derive(Clone, Copy, Debug)]
pub struct EmbeddedFlavor {
    /// What it realises: `artifact_store`.
    pub component_type: &'static str,
    /// Its name: `s3`.
    pub flavor: &'static str,
    /// Its files, by their paths in its folder.
    pub files: &'static [(&'static str, &'static str)],
}

/// Embedded flavors, ordered by component type and name.
#[derive(Clone, Copy, Debug)]
pub struct EmbeddedFlavors(pub &'static [EmbeddedFlavor]);

impl FlavorSource for EmbeddedFlavors {
    fn list(&self) -> Vec<(String, String)> {
        self.0.iter().map(|f| (f.component_type.to_owned(), f.flavor.to_owned())).collect()
    }

    fn files(&self, component_type: &str, flavor: &str) -> Option<FlavorFiles> {
        let found = self.0.iter().find(|f| f.component_type == component_type && f.flavor == flavor)?;
        let files: BTreeMap<_, _> = found.files.iter().map(|(n, t)| ((*n).to_owned(), (*t).into())).collect();
        Some(FlavorFiles { files })
    }
}

/// The flavors in the folder `flavors/` beside the file that says this, with what each can grant:
/// `embedded_flavors!["artifact_store" / "s3" grants "read" "read_write"]`.
#[macro_export]
macro_rules! embedded_flavors {
    ($($ty:literal / $flavor:literal $(grants $($level:literal)+)?),+ $(,)?) => {
        $crate::EmbeddedFlavors(&[$($crate::EmbeddedFlavor {
            component_type: $ty,
            flavor: $flavor,
            files: &[
                ("flavor.hcl", include_str!(concat!("flavors/", $ty, "/", $flavor, "/flavor.hcl"))),
                ("main.hcl", include_str!(concat!("flavors/", $ty, "/", $flavor, "/main.hcl"))),
                $($((
                    concat!("grants/", $level, "/main.hcl"),
                    include_str!(concat!("flavors/", $ty, "/", $flavor, "/grants/", $level, "/main.hcl")),
                ),)+)?
            ],
        }),+])
    };
}
