//! Objects by the marks of ownership that they carry, through the Resource Groups Tagging API.

use aws_sdk_resourcegroupstagging::Client as Tagging;
use aws_sdk_resourcegroupstagging::types::TagFilter;
use provider::sheet::{At, Fields, KindError, KindPage};
use provider::{ListRequest, Listed, Ownership};

use crate::tags::Tags;
use crate::{Client, Trouble};

/// The ARNs and tags of all objects of a kind (`kms:key`) in this region that carry these tags.
pub async fn tagged(
    at: &At<'_, Client>,
    kind: &str,
    with: &[(&str, &str)],
) -> Result<Vec<(String, Tags)>, Trouble> {
    let (mut found, mut next) = (Vec::new(), None);
    let with: Vec<(&str, Option<&str>)> = with.iter().map(|(key, value)| (*key, Some(*value))).collect();
    loop {
        let (page, after) = page(at, kind, &with, next).await?;
        found.extend(page);
        match after {
            Some(token) => next = Some(token),
            None => return Ok(found),
        }
    }
}

/// A page of the objects of a kind that carry marks, by their import identifiers.
pub(crate) async fn listed(
    at: &At<'_, Client>,
    kind: &str,
    request: ListRequest<'_>,
    id: impl Fn(&str) -> String,
) -> Result<KindPage, KindError> {
    let with = [("stackwright-lineage", request.lineage)];
    let (found, next) = page(at, kind, &with, request.after.map(str::to_owned)).await?;
    let found = found.into_iter().filter_map(|(arn, tags)| entry(id(&arn), &tags));
    Ok(KindPage { found: found.collect(), next })
}

/// An entry of a list, of an object that carries marks.
pub(crate) fn entry(id: String, tags: &Tags) -> Option<(Listed, Fields)> {
    let marks = Ownership::among(|key| tags.get(key).map(String::as_str))?;
    Some((Listed { id, marks }, Fields::new()))
}

/// A page of what carries tags, with these values where any are given, and where the next one begins.
async fn page(
    at: &At<'_, Client>,
    kind: &str,
    with: &[(&str, Option<&str>)],
    after: Option<String>,
) -> Result<(Vec<(String, Tags)>, Option<String>), Trouble> {
    let filter = |(key, value): &(&str, Option<&str>)| {
        TagFilter::builder().key(*key).set_values(value.map(|value| vec![value.to_owned()])).build()
    };
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
