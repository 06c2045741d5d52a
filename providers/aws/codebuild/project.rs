//! `aws_codebuild_project`.

mod parts;
mod told;

use async_trait::async_trait;
use aws_sdk_codebuild::Client as CodeBuild;
use aws_sdk_codebuild::types::{Project as Found, ProjectVisibilityType};
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, KindPage, Made};
use provider::{CreateClass, ListRequest, Lists, ProviderError, fields};

use crate::checks::{self, Faults, NameForm};
use crate::{Client, Trouble, marked, tags, when_spread};

/// The resource type.
pub(crate) struct Project;

/// <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateProject.html>
const NAME: NameForm = NameForm { attribute: "name", longest: 255, signs: "-_" };

#[async_trait]
impl Kind for Project {
    type Client = Client;
    const NAME: &'static str = "aws_codebuild_project";
    const CLASS: CreateClass = CreateClass::Name;
    const LISTS: Lists = Lists::Identity;
    const SHEET: &'static str = "\
What is built, from what, and in what environment.

arn computed string | Its ARN.
badge_enabled optional default=false bool | Whether the state of builds can be seen by everybody, as a picture.
badge_url computed string | The picture's address.
build_timeout optional default=60 number | After how many minutes a build is given up, from 5 to 2160.
concurrent_build_limit optional number | How many builds may run at once.
description optional computed string | What it is for.
encryption_key optional computed string | The key that encrypts what is built.
id optional computed string | Its ARN.
name required fixed string | Its name, unique in the region.
project_visibility optional default=PRIVATE string | `PRIVATE`, or `PUBLIC_READ` where everybody may read builds and logs.
public_project_alias computed string | Under which name everybody reads it.
queued_timeout optional default=480 number | After how many minutes a build that waits is given up, from 5 to 480.
resource_access_role optional string | The role by which everybody's reads are done, where it is public.
service_role required string | The ARN of the role that builds have.
source_version optional string | Which version of the source is built.
tags optional map(string) | Its tags.
tags_all optional computed map(string) | Its tags with the provider's `default_tags`.
artifacts block list 1..1 | Where what is built goes.
  artifact_identifier optional string | What it is called in the build.
  bucket_owner_access optional string | What the owner of another account's bucket may do: `NONE`, `READ_ONLY` or `FULL`.
  encryption_disabled optional default=false bool | Whether it is left in plain.
  location optional string | The bucket.
  name optional string | The name of the folder or archive.
  namespace_type optional string | `NONE`, or `BUILD_ID` where each build has a folder of its own.
  override_artifact_name optional default=false bool | Whether the build itself says the name.
  packaging optional string | `NONE`, or `ZIP` where it is an archive.
  path optional string | The path in the bucket.
  type required string | `NO_ARTIFACTS`, `S3` or `CODEPIPELINE`.
build_batch_config block list 0..1 | How several builds are run as one.
  combine_artifacts optional bool | Whether what they build goes to one place.
  service_role required string | The ARN of the role that runs them.
  timeout_in_mins optional number | After how many minutes they are given up.
  restrictions block list 0..1 | What they are kept to.
    compute_types_allowed optional list(string) | The sizes of machine that are allowed.
    maximum_builds_allowed optional number | How many builds there may be.
cache block list computed 0..1 | What is kept from one build to the next.
  location optional string | The bucket and path, for `S3`.
  modes optional list(string) | What is kept, for `LOCAL`.
  type optional default=NO_CACHE string | `NO_CACHE`, `LOCAL` or `S3`.
environment block list 1..1 | Where builds run.
  certificate optional string | The ARN of an object in S3 with a certificate to trust.
  compute_type required string | The size of the machine: `BUILD_GENERAL1_SMALL`.
  image required string | The image.
  image_pull_credentials_type optional default=CODEBUILD string | Whose credentials pull the image: `CODEBUILD` or `SERVICE_ROLE`.
  privileged_mode optional default=false bool | Whether builds may do all that the machine can: needed to build images.
  type required string | The kind of machine: `LINUX_CONTAINER`.
  environment_variable block list | A variable.
    name required string | Its name.
    type optional default=PLAINTEXT string | `PLAINTEXT`, or where the value names a secret, `PARAMETER_STORE` or `SECRETS_MANAGER`.
    value required string | Its value.
  fleet block list 0..1 | Machines of one's own.
    fleet_arn optional string | The fleet's ARN.
  registry_credential block list 0..1 | How the image is pulled from a registry that asks who one is.
    credential required string | The ARN or name of the secret.
    credential_provider required string | `SECRETS_MANAGER`.
file_system_locations block set | A file system that builds see.
  identifier optional string | What it is called in the build.
  location optional string | Its host and path.
  mount_options optional string | How it is mounted.
  mount_point optional string | Where it is mounted.
  type optional default=EFS string | `EFS`.
logs_config block list computed 0..1 | Where logs go.
  cloudwatch_logs block list computed 0..1 | To CloudWatch.
    group_name optional string | The log group.
    status optional default=ENABLED string | `ENABLED` or `DISABLED`.
    stream_name optional string | The log stream.
  s3_logs block list computed 0..1 | To a bucket.
    bucket_owner_access optional string | What the owner of another account's bucket may do.
    encryption_disabled optional default=false bool | Whether they are left in plain.
    location optional string | The bucket and path.
    status optional default=DISABLED string | `ENABLED` or `DISABLED`.
secondary_artifacts block set 0..12 | Where other things go.
  artifact_identifier required string | What it is called in the build.
  bucket_owner_access optional string | What the owner of another account's bucket may do.
  encryption_disabled optional default=false bool | Whether it is left in plain.
  location optional string | The bucket.
  name optional string | The name of the folder or archive.
  namespace_type optional string | `NONE`, or `BUILD_ID` where each build has a folder of its own.
  override_artifact_name optional default=false bool | Whether the build itself says the name.
  packaging optional string | `NONE`, or `ZIP` where it is an archive.
  path optional string | The path in the bucket.
  type required string | `S3` or `CODEPIPELINE`.
secondary_source_version block set 0..12 | Which version of another source is built.
  source_identifier required string | What the source is called in the build.
  source_version required string | The version.
secondary_sources block set 0..12 | Another source.
  buildspec optional string | What is done, where it does not lie with the source.
  git_clone_depth optional number | How many commits are fetched; 0 is all.
  insecure_ssl optional bool | Whether certificates are not looked at.
  location optional string | Where it lies.
  report_build_status optional bool | Whether the repository is told how builds end.
  source_identifier required string | What it is called in the build.
  type required string | `CODECOMMIT`, `CODEPIPELINE`, `GITHUB`, `GITHUB_ENTERPRISE`, `GITLAB`, `GITLAB_SELF_MANAGED`, `BITBUCKET`, `S3` or `NO_SOURCE`.
  auth block list 0..1 | How it is fetched.
    resource required string | The ARN of the connection or secret.
    type required string | `CODECONNECTIONS`, `SECRETS_MANAGER` or `OAUTH`.
  build_status_config block list 0..1 | How the repository is told.
    context optional string | What it is called there.
    target_url optional string | Where it points to.
  git_submodules_config block list 0..1 | Repositories inside it.
    fetch_submodules required bool | Whether they are fetched.
source block list 1..1 | What is built.
  buildspec optional string | What is done, where it does not lie with the source.
  git_clone_depth optional number | How many commits are fetched; 0 is all.
  insecure_ssl optional bool | Whether certificates are not looked at.
  location optional string | Where it lies.
  report_build_status optional bool | Whether the repository is told how builds end.
  type required string | `CODECOMMIT`, `CODEPIPELINE`, `GITHUB`, `GITHUB_ENTERPRISE`, `GITLAB`, `GITLAB_SELF_MANAGED`, `BITBUCKET`, `S3` or `NO_SOURCE`.
  auth block list 0..1 | How it is fetched.
    resource required string | The ARN of the connection or secret.
    type required string | `CODECONNECTIONS`, `SECRETS_MANAGER` or `OAUTH`.
  build_status_config block list 0..1 | How the repository is told.
    context optional string | What it is called there.
    target_url optional string | Where it points to.
  git_submodules_config block list 0..1 | Repositories inside it.
    fetch_submodules required bool | Whether they are fetched.
vpc_config block list 0..1 | The network in which builds run.
  security_group_ids required set(string) | Its security groups.
  subnets required set(string) | Its subnets.
  vpc_id required string | The network.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let build = checks::within(config, "build_timeout", 5, 2160);
        let queued = checks::within(config, "queued_timeout", 5, 480);
        let visibility = checks::one_of(config, "project_visibility", &["PRIVATE", "PUBLIC_READ"]);
        let role = checks::arn(config, "service_role");
        let faults = build.into_iter().chain(queued).chain(visibility).chain(role);
        NAME.check(config).into_iter().chain(faults).chain(places(config)).collect()
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        tags::plan(at, draft);
        if draft.changes("badge_enabled") {
            draft.forget("badge_url");
        }
        if draft.changes("project_visibility") {
            draft.forget("public_project_alias");
        }
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let name = wanted.str("name");
        let what = format!("make the project {name}");
        let parts = parts::Parts::wanted(at, wanted)?;
        let make = |builds: CodeBuild| parts.clone().create(builds);
        let answer = when_spread(at, || at.client.send(&what, make)).await?;
        let made = fields! { id: answer.project().and_then(|project| project.arn()) };
        at.exists(made.clone());
        if wanted.str("project_visibility") == "PUBLIC_READ" {
            let arn = answer.project().and_then(|project| project.arn()).unwrap_or_default();
            show(at, arn, wanted).await?;
        }
        Ok(made)
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let Some(project) = fetch(at, known.text("name").unwrap_or(known.id())).await? else {
            return Ok(None);
        };
        let tags = project.tags().iter().filter_map(|tag| Some((tag.key.clone()?, tag.value.clone()?)));
        Ok(Some(told::project(&project).and(tags::seen(at.client, known, tags.collect()))))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        let name = wanted.str("name");
        if prior.differs_in(wanted, &["project_visibility", "resource_access_role"]) {
            show(at, prior.id(), wanted).await?;
        }
        let parts = parts::Parts::wanted(at, wanted)?;
        let what = format!("change the project {name}");
        let put = |builds: CodeBuild| parts.clone().update(builds);
        when_spread(at, || at.client.put(&what, put)).await?;
        Ok(())
    }

    async fn list(&self, at: &At<'_, Client>, request: ListRequest<'_>) -> Result<KindPage, KindError> {
        marked::listed(at, "codebuild:project", request, str::to_owned).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let name = prior.text("name").unwrap_or(prior.id());
        let remove = |builds: CodeBuild| builds.delete_project().name(name).send();
        // One that is gone already is no error.
        at.client.put(&format!("delete the project {name}"), remove).await?;
        Ok(())
    }

    async fn import(&self, _: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        let name = id.rsplit_once(":project/").map_or(id, |(_, name)| name);
        Ok(fields! { id: id, name: name })
    }

    async fn find(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Option<Fields>, KindError> {
        let Some(project) = fetch(at, wanted.str("name")).await? else { return Ok(None) };
        let tags = project.tags().iter().filter_map(|tag| Some((tag.key.clone()?, tag.value.clone()?)));
        let seen = tags::seen(at.client, wanted, tags.collect());
        Ok(Some(fields! { id: project.arn() }.and(seen)))
    }
}

/// What needs a place and has none.
fn places(config: Given<'_>) -> Faults {
    let lacks = |block: &Given<'_>| block.text("location").is_none() && !block.is_unknown("location");
    let of = |name: &str, kinds: &[&str]| {
        let blocks = config.blocks(name).into_iter();
        let wrong = blocks.filter(|block| kinds.contains(&block.str("type"))).find(lacks);
        wrong.map(|block| {
            let detail = format!("`{name}` of the type {} needs a `location`.", block.str("type"));
            checks::fault(name, detail)
        })
    };
    const HOSTED: &[&str] = &["CODECOMMIT", "GITHUB", "GITHUB_ENTERPRISE", "GITLAB", "BITBUCKET", "S3"];
    let all = [of("artifacts", &["S3"]), of("source", HOSTED), of("cache", &["S3"])];
    all.into_iter().flatten().collect()
}

async fn fetch(at: &At<'_, Client>, name: &str) -> Result<Option<Found>, Trouble> {
    let ask = |builds: CodeBuild| builds.batch_get_projects().names(name).send();
    let answer = at.client.ask(&format!("read the project {name}"), ask).await?;
    Ok(answer.projects.unwrap_or_default().into_iter().next())
}

/// Shows a project to everybody, or hides it.
async fn show(at: &At<'_, Client>, arn: &str, wanted: Given<'_>) -> Result<(), KindError> {
    let visibility = ProjectVisibilityType::from(wanted.str("project_visibility"));
    let put = |builds: CodeBuild| {
        let request =
            builds.update_project_visibility().project_arn(arn).project_visibility(visibility.clone());
        request.set_resource_access_role(wanted.string("resource_access_role")).send()
    };
    at.client.put(&format!("change who sees the project {arn}"), put).await?;
    Ok(())
}
