//! A content in pieces.

use std::io;
use std::path::PathBuf;

use bytes::Bytes;
use google_cloud_storage::streaming_source::{SizeHint, StreamingSource};
use tokio::io::AsyncReadExt;

/// How much of a file is read at once.
const PIECE: usize = 256 << 10;

/// What an object is to hold.
pub(crate) enum Content {
    /// These bytes.
    Bytes(Bytes),
    /// What is in a file.
    File(PathBuf),
}

impl Content {
    /// The content from its beginning on, and its size.
    pub(super) async fn open(&self) -> io::Result<(Chunks, u64)> {
        match self {
            Content::Bytes(bytes) => Ok((Chunks::Bytes(bytes.clone()), bytes.len() as u64)),
            Content::File(path) => {
                let file = tokio::fs::File::open(path).await?;
                let size = file.metadata().await?.len();
                Ok((Chunks::File(file, size), size))
            }
        }
    }
}

/// What of a content was not taken yet.
pub(crate) enum Chunks {
    /// The rest of bytes.
    Bytes(Bytes),
    /// The rest of a file of a size.
    File(tokio::fs::File, u64),
}

impl StreamingSource for Chunks {
    type Error = io::Error;

    async fn next(&mut self) -> Option<io::Result<Bytes>> {
        let file = match self {
            Chunks::Bytes(bytes) => {
                return Some(std::mem::take(bytes)).filter(|bytes| !bytes.is_empty()).map(Ok);
            }
            Chunks::File(file, _) => file,
        };
        let mut buffer = vec![0; PIECE];
        match file.read(&mut buffer).await {
            Ok(0) => None,
            Ok(read) => {
                buffer.truncate(read);
                Some(Ok(buffer.into()))
            }
            Err(e) => Some(Err(e)),
        }
    }

    async fn size_hint(&self) -> io::Result<SizeHint> {
        Ok(SizeHint::with_exact(match self {
            Chunks::Bytes(bytes) => bytes.len() as u64,
            Chunks::File(_, size) => *size,
        }))
    }
}
