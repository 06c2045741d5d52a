//! `modules.json`: which module calls were installed, from where, and where to. Terraform's format.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use model::Diagnostic;
use serde_json::{Value as Json, json};

/// One installed module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The canonical source.
    pub source: String,
    /// The version, for modules of a registry.
    pub version: Option<String>,
    /// The directory, from the working directory.
    pub dir: String,
}

/// All installed modules by key: the names of the calls that lead to them, with dots between.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest(pub BTreeMap<String, Entry>);

impl Manifest {
    /// Reads the text of a manifest; a text of another form is an error.
    pub fn parse(text: &str, place: &str) -> Result<Manifest, Diagnostic> {
        let bad = |why: &str| {
            let detail = format!(
                "The list of installed modules, {place}, cannot be used: {why}. Make it anew with: stackwright init"
            );
            Diagnostic::error("Failed to read module manifest", detail)
        };
        let document: Json = serde_json::from_str(text).map_err(|e| bad(&e.to_string()))?;
        let modules = document
            .get("Modules")
            .and_then(Json::as_array)
            .ok_or_else(|| bad("it has no list of modules"))?;
        let entries = modules.iter().map(|m| {
            let text = |name: &str| m.get(name).and_then(Json::as_str).map(str::to_owned);
            let entry = Entry { source: text("Source")?, version: text("Version"), dir: text("Dir")? };
            Some((text("Key")?, entry))
        });
        let entries = entries.collect::<Option<BTreeMap<_, _>>>();
        entries.map(Manifest).ok_or_else(|| bad("one of its modules has no key, source or directory"))
    }

    /// The text of the manifest.
    pub fn text(&self) -> String {
        let entry = |(key, entry): (&String, &Entry)| {
            let mut module = json!({"Key": key, "Source": entry.source});
            if let Some(version) = &entry.version {
                module["Version"] = version.as_str().into();
            }
            module["Dir"] = entry.dir.as_str().into();
            module
        };
        json!({"Modules": self.0.iter().map(entry).collect::<Vec<_>>()}).to_string()
    }

    /// Replaces the manifest of a directory as a whole.
    pub fn write(&self, modules_dir: &Path) -> std::io::Result<()> {
        std::fs::create_dir_all(modules_dir)?;
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
        let mut file = tempfile::Builder::new().permissions(mode).tempfile_in(modules_dir)?;
        std::io::Write::write_all(&mut file, self.text().as_bytes())?;
        file.persist(path_in(modules_dir)).map_err(|e| e.error)?;
        Ok(())
    }
}

/// Where the manifest lies.
pub fn path_in(modules_dir: &Path) -> PathBuf {
    modules_dir.join("modules.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_reads_as_it_was_written() {
        let text = r#"{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"a.b","Source":"registry.terraform.io/x/y/z","Version":"1.2.3","Dir":".terraform/modules/a.b"}]}"#;
        let manifest = Manifest::parse(text, "modules.json").expect("a manifest");
        assert_eq!(manifest.0["a.b"].version.as_deref(), Some("1.2.3"));
        assert_eq!(manifest.text(), text);
    }

    #[test]
    fn a_torn_manifest_says_how_to_make_it_anew() {
        let diag = Manifest::parse("{", "modules.json").expect_err("torn");
        assert!(diag.detail.contains("stackwright init"), "{}", diag.detail);
    }
}
