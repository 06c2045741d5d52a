//! A project as CodeBuild takes it.

use aws_sdk_codebuild::Client as CodeBuild;
use aws_sdk_codebuild::error::SdkError;
use aws_sdk_codebuild::operation::create_project::{CreateProjectError, CreateProjectOutput};
use aws_sdk_codebuild::operation::update_project::{UpdateProjectError, UpdateProjectOutput};
use aws_sdk_codebuild::types::{
    ArtifactNamespace, ArtifactPackaging, ArtifactsType, BatchRestrictions, BucketOwnerAccess,
    BuildStatusConfig, CacheMode, CacheType, CloudWatchLogsConfig, ComputeType, CredentialProviderType,
    EnvironmentType, EnvironmentVariable, EnvironmentVariableType, FileSystemType, GitSubmodulesConfig,
    ImagePullCredentialsType, LogsConfig, LogsConfigStatusType, ProjectArtifacts, ProjectBuildBatchConfig,
    ProjectCache, ProjectEnvironment, ProjectFileSystemLocation, ProjectFleet, ProjectSource,
    ProjectSourceVersion, RegistryCredential, S3LogsConfig, SourceAuth, SourceAuthType, SourceType, Tag,
    VpcConfig,
};
use aws_smithy_types::error::operation::BuildError;
use provider::ProviderError;
use provider::sheet::{At, Given};

use crate::{Client, built, tags};

/// Everything that a project is made of; creates and updates take the same.
#[derive(Clone, Debug)]
pub(super) struct Parts {
    name: String,
    description: String,
    service_role: String,
    source: ProjectSource,
    secondary_sources: Vec<ProjectSource>,
    source_version: String,
    secondary_source_versions: Vec<ProjectSourceVersion>,
    artifacts: ProjectArtifacts,
    secondary_artifacts: Vec<ProjectArtifacts>,
    cache: ProjectCache,
    environment: ProjectEnvironment,
    timeout: Option<i32>,
    queued_timeout: Option<i32>,
    encryption_key: Option<String>,
    vpc: Option<VpcConfig>,
    badge: bool,
    logs: LogsConfig,
    file_systems: Vec<ProjectFileSystemLocation>,
    batch: Option<ProjectBuildBatchConfig>,
    limit: Option<i32>,
    tags: Vec<Tag>,
}

/// Puts all parts into a request.
macro_rules! filled {
    ($request:expr, $parts:expr) => {
        $request
            .name($parts.name)
            .description($parts.description)
            .service_role($parts.service_role)
            .source($parts.source)
            .set_secondary_sources(Some($parts.secondary_sources))
            .source_version($parts.source_version)
            .set_secondary_source_versions(Some($parts.secondary_source_versions))
            .artifacts($parts.artifacts)
            .set_secondary_artifacts(Some($parts.secondary_artifacts))
            .cache($parts.cache)
            .environment($parts.environment)
            .set_timeout_in_minutes($parts.timeout)
            .set_queued_timeout_in_minutes($parts.queued_timeout)
            .set_encryption_key($parts.encryption_key)
            .badge_enabled($parts.badge)
            .logs_config($parts.logs)
            .set_file_system_locations(Some($parts.file_systems))
            .set_tags(Some($parts.tags))
    };
}

impl Parts {
    /// The parts of a project as it is wanted.
    pub(super) fn wanted(at: &At<'_, Client>, wanted: Given<'_>) -> Result<Parts, ProviderError> {
        let one = |name: &str| wanted.blocks(name).into_iter().next().unwrap_or(wanted);
        let all = |name: &str| wanted.blocks(name).into_iter();
        let tag = |(key, value): (String, String)| Tag::builder().key(key).value(value).build();
        Ok(Parts {
            name: wanted.str("name").to_owned(),
            description: wanted.str("description").to_owned(),
            service_role: wanted.str("service_role").to_owned(),
            source: built(source(one("source")))?,
            secondary_sources: built(all("secondary_sources").map(source).collect())?,
            source_version: wanted.str("source_version").to_owned(),
            secondary_source_versions: built(all("secondary_source_version").map(version).collect())?,
            artifacts: built(artifacts(one("artifacts")))?,
            secondary_artifacts: built(all("secondary_artifacts").map(artifacts).collect())?,
            cache: built(cache(wanted.block("cache")))?,
            environment: built(environment(one("environment")))?,
            timeout: wanted.int32("build_timeout"),
            queued_timeout: wanted.int32("queued_timeout"),
            encryption_key: wanted.string("encryption_key"),
            vpc: wanted.block("vpc_config").map(vpc),
            badge: wanted.is("badge_enabled"),
            logs: built(logs(wanted.block("logs_config")))?,
            file_systems: all("file_system_locations").map(file_system).collect(),
            batch: wanted.block("build_batch_config").map(batch),
            limit: wanted.int32("concurrent_build_limit"),
            tags: tags::wanted(at, wanted).into_iter().map(tag).collect(),
        })
    }

    /// Asks for a new project.
    pub(super) async fn create(
        self,
        builds: CodeBuild,
    ) -> Result<CreateProjectOutput, SdkError<CreateProjectError>> {
        let request = builds.create_project();
        let request = request.set_vpc_config(self.vpc).set_build_batch_config(self.batch);
        let request = request.set_concurrent_build_limit(self.limit);
        filled!(request, self).send().await
    }

    /// Asks for another form of a project. What is left out would stay: networks and batches are emptied, and -1 is no limit.
    pub(super) async fn update(
        self,
        builds: CodeBuild,
    ) -> Result<UpdateProjectOutput, SdkError<UpdateProjectError>> {
        const NO_LIMIT: i32 = -1;
        let request = builds.update_project();
        let request = request.vpc_config(self.vpc.unwrap_or_else(|| VpcConfig::builder().build()));
        let none = || ProjectBuildBatchConfig::builder().build();
        let request = request.build_batch_config(self.batch.unwrap_or_else(none));
        let request = request.concurrent_build_limit(self.limit.unwrap_or(NO_LIMIT));
        filled!(request, self).send().await
    }
}

fn source(block: Given<'_>) -> Result<ProjectSource, BuildError> {
    let auth = block.block("auth").map(|auth| {
        let ty = SourceAuthType::from(auth.str("type"));
        SourceAuth::builder().r#type(ty).set_resource(auth.string("resource")).build()
    });
    let status = block.block("build_status_config").map(|status| {
        let builder = BuildStatusConfig::builder().set_context(status.string("context"));
        builder.set_target_url(status.string("target_url")).build()
    });
    let submodules = block
        .block("git_submodules_config")
        .map(|config| GitSubmodulesConfig::builder().fetch_submodules(config.is("fetch_submodules")).build());
    ProjectSource::builder()
        .r#type(SourceType::from(block.str("type")))
        .set_location(block.string("location"))
        .set_buildspec(block.string("buildspec"))
        .set_git_clone_depth(block.int32("git_clone_depth"))
        .set_insecure_ssl(block.flag("insecure_ssl"))
        .set_report_build_status(block.flag("report_build_status"))
        .set_source_identifier(block.string("source_identifier"))
        .set_auth(auth.transpose()?)
        .set_build_status_config(status)
        .set_git_submodules_config(submodules.transpose()?)
        .build()
}

fn version(block: Given<'_>) -> Result<ProjectSourceVersion, BuildError> {
    let builder = ProjectSourceVersion::builder().source_identifier(block.str("source_identifier"));
    builder.source_version(block.str("source_version")).build()
}

fn artifacts(block: Given<'_>) -> Result<ProjectArtifacts, BuildError> {
    ProjectArtifacts::builder()
        .r#type(ArtifactsType::from(block.str("type")))
        .set_artifact_identifier(block.string("artifact_identifier"))
        .set_bucket_owner_access(block.text("bucket_owner_access").map(BucketOwnerAccess::from))
        .set_encryption_disabled(block.flag("encryption_disabled"))
        .set_location(block.string("location"))
        .set_name(block.string("name"))
        .set_namespace_type(block.text("namespace_type").map(ArtifactNamespace::from))
        .set_override_artifact_name(block.flag("override_artifact_name"))
        .set_packaging(block.text("packaging").map(ArtifactPackaging::from))
        .set_path(block.string("path"))
        .build()
}

fn cache(block: Option<Given<'_>>) -> Result<ProjectCache, BuildError> {
    let Some(block) = block else { return ProjectCache::builder().r#type(CacheType::NoCache).build() };
    let modes = block.some_texts("modes");
    let modes = modes.map(|modes| modes.iter().map(|mode| CacheMode::from(mode.as_str())).collect());
    ProjectCache::builder()
        .r#type(CacheType::from(block.text("type").unwrap_or("NO_CACHE")))
        .set_location(block.string("location"))
        .set_modes(modes)
        .build()
}

fn environment(block: Given<'_>) -> Result<ProjectEnvironment, BuildError> {
    let variables = block.blocks("environment_variable").into_iter().map(variable);
    let credential = block.block("registry_credential").map(|credential| {
        let provider = CredentialProviderType::from(credential.str("credential_provider"));
        RegistryCredential::builder()
            .credential(credential.str("credential"))
            .credential_provider(provider)
            .build()
    });
    let fleet = block.block("fleet");
    let fleet = fleet.map(|fleet| ProjectFleet::builder().set_fleet_arn(fleet.string("fleet_arn")).build());
    let pulls = block.text("image_pull_credentials_type").map(ImagePullCredentialsType::from);
    ProjectEnvironment::builder()
        .r#type(EnvironmentType::from(block.str("type")))
        .image(block.str("image"))
        .compute_type(ComputeType::from(block.str("compute_type")))
        .set_certificate(block.string("certificate"))
        .set_environment_variables(Some(variables.collect::<Result<_, _>>()?))
        .set_fleet(fleet)
        .set_image_pull_credentials_type(pulls)
        .set_privileged_mode(block.flag("privileged_mode"))
        .set_registry_credential(credential.transpose()?)
        .build()
}

fn variable(block: Given<'_>) -> Result<EnvironmentVariable, BuildError> {
    let ty = block.text("type").map(EnvironmentVariableType::from);
    EnvironmentVariable::builder().name(block.str("name")).value(block.str("value")).set_type(ty).build()
}

fn vpc(block: Given<'_>) -> VpcConfig {
    VpcConfig::builder()
        .vpc_id(block.str("vpc_id"))
        .set_subnets(Some(block.texts("subnets")))
        .set_security_group_ids(Some(block.texts("security_group_ids")))
        .build()
}

/// Where logs go: to CloudWatch and to no bucket, where nothing else is said.
fn logs(block: Option<Given<'_>>) -> Result<LogsConfig, BuildError> {
    let status = |block: Option<Given<'_>>, default| {
        LogsConfigStatusType::from(block.and_then(|block| block.text("status")).unwrap_or(default))
    };
    let inner = |name: &str| block.and_then(|block| block.block(name));
    let text = |block: Option<Given<'_>>, name: &str| block.and_then(|block| block.string(name));
    let (watched, stored) = (inner("cloudwatch_logs"), inner("s3_logs"));
    let access = stored.and_then(|stored| stored.text("bucket_owner_access")).map(BucketOwnerAccess::from);
    let watched = CloudWatchLogsConfig::builder()
        .status(status(watched, "ENABLED"))
        .set_group_name(text(watched, "group_name"))
        .set_stream_name(text(watched, "stream_name"))
        .build()?;
    let stored = S3LogsConfig::builder()
        .status(status(stored, "DISABLED"))
        .set_location(text(stored, "location"))
        .set_encryption_disabled(stored.and_then(|stored| stored.flag("encryption_disabled")))
        .set_bucket_owner_access(access)
        .build()?;
    Ok(LogsConfig::builder().cloud_watch_logs(watched).s3_logs(stored).build())
}

fn file_system(block: Given<'_>) -> ProjectFileSystemLocation {
    ProjectFileSystemLocation::builder()
        .set_type(block.text("type").map(FileSystemType::from))
        .set_identifier(block.string("identifier"))
        .set_location(block.string("location"))
        .set_mount_options(block.string("mount_options"))
        .set_mount_point(block.string("mount_point"))
        .build()
}

fn batch(block: Given<'_>) -> ProjectBuildBatchConfig {
    let restrictions = block.block("restrictions").map(|inner| {
        let builder = BatchRestrictions::builder();
        let builder = builder.set_maximum_builds_allowed(inner.int32("maximum_builds_allowed"));
        builder.set_compute_types_allowed(inner.some_texts("compute_types_allowed")).build()
    });
    ProjectBuildBatchConfig::builder()
        .service_role(block.str("service_role"))
        .set_combine_artifacts(block.flag("combine_artifacts"))
        .set_timeout_in_mins(block.int32("timeout_in_mins"))
        .set_restrictions(restrictions)
        .build()
}
