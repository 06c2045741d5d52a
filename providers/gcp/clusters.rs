//! Kubernetes Engine.

mod cluster;
mod data;
mod node;
mod object;
mod pool;

use provider::Catalog;

/// Adds the types of Kubernetes Engine.
pub(crate) fn add(catalog: Catalog) -> Catalog {
    catalog.kind(cluster::Cluster).kind(pool::Pool).source(data::Cluster).source(data::Versions)
}
