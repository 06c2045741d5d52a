//! States in PostgreSQL: the document where Terraform keeps it, and beside it journal, sidecar, history and lock.
//!
//! The lock is an advisory one that belongs to a connection, so it ends with its holder; beside it stands a number, the
//! epoch, which rises with every holder. Each write looks at it in its own statement, so whoever lost the lock writes
//! nothing any more.

mod connect;
mod description;
mod settings;
mod tls;

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, Row};

use crate::{Backend, BackendError, Capabilities, LockInfo, LockToken, Stored, Version};
use tls::Tls;

pub use settings::PgSettings;

/// A state in PostgreSQL.
pub struct PgBackend {
    settings: PgSettings,
    config: Config,
    tls: Tls,
    workspace: String,
    /// For reading.
    reader: Mutex<Option<Arc<Client>>>,
    held: Mutex<Option<Held>>,
}

/// The connection that holds the lock.
#[derive(Clone)]
struct Held {
    id: String,
    epoch: i64,
    client: Arc<Client>,
}

/// Tells our advisory locks from other people's, which are numbers of one part.
const LOCKS: i32 = 0x5357;

/// How long a session whose lock was taken away is waited for.
const GOODBYE: Duration = Duration::from_secs(2);

impl PgBackend {
    /// The state of a workspace. Nothing is asked yet.
    pub fn new(settings: PgSettings, workspace: &str) -> Result<PgBackend, BackendError> {
        let (mut config, tls) = settings.connection()?;
        config.application_name("stackwright");
        config.connect_timeout(Duration::from_secs(30));
        let workspace = workspace.to_owned();
        Ok(PgBackend { settings, config, tls, workspace, reader: Mutex::default(), held: Mutex::default() })
    }

    /// The names of all workspaces that have a state.
    pub async fn workspaces(&self) -> Result<Vec<String>, BackendError> {
        let client = self.reader().await?;
        let rows = client.query(&self.sql("SELECT name FROM {s}.states ORDER BY name"), &[]).await;
        Ok(rows.map_err(|e| failed("list workspaces", &e))?.iter().map(|row| row.get(0)).collect())
    }

    async fn connect(&self) -> Result<Client, BackendError> {
        let client = connect::connect(&self.config, &self.tls).await?;
        // A machine that died is noticed as fast as a program that did.
        let alive = "SET tcp_keepalives_idle = 1; SET tcp_keepalives_interval = 1; SET tcp_keepalives_count = 1; \
                     SET tcp_user_timeout = 2000";
        let _local_sockets_have_none = client.batch_execute(alive).await;
        Ok(client)
    }

    async fn reader(&self) -> Result<Arc<Client>, BackendError> {
        let mut reader = self.reader.lock().await;
        if let Some(client) = reader.as_ref().filter(|client| !client.is_closed()) {
            return Ok(client.clone());
        }
        let client = Arc::new(self.connect().await?);
        self.make_tables(&client).await?;
        Ok(reader.insert(client).clone())
    }

    /// A statement with the schema's name in it.
    fn sql(&self, text: &str) -> String {
        text.replace("{s}", &quoted(&self.settings.schema_name))
    }

    async fn make_tables(&self, client: &Client) -> Result<(), BackendError> {
        let mut parts = Vec::new();
        if !self.settings.skip_schema_creation {
            parts.push("CREATE SCHEMA IF NOT EXISTS {s};");
        }
        if !self.settings.skip_table_creation {
            parts.push(
                "CREATE SEQUENCE IF NOT EXISTS public.global_states_id_seq AS bigint;
                 CREATE TABLE IF NOT EXISTS {s}.states (
                   id bigint NOT NULL DEFAULT nextval('public.global_states_id_seq') PRIMARY KEY,
                   name text UNIQUE, data text);",
            );
        }
        if !self.settings.skip_index_creation {
            parts.push("CREATE UNIQUE INDEX IF NOT EXISTS states_by_name ON {s}.states (name);");
        }
        parts.push(
            "CREATE TABLE IF NOT EXISTS {s}.stackwright_locks (
               name text PRIMARY KEY, number serial, epoch bigint NOT NULL, info text, process integer);
             CREATE TABLE IF NOT EXISTS {s}.stackwright_journal (
               name text NOT NULL, number bigserial PRIMARY KEY, epoch bigint NOT NULL, data bytea NOT NULL);
             CREATE TABLE IF NOT EXISTS {s}.stackwright_sidecars (name text PRIMARY KEY, data bytea NOT NULL);
             CREATE TABLE IF NOT EXISTS {s}.stackwright_history (
               name text NOT NULL, serial bigint NOT NULL, data text NOT NULL, PRIMARY KEY (name, serial));",
        );
        // Several that make the same table at once would get into each other's way.
        let there = client
            .query_opt(
                "SELECT 1 FROM pg_tables WHERE schemaname = $1 AND tablename = 'stackwright_history'",
                &[&self.settings.schema_name],
            )
            .await
            .map_err(|e| failed("look for tables", &e))?;
        if there.is_some() {
            return Ok(());
        }
        let all = format!("BEGIN; SELECT pg_advisory_xact_lock({LOCKS}, 0); {} COMMIT;", parts.join("\n"));
        client.batch_execute(&self.sql(&all)).await.map_err(|e| failed("make tables", &e))
    }

    async fn holding(&self, token: &LockToken) -> Result<Held, BackendError> {
        let held = self.held.lock().await.clone();
        let held = held.filter(|h| h.id == token.id && !h.client.is_closed());
        held.ok_or_else(|| BackendError::LockLost(token.id.clone()))
    }

    /// Does something that is only done by the holder: the statement's `{fence}` is a table that is empty for all others.
    /// Gives the number of rows that it touched, or says that the lock is lost.
    async fn fenced(
        &self,
        token: &LockToken,
        text: &str,
        more: &[&(dyn ToSql + Sync)],
    ) -> Result<u64, BackendError> {
        let held = self.holding(token).await?;
        let fence = "fence AS (SELECT 1 FROM {s}.stackwright_locks WHERE name = $1 AND epoch = $2 FOR SHARE)";
        let counted = self.sql(&format!(
            "WITH {fence}, done AS ({text} RETURNING 1) SELECT (SELECT count(*) FROM fence), (SELECT count(*) FROM done)"
        ));
        let mut parameters: Vec<&(dyn ToSql + Sync)> = vec![&self.workspace, &held.epoch];
        parameters.extend_from_slice(more);
        let row = held.client.query_one(&counted, &parameters).await.map_err(|e| {
            match held.client.is_closed() {
                true => BackendError::LockLost(token.id.clone()),
                false => failed("write", &e),
            }
        })?;
        match (row.get::<_, i64>(0), row.get::<_, i64>(1)) {
            (0, _) => Err(BackendError::LockLost(token.id.clone())),
            (_, done) => Ok(done.unsigned_abs()),
        }
    }

    async fn read_one(&self, text: &str, more: &[&(dyn ToSql + Sync)]) -> Result<Option<Row>, BackendError> {
        let mut parameters: Vec<&(dyn ToSql + Sync)> = vec![&self.workspace];
        parameters.extend_from_slice(more);
        let client = self.reader().await?;
        client.query_opt(&self.sql(text), &parameters).await.map_err(|e| failed("read", &e))
    }

    /// Makes the lock's row, and gives its number.
    async fn lock_number(&self, client: &Client) -> Result<i32, BackendError> {
        let make =
            "INSERT INTO {s}.stackwright_locks (name, epoch) VALUES ($1, 0) ON CONFLICT (name) DO NOTHING";
        client.execute(&self.sql(make), &[&self.workspace]).await.map_err(|e| failed("lock", &e))?;
        let row = client
            .query_one(
                &self.sql("SELECT number FROM {s}.stackwright_locks WHERE name = $1"),
                &[&self.workspace],
            )
            .await
            .map_err(|e| failed("lock", &e))?;
        Ok(row.get(0))
    }

    /// Who the row says holds the lock.
    async fn announced(&self) -> Result<LockInfo, BackendError> {
        let row = self.read_one("SELECT info FROM {s}.stackwright_locks WHERE name = $1", &[]).await?;
        let text: Option<String> = row.and_then(|row| row.get(0));
        let other = || LockInfo {
            who: "another program".into(),
            created: "a moment ago".into(),
            ..LockInfo::default()
        };
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_else(other))
    }
}

/// A name as SQL writes it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn failed(what: &str, error: &tokio_postgres::Error) -> BackendError {
    because(format!("cannot {what} in PostgreSQL"), error)
}

/// An error without parameters, which may hold secrets.
fn because(what: String, error: &tokio_postgres::Error) -> BackendError {
    let words = match error.as_db_error() {
        Some(error) => error.message().to_owned(),
        None => {
            let mut text = error.to_string();
            if let Some(source) = std::error::Error::source(error) {
                text = source.to_string();
            }
            text
        }
    };
    BackendError::Io { what, source: std::io::Error::other(words) }
}

fn digest(bytes: &[u8]) -> Version {
    Version(Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect())
}

fn text(bytes: &[u8]) -> Result<&str, BackendError> {
    std::str::from_utf8(bytes).map_err(|_| BackendError::Other("the document is no text".into()))
}

#[async_trait]
impl Backend for PgBackend {
    fn capabilities(&self) -> Capabilities {
        Capabilities { compare_and_swap: true, fencing: true, remote_journal: true, remote: true }
    }

    fn location(&self) -> String {
        let database = self.config.get_dbname().unwrap_or("postgres");
        format!(
            "postgres database {database:?}, schema {:?}, workspace {:?}",
            self.settings.schema_name, self.workspace
        )
    }

    async fn read(&self) -> Result<Option<Stored>, BackendError> {
        let row = self.read_one("SELECT data FROM {s}.states WHERE name = $1", &[]).await?;
        let data: Option<String> = row.and_then(|row| row.get(0));
        Ok(data.map(|data| Stored { version: digest(data.as_bytes()), bytes: data.into_bytes() }))
    }

    async fn write(
        &self,
        token: &LockToken,
        bytes: &[u8],
        expected: Option<&Version>,
    ) -> Result<Version, BackendError> {
        let data = text(bytes)?;
        let done = match expected {
            None => {
                let insert = "INSERT INTO {s}.states (name, data) SELECT $1, $3::text FROM fence ON CONFLICT (name) DO NOTHING";
                self.fenced(token, insert, &[&data]).await?
            }
            Some(version) => {
                let update = "UPDATE {s}.states SET data = $3::text FROM fence WHERE name = $1 \
                              AND encode(sha256(convert_to(data, 'UTF8')), 'hex') = $4";
                self.fenced(token, update, &[&data, &version.0]).await?
            }
        };
        if done == 0 { Err(BackendError::Changed) } else { Ok(digest(bytes)) }
    }

    async fn remove(&self, token: &LockToken) -> Result<(), BackendError> {
        for table in ["stackwright_journal", "states", "stackwright_sidecars", "stackwright_history"] {
            let delete = format!("DELETE FROM {{s}}.{table} USING fence WHERE name = $1");
            self.fenced(token, &delete, &[]).await?;
        }
        Ok(())
    }

    async fn lock(&self, info: &LockInfo) -> Result<LockToken, BackendError> {
        // Whoever waits asks often, and a connection for each attempt would be dear.
        if let Some(holder) = self.holder().await? {
            return Err(BackendError::Locked(Box::new(holder)));
        }
        let mut held = self.held.lock().await;
        if held.as_ref().is_some_and(|h| !h.client.is_closed()) {
            return Err(BackendError::Locked(Box::new(self.announced().await?)));
        }
        let client = self.connect().await?;
        let number = self.lock_number(&client).await?;
        // Terraform locks the number of the document's row.
        let take = "SELECT pg_try_advisory_lock($2, $3)
                    AND COALESCE((SELECT pg_try_advisory_lock(id) FROM {s}.states WHERE name = $1), true)";
        let row = client.query_one(&self.sql(take), &[&self.workspace, &LOCKS, &number]).await;
        if !row.map_err(|e| failed("lock", &e))?.get::<_, bool>(0) {
            return Err(BackendError::Locked(Box::new(self.announced().await?)));
        }
        let body = serde_json::to_string(info).map_err(|e| BackendError::Other(e.to_string()))?;
        let rise = "UPDATE {s}.stackwright_locks SET epoch = epoch + 1, info = $2, process = pg_backend_pid()
                    WHERE name = $1 RETURNING epoch";
        let row = client.query_one(&self.sql(rise), &[&self.workspace, &body]).await;
        let epoch: i64 = row.map_err(|e| failed("lock", &e))?.get(0);
        *held = Some(Held { id: info.id.clone(), epoch, client: Arc::new(client) });
        Ok(LockToken { id: info.id.clone(), epoch: epoch.unsigned_abs() })
    }

    async fn unlock(&self, token: &LockToken) -> Result<(), BackendError> {
        let lost = || BackendError::LockLost(token.id.clone());
        let Some(held) = self.held.lock().await.take_if(|h| h.id == token.id) else { return Err(lost()) };
        let give = "UPDATE {s}.stackwright_locks SET info = NULL WHERE name = $1 AND epoch = $2";
        let given = held.client.execute(&self.sql(give), &[&self.workspace, &held.epoch]).await;
        let given = given.map_err(|_| lost())?;
        held.client.execute("SELECT pg_advisory_unlock_all()", &[]).await.map_err(|_| lost())?;
        if given == 0 { Err(lost()) } else { Ok(()) }
    }

    async fn force_unlock(&self, id: &str) -> Result<(), BackendError> {
        let holder = self.announced().await?;
        if holder.id != id {
            return Err(BackendError::Other(format!("the state is not locked with the id {id:?}")));
        }
        let take = "UPDATE {s}.stackwright_locks SET epoch = epoch + 1, info = NULL WHERE name = $1 RETURNING process";
        if let Some(row) = self.read_one(take, &[]).await?
            && let Some(process) = row.get::<_, Option<i32>>(0)
        {
            self.read_one("SELECT pg_terminate_backend($2) WHERE $1::text IS NOT NULL", &[&process]).await?;
            // The session is told to end, and ends a little later.
            let patience = Instant::now() + GOODBYE;
            while self.holder().await?.is_some() && Instant::now() < patience {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        Ok(())
    }

    async fn holder(&self) -> Result<Option<LockInfo>, BackendError> {
        let held = "SELECT 1 FROM {s}.stackwright_locks l JOIN pg_locks p ON p.locktype = 'advisory'
                    AND p.classid = $2::oid AND p.objid = l.number::oid AND p.objsubid = 2 AND p.granted
                    AND p.database = (SELECT oid FROM pg_database WHERE datname = current_database()) WHERE l.name = $1";
        let terraform = "SELECT 1 FROM {s}.states s JOIN pg_locks p ON p.locktype = 'advisory' AND p.objsubid = 1
                    AND p.objid = s.id::oid AND p.granted
                    AND p.database = (SELECT oid FROM pg_database WHERE datname = current_database()) WHERE s.name = $1";
        let class = u32::try_from(LOCKS).unwrap_or_default();
        let ours = self.read_one(held, &[&class]).await?.is_some();
        if ours || self.read_one(terraform, &[]).await?.is_some() {
            return self.announced().await.map(Some);
        }
        Ok(None)
    }

    async fn read_journal(&self) -> Result<Option<Vec<u8>>, BackendError> {
        let all =
            "SELECT string_agg(data, ''::bytea ORDER BY number) FROM {s}.stackwright_journal WHERE name = $1";
        Ok(self.read_one(all, &[]).await?.and_then(|row| row.get(0)))
    }

    async fn append_journal(&self, token: &LockToken, bytes: &[u8]) -> Result<(), BackendError> {
        let insert = "INSERT INTO {s}.stackwright_journal (name, epoch, data) SELECT $1, $2, $3 FROM fence";
        self.fenced(token, insert, &[&bytes]).await.map(|_| ())
    }

    async fn clear_journal(&self, token: &LockToken) -> Result<(), BackendError> {
        let delete = "DELETE FROM {s}.stackwright_journal USING fence WHERE name = $1";
        self.fenced(token, delete, &[]).await.map(|_| ())
    }

    async fn read_sidecar(&self) -> Result<Option<Vec<u8>>, BackendError> {
        let row = self.read_one("SELECT data FROM {s}.stackwright_sidecars WHERE name = $1", &[]).await?;
        Ok(row.map(|row| row.get(0)))
    }

    async fn write_sidecar(&self, token: &LockToken, bytes: Option<&[u8]>) -> Result<(), BackendError> {
        match bytes {
            Some(bytes) => {
                let put = "INSERT INTO {s}.stackwright_sidecars (name, data) SELECT $1, $3::bytea FROM fence
                           ON CONFLICT (name) DO UPDATE SET data = EXCLUDED.data";
                self.fenced(token, put, &[&bytes]).await.map(|_| ())
            }
            None => {
                let delete = "DELETE FROM {s}.stackwright_sidecars USING fence WHERE name = $1";
                self.fenced(token, delete, &[]).await.map(|_| ())
            }
        }
    }

    async fn keep(&self, token: &LockToken, serial: u64) -> Result<(), BackendError> {
        let keep = "INSERT INTO {s}.stackwright_history (name, serial, data)
                    SELECT s.name, $3::bigint, s.data FROM {s}.states s, fence WHERE s.name = $1
                    ON CONFLICT (name, serial) DO UPDATE SET data = EXCLUDED.data";
        self.fenced(token, keep, &[&serial.cast_signed()]).await.map(|_| ())
    }

    async fn kept(&self) -> Result<Vec<u64>, BackendError> {
        let client = self.reader().await?;
        let all = self.sql("SELECT serial FROM {s}.stackwright_history WHERE name = $1 ORDER BY serial");
        let rows = client.query(&all, &[&self.workspace]).await.map_err(|e| failed("read", &e))?;
        Ok(rows.iter().map(|row| row.get::<_, i64>(0).cast_unsigned()).collect())
    }

    async fn read_kept(&self, serial: u64) -> Result<Option<Vec<u8>>, BackendError> {
        let one = "SELECT data FROM {s}.stackwright_history WHERE name = $1 AND serial = $2";
        let row = self.read_one(one, &[&serial.cast_signed()]).await?;
        Ok(row.map(|row| row.get::<_, String>(0).into_bytes()))
    }

    async fn forget(&self, token: &LockToken, serial: u64) -> Result<(), BackendError> {
        let delete = "DELETE FROM {s}.stackwright_history USING fence WHERE name = $1 AND serial = $3";
        self.fenced(token, delete, &[&serial.cast_signed()]).await.map(|_| ())
    }
}
