//! Connections to PostgreSQL.

use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{Client, Config, Connection, NoTls, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::because;
use super::tls::Tls;
use crate::BackendError;

/// Connects. What comes in is read by a task of its own until the client goes.
pub(super) async fn connect(config: &Config, tls: &Tls) -> Result<Client, BackendError> {
    let failed = |e| because(format!("cannot connect to PostgreSQL at {}", servers(config)), &e);
    if config.get_ssl_mode() == SslMode::Disable {
        let (client, connection) = config.connect(NoTls).await.map_err(failed)?;
        serve(connection);
        return Ok(client);
    }
    let tls = MakeRustlsConnect::new(tls.config()?);
    let (client, connection) = config.connect(tls).await.map_err(failed)?;
    serve(connection);
    Ok(client)
}

fn serve<S>(connection: Connection<Socket, S>)
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    tokio::spawn(async move {
        let _ended = connection.await;
    });
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
