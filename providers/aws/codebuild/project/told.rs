//! A project as CodeBuild tells it.

use aws_sdk_codebuild::types::{
    LogsConfig, Project, ProjectArtifacts, ProjectBuildBatchConfig, ProjectCache, ProjectEnvironment,
    ProjectFileSystemLocation, ProjectSource, VpcConfig,
};
use provider::fields;
use provider::sheet::Fields;

/// The attributes of a project.
pub(super) fn project(project: &Project) -> Fields {
    let badge = project.badge();
    let versions = project.secondary_source_versions().iter();
    let versions = versions.map(|one| {
        fields! { source_identifier: one.source_identifier(), source_version: one.source_version() }
    });
    let vpc = project.vpc_config().filter(|vpc| vpc.vpc_id().is_some());
    let batch = project.build_batch_config().filter(|batch| batch.service_role().is_some());
    fields! {
        arn: project.arn(),
        artifacts: one(project.artifacts(), artifacts),
        badge_enabled: badge.is_some_and(|badge| badge.badge_enabled()),
        badge_url: badge.and_then(|badge| badge.badge_request_url()).unwrap_or_default(),
        build_batch_config: one(batch, build_batch),
        build_timeout: project.timeout_in_minutes(),
        cache: one(project.cache(), cache),
        concurrent_build_limit: project.concurrent_build_limit(),
        description: project.description().unwrap_or_default(),
        encryption_key: project.encryption_key().unwrap_or_default(),
        environment: one(project.environment(), environment),
        file_system_locations: project.file_system_locations().iter().map(file_system).collect::<Vec<_>>(),
        id: project.arn(),
        logs_config: one(project.logs_config(), logs),
        name: project.name(),
        project_visibility: project.project_visibility().map_or("PRIVATE", |visibility| visibility.as_str()),
        public_project_alias: project.public_project_alias().unwrap_or_default(),
        queued_timeout: project.queued_timeout_in_minutes(),
        resource_access_role: project.resource_access_role(),
        secondary_artifacts: project.secondary_artifacts().iter().map(artifacts).collect::<Vec<_>>(),
        secondary_source_version: versions.collect::<Vec<_>>(),
        secondary_sources: project.secondary_sources().iter().map(secondary_source).collect::<Vec<_>>(),
        service_role: project.service_role(),
        source: one(project.source(), source),
        source_version: project.source_version(),
        vpc_config: one(vpc, network),
    }
    .told_only(&["cache", "logs_config", "queued_timeout"])
}

/// The one block of something, where it is there.
fn one<T>(found: Option<&T>, told: impl Fn(&T) -> Fields) -> Vec<Fields> {
    found.map(told).into_iter().collect()
}

fn artifacts(found: &ProjectArtifacts) -> Fields {
    // What says nothing, the API tells of some kinds and not of others.
    let said = |text: Option<&str>| text.filter(|text| *text != "NONE").map(str::to_owned);
    fields! {
        artifact_identifier: found.artifact_identifier(),
        bucket_owner_access: found.bucket_owner_access().map(|access| access.as_str()),
        encryption_disabled: found.encryption_disabled().unwrap_or(false),
        location: found.location(),
        name: found.name(),
        namespace_type: said(found.namespace_type().map(|ty| ty.as_str())),
        override_artifact_name: found.override_artifact_name().unwrap_or(false),
        packaging: said(found.packaging().map(|packaging| packaging.as_str())),
        path: found.path(),
    }
    .with("type", found.r#type().as_str())
}

fn source(found: &ProjectSource) -> Fields {
    let auth = |auth: &aws_sdk_codebuild::types::SourceAuth| {
        fields! { resource: auth.resource() }.with("type", auth.r#type().as_str())
    };
    let status = |status: &aws_sdk_codebuild::types::BuildStatusConfig| {
        fields! { context: status.context(), target_url: status.target_url() }
    };
    let modules = |config: &aws_sdk_codebuild::types::GitSubmodulesConfig| {
        fields! { fetch_submodules: config.fetch_submodules() }
    };
    fields! {
        auth: one(found.auth(), auth),
        build_status_config: one(found.build_status_config(), status),
        buildspec: found.buildspec(),
        git_clone_depth: found.git_clone_depth(),
        git_submodules_config: one(found.git_submodules_config(), modules),
        insecure_ssl: found.insecure_ssl(),
        location: found.location(),
        report_build_status: found.report_build_status(),
    }
    .with("type", found.r#type().as_str())
}

fn secondary_source(found: &ProjectSource) -> Fields {
    source(found).with("source_identifier", found.source_identifier())
}

fn cache(found: &ProjectCache) -> Fields {
    let modes: Vec<&str> = found.modes().iter().map(|mode| mode.as_str()).collect();
    fields! { location: found.location(), modes: modes }.with("type", found.r#type().as_str())
}

fn environment(found: &ProjectEnvironment) -> Fields {
    let variable = |found: &aws_sdk_codebuild::types::EnvironmentVariable| {
        let ty = found.r#type().map_or("PLAINTEXT", |ty| ty.as_str());
        fields! { name: found.name(), value: found.value() }.with("type", ty)
    };
    let credential = |found: &aws_sdk_codebuild::types::RegistryCredential| {
        let provider = found.credential_provider().as_str();
        fields! { credential: found.credential(), credential_provider: provider }
    };
    let fleet = |found: &aws_sdk_codebuild::types::ProjectFleet| fields! { fleet_arn: found.fleet_arn() };
    let pulls = found.image_pull_credentials_type().map_or("CODEBUILD", |ty| ty.as_str());
    fields! {
        certificate: found.certificate(),
        compute_type: found.compute_type().as_str(),
        environment_variable: found.environment_variables().iter().map(variable).collect::<Vec<_>>(),
        fleet: one(found.fleet(), fleet),
        image: found.image(),
        image_pull_credentials_type: pulls,
        privileged_mode: found.privileged_mode().unwrap_or(false),
        registry_credential: one(found.registry_credential(), credential),
    }
    .with("type", found.r#type().as_str())
}

fn network(found: &VpcConfig) -> Fields {
    fields! {
        security_group_ids: found.security_group_ids().to_vec(),
        subnets: found.subnets().to_vec(),
        vpc_id: found.vpc_id(),
    }
}

fn logs(found: &LogsConfig) -> Fields {
    let watched = |logs: &aws_sdk_codebuild::types::CloudWatchLogsConfig| {
        fields! { group_name: logs.group_name(), status: logs.status().as_str(), stream_name: logs.stream_name() }
    };
    let stored = |logs: &aws_sdk_codebuild::types::S3LogsConfig| {
        fields! {
            bucket_owner_access: logs.bucket_owner_access().map(|access| access.as_str()),
            encryption_disabled: logs.encryption_disabled().unwrap_or(false),
            location: logs.location(),
            status: logs.status().as_str(),
        }
    };
    fields! {
        cloudwatch_logs: one(found.cloud_watch_logs(), watched),
        s3_logs: one(found.s3_logs(), stored),
    }
}

fn file_system(found: &ProjectFileSystemLocation) -> Fields {
    let ty = found.r#type().map_or("EFS", |ty| ty.as_str());
    fields! {
        identifier: found.identifier(),
        location: found.location(),
        mount_options: found.mount_options(),
        mount_point: found.mount_point(),
    }
    .with("type", ty)
}

fn build_batch(found: &ProjectBuildBatchConfig) -> Fields {
    let restrictions = |inner: &aws_sdk_codebuild::types::BatchRestrictions| {
        fields! {
            compute_types_allowed: inner.compute_types_allowed().to_vec(),
            maximum_builds_allowed: inner.maximum_builds_allowed(),
        }
    };
    fields! {
        combine_artifacts: found.combine_artifacts(),
        restrictions: one(found.restrictions(), restrictions),
        service_role: found.service_role(),
        timeout_in_mins: found.timeout_in_mins(),
    }
}
