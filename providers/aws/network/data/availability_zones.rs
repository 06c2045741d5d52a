//! `data.aws_availability_zones`.

use std::collections::BTreeSet;

use async_trait::async_trait;
use aws_sdk_ec2::types::AvailabilityZone;
use provider::fields;
use provider::sheet::{At, Fields, Given, KindError, Source};
use provider_aws::Client;

use crate::ec2::{self, Ec2};

/// The data source.
pub(crate) struct AvailabilityZones;

#[async_trait]
impl Source for AvailabilityZones {
    type Client = Client;
    const NAME: &'static str = "aws_availability_zones";
    const SHEET: &'static str = "\
The zones of the region.

all_availability_zones optional bool | Whether zones count that the account has not opted into.
exclude_names optional set(string) | Zones that do not count, by their names.
exclude_zone_ids optional set(string) | Zones that do not count, by their identifiers.
group_names computed set(string) | The groups of the zones.
id optional computed string | The region.
names computed list(string) | The names, in order.
state optional string | The state that they are in: `available`.
zone_ids computed list(string) | The identifiers, in the order of the names.
filter block set | What chooses zones.
  name required string | By what.
  values required set(string) | One of these.
timeouts block single | How long operations may take.
  read optional string | As `20m`.
";

    async fn read(&self, at: &At<'_, Client>, config: Given<'_>) -> Result<Fields, KindError> {
        let mut filters = super::own(config);
        filters.extend(config.text("state").map(|state| ec2::only("state", state)));
        let all = config.is("all_availability_zones");
        let ask = |ec2: Ec2| {
            let filters = Some(filters.clone()).filter(|filters| !filters.is_empty());
            ec2.describe_availability_zones().set_filters(filters).all_availability_zones(all).send()
        };
        let answer = at.client.ask("read the zones of the region", ask).await?;
        let zones = answer.availability_zones.unwrap_or_default();
        Ok(read(at.client.region(), config, zones))
    }
}

fn read(region: &str, config: Given<'_>, mut zones: Vec<AvailabilityZone>) -> Fields {
    let (names, ids) = (config.texts("exclude_names"), config.texts("exclude_zone_ids"));
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    zones.retain(|zone| !names.contains(&text(&zone.zone_name)) && !ids.contains(&text(&zone.zone_id)));
    zones.sort_by_key(|zone| text(&zone.zone_name));
    let groups: BTreeSet<String> = zones.iter().map(|zone| text(&zone.group_name)).collect();
    let groups: Vec<String> = groups.into_iter().collect();
    fields! {
        group_names: groups,
        id: region,
        names: zones.iter().map(|zone| text(&zone.zone_name)).collect::<Vec<_>>(),
        zone_ids: zones.iter().map(|zone| text(&zone.zone_id)).collect::<Vec<_>>(),
    }
}

#[cfg(test)]
mod tests {
    use provider::sheet::IntoValue;

    use super::*;

    #[test]
    fn excluded_zones_do_not_count_and_the_rest_is_in_order() {
        let zone = |name: &str, id: &str| AvailabilityZone::builder().zone_name(name).zone_id(id).build();
        let config = fields! { exclude_names: vec!["a"] }.into_value();
        let read = read("r", Given::new(&config), vec![zone("c", "3"), zone("a", "1"), zone("b", "2")]);
        let value = read.into_value();
        assert_eq!(Given::new(&value).texts("names"), ["b", "c"]);
        assert_eq!(Given::new(&value).texts("zone_ids"), ["2", "3"]);
    }
}
