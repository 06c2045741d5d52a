//! Texts that are compared by what they mean.

use serde_json::{Map, Value};

/// Whether two texts are the same JSON.
pub fn same_json(one: &str, other: &str) -> bool {
    match (read(one), read(other)) {
        (Some(one), Some(other)) => one == other,
        _ => one == other,
    }
}

/// Whether two texts are the same policy of access in the language of AWS, which stores of objects elsewhere speak too: one
/// thing is a list of one, lists are without order, values of conditions are texts.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
pub fn same_policy(one: &str, other: &str) -> bool {
    match (read(one), read(other)) {
        (Some(one), Some(other)) => policy(one) == policy(other),
        _ => one == other,
    }
}

/// Whether two texts name the same object of Google's: by its address, by its path from the project on, by an end of that, or
/// by its name alone.
pub fn same_link(one: &str, other: &str) -> bool {
    let (one, other) = (path(one), path(other));
    let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    !short.is_empty() && long.strip_suffix(short).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
}

/// Whether two texts are the same duration: `30d` is `2592000s`.
pub fn same_duration(one: &str, other: &str) -> bool {
    match (model::duration::parse_duration(&in_hours(one)), model::duration::parse_duration(&in_hours(other)))
    {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}

/// A duration in days as one in hours, which every reader of durations knows.
fn in_hours(text: &str) -> String {
    let days = text.strip_suffix('d').and_then(|days| days.parse::<u32>().ok());
    days.map_or_else(|| text.to_owned(), |days| format!("{}h", u64::from(days) * 24))
}

/// The path of a link from the project on; without a project, the whole.
fn path(link: &str) -> &str {
    let link = link.trim_end_matches('/');
    let begins = link.find("/projects/").map_or(0, |at| at + 1);
    &link[begins..]
}

fn read(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok().map(ordered)
}

/// A value with its members in the order of their names.
fn ordered(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.into_iter().map(|(key, value)| (key, ordered(value))).collect();
            members.sort_by(|(one, _), (other, _)| one.cmp(other));
            Value::Object(members.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(ordered).collect()),
        plain => plain,
    }
}

fn policy(value: Value) -> Value {
    let Value::Object(mut members) = value else { return value };
    if let Some(statements) = members.remove("Statement") {
        let statements = listed(statements).into_iter().map(statement).collect();
        members.insert("Statement".into(), unordered(statements));
    }
    members.retain(|key, value| !(key == "Id" && value.as_str() == Some("")));
    Value::Object(members)
}

fn statement(value: Value) -> Value {
    let Value::Object(members) = value else { return value };
    let member = |(key, value): (String, Value)| {
        let value = match &*key {
            "Action" | "NotAction" | "Resource" | "NotResource" => texts(value, &|text| text),
            "Principal" | "NotPrincipal" => principal(value),
            "Condition" => condition(value),
            _ => value,
        };
        (key, value)
    };
    let said = |(key, value): &(String, Value)| !(key == "Sid" && value.as_str() == Some(""));
    ordered(Value::Object(members.into_iter().filter(said).map(member).collect()))
}

/// Principals by kind; `"*"` is everybody, as `{"AWS": "*"}` is, and an account is its root.
fn principal(value: Value) -> Value {
    let kinds = match value {
        Value::Object(kinds) => kinds,
        everybody => Map::from_iter([("AWS".to_owned(), everybody)]),
    };
    let kind = |(kind, names): (String, Value)| {
        let names = if kind == "AWS" { texts(names, &account_root) } else { texts(names, &|text| text) };
        (kind, names)
    };
    Value::Object(kinds.into_iter().map(kind).collect())
}

/// An account's number stands for the root of it.
fn account_root(text: String) -> String {
    let root = text.split(':').collect::<Vec<_>>();
    match root[..] {
        ["arn", _, "iam", "", account, "root"] => account.to_owned(),
        _ => text,
    }
}

fn condition(value: Value) -> Value {
    let Value::Object(operators) = value else { return value };
    let keys = |keys: Value| match keys {
        Value::Object(keys) => {
            let values = keys.into_iter().map(|(key, values)| (key, texts(values, &|text| text)));
            Value::Object(values.collect())
        }
        other => other,
    };
    Value::Object(operators.into_iter().map(|(operator, by_key)| (operator, keys(by_key))).collect())
}

/// A value, or several, as texts without order.
fn texts(value: Value, normal: &dyn Fn(String) -> String) -> Value {
    let text = |value: Value| match value {
        Value::String(text) => Value::String(normal(text)),
        Value::Bool(_) | Value::Number(_) => Value::String(value.to_string()),
        other => other,
    };
    let mut texts: Vec<Value> = listed(value).into_iter().map(text).collect();
    texts.dedup();
    unordered(texts)
}

fn listed(value: Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items,
        one => vec![one],
    }
}

fn unordered(mut items: Vec<Value>) -> Value {
    items.sort_by_key(ToString::to_string);
    items.dedup();
    Value::Array(items)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_are_compared_by_what_they_mean() {
        let one = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["s3:Get","s3:Put"],
            "Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Resource":"*",
            "Condition":{"Bool":{"aws:SecureTransport":true}}}}"#;
        let two = r#"{"Statement":[{"Resource":["*"],"Action":["s3:Put","s3:Get"],"Effect":"Allow","Sid":"",
            "Principal":{"AWS":["123456789012"]},"Condition":{"Bool":{"aws:SecureTransport":["true"]}}}],
            "Version":"2012-10-17"}"#;
        assert!(same_policy(one, two));
        assert!(!same_policy(one, &two.replace("s3:Put", "s3:Delete")));
        assert!(!same_policy(one, &two.replace("Allow", "Deny")));
        assert!(same_policy(
            r#"{"Statement":[{"Principal":"*"}]}"#,
            r#"{"Statement":[{"Principal":{"AWS":"*"}}]}"#
        ));
    }

    #[test]
    fn durations_are_compared_by_how_long_they_are() {
        assert!(same_duration("30d", "2592000s") && same_duration("1h", "60m") && same_duration("x", "x"));
        assert!(!same_duration("30d", "30h") && !same_duration("x", "30d"));
    }

    #[test]
    fn links_are_compared_by_what_they_lead_to() {
        let full = "https://www.googleapis.com/compute/v1/projects/p/global/networks/n";
        assert!(same_link(full, "https://compute.googleapis.com/compute/v1/projects/p/global/networks/n"));
        assert!(same_link("projects/p/global/networks/n", full));
        assert!(same_link(full, "global/networks/n"));
        assert!(same_link("n", full));
        assert!(!same_link("projects/other/global/networks/n", full));
        assert!(!same_link("an", "projects/p/global/networks/n-an"));
        assert!(!same_link("", full));
    }

    #[test]
    fn json_is_compared_without_regard_to_order_of_members_and_white_space() {
        assert!(same_json(r#"{"a":1,"b":[1,2]}"#, r#"{ "b": [1, 2], "a": 1 }"#));
        assert!(!same_json(r#"{"b":[1,2]}"#, r#"{"b":[2,1]}"#));
        assert!(!same_json("{", "{}"));
    }
}
