//! States in files of this machine.

mod files;
mod holder;
mod oslock;

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use async_trait::async_trait;
use sha2::{Digest, Sha256};

use crate::{Backend, BackendError, Capabilities, LockInfo, LockToken, Stored, Version};
use files::{Paths, failed};

/// A state in a file, locked by the operating system.
///
/// Beside `terraform.tfstate` lie its journal, its sidecar, the backup of what was there before the last run, and, while
/// somebody holds the lock, who that is, in the words and the place that Terraform uses. Terraform's own lock is
/// honoured and held too, so that neither program works while the other does.
pub struct LocalBackend {
    shared: Arc<Shared>,
}

struct Shared {
    paths: Paths,
    /// Where the document is read until it is written for the first time, where that is elsewhere.
    origin: Option<Paths>,
    /// Where what was there before the first write is kept.
    backup: Option<PathBuf>,
    held: Mutex<Option<Held>>,
    /// Replaced documents, still locked: whoever opened one before it was replaced must not get its lock.
    superseded: Mutex<Vec<File>>,
}

/// What the holder of the lock has open.
struct Held {
    id: String,
    /// Our own lock.
    lock: File,
    /// The document, with Terraform's lock on it.
    document: Option<File>,
    journal: Option<File>,
    /// A failed append could not be undone, so what is appended now might not be readable.
    journal_broken: bool,
    /// The document as last read or written here, and its digest, so that an unchanged one is not read again.
    known: Option<(Stamp, Version)>,
    /// Whether the document has been written under this lock.
    is_written: bool,
}

/// Changes whenever a file does.
#[derive(Clone, Copy, PartialEq)]
struct Stamp {
    file: u64,
    length: u64,
    modified: Option<SystemTime>,
}

/// Where the files of a state are.
#[derive(Clone, Debug)]
pub struct LocalPlaces {
    /// The document.
    pub document: PathBuf,
    /// Another document, which counts until this one is written for the first time; whatever was in this one is replaced
    /// then.
    pub origin: Option<PathBuf>,
    /// Where what was there before is kept.
    pub backup: Backup,
}

/// Where what a document was before the first write is kept.
#[derive(Clone, Debug)]
pub enum Backup {
    /// Beside it: `terraform.tfstate.backup`.
    Beside,
    /// In this file.
    At(PathBuf),
    /// It is not kept.
    Nowhere,
}

/// A symbolic link stays one: what it leads to is the state.
fn resolved(path: PathBuf) -> PathBuf {
    match path.is_symlink() {
        true => fs::canonicalize(&path).unwrap_or(path),
        false => path,
    }
}

impl LocalBackend {
    /// The state in this file. Nothing is touched before the lock is taken.
    pub fn new(path: PathBuf) -> LocalBackend {
        LocalBackend::with_places(LocalPlaces { document: path, origin: None, backup: Backup::Beside })
    }

    /// The state in a file, read from elsewhere at first or with its backup elsewhere.
    pub fn with_places(places: LocalPlaces) -> LocalBackend {
        let paths = Paths::new(resolved(places.document));
        let backup = match places.backup {
            Backup::Beside => Some(paths.backup.clone()),
            Backup::At(path) => Some(path),
            Backup::Nowhere => None,
        };
        let origin = places.origin.map(|path| Paths::new(resolved(path)));
        let origin = origin.filter(|origin| origin.document != paths.document);
        let (held, superseded) = (Mutex::default(), Mutex::default());
        LocalBackend { shared: Arc::new(Shared { paths, origin, backup, held, superseded }) }
    }

    /// Runs what blocks on a thread that may.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Shared) -> Result<T, BackendError> + Send + 'static,
    ) -> Result<T, BackendError> {
        let shared = self.shared.clone();
        match tokio::task::spawn_blocking(move || work(&shared)).await {
            Ok(result) => result,
            Err(error) => Err(BackendError::Other(format!("a file operation was cut short: {error}"))),
        }
    }
}

#[async_trait]
impl Backend for LocalBackend {
    fn capabilities(&self) -> Capabilities {
        Capabilities { compare_and_swap: true, fencing: true, remote_journal: false, remote: false }
    }

    fn location(&self) -> String {
        self.shared.paths.document.display().to_string()
    }

    async fn read(&self) -> Result<Option<Stored>, BackendError> {
        self.blocking(Shared::read).await
    }

    async fn write(
        &self,
        token: &LockToken,
        bytes: &[u8],
        expected: Option<&Version>,
    ) -> Result<Version, BackendError> {
        let (token, bytes, expected) = (token.clone(), bytes.to_vec(), expected.cloned());
        self.blocking(move |shared| shared.write(&token, &bytes, expected.as_ref())).await
    }

    async fn remove(&self, token: &LockToken) -> Result<(), BackendError> {
        let token = token.clone();
        self.blocking(move |shared| shared.remove(&token)).await
    }

    async fn lock(&self, info: &LockInfo) -> Result<LockToken, BackendError> {
        let info = info.clone();
        self.blocking(move |shared| shared.lock(&info)).await
    }

    async fn unlock(&self, token: &LockToken) -> Result<(), BackendError> {
        let token = token.clone();
        self.blocking(move |shared| shared.unlock(&token)).await
    }

    async fn force_unlock(&self, id: &str) -> Result<(), BackendError> {
        let id = id.to_owned();
        self.blocking(move |shared| shared.force_unlock(&id)).await
    }

    async fn holder(&self) -> Result<Option<LockInfo>, BackendError> {
        self.blocking(|shared| holder::holder(&shared.paths)).await
    }

    async fn read_journal(&self) -> Result<Option<Vec<u8>>, BackendError> {
        self.blocking(|shared| files::read_if_there(&shared.paths.journal)).await
    }

    async fn append_journal(&self, token: &LockToken, bytes: &[u8]) -> Result<(), BackendError> {
        let (token, bytes) = (token.clone(), bytes.to_vec());
        self.blocking(move |shared| shared.append_journal(&token, &bytes)).await
    }

    async fn clear_journal(&self, token: &LockToken) -> Result<(), BackendError> {
        let token = token.clone();
        self.blocking(move |shared| shared.clear_journal(&token)).await
    }

    async fn read_sidecar(&self) -> Result<Option<Vec<u8>>, BackendError> {
        self.blocking(|shared| files::read_if_there(&shared.current(shared.guard().as_ref()).sidecar)).await
    }

    async fn write_sidecar(&self, token: &LockToken, bytes: Option<&[u8]>) -> Result<(), BackendError> {
        let (token, bytes) = (token.clone(), bytes.map(<[u8]>::to_vec));
        self.blocking(move |shared| shared.write_sidecar(&token, bytes.as_deref())).await
    }

    async fn keep(&self, token: &LockToken, serial: u64) -> Result<(), BackendError> {
        let token = token.clone();
        self.blocking(move |shared| shared.keep(&token, serial)).await
    }

    async fn kept(&self) -> Result<Vec<u64>, BackendError> {
        self.blocking(|shared| files::kept_serials(&shared.paths.history)).await
    }

    async fn read_kept(&self, serial: u64) -> Result<Option<Vec<u8>>, BackendError> {
        self.blocking(move |shared| files::read_if_there(&files::kept(&shared.paths.history, serial))).await
    }

    async fn forget(&self, token: &LockToken, serial: u64) -> Result<(), BackendError> {
        let token = token.clone();
        self.blocking(move |shared| {
            let _holding = shared.holding(&token)?;
            files::remove_if_there(&files::kept(&shared.paths.history, serial)).map(|_| ())
        })
        .await
    }
}

/// Holding is checked under the mutex, which also keeps two writes of one process apart.
struct Holding<'a>(MutexGuard<'a, Option<Held>>);

impl Holding<'_> {
    fn held(&mut self) -> Result<&mut Held, BackendError> {
        self.0.as_mut().ok_or_else(|| BackendError::LockLost(String::new()))
    }
}

impl Shared {
    fn guard(&self) -> MutexGuard<'_, Option<Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes sure that the lock is held under this token, and that nobody removed the lock's file.
    fn holding(&self, token: &LockToken) -> Result<Holding<'_>, BackendError> {
        let guard = self.guard();
        let valid =
            guard.as_ref().is_some_and(|h| h.id == token.id && holder::is_at(&h.lock, &self.paths.lock));
        if valid { Ok(Holding(guard)) } else { Err(BackendError::LockLost(token.id.clone())) }
    }

    /// The place that counts: elsewhere until the first write.
    fn current(&self, held: Option<&Held>) -> &Paths {
        let is_written = held.is_some_and(|h| h.is_written);
        self.origin.as_ref().filter(|_| !is_written).unwrap_or(&self.paths)
    }

    fn read(&self) -> Result<Option<Stored>, BackendError> {
        let path = &self.current(self.guard().as_ref()).document;
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed("read", path)(error)),
        };
        let mut bytes = Vec::new();
        let stamp = Stamp::of(&file);
        file.read_to_end(&mut bytes).map_err(failed("read", path))?;
        let version = digest(&bytes);
        if let (Some(held), Ok(stamp)) = (self.guard().as_mut(), stamp) {
            held.known = Some((stamp, version.clone()));
        }
        Ok(Some(Stored { bytes, version }))
    }

    fn write(
        &self,
        token: &LockToken,
        bytes: &[u8],
        expected: Option<&Version>,
    ) -> Result<Version, BackendError> {
        let mut holding = self.holding(token)?;
        let held = holding.held()?;
        let Paths { document, directory, .. } = &self.paths;
        let before = &self.current(Some(held)).document;
        if self.version(held)?.as_ref() != expected {
            return Err(BackendError::Changed);
        }
        let prepared = files::prepare(document, bytes)?;
        if !oslock::try_lock(&prepared.file).map_err(failed("lock", document))? {
            return Err(BackendError::Changed);
        }
        if let Some(backup) = &self.backup
            && expected.is_some()
            && !held.is_written
            && !is_journalled(before)
        {
            files::keep_as(before, backup)?;
        }
        let file = match expected.is_some() || before != document {
            true => prepared.publish(document, directory)?,
            false => prepared.publish_new(document, directory)?.ok_or(BackendError::Changed)?,
        };
        held.is_written = true;
        let version = digest(bytes);
        held.known = Stamp::of(&file).ok().map(|stamp| (stamp, version.clone()));
        if let Some(old) = held.document.replace(file) {
            self.superseded.lock().unwrap_or_else(PoisonError::into_inner).push(old);
        }
        Ok(version)
    }

    /// The digest of what lies at the document's place now.
    fn version(&self, held: &Held) -> Result<Option<Version>, BackendError> {
        let path = &self.current(Some(held)).document;
        let stamp = match fs::metadata(path) {
            Ok(metadata) => Stamp::from(&metadata),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed("read", path)(error)),
        };
        match &held.known {
            Some((known, version)) if *known == stamp => Ok(Some(version.clone())),
            _ => Ok(files::read_if_there(path)?.map(|bytes| digest(&bytes))),
        }
    }

    fn remove(&self, token: &LockToken) -> Result<(), BackendError> {
        let mut holding = self.holding(token)?;
        let held = holding.held()?;
        held.journal = None;
        for path in [&self.paths.journal, &self.paths.document, &self.paths.sidecar] {
            files::remove_if_there(path)?;
        }
        for serial in files::kept_serials(&self.paths.history)? {
            files::remove_if_there(&files::kept(&self.paths.history, serial))?;
        }
        // Whatever else somebody put there stays.
        let _ = fs::remove_dir(&self.paths.history);
        held.known = None;
        files::sync_directory(&self.paths.directory)
    }

    fn lock(&self, info: &LockInfo) -> Result<LockToken, BackendError> {
        let mut guard = self.guard();
        let locked = || BackendError::Locked(Box::new(holder::announced(&self.paths)));
        if guard.is_some() {
            return Err(locked());
        }
        fs::create_dir_all(&self.paths.directory).map_err(failed("create", &self.paths.directory))?;
        let Some(lock) = holder::take(&self.paths.lock)? else { return Err(locked()) };
        let document = match self.lock_document(info) {
            Ok(Some(document)) => document,
            refused => {
                files::remove_if_there(&self.paths.lock)?;
                return Err(refused.err().unwrap_or_else(locked));
            }
        };
        *guard = Some(Held {
            id: info.id.clone(),
            lock,
            document,
            journal: None,
            journal_broken: false,
            known: None,
            is_written: false,
        });
        Ok(LockToken { id: info.id.clone(), epoch: 0 })
    }

    /// Takes Terraform's lock on the document, if there is one, and says so to others. Nothing if somebody has it.
    fn lock_document(&self, info: &LockInfo) -> Result<Option<Option<File>>, BackendError> {
        let path = &self.paths.document;
        let document = open_document(path)?;
        if let Some(file) = &document
            && !oslock::try_lock(file).map_err(failed("lock", path))?
        {
            return Ok(None);
        }
        let info = LockInfo { path: path.display().to_string(), ..info.clone() };
        holder::announce(&self.paths, &info)?;
        Ok(Some(document))
    }

    fn unlock(&self, token: &LockToken) -> Result<(), BackendError> {
        let mut holding = self.holding(token)?;
        files::remove_if_there(&self.paths.lock_info)?;
        files::remove_if_there(&self.paths.lock)?;
        *holding.0 = None;
        Ok(())
    }

    fn force_unlock(&self, id: &str) -> Result<(), BackendError> {
        if let Some(alive) = holder::holder(&self.paths)? {
            return Err(BackendError::Other(format!(
                "{} is locked by a running program ({}, {}); its lock ends with it, so end that program",
                alive.path, alive.who, alive.info
            )));
        }
        match holder::read_info(&self.paths.lock_info) {
            Some(left) if left.id == id => files::remove_if_there(&self.paths.lock_info).map(|_| ()),
            Some(left) => Err(BackendError::Other(format!("the lock is {:?}, not {id:?}", left.id))),
            None => Err(BackendError::Other(format!("{} is not locked", self.paths.document.display()))),
        }
    }

    fn append_journal(&self, token: &LockToken, bytes: &[u8]) -> Result<(), BackendError> {
        let path = &self.paths.journal;
        let mut holding = self.holding(token)?;
        let held = holding.held()?;
        let file = match &mut held.journal {
            Some(file) => file,
            none => {
                let file =
                    files::private().create(true).append(true).open(path).map_err(failed("write", path))?;
                files::sync_directory(&self.paths.directory)?;
                none.insert(file)
            }
        };
        if held.journal_broken {
            return Err(BackendError::Other(format!("{} could not be written before", path.display())));
        }
        append(file, bytes).map_err(|(error, undone)| {
            held.journal_broken = !undone;
            failed("write", path)(error)
        })
    }

    fn clear_journal(&self, token: &LockToken) -> Result<(), BackendError> {
        let mut holding = self.holding(token)?;
        holding.held()?.journal = None;
        if files::remove_if_there(&self.paths.journal)? {
            files::sync_directory(&self.paths.directory)?;
        }
        Ok(())
    }

    fn keep(&self, token: &LockToken, serial: u64) -> Result<(), BackendError> {
        let _holding = self.holding(token)?;
        let Paths { document, history, .. } = &self.paths;
        fs::create_dir_all(history).map_err(failed("create", history))?;
        files::keep_as(document, &files::kept(history, serial))
    }

    fn write_sidecar(&self, token: &LockToken, bytes: Option<&[u8]>) -> Result<(), BackendError> {
        let _holding = self.holding(token)?;
        let Paths { sidecar, directory, .. } = &self.paths;
        match bytes {
            Some(bytes) => files::prepare(sidecar, bytes)?.publish(sidecar, directory).map(|_| ()),
            None => files::remove_if_there(sidecar).map(|_| ()),
        }
    }
}

/// Appends durably, or leaves the file as it was; the error says whether that succeeded.
fn append(file: &mut File, bytes: &[u8]) -> Result<(), (io::Error, bool)> {
    let before = file.seek(SeekFrom::End(0)).map_err(|error| (error, true))?;
    file.write_all(bytes).and_then(|()| file.sync_data()).map_err(|error| {
        let undone = file.set_len(before).and_then(|()| file.sync_data());
        (error, undone.is_ok())
    })
}

/// Opens the document for locking, which takes the right to write.
fn open_document(path: &Path) -> Result<Option<File>, BackendError> {
    match fs::OpenOptions::new().read(true).write(true).open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed("write", path)(error)),
    }
}

/// Whether the document is one of an interrupted run: then the backup of what was before that run is kept.
fn is_journalled(path: &Path) -> bool {
    let mut start = [0; 96];
    let read = File::open(path).and_then(|mut f| f.read(&mut start)).unwrap_or(0);
    let text: String = String::from_utf8_lossy(&start[..read]).split_whitespace().collect();
    text.starts_with("{\"version\":5,") || text.contains("\"kind\":\"state\",\"journalled\":true")
}

fn digest(bytes: &[u8]) -> Version {
    Version(Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect())
}

impl Stamp {
    fn of(file: &File) -> io::Result<Stamp> {
        Ok(Stamp::from(&file.metadata()?))
    }
}

impl From<&fs::Metadata> for Stamp {
    fn from(metadata: &fs::Metadata) -> Stamp {
        #[cfg(unix)]
        let file = std::os::unix::fs::MetadataExt::ino(metadata);
        #[cfg(not(unix))]
        let file = 0;
        Stamp { file, length: metadata.len(), modified: metadata.modified().ok() }
    }
}
