//! Saved plans: everything that apply needs, and everything that `show` needs.
//!
//! A saved plan is one JSON document with a digest over its content. It holds the sources, so that what was planned is
//! what is applied, whatever became of the files meanwhile.

mod content;
mod findings;
mod parts;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use model::{Diagnostic, Kind, Value};
use plan::Plan;
use serde::{Deserialize, Serialize};
use state::{Label, Sealing, SealingError};

use crate::project::Place;

pub use findings::Finding;

/// The form of the document; another number is another form.
const FORMAT: u64 = 1;

/// A saved plan with what surrounds it.
pub struct Saved {
    /// The plan.
    pub plan: Plan,
    /// Every source that it was made from.
    pub files: BTreeMap<String, String>,
    /// What it is for.
    pub place: Place,
    /// Where its state is kept.
    pub location: String,
    /// Another state file than the configuration's, where one was asked for.
    pub state_path: Option<String>,
    /// The ephemeral root variables that were set. Their values are not kept, so apply needs them again.
    pub ephemeral: BTreeSet<String>,
    /// Where the values of root variables came from, for explanations.
    pub origins: BTreeMap<String, String>,
    /// What planning found.
    pub findings: Vec<Finding>,
}

/// Refuses a plan with an output that is infinite or holds infinity, for which neither plans nor states have a number.
pub fn check_finite(plan: &Plan, summary: &'static str) -> Result<(), Diagnostic> {
    let is_infinite = |value: &Value| matches!(value.kind(), Kind::Number(n) if n.is_infinite());
    for (name, output) in &plan.outputs {
        let mut found = None;
        output.after.walk(&mut |path, part| {
            if is_infinite(part) {
                found.get_or_insert_with(|| path.clone());
            }
            found.is_none()
        });
        if let Some(path) = found {
            return Err(Diagnostic::error(
                summary,
                format!(
                    "The value of output {name:?} is infinite{}, which cannot be kept: a state is JSON, which has no number \
                     for it. Something was divided by zero; use a condition, such as x == 0 ? null : 1 / x.",
                    if path.0.is_empty() { String::new() } else { format!(" at {path}") },
                ),
            ));
        }
    }
    Ok(())
}

/// Writes a plan to a file that only its owner can read.
pub fn write(path: &Path, saved: &Saved, sealing: &Sealing) -> Result<(), Diagnostic> {
    check_finite(&saved.plan, "Failed to write plan file")?;
    let content = content::encode(saved);
    let document = Document { stackwright_plan: FORMAT, sha256: digest(&content), content };
    let failed = |e: &dyn std::fmt::Display| {
        Diagnostic::error(
            "Failed to write plan file",
            format!("The plan could not be written to {}: {e}.", path.display()),
        )
    };
    let label = Label {
        lineage: Some(saved.plan.lineage.clone()),
        serial: Some(saved.plan.serial),
        journalled: false,
    };
    let bytes = serde_json::to_vec(&document).map_err(|e| failed(&e))?;
    drop(document);
    let sealed = sealing.seal(state::Kind::Plan, &label, &bytes).map_err(|e| failed(&e))?;
    crate::files::write_private(path, &sealed).map_err(|e| failed(&e))
}

/// Reads a plan; refused where it is damaged or of another form.
pub fn read(path: &Path, sealing: &Sealing) -> Result<Saved, Diagnostic> {
    let bad = |why: String| {
        Diagnostic::error(
            format!("Failed to load {:?} as a plan file", path.display().to_string()),
            format!("{} cannot be used as a saved plan: {why}. Make it anew with plan -out.", path.display()),
        )
    };
    let bytes = std::fs::read(path).map_err(|e| bad(e.to_string()))?;
    if !looks_like_plan(&bytes) {
        return Err(bad("it is not a plan that this program wrote".into()));
    }
    let opened = sealing.open(state::Kind::Plan, &bytes).map_err(|why| bad(why.to_string()))?;
    drop(bytes);
    let none = || bad("it is not a plan that this program wrote".into());
    let Form { stackwright_plan } = serde_json::from_slice(&opened.plain).map_err(|_| none())?;
    if stackwright_plan != FORMAT {
        return Err(bad(format!("it has form {stackwright_plan}, and this version reads form {FORMAT}")));
    }
    let document: Document = serde_json::from_slice(&opened.plain).map_err(|_| none())?;
    drop(opened.plain);
    if document.sha256 != digest(&document.content) {
        return Err(bad("its digest does not fit its content, so it is damaged or was changed".into()));
    }
    let fields = content::Fields::read(&document.content).map_err(|e| bad(e.to_string()))?;
    let saved = content::decode(&fields).ok_or_else(|| bad("its content is incomplete".into()))?;
    let (lineage, serial) = (Some(saved.plan.lineage.clone()), Some(saved.plan.serial));
    match opened.label {
        Some(label) if label != (Label { lineage, serial, journalled: false }) => {
            Err(bad(SealingError::Changed.to_string()))
        }
        Some(_) | None => Ok(saved),
    }
}

/// Whether a file looks like a saved plan.
pub fn is_plan(path: &Path) -> bool {
    std::fs::read(path).is_ok_and(|b| looks_like_plan(&b))
}

fn looks_like_plan(bytes: &[u8]) -> bool {
    bytes.starts_with(b"{\"stackwright_plan\"")
        || bytes.starts_with(b"{\"stackwright_sealed\":1,\"kind\":\"plan\"")
}

fn digest(content: &str) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(content.as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
}

/// The document on the whole.
#[derive(Serialize, Deserialize)]
struct Document {
    /// The form, first of all: by that a plan is known.
    stackwright_plan: u64,
    /// The digest of the content.
    sha256: String,
    /// JSON, as text.
    content: String,
}

/// Which form a document has, whatever else it holds.
#[derive(Deserialize)]
struct Form {
    stackwright_plan: u64,
}
