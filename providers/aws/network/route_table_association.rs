//! `aws_route_table_association`.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_ec2::types::{RouteTable, RouteTableAssociation as Item};
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, ProviderError, fields};
use provider_aws::{Client, OrAbsent, Trouble, Waiting, wait};

use crate::ec2::{self, Ec2};

/// The resource type.
pub(crate) struct RouteTableAssociation;

#[async_trait]
impl Kind for RouteTableAssociation {
    type Client = Client;
    const NAME: &'static str = "aws_route_table_association";
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = "\
Which route table a subnet or a gateway goes by.

gateway_id optional fixed string | The gateway.
id optional computed string | Its identifier.
route_table_id required string | The route table.
subnet_id optional fixed string | The subnet.
timeouts block single | How long operations may take.
  create optional string | As `5m`.
  delete optional string | As `5m`.
  update optional string | As `2m`.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let ends = ["gateway_id", "subnet_id"];
        let said = ends.iter().filter(|end| config.text(end).is_some() || config.is_unknown(end)).count();
        let detail = "Exactly one of `gateway_id` and `subnet_id` is needed.";
        let wrong = (said != 1).then(|| ProviderError::invalid("Invalid combination of arguments", detail));
        wrong.into_iter().collect()
    }

    fn plan(&self, _: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        // Another table makes another association of it.
        if draft.changes("route_table_id") {
            draft.forget("id");
        }
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let table = wanted.str("route_table_id");
        let associate = |ec2: Ec2| {
            ec2.associate_route_table()
                .route_table_id(table)
                .set_subnet_id(wanted.string("subnet_id"))
                .set_gateway_id(wanted.string("gateway_id"))
                .send()
        };
        let made = at.client.send(&format!("associate the route table {table}"), associate).await?;
        let id = made.association_id.ok_or_else(|| ec2::nameless("association of a route table"))?;
        at.exists(fields! { id: &id });
        associated(at, &id, table, wanted).await?;
        Ok(fields! { id: &id })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let id = known.id();
        let filter = ec2::only("association.route-table-association-id", id);
        let found =
            look(at.client, vec![filter], |item| item.route_table_association_id.as_deref() == Some(id));
        Ok(found.await?.map(fields))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        let (id, table) = (prior.id(), wanted.str("route_table_id"));
        if !prior.differs(wanted, "route_table_id") {
            return Ok(());
        }
        let replace =
            |ec2: Ec2| ec2.replace_route_table_association().association_id(id).route_table_id(table).send();
        let made = at.client.send(&format!("associate the route table {table}"), replace).await?;
        let id = made.new_association_id.ok_or_else(|| ec2::nameless("association of a route table"))?;
        at.exists(fields! { id: &id });
        associated(at, &id, table, wanted).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let id = prior.id();
        let undo = |ec2: Ec2| ec2.disassociate_route_table().association_id(id).send();
        at.client.put(&format!("dissociate a route table ({id})"), undo).await.or_absent()?;
        Ok(())
    }

    async fn import(&self, at: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        let parts = id.split_once('/').filter(|(end, table)| !end.is_empty() && !table.is_empty());
        let (end, table) = parts.ok_or_else(|| {
            let detail =
                format!("{id:?} is not SUBNET/ROUTE-TABLE or GATEWAY/ROUTE-TABLE, as subnet-1/rtb-1.");
            ProviderError::invalid("Invalid import identifier", detail)
        })?;
        let found =
            look(at.client, vec![ec2::only("route-table-id", table)], |item| is_at(item, end)).await?;
        found.map(fields).ok_or_else(|| {
            let detail = format!("The route table {table} is not associated with {end}.");
            ProviderError::new(provider::ErrorKind::NotFound, "No such association", detail)
        })
    }

    async fn find(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Option<Fields>, KindError> {
        let end = wanted.text("subnet_id").unwrap_or(wanted.str("gateway_id"));
        let filter = vec![ec2::only("route-table-id", wanted.str("route_table_id"))];
        Ok(look(at.client, filter, |item| is_at(item, end)).await?.map(fields))
    }
}

fn is_at(item: &Item, end: &str) -> bool {
    [&item.subnet_id, &item.gateway_id].iter().any(|id| id.as_deref() == Some(end))
}

fn fields(item: Item) -> Fields {
    fields! {
        gateway_id: item.gateway_id.unwrap_or_default(),
        id: item.route_table_association_id,
        route_table_id: item.route_table_id,
        subnet_id: item.subnet_id.unwrap_or_default(),
    }
}

fn state(item: &Item) -> &str {
    let state = item.association_state.as_ref().and_then(|state| state.state.as_ref());
    state.map_or("associated", |state| state.as_str())
}

/// An association of the tables that a filter chooses.
async fn look(
    client: &Client,
    filters: Vec<aws_sdk_ec2::types::Filter>,
    is_it: impl Fn(&Item) -> bool,
) -> Result<Option<Item>, Trouble> {
    let tables = ec2::all::<RouteTable>(client, filters).await?;
    let all = tables.into_iter().flat_map(|table| table.associations.unwrap_or_default());
    let is_there = |item: &Item| !["disassociated", "disassociating"].contains(&state(item));
    Ok(all.filter(is_there).find(is_it))
}

async fn associated(at: &At<'_, Client>, id: &str, table: &str, wanted: Given<'_>) -> Result<(), KindError> {
    let what = format!("the route table {table} to be associated");
    let (every, limit) = (Duration::from_secs(3), Duration::from_secs(5 * 60));
    let is_it = |item: &Item| item.route_table_association_id.as_deref() == Some(id);
    let look = || async {
        let item = look(at.client, vec![ec2::only("route-table-id", table)], is_it).await?;
        let state = item.map_or("not seen yet".to_owned(), |item| state(&item).to_owned());
        Ok(if state == "associated" { Ok(()) } else { Err(state) })
    };
    wait(at, Waiting { what: &what, every, limit }.limited_by(wanted, "create"), look).await
}
