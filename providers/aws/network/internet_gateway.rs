//! `aws_internet_gateway`.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_ec2::types::{InternetGateway as Item, ResourceType};
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, KindPage, Made};
use provider::{CreateClass, ErrorKind, ListRequest, Lists, fields};
use provider_aws::{Client, OrAbsent, Waiting, tags, wait};

use crate::ec2::{self, Described, Ec2};

/// The resource type.
pub(crate) struct InternetGateway;

#[async_trait]
impl Kind for InternetGateway {
    type Client = Client;
    const NAME: &'static str = "aws_internet_gateway";
    const CLASS: CreateClass = CreateClass::Tag;
    const LISTS: Lists = Lists::Identity;
    const SHEET: &'static str = "\
The way from a VPC to the internet and back.

arn computed string | Its ARN.
id optional computed string | Its identifier.
owner_id computed string | The account that it belongs to.
tags optional map(string) | Its tags.
tags_all optional computed map(string) | Its tags with the provider's `default_tags`.
vpc_id optional computed string | The VPC that it is attached to.
timeouts block single | How long operations may take.
  create optional string | As `20m`.
  delete optional string | As `20m`.
  update optional string | As `20m`.
";

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        tags::plan(at, draft);
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let tags = ec2::tagged(at, wanted, ResourceType::InternetGateway);
        let make = |ec2: Ec2| ec2.create_internet_gateway().set_tag_specifications(tags.clone()).send();
        let made = at.client.send("make an internet gateway", make).await?;
        let id = made.internet_gateway.and_then(|gateway| gateway.internet_gateway_id);
        let id = id.ok_or_else(|| ec2::nameless("internet gateway"))?;
        at.exists(fields! { id: &id });
        if let Some(vpc) = wanted.text("vpc_id") {
            attach(at, &id, vpc).await?;
        }
        Ok(fields! { id: &id })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let Some(gateway) = ec2::one::<Item>(at.client, known.id()).await? else { return Ok(None) };
        let tags = tags::seen(at.client, known, gateway.labels());
        let owner = gateway.owner_id.unwrap_or_default();
        let (partition, region) = (at.client.partition(), at.client.region());
        let told = fields! {
            arn: format!("arn:{partition}:ec2:{region}:{owner}:internet-gateway/{}", known.id()),
            id: gateway.internet_gateway_id,
            owner_id: owner,
            vpc_id: gateway.attachments.unwrap_or_default().pop().and_then(|a| a.vpc_id).unwrap_or_default(),
        };
        Ok(Some(told.and(tags)))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        let id = prior.id();
        if prior.differs(wanted, "vpc_id") {
            if let Some(vpc) = prior.text("vpc_id") {
                detach(at, prior, id, vpc).await?;
            }
            if let Some(vpc) = wanted.text("vpc_id") {
                attach(at, id, vpc).await?;
            }
        }
        ec2::retag(at, prior, wanted, id).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let id = prior.id();
        if let Some(vpc) = prior.text("vpc_id") {
            detach(at, prior, id, vpc).await?;
        }
        let delete = |ec2: Ec2| ec2.delete_internet_gateway().internet_gateway_id(id).send();
        at.client.put(&format!("delete the internet gateway {id}"), delete).await.or_absent()?;
        Ok(())
    }

    async fn find(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Option<Fields>, KindError> {
        let item = ec2::marked::<Item>(at).await?;
        Ok(item.map(|item| ec2::found(&item, wanted, at.client)))
    }

    async fn list(&self, at: &At<'_, Client>, request: ListRequest<'_>) -> Result<KindPage, KindError> {
        ec2::page::<Item>(at, request, |gateway| fields! { id: gateway.internet_gateway_id }).await
    }
}

/// Attaches a gateway to a VPC; one that is attached to it already stays so.
async fn attach(at: &At<'_, Client>, id: &str, vpc: &str) -> Result<(), KindError> {
    let attach = |ec2: Ec2| ec2.attach_internet_gateway().internet_gateway_id(id).vpc_id(vpc).send();
    let what = format!("attach the internet gateway {id} to the VPC {vpc}");
    match at.client.send(&what, attach).await {
        Err(trouble) if trouble.is(&["Resource.AlreadyAssociated"]) && trouble.message.contains(id) => Ok(()),
        result => Ok(result.map(drop)?),
    }
}

/// Detaches a gateway, which works once no public address in the VPC is in use.
async fn detach(at: &At<'_, Client>, prior: Given<'_>, id: &str, vpc: &str) -> Result<(), KindError> {
    let what = format!("the public addresses in the VPC {vpc} to be free");
    let limit = Duration::from_secs(20 * 60);
    let waiting = Waiting { what: &what, every: Duration::from_secs(10), limit };
    let look = || async {
        let detach = |ec2: Ec2| ec2.detach_internet_gateway().internet_gateway_id(id).vpc_id(vpc).send();
        let what = format!("detach the internet gateway {id} from the VPC {vpc}");
        match at.client.put(&what, detach).await.or_absent_for(&["Gateway.NotAttached"]) {
            Ok(_) => Ok(Ok(())),
            Err(trouble) if trouble.kind == ErrorKind::Conflict => Ok(Err(trouble.message)),
            Err(trouble) => Err(trouble),
        }
    };
    wait(at, waiting.limited_by(prior, "delete"), look).await
}
