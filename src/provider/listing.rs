//! Lists of objects: many at once, page after page.

use crate::{Call, Object, Ownership, ProviderError, ResourceType};

/// What lists tell of a type's objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lists {
    /// There are no lists.
    Nothing,
    /// That they exist.
    Identity,
    /// Everything: a list serves as the read of all that are on it.
    Whole,
}

/// Which part of a list is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ListRequest<'a> {
    /// Only what carries the marks of this lineage, where the API can choose by that; nothing chooses all that carry marks.
    pub lineage: Option<&'a str>,
    /// What the page before gave as its `next`; nothing for the first page.
    pub after: Option<&'a str>,
}

/// A part of a list, which took one call.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// The objects.
    pub listing: Listing,
    /// Where the next page begins; nothing on the last one.
    pub next: Option<String>,
}

/// What a list call answers.
#[derive(Clone, Debug, PartialEq)]
pub enum Listing {
    /// Every attribute of every object: serves as their read.
    Complete(Vec<(Listed, Object)>),
    /// Identities alone: proves existence.
    IdentityOnly(Vec<Listed>),
}

/// An object that was listed.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// Its import identifier.
    pub id: String,
    /// The marks that it carries.
    pub marks: Ownership,
}

impl Listing {
    /// The objects, with their attributes where the list tells them.
    pub fn into_objects(self) -> Vec<(Listed, Option<Object>)> {
        match self {
            Listing::Complete(all) => {
                all.into_iter().map(|(listed, object)| (listed, Some(object))).collect()
            }
            Listing::IdentityOnly(all) => all.into_iter().map(|listed| (listed, None)).collect(),
        }
    }
}

/// Every object of a type that carries marks, whosever, page after page; nothing where the type cannot list.
pub async fn list_all(
    ty: &dyn ResourceType,
    call: Call<'_>,
) -> Result<Option<Vec<(Listed, Option<Object>)>>, ProviderError> {
    if ty.lists() == Lists::Nothing {
        return Ok(None);
    }
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let request = ListRequest { lineage: None, after: after.as_deref() };
        let page = ty.list(call, request).await?;
        found.extend(page.listing.into_objects());
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(Some(found)),
        }
    }
}
