//! What a `provider "aws"` block may hold, and how it is read.

use std::collections::BTreeMap;

use model::{Attribute, Block, NestedBlock, Path, Schema, Type, Value};
use provider::sheet::{Given, Sheet};
use provider::{Patience, ProviderError, Surroundings};

use crate::metadata;

/// The services that may have an endpoint of their own, by the names of Terraform's provider.
const ENDPOINTS: &str = include_str!("endpoints.txt");

/// The sheet of the block, but for the endpoints.
const SHEET: &str = "\
Resources of Amazon Web Services. Credentials are found where every tool of AWS finds them.

access_key optional string | The access key. Better left to the environment, a profile or a role.
allowed_account_ids optional set(string) | The accounts in which anything may be done.
custom_ca_bundle optional string | A file with authorities (PEM) that are believed beside the machine's own.
ec2_metadata_service_endpoint optional string | Where a machine's metadata are asked for, which may hold credentials.
ec2_metadata_service_endpoint_mode optional string | By which protocol they are reached: `IPv4` or `IPv6`.
forbidden_account_ids optional set(string) | The accounts in which nothing may be done.
http_proxy optional string | The proxy for HTTP.
https_proxy optional string | The proxy for HTTPS.
insecure optional bool | Not supported: servers are always checked.
max_retries optional number | How often a request is sent again at most. If left out, AWS_MAX_ATTEMPTS says it, and otherwise it is sent again while that may help.
no_proxy optional string | The hosts that are reached without a proxy.
profile optional string | The profile of the configuration files.
region optional string | The region.
retry_mode optional string | `adaptive` paces requests by what each API takes, which is the usual way; `standard` sends them as they come. If left out, AWS_RETRY_MODE says it.
s3_us_east_1_regional_endpoint optional string | Has no effect: endpoints are regional.
s3_use_path_style optional bool | Whether buckets are named in the path rather than in the host.
secret_key optional string | The secret key.
shared_config_files optional list(string) | Configuration files in place of `~/.aws/config`.
shared_credentials_files optional list(string) | Credentials files in place of `~/.aws/credentials`.
skip_credentials_validation optional bool | Has no effect: credentials are not asked about unless something needs to know whose they are.
skip_metadata_api_check optional string | `true` looks for no credentials in a machine's metadata.
skip_region_validation optional bool | Has no effect: every region is taken.
skip_requesting_account_id optional bool | Does not ask for the account.
sts_region optional string | The region in which roles are assumed.
token optional string | The session token of short-lived keys.
token_bucket_rate_limiter_capacity optional number | Has no effect: requests are paced by what each API takes.
use_dualstack_endpoint optional bool | Uses endpoints that speak IPv6 too.
use_fips_endpoint optional bool | Uses endpoints that comply with FIPS.
assume_role block list | A role that is assumed; of several, each from the one before.
  duration optional string | How long its credentials last, as `1h30m`.
  external_id optional string | The external identifier that the role asks for.
  policy optional string | A policy that narrows the role, in JSON.
  policy_arns optional set(string) | Policies that narrow the role.
  role_arn optional string | The role.
  session_name optional string | The name of the session.
  source_identity optional string | Who is behind the session.
  tags optional map(string) | Tags of the session.
  transitive_tag_keys optional set(string) | The tags that later roles keep.
assume_role_with_web_identity block list | A role that is assumed with a token of an identity provider, as in CI.
  duration optional string | How long its credentials last, as `1h30m`.
  policy optional string | A policy that narrows the role, in JSON.
  policy_arns optional set(string) | Policies that narrow the role.
  role_arn optional string | The role.
  session_name optional string | The name of the session.
  web_identity_token optional string | The token.
  web_identity_token_file optional string | The file that holds the token; it is read anew each time.
default_tags block list | Tags of every resource.
  tags optional map(string) | The tags.
ignore_tags block list | Tags that others set and that are left alone.
  key_prefixes optional set(string) | How their keys begin.
  keys optional set(string) | Their keys.
";

/// The schema of the block.
pub(crate) fn schema() -> Schema {
    #[expect(clippy::panic, reason = "the sheet is part of the program, and a test reads it")]
    let sheet = Sheet::parse(SHEET)
        .unwrap_or_else(|e| panic!("invariant: the sheet of the provider can be read: {e}"));
    let endpoint = |block: Block, name: &str| {
        block.attr(name, Attribute::optional(Type::String, "The endpoint of this service."))
    };
    let endpoints = ENDPOINTS.split_whitespace().fold(Block::new("Endpoints of services."), endpoint);
    let mut schema = sheet.schema;
    schema.block = schema.block.block("endpoints", NestedBlock::set(endpoints));
    schema
}

/// Checks what can be told before anything is reached.
pub(crate) fn check(config: &Value) -> Vec<ProviderError> {
    let config = Given::new(config);
    let mut errors = Vec::new();
    let wrong = |name: &str, detail: String| {
        ProviderError::invalid("Invalid provider configuration", detail).at(Path::of_attr(name))
    };
    if config.is("insecure") {
        let detail = "Servers are always checked. Name the authority that signed the certificate in `custom_ca_bundle` instead.";
        errors.push(wrong("insecure", detail.into()));
    }
    if config.value("allowed_account_ids").is_some() && config.value("forbidden_account_ids").is_some() {
        let detail = "`allowed_account_ids` and `forbidden_account_ids` exclude each other.";
        errors.push(wrong("forbidden_account_ids", detail.into()));
    }
    for name in ["assume_role", "assume_role_with_web_identity"] {
        for block in config.blocks(name) {
            if block.text("role_arn").is_none() && !block.is_unknown("role_arn") {
                errors.push(wrong(name, format!("A block `{name}` needs `role_arn`, the role to assume.")));
            }
            let duration = block.text("duration").map(|text| (text, model::duration::parse_duration(text)));
            if let Some((text, Err(why))) = duration {
                errors.push(wrong(name, format!("The duration {text:?} cannot be read: {why}.")));
            }
        }
    }
    for block in config.blocks("assume_role_with_web_identity") {
        let (token, file) = ("web_identity_token", "web_identity_token_file");
        let given = [token, file].iter().filter(|n| block.text(n).is_some() || block.is_unknown(n)).count();
        if given != 1 {
            let detail = format!("Exactly one of `{token}` and `{file}` is needed.");
            errors.push(wrong("assume_role_with_web_identity", detail));
        }
    }
    if let Some(mode) = config.text("retry_mode").filter(|mode| !RETRY_MODES.contains(mode)) {
        errors.push(wrong("retry_mode", no_mode(mode)));
    }
    if config.int("max_retries").is_some_and(|retries| retries < 0) {
        errors.push(wrong("max_retries", "`max_retries` is to be 0 or more.".into()));
    }
    errors.extend(metadata::fault(config).map(|(name, detail)| wrong(name, detail)));
    errors
}

/// How requests can be repeated.
const RETRY_MODES: [&str; 2] = ["standard", "adaptive"];

fn no_mode(mode: &str) -> String {
    format!("There is no mode {mode:?}, only `standard` and `adaptive`.")
}

/// How requests are repeated, as the block says it, or the variables that every tool of AWS looks at.
pub(crate) fn patience(config: Given<'_>, around: &dyn Surroundings) -> Result<Patience, ProviderError> {
    let wrong = |detail: String| ProviderError::invalid("Invalid environment variable", detail);
    let variable = |name: &str| around.env(name).filter(|text| !text.is_empty());
    let attempts = variable("AWS_MAX_ATTEMPTS").map(|text| {
        let detail = || format!("AWS_MAX_ATTEMPTS is to be a number from 1 on, and is {text:?}.");
        text.parse::<u32>().ok().and_then(|attempts| attempts.checked_sub(1)).ok_or_else(|| wrong(detail()))
    });
    let given = config.int("max_retries").and_then(|retries| u32::try_from(retries).ok());
    let retries = given.map_or_else(|| attempts.transpose(), |retries| Ok(Some(retries)))?;
    let mode = config.string("retry_mode").or_else(|| variable("AWS_RETRY_MODE"));
    let mode = mode.unwrap_or_default().to_lowercase();
    if !mode.is_empty() && !RETRY_MODES.contains(&&*mode) {
        return Err(wrong(format!("AWS_RETRY_MODE: {}", no_mode(&mode))));
    }
    let patience = Patience::default();
    let patience = if mode == "standard" { patience.unpaced() } else { patience };
    Ok(retries.map_or(patience, |retries| patience.with_retries(retries)))
}

/// The endpoints of services, by their names.
pub(crate) fn endpoints(config: Given<'_>) -> BTreeMap<String, String> {
    let named = |block: Given<'_>| {
        let entries = block.whole().as_entries().unwrap_or_default();
        let text =
            |(name, value): &(model::Str, Value)| Some((name.to_string(), value.as_str()?.to_string()));
        entries.iter().filter_map(text).collect::<Vec<_>>()
    };
    config.blocks("endpoints").into_iter().flat_map(named).collect()
}
