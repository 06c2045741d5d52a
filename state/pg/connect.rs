//! Connections to PostgreSQL, none of them over TLS.

use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{Client, Config, NoTls};

use super::because;
use crate::BackendError;

/// Connects. What comes in is read by a task of its own until the client goes.
pub(super) async fn connect(config: &Config) -> Result<Client, BackendError> {
    if config.get_ssl_mode() == SslMode::Require {
        return Err(BackendError::Other(
            "TLS to PostgreSQL is not built in; use sslmode=disable over a network that you trust, a local socket or a tunnel"
                .into(),
        ));
    }
    let connected = config.connect(NoTls).await;
    let at = || format!("cannot connect to PostgreSQL at {}", servers(config));
    let (client, connection) = connected.map_err(|e| because(at(), &e))?;
    tokio::spawn(async move {
        let _ended = connection.await;
    });
    Ok(client)
}

/// The places that are tried, in their order.
fn servers(config: &Config) -> String {
    let ports = config.get_ports();
    let place = |(i, host): (usize, &Host)| {
        let port = ports.get(i).or(ports.first()).unwrap_or(&5432);
        match host {
            Host::Tcp(name) => format!("{name}:{port}"),
            #[cfg(unix)]
            Host::Unix(path) => format!("{} (port {port})", path.display()),
        }
    };
    config.get_hosts().iter().enumerate().map(place).collect::<Vec<_>>().join(", ")
}
