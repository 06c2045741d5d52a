//! States behind an HTTP address, in Terraform's protocol.
//!
//! The protocol knows a document and a lock, and neither a journal nor a write that fails when somebody else was first.
//! So the journal, the sidecar and earlier snapshots are kept in files of this machine, and whoever takes over after a
//! crash must do so here; the lock's information says where.

use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use sha2::{Digest, Sha256};

use crate::{
    Arguments, Backend, BackendError, Capabilities, LocalBackend, LockInfo, LockToken, Stored, Version,
};

/// What the backend is told; the names are Terraform's.
#[derive(Clone)]
pub struct HttpSettings {
    /// Where the document is.
    pub address: String,
    /// How it is written.
    pub update_method: String,
    /// Where the lock is taken; nothing where there is no lock.
    pub lock_address: Option<String>,
    /// How the lock is taken.
    pub lock_method: String,
    /// Where the lock is given back.
    pub unlock_address: Option<String>,
    /// How the lock is given back.
    pub unlock_method: String,
    /// Name and password.
    pub user: Option<(String, String)>,
    /// Whether the server's certificate is believed unseen.
    pub skip_cert_verification: bool,
    /// How often a request is repeated that the server could not answer.
    pub retry_max: u32,
    /// How long is waited at least and at most before that.
    pub retry_wait: (Duration, Duration),
    /// The local directory of the journal.
    pub directory: PathBuf,
}

impl HttpSettings {
    /// The names of the arguments.
    pub const ARGUMENTS: &[&str] = &[
        "address",
        "update_method",
        "lock_address",
        "lock_method",
        "unlock_address",
        "unlock_method",
        "username",
        "password",
        "skip_cert_verification",
        "retry_max",
        "retry_wait_min",
        "retry_wait_max",
    ];

    /// What the arguments say. What the protocol has no place for is kept under a directory, by the address.
    pub fn read(given: Arguments<'_>, memory: &Path) -> Result<HttpSettings, BackendError> {
        let wrong = |why: &str| Err(BackendError::Other(why.into()));
        let text = |name, variable| given.text(name, variable);
        let method =
            |name, variable, default: &str| given.text(name, variable).unwrap_or_else(|| default.into());
        let seconds = |name, variable, default| {
            given.number(name, variable, default).map(|s| Duration::from_secs(s.into()))
        };
        let Some(address) = text("address", "TF_HTTP_ADDRESS") else {
            return wrong("address says where the state is, and nothing gives it");
        };
        if !address.starts_with("http://") && !address.starts_with("https://") {
            return wrong("address begins with http:// or https://");
        }
        let digest: String = Sha256::digest(&address)[..8].iter().map(|b| format!("{b:02x}")).collect();
        let password = || text("password", "TF_HTTP_PASSWORD").unwrap_or_default();
        Ok(HttpSettings {
            directory: memory.join("http").join(digest),
            update_method: method("update_method", "TF_HTTP_UPDATE_METHOD", "POST"),
            lock_address: text("lock_address", "TF_HTTP_LOCK_ADDRESS"),
            lock_method: method("lock_method", "TF_HTTP_LOCK_METHOD", "LOCK"),
            unlock_address: text("unlock_address", "TF_HTTP_UNLOCK_ADDRESS"),
            unlock_method: method("unlock_method", "TF_HTTP_UNLOCK_METHOD", "UNLOCK"),
            user: text("username", "TF_HTTP_USERNAME").map(|name| (name, password())),
            skip_cert_verification: given.flag("skip_cert_verification", "TF_HTTP_SKIP_CERT_VERIFICATION")?,
            retry_max: given.number("retry_max", "TF_HTTP_RETRY_MAX", 2)?,
            retry_wait: (
                seconds("retry_wait_min", "TF_HTTP_RETRY_WAIT_MIN", 1)?,
                seconds("retry_wait_max", "TF_HTTP_RETRY_WAIT_MAX", 30)?,
            ),
            address,
        })
    }
}

/// A state behind an HTTP address.
pub struct HttpBackend {
    settings: HttpSettings,
    client: Client,
    /// The journal and what else the protocol has no place for, and a copy of the document.
    beside: LocalBackend,
}

impl HttpBackend {
    /// The state at an address. Nothing is asked yet.
    pub fn new(settings: HttpSettings) -> Result<HttpBackend, BackendError> {
        let client = Client::builder()
            .tls_danger_accept_invalid_certs(settings.skip_cert_verification)
            .connect_timeout(Duration::from_secs(30))
            .build()
            .map_err(|e| BackendError::Other(format!("HTTP cannot be used: {}", words(&e))))?;
        let beside = LocalBackend::new(settings.directory.join("terraform.tfstate"));
        Ok(HttpBackend { settings, client, beside })
    }

    fn request(&self, method: &str, address: &str) -> Result<RequestBuilder, BackendError> {
        let method = Method::from_bytes(method.as_bytes())
            .map_err(|_| BackendError::Other(format!("{method:?} is no HTTP method")))?;
        let request = self.client.request(method, address);
        Ok(match &self.settings.user {
            Some((name, password)) => request.basic_auth(name, Some(password)),
            None => request,
        })
    }

    /// Sends a request, again while the server cannot answer.
    async fn send(&self, what: &str, request: RequestBuilder) -> Result<Response, BackendError> {
        let (least, most) = self.settings.retry_wait;
        let mut wait = least;
        for left in (0..=self.settings.retry_max).rev() {
            let Some(again) = request.try_clone() else { break };
            match again.send().await {
                Ok(response) if response.status().is_server_error() && left > 0 => {}
                Ok(response) => return Ok(response),
                Err(_) if left > 0 => {}
                Err(error) => return Err(self.unreachable(what, &error)),
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(most);
        }
        request.send().await.map_err(|error| self.unreachable(what, &error))
    }

    fn failed(&self, what: &str, status: StatusCode) -> BackendError {
        let why = match status {
            StatusCode::UNAUTHORIZED => "who asks is not known there; check username and password".to_owned(),
            StatusCode::FORBIDDEN => "it is not allowed there".to_owned(),
            other => format!("the server answered {other}"),
        };
        BackendError::Other(format!("cannot {what} {}: {why}", self.location()))
    }

    fn unreachable(&self, what: &str, error: &reqwest::Error) -> BackendError {
        let what = format!("cannot {what} at {}", self.location());
        BackendError::Io { what, source: std::io::Error::other(words(error)) }
    }
}

/// An error without the address, which may hold a password.
fn words(error: &reqwest::Error) -> String {
    let mut text = if error.is_timeout() { "it took too long".to_owned() } else { "no answer".to_owned() };
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = cause.to_string();
        source = cause.source();
    }
    text
}

fn digest(bytes: &[u8]) -> Version {
    Version(Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect())
}

/// An address without what identifies somebody in it.
fn shown(address: &str) -> String {
    match (address.split_once("://"), address.find('@')) {
        (Some((scheme, rest)), Some(_)) => {
            format!("{scheme}://{}", rest.rsplit_once('@').map_or(rest, |r| r.1))
        }
        _ => address.to_owned(),
    }
}

#[async_trait]
impl Backend for HttpBackend {
    fn capabilities(&self) -> Capabilities {
        Capabilities { compare_and_swap: false, fencing: false, remote_journal: false, remote: true }
    }

    fn location(&self) -> String {
        shown(&self.settings.address)
    }

    async fn read(&self) -> Result<Option<Stored>, BackendError> {
        let request = self.request("GET", &self.settings.address)?;
        let response = self.send("read the state", request).await?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NO_CONTENT | StatusCode::NOT_FOUND => return Ok(None),
            status => return Err(self.failed("read", status)),
        }
        let bytes = response.bytes().await.map_err(|e| self.unreachable("read the state", &e))?.to_vec();
        if bytes.is_empty() {
            return Ok(None);
        }
        let version = digest(&bytes);
        Ok(Some(Stored { bytes, version }))
    }

    /// What is there is compared just before the write; between the two somebody without the lock may still come.
    async fn write(
        &self,
        token: &LockToken,
        bytes: &[u8],
        expected: Option<&Version>,
    ) -> Result<Version, BackendError> {
        if self.read().await?.map(|stored| stored.version).as_ref() != expected {
            return Err(BackendError::Changed);
        }
        // Proof that the lock on the files of this machine is still held.
        let copy = self.beside.read().await?.map(|stored| stored.version);
        self.beside.write(token, bytes, copy.as_ref()).await?;
        let mut address = self.settings.address.clone();
        if self.settings.lock_address.is_some() {
            let sign = if address.contains('?') { '&' } else { '?' };
            address.push_str(&format!("{sign}ID={}", token.id));
        }
        let request = self.request(&self.settings.update_method, &address)?;
        let request = request.header("Content-Type", "application/json").body(bytes.to_vec());
        let response = self.send("write the state", request).await?;
        match response.status() {
            status if status.is_success() => Ok(digest(bytes)),
            StatusCode::LOCKED | StatusCode::CONFLICT => Err(BackendError::LockLost(token.id.clone())),
            status => Err(self.failed("write", status)),
        }
    }

    async fn remove(&self, token: &LockToken) -> Result<(), BackendError> {
        let request = self.request("DELETE", &self.settings.address)?;
        let status = self.send("remove the state", request).await?.status();
        if !status.is_success() && status != StatusCode::NOT_FOUND {
            return Err(self.failed("remove", status));
        }
        self.beside.remove(token).await
    }

    async fn lock(&self, info: &LockInfo) -> Result<LockToken, BackendError> {
        let token = self.beside.lock(info).await?;
        let Some(address) = &self.settings.lock_address else { return Ok(token) };
        let result = self.lock_there(address, info).await;
        if result.is_err() {
            self.beside.unlock(&token).await?;
        }
        result.map(|()| token)
    }

    async fn unlock(&self, token: &LockToken) -> Result<(), BackendError> {
        let there = match &self.settings.unlock_address {
            Some(address) => self.unlock_there(address, &token.id).await,
            None => Ok(()),
        };
        self.beside.unlock(token).await.and(there)
    }

    async fn force_unlock(&self, id: &str) -> Result<(), BackendError> {
        match &self.settings.unlock_address {
            Some(address) => self.unlock_there(address, id).await,
            None => self.beside.force_unlock(id).await,
        }
    }

    /// The protocol cannot ask who holds the lock, so only a holder on this machine is seen.
    async fn holder(&self) -> Result<Option<LockInfo>, BackendError> {
        self.beside.holder().await
    }

    async fn read_journal(&self) -> Result<Option<Vec<u8>>, BackendError> {
        self.beside.read_journal().await
    }

    async fn append_journal(&self, token: &LockToken, bytes: &[u8]) -> Result<(), BackendError> {
        self.beside.append_journal(token, bytes).await
    }

    async fn clear_journal(&self, token: &LockToken) -> Result<(), BackendError> {
        self.beside.clear_journal(token).await
    }

    async fn read_sidecar(&self) -> Result<Option<Vec<u8>>, BackendError> {
        self.beside.read_sidecar().await
    }

    async fn write_sidecar(&self, token: &LockToken, bytes: Option<&[u8]>) -> Result<(), BackendError> {
        self.beside.write_sidecar(token, bytes).await
    }

    async fn keep(&self, token: &LockToken, serial: u64) -> Result<(), BackendError> {
        self.beside.keep(token, serial).await
    }

    async fn kept(&self) -> Result<Vec<u64>, BackendError> {
        self.beside.kept().await
    }

    async fn read_kept(&self, serial: u64) -> Result<Option<Vec<u8>>, BackendError> {
        self.beside.read_kept(serial).await
    }

    async fn forget(&self, token: &LockToken, serial: u64) -> Result<(), BackendError> {
        self.beside.forget(token, serial).await
    }
}

impl HttpBackend {
    async fn lock_there(&self, address: &str, info: &LockInfo) -> Result<(), BackendError> {
        let place = self.settings.directory.display();
        let info = LockInfo { info: format!("{}; the journal is in {place}", info.info), ..info.clone() };
        let body = serde_json::to_vec(&info).map_err(|e| BackendError::Other(e.to_string()))?;
        let request = self.request(&self.settings.lock_method, address)?;
        let request = request.header("Content-Type", "application/json").body(body);
        let response = self.send("lock the state", request).await?;
        match response.status() {
            status if status.is_success() => Ok(()),
            StatusCode::CONFLICT | StatusCode::LOCKED => {
                let held = response.bytes().await.unwrap_or_default();
                let unknown =
                    LockInfo { who: "somebody".into(), created: "a while ago".into(), ..LockInfo::default() };
                let holder = serde_json::from_slice(&held).unwrap_or(unknown);
                Err(BackendError::Locked(Box::new(holder)))
            }
            status => Err(self.failed("lock", status)),
        }
    }

    async fn unlock_there(&self, address: &str, id: &str) -> Result<(), BackendError> {
        let body = serde_json::to_vec(&LockInfo { id: id.to_owned(), ..LockInfo::default() })
            .map_err(|e| BackendError::Other(e.to_string()))?;
        let request = self.request(&self.settings.unlock_method, address)?;
        let request = request.header("Content-Type", "application/json").body(body);
        let status = self.send("unlock the state", request).await?.status();
        match status.is_success() {
            true => Ok(()),
            false => Err(self.failed("unlock", status)),
        }
    }
}
