//! `time_sleep`: waits before others go on.

use std::time::Duration;

use async_trait::async_trait;
use model::duration::parse_duration;
use model::instant::Instant;
use model::{Attribute, Block, Path, Schema, Type, Value};
use provider::{
    Call, CreateClass, ErrorKind, Failed, Imported, Object, PlanRequest, PlannedChange, ProviderError,
    ResourceType, changed_entries, config_of, text, with_attributes,
};

use crate::arguments::{bad_import, check_any, is_given, split, with_triggers};

/// The resource type.
pub(crate) struct TimeSleep {
    schema: Schema,
}

const DURATIONS: [&str; 2] = ["create_duration", "destroy_duration"];

impl TimeSleep {
    pub(crate) fn new() -> TimeSleep {
        let duration = |when: &str| {
            let what = format!(
                "How long it waits when it is {when}: a number with ms, s, m or h, such as `30s`. A change of this alone \
                 waits for nothing."
            );
            Attribute::optional(Type::String, &what)
        };
        let block = Block::new(
            "Waits when it is made, when it is destroyed, or both: for what becomes usable only some time after it is \
             said to be done. What is to wait depends on it, and it depends on what is to be waited for.",
        )
        .attr("create_duration", duration("made"))
        .attr("destroy_duration", duration("destroyed"))
        .attr("id", Attribute::computed(Type::String, "When the wait was over, in RFC 3339 form."));
        TimeSleep { schema: Schema::new(with_triggers(block, "it is replaced, and waits again")) }
    }
}

/// The duration that an argument is; nothing where it is left out. The text was checked before.
fn duration(object: &Value, name: &str) -> Option<Duration> {
    let ns = parse_duration(text(object, name)?).ok()?;
    Some(Duration::from_nanos(ns.try_into().ok()?))
}

/// Finds that an argument is no duration: digits, perhaps with a point among them, and one unit.
fn check_duration(config: &Value, name: &str) -> Option<ProviderError> {
    let given = text(config, name)?;
    let number = ["ms", "s", "m", "h"].iter().find_map(|unit| given.strip_suffix(unit)).unwrap_or_default();
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let is_number = match number.split_once('.') {
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => digits(number),
    };
    if is_number && parse_duration(given).is_ok() {
        return None;
    }
    let detail = format!(
        "Attribute {name} must be a number immediately followed by ms (milliseconds), s (seconds), m (minutes), or h \
         (hours). For example, \"30s\" for 30 seconds. Got: {given:?}"
    );
    Some(ProviderError::invalid("Invalid Attribute Value Match", detail).at(Path::of_attr(name)))
}

/// Waits, unless the user asks to stop.
async fn wait(call: Call<'_>, duration: Duration, summary: &str) -> Result<(), ProviderError> {
    call.cancel.wait(duration).await.map_err(|left| {
        let detail =
            format!("The run was stopped when {} s of the wait were left.", left.as_secs_f64().round());
        ProviderError::new(ErrorKind::Transient, summary, detail)
    })
}

#[async_trait]
impl ResourceType for TimeSleep {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn create_class(&self) -> CreateClass {
        CreateClass::StateOnly
    }

    fn validate(&self, config: &Value) -> Vec<ProviderError> {
        let wrong = DURATIONS.iter().filter_map(|name| check_duration(config, name));
        check_any(config, &DURATIONS).into_iter().chain(wrong).collect()
    }

    async fn plan(&self, _call: Call<'_>, request: PlanRequest<'_>) -> Result<PlannedChange, ProviderError> {
        let renewed = || with_attributes(request.proposed, [("id", Value::unknown_not_null(Type::String))]);
        let Some(prior) = request.prior else { return Ok(PlannedChange::in_place(renewed())) };
        Ok(match changed_entries(prior, request.proposed, "triggers") {
            Some(path) => PlannedChange { planned: renewed(), requires_replace: vec![path] },
            None => PlannedChange::in_place(request.proposed.clone()),
        })
    }

    async fn create(&self, call: Call<'_>, planned: &Value, _config: &Value) -> Result<Object, Failed> {
        // Arguments that were unknown when they were checked first.
        if let Some(error) = self.validate(planned).into_iter().find(|e| !e.warning) {
            return Err(error.into());
        }
        wait(call, duration(planned, "create_duration").unwrap_or_default(), "Create time sleep error")
            .await?;
        let id = Value::string(Instant::from_unix_ns(call.around.now_ns()).to_rfc3339());
        Ok(with_attributes(planned, [("id", id)]).into())
    }

    async fn read(&self, _call: Call<'_>, prior: &Object) -> Result<Option<Object>, ProviderError> {
        Ok(Some(prior.clone()))
    }

    /// A changed duration is for the next time.
    async fn update(
        &self,
        _call: Call<'_>,
        _prior: &Object,
        planned: &Value,
        _config: &Value,
    ) -> Result<Object, Failed> {
        match self.validate(planned).into_iter().find(|e| !e.warning) {
            Some(error) => Err(error.into()),
            None => Ok(planned.clone().into()),
        }
    }

    async fn delete(&self, call: Call<'_>, prior: &Object) -> Result<(), ProviderError> {
        let duration = duration(&prior.value, "destroy_duration").unwrap_or_default();
        wait(call, duration, "Delete time sleep error").await
    }

    /// The identifier is `CREATE,DESTROY`, with nothing where a duration is not given.
    async fn import(&self, call: Call<'_>, id: &str) -> Result<Imported, ProviderError> {
        let wrong = || bad_import(id, "CREATEDURATION,DESTROYDURATION where at least one value is non-empty");
        let parts = split::<2>(id).ok_or_else(wrong)?;
        let given = DURATIONS.into_iter().zip(parts).filter(|(_, part)| !part.is_empty());
        let found = config_of(&self.schema.block, given.map(|(name, part)| (name, Value::string(part))));
        if let Some(error) = self.validate(&found).into_iter().find(|e| !e.warning) {
            return Err(if DURATIONS.iter().any(|name| is_given(&found, name)) { error } else { wrong() });
        }
        let id = Value::string(Instant::from_unix_ns(call.around.now_ns()).to_rfc3339());
        Ok(with_attributes(&found, [("id", id)]).into())
    }
}

#[cfg(test)]
mod tests;
