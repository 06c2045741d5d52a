//! `google_service_account_key`.

use async_trait::async_trait;
use provider::sheet::{At, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, fields};
use serde_json::{Value as Json, json};

use crate::client::{Api, Client, Request};
use crate::mirror::text;
use crate::{OrAbsent, Trouble};

/// The resource type.
pub(super) struct Key;

#[async_trait]
impl Kind for Key {
    type Client = Client;
    const NAME: &'static str = "google_service_account_key";
    // Keys carry no name and no mark: what is new beside those that were there is it.
    const CLASS: CreateClass = CreateClass::Fence;
    const SHEET: &'static str = "\
A key of a service account. Whoever has it is the account: identities of workloads need none.

id optional computed string | Its full name.
keepers optional fixed map(string) | Values of any meaning; when they change, so does the key.
key_algorithm optional fixed default=KEY_ALG_RSA_2048 string | The kind of key.
name computed string | Its full name.
private_key computed sensitive string | The credentials with the key, JSON in base64. Only the create gives them.
private_key_type optional fixed default=TYPE_GOOGLE_CREDENTIALS_FILE string | The form of the key.
public_key computed string | The public key in base64.
public_key_data optional fixed string | A public key in base64 that is taken in place of a new one.
public_key_type optional fixed default=TYPE_X509_PEM_FILE string | The form of the public key.
service_account_id required fixed string | The service account, by its name or address.
valid_after computed string | From when it is valid.
valid_before computed string | Until when it is valid.
";

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let account = account(at.client, wanted);
        let what = format!("make a key of {account}");
        let request = match wanted.text("public_key_data") {
            Some(data) => Request::post(Api::Iam, format!("{account}/keys:upload"))
                .json(&json!({ "publicKeyData": data })),
            None => Request::post(Api::Iam, format!("{account}/keys")).json(&json!({
                "keyAlgorithm": wanted.str("key_algorithm"),
                "privateKeyType": wanted.str("private_key_type"),
            })),
        };
        let made = at.client.send(&what, &request).await?;
        let name = text(&made, "/name");
        Ok(fields! { id: name, name: name, private_key: text(&made, "/privateKeyData") })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let name = known.text("name").unwrap_or(known.id());
        let ty = known.text("public_key_type").unwrap_or("TYPE_X509_PEM_FILE");
        let request = Request::get(Api::Iam, name).query("publicKeyType", ty);
        let key = at.client.ask(&format!("read the key {name}"), &request).await.or_absent()?;
        Ok(key.filter(|key| key.get("disabled").and_then(Json::as_bool) != Some(true)).map(|key| {
            fields! {
                id: name,
                key_algorithm: text(&key, "/keyAlgorithm"),
                name: name,
                public_key: text(&key, "/publicKeyData"),
                valid_after: text(&key, "/validAfterTime"),
                valid_before: text(&key, "/validBeforeTime"),
            }
        }))
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let request = Request::delete(Api::Iam, prior.id());
        at.client.put(&format!("delete the key {}", prior.id()), &request).await.or_absent()?;
        Ok(())
    }

    fn fence_scope(&self, wanted: Given<'_>) -> String {
        wanted.str("service_account_id").to_owned()
    }

    async fn fence(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Vec<String>, KindError> {
        Ok(keys(at, wanted).await?)
    }

    /// A key whose answer was lost is of no use: its private half is gone. It is found, so that it can be removed.
    async fn find(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Option<Fields>, KindError> {
        let before = at.call.attempt.map(|attempt| attempt.fence.clone()).unwrap_or_default();
        let known: Vec<&str> = at.call.known.iter().filter_map(|o| Given::new(&o.value).text("id")).collect();
        let mut new = keys(at, wanted).await?;
        new.retain(|name| !before.contains(name) && !known.contains(&&**name));
        Ok(new.first().map(|name| fields! { id: name, name: name }))
    }
}

async fn keys(at: &At<'_, Client>, wanted: Given<'_>) -> Result<Vec<String>, Trouble> {
    let account = account(at.client, wanted);
    let request = Request::get(Api::Iam, format!("{account}/keys")).query("keyTypes", "USER_MANAGED");
    let answer = at.client.ask(&format!("list the keys of {account}"), &request).await.or_absent()?;
    let keys = answer.as_ref().and_then(|answer| answer.get("keys")).and_then(Json::as_array);
    Ok(keys.into_iter().flatten().map(|key| text(key, "/name").to_owned()).collect())
}

/// The full name of the account, which may be said by its address alone.
fn account(client: &Client, wanted: Given<'_>) -> String {
    let told = wanted.str("service_account_id");
    let project = client.project().unwrap_or("-");
    match (told.contains('/'), told.contains('@')) {
        (true, _) => told.to_owned(),
        (false, true) => format!("projects/-/serviceAccounts/{told}"),
        (false, false) => {
            format!("projects/{project}/serviceAccounts/{told}@{project}.iam.gserviceaccount.com")
        }
    }
}
