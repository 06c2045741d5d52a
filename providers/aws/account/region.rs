//! The data source `aws_region`.

use async_trait::async_trait;
use provider::sheet::{At, Fields, Given, KindError, Source};
use provider::{ProviderError, fields};

use crate::{Client, client};

/// The data source.
pub(crate) struct Region;

/// The regions and where they are, a line each.
const REGIONS: &str = include_str!("regions.txt");

#[async_trait]
impl Source for Region {
    type Client = Client;
    const NAME: &'static str = "aws_region";
    const SHEET: &'static str = "\
A region: the provider's, or one that is named. Nothing is asked of AWS.

description computed string | Where it is: `Europe (Frankfurt)`.
endpoint optional computed string | The host of EC2 in it, by which a region may be named too.
id optional computed string | Its name.
name optional computed string | Its name: `eu-central-1`.
";

    async fn read(&self, at: &At<'_, Client>, config: Given<'_>) -> Result<Fields, KindError> {
        let by_host = config.text("endpoint");
        let of_host = by_host.and_then(|host| host.strip_prefix("ec2.")?.split('.').next());
        let name = config.text("name").or(of_host).unwrap_or(at.client.region());
        let host = format!("ec2.{name}.{}", client::dns_suffix_of(client::partition_of(name)));
        let known =
            REGIONS.lines().filter_map(|line| line.split_once(' ')).find(|(region, _)| *region == name);
        let description = known.map(|(_, description)| description);
        // A region that is newer than this program is known by the provider's own configuration.
        let is_unknown = description.is_none() && name != at.client.region();
        if is_unknown || by_host.is_some_and(|wanted| wanted != host) {
            let detail = format!("There is no region {:?}.", by_host.unwrap_or(name));
            return Err(ProviderError::invalid("No such region", detail));
        }
        Ok(fields! { description: description.unwrap_or_default(), endpoint: host, id: name, name: name })
    }
}
