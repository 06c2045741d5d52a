//! `aws_security_group`.

pub(crate) mod rules;
pub(crate) mod sync;

use async_trait::async_trait;
use aws_sdk_ec2::types::{ResourceType, SecurityGroup as Item};
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, KindPage, Made};
use provider::{CreateClass, ErrorKind, ListRequest, Lists, ProviderError, fields};
use provider_aws::{Client, OrAbsent, Trouble, names, tags};

pub(crate) use sync::revoke_all;

use crate::blockers::{Doomed, remove};
use crate::ec2::{self, Described, Ec2};

/// The resource type.
pub(crate) struct SecurityGroup;

#[async_trait]
impl Kind for SecurityGroup {
    type Client = Client;
    const NAME: &'static str = "aws_security_group";
    const VERSION: u64 = 1;
    const CLASS: CreateClass = CreateClass::Tag;
    const LISTS: Lists = Lists::Whole;
    const SHEET: &'static str = "\
What traffic reaches and leaves network interfaces.

arn computed string | Its ARN.
description optional fixed default=\"Managed by Terraform\" string | What it is for.
egress optional computed set(object(cidr_blocks:list(string),description:string,from_port:number,ipv6_cidr_blocks:list(string),prefix_list_ids:list(string),protocol:string,security_groups:set(string),self:bool,to_port:number)) | What may leave. Without any, the rules are left alone.
id optional computed string | Its identifier.
ingress optional computed set(object(cidr_blocks:list(string),description:string,from_port:number,ipv6_cidr_blocks:list(string),prefix_list_ids:list(string),protocol:string,security_groups:set(string),self:bool,to_port:number)) | What may come in. Without any, the rules are left alone.
name optional computed fixed string | Its name, made up where it is left out.
name_prefix optional computed fixed string | How a made-up name begins.
owner_id computed string | The account that it belongs to.
revoke_rules_on_delete optional default=false bool | Whether its rules are removed before it is, and the rules of others that name it.
tags optional map(string) | Its tags.
tags_all optional computed map(string) | Its tags with the provider's `default_tags`.
vpc_id optional computed fixed string | The VPC; the account's own one where it is left out.
timeouts block single | How long operations may take.
  create optional string | As `10m`.
  delete optional string | As `15m`.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let both = config.text("name").is_some() && config.text("name_prefix").is_some();
        let both = both.then(|| {
            let detail = "`name` and `name_prefix` exclude each other.";
            ProviderError::invalid("Conflicting configuration arguments", detail)
        });
        let reserved = config.text("name").filter(|name| name.starts_with("sg-")).map(|name| {
            let detail = format!("{name:?} can't be the name of a security group: `sg-` begins identifiers.");
            ProviderError::invalid("Invalid name of a security group", detail)
        });
        let rules = ["ingress", "egress"].into_iter().flat_map(|name| config.blocks(name));
        both.into_iter().chain(reserved).chain(rules.flat_map(rules::faults)).collect()
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        tags::plan(at, draft);
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let tags = ec2::tagged(at, wanted, ResourceType::SecurityGroup);
        let prefix = wanted.text("name_prefix").unwrap_or("terraform-");
        let name = wanted.string("name").unwrap_or_else(|| names::made_up(at, prefix, 255));
        let make = |ec2: Ec2| {
            ec2.create_security_group()
                .group_name(&name)
                .description(wanted.str("description"))
                .set_vpc_id(wanted.string("vpc_id"))
                .set_tag_specifications(tags.clone())
                .send()
        };
        let made = at.client.send(&format!("make the security group {name}"), make).await;
        let made = made.map_err(|trouble| taken(&name, trouble))?;
        let id = made.group_id.ok_or_else(|| ec2::nameless("security group"))?;
        at.exists(fields! { id: &id, name: &name });
        sync::begin(at, &id, wanted).await?;
        Ok(fields! { id: &id, name: &name })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let item = ec2::one::<Item>(at.client, known.id()).await?;
        Ok(item.map(|item| read(at.client, known, item)))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        let id = prior.id();
        for way in [rules::Way::In, rules::Way::Out] {
            let (before, after) = (prior.blocks(way.name()), wanted.blocks(way.name()));
            sync::apply(at, id, way, rules::atoms_of(&before, id), rules::atoms_of(&after, id)).await?;
        }
        ec2::retag(at, prior, wanted, id).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let (id, inside) = (prior.id(), ec2::only("group-id", prior.id()));
        if prior.is("revoke_rules_on_delete") {
            revoke_all(at, id).await?;
        }
        let what = format!("the security group {id}");
        let delete = || async {
            let delete = |ec2: Ec2| ec2.delete_security_group().group_id(id).send();
            at.client.put(&format!("delete {what}"), delete).await.or_absent()
        };
        match remove(at, Doomed { prior, what: &what, inside }, delete).await {
            Err(error) if error.kind == ErrorKind::Conflict => Err(sync::named_by(at, id, error).await),
            result => result,
        }
    }

    async fn import(&self, _: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        Ok(fields! { id: id, revoke_rules_on_delete: false })
    }

    async fn find(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Option<Fields>, KindError> {
        let item = ec2::marked::<Item>(at).await?;
        Ok(item.map(|item| ec2::found(&item, wanted, at.client)))
    }

    async fn list(&self, at: &At<'_, Client>, request: ListRequest<'_>) -> Result<KindPage, KindError> {
        let nothing = model::Value::null();
        ec2::page::<Item>(at, request, |item| read(at.client, Given::new(&nothing), item)).await
    }

    fn as_read(&self, prior: Given<'_>, listed: Fields) -> Fields {
        tags::as_read(prior, rules::as_read(prior, listed))
    }

    fn upgrade(&self, _: u64, stored: &str) -> Result<String, KindError> {
        Ok(stored.to_owned())
    }
}

/// All attributes, of one answer.
fn read(client: &Client, known: Given<'_>, group: Item) -> Fields {
    let tags = tags::seen(client, known, group.labels());
    let (partition, region) = (client.partition(), client.region());
    let (id, owner) = (group.id().to_owned(), group.owner_id.clone().unwrap_or_default());
    let rules_of = |way: rules::Way| {
        let seen = rules::seen(way.of(&group), &id, &owner);
        rules::shaped(&known.blocks(way.name()), &id, seen)
    };
    let (ingress, egress) = (rules_of(rules::Way::In), rules_of(rules::Way::Out));
    let name = group.group_name.unwrap_or_default();
    let told = fields! {
        arn: format!("arn:{partition}:ec2:{region}:{owner}:security-group/{id}"),
        description: group.description,
        egress: egress,
        id: id,
        ingress: ingress,
        name_prefix: known.string("name_prefix").or_else(|| names::prefix_of(&name).map(str::to_owned)).unwrap_or_default(),
        name: name,
        owner_id: owner,
        vpc_id: group.vpc_id,
    };
    told.and(tags)
}

fn taken(name: &str, trouble: Trouble) -> ProviderError {
    if !trouble.is(&["InvalidGroup.Duplicate"]) {
        return trouble.into();
    }
    let detail = format!(
        "A security group {name:?} is in this VPC already, and not this configuration's. Choose another name, or import it."
    );
    ProviderError::new(ErrorKind::Conflict, "Security group is there already", detail)
}
