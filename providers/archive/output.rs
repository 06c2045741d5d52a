//! An archive in its place, and what is said of it.

use std::fs::{self, File, Permissions};
use std::io::{self, BufWriter, Seek};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::Value;
use provider::{Digests, ErrorKind, ProviderError, hex};

use crate::entries::{Unusable, entries};
use crate::pack::pack;
use crate::request::Request;

/// Makes an archive and gives the values of the computed attributes. Nothing is written where the same archive is there
/// already. Works in a thread of its own, as long files take long.
pub(crate) async fn make(request: Request) -> Result<Vec<(&'static str, Value)>, ProviderError> {
    let made = tokio::task::spawn_blocking(move || make_here(&request)).await;
    made.map_err(|_| {
        ProviderError::new(ErrorKind::Internal, SUMMARY, "The thread that made the archive broke off.")
    })?
}

const SUMMARY: &str = "Archive creation error";

fn make_here(request: &Request) -> Result<Vec<(&'static str, Value)>, ProviderError> {
    let failed = |detail: String| ProviderError::new(ErrorKind::Invalid, SUMMARY, detail);
    let shown = request.output.display();
    let entries = entries(request)
        .map_err(|Unusable(why)| failed(format!("The archive {shown} cannot be made. {why}")))?;
    let directory = request.output.parent().unwrap_or(Path::new("/"));
    let written = fs::create_dir_all(directory).and_then(|()| write(request, &entries, directory));
    let digests = written.map_err(|why| failed(format!("The archive {shown} cannot be written: {why}.")))?;
    Ok(attributes(&digests))
}

/// Writes the archive beside its place and moves it there.
fn write(request: &Request, entries: &[crate::entries::Entry], directory: &Path) -> io::Result<Digests> {
    let mut builder = tempfile::Builder::new();
    let mut file =
        builder.permissions(Permissions::from_mode(0o666)).prefix(".archive").tempfile_in(directory)?;
    pack(request.kind, entries, BufWriter::new(file.as_file_mut()))?;
    file.as_file_mut().rewind()?;
    let digests = Digests::read(file.as_file_mut())?;
    let same = File::open(&request.output).and_then(Digests::read).is_ok_and(|there| there == digests);
    if !same {
        file.persist(&request.output).map_err(|e| e.error)?;
    }
    Ok(digests)
}

fn attributes(digests: &Digests) -> Vec<(&'static str, Value)> {
    vec![
        ("id", Value::string(hex(&digests.sha1))),
        ("output_base64sha256", Value::string(STANDARD.encode(&digests.sha256))),
        ("output_base64sha512", Value::string(STANDARD.encode(&digests.sha512))),
        ("output_md5", Value::string(hex(&digests.md5))),
        ("output_sha", Value::string(hex(&digests.sha1))),
        ("output_sha256", Value::string(hex(&digests.sha256))),
        ("output_sha512", Value::string(hex(&digests.sha512))),
        ("output_size", Value::number(digests.size)),
    ]
}
