//! Connections to PostgreSQL, over TLS where the server is elsewhere.

use tokio_postgres::config::SslMode;
use tokio_postgres::{Client, Config, NoTls};

use super::failed;
use crate::BackendError;

/// Connects. What comes in is read by a task of its own until the client goes.
pub(super) async fn connect(config: &Config) -> Result<Client, BackendError> {
    if config.get_ssl_mode() == SslMode::Require {
        return Err(BackendError::Other(
            "TLS to PostgreSQL is not built in; use sslmode=disable over a network that you trust, a local socket or a tunnel"
                .into(),
        ));
    }
    let (client, connection) = config.connect(NoTls).await.map_err(|e| failed("connect", &e))?;
    tokio::spawn(async move {
        let _ended = connection.await;
    });
    Ok(client)
}
