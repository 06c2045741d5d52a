//! Tokens for clusters: a question to STS who one is, signed, which the cluster asks for whoever sends it.
//! <https://docs.aws.amazon.com/eks/latest/userguide/cluster-auth.html>

use std::fmt::Write;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use provider::{ErrorKind, ProviderError};

use crate::Client;

/// For so long the signature is good; the cluster takes the token for a quarter of an hour from when it was signed.
const GOOD_FOR: Duration = Duration::from_secs(60);

/// The header by which a token is for one cluster alone.
const CLUSTER: &str = "x-k8s-aws-id";

/// A token for a cluster.
pub(super) async fn token(client: &Client, now_ns: i128, cluster: &str) -> Result<String, ProviderError> {
    let provider = client.sdk().credentials_provider().ok_or_else(|| denied("there are none".to_owned()))?;
    let credentials = provider.provide_credentials().await.map_err(|e| denied(e.to_string()))?;
    let now = u64::try_from(now_ns).map_or(UNIX_EPOCH, |ns| UNIX_EPOCH + Duration::from_nanos(ns));
    let usual = format!("https://sts.{}.{}", client.region(), client.dns_suffix());
    let endpoint = client.endpoint::<aws_sdk_sts::Client>().unwrap_or(&usual).trim_end_matches('/');
    let url = signed(endpoint, client.region(), credentials, now, cluster).map_err(denied)?;
    Ok(format!("k8s-aws-v1.{}", URL_SAFE_NO_PAD.encode(url)))
}

fn denied(why: String) -> ProviderError {
    let detail = format!("Cannot sign a token for the cluster with the credentials: {why}.");
    ProviderError::new(ErrorKind::Denied, "Access is denied", detail)
}

/// The question with its signature, as an address.
fn signed(
    endpoint: &str,
    region: &str,
    credentials: Credentials,
    now: SystemTime,
    cluster: &str,
) -> Result<String, String> {
    let url = format!("{endpoint}/?Action=GetCallerIdentity&Version=2011-06-15");
    let mut settings = SigningSettings::default();
    settings.signature_location = SignatureLocation::QueryParams;
    settings.expires_in = Some(GOOD_FOR);
    let identity = credentials.into();
    let params = SigningParams::builder().identity(&identity).region(region).name("sts").time(now);
    let params = params.settings(settings).build().map_err(|e| e.to_string())?.into();
    let request =
        SignableRequest::new("GET", &*url, [(CLUSTER, cluster)].into_iter(), SignableBody::Bytes(&[]));
    let request = request.map_err(|e| e.to_string())?;
    let (instructions, _) = sign(request, &params).map_err(|e| e.to_string())?.into_parts();
    let (_, added) = instructions.into_parts();
    let added = added.iter().map(|(name, value)| format!("&{name}={}", encoded(value)));
    Ok(added.fold(url, |url, one| url + &one))
}

/// A value in an address.
fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            // Writing to a text cannot fail.
            _ => drop(write!(out, "%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_is_signed_for_one_cluster() {
        let credentials = Credentials::new("AKID", "secret", Some("session/token".into()), None, "test");
        let now = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let url = signed("https://sts.eu-west-1.amazonaws.com", "eu-west-1", credentials, now, "a").unwrap();
        let begin = "https://sts.eu-west-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15&";
        assert!(url.starts_with(begin), "{url}");
        for part in [
            "X-Amz-Algorithm=AWS4-HMAC-SHA256",
            "X-Amz-Credential=AKID%2F20231114%2Feu-west-1%2Fsts%2Faws4_request",
            "X-Amz-Date=20231114T221320Z",
            "X-Amz-Expires=60",
            "X-Amz-Security-Token=session%2Ftoken",
            "X-Amz-SignedHeaders=host%3Bx-k8s-aws-id",
            "X-Amz-Signature=",
        ] {
            assert!(url.contains(part), "{part} in {url}");
        }
        assert!(!url.contains("secret"));
    }
}
