//! `aws_ecr_repository`.

use async_trait::async_trait;
use aws_sdk_ecr::types::{
    EncryptionConfiguration, EncryptionType, ImageScanningConfiguration, ImageTagMutability,
    Repository as Found, Tag,
};
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, KindPage, Made};
use provider::{CreateClass, ErrorKind, ListRequest, Lists, ProviderError, fields};

use super::Ecr;
use crate::tags::{self, Tags};
use crate::{Client, OrAbsent, Trouble, checks, marked};

/// The resource type.
pub(crate) struct Repository;

#[async_trait]
impl Kind for Repository {
    type Client = Client;
    const NAME: &'static str = "aws_ecr_repository";
    const CLASS: CreateClass = CreateClass::Name;
    const LISTS: Lists = Lists::Identity;
    const SHEET: &'static str = "\
A repository of images.

arn computed string | Its ARN.
force_delete optional bool | Whether images in it are removed with it. Without it, a repository with images stays.
id optional computed string | Its name.
image_tag_mutability optional default=MUTABLE string | `MUTABLE`, or `IMMUTABLE` where a tag stays with its image.
name required fixed string | Its name.
registry_id computed string | The account that it lies in.
repository_url computed string | Where images are pushed to and pulled from.
tags optional map(string) | Its tags.
tags_all optional computed map(string) | Its tags with the provider's `default_tags`.
encryption_configuration block list computed | How images are encrypted.
  encryption_type optional default=AES256 fixed string | `AES256`, `KMS` or `KMS_DSSE`.
  kms_key optional computed fixed string | The ARN of the key, for `KMS` and `KMS_DSSE`.
image_scanning_configuration block list computed 0..1 | Whether images are looked at for known weaknesses.
  scan_on_push required bool | Whether each image is, when it is pushed.
timeouts block single | How long operations may take.
  delete optional string | As `20m`.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let wrong = config.text("name").filter(|name| !is_name(name)).map(|name| {
            let detail = format!(
                "`name` has lower-case letters and digits, between them single full stops, hyphens, underscores and slashes, and \
                 2 to 256 characters; {name:?} does not fit."
            );
            checks::fault("name", detail)
        });
        let tags = checks::one_of(config, "image_tag_mutability", &["MUTABLE", "IMMUTABLE"]);
        let encryption = config.block("encryption_configuration");
        let kinds = ["AES256", "KMS", "KMS_DSSE"];
        let encryption = encryption.and_then(|block| checks::one_of(block, "encryption_type", &kinds));
        wrong.into_iter().chain(tags).chain(encryption).collect()
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        tags::plan(at, draft);
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let name = wanted.str("name");
        let tags = tag_list(&tags::wanted(at, wanted));
        let make = |ecr: Ecr| {
            ecr.create_repository()
                .repository_name(name)
                .image_tag_mutability(ImageTagMutability::from(wanted.str("image_tag_mutability")))
                .set_image_scanning_configuration(wanted.block("image_scanning_configuration").map(scanning))
                .set_encryption_configuration(encryption(wanted))
                .set_tags(tags.clone())
                .send()
        };
        at.client.send(&format!("make the repository {name}"), make).await?;
        Ok(fields! { id: name })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let Some(found) = fetch(at, known.id()).await? else { return Ok(None) };
        let tags = read_tags(at, found.repository_arn().unwrap_or_default()).await?;
        let encryption = found.encryption_configuration().map(|block| {
            fields! { encryption_type: block.encryption_type().as_str(), kms_key: block.kms_key().unwrap_or_default() }
        });
        let scanning = found.image_scanning_configuration();
        let scanning = scanning.map(|block| fields! { scan_on_push: block.scan_on_push() });
        let told = fields! {
            arn: found.repository_arn(),
            encryption_configuration: encryption.into_iter().collect::<Vec<_>>(),
            id: found.repository_name(),
            image_scanning_configuration: scanning.into_iter().collect::<Vec<_>>(),
            image_tag_mutability: found.image_tag_mutability().map(ImageTagMutability::as_str),
            name: found.repository_name(),
            registry_id: found.registry_id(),
            repository_url: found.repository_uri(),
        };
        Ok(Some(told.and(tags::seen(at.client, known, tags))))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        let name = prior.id();
        let what = format!("change the repository {name}");
        if prior.differs(wanted, "image_tag_mutability") {
            let mutability = ImageTagMutability::from(wanted.str("image_tag_mutability"));
            let put = |ecr: Ecr| {
                let request = ecr.put_image_tag_mutability().repository_name(name);
                request.image_tag_mutability(mutability.clone()).send()
            };
            at.client.put(&what, put).await?;
        }
        if let Some(block) = wanted.block("image_scanning_configuration")
            && prior.differs(wanted, "image_scanning_configuration")
        {
            let put = |ecr: Ecr| {
                let request = ecr.put_image_scanning_configuration().repository_name(name);
                request.image_scanning_configuration(scanning(block)).send()
            };
            at.client.put(&what, put).await?;
        }
        update_tags(at, prior, wanted).await
    }

    async fn list(&self, at: &At<'_, Client>, request: ListRequest<'_>) -> Result<KindPage, KindError> {
        let name = |arn: &str| arn.split_once(":repository/").map_or(arn, |(_, name)| name).to_owned();
        marked::listed(at, "ecr:repository", request, name).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let name = prior.id();
        let force = prior.is("force_delete");
        let remove = |ecr: Ecr| ecr.delete_repository().repository_name(name).force(force).send();
        match at.client.put(&format!("delete the repository {name}"), remove).await.or_absent() {
            Err(trouble) if trouble.is(&["RepositoryNotEmptyException"]) => Err(refusal(at, name).await),
            result => result.map(|_| ()).map_err(Into::into),
        }
    }

    async fn import(&self, _: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        Ok(fields! { id: id, name: id, force_delete: false })
    }

    async fn find(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Option<Fields>, KindError> {
        let name = wanted.str("name");
        let Some(found) = fetch(at, name).await? else { return Ok(None) };
        let tags = read_tags(at, found.repository_arn().unwrap_or_default()).await?;
        Ok(Some(fields! { id: name }.and(tags::seen(at.client, wanted, tags))))
    }
}

/// Whether a text can be the name of a repository.
/// <https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html>
fn is_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let is_edge = |c: Option<char>| c.is_some_and(is_plain);
    let part = |part: &str| {
        let signs = ["..", ".-", "-.", "._", "_.", "___", "-_", "_-"];
        is_edge(part.chars().next())
            && is_edge(part.chars().last())
            && part.chars().all(|c| is_plain(c) || "._-".contains(c))
            && !signs.iter().any(|sign| part.contains(sign))
    };
    (2..=256).contains(&name.len()) && name.split('/').all(part)
}

fn scanning(block: Given<'_>) -> ImageScanningConfiguration {
    ImageScanningConfiguration::builder().scan_on_push(block.is("scan_on_push")).build()
}

fn encryption(wanted: Given<'_>) -> Option<EncryptionConfiguration> {
    let block = wanted.block("encryption_configuration")?;
    let kind = EncryptionType::from(block.text("encryption_type").unwrap_or("AES256"));
    let key = block.string("kms_key");
    EncryptionConfiguration::builder().encryption_type(kind).set_kms_key(key).build().ok()
}

fn tag_list(tags: &Tags) -> Option<Vec<Tag>> {
    let tag = |(key, value): (&String, &String)| Tag::builder().key(key).value(value).build().ok();
    let tags: Vec<Tag> = tags.iter().filter_map(tag).collect();
    Some(tags).filter(|tags| !tags.is_empty())
}

async fn fetch(at: &At<'_, Client>, name: &str) -> Result<Option<Found>, Trouble> {
    let ask = |ecr: Ecr| ecr.describe_repositories().repository_names(name).send();
    let answer = at.client.ask(&format!("read the repository {name}"), ask).await.or_absent()?;
    Ok(answer.and_then(|answer| answer.repositories.unwrap_or_default().into_iter().next()))
}

async fn read_tags(at: &At<'_, Client>, arn: &str) -> Result<Tags, KindError> {
    let ask = |ecr: Ecr| ecr.list_tags_for_resource().resource_arn(arn).send();
    let answer = at.client.ask(&format!("read the tags of the repository {arn}"), ask).await.or_absent()?;
    let tags = answer.map(|answer| answer.tags.unwrap_or_default()).unwrap_or_default();
    Ok(tags.into_iter().map(|tag| (tag.key, tag.value)).collect())
}

async fn update_tags(at: &At<'_, Client>, prior: Given<'_>, wanted: Given<'_>) -> Result<(), KindError> {
    let (arn, (set, gone)) = (prior.str("arn"), tags::changes(prior, wanted));
    let what = format!("tag the repository {}", prior.id());
    if !gone.is_empty() {
        let untag = |ecr: Ecr| ecr.untag_resource().resource_arn(arn).set_tag_keys(Some(gone.clone())).send();
        at.client.put(&what, untag).await?;
    }
    if let Some(tags) = tag_list(&set) {
        let tag = |ecr: Ecr| ecr.tag_resource().resource_arn(arn).set_tags(Some(tags.clone())).send();
        at.client.put(&what, tag).await?;
    }
    Ok(())
}

/// Why a repository stays.
async fn refusal(at: &At<'_, Client>, name: &str) -> ProviderError {
    let ask = |ecr: Ecr| ecr.list_images().repository_name(name).max_results(1000).send();
    let found = at.client.ask(&format!("list the images of the repository {name}"), ask).await.ok();
    let found = found.map(|page| {
        let more = if page.next_token.is_some() { "more than " } else { "" };
        format!(" ({more}{})", page.image_ids.unwrap_or_default().len())
    });
    let detail = format!(
        "There are images in the repository {name}{}. Remove them, or set `force_delete = true` and apply that first: then they \
         are removed with it.",
        found.unwrap_or_default()
    );
    ProviderError::new(ErrorKind::Conflict, "Repository is not empty", detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_parts_of_plain_characters() {
        for good in ["ml", "team/train-gpu_1.2", "a/b/c", "a__b", "a--b"] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", "a", "Train", "a//b", "-a", "a.", "a..b", "a b", "a___b"] {
            assert!(!is_name(bad), "{bad}");
        }
    }
}
