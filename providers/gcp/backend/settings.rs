//! What the backend is told.

use model::{Block, Schema, Type, Value};
use provider::sheet::{Fields, Given, Sheet, object, of_texts};
use state::{Arguments, BackendError};

use crate::storage::contents::Key;

/// The arguments, under Terraform's names.
const SHEET: &str = "\
States in a bucket of Cloud Storage.

access_token optional string | A token in place of credentials. It is not renewed.
bucket required string | The bucket.
credentials optional string | Credentials in JSON, or the file that holds them. Better left to the environment.
encryption_key optional string | A key of one's own for the state and what lies beside it, 32 bytes in base64, or the file that holds it.
impersonate_service_account optional string | The service account that acts.
impersonate_service_account_delegates optional list(string) | The accounts through which it is reached, in order.
kms_encryption_key optional string | The key of Cloud KMS that encrypts objects.
prefix optional string | Under what states lie in the bucket; a workspace's state is `PREFIX/WORKSPACE.tfstate`.
storage_custom_endpoint optional string | Where Cloud Storage is, with its version in the path.
";

/// The schema of the arguments.
pub(super) fn schema() -> Schema {
    #[expect(clippy::panic, reason = "the sheet is part of the program, and a test reads it")]
    let sheet = Sheet::parse(SHEET)
        .unwrap_or_else(|e| panic!("invariant: the sheet of the backend can be read: {e}"));
    sheet.schema
}

/// What the backend is told.
#[derive(Clone)]
pub(super) struct Settings {
    pub(super) bucket: String,
    /// Empty, or with a slash at its end.
    pub(super) prefix: String,
    pub(super) key: Option<Key>,
    pub(super) kms_key: Option<String>,
    /// The configuration of a provider that reaches the same place; it may hold keys.
    provider: Value,
}

impl Settings {
    /// Reads the arguments, which come as texts.
    pub(super) fn read(told: Arguments<'_>, block: &Block) -> Result<Settings, BackendError> {
        let given = of_texts(block, told.given).map_err(|e| BackendError::Other(e.detail))?;
        let given = Given::new(&given);
        let bucket = given.string("bucket").ok_or_else(|| BackendError::Other("bucket is needed".into()))?;
        let prefix = given.str("prefix").trim_start_matches('/').to_owned();
        let prefix = if prefix.is_empty() || prefix.ends_with('/') { prefix } else { format!("{prefix}/") };
        let kms_key = told.text("kms_encryption_key", "GOOGLE_KMS_ENCRYPTION_KEY");
        let key = told.text("encryption_key", "GOOGLE_ENCRYPTION_KEY").map(|text| key(&text)).transpose()?;
        if key.is_some() && kms_key.is_some() {
            return Err(BackendError::Other(
                "encryption_key and kms_encryption_key exclude each other".into(),
            ));
        }
        let provider = provider_config(given, told)?;
        Ok(Settings { bucket, prefix, key, kms_key, provider })
    }

    /// The configuration of a provider that reaches the same place.
    pub(super) fn provider(&self) -> Given<'_> {
        Given::new(&self.provider)
    }
}

/// A key, or the key in a file.
fn key(told: &str) -> Result<Key, BackendError> {
    let text = std::fs::read_to_string(told).unwrap_or_else(|_| told.to_owned());
    let why = "encryption_key is neither 32 bytes in base64 nor a file that holds them";
    Key::read(&text).map_err(|_| BackendError::Other(why.into()))
}

fn provider_config(given: Given<'_>, told: Arguments<'_>) -> Result<Value, BackendError> {
    let token = told.text("access_token", "GOOGLE_OAUTH_ACCESS_TOKEN");
    let credentials = told.text("credentials", "GOOGLE_BACKEND_CREDENTIALS").filter(|_| token.is_none());
    let account = told.text("impersonate_service_account", "GOOGLE_BACKEND_IMPERSONATE_SERVICE_ACCOUNT");
    let place = told.text("storage_custom_endpoint", "GOOGLE_BACKEND_STORAGE_CUSTOM_ENDPOINT");
    let delegates = given.texts("impersonate_service_account_delegates");
    let delegates = delegates.into_iter().map(Value::string).collect();
    let fields = Fields::new()
        .with("access_token", token)
        .with("credentials", credentials)
        .with("impersonate_service_account", account)
        .with("impersonate_service_account_delegates", Value::list(Type::String, delegates))
        .with("storage_custom_endpoint", place);
    object(&crate::settings::schema().block, fields).map_err(|e| BackendError::Other(e.detail))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn read(given: &[(&str, &str)], variables: &[(&str, &str)]) -> Result<Settings, BackendError> {
        let given: BTreeMap<String, String> =
            given.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let variable = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned())
        };
        Settings::read(Arguments { given: &given, variable: &variable }, &schema().block)
    }

    #[test]
    fn a_prefix_ends_with_a_slash_and_begins_with_none() {
        for (told, meant) in [("", ""), ("a", "a/"), ("/a/b/", "a/b/")] {
            assert_eq!(read(&[("bucket", "b"), ("prefix", told)], &[]).unwrap().prefix, meant);
        }
        assert!(read(&[("prefix", "a")], &[]).is_err(), "a bucket is needed");
    }

    #[test]
    fn a_token_takes_the_place_of_credentials_as_in_terraform() {
        let both = [("bucket", "b"), ("credentials", "{}")];
        let settings = read(&both, &[("GOOGLE_OAUTH_ACCESS_TOKEN", "t")]).unwrap();
        assert_eq!(settings.provider().text("access_token"), Some("t"));
        assert_eq!(settings.provider().text("credentials"), None);
        let settings = read(&[("bucket", "b")], &[("GOOGLE_BACKEND_CREDENTIALS", "c.json")]).unwrap();
        assert_eq!(settings.provider().text("credentials"), Some("c.json"));
    }

    #[test]
    fn a_key_is_read_and_never_told() {
        let text = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
        let settings = read(&[("bucket", "b")], &[("GOOGLE_ENCRYPTION_KEY", text)]).unwrap();
        let key = settings.key.unwrap();
        assert_eq!(format!("{key:?}"), "(a key)");
        assert_eq!(key.headers()[1], ("x-goog-encryption-key", text.to_owned()));
        let wrong = read(&[("bucket", "b"), ("encryption_key", "short")], &[]).err().unwrap();
        assert!(!wrong.to_string().contains("short"), "{wrong}");
        let two = [("bucket", "b"), ("encryption_key", text), ("kms_encryption_key", "k")];
        assert!(read(&two, &[]).is_err());
    }
}
