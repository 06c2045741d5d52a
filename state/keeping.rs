//! How a state is kept, whatever its backend: sealed or not, watched for what does not belong there, with its past.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::sidecar::Published;
use crate::{Label, Sealing, Seen, Sidecar, StateError, StateSnapshot};

/// How many earlier snapshots are kept unless something else is asked for.
pub const HISTORY: usize = 20;

/// How a state is kept.
#[derive(Clone, Debug)]
pub struct Keeping {
    /// Whether and how documents are encrypted.
    pub sealing: Arc<Sealing>,
    /// What remembers how far the state had come; only asked where it is encrypted.
    pub seen: Option<Arc<Seen>>,
    /// The lineage and serial of a state that is taken although it is not the one that was expected.
    pub accepted: Option<(String, u64)>,
    /// How many earlier snapshots are kept.
    pub history: usize,
}

impl Default for Keeping {
    fn default() -> Keeping {
        Keeping { sealing: Arc::default(), seen: None, accepted: None, history: HISTORY }
    }
}

/// A document as it was read.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    /// Its format version.
    pub(crate) version: u64,
    /// What it records.
    pub(crate) snapshot: StateSnapshot,
    /// The digest of its bytes.
    pub(crate) digest: String,
    /// Whether it was sealed by this program.
    pub(crate) is_sealed: bool,
}

/// The digest that is remarked of a document.
pub(crate) fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

/// What a snapshot's sealed document says of itself.
pub(crate) fn label(snapshot: &StateSnapshot, version: u64) -> Label {
    Label {
        lineage: Some(snapshot.lineage.clone()),
        serial: Some(snapshot.serial),
        journalled: version == crate::format::VERSION_JOURNALLED,
    }
}

impl Keeping {
    /// Refuses a document that is not the one that was last written or seen here.
    pub(crate) fn check(
        &self,
        document: Option<&Document>,
        sidecar: &Sidecar,
        location: &str,
    ) -> Result<(), StateError> {
        let Some(document) = document else { return Ok(()) };
        let StateSnapshot { lineage, serial, .. } = &document.snapshot;
        if self.accepted.as_ref().is_some_and(|(l, s)| l == lineage && s == serial) {
            return Ok(());
        }
        let differs = sidecar.document.as_ref().and_then(|last| difference(document, last));
        match differs.or_else(|| self.older_than_seen(document, location)) {
            None => Ok(()),
            Some(why) => Err(StateError::Unexpected {
                location: location.into(),
                why,
                lineage: lineage.clone(),
                serial: *serial,
            }),
        }
    }

    fn older_than_seen(&self, document: &Document, location: &str) -> Option<String> {
        let seen = self.seen.as_ref().filter(|_| document.is_sealed)?;
        let highest = seen.serial(location, &document.snapshot.lineage)?;
        (document.snapshot.serial < highest).then(|| older(document, highest))
    }

    /// Remembers how far the state has come.
    pub(crate) fn note(&self, snapshot: &StateSnapshot, location: &str) {
        if let Some(seen) = self.seen.as_ref().filter(|_| self.sealing.is_sealing()) {
            seen.note(location, &snapshot.lineage, snapshot.serial);
        }
    }
}

fn older(document: &Document, serial: u64) -> String {
    format!(
        "it has serial {}, and {serial} was here already, so it is an older one",
        document.snapshot.serial
    )
}

/// What tells a document from the one that was last published here. What Terraform wrote since has a higher serial.
/// Somebody who may write a document in the clear may put an older one back; a sealed one may have been replayed.
fn difference(document: &Document, last: &Published) -> Option<String> {
    let StateSnapshot { lineage, serial, .. } = &document.snapshot;
    if *lineage != last.lineage {
        return Some(format!("it has lineage {lineage:?}, and that one had {:?}", last.lineage));
    }
    if *serial < last.serial && document.is_sealed {
        return Some(older(document, last.serial));
    }
    (*serial == last.serial && document.digest != last.sha256).then(|| {
        "it has the same serial and another content, so it is damaged or was changed by hand; a change by hand needs a \
         higher serial"
            .to_owned()
    })
}
