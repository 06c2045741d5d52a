//! IAM: who may do what, service accounts, and roles.

mod account;
mod binding;
mod document;
mod granted;
mod key;
mod member;
mod of;
mod pool;
mod pool_provider;
mod role;
mod softly;
mod whole;

pub(crate) use account::told as account_told;
pub(crate) use granted::{Granted, Named, VERSION, conditional, granted};

use binding::Binding;
use member::Member;
use provider::Catalog;
use whole::Policy;

/// Adds the types of IAM.
pub(crate) fn add(catalog: Catalog) -> Catalog {
    let catalog = catalog.kind(account::Account).kind(key::Key).kind(role::Role);
    let catalog = catalog.kind(pool::Pool).kind(pool_provider::PoolProvider).source(document::Document);
    policies(policies(catalog, || of::Account), || of::Project)
}

/// Adds the types of members, bindings and policies of something.
pub(crate) fn policies<G: Granted>(catalog: Catalog, granted: fn() -> G) -> Catalog {
    catalog.kind(Member(granted())).kind(Binding(granted())).kind(Policy(granted()))
}
