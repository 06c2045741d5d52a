//! What is in the way of a user's removal.

use provider::sheet::{At, KindError};
use provider::{ErrorKind, ProviderError};

use crate::iam::Iam;
use crate::{Client, OrAbsent, Trouble};

/// Takes a user out of all groups.
pub(super) async fn leave_groups(at: &At<'_, Client>, user: &str) -> Result<(), KindError> {
    let what = format!("take the user {user} out of groups");
    let ask = |iam: Iam| iam.list_groups_for_user().user_name(user).send();
    let Some(page) = at.client.ask(&what, ask).await.or_absent()? else { return Ok(()) };
    for group in page.groups() {
        let name = group.group_name();
        let leave = |iam: Iam| iam.remove_user_from_group().user_name(user).group_name(name).send();
        at.client.put(&what, leave).await.or_absent()?;
    }
    Ok(())
}

/// Removes everything that a user has.
pub(super) async fn everything(at: &At<'_, Client>, user: &str) -> Result<(), KindError> {
    keys(at, user).await?;
    certificates(at, user).await?;
    devices(at, user).await?;
    policies(at, user).await?;
    let remove = |iam: Iam| iam.delete_login_profile().user_name(user).send();
    at.client.put(&format!("remove the password of the user {user}"), remove).await.or_absent()?;
    Ok(())
}

async fn keys(at: &At<'_, Client>, user: &str) -> Result<(), KindError> {
    let what = format!("remove the keys of the user {user}");
    let found =
        at.client.ask(&what, |iam: Iam| iam.list_access_keys().user_name(user).send()).await.or_absent()?;
    for key in
        found.iter().flat_map(|found| found.access_key_metadata()).filter_map(|key| key.access_key_id())
    {
        let remove = |iam: Iam| iam.delete_access_key().user_name(user).access_key_id(key).send();
        at.client.put(&what, remove).await.or_absent()?;
    }
    let ask = |iam: Iam| iam.list_ssh_public_keys().user_name(user).send();
    let found = at.client.ask(&what, ask).await.or_absent()?;
    for key in found.iter().flat_map(|found| found.ssh_public_keys()).map(|key| key.ssh_public_key_id()) {
        let remove = |iam: Iam| iam.delete_ssh_public_key().user_name(user).ssh_public_key_id(key).send();
        at.client.put(&what, remove).await.or_absent()?;
    }
    Ok(())
}

/// Servers that speak IAM's protocol do not all know every kind of credential; what they do not know is not there.
const UNKNOWN: &[&str] = &["InvalidAction", "NotImplemented", "NotSupportedService"];

async fn certificates(at: &At<'_, Client>, user: &str) -> Result<(), KindError> {
    let what = format!("remove the certificates of the user {user}");
    let ask = |iam: Iam| iam.list_signing_certificates().user_name(user).send();
    let found = at.client.ask(&what, ask).await.or_absent_for(UNKNOWN)?;
    for id in found.iter().flat_map(|found| found.certificates()).map(|one| one.certificate_id()) {
        let remove = |iam: Iam| iam.delete_signing_certificate().user_name(user).certificate_id(id).send();
        at.client.put(&what, remove).await.or_absent()?;
    }
    let ask = |iam: Iam| iam.list_service_specific_credentials().user_name(user).send();
    let found = at.client.ask(&what, ask).await.or_absent_for(UNKNOWN)?;
    let ids = found.iter().flat_map(|found| found.service_specific_credentials());
    for id in ids.map(|one| one.service_specific_credential_id()) {
        let remove = |iam: Iam| {
            iam.delete_service_specific_credential().user_name(user).service_specific_credential_id(id).send()
        };
        at.client.put(&what, remove).await.or_absent()?;
    }
    Ok(())
}

async fn devices(at: &At<'_, Client>, user: &str) -> Result<(), KindError> {
    let what = format!("remove the devices of the user {user}");
    let found =
        at.client.ask(&what, |iam: Iam| iam.list_mfa_devices().user_name(user).send()).await.or_absent()?;
    for device in found.iter().flat_map(|found| found.mfa_devices()).map(|device| device.serial_number()) {
        let stop = |iam: Iam| iam.deactivate_mfa_device().user_name(user).serial_number(device).send();
        at.client.put(&what, stop).await.or_absent()?;
        // A device of its own is no object of the account's; only virtual ones, which have ARNs, are.
        if device.starts_with("arn:") {
            let remove = |iam: Iam| iam.delete_virtual_mfa_device().serial_number(device).send();
            at.client.put(&what, remove).await.or_absent()?;
        }
    }
    Ok(())
}

async fn policies(at: &At<'_, Client>, user: &str) -> Result<(), KindError> {
    let what = format!("remove the policies of the user {user}");
    let ask = |iam: Iam| iam.list_attached_user_policies().user_name(user).send();
    let found = at.client.ask(&what, ask).await.or_absent()?;
    for arn in found.iter().flat_map(|found| found.attached_policies()).filter_map(|one| one.policy_arn()) {
        let detach = |iam: Iam| iam.detach_user_policy().user_name(user).policy_arn(arn).send();
        at.client.put(&what, detach).await.or_absent()?;
    }
    let ask = |iam: Iam| iam.list_user_policies().user_name(user).send();
    let found = at.client.ask(&what, ask).await.or_absent()?;
    for name in found.iter().flat_map(|found| found.policy_names()) {
        let remove = |iam: Iam| iam.delete_user_policy().user_name(user).policy_name(name).send();
        at.client.put(&what, remove).await.or_absent()?;
    }
    Ok(())
}

/// Why a user stays.
pub(super) fn refusal(user: &str, trouble: &Trouble) -> ProviderError {
    let detail = format!(
        "The user {user} has keys, policies or other things that this configuration does not know: {}. Remove them, or set \
         `force_destroy = true` and apply that first: then everything goes with it.",
        trouble.message
    );
    ProviderError::new(ErrorKind::Conflict, "User has things of others", detail)
}
