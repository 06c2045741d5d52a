//! Whether a connection to PostgreSQL is encrypted, and which server is believed: `sslmode`, `sslrootcert`, `sslcert` and
//! `sslkey` of a connection's description, which mean what they mean to PostgreSQL's own programs.

use std::collections::BTreeMap;
use std::path::Path;

use rustls::ClientConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_postgres::config::SslMode;
use trust::{Authorities, Identity, Trust};

use super::description;
use crate::BackendError;

/// How the connection is protected.
#[derive(Clone, Debug, Default)]
pub(super) struct Tls {
    asked: BTreeMap<String, String>,
}

const NAMES: &[&str] = &["sslmode", "sslrootcert", "sslcert", "sslkey"];

fn wrong(why: String) -> BackendError {
    BackendError::Other(why)
}

impl Tls {
    /// Takes what is about TLS out of a connection's description; what the environment says counts where that is silent.
    pub(super) fn take(text: &str, around: &BTreeMap<String, String>) -> (String, Tls) {
        let (rest, mut asked) = description::take(text, NAMES);
        for name in NAMES {
            let variable = around.get(&format!("PG{}", name.to_uppercase()));
            if let (Some(value), false) = (variable, asked.contains_key(*name)) {
                asked.insert((*name).to_owned(), value.clone());
            }
        }
        (rest, Tls { asked })
    }

    /// What the protocol does with it. Nothing said means TLS, as Terraform has it; local sockets need none.
    pub(super) fn mode(&self, is_local: bool) -> Result<SslMode, BackendError> {
        match self.asked.get("sslmode").map(String::as_str) {
            _ if is_local => Ok(SslMode::Disable),
            Some("disable") => Ok(SslMode::Disable),
            Some("allow" | "prefer") => Ok(SslMode::Prefer),
            None | Some("require" | "verify-ca" | "verify-full") => Ok(SslMode::Require),
            Some(other) => Err(wrong(format!(
                "sslmode is disable, prefer, require, verify-ca or verify-full, and not {other:?}"
            ))),
        }
    }

    /// Nothing said of certificates means that anyone is believed who speaks TLS.
    fn trust(&self) -> Result<Trust, BackendError> {
        match self.asked.get("sslmode").map(String::as_str) {
            Some("verify-full") => Ok(Trust::ChainAndName(self.authorities()?)),
            Some("verify-ca") => Ok(Trust::Chain(self.authorities()?)),
            _ if self.asked.contains_key("sslrootcert") => Ok(Trust::Chain(self.authorities()?)),
            _ => Ok(Trust::Anyone),
        }
    }

    /// Those of a file, or those that this machine believes.
    fn authorities(&self) -> Result<Authorities, BackendError> {
        match self.path("sslrootcert").filter(|path| *path != Path::new("system")) {
            Some(path) => Ok(Authorities::These(certificates("sslrootcert", path)?)),
            None => Ok(Authorities::OfThisMachine),
        }
    }

    fn identity(&self) -> Result<Option<Identity>, BackendError> {
        match (self.path("sslcert"), self.path("sslkey")) {
            (Some(cert), Some(key)) => {
                let certificates = certificates("sslcert", cert)?;
                let key = PrivateKeyDer::from_pem_file(key).map_err(|e| unreadable("sslkey", key, &e))?;
                Ok(Some(Identity { certificates, key }))
            }
            (None, None) => Ok(None),
            _ => Err(wrong("of sslcert and sslkey either both are given or none".into())),
        }
    }

    fn path(&self, name: &str) -> Option<&Path> {
        self.asked.get(name).map(Path::new)
    }

    /// How the server is greeted.
    pub(super) fn config(&self) -> Result<ClientConfig, BackendError> {
        trust::greeting(self.trust()?, self.identity()?).map_err(|e| wrong(e.to_string()))
    }
}

fn unreadable(name: &str, path: &Path, why: &dyn std::fmt::Display) -> BackendError {
    wrong(format!("{name} {} cannot be used: {why}", path.display()))
}

fn certificates(name: &str, path: &Path) -> Result<Vec<CertificateDer<'static>>, BackendError> {
    let all = CertificateDer::pem_file_iter(path).map_err(|e| unreadable(name, path, &e))?;
    let all: Result<Vec<_>, _> = all.collect();
    let all = all.map_err(|e| unreadable(name, path, &e))?;
    if all.is_empty() { Err(unreadable(name, path, &"there is no certificate in it")) } else { Ok(all) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_counts_where_the_description_is_silent() {
        let around = BTreeMap::from([("PGSSLMODE".to_owned(), "disable".to_owned())]);
        let mode = |text: &str| Tls::take(text, &around).1.mode(false).ok();
        assert_eq!(mode("host=h"), Some(SslMode::Disable));
        assert_eq!(mode("host=h sslmode=prefer"), Some(SslMode::Prefer));
        assert_eq!(mode("host=h sslmode=maybe"), None);
        assert_eq!(Tls::default().mode(false).ok(), Some(SslMode::Require));
        assert_eq!(Tls::default().mode(true).ok(), Some(SslMode::Disable));
    }
}
