//! What the backend `pg` is told.

use std::collections::BTreeMap;

use tokio_postgres::Config;
use tokio_postgres::config::Host;

use super::tls::Tls;
use crate::{Arguments, BackendError};

/// What the backend is told; the names are Terraform's.
#[derive(Clone)]
pub struct PgSettings {
    /// How to connect: `postgres://user@host/database`, or words with `=`. What is missing comes from the surroundings.
    pub conn_str: String,
    /// The variables of the environment that PostgreSQL's own programs read; each counts where `conn_str` is silent.
    pub around: BTreeMap<String, String>,
    /// The schema that holds the tables.
    pub schema_name: String,
    /// Whether somebody else makes the schema.
    pub skip_schema_creation: bool,
    /// Whether somebody else makes the tables.
    pub skip_table_creation: bool,
    /// Whether somebody else makes the index.
    pub skip_index_creation: bool,
}

/// The variables of the environment that PostgreSQL's own programs read.
const VARIABLES: &[&str] = &[
    "PGHOST",
    "PGPORT",
    "PGUSER",
    "PGPASSWORD",
    "PGDATABASE",
    "PGSSLMODE",
    "PGSSLROOTCERT",
    "PGSSLCERT",
    "PGSSLKEY",
];

impl PgSettings {
    /// The names of the arguments.
    pub const ARGUMENTS: &[&str] =
        &["conn_str", "schema_name", "skip_schema_creation", "skip_table_creation", "skip_index_creation"];

    /// What the arguments say.
    pub fn read(given: Arguments<'_>) -> Result<PgSettings, BackendError> {
        let variable = |name: &&str| Some(((*name).to_owned(), (given.variable)(name)?));
        let around = VARIABLES.iter().filter_map(variable).filter(|(_, text)| !text.is_empty()).collect();
        let schema = given.text("schema_name", "PG_SCHEMA_NAME");
        Ok(PgSettings {
            conn_str: given.text("conn_str", "PG_CONN_STR").unwrap_or_default(),
            around,
            schema_name: schema.unwrap_or_else(|| "terraform_remote_state".into()),
            skip_schema_creation: given.flag("skip_schema_creation", "PG_SKIP_SCHEMA_CREATION")?,
            skip_table_creation: given.flag("skip_table_creation", "PG_SKIP_TABLE_CREATION")?,
            skip_index_creation: given.flag("skip_index_creation", "PG_SKIP_INDEX_CREATION")?,
        })
    }

    /// How to connect, and how that is protected.
    pub(super) fn connection(&self) -> Result<(Config, Tls), BackendError> {
        let around = |name: &str| self.around.get(name).cloned();
        let (conn_str, tls) = Tls::take(&self.conn_str, &self.around);
        let mut config: Config = conn_str
            .parse()
            .map_err(|_| BackendError::Other("conn_str is not how a PostgreSQL database is named".into()))?;
        if let Some(host) = around("PGHOST").filter(|_| config.get_hosts().is_empty()) {
            config.host(&host);
        }
        if let Some(port) =
            around("PGPORT").and_then(|p| p.parse().ok()).filter(|_| config.get_ports().is_empty())
        {
            config.port(port);
        }
        if let Some(user) = around("PGUSER").filter(|_| config.get_user().is_none()) {
            config.user(&user);
        }
        if let Some(password) = around("PGPASSWORD").filter(|_| config.get_password().is_none()) {
            config.password(password);
        }
        if let Some(database) = around("PGDATABASE").filter(|_| config.get_dbname().is_none()) {
            config.dbname(&database);
        }
        let is_local = !config.get_hosts().iter().any(|host| matches!(host, Host::Tcp(_)));
        config.ssl_mode(tls.mode(is_local)?);
        Ok((config, tls))
    }
}
