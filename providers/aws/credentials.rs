//! Who one is to AWS: keys, profiles, and roles assumed one from another.

use std::time::{Duration, SystemTime};

use aws_config::{BehaviorVersion, ConfigLoader, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_sdk_sts::types::{PolicyDescriptorType, Tag};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::app_name::AppName;
use provider::sheet::Given;
use provider::{ErrorKind, ProviderError};

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(10);

/// How long a request may take, an upload included.
const REQUEST: Duration = Duration::from_secs(120);

/// The name of a session for which none is given.
const SESSION: &str = "stackwright";

/// Loads the configuration as the block and the machine say it, and assumes the roles.
pub(crate) async fn load(config: Given<'_>, sts_endpoint: Option<&str>) -> Result<SdkConfig, ProviderError> {
    let http = crate::transport::of(config)?;
    let unusable = |why: String| ProviderError::invalid("Invalid provider configuration", format!("{why}."));
    let loader = base(config, http.clone());
    let mut sdk = crate::metadata::with_chain(config, loader, http).await.map_err(unusable)?.load().await;
    for role in config.blocks("assume_role_with_web_identity") {
        sdk = assumed(&sdk, Role::with_web_identity(role), config, sts_endpoint);
    }
    for role in config.blocks("assume_role") {
        sdk = assumed(&sdk, Role::of(role), config, sts_endpoint);
    }
    Ok(sdk)
}

fn base(config: Given<'_>, http: Option<SharedHttpClient>) -> ConfigLoader {
    let timeouts =
        TimeoutConfig::builder().connect_timeout(CONNECT).operation_attempt_timeout(REQUEST).build();
    // Requests are repeated by the budget of each API, which knows what may be.
    let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
        .retry_config(RetryConfig::disabled())
        .timeout_config(timeouts);
    if let Ok(name) = AppName::new("stackwright") {
        loader = loader.app_name(name);
    }
    if let Some(region) = config.string("region") {
        loader = loader.region(Region::new(region));
    }
    if let Some(profile) = config.string("profile") {
        loader = loader.profile_name(profile);
    }
    if let (Some(key), Some(secret)) = (config.string("access_key"), config.string("secret_key")) {
        let keys = Credentials::new(key, secret, config.string("token"), None, "provider block");
        loader = loader.credentials_provider(keys);
    }
    if let Some(fips) = config.flag("use_fips_endpoint") {
        loader = loader.use_fips(fips);
    }
    if let Some(dual) = config.flag("use_dualstack_endpoint") {
        loader = loader.use_dual_stack(dual);
    }
    if let Some(client) = http {
        loader = loader.http_client(client);
    }
    match crate::transport::profile_files(config) {
        Some(files) => loader.profile_files(files),
        None => loader,
    }
}

/// A role to assume.
#[derive(Debug)]
struct Role {
    arn: String,
    session: String,
    duration: Option<i32>,
    policy: Option<String>,
    policy_arns: Vec<String>,
    external_id: Option<String>,
    source_identity: Option<String>,
    tags: Vec<(String, String)>,
    transitive: Vec<String>,
    /// By which token; nothing where the credentials from before are enough.
    token: Option<Token>,
}

/// A token of an identity provider. It is never shown.
enum Token {
    Text(String),
    File(String),
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(a token)")
    }
}

impl Role {
    fn of(block: Given<'_>) -> Role {
        let seconds = block.text("duration").and_then(|text| model::duration::parse_duration(text).ok());
        Role {
            arn: block.str("role_arn").to_owned(),
            session: block.text("session_name").unwrap_or(SESSION).to_owned(),
            duration: seconds.and_then(|ns| i32::try_from(ns / 1_000_000_000).ok()),
            policy: block.string("policy"),
            policy_arns: block.texts("policy_arns"),
            external_id: block.string("external_id"),
            source_identity: block.string("source_identity"),
            tags: block.map("tags").into_iter().collect(),
            transitive: block.texts("transitive_tag_keys"),
            token: None,
        }
    }

    fn with_web_identity(block: Given<'_>) -> Role {
        let text = block.string("web_identity_token").map(Token::Text);
        let token = text.or_else(|| block.string("web_identity_token_file").map(Token::File));
        Role { token, ..Role::of(block) }
    }
}

/// The configuration with the credentials of a role, which are fetched when they are needed and again before they end.
fn assumed(from: &SdkConfig, role: Role, config: Given<'_>, endpoint: Option<&str>) -> SdkConfig {
    let mut sts = from.to_builder();
    if let Some(region) = config.string("sts_region") {
        sts = sts.region(Region::new(region));
    }
    if let Some(endpoint) = endpoint {
        sts = sts.endpoint_url(endpoint);
    }
    // Fetching credentials changes nothing, so it may be repeated by the SDK.
    let sts = sts.retry_config(RetryConfig::standard().with_max_attempts(5)).build();
    let provider = Assumed { sts: aws_sdk_sts::Client::new(&sts), role };
    from.to_builder().credentials_provider(SharedCredentialsProvider::new(provider)).build()
}

/// Credentials of a role.
#[derive(Debug)]
struct Assumed {
    sts: aws_sdk_sts::Client,
    role: Role,
}

impl Assumed {
    async fn fetch(&self) -> Result<Credentials, CredentialsError> {
        let session = match &self.role.token {
            Some(token) => self.by_token(token).await?,
            None => self.by_credentials().await?,
        };
        let session =
            session.ok_or_else(|| CredentialsError::provider_error("the answer has no credentials"))?;
        let expiry = SystemTime::try_from(*session.expiration()).ok();
        let (key, secret) = (session.access_key_id(), session.secret_access_key());
        Ok(Credentials::new(key, secret, Some(session.session_token().to_owned()), expiry, "assumed role"))
    }

    async fn by_credentials(&self) -> Result<Option<aws_sdk_sts::types::Credentials>, CredentialsError> {
        let role = &self.role;
        let policies = role.policy_arns.iter().map(|arn| PolicyDescriptorType::builder().arn(arn).build());
        let tag = |(key, value): &(String, String)| Tag::builder().key(key).value(value).build().ok();
        let request = self.sts.assume_role();
        let request = request.role_arn(&role.arn).role_session_name(&role.session);
        let answer = request
            .set_duration_seconds(role.duration)
            .set_policy(role.policy.clone())
            .set_policy_arns(Some(policies.collect()))
            .set_external_id(role.external_id.clone())
            .set_source_identity(role.source_identity.clone())
            .set_tags(Some(role.tags.iter().filter_map(tag).collect()))
            .set_transitive_tag_keys(Some(role.transitive.clone()))
            .send();
        let answer = answer.await.map_err(|e| self.refused(crate::Trouble::of("assume the role", e)))?;
        Ok(answer.credentials)
    }

    async fn by_token(
        &self,
        token: &Token,
    ) -> Result<Option<aws_sdk_sts::types::Credentials>, CredentialsError> {
        let role = &self.role;
        let token = match token {
            Token::Text(text) => text.clone(),
            Token::File(path) => {
                let text = tokio::fs::read_to_string(path).await;
                let unread = |e: std::io::Error| {
                    CredentialsError::provider_error(format!("cannot read the token in {path}: {e}"))
                };
                text.map_err(unread)?.trim().to_owned()
            }
        };
        let policies = role.policy_arns.iter().map(|arn| PolicyDescriptorType::builder().arn(arn).build());
        let request = self.sts.assume_role_with_web_identity();
        let request = request.role_arn(&role.arn).role_session_name(&role.session).web_identity_token(token);
        let answer = request
            .set_duration_seconds(role.duration)
            .set_policy(role.policy.clone())
            .set_policy_arns(Some(policies.collect()))
            .send();
        let answer = answer.await.map_err(|e| self.refused(crate::Trouble::of("assume the role", e)))?;
        Ok(answer.credentials)
    }

    fn refused(&self, trouble: crate::Trouble) -> CredentialsError {
        let arn = &self.role.arn;
        CredentialsError::provider_error(format!("cannot assume the role {arn}: {}", trouble.message))
    }
}

impl ProvideCredentials for Assumed {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.fetch())
    }
}

/// A region is needed for everything.
pub(crate) fn no_region() -> ProviderError {
    ProviderError::new(
        ErrorKind::Invalid,
        "No region",
        "No region is configured. Set `region` in the provider block, the variable AWS_REGION, or the profile's region.",
    )
}
