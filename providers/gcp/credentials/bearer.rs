//! Tokens as Google's own crates ask for them.

use std::sync::Arc;

use google_cloud_auth::credentials::{CacheableResource, CredentialsProvider, EntityTag};
use google_cloud_auth::errors::CredentialsError;
use http::header::AUTHORIZATION;
use http::{Extensions, HeaderMap, HeaderName, HeaderValue};

use super::Tokens;
use crate::client::{Api, Client};

/// The tokens of a client, with what else its requests say in their heads.
pub(crate) struct Bearer {
    tokens: Arc<Tokens>,
    base: String,
    head: HeaderMap,
    universe: String,
}

impl std::fmt::Debug for Bearer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(tokens)")
    }
}

impl Bearer {
    /// The tokens of a client for Cloud Storage.
    pub(crate) fn new(client: &Client) -> Bearer {
        let field = |(name, value): (&'static str, String)| {
            Some((HeaderName::from_static(name), HeaderValue::from_str(&value).ok()?))
        };
        Bearer {
            tokens: client.tokens(),
            base: client.base(Api::Storage).to_owned(),
            head: client.head().into_iter().filter_map(field).collect(),
            universe: client.universe().to_owned(),
        }
    }
}

impl CredentialsProvider for Bearer {
    async fn headers(&self, _: Extensions) -> Result<CacheableResource<HeaderMap>, CredentialsError> {
        let failed = |permanent: &str| CredentialsError::from_msg(false, permanent);
        let mut head = self.head.clone();
        let token = self.tokens.token_for(&self.base).await.map_err(|e| failed(&e.message))?;
        if let Some(token) = token {
            let value = HeaderValue::from_str(&format!("Bearer {token}"));
            let mut value = value.map_err(|_| failed("the token is none that a request can carry"))?;
            value.set_sensitive(true);
            head.insert(AUTHORIZATION, value);
        }
        Ok(CacheableResource::New { entity_tag: EntityTag::new(), data: head })
    }

    async fn universe_domain(&self) -> Option<String> {
        Some(self.universe.clone())
    }
}
