//! One package to a directory, by whatever way it is to be had.

use std::path::{Path, PathBuf};

use thiserror::Error;

use super::address::{Getter, Package};
use super::cache::Cache;
use super::hosts::Hosts;
use super::http::{Found, Http};
use super::registry_address::RegistryModule;
use super::{archive, git, registry};

/// Why a package cannot be had.
#[derive(Debug, Error)]
pub enum FetchError {
    /// The disk refused.
    #[error("{place}: {source}")]
    Disk {
        /// What was to be read or written.
        place: String,
        /// Why not.
        source: std::io::Error,
    },
    /// `git` said no.
    #[error("git {command} failed: {said}")]
    Git {
        /// What it was told to do.
        command: String,
        /// Its words.
        said: String,
    },
    /// A request failed.
    #[error("{url}: {why}")]
    Http {
        /// What was asked.
        url: String,
        /// Why there is no answer, or what is wrong with it.
        why: String,
    },
    /// The archive cannot be trusted, or read.
    #[error("the archive {0}")]
    Archive(String),
    /// Anything else that is wrong with the address or its options.
    #[error("{0}")]
    Address(String),
}

impl FetchError {
    /// A failure of the disk at a path.
    pub fn disk(place: &Path, source: std::io::Error) -> FetchError {
        FetchError::Disk { place: place.display().to_string(), source }
    }
}

/// A package that is here.
#[derive(Debug)]
pub struct Fetched {
    kind: FetchedKind,
    subdir: String,
}

/// What installing does with a package.
#[derive(Debug)]
pub enum FetchedKind {
    /// Its files are copied from here.
    Copy(PathBuf),
    /// It is a directory of this machine, which is used where it is.
    Link(PathBuf),
}

impl Fetched {
    /// What installing does with it.
    pub fn kind(&self) -> &FetchedKind {
        &self.kind
    }

    /// The directory within it that is meant, which may hold wildcards; empty for all of it.
    pub fn subdir(&self) -> &str {
        &self.subdir
    }
}

/// A version of a registry's module.
#[derive(Debug)]
pub struct Resolved {
    /// The version.
    pub version: String,
    /// Where it is.
    pub package: Package,
}

/// How often one address may lead to another.
const MAX_HOPS: usize = 5;

/// Fetches packages, each only once for all projects of this user where that is possible.
pub struct Fetcher {
    cache: Cache,
    http: Http,
}

impl Fetcher {
    /// A fetcher that keeps what it fetched below a directory.
    pub fn new(cache_dir: &Path, hosts: Hosts) -> Fetcher {
        Fetcher { cache: Cache::new(cache_dir), http: Http::new(hosts) }
    }

    /// The package, wherever it comes from.
    pub fn fetch(&self, package: &Package) -> Result<Fetched, FetchError> {
        let mut package = package.clone();
        for _ in 0..MAX_HOPS {
            let kind = match package.getter {
                Getter::Git => FetchedKind::Copy(git::fetch(&package, &self.cache)?),
                Getter::File => self.file(&package)?,
                Getter::Http => match self.http.fetch(&package, &self.cache)? {
                    Found::Tree(tree) => FetchedKind::Copy(tree),
                    Found::Elsewhere(source) => {
                        let mut next = Package::parse(&source).map_err(FetchError::Address)?;
                        next.subdir = registry::joined(&next.subdir, &package.subdir);
                        package = next;
                        continue;
                    }
                },
            };
            return Ok(Fetched { kind, subdir: package.subdir });
        }
        Err(FetchError::Address(format!("{} leads on and on to other addresses", package.shown())))
    }

    /// The version of a registry's module that a constraint asks for.
    pub fn resolve(&self, module: &RegistryModule, constraint: Option<&str>) -> Result<Resolved, FetchError> {
        registry::resolve(module, constraint, &self.http)
    }

    fn file(&self, package: &Package) -> Result<FetchedKind, FetchError> {
        let path = Path::new(package.url.strip_prefix("file://").unwrap_or(&package.url));
        if path.is_dir() {
            return Ok(FetchedKind::Link(path.to_owned()));
        }
        let bytes = std::fs::read(path).map_err(|e| FetchError::disk(path, e))?;
        archive::check_digest(&bytes, package)?;
        let kind = archive::kind(package)?;
        let revision = archive::sha256(&bytes);
        match self.cache.find(&package.url, &revision) {
            Some(found) => Ok(FetchedKind::Copy(found)),
            None => {
                let tree = self.cache.room()?;
                archive::unpack(&bytes, kind, tree.path())?;
                Ok(FetchedKind::Copy(self.cache.keep(&package.url, &revision, tree)?))
            }
        }
    }
}
