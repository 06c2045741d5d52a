//! Asking servers for their certificates, through a proxy where there is one.

mod proxy;

pub(crate) use proxy::{Proxies, Proxy, check_settings, settings};

use std::net::{TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use model::Path;
use provider::{ErrorKind, ProviderError};
use rustls::ClientConnection;
use rustls::pki_types::ServerName;
use trust::{Authorities, Trust};

/// How long connecting may take, and each answer after that.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Target {
    host: String,
    port: u16,
}

impl Target {
    /// The server that an address with `https` or `tls` names.
    pub(crate) fn of(url: &str) -> Result<Target, ProviderError> {
        let parsed = match url.split_once("://") {
            Some(("https", rest)) => authority(rest, Some(443)),
            Some(("tls", rest)) => authority(rest, None),
            _ => None,
        };
        parsed.ok_or_else(|| {
            let detail = format!("{url:?} is not the address of a server. Write https://HOST, https://HOST:PORT or tls://HOST:PORT.");
            ProviderError::invalid("Invalid URL", detail).at(Path::of_attr("url"))
        })
    }

    fn written(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

/// Host and port at the start of the rest of an address.
fn authority(rest: &str, usual: Option<u16>) -> Option<Target> {
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let host = rest[..end].rsplit('@').next()?;
    let (host, port) = match host.strip_prefix('[').and_then(|h| h.split_once(']')) {
        Some((host, after)) => (host, after.strip_prefix(':')),
        None => host.split_once(':').map_or((host, None), |(host, port)| (host, Some(port))),
    };
    let port = port.map_or(usual, |port| port.parse().ok())?;
    (!host.is_empty()).then(|| Target { host: host.to_owned(), port })
}

/// The certificates that a server presents, in DER form, the server's own last.
pub(crate) async fn certificates_of(
    target: Target,
    verify: bool,
    proxy: Option<Proxy>,
) -> Result<Vec<Vec<u8>>, ProviderError> {
    let shown = target.written();
    let asked = tokio::task::spawn_blocking(move || ask(&target, verify, proxy.as_ref())).await;
    let asked = asked.unwrap_or_else(|_| Err("the thread that asked broke off".into()));
    asked.map_err(|why| {
        let detail = format!("The certificates of {shown} cannot be had: {why}.");
        ProviderError::new(ErrorKind::Transient, "Failed to fetch certificates", detail)
    })
}

fn ask(target: &Target, verify: bool, proxy: Option<&Proxy>) -> Result<Vec<Vec<u8>>, String> {
    let mut stream = match proxy {
        Some(proxy) => proxy.tunnel(target)?,
        None => connect(&target.host, target.port)?,
    };
    let name =
        ServerName::try_from(target.host.clone()).map_err(|_| "its name is not that of a host".to_owned())?;
    let trust = if verify { Trust::ChainAndName(Authorities::OfThisMachine) } else { Trust::Anyone };
    let config = Arc::new(trust::greeting(trust, None).map_err(|why| why.to_string())?);
    let mut session = ClientConnection::new(config, name).map_err(|why| why.to_string())?;
    while session.is_handshaking() {
        session.complete_io(&mut stream).map_err(|why| why.to_string())?;
    }
    let mut found: Vec<Vec<u8>> =
        session.peer_certificates().unwrap_or_default().iter().map(|der| der.to_vec()).collect();
    found.reverse();
    Ok(found)
}

/// Connects to the first of a host's addresses that takes it.
fn connect(host: &str, port: u16) -> Result<TcpStream, String> {
    let addresses = (host, port).to_socket_addrs().map_err(|why| why.to_string())?;
    let mut last = "its name leads to no address".to_owned();
    for address in addresses {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(stream) => {
                let patient =
                    stream.set_read_timeout(Some(PATIENCE)).and(stream.set_write_timeout(Some(PATIENCE)));
                return patient.map(|()| stream).map_err(|why| why.to_string());
            }
            Err(why) => last = why.to_string(),
        }
    }
    Err(last)
}

#[cfg(test)]
mod tests;
