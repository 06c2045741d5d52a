//! Credentials in a machine's metadata: whether they are looked for, and where.

use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::imds::client::EndpointMode;
use aws_config::imds::credentials::ImdsCredentialsProvider;
use aws_config::meta::credentials::CredentialsProviderChain;
use aws_config::meta::region::ProvideRegion;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::web_identity_token::WebIdentityTokenCredentialsProvider;
use aws_config::{ConfigLoader, Region, default_provider, ecs, imds};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use provider::sheet::Given;

/// What a provider block says of metadata.
#[derive(Debug, PartialEq)]
struct Told<'v> {
    is_skipped: bool,
    endpoint: Option<&'v str>,
    mode: Option<&'v str>,
}

impl<'v> Told<'v> {
    /// Reads the block; nothing where it leaves all of it to the machine.
    fn of(config: Given<'v>) -> Option<Told<'v>> {
        let told = Told {
            is_skipped: config.text("skip_metadata_api_check") == Some("true"),
            endpoint: config.text("ec2_metadata_service_endpoint"),
            mode: config.text("ec2_metadata_service_endpoint_mode"),
        };
        (told.is_skipped || told.endpoint.is_some() || told.mode.is_some()).then_some(told)
    }

    /// The client of the metadata.
    fn client(&self, conf: &ProviderConfig) -> Result<imds::Client, String> {
        let mut client = imds::Client::builder().configure(conf);
        if let Some(endpoint) = self.endpoint {
            client = client.endpoint(endpoint).map_err(|e| e.to_string())?;
        }
        if let Some(mode) = self.mode {
            client = client.endpoint_mode(mode.parse::<EndpointMode>().map_err(|e| e.to_string())?);
        }
        Ok(client.build())
    }
}

/// What is wrong with what a block says of metadata: the argument's name, and why.
pub(crate) fn fault(config: Given<'_>) -> Option<(&'static str, String)> {
    let (skip, mode) = ("skip_metadata_api_check", "ec2_metadata_service_endpoint_mode");
    if let Some(text) = config.text(skip).filter(|text| !["true", "false"].contains(text)) {
        return Some((skip, format!("`{skip}` is to be \"true\" or \"false\", and is {text:?}.")));
    }
    let unknown = config.text(mode).filter(|text| text.parse::<EndpointMode>().is_err())?;
    Some((mode, format!("There is no mode {unknown:?}, only `IPv4` and `IPv6`.")))
}

/// The loader with a chain of sources of credentials, where the block says anything of metadata and holds no keys itself.
pub(crate) async fn with_chain(
    config: Given<'_>,
    loader: ConfigLoader,
    http: Option<SharedHttpClient>,
) -> Result<ConfigLoader, String> {
    let has_keys = config.text("access_key").is_some() && config.text("secret_key").is_some();
    let Some(told) = Told::of(config).filter(|_| !has_keys) else { return Ok(loader) };
    let mut conf = ProviderConfig::default().with_region(match config.string("region") {
        Some(region) => Some(Region::new(region)),
        None => default_provider::region::default_provider().region().await,
    });
    if let Some(http) = http {
        conf = conf.with_http_client(http);
    }
    let chain =
        CredentialsProviderChain::first_try("Environment", EnvironmentVariableCredentialsProvider::new())
            .or_else("Profile", profile(config, &conf))
            .or_else(
                "WebIdentityToken",
                WebIdentityTokenCredentialsProvider::builder().configure(&conf).build(),
            )
            .or_else("EcsContainer", ecs::EcsCredentialsProvider::builder().configure(&conf).build());
    if told.is_skipped {
        return Ok(loader.credentials_provider(chain));
    }
    let metadata =
        ImdsCredentialsProvider::builder().configure(&conf).imds_client(told.client(&conf)?).build();
    Ok(loader.credentials_provider(chain.or_else("Ec2InstanceMetadata", metadata)))
}

/// Credentials of profiles.
fn profile(config: Given<'_>, conf: &ProviderConfig) -> ProfileFileCredentialsProvider {
    let mut profile = ProfileFileCredentialsProvider::builder().configure(conf);
    if let Some(name) = config.string("profile") {
        profile = profile.profile_name(name);
    }
    if let Some(files) = crate::transport::profile_files(config) {
        profile = profile.profile_files(files);
    }
    profile.build()
}
