//! EC2: its client, its tags, and objects that it describes.

use std::ops::Deref;

use async_trait::async_trait;
use aws_sdk_ec2::types::{
    Filter, InternetGateway, NatGateway, NetworkInterface, ResourceType, RouteTable, SecurityGroup,
    SecurityGroupRule, Subnet, Tag, TagSpecification, Vpc, VpcEndpoint,
};
use aws_types::SdkConfig;
use provider::sheet::{At, Fields, Given, KindError, KindPage};
use provider::{ListRequest, Listed, Ownership, ProviderError, text};
use provider_aws::tags::{self, Tags};
use provider_aws::{Client, OrAbsent, Service, Trouble};

/// EC2 in a region.
#[derive(Clone)]
pub(crate) struct Ec2(aws_sdk_ec2::Client);

impl Service for Ec2 {
    const NAMES: &'static [&'static str] = &["ec2"];

    fn connect(config: &SdkConfig, _client: &Client) -> Self {
        Ec2(aws_sdk_ec2::Client::new(config))
    }
}

impl Deref for Ec2 {
    type Target = aws_sdk_ec2::Client;

    fn deref(&self) -> &aws_sdk_ec2::Client {
        &self.0
    }
}

/// The tags of a new object, as a create takes them.
pub(crate) fn tagged(
    at: &At<'_, Client>,
    wanted: Given<'_>,
    kind: ResourceType,
) -> Option<Vec<TagSpecification>> {
    let tags = list_of(tags::wanted(at, wanted));
    let specification = TagSpecification::builder().resource_type(kind).set_tags(Some(tags)).build();
    specification.tags.as_ref().is_some_and(|tags| !tags.is_empty()).then(|| vec![specification])
}

fn list_of(tags: Tags) -> Vec<Tag> {
    tags.into_iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}

/// Tags by their keys.
fn by_key(tags: Option<&[Tag]>) -> Tags {
    let tag = |tag: &Tag| Some((tag.key.clone()?, tag.value.clone().unwrap_or_default()));
    tags.unwrap_or_default().iter().filter_map(tag).collect()
}

/// Brings the tags of an object to what is wanted.
pub(crate) async fn retag(
    at: &At<'_, Client>,
    prior: Given<'_>,
    wanted: Given<'_>,
    id: &str,
) -> Result<(), KindError> {
    let (set, gone) = tags::changes(prior, wanted);
    let what = format!("tag {id}");
    if !gone.is_empty() {
        let gone: Vec<Tag> = gone.into_iter().map(|key| Tag::builder().key(key).build()).collect();
        let delete = |ec2: Ec2| ec2.delete_tags().resources(id).set_tags(Some(gone.clone())).send();
        at.client.put(&what, delete).await?;
    }
    if !set.is_empty() {
        let set = list_of(set);
        let create = |ec2: Ec2| ec2.create_tags().resources(id).set_tags(Some(set.clone())).send();
        at.client.put(&what, create).await?;
    }
    Ok(())
}

/// What chooses objects by an attribute.
pub(crate) fn filter(name: &str, values: impl IntoIterator<Item = impl Into<String>>) -> Filter {
    let values = values.into_iter().map(Into::into).collect();
    Filter::builder().name(name).set_values(Some(values)).build()
}

/// What chooses objects by one value of an attribute.
pub(crate) fn only(name: &str, value: &str) -> Filter {
    filter(name, [value])
}

/// Which objects are described.
pub(crate) enum By<'b> {
    /// One, by its identifier.
    Id(&'b str),
    /// A page of those that filters choose.
    Filters(Vec<Filter>, Option<String>),
}

/// An object of EC2's that one question describes with all its tags.
#[async_trait]
pub(crate) trait Described: Sized + Send + Sync + 'static {
    /// Its identifier.
    fn id(&self) -> &str;

    /// Its tags.
    fn labels(&self) -> Tags;

    /// Whether it is there; something deleted is described for a while.
    fn is_there(&self) -> bool {
        true
    }

    /// Asks for a page of them.
    async fn ask(client: &Client, by: &By<'_>) -> Result<(Vec<Self>, Option<String>), Trouble>;
}

macro_rules! described {
    ($($item:ident: $what:literal, $describe:ident, $ids:ident, $filters:ident, $found:ident, $id:ident,
       $tags:ident $(, there $there:expr)?;)+) => {$(
        #[async_trait]
        impl Described for $item {
            fn id(&self) -> &str {
                self.$id.as_deref().unwrap_or_default()
            }

            fn labels(&self) -> Tags {
                by_key(self.$tags.as_deref())
            }

            $(fn is_there(&self) -> bool {
                let there: fn(&$item) -> bool = $there;
                there(self)
            })?

            async fn ask(client: &Client, by: &By<'_>) -> Result<(Vec<Self>, Option<String>), Trouble> {
                let what = match by {
                    By::Id(id) => format!("read the {} {id}", $what),
                    By::Filters(..) => format!("look for each {}", $what),
                };
                let ask = |ec2: Ec2| {
                    let request = ec2.$describe();
                    match by {
                        By::Id(id) => request.$ids(Some(vec![(*id).to_owned()])).send(),
                        By::Filters(filters, after) => {
                            request.$filters(Some(filters.clone())).set_next_token(after.clone()).send()
                        }
                    }
                };
                let answer = client.ask(&what, ask).await.or_absent()?;
                let Some(answer) = answer else { return Ok((Vec::new(), None)) };
                Ok((answer.$found.unwrap_or_default(), answer.next_token.filter(|next| !next.is_empty())))
            }
        }
    )+};
}

described! {
    Vpc: "VPC", describe_vpcs, set_vpc_ids, set_filters, vpcs, vpc_id, tags;
    Subnet: "subnet", describe_subnets, set_subnet_ids, set_filters, subnets, subnet_id, tags;
    InternetGateway: "internet gateway", describe_internet_gateways, set_internet_gateway_ids, set_filters,
        internet_gateways, internet_gateway_id, tags;
    NatGateway: "NAT gateway", describe_nat_gateways, set_nat_gateway_ids, set_filter, nat_gateways, nat_gateway_id, tags,
        there |gateway| !gateway.state.as_ref().is_some_and(|state| ["deleted", "deleting"].contains(&state.as_str()));
    RouteTable: "route table", describe_route_tables, set_route_table_ids, set_filters, route_tables, route_table_id, tags;
    SecurityGroup: "security group", describe_security_groups, set_group_ids, set_filters, security_groups, group_id, tags;
    SecurityGroupRule: "rule", describe_security_group_rules, set_security_group_rule_ids, set_filters,
        security_group_rules, security_group_rule_id, tags;
    VpcEndpoint: "VPC endpoint", describe_vpc_endpoints, set_vpc_endpoint_ids, set_filters, vpc_endpoints, vpc_endpoint_id,
        tags, there |endpoint| !endpoint.state.as_ref().is_some_and(|state| ["deleted", "deleting"].contains(&&*state.as_str().to_lowercase()));
    NetworkInterface: "network interface", describe_network_interfaces, set_network_interface_ids, set_filters,
        network_interfaces, network_interface_id, tag_set;
}

#[async_trait]
impl Described for aws_sdk_ec2::types::Address {
    fn id(&self) -> &str {
        self.allocation_id.as_deref().unwrap_or_default()
    }

    fn labels(&self) -> Tags {
        by_key(self.tags.as_deref())
    }

    async fn ask(client: &Client, by: &By<'_>) -> Result<(Vec<Self>, Option<String>), Trouble> {
        let ask = |ec2: Ec2| match by {
            By::Id(id) => ec2.describe_addresses().allocation_ids(*id).send(),
            By::Filters(filters, _) => ec2.describe_addresses().set_filters(Some(filters.clone())).send(),
        };
        let answer = client.ask("read addresses", ask).await.or_absent()?;
        Ok((answer.and_then(|answer| answer.addresses).unwrap_or_default(), None))
    }
}

/// An object by its identifier.
pub(crate) async fn one<T: Described>(client: &Client, id: &str) -> Result<Option<T>, Trouble> {
    let (found, _) = T::ask(client, &By::Id(id)).await?;
    Ok(found.into_iter().find(|item| item.id() == id && item.is_there()))
}

/// All objects that filters choose.
pub(crate) async fn all<T: Described>(client: &Client, filters: Vec<Filter>) -> Result<Vec<T>, Trouble> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let (found, next) = T::ask(client, &By::Filters(filters.clone(), after)).await?;
        all.extend(found.into_iter().filter(T::is_there));
        match next {
            Some(next) => after = Some(next),
            None => return Ok(all),
        }
    }
}

/// The object of a create whose answer was lost: it carries its marks, and is none that is recorded.
pub(crate) async fn marked<T: Described>(at: &At<'_, Client>) -> Result<Option<T>, KindError> {
    let Some(marks) = at.call.ownership else { return Ok(None) };
    let filters = marks.tags().map(|(key, value)| only(&format!("tag:{key}"), value)).to_vec();
    let recorded = |item: &T| at.call.known.iter().any(|o| text(&o.value, "id") == Some(item.id()));
    Ok(all::<T>(at.client, filters).await?.into_iter().find(|item| !recorded(item)))
}

/// What identifies an object that was found by its marks.
pub(crate) fn found<T: Described>(item: &T, wanted: Given<'_>, client: &Client) -> Fields {
    Fields::new().with("id", item.id()).and(tags::seen(client, wanted, item.labels()))
}

/// A page of the objects that carry marks.
pub(crate) async fn page<T: Described>(
    at: &At<'_, Client>,
    request: ListRequest<'_>,
    fields: impl Fn(T) -> Fields,
) -> Result<KindPage, KindError> {
    page_of(at, request, |_| true, fields).await
}

/// A page of those objects that carry marks and are of a type, where several types share a question.
pub(crate) async fn page_of<T: Described>(
    at: &At<'_, Client>,
    request: ListRequest<'_>,
    is_of: impl Fn(&T) -> bool,
    fields: impl Fn(T) -> Fields,
) -> Result<KindPage, KindError> {
    let filter = match request.lineage {
        Some(lineage) => only("tag:stackwright-lineage", lineage),
        None => only("tag-key", "stackwright-lineage"),
    };
    let by = By::Filters(vec![filter], request.after.map(str::to_owned));
    let (items, next) = T::ask(at.client, &by).await?;
    let listed = |item: T| {
        let labels = item.labels();
        let marks = Ownership::among(|key| labels.get(key).map(String::as_str))?;
        Some((Listed { id: item.id().to_owned(), marks }, fields(item)))
    };
    Ok(KindPage {
        found: items.into_iter().filter(|item| item.is_there() && is_of(item)).filter_map(listed).collect(),
        next,
    })
}

/// A new object without an identifier.
pub(crate) fn nameless(what: &str) -> ProviderError {
    let detail = format!("The answer to the request to make a {what} does not name it.");
    ProviderError::new(provider::ErrorKind::Lost, "Answer is incomplete", detail)
}

/// The token by which a create that is sent twice makes one object.
pub(crate) fn token(at: &At<'_, Client>) -> Option<String> {
    at.call.attempt.map(|attempt| attempt.token.clone()).filter(|token| !token.is_empty())
}
