//! Surroundings without anything in them.

use std::path::PathBuf;

use super::{FileError, FileSystem, Surroundings};

/// No files, no clock, no randomness: what functions see where nothing of the outside may count.
pub struct Nowhere;

impl Surroundings for Nowhere {
    fn files(&self) -> &dyn FileSystem {
        self
    }

    fn base_dir(&self) -> &str {
        "."
    }

    fn now_ns(&self) -> i128 {
        0
    }

    fn plan_timestamp(&self) -> Option<String> {
        None
    }

    fn defers_impure(&self) -> bool {
        true
    }

    fn random(&self, _buffer: &mut [u8]) {}
}

impl FileSystem for Nowhere {
    fn read(&self, _path: &str) -> Result<Vec<u8>, FileError> {
        Err(FileError::NotFound)
    }

    fn exists(&self, _path: &str) -> Result<bool, FileError> {
        Ok(false)
    }

    fn walk(&self, _dir: &str) -> Result<Vec<String>, FileError> {
        Ok(Vec::new())
    }

    fn current_dir(&self) -> PathBuf {
        PathBuf::from("/")
    }

    fn home_dir(&self) -> Option<PathBuf> {
        None
    }
}
