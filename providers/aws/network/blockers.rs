//! What is in the way of the deletion of a part of a network.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aws_sdk_ec2::types::{Filter, NetworkInterface};
use provider::ErrorKind;
use provider::sheet::{At, Given, KindError};
use provider_aws::{Client, Trouble, Waiting, wait};

use crate::ec2;

/// How long deletions are waited for that others have begun.
const LIMIT: Duration = Duration::from_secs(20 * 60);

/// For so many looks something that is in the way may be a memory of what is gone already.
const GRACE: u32 = 8;

/// Something that is to be deleted.
pub(crate) struct Doomed<'d> {
    /// The recorded object.
    pub(crate) prior: Given<'d>,
    /// What it is: `the subnet subnet-1`.
    pub(crate) what: &'d str,
    /// Which network interfaces are in it.
    pub(crate) inside: Filter,
}

/// Deletes something. Interfaces of services that are going away by themselves are waited for; what does not go is named.
pub(crate) async fn remove<T, F>(
    at: &At<'_, Client>,
    doomed: Doomed<'_>,
    delete: impl Fn() -> F + Sync,
) -> Result<(), KindError>
where
    F: Future<Output = Result<Option<T>, Trouble>> + Send,
{
    let what = format!("{} to be empty", doomed.what);
    let waiting = Waiting { what: &what, every: Duration::from_secs(10), limit: LIMIT };
    let waiting = waiting.limited_by(doomed.prior, "delete");
    let looks = AtomicU32::new(0);
    let look = || async {
        let looks = looks.fetch_add(1, Ordering::Relaxed);
        match delete().await {
            Ok(_) => Ok(Ok(())),
            Err(trouble) if trouble.kind == ErrorKind::Conflict => {
                let inside = ec2::all::<NetworkInterface>(at.client, vec![doomed.inside.clone()]).await?;
                judge(doomed.what, &inside, looks, trouble)
            }
            Err(trouble) => Err(trouble),
        }
    };
    wait(at, waiting, look).await
}

/// What to wait for, or why not to.
fn judge(
    what: &str,
    inside: &[NetworkInterface],
    looks: u32,
    trouble: Trouble,
) -> Result<Result<(), String>, Trouble> {
    let names: Vec<String> = inside.iter().map(named).collect();
    let all_go = !inside.is_empty() && inside.iter().all(goes_by_itself);
    match (all_go || looks < GRACE, names.is_empty()) {
        (true, true) => Ok(Err(trouble.message)),
        (true, false) => Ok(Err(format!("in use by {}", names.join(", ")))),
        (false, true) => Err(trouble),
        (false, false) => {
            let message = format!(
                "still in use by {}. Remove what they belong to, and run the command again",
                names.join(", ")
            );
            Err(Trouble::new(ErrorKind::Conflict, &format!("delete {what}"), message))
        }
    }
}

/// Whether an interface belongs to a service that removes it by itself.
fn goes_by_itself(interface: &NetworkInterface) -> bool {
    let attachment = interface.attachment.as_ref().and_then(|attachment| attachment.status.as_ref());
    interface.requester_managed.unwrap_or(false)
        || attachment.is_some_and(|status| status.as_str() == "detaching")
}

/// An interface with what it is for.
pub(crate) fn named(interface: &NetworkInterface) -> String {
    let id = interface.network_interface_id.as_deref().unwrap_or_default();
    let user = interface.attachment.as_ref().and_then(|attachment| attachment.instance_id.as_deref());
    let about = interface.description.as_deref().filter(|about| !about.is_empty());
    match (about, user) {
        (Some(about), _) => format!("the network interface {id} ({about})"),
        (None, Some(instance)) => format!("the network interface {id} (of the instance {instance})"),
        (None, None) => format!("the network interface {id}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal() -> Trouble {
        Trouble::new(ErrorKind::Conflict, "delete the subnet subnet-1", "it has dependencies")
    }

    fn interface(about: &str, is_managed: bool) -> NetworkInterface {
        let interface = NetworkInterface::builder().network_interface_id("eni-1").description(about);
        interface.requester_managed(is_managed).build()
    }

    #[test]
    fn what_goes_by_itself_is_waited_for() {
        let inside = [interface("ELB app/web/1", true)];
        let state = judge("the subnet subnet-1", &inside, 100, refusal()).unwrap().unwrap_err();
        assert_eq!(state, "in use by the network interface eni-1 (ELB app/web/1)");
    }

    #[test]
    fn what_stays_is_named() {
        let inside = [interface("database", false)];
        assert!(judge("the subnet subnet-1", &inside, 1, refusal()).is_ok());
        let trouble = judge("the subnet subnet-1", &inside, GRACE, refusal()).unwrap_err();
        assert!(trouble.message.contains("the network interface eni-1 (database)"));
    }

    #[test]
    fn nothing_that_can_be_named_is_told_in_the_words_of_the_api() {
        assert_eq!(judge("x", &[], GRACE, refusal()).unwrap_err().message, "it has dependencies");
    }
}
