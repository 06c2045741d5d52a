//! What is in the way of a cluster's deletion.

use provider::{ErrorKind, ProviderError};

use crate::eks::Eks;
use crate::{Client, Trouble};

/// Says by name what is still in a cluster.
pub(super) async fn refusal(client: &Client, name: &str, trouble: Trouble) -> ProviderError {
    match left(client, name).await {
        Ok(left) if !left.is_empty() => {
            let detail = format!(
                "The cluster {name} still has {}. Delete them, or take them into the configuration, and run the command again.",
                left.join(", ")
            );
            ProviderError::new(ErrorKind::Conflict, "Cluster is not empty", detail)
        }
        _ => trouble.into(),
    }
}

async fn left(client: &Client, name: &str) -> Result<Vec<String>, Trouble> {
    let what = format!("look what is in the cluster {name}");
    let groups = client.ask(&what, |eks: Eks| eks.list_nodegroups().cluster_name(name).send()).await?;
    let profiles =
        client.ask(&what, |eks: Eks| eks.list_fargate_profiles().cluster_name(name).send()).await?;
    let groups =
        groups.nodegroups.unwrap_or_default().into_iter().map(|group| format!("the node group {group}"));
    let profiles = profiles.fargate_profile_names.unwrap_or_default().into_iter();
    Ok(groups.chain(profiles.map(|profile| format!("the Fargate profile {profile}"))).collect())
}
