//! Whether the range of a subnet lies in its VPC and beside all others: the ones that there are, and the ones that are planned.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use aws_sdk_ec2::types::{Subnet, Vpc};
use model::Path;
use provider::cidr::Cidr;
use provider::sheet::{At, Draft, KindError};
use provider::{Ownership, ProviderError};
use provider_aws::Client;

use crate::ec2::{self, Described};

/// The subnets that are planned: by VPC and address, their ranges.
#[derive(Default)]
pub(super) struct Neighbours(Mutex<BTreeMap<(String, String), Cidr>>);

impl Neighbours {
    /// Refuses a new subnet whose range cannot be had, as far as the VPC is known.
    pub(super) async fn look_ahead(&self, at: &At<'_, Client>, draft: &Draft<'_>) -> Result<(), KindError> {
        let planned = draft.planned();
        let (Some(vpc), Some(Ok(range))) =
            (planned.text("vpc_id"), planned.text("cidr_block").map(Cidr::parse))
        else {
            return Ok(());
        };
        if let Some(neighbour) = self.note(vpc, &at.call.address.to_string(), range) {
            return Err(fault(format!("the range of {neighbour}, which is planned too, overlaps it")));
        }
        let is_new = draft
            .prior
            .is_none_or(|prior| prior.differs(planned, "cidr_block") || prior.differs(planned, "vpc_id"));
        if is_new {
            self.compare(at, vpc, range, draft.prior.map_or("", |prior| prior.id())).await
        } else {
            Ok(())
        }
    }

    /// Notes a planned range; gives another planned one that it overlaps.
    fn note(&self, vpc: &str, address: &str, range: Cidr) -> Option<String> {
        let mut planned = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let overlapping = planned
            .iter()
            .find(|((of, other), taken)| of == vpc && other != address && taken.overlaps(range))
            .map(|((_, other), _)| other.clone());
        planned.insert((vpc.to_owned(), address.to_owned()), range);
        overlapping
    }

    /// Compares with what there is. Subnets of the same state may go in the same run.
    async fn compare(&self, at: &At<'_, Client>, vpc: &str, range: Cidr, own: &str) -> Result<(), KindError> {
        let Some(network) = ec2::one::<Vpc>(at.client, vpc).await? else { return Ok(()) };
        let blocks = network.cidr_block_association_set.unwrap_or_default().into_iter();
        let blocks: Vec<String> =
            blocks.filter_map(|block| block.cidr_block).chain(network.cidr_block).collect();
        let holds = |block: &String| Cidr::parse(block).is_ok_and(|block| block.holds(range));
        if !blocks.is_empty() && !blocks.iter().any(holds) {
            return Err(fault(format!("it lies outside of the VPC {vpc}, which has {}", blocks.join(", "))));
        }
        let lineage = at.call.ownership.map(|marks| &marks.lineage);
        let is_ours = |subnet: &Subnet| {
            let labels = subnet.labels();
            let marks = Ownership::among(|key| labels.get(key).map(String::as_str));
            marks.is_some_and(|marks| Some(&marks.lineage) == lineage)
        };
        let others = ec2::all::<Subnet>(at.client, vec![ec2::only("vpc-id", vpc)]).await?;
        let overlaps = |subnet: &&Subnet| {
            let taken = subnet.cidr_block.as_deref().map(Cidr::parse);
            matches!(taken, Some(Ok(taken)) if taken.overlaps(range))
                && subnet.id() != own
                && !is_ours(subnet)
        };
        match others.iter().find(overlaps) {
            Some(other) => {
                let block = other.cidr_block.as_deref().unwrap_or_default();
                Err(fault(format!("the subnet {} has {block} already", other.id())))
            }
            None => Ok(()),
        }
    }
}

fn fault(why: String) -> ProviderError {
    let detail = format!("The range of this subnet can't be had: {why}. Choose a free one.");
    ProviderError::invalid("Range of addresses is taken", detail).at(Path::of_attr("cidr_block"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planned_ranges_are_compared_within_a_vpc() {
        let neighbours = Neighbours::default();
        let note = |vpc, address, range| neighbours.note(vpc, address, Cidr::parse(range).unwrap());
        assert_eq!(note("vpc-1", "aws_subnet.a", "10.0.0.0/24"), None);
        assert_eq!(note("vpc-1", "aws_subnet.b", "10.0.0.128/25"), Some("aws_subnet.a".into()));
        assert_eq!(note("vpc-2", "aws_subnet.c", "10.0.0.0/24"), None);
        assert_eq!(note("vpc-1", "aws_subnet.a", "10.0.0.0/24"), Some("aws_subnet.b".into()));
        assert_eq!(note("vpc-1", "aws_subnet.b", "10.0.1.0/25"), None);
    }
}
