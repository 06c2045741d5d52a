//! Objects by the marks of ownership that they carry, through the Resource Groups Tagging API.

use aws_sdk_resourcegroupstagging::Client as Tagging;
use aws_sdk_resourcegroupstagging::types::TagFilter;
use provider::sheet::At;

use crate::tags::Tags;
use crate::{Client, Trouble};

/// The ARNs and tags of all objects of a kind (`kms:key`) in this region that carry these tags.
pub async fn tagged(
    at: &At<'_, Client>,
    kind: &str,
    with: &[(&str, &str)],
) -> Result<Vec<(String, Tags)>, Trouble> {
    let (mut found, mut next) = (Vec::new(), None);
    loop {
        let (page, after) = page(at, kind, with, next).await?;
        found.extend(page);
        match after {
            Some(token) => next = Some(token),
            None => return Ok(found),
        }
    }
}

/// A page of them, and where the next one begins.
pub async fn page(
    at: &At<'_, Client>,
    kind: &str,
    with: &[(&str, &str)],
    after: Option<String>,
) -> Result<(Vec<(String, Tags)>, Option<String>), Trouble> {
    let filter = |(key, value): &(&str, &str)| TagFilter::builder().key(*key).values(*value).build();
    let filters: Vec<TagFilter> = with.iter().map(filter).collect();
    let ask = |tagging: Tagging| {
        let request = tagging.get_resources().resource_type_filters(kind);
        request.set_tag_filters(Some(filters.clone())).set_pagination_token(after.clone()).send()
    };
    let answer = at.client.ask(&format!("list what is tagged of the kind {kind}"), ask).await?;
    let found = answer.resource_tag_mapping_list.unwrap_or_default().into_iter().filter_map(|found| {
        let tags = found.tags.unwrap_or_default();
        Some((found.resource_arn?, tags.into_iter().map(|tag| (tag.key, tag.value)).collect()))
    });
    Ok((found.collect(), answer.pagination_token.filter(|token| !token.is_empty())))
}
