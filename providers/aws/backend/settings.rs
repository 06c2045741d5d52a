//! What the backend is told.

use model::{Schema, Type, Value};
use provider::sheet::{Fields, Given, Sheet, object, of_texts};
use state::{Arguments, BackendError};

/// The arguments, under Terraform's names.
const SHEET: &str = "\
States in a bucket of S3.

access_key optional string | The access key. Better left to the environment, a profile or a role.
acl optional string | A ready-made list of access for new objects.
allowed_account_ids optional set(string) | The accounts whose buckets may be used.
assume_role optional object(role_arn:string,duration:string,external_id:string,policy:string,policy_arns:set(string),session_name:string,source_identity:string,tags:map(string),transitive_tag_keys:set(string)) | The role that is assumed.
assume_role_with_web_identity optional object(role_arn:string,duration:string,policy:string,policy_arns:set(string),session_name:string,web_identity_token:string,web_identity_token_file:string) | The role that is assumed with a token of an identity provider.
bucket required string | The bucket.
custom_ca_bundle optional string | A file with authorities that are believed beside the machine's own.
dynamodb_table optional string | Not supported: states are locked in the bucket itself.
encrypt optional bool | Whether objects are encrypted by S3; with `kms_key_id` by that key.
endpoint optional string | Where S3 is. `endpoints` has taken its place.
endpoints optional object(s3:string,sts:string,iam:string,sso:string,dynamodb:string) | Where services are.
forbidden_account_ids optional set(string) | The accounts whose buckets may not be used.
force_path_style optional bool | The same as `use_path_style`, which has taken its place.
http_proxy optional string | The proxy for HTTP.
https_proxy optional string | The proxy for HTTPS.
key required string | The object that holds the state.
kms_key_id optional string | The key by which objects are encrypted.
max_retries optional number | How often a request is sent again at most. If left out, AWS_MAX_ATTEMPTS says it, and otherwise it is sent again while that may help.
no_proxy optional string | The hosts that are reached without a proxy.
profile optional string | The profile of the configuration files.
region optional string | The bucket's region.
retry_mode optional string | `adaptive` paces requests by what S3 takes, which is the usual way; `standard` sends them as they come. If left out, AWS_RETRY_MODE says it.
secret_key optional string | The secret key.
shared_config_files optional set(string) | Configuration files in place of `~/.aws/config`.
shared_credentials_files optional set(string) | Credentials files in place of `~/.aws/credentials`.
skip_credentials_validation optional bool | Has no effect: nobody is asked.
skip_metadata_api_check optional bool | Looks for no credentials in a machine's metadata.
skip_region_validation optional bool | Has no effect: every region is taken.
skip_requesting_account_id optional bool | Does not ask for the account.
skip_s3_checksum optional bool | Has no effect: no checksums are sent.
sts_region optional string | The region in which roles are assumed.
token optional string | The session token of short-lived keys.
use_dualstack_endpoint optional bool | Uses endpoints that speak IPv6 too.
use_fips_endpoint optional bool | Uses endpoints that comply with FIPS.
use_lockfile optional bool | Whether Terraform's lock is taken too, so that the two exclude each other. Yes, unless it is said otherwise.
use_path_style optional bool | Whether buckets are named in the path rather than in the host.
workspace_key_prefix optional string | Under what the states of workspaces lie; `env:` if left out.
";

/// The schema of the arguments.
pub(super) fn schema() -> Schema {
    #[expect(clippy::panic, reason = "the sheet is part of the program, and a test reads it")]
    let sheet = Sheet::parse(SHEET)
        .unwrap_or_else(|e| panic!("invariant: the sheet of the backend can be read: {e}"));
    let mut schema = sheet.schema;
    for argument in schema.block.attributes.values_mut() {
        // Every part of what has parts may be left out.
        if let Type::Object(whole) = &argument.ty {
            let parts: Vec<_> =
                whole.attributes.iter().map(|(name, ty)| (name.clone(), ty.clone())).collect();
            let optional = parts.iter().map(|(name, _)| name.clone()).collect();
            argument.ty = Type::object_with_optional(parts, optional);
        }
    }
    schema
}

/// What the backend is told.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) bucket: String,
    pub(super) key: String,
    pub(super) workspace_prefix: String,
    pub(super) plain_lock: bool,
    pub(super) acl: Option<String>,
    pub(super) encrypt: bool,
    pub(super) kms_key: Option<String>,
    /// The configuration of a provider that reaches the same place.
    provider: Provider,
}

/// The configuration of a provider, which may hold keys and is never shown.
#[derive(Clone)]
struct Provider(Value);

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(a configuration)")
    }
}

/// Arguments that are a provider's too, under the same name.
const SHARED: &[&str] = &[
    "access_key",
    "allowed_account_ids",
    "custom_ca_bundle",
    "forbidden_account_ids",
    "http_proxy",
    "https_proxy",
    "max_retries",
    "no_proxy",
    "profile",
    "region",
    "retry_mode",
    "secret_key",
    "skip_credentials_validation",
    "skip_region_validation",
    "skip_requesting_account_id",
    "sts_region",
    "token",
    "use_dualstack_endpoint",
    "use_fips_endpoint",
];

impl Settings {
    /// Reads the arguments, which come as texts.
    pub(super) fn read(told: Arguments<'_>, block: &model::Block) -> Result<Settings, BackendError> {
        let given = of_texts(block, told.given).map_err(|e| BackendError::Other(e.detail))?;
        let given = Given::new(&given);
        let needed = |name: &str| {
            let missing = || BackendError::Other(format!("{name} is needed"));
            given.string(name).ok_or_else(missing)
        };
        if given.text("dynamodb_table").is_some() {
            return Err(BackendError::Other(
                "dynamodb_table is not supported: states are locked in the bucket itself, and with use_lockfile = true \
                 Terraform (1.10 and later) takes the same lock"
                    .into(),
            ));
        }
        let key = needed("key")?;
        if key.starts_with('/') || key.ends_with('/') {
            return Err(BackendError::Other(
                "key names an object: it begins and ends without a slash".into(),
            ));
        }
        let kms_key = given.string("kms_key_id");
        Ok(Settings {
            bucket: needed("bucket")?,
            key,
            workspace_prefix: given
                .text("workspace_key_prefix")
                .unwrap_or("env:")
                .trim_matches('/')
                .to_owned(),
            plain_lock: given.flag("use_lockfile").unwrap_or(true),
            acl: given.string("acl"),
            encrypt: given.is("encrypt") || kms_key.is_some(),
            kms_key,
            provider: Provider(provider_config(given, told)?),
        })
    }

    /// The configuration of a provider that reaches the same place.
    pub(super) fn provider(&self) -> Given<'_> {
        Given::new(&self.provider.0)
    }
}

fn provider_config(given: Given<'_>, told: Arguments<'_>) -> Result<Value, BackendError> {
    let mut fields = Fields::new();
    let whole = given.whole();
    for name in SHARED {
        fields.set(name, whole.get(name).unwrap_or(&Value::null()));
    }
    for (name, of) in [("shared_config_files", Type::String), ("shared_credentials_files", Type::String)] {
        let files = given.texts(name).into_iter().map(Value::string).collect();
        fields.set(name, Value::list(of, files));
    }
    fields.set("skip_metadata_api_check", given.is("skip_metadata_api_check").then_some("true"));
    let path_style = given.is("use_path_style") || given.is("force_path_style");
    fields.set("s3_use_path_style", path_style);
    for name in ["assume_role", "assume_role_with_web_identity"] {
        fields.set(
            name,
            whole.get(name).filter(|role| !role.is_null()).cloned().into_iter().collect::<Vec<_>>(),
        );
    }
    let endpoints = given.block("endpoints");
    let of = |name: &str, variable: &str| {
        let own = endpoints.and_then(|endpoints| endpoints.string(name));
        own.or_else(|| (told.variable)(variable).filter(|url| !url.is_empty()))
    };
    let s3 = of("s3", "AWS_ENDPOINT_URL_S3").or_else(|| given.string("endpoint"));
    let sts = of("sts", "AWS_ENDPOINT_URL_STS");
    fields.set("endpoints", vec![Fields::new().with("s3", s3).with("sts", sts)]);
    object(&crate::settings::schema().block, fields).map_err(|e| BackendError::Other(e.detail))
}
