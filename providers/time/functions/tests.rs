use super::*;

fn call(function: &Parse, argument: Value) -> Result<Value, String> {
    let result = function.call(&[argument]);
    if let Ok(value) = &result {
        assert_eq!(value.ty(), function.signature().returns);
    }
    result.map_err(|e| e.message)
}

fn number(object: &Value, name: &str) -> String {
    object.get(name).and_then(Value::as_number).unwrap().to_string()
}

#[test]
fn timestamps_are_taken_apart_in_their_own_offset() {
    let parsed = call(&rfc3339_parse(), Value::string("2023-07-16T23:43:16-05:00")).unwrap();
    let expected = [("day", "16"), ("hour", "23"), ("iso_week", "28"), ("weekday", "0"), ("year_day", "197")];
    for (name, value) in expected {
        assert_eq!(number(&parsed, name), value, "{name}");
    }
    assert_eq!(number(&parsed, "unix"), "1689568996");
    assert_eq!(parsed.get("month_name"), Some(&Value::string("July")));
}

#[test]
fn seconds_are_taken_apart_at_utc() {
    let parsed = call(&unix_timestamp_parse(), Value::number(-1i64)).unwrap();
    assert_eq!(parsed.get("rfc3339"), Some(&Value::string("1969-12-31T23:59:59Z")));
    assert_eq!(parsed.get("weekday_name"), Some(&Value::string("Wednesday")));
}

#[test]
fn durations_come_in_every_unit() {
    let parsed = call(&duration_parse(), Value::string("-1m1.5s")).unwrap();
    assert_eq!(number(&parsed, "seconds"), "-61.5");
    assert_eq!(number(&parsed, "minutes"), "-1.025");
    assert_eq!(number(&parsed, "milliseconds"), "-61500");
}

#[test]
fn what_is_none_is_refused() {
    let half = Value::number(Number::from_f64(0.5).unwrap());
    let cases = [
        (rfc3339_parse(), Value::string("now"), "Error parsing RFC3339 timestamp: \"now\" is not"),
        (duration_parse(), Value::string("1 h"), "Error parsing duration string: \"1 h\" is not"),
        (unix_timestamp_parse(), half, "a whole number of seconds"),
        (unix_timestamp_parse(), Value::number(i64::MAX), "a whole number of seconds"),
    ];
    for (function, argument, expected) in cases {
        let message = call(&function, argument).unwrap_err();
        assert!(message.starts_with(expected), "{message}");
    }
}
