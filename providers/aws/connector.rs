//! The connector `aws`: an account, and how to become somebody who may act in it.

use model::{ProviderAddr, Schema};
use provider::ConnectorType;
use provider::sheet::Sheet;

/// What a block may hold: what the provider's may, less keys, which do not belong into definitions.
const SHEET: &str = "\
An AWS account and region, and who acts there: whoever the environment or a profile says, or a role assumed from there.

custom_ca_bundle optional string | A file with authorities that are believed beside the machine's own.
expect_account optional string | The account's number. In any other nothing is done.
http_proxy optional string | The proxy for HTTP.
https_proxy optional string | The proxy for HTTPS.
no_proxy optional string | The hosts that are reached without a proxy.
profile optional string | The profile of the configuration files.
region optional string | The region.
s3_use_path_style optional bool | Whether buckets are named in the path rather than in the host.
use_dualstack_endpoint optional bool | Uses endpoints that speak IPv6 too.
use_fips_endpoint optional bool | Uses endpoints that comply with FIPS.
assume_role block list | A role that is assumed; of several, each from the one before.
  duration optional string | How long its credentials last, as `1h30m`.
  external_id optional string | The external identifier that the role asks for.
  role_arn required string | The role.
  session_name optional string | The name of the session.
assume_role_with_web_identity block list | A role that is assumed with a token of an identity provider, as in CI.
  duration optional string | How long its credentials last, as `1h30m`.
  role_arn required string | The role.
  session_name optional string | The name of the session.
  web_identity_token_file required string | The file that holds the token.
default_tags block list | Tags of every resource.
  tags optional map(string) | The tags.
endpoints block set | Where services are, for an emulator or a private network.
  ec2 optional string | EC2.
  ecr optional string | ECR.
  eks optional string | EKS.
  iam optional string | IAM.
  kms optional string | KMS.
  s3 optional string | S3.
  secretsmanager optional string | Secrets Manager.
  sts optional string | STS.
";

/// `connector "aws"` configures the provider `aws`.
pub struct AwsConnector {
    schema: Schema,
}

impl AwsConnector {
    /// The connector type.
    pub fn new() -> AwsConnector {
        #[expect(clippy::panic, reason = "the sheet is part of the program, and a test reads it")]
        let sheet = Sheet::parse(SHEET)
            .unwrap_or_else(|e| panic!("invariant: the sheet of the connector can be read: {e}"));
        AwsConnector { schema: sheet.schema }
    }
}

impl Default for AwsConnector {
    fn default() -> AwsConnector {
        AwsConnector::new()
    }
}

impl ConnectorType for AwsConnector {
    fn kind(&self) -> &str {
        "aws"
    }

    fn provider(&self) -> ProviderAddr {
        ProviderAddr::implied("aws")
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn renames(&self) -> &[(&str, &str)] {
        &[("expect_account", "allowed_account_ids")]
    }

    fn lists(&self) -> &[&str] {
        &["allowed_account_ids"]
    }
}
