//! The `stackwright` binary: the only place that names concrete providers.

use std::process::ExitCode;

use cli::Equipment;
use provider::Registry;

fn main() -> ExitCode {
    let registry = clouds(Registry::new())
        .with(provider_terraform::TerraformProvider::new())
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
    let equipment = Equipment {
        registry,
        flavors: vec![Box::new(provider_local::flavors::flavors())],
        connectors: vec![Box::new(provider_local::LocalConnector::new())],
    };
    cli::run(std::env::args().skip(1), equipment)
}

/// Adds the clouds that the program was built with.
fn clouds(registry: Registry) -> Registry {
    #[cfg(feature = "aws")]
    let registry = registry.with(provider_aws::AwsProvider::with(provider_aws_network::catalog()));
    registry
}
