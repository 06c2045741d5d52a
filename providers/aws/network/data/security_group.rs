//! `data.aws_security_group`.

use async_trait::async_trait;
use aws_sdk_ec2::types::SecurityGroup as Item;
use provider::fields;
use provider::sheet::{At, Fields, Given, KindError, Source};
use provider_aws::{Client, tags};

use crate::ec2::Described;

/// The data source.
pub(crate) struct SecurityGroup;

#[async_trait]
impl Source for SecurityGroup {
    type Client = Client;
    const NAME: &'static str = "aws_security_group";
    const SHEET: &'static str = "\
A security group that is there already.

arn computed string | Its ARN.
description computed string | What it is for.
id optional computed string | Its identifier.
name optional computed string | Its name.
tags optional computed map(string) | Its tags.
vpc_id optional computed string | The VPC.
filter block set | What chooses it.
  name required string | By what.
  values required set(string) | One of these.
timeouts block single | How long operations may take.
  read optional string | As `20m`.
";

    async fn read(&self, at: &At<'_, Client>, config: Given<'_>) -> Result<Fields, KindError> {
        let client = at.client;
        let filters = super::filters(config, &[("name", "group-name"), ("vpc_id", "vpc-id")]);
        let group: Item = super::single(client, config, filters, "security group").await?;
        let tags = tags::told(client, group.labels());
        let (id, owner) = (group.id().to_owned(), group.owner_id.unwrap_or_default());
        let (partition, region) = (client.partition(), client.region());
        Ok(fields! {
            arn: format!("arn:{partition}:ec2:{region}:{owner}:security-group/{id}"),
            description: group.description,
            id: id,
            name: group.group_name,
            tags: tags,
            vpc_id: group.vpc_id,
        })
    }
}
