//! Changes of a cluster. EKS takes one kind of change at a time, and makes it in its own time.

use std::time::Duration;

use aws_sdk_eks::operation::update_cluster_config::builders::UpdateClusterConfigFluentBuilder;
use aws_sdk_eks::types::{UpdateAccessConfigRequest, VpcConfigRequest};
use provider::sheet::{At, Given, KindError};

use super::{active, request};
use crate::eks::{Eks, Updated, followed};
use crate::{Client, Waiting, wait};

/// Makes every change.
pub(super) async fn apply(at: &At<'_, Client>, prior: Given<'_>, wanted: Given<'_>) -> Result<(), KindError> {
    let change = Change { at, name: prior.id(), prior, wanted };
    change.access().await?;
    change.automatic().await?;
    change.encryption().await?;
    change.logging().await?;
    change.network().await?;
    change.others().await?;
    change.version().await
}

/// The versions on the way from one to another, minor by minor.
pub(super) fn steps(before: &str, wanted: &str) -> Result<Vec<String>, String> {
    let read = |version: &str| -> Option<(u32, u32)> {
        let (major, minor) = version.split_once('.')?;
        Some((major.parse().ok()?, minor.parse().ok()?))
    };
    let (Some((major, from)), Some((target, to))) = (read(before), read(wanted)) else {
        return Ok(vec![wanted.to_owned()]);
    };
    if (target, to) < (major, from) {
        let why = format!(
            "A cluster of version {before} can't go back to {wanted}. Leave `version` at {before}, or make another cluster."
        );
        return Err(why);
    }
    if target != major {
        return Ok(vec![wanted.to_owned()]);
    }
    Ok((from + 1..=to).map(|minor| format!("{major}.{minor}")).collect())
}

struct Change<'c> {
    at: &'c At<'c, Client>,
    name: &'c str,
    prior: Given<'c>,
    wanted: Given<'c>,
}

impl Change<'_> {
    fn differs(&self, name: &str) -> bool {
        self.prior.differs(self.wanted, name)
    }

    fn differs_within(&self, block: &str, names: &[&str]) -> bool {
        match (self.prior.block(block), self.wanted.block(block)) {
            (Some(old), Some(new)) => old.differs_in(new, names),
            (old, new) => old.is_some() != new.is_some(),
        }
    }

    /// Sends one change and waits for it. While another one is under way it is refused, and is sent again.
    async fn send(
        &self,
        what: &str,
        fill: impl Fn(UpdateClusterConfigFluentBuilder) -> UpdateClusterConfigFluentBuilder + Sync,
    ) -> Result<(), KindError> {
        let (name, at) = (self.name, self.at);
        let cluster = format!("the cluster {name}");
        let waited = format!("{cluster} to take a change");
        let limit = Duration::from_secs(20 * 60);
        let waiting = Waiting { what: &waited, every: Duration::from_secs(15), limit };
        let look = || async {
            let update = |eks: Eks| fill(eks.update_cluster_config().name(name)).send();
            match at.client.send(&format!("change {what} of {cluster}"), update).await {
                Ok(answer) => Ok(Ok(answer.update)),
                Err(trouble) if trouble.is(&["ResourceInUseException"]) => Ok(Err(trouble.message)),
                Err(trouble) => Err(trouble),
            }
        };
        let update = wait(at, waiting, look).await?;
        let updated = Updated { what: &cluster, cluster: name, node_group: None, addon: None };
        followed(at, updated, update, self.wanted).await
    }

    async fn access(&self) -> Result<(), KindError> {
        let mode = self.wanted.block("access_config").and_then(|block| block.text("authentication_mode"));
        let Some(mode) = mode.filter(|_| self.differs_within("access_config", &["authentication_mode"]))
        else {
            return Ok(());
        };
        let access = UpdateAccessConfigRequest::builder().authentication_mode(mode.into()).build();
        self.send("the access", |request| request.access_config(access.clone())).await
    }

    /// Nodes, balancers and volumes that EKS makes by itself change together.
    async fn automatic(&self) -> Result<(), KindError> {
        let wanted = self.wanted;
        let balancing = ["elastic_load_balancing"];
        let differs = self.differs("compute_config") || self.differs("storage_config");
        if !differs && !self.differs_within("kubernetes_network_config", &balancing) {
            return Ok(());
        }
        let fill = |request: UpdateClusterConfigFluentBuilder| {
            request
                .set_compute_config(request::compute(wanted))
                .set_kubernetes_network_config(request::network_change(wanted))
                .set_storage_config(request::storage(wanted))
        };
        self.send("what is made by itself", fill).await
    }

    async fn encryption(&self) -> Result<(), KindError> {
        let config = request::encryption(self.wanted).filter(|_| self.differs("encryption_config"));
        let Some(config) = config else { return Ok(()) };
        let name = self.name;
        let associate = |eks: Eks| {
            let request = eks.associate_encryption_config().cluster_name(name);
            request.set_encryption_config(Some(config.clone())).send()
        };
        let what = format!("encrypt the secrets of the cluster {name}");
        let update = self.at.client.send(&what, associate).await?.update;
        let cluster = format!("the cluster {name}");
        let updated = Updated { what: &cluster, cluster: name, node_group: None, addon: None };
        followed(self.at, updated, update, self.wanted).await
    }

    async fn logging(&self) -> Result<(), KindError> {
        if !self.differs("enabled_cluster_log_types") {
            return Ok(());
        }
        let logs = |object: Given<'_>| object.texts("enabled_cluster_log_types");
        let logging = request::logging(&logs(self.prior), &logs(self.wanted));
        self.send("the logs", |request| request.logging(logging.clone())).await
    }

    /// The endpoint first, then the subnets and groups, which EKS takes only by themselves.
    async fn network(&self) -> Result<(), KindError> {
        let Some(vpc) = self.wanted.block("vpc_config") else { return Ok(()) };
        let endpoint = ["endpoint_private_access", "endpoint_public_access", "public_access_cidrs"];
        if self.differs_within("vpc_config", &endpoint) {
            let config = VpcConfigRequest::builder()
                .set_endpoint_private_access(vpc.flag("endpoint_private_access"))
                .set_endpoint_public_access(vpc.flag("endpoint_public_access"))
                .set_public_access_cidrs(vpc.some_texts("public_access_cidrs"))
                .build();
            self.send("the endpoint", |request| request.resources_vpc_config(config.clone())).await?;
        }
        if self.differs_within("vpc_config", &["security_group_ids", "subnet_ids"]) {
            let config = VpcConfigRequest::builder()
                .set_security_group_ids(Some(vpc.texts("security_group_ids")))
                .set_subnet_ids(vpc.some_texts("subnet_ids"))
                .build();
            self.send("the network", |request| request.resources_vpc_config(config.clone())).await?;
        }
        Ok(())
    }

    async fn others(&self) -> Result<(), KindError> {
        let wanted = self.wanted;
        if let Some(policy) = request::upgrade_policy(wanted).filter(|_| self.differs("upgrade_policy")) {
            self.send("the upgrade policy", |request| request.upgrade_policy(policy.clone())).await?;
        }
        if let Some(shift) = request::zonal_shift(wanted).filter(|_| self.differs("zonal_shift_config")) {
            self.send("the zonal shift", |request| request.zonal_shift_config(shift.clone())).await?;
        }
        if self.differs("remote_network_config") {
            let remote = wanted.block("remote_network_config").map(request::remote);
            self.send("the remote networks", |request| request.set_remote_network_config(remote.clone()))
                .await?;
        }
        Ok(())
    }

    async fn version(&self) -> Result<(), KindError> {
        if !self.differs("version") {
            return Ok(());
        }
        let (name, force) = (self.name, self.wanted.flag("force_update_version"));
        let cluster = format!("the cluster {name}");
        for version in steps(self.prior.str("version"), self.wanted.str("version")).unwrap_or_default() {
            self.at.call.progress.report(&format!("upgrading {cluster} to {version}"));
            let update =
                |eks: Eks| eks.update_cluster_version().name(name).version(&version).set_force(force).send();
            let update =
                self.at.client.send(&format!("upgrade {cluster} to {version}"), update).await?.update;
            let updated = Updated { what: &cluster, cluster: name, node_group: None, addon: None };
            followed(self.at, updated, update, self.wanted).await?;
            active(self.at, name, self.wanted, "update").await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_reached_minor_by_minor() {
        assert_eq!(steps("1.30", "1.33").unwrap(), ["1.31", "1.32", "1.33"]);
        assert_eq!(steps("1.9", "1.10").unwrap(), ["1.10"]);
        assert!(steps("1.33", "1.33").unwrap().is_empty());
        assert!(steps("1.33", "1.32").is_err());
        assert_eq!(steps("", "1.32").unwrap(), ["1.32"]);
    }
}
