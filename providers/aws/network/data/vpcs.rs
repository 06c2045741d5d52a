//! `data.aws_vpcs`.

use async_trait::async_trait;
use aws_sdk_ec2::types::Vpc;
use provider::fields;
use provider::sheet::{At, Fields, Given, KindError, Source};
use provider_aws::Client;

use crate::ec2::{self, Described};

/// The data source.
pub(crate) struct Vpcs;

#[async_trait]
impl Source for Vpcs {
    type Client = Client;
    const NAME: &'static str = "aws_vpcs";
    const SHEET: &'static str = "\
The virtual networks of the region.

id optional computed string | The region.
ids computed list(string) | Their identifiers.
tags optional computed map(string) | Tags that they carry.
filter block set | What chooses them.
  name required string | By what.
  values required set(string) | One of these.
timeouts block single | How long operations may take.
  read optional string | As `20m`.
";

    async fn read(&self, at: &At<'_, Client>, config: Given<'_>) -> Result<Fields, KindError> {
        let vpcs = ec2::all::<Vpc>(at.client, super::filters(config, &[])).await?;
        let ids: Vec<&str> = vpcs.iter().map(Described::id).collect();
        Ok(fields! { id: at.client.region(), ids: ids })
    }
}
