//! The rules of a lifecycle.

use aws_sdk_s3::types::{
    AbortIncompleteMultipartUpload, ExpirationStatus, LifecycleExpiration, LifecycleRule,
    LifecycleRuleAndOperator, LifecycleRuleFilter, NoncurrentVersionExpiration, NoncurrentVersionTransition,
    Tag, Transition, TransitionStorageClass,
};
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use model::{Path, Value};
use provider::sheet::{Draft, Fields, Given};
use provider::{ProviderError, fields};

use crate::{Trouble, built};

/// What has to be unique, and what excludes what.
pub(super) fn check(config: Given<'_>) -> Vec<ProviderError> {
    let mut errors = Vec::new();
    let mut ids: Vec<&str> = Vec::new();
    let mut wrong = |detail: String| {
        errors.push(ProviderError::invalid("Invalid lifecycle rule", detail).at(Path::of_attr("rule")));
    };
    for rule in config.blocks("rule") {
        let id = rule.str("id");
        if !id.is_empty() && ids.contains(&id) {
            wrong(format!("There are two rules with the name {id:?}; each needs one of its own."));
        }
        ids.push(id);
        if !["", "Enabled", "Disabled"].contains(&rule.str("status")) {
            wrong(format!(
                "The status of the rule {id:?} is {:?}, not `Enabled` or `Disabled`.",
                rule.str("status")
            ));
        }
        let ages = rule.blocks("transition").into_iter().chain(rule.blocks("expiration"));
        if ages.into_iter().any(|block| block.text("date").is_some() && block.value("days").is_some()) {
            wrong(format!("In the rule {id:?}, `date` and `days` exclude each other."));
        }
    }
    errors
}

/// What the API answers where a rule leaves something out is known when it is planned.
pub(super) fn plan(draft: &mut Draft<'_>) {
    let Some(rules) = draft.planned().whole().get("rule").cloned() else { return };
    let config = draft.config.whole().get("rule").cloned();
    let given = config.as_ref().and_then(Value::as_items).unwrap_or_default();
    let mut at = 0;
    let rules = rules.map_children(|rule| {
        let configured = given.get(at);
        at += 1;
        configured.map_or_else(|| rule.clone(), |configured| settled(configured, rule))
    });
    draft.set("rule", rules);
}

/// A planned rule with what is said by leaving something out: nothing. Where nothing was said before in another form, that
/// stays.
fn settled(config: &Value, planned: &Value) -> Value {
    let Some(entries) = planned.as_entries() else { return planned.clone() };
    let says_nothing = |value: &Value| {
        value.as_str().is_some_and(|text| text.is_empty())
            || value.as_bool() == Some(false)
            || value.as_number().is_some_and(|number| number.to_u64() == Some(0))
    };
    let entries = entries.iter().map(|(name, value)| {
        let given = config.get(name);
        let value = match given {
            Some(given) if given.is_null() && says_nothing(value) => value.clone(),
            Some(given) if given.is_null() && &**name == "prefix" && !has_other_criterion(config) => {
                Value::string("")
            }
            // An expiration says everything but its date.
            Some(given) if given.is_null() && &**name == "expired_object_delete_marker" => Value::bool(false),
            Some(given) if given.is_null() && &**name == "days" && is_expiration(config) => Value::number(0),
            // So do several criteria at once.
            Some(given)
                if given.is_null() && name.starts_with("object_size") && config.get("tags").is_some() =>
            {
                Value::number(0)
            }
            Some(given) if given.is_null() => Value::null_of(value.ty()),
            Some(given) if given.as_items().is_some() && value.as_items().is_some() => {
                let mut given = given.as_items().unwrap_or_default().iter();
                value.map_children(|item| {
                    given.next().map_or_else(|| item.clone(), |like| settled(like, item))
                })
            }
            _ => value.clone(),
        };
        (name.clone(), value)
    });
    Value::object(entries.collect::<Vec<_>>())
}

/// Whether a block is an expiration without a date.
fn is_expiration(config: &Value) -> bool {
    config.get("expired_object_delete_marker").is_some() && config.get("date").is_some_and(Value::is_null)
}

/// Whether a filter chooses by something else than a prefix.
fn has_other_criterion(config: &Value) -> bool {
    let config = Given::new(config);
    let sizes = ["object_size_greater_than", "object_size_less_than"];
    let is_filter = config.whole().get("and").is_some();
    let has = |name: &str| config.block(name).is_some() || config.is_unknown(name);
    is_filter && (has("and") || has("tag") || sizes.iter().any(|name| config.value(name).is_some()))
}

/// A rule from its block.
pub(super) fn of(block: Given<'_>) -> Result<LifecycleRule, Trouble> {
    let age = |age: Given<'_>| {
        NoncurrentVersionExpiration::builder()
            .set_noncurrent_days(age.int32("noncurrent_days"))
            .set_newer_noncurrent_versions(age.int32("newer_noncurrent_versions").filter(|count| *count > 0))
            .build()
    };
    let moved = |moved: Given<'_>| {
        NoncurrentVersionTransition::builder()
            .set_noncurrent_days(moved.int32("noncurrent_days"))
            .set_newer_noncurrent_versions(
                moved.int32("newer_noncurrent_versions").filter(|count| *count > 0),
            )
            .storage_class(TransitionStorageClass::from(moved.str("storage_class")))
            .build()
    };
    let moves = block.blocks("transition").into_iter().map(transition).collect::<Result<Vec<_>, _>>()?;
    let upload = block.block("abort_incomplete_multipart_upload").map(|upload| {
        let days = upload.int32("days_after_initiation");
        AbortIncompleteMultipartUpload::builder().set_days_after_initiation(days).build()
    });
    let earlier: Vec<_> = block.blocks("noncurrent_version_transition").into_iter().map(moved).collect();
    let filter = block.block("filter").map(filter).transpose()?;
    let prefix = block.string("prefix");
    // The API takes a rule's own prefix for the same as a filter's, and needs one of the two.
    let filter =
        filter.or_else(|| Some(LifecycleRuleFilter::builder().prefix(prefix.unwrap_or_default()).build()));
    let rule = LifecycleRule::builder()
        .id(block.str("id"))
        .status(ExpirationStatus::from(block.str("status")))
        .set_filter(filter)
        .set_expiration(block.block("expiration").map(expiration).transpose()?)
        .set_abort_incomplete_multipart_upload(upload)
        .set_noncurrent_version_expiration(block.block("noncurrent_version_expiration").map(age))
        .set_noncurrent_version_transitions(Some(earlier).filter(|moves| !moves.is_empty()))
        .set_transitions(Some(moves).filter(|moves| !moves.is_empty()));
    built(rule.build())
}

fn date(block: Given<'_>) -> Result<Option<DateTime>, Trouble> {
    let read = |text: &str| {
        let wrong = |e| Trouble::new(provider::ErrorKind::Invalid, "read a date", format!("{text:?}: {e}"));
        DateTime::from_str(text, Format::DateTime).map_err(wrong)
    };
    block.text("date").map(read).transpose()
}

fn expiration(block: Given<'_>) -> Result<LifecycleExpiration, Trouble> {
    let days = block.int32("days").filter(|days| *days > 0);
    let marker = block.flag("expired_object_delete_marker").filter(|marker| *marker);
    let made = LifecycleExpiration::builder().set_date(date(block)?).set_days(days);
    Ok(made.set_expired_object_delete_marker(marker).build())
}

fn transition(block: Given<'_>) -> Result<Transition, Trouble> {
    let day = date(block)?;
    let days = block.int32("days").filter(|_| day.is_none());
    let class = TransitionStorageClass::from(block.str("storage_class"));
    Ok(Transition::builder().set_date(day).set_days(days).storage_class(class).build())
}

fn filter(block: Given<'_>) -> Result<LifecycleRuleFilter, Trouble> {
    let tag = |key: &str, value: &str| built(Tag::builder().key(key).value(value).build());
    let one = block.block("tag").map(|one| tag(one.str("key"), one.str("value"))).transpose()?;
    let all = |all: Given<'_>| {
        let tags =
            all.map("tags").iter().map(|(key, value)| tag(key, value)).collect::<Result<Vec<_>, _>>()?;
        Ok(LifecycleRuleAndOperator::builder()
            .set_prefix(all.string("prefix"))
            .set_object_size_greater_than(all.int("object_size_greater_than").filter(|size| *size > 0))
            .set_object_size_less_than(all.int("object_size_less_than").filter(|size| *size > 0))
            .set_tags(Some(tags).filter(|tags| !tags.is_empty()))
            .build())
    };
    let all = block.block("and").map(all).transpose()?;
    let (greater, less) = (block.int("object_size_greater_than"), block.int("object_size_less_than"));
    let is_alone = one.is_none() && all.is_none() && greater.is_none() && less.is_none();
    let prefix = block.string("prefix").or_else(|| is_alone.then(String::new));
    Ok(LifecycleRuleFilter::builder()
        .set_prefix(prefix)
        .set_tag(one)
        .set_object_size_greater_than(greater)
        .set_object_size_less_than(less)
        .set_and(all)
        .build())
}

/// The blocks of rules, in the order of those that are known, others after them.
pub(super) fn blocks(rules: &[LifecycleRule], known: &[Given<'_>]) -> Vec<Fields> {
    let place = |rule: &&LifecycleRule| {
        let id = rule.id.as_deref().unwrap_or_default();
        known.iter().position(|known| known.str("id") == id).unwrap_or(usize::MAX)
    };
    let mut rules: Vec<&LifecycleRule> = rules.iter().collect();
    rules.sort_by_key(place);
    let like = |rule: &LifecycleRule| {
        known.iter().find(|known| Some(known.str("id")) == rule.id.as_deref()).copied()
    };
    rules.into_iter().map(|rule| block(rule, like(rule))).collect()
}

fn day(date: Option<&DateTime>) -> Option<String> {
    date.and_then(|date| date.fmt(Format::DateTime).ok())
}

fn block(rule: &LifecycleRule, like: Option<Given<'_>>) -> Fields {
    let expiration = rule.expiration.as_ref().map(|e| fields! {
        date: day(e.date.as_ref()), days: Some(e.days.unwrap_or_default()).filter(|_| e.date.is_none()), expired_object_delete_marker: e.expired_object_delete_marker.unwrap_or_default(),
    });
    let age = rule.noncurrent_version_expiration.as_ref().map(|e| {
        fields! {
            noncurrent_days: e.noncurrent_days, newer_noncurrent_versions: e.newer_noncurrent_versions,
        }
    });
    let earlier = rule.noncurrent_version_transitions().iter().map(|m| {
        fields! {
            noncurrent_days: m.noncurrent_days,
            newer_noncurrent_versions: m.newer_noncurrent_versions,
            storage_class: m.storage_class.as_ref().map(|class| class.as_str().to_owned()),
        }
    });
    let moves = rule.transitions().iter().map(|m| {
        fields! {
            date: day(m.date.as_ref()),
            days: m.days.filter(|_| m.date.is_none()),
            storage_class: m.storage_class.as_ref().map(|class| class.as_str().to_owned()),
        }
    });
    let upload = rule.abort_incomplete_multipart_upload.as_ref();
    let upload = upload.map(|upload| fields! { days_after_initiation: upload.days_after_initiation });
    // The filter that the API is given where none is configured is none.
    let is_said = |filter: &&LifecycleRuleFilter| {
        let says_nothing = filter.prefix.as_deref().unwrap_or_default().is_empty()
            && filter.tag.is_none()
            && filter.and.is_none()
            && filter.object_size_greater_than.is_none()
            && filter.object_size_less_than.is_none();
        let is_own = like.is_some_and(|like| like.text("prefix").is_some());
        !says_nothing && !is_own || like.is_some_and(|like| like.block("filter").is_some())
    };
    fields! {
        id: rule.id.clone(),
        status: rule.status.as_str(),
        prefix: own_prefix(rule, like),
        abort_incomplete_multipart_upload: upload.into_iter().collect::<Vec<_>>(),
        expiration: expiration.into_iter().collect::<Vec<_>>(),
        filter: rule.filter.as_ref().filter(is_said).map(filter_block).into_iter().collect::<Vec<_>>(),
        noncurrent_version_expiration: age.into_iter().collect::<Vec<_>>(),
        noncurrent_version_transition: earlier.collect::<Vec<_>>(),
        transition: moves.collect::<Vec<_>>(),
    }
}

/// The prefix of a rule that has no filter.
fn own_prefix(rule: &LifecycleRule, like: Option<Given<'_>>) -> String {
    let is_own = like.is_some_and(|like| like.text("prefix").is_some());
    let prefix = rule.filter.as_ref().and_then(|filter| filter.prefix.clone());
    prefix.filter(|_| is_own).unwrap_or_default()
}

fn filter_block(filter: &LifecycleRuleFilter) -> Fields {
    let one = filter.tag.as_ref().map(|tag| fields! { key: &tag.key, value: &tag.value });
    let all = filter.and.as_ref().map(|all| {
        let tags = all.tags().iter().map(|tag| (tag.key.clone(), tag.value.clone()));
        fields! {
            prefix: all.prefix.clone().unwrap_or_default(),
            object_size_greater_than: all.object_size_greater_than.unwrap_or_default(),
            object_size_less_than: all.object_size_less_than.unwrap_or_default(),
            tags: tags.collect::<std::collections::BTreeMap<_, _>>(),
        }
    });
    fields! {
        prefix: filter.prefix.clone(),
        object_size_greater_than: filter.object_size_greater_than,
        object_size_less_than: filter.object_size_less_than,
        tag: one.into_iter().collect::<Vec<_>>(),
        and: all.into_iter().collect::<Vec<_>>(),
    }
}
