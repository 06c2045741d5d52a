//! A configured account in a region: what every resource type talks to.

use std::any::{Any, TypeId};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use aws_config::SdkConfig;
use aws_sdk_s3::config::RequestChecksumCalculation;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use provider::sheet::Given;
use provider::{Budget, Budgets, ErrorKind, Patience, ProviderError, Rate, Surroundings};
use tokio::sync::OnceCell;

use crate::{Trouble, credentials, settings};

/// A service of AWS, as the SDK's client of it.
pub trait Service: Clone + Send + Sync + 'static {
    /// Its names in the block `endpoints`, the usual one first.
    const NAMES: &'static [&'static str];

    /// How many requests it takes by its documentation, where it says so.
    const RATE: Option<Rate> = None;

    /// A client by a configuration.
    fn connect(config: &SdkConfig, client: &Client) -> Self;
}

/// Who one is.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The account's number, twelve digits.
    pub account: String,
    /// The caller's ARN.
    pub arn: String,
    /// The caller's unique identifier.
    pub user: String,
}

/// An account in a region.
pub struct Client {
    sdk: SdkConfig,
    region: String,
    around: Arc<dyn Surroundings>,
    budgets: Budgets,
    patience: Patience,
    endpoints: BTreeMap<String, String>,
    /// Whether buckets are named in the path.
    pub(crate) path_style: bool,
    default_tags: BTreeMap<String, String>,
    ignored_tags: IgnoredTags,
    allowed: Vec<String>,
    forbidden: Vec<String>,
    skips_account: bool,
    identity: OnceCell<Option<Identity>>,
    services: Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
}

/// Tags that others set.
#[derive(Debug, Default)]
struct IgnoredTags {
    keys: Vec<String>,
    prefixes: Vec<String>,
}

impl Client {
    /// Makes a client of a provider's configuration. Who one is is asked for only where accounts are named that may be used.
    pub(crate) async fn new(
        config: Given<'_>,
        budgets: Budgets,
        around: Arc<dyn Surroundings>,
    ) -> Result<Client, ProviderError> {
        let endpoints = settings::endpoints(config);
        let patience = settings::patience(config, &*around)?;
        let sdk = credentials::load(config, endpoints.get("sts").map(String::as_str)).await?;
        let region = sdk.region().map(ToString::to_string).ok_or_else(credentials::no_region)?;
        let ignored = config.blocks("ignore_tags");
        let all = |name: &str| ignored.iter().flat_map(|block| block.texts(name)).collect();
        let client = Client {
            region,
            around,
            budgets,
            patience,
            endpoints,
            path_style: config.is("s3_use_path_style"),
            default_tags: config
                .blocks("default_tags")
                .into_iter()
                .flat_map(|block| block.map("tags"))
                .collect(),
            ignored_tags: IgnoredTags { keys: all("keys"), prefixes: all("key_prefixes") },
            allowed: config.texts("allowed_account_ids"),
            forbidden: config.texts("forbidden_account_ids"),
            skips_account: config.is("skip_requesting_account_id"),
            identity: OnceCell::new(),
            services: Mutex::default(),
            sdk,
        };
        if !client.allowed.is_empty() || !client.forbidden.is_empty() {
            client.check_account().await?;
        }
        Ok(client)
    }

    /// Refuses an account in which nothing may be done.
    async fn check_account(&self) -> Result<(), ProviderError> {
        let Some(identity) = self.identity().await? else { return Ok(()) };
        let account = &identity.account;
        let fits =
            (self.allowed.is_empty() || self.allowed.contains(account)) && !self.forbidden.contains(account);
        let detail = || {
            let allowed = self.allowed.join(", ");
            let wanted = if allowed.is_empty() { String::new() } else { format!("; allowed are {allowed}") };
            format!("The credentials are of the account {account}, which may not be used here{wanted}.")
        };
        if fits {
            Ok(())
        } else {
            Err(ProviderError::new(ErrorKind::Denied, "AWS account not allowed", detail()))
        }
    }

    /// What the SDK's clients are made of.
    pub(crate) fn sdk(&self) -> &SdkConfig {
        &self.sdk
    }

    /// The region: `eu-central-1`.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The partition, the first part of ARNs.
    pub fn partition(&self) -> &'static str {
        partition_of(&self.region)
    }

    /// What the names of hosts end with in this partition.
    pub fn dns_suffix(&self) -> &'static str {
        dns_suffix_of(self.partition())
    }

    /// Who one is; nothing where it is not to be asked for.
    pub async fn identity(&self) -> Result<Option<&Identity>, Trouble> {
        let ask = || async {
            match self.skips_account {
                true => Ok(None),
                false => self.asked_identity().await.map(Some),
            }
        };
        Ok(self.identity.get_or_try_init(ask).await?.as_ref())
    }

    /// Who one is, asked now.
    pub(crate) async fn asked_identity(&self) -> Result<Identity, Trouble> {
        let what = "find out whose credentials these are";
        let answer = self.ask(what, |sts: aws_sdk_sts::Client| sts.get_caller_identity().send()).await?;
        let of = |text: Option<String>| text.unwrap_or_default();
        Ok(Identity { account: of(answer.account), arn: of(answer.arn), user: of(answer.user_id) })
    }

    /// The account's number; empty where it is not to be asked for.
    pub async fn account(&self) -> Result<&str, Trouble> {
        Ok(self.identity().await?.map_or("", |identity| &identity.account))
    }

    /// The ARN of something of this account in this region: `arn:aws:ecr:eu-west-1:123456789012:repository/a`.
    pub async fn arn(&self, service: &str, resource: &str) -> Result<String, Trouble> {
        let (partition, region, account) = (self.partition(), &self.region, self.account().await?);
        Ok(format!("arn:{partition}:{service}:{region}:{account}:{resource}"))
    }

    /// Sends a request that changes nothing, again while that may help. `what` follows "cannot".
    pub async fn ask<S, T, E, F>(&self, what: &str, request: impl Fn(S) -> F) -> Result<T, Trouble>
    where
        S: Service,
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        let service = self.service::<S>();
        // The SDK's futures are large, and their types deep.
        let send = || async { Box::pin(request(service.clone())).await.map_err(|e| Trouble::of(what, e)) };
        let answer = self.budget::<S>().ask_with(self.patience, &*self.around, send).await;
        answer.map_err(|trouble| trouble.last(self.patience.is_bounded()))
    }

    /// Sends a request that changes something; once, unless it was refused for coming too early.
    pub async fn send<S, T, E, F>(&self, what: &str, request: impl Fn(S) -> F) -> Result<T, Trouble>
    where
        S: Service,
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        let service = self.service::<S>();
        // The SDK's futures are large, and their types deep.
        let send = || async { Box::pin(request(service.clone())).await.map_err(|e| Trouble::of(what, e)) };
        let answer = self.budget::<S>().send_with(self.patience, &*self.around, send).await;
        answer.map_err(|trouble| trouble.last(self.patience.is_bounded()))
    }

    /// Sends a request that leaves everything as it would be after one, however often it is sent: puts and deletes of what has
    /// a name. A lost answer is no reason to stop.
    pub async fn put<S, T, E, F>(&self, what: &str, request: impl Fn(S) -> F) -> Result<T, Trouble>
    where
        S: Service,
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        self.ask(what, request).await
    }

    /// The requests that a service takes of this account in this region.
    fn budget<S: Service>(&self) -> Arc<Budget> {
        let endpoint = self.endpoint::<S>().unwrap_or_default();
        self.budgets.of(&format!("aws {} {} {endpoint}", self.region, S::NAMES[0]), S::RATE)
    }

    /// The address of a service that is configured, where one is.
    pub(crate) fn endpoint<S: Service>(&self) -> Option<&str> {
        S::NAMES.iter().find_map(|name| self.endpoints.get(*name)).map(String::as_str)
    }

    /// The SDK's client of a service, made once.
    pub fn service<S: Service>(&self) -> S {
        let mut services = self.services.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(service) = services.get(&TypeId::of::<S>()).and_then(|any| any.downcast_ref::<S>()) {
            return service.clone();
        }
        let sdk = match self.endpoint::<S>() {
            Some(url) => self.sdk.to_builder().endpoint_url(url).build(),
            None => self.sdk.clone(),
        };
        let service = S::connect(&sdk, self);
        services.insert(TypeId::of::<S>(), Arc::new(service.clone()));
        service
    }

    /// The tags that every resource gets.
    pub(crate) fn default_tags(&self) -> &BTreeMap<String, String> {
        &self.default_tags
    }

    /// Whether a tag is none of ours to manage.
    pub(crate) fn ignores_tag(&self, key: &str) -> bool {
        key.starts_with("aws:")
            || self.ignored_tags.keys.iter().any(|ignored| ignored == key)
            || self.ignored_tags.prefixes.iter().any(|prefix| key.starts_with(prefix.as_str()))
    }
}

/// The partition that a region lies in.
/// <https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html>
pub(crate) fn partition_of(region: &str) -> &'static str {
    match region {
        _ if region.starts_with("cn-") => "aws-cn",
        _ if region.starts_with("us-gov-") => "aws-us-gov",
        _ if region.starts_with("us-iso-") => "aws-iso",
        _ if region.starts_with("us-isob-") => "aws-iso-b",
        _ if region.starts_with("eu-isoe-") => "aws-iso-e",
        _ if region.starts_with("us-isof-") => "aws-iso-f",
        _ => "aws",
    }
}

/// What the names of hosts end with in a partition.
pub(crate) fn dns_suffix_of(partition: &str) -> &'static str {
    match partition {
        "aws-cn" => "amazonaws.com.cn",
        "aws-iso" => "c2s.ic.gov",
        "aws-iso-b" => "sc2s.sgov.gov",
        "aws-iso-e" => "cloud.adc-e.uk",
        "aws-iso-f" => "csp.hci.ic.gov",
        _ => "amazonaws.com",
    }
}

macro_rules! services {
    ($($client:ty, [$($name:literal),+], $rate:expr;)+) => {
        $(impl Service for $client {
            const NAMES: &'static [&'static str] = &[$($name),+];
            const RATE: Option<Rate> = $rate;

            fn connect(config: &SdkConfig, _client: &Client) -> Self {
                <$client>::new(config)
            }
        })+
    };
}

services! {
    aws_sdk_sts::Client, ["sts"], None;
    aws_sdk_iam::Client, ["iam"], None;
    aws_sdk_ecr::Client, ["ecr"], None;
    aws_sdk_eks::Client, ["eks"], None;
    aws_sdk_kms::Client, ["kms"], None;
    aws_sdk_secretsmanager::Client, ["secretsmanager"], Some(Rate { per_second: 50.0, burst: 50.0 });
    aws_sdk_codebuild::Client, ["codebuild"], None;
    aws_sdk_cloudwatchlogs::Client, ["logs", "cloudwatchlog", "cloudwatchlogs"], Some(Rate { per_second: 10.0, burst: 10.0 });
    aws_sdk_ssm::Client, ["ssm"], None;
    aws_sdk_resourcegroupstagging::Client, ["resourcegroupstaggingapi", "resourcegroupstagging"], None;
}

impl Service for aws_sdk_s3::Client {
    const NAMES: &'static [&'static str] = &["s3", "s3api"];

    fn connect(config: &SdkConfig, client: &Client) -> Self {
        let config = aws_sdk_s3::config::Builder::from(config)
            .force_path_style(client.path_style)
            // Checksums are kept where the configuration asks for them.
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .build();
        aws_sdk_s3::Client::from_conf(config)
    }
}
