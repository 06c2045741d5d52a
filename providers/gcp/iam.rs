//! IAM: who may do what, service accounts, and roles.

mod account;
mod key;
mod member;
mod of;
mod role;

pub(crate) use account::told as account_told;
pub(crate) use member::{Granted, Member, VERSION, member_sheet};

use provider::Catalog;

/// Adds the types of IAM.
pub(crate) fn add(catalog: Catalog) -> Catalog {
    catalog
        .kind(account::Account)
        .kind(key::Key)
        .kind(role::Role)
        .kind(Member(of::Account))
        .kind(Member(of::Project))
}
