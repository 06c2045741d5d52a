//! The `stackwright` binary: the only place that names concrete providers.

use std::process::ExitCode;
use std::sync::Arc;

use cli::Equipment;
use provider::{ConnectorType, FlavorSource, Registry};
use provider_terraform::TerraformProvider;

fn main() -> ExitCode {
    let backends = backends();
    let states =
        backends.iter().cloned().fold(TerraformProvider::new(), TerraformProvider::with_backend_type);
    let registry = clouds(Registry::new())
        .with(states)
        .with(provider_archive::ArchiveProvider::new())
        .with(provider_http::HttpProvider::new())
        .with(provider_local::LocalProvider::new())
        .with(provider_local::StackwrightProvider::new())
        .with(provider_null::NullProvider::new())
        .with(provider_random::RandomProvider::new())
        .with(provider_sim::SimProvider::new())
        .with(provider_time::TimeProvider::new())
        .with(provider_tls::TlsProvider::new())
        .with_provisioner(provider_terraform::LocalExec::new())
        .with_provisioner(provider_terraform::Connected::file())
        .with_provisioner(provider_terraform::Connected::remote_exec());
    let equipment = Equipment { registry, flavors: flavors(), connectors: connectors(), backends };
    cli::run(std::env::args().skip(1), equipment)
}

/// The types of backends of the clouds that the program was built with.
fn backends() -> Vec<Arc<dyn state::BackendType>> {
    vec![
        #[cfg(feature = "aws")]
        Arc::new(provider_aws::S3Backend::new(cli::surroundings())),
        #[cfg(feature = "gcp")]
        Arc::new(provider_gcp::GcsBackend::new(cli::surroundings())),
    ]
}

/// The built-in flavors.
fn flavors() -> Vec<Box<dyn FlavorSource>> {
    vec![
        Box::new(provider_local::flavors::flavors()),
        #[cfg(feature = "aws")]
        Box::new(provider_aws::flavors()),
        #[cfg(feature = "gcp")]
        Box::new(provider_gcp::flavors()),
    ]
}

/// The kinds of connectors.
fn connectors() -> Vec<Box<dyn ConnectorType>> {
    vec![
        Box::new(provider_local::LocalConnector::new()),
        #[cfg(feature = "aws")]
        Box::new(provider_aws::AwsConnector::new()),
        #[cfg(feature = "gcp")]
        Box::new(provider_gcp::GcpConnector::new()),
    ]
}

/// Adds the clouds that the program was built with.
fn clouds(registry: Registry) -> Registry {
    #[cfg(feature = "aws")]
    let registry = registry.with(provider_aws::AwsProvider::with(
        provider_aws_network::catalog(),
        provider_aws_network::left_behind(),
    ));
    #[cfg(feature = "gcp")]
    let registry = registry.with(provider_gcp::GcpProvider::new());
    registry
}
