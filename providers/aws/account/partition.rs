//! The data source `aws_partition`.

use async_trait::async_trait;
use provider::fields;
use provider::sheet::{At, Fields, Given, KindError, Source};

use crate::Client;

/// The data source.
pub(crate) struct Partition;

#[async_trait]
impl Source for Partition {
    type Client = Client;
    const NAME: &'static str = "aws_partition";
    const SHEET: &'static str = "\
The part of AWS that the provider's region lies in. Nothing is asked of AWS.

dns_suffix computed string | What the names of hosts end with: `amazonaws.com`.
id optional computed string | The partition.
partition computed string | The partition, the second part of ARNs: `aws`.
reverse_dns_prefix computed string | The end of the names of hosts, backwards: `com.amazonaws`.
";

    async fn read(&self, at: &At<'_, Client>, _: Given<'_>) -> Result<Fields, KindError> {
        let (partition, suffix) = (at.client.partition(), at.client.dns_suffix());
        let reversed = suffix.rsplit('.').collect::<Vec<_>>().join(".");
        Ok(fields! { dns_suffix: suffix, id: partition, partition: partition, reverse_dns_prefix: reversed })
    }
}
