//! What the tests of all keepers need.

use provider::kit::Bench;
use provider::propose;

use super::*;

/// What a configuration gives.
pub(crate) type Attributes<'a> = &'a [(&'static str, Value)];

pub(crate) fn s(text: &str) -> Value {
    Value::string(text)
}

pub(crate) fn n(number: i64) -> Value {
    Value::number(number)
}

pub(crate) fn unknown() -> Value {
    Value::unknown(Type::String)
}

pub(crate) fn triggers(value: &str) -> Value {
    Value::map(Type::String, [("a", s(value))])
}

pub(crate) fn config(ty: &dyn ResourceType, given: Attributes<'_>) -> Value {
    config_of(&ty.schema().block, given.iter().cloned())
}

/// Plans: what is planned and the attributes that demand replacement.
pub(crate) async fn plan(
    ty: &dyn ResourceType,
    prior: Option<&Value>,
    given: Attributes<'_>,
) -> (Value, Vec<String>) {
    let config = config(ty, given);
    let proposed = propose(&ty.schema().block, prior, &config);
    let request = PlanRequest { prior, config: &config, proposed: &proposed, private: None };
    let change = ty.plan(Bench::new("/").call(), request).await.unwrap();
    (change.planned, change.requires_replace.iter().map(|p| p.to_string()).collect())
}

pub(crate) async fn make(ty: &dyn ResourceType, given: Attributes<'_>) -> Value {
    let planned = plan(ty, None, given).await.0;
    ty.create(Bench::new("/").call(), &planned, &config(ty, given)).await.unwrap().value
}

/// The attributes that a refusal blames.
pub(crate) fn refusals(ty: &dyn ResourceType, given: Attributes<'_>) -> Vec<String> {
    let errors = ty.validate(&config(ty, given));
    errors.into_iter().map(|e| e.path.map(|p| p.to_string()).unwrap_or_default()).collect()
}
