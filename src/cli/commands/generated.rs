//! The file that `plan -generate-config-out` writes.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use ::plan::Importing;
use model::{Diagnostic, InstanceAddr};

use crate::args::PlanningArgs;

/// Collects the blocks that planning writes, and keeps them in a file that was not there before.
pub struct Generated {
    path: PathBuf,
    blocks: RefCell<BTreeMap<InstanceAddr, String>>,
}

impl Generated {
    /// A file that is yet to be made.
    pub fn new(path: &Path, planning: &PlanningArgs) -> Result<Generated, Diagnostic> {
        if planning.destroy || planning.refresh_only {
            return Err(Diagnostic::error(
                "Invalid generate-config-out flag",
                "Configuration is generated for what a plan imports, and plans with -destroy or -refresh-only import nothing.",
            ));
        }
        if path.exists() {
            return Err(Diagnostic::error(
                "Target generated file already exists",
                format!(
                    "Generated configuration goes into a new file only, and {} is there already. Name another file, or move \
                     what is in this one elsewhere and delete it.",
                    path.display()
                ),
            ));
        }
        Ok(Generated { path: path.to_owned(), blocks: RefCell::default() })
    }

    /// Takes the block of one object.
    pub fn add(&self, address: &InstanceAddr, importing: &Importing, block: &str) {
        let from = importing.shown().map_or_else(String::new, |id| format!(" from {id:?}"));
        let text = format!("# __generated__ by Stackwright{from}\n{block}\n");
        self.blocks.borrow_mut().insert(address.clone(), text);
    }

    /// The whole text; nothing where no block was written.
    pub fn text(&self) -> Option<String> {
        const HEAD: &str = "# __generated__ by Stackwright\n\
                            # Please review these resources and move them into your main configuration files.\n";
        let blocks = self.blocks.borrow();
        let text = blocks.values().map(|b| format!("\n{b}")).collect::<String>();
        (!text.is_empty()).then(|| format!("{HEAD}{text}"))
    }

    /// Writes the file, where there is something to write, and says what to think of it.
    pub fn write(&self) -> Result<Option<Diagnostic>, Diagnostic> {
        let Some(text) = self.text() else { return Ok(None) };
        let file = std::fs::OpenOptions::new().write(true).create_new(true).open(&self.path);
        file.and_then(|mut f| f.write_all(text.as_bytes())).map_err(|e| {
            Diagnostic::error(
                "Failed to create target generated file",
                format!("The generated configuration could not be written to {}: {e}.", self.path.display()),
            )
        })?;
        Ok(Some(Diagnostic::warning(
            "Config generation is experimental",
            "The form of generated configuration may change in later versions. Look through what was written before you rely \
             on it: it sets everything that can be set, and leaves secrets out.",
        )))
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The name under which a saved plan keeps the blocks among its other files.
    pub fn kept_name(&self, taken: impl Fn(&str) -> bool) -> String {
        let own = self.path.file_name().map(|n| n.to_string_lossy().into_owned());
        let fits = |n: &String| n.ends_with(".tf") && !n.starts_with('.') && !taken(n);
        own.filter(fits).unwrap_or_else(|| {
            let numbered = (1..).map(|i| format!("generated-{i}.tf"));
            numbered.into_iter().find(|n| !taken(n)).unwrap_or_default()
        })
    }
}
