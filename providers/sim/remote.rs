//! A cloud behind HTTP: a request is posted as JSON, the answer is the body.

use async_trait::async_trait;
use reqwest::Client;

use crate::api::Api;
use crate::request::{Refusal, Reply, Request};

/// A cloud that another program serves.
pub struct Remote {
    client: Client,
    endpoint: String,
}

impl Remote {
    /// The cloud at a URL; the message says why there can be none.
    pub fn new(endpoint: &str) -> Result<Remote, String> {
        let url = reqwest::Url::parse(endpoint).map_err(|e| format!("{endpoint:?} is no URL: {e}"))?;
        // A cloud on this machine is reached without any proxy.
        let client = Client::builder().no_proxy().build().map_err(|e| e.to_string())?;
        Ok(Remote { client, endpoint: url.to_string() })
    }

    async fn post(&self, request: &Request) -> Result<Result<Reply, Refusal>, Refusal> {
        let text = serde_json::to_string(request).map_err(|e| Refusal::Invalid(e.to_string()))?;
        let sent = self.client.post(&self.endpoint).body(text).send().await;
        let answer = sent.map_err(|e| if e.is_connect() { Refusal::Unavailable } else { Refusal::Lost })?;
        let bytes = answer.bytes().await.map_err(|_| Refusal::Lost)?;
        serde_json::from_slice(&bytes).map_err(|_| Refusal::Lost)
    }
}

#[async_trait]
impl Api for Remote {
    async fn call(&self, request: Request) -> Result<Reply, Refusal> {
        self.post(&request).await?
    }
}
