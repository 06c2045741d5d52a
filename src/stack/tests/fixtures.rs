//! Flavors and connectors for the cases.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use model::{Attribute, Block, ProviderAddr, Schema, Type};
use provider::{ConnectorType, FlavorFiles, FlavorSource};

/// The path of a case.
pub fn case(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name)
}

/// The flavors of a directory `TYPE/FLAVOR/`.
pub struct Flavors(pub BTreeMap<(String, String), FlavorFiles>);

impl Flavors {
    /// Those that ship in the binary.
    pub fn built_in() -> Flavors {
        Flavors::read("../../providers/local/flavors")
    }

    /// Those of a cloud that does not exist, for these tests only.
    pub fn of_tests() -> Flavors {
        Flavors::read("tests/flavors")
    }

    /// Those below a directory, relative to this crate.
    pub fn read(dir: &str) -> Flavors {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(dir);
        let mut found = BTreeMap::new();
        for ty in entries(&root) {
            for flavor in entries(&ty) {
                let mut files = BTreeMap::new();
                read_below(&flavor, "", &mut files);
                found.insert((name(&ty), name(&flavor)), FlavorFiles { files });
            }
        }
        Flavors(found)
    }
}

fn entries(dir: &Path) -> Vec<PathBuf> {
    fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect()
}

fn read_below(dir: &Path, prefix: &str, files: &mut BTreeMap<String, model::Str>) {
    for path in entries(dir) {
        let inner = format!("{prefix}{}", name(&path));
        match path.is_dir() {
            true => read_below(&path, &format!("{inner}/"), files),
            false => drop(files.insert(inner, fs::read_to_string(&path).unwrap().into())),
        }
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

impl FlavorSource for Flavors {
    fn list(&self) -> Vec<(String, String)> {
        self.0.keys().cloned().collect()
    }

    fn files(&self, component_type: &str, flavor: &str) -> Option<FlavorFiles> {
        self.0.get(&(component_type.to_owned(), flavor.to_owned())).cloned()
    }
}

/// `connector "local"`
pub struct LocalConnector(Schema);

impl LocalConnector {
    pub fn new() -> LocalConnector {
        let root = Attribute::optional(Type::String, "Where relative paths start.");
        LocalConnector(Schema::new(Block::new("This machine.").attr("root", root)))
    }
}

impl ConnectorType for LocalConnector {
    fn kind(&self) -> &str {
        "local"
    }

    fn provider(&self) -> ProviderAddr {
        ProviderAddr::implied("stackwright")
    }

    fn schema(&self) -> &Schema {
        &self.0
    }
}

/// `connector "cloud"`: of a cloud that does not exist.
pub struct CloudConnector(Schema);

impl CloudConnector {
    pub fn new() -> CloudConnector {
        let block = Block::new("A cloud.")
            .attr("region", Attribute::required(Type::String, "Where."))
            .attr("expect_account", Attribute::optional(Type::String, "Whose."));
        CloudConnector(Schema::new(block))
    }
}

impl ConnectorType for CloudConnector {
    fn kind(&self) -> &str {
        "cloud"
    }

    fn provider(&self) -> ProviderAddr {
        ProviderAddr::implied("cloud")
    }

    fn schema(&self) -> &Schema {
        &self.0
    }

    fn renames(&self) -> &[(&str, &str)] {
        &[("expect_account", "allowed_account")]
    }
}
