//! Resource types made of what they say of themselves.

use std::time::Duration;

use async_trait::async_trait;
use model::{Schema, Value};

use super::kind::{At, Kind};
use super::parse::{Sheet, SheetError};
use super::planning::{Draft, defaulted};
use super::shape::{as_planned, fill, known, merge, merge_over};
use super::{Fields, Given};
use crate::contract::{check_kept, is_left_out};
use crate::{
    Call, CreateClass, ErrorKind, Failed, Imported, Leftover, ListRequest, Listing, Lists, Object, Page,
    PlanRequest, PlannedChange, ProviderError, Recovery, ResourceType, text, with_attributes,
};

/// How often an object is read after a change until it is seen changed.
const LOOKS: u32 = 9;

/// After how many of them what was planned is believed although it is not seen.
const ENOUGH_LOOKS: u32 = 5;

/// The wait before the second look; each further one doubles it, up to the longest.
const FIRST_WAIT: Duration = Duration::from_millis(200);

/// The longest wait between two looks.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// A resource type made of its [`Kind`].
pub struct Typed<K> {
    kind: K,
    sheet: Sheet,
}

impl<K: Kind> Typed<K> {
    /// Makes the type; a sheet that cannot be read is a defect of the program.
    pub fn new(kind: K) -> Result<Typed<K>, SheetError> {
        Ok(Typed { kind, sheet: Sheet::parse(K::SHEET)?.version(K::VERSION) })
    }

    fn merge(&self, like: &Value, fields: Fields) -> Result<Value, ProviderError> {
        merge(&self.sheet, like, fields)
    }

    /// What others changed meanwhile as it was planned, where the configuration leaves it out.
    fn without_foreign(&self, at: &At<'_, K::Client>, planned: &Value, object: &Value) -> Value {
        let foreign = self.sheet.traits.iter().filter(|(at, traits)| traits.foreign && at.len() == 1);
        let is_left_out =
            |name: &str| at.config.is_none_or(|config| config.whole().get(name).is_none_or(is_left_out));
        let foreign = foreign.map(|(at, _)| &*at[0]).filter(|name| is_left_out(name));
        let as_planned = foreign.filter_map(|name| Some((name, planned.get(name)?.clone())));
        with_attributes(object, as_planned.filter(|(_, value)| value.is_wholly_known()))
    }

    /// Reads an object that was just made or changed, until it is seen as it was planned, or for so long that it must be.
    async fn settled(
        &self,
        at: &At<'_, K::Client>,
        base: &Value,
        planned: &Value,
    ) -> Result<Value, ProviderError> {
        let (mut wait, mut seen) = (FIRST_WAIT, None);
        for look in 1..=LOOKS {
            if let Some(fields) = self.kind.read(at, Given::new(base)).await? {
                let object = merge_over(&self.sheet, planned, base, fields)?;
                let object = self.without_foreign(at, planned, &object);
                if check_kept(planned, &object).is_ok() {
                    return Ok(object);
                }
                // What was asked for and accepted counts, until the next run looks again: a read may lag behind longer, and
                // some servers do not tell all that they took.
                let object = as_planned(planned, &object);
                if look >= ENOUGH_LOOKS {
                    return Ok(object);
                }
                seen = Some(object);
            }
            if look < LOOKS && at.call.cancel.wait(wait).await.is_err() {
                break;
            }
            wait = (wait * 2).min(LONGEST_WAIT);
        }
        seen.ok_or_else(|| {
            let detail = format!("{} was made, and is not there when it is looked at.", describe::<K>(base));
            ProviderError::new(ErrorKind::NotFound, "Object is gone", detail)
        })
    }
}

/// How people call an object.
fn describe<K: Kind>(object: &Value) -> String {
    match text(object, "id").or_else(|| text(object, "name")) {
        Some(id) => format!("The object {id} ({})", K::NAME),
        None => format!("The object ({})", K::NAME),
    }
}

#[async_trait]
impl<K: Kind> ResourceType for Typed<K> {
    fn schema(&self) -> &Schema {
        &self.sheet.schema
    }

    fn create_class(&self) -> CreateClass {
        K::CLASS
    }

    fn validate(&self, config: &Value) -> Vec<ProviderError> {
        self.kind.check(Given::new(config))
    }

    async fn plan(&self, call: Call<'_>, request: PlanRequest<'_>) -> Result<PlannedChange, ProviderError> {
        let mut draft = Draft::begin(&self.sheet, request);
        let at = At::new(call, Some(request.config))?;
        self.kind.plan(&at, &mut draft)?;
        self.kind.look_ahead(&at, &draft).await?;
        Ok(draft.finish(&self.sheet))
    }

    async fn create(&self, call: Call<'_>, planned: &Value, config: &Value) -> Result<Object, Failed> {
        let at = At::new(call, Some(config))?;
        let made = self.kind.create(&at, Given::new(planned)).await;
        let identity = match (&made, at.taken()) {
            (Ok(made), taken) => taken.unwrap_or_default().and(made.clone()),
            (Err(error), Some(taken)) => {
                let partial = self.merge(&known(planned), taken)?;
                return Err(Failed { error: error.clone(), partial: Some(partial.into()) });
            }
            (Err(error), None) => return Err(error.clone().into()),
        };
        let base = self.merge(&known(planned), identity)?;
        match self.settled(&at, &base, planned).await {
            Ok(object) => Ok(object.into()),
            Err(error) => Err(Failed { error, partial: Some(base.into()) }),
        }
    }

    async fn read(&self, call: Call<'_>, prior: &Object) -> Result<Option<Object>, ProviderError> {
        let at = At::new(call, None)?;
        let read = self.kind.read(&at, Given::new(&prior.value)).await?;
        read.map(|fields| self.merge(&prior.value, fields).map(Object::from)).transpose()
    }

    async fn update(
        &self,
        call: Call<'_>,
        prior: &Object,
        planned: &Value,
        config: &Value,
    ) -> Result<Object, Failed> {
        let at = At::new(call, Some(config))?;
        let result = self.kind.update(&at, Given::new(&prior.value), Given::new(planned)).await;
        let base = known_or(planned, &prior.value);
        let base = at.taken().map_or_else(|| Ok(base.clone()), |identity| self.merge(&base, identity))?;
        match result {
            Ok(()) => {
                let seen = self.settled(&at, &base, planned).await;
                seen.map(Object::from).map_err(|error| Failed { error, partial: Some(base.into()) })
            }
            Err(error) => {
                let now = self.kind.read(&at, Given::new(&prior.value)).await.ok().flatten();
                let partial = now.and_then(|fields| self.merge(&prior.value, fields).ok());
                Err(Failed { error, partial: partial.map(Object::from) })
            }
        }
    }

    async fn delete(&self, call: Call<'_>, prior: &Object) -> Result<(), ProviderError> {
        self.kind.delete(&At::new(call, None)?, Given::new(&prior.value)).await
    }

    async fn import(&self, call: Call<'_>, id: &str) -> Result<Imported, ProviderError> {
        let identity = self.kind.import(&At::new(call, None)?, id).await?;
        // What no cloud tells is taken for what it is where nobody says otherwise.
        Ok(defaulted(&self.sheet, &fill(&self.sheet.schema.block, identity)?).into())
    }

    fn upgrade(&self, version: u64, stored: &str) -> Result<String, ProviderError> {
        self.kind.upgrade(version, stored)
    }

    async fn recover(&self, call: Call<'_>, planned: &Value) -> Result<Recovery, ProviderError> {
        let at = At::new(call, None)?;
        let Some(found) = self.kind.find(&at, Given::new(planned)).await? else {
            return Ok(Recovery::Absent);
        };
        let (seen, own, is_incomplete) = (found.marks.clone(), call.ownership, found.is_incomplete);
        // What carries somebody else's marks is somebody else's.
        if seen.is_some() && seen.as_ref() != own {
            return Ok(Recovery::Absent);
        }
        let base = self.merge(&known(planned), found)?;
        let Some(fields) = self.kind.read(&at, Given::new(&base)).await? else { return Ok(Recovery::Absent) };
        let object = merge_over(&self.sheet, planned, &base, fields)?;
        Ok(match check_kept(planned, &object) {
            Ok(()) if !is_incomplete => Recovery::Exists(object.into()),
            Ok(()) | Err(_) => Recovery::HalfMade(object.into()),
        })
    }

    fn fence_scope(&self, planned: &Value) -> String {
        self.kind.fence_scope(Given::new(planned))
    }

    async fn fence(&self, call: Call<'_>, planned: &Value) -> Result<Vec<String>, ProviderError> {
        self.kind.fence(&At::new(call, None)?, Given::new(planned)).await
    }

    async fn leftovers(&self, call: Call<'_>, prior: &Object) -> Result<Vec<Leftover>, ProviderError> {
        self.kind.leftovers(&At::new(call, None)?, Given::new(&prior.value)).await
    }

    async fn remove_leftover(&self, call: Call<'_>, leftover: &Leftover) -> Result<(), ProviderError> {
        self.kind.remove_leftover(&At::new(call, None)?, leftover).await
    }

    fn lists(&self) -> Lists {
        K::LISTS
    }

    async fn list(&self, call: Call<'_>, request: ListRequest<'_>) -> Result<Page, ProviderError> {
        let page = self.kind.list(&At::new(call, None)?, request).await?;
        let block = &self.sheet.schema.block;
        let listing = match K::LISTS {
            Lists::Whole => {
                let objects = page
                    .found
                    .into_iter()
                    .map(|(listed, fields)| fill(block, fields).map(|object| (listed, Object::from(object))));
                Listing::Complete(objects.collect::<Result<_, _>>()?)
            }
            Lists::Identity | Lists::Nothing => {
                Listing::IdentityOnly(page.found.into_iter().map(|(listed, _)| listed).collect())
            }
        };
        Ok(Page { listing, next: page.next })
    }

    fn as_read(&self, prior: &Object, listed: &Object) -> Object {
        let entries = listed.value.as_entries().unwrap_or_default();
        let told = entries.iter().filter(|(_, value)| !value.is_null());
        let fields = told.fold(Fields::new(), |fields, (name, value)| fields.with(name, value));
        let fields = self.kind.as_read(Given::new(&prior.value), fields);
        self.merge(&prior.value, fields).map_or_else(|_| listed.clone(), Object::from)
    }
}

/// What is planned, with the values from before in place of what is not known.
fn known_or(planned: &Value, prior: &Value) -> Value {
    let (Some(entries), true) = (planned.as_entries(), prior.as_entries().is_some()) else {
        return known(planned);
    };
    let entries = entries.iter().map(|(name, value)| {
        let value = match prior.get(name) {
            Some(before) if !value.is_known() => before.clone(),
            _ => known(value),
        };
        (name.clone(), value)
    });
    Value::object(entries.collect::<Vec<_>>())
}
