use super::*;

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn written(instant: Option<Instant>) -> String {
    instant.map_or_else(|| "nothing".into(), Instant::to_rfc3339)
}

#[test]
fn months_and_days_are_counted_on_the_calendar() {
    let cases = [
        ("2020-01-31T10:00:00Z", 1, "2020-03-02T10:00:00Z"),
        ("2021-01-31T10:00:00Z", 1, "2021-03-03T10:00:00Z"),
        ("2020-02-29T10:00:00+02:00", 12, "2021-03-01T10:00:00+02:00"),
        ("2020-03-31T23:59:59Z", -1, "2020-03-02T23:59:59Z"),
        ("2020-01-15T00:00:00Z", -13, "2018-12-15T00:00:00Z"),
        ("2020-01-15T00:00:00Z", i64::MAX, "nothing"),
        ("2020-01-15T00:00:00Z", i64::MIN, "nothing"),
    ];
    for (text, months, expected) in cases {
        assert_eq!(written(at(text).plus_months(months)), expected, "{text} and {months} months");
    }
    assert_eq!(written(at("2020-02-28T01:00:00Z").plus_days(2)), "2020-03-01T01:00:00Z");
    assert_eq!(written(at("2020-02-28T01:00:00Z").plus_days(i64::MAX)), "nothing");
    assert_eq!(written(at("2020-02-28T01:00:00Z").plus_seconds(i64::MIN)), "nothing");
}

#[test]
fn weeks_belong_to_the_year_of_their_thursday() {
    let cases = [
        ("2020-12-31T00:00:00Z", (2020, 53), 366, "Thursday"),
        ("2021-01-01T00:00:00Z", (2020, 53), 1, "Friday"),
        ("2021-01-04T00:00:00Z", (2021, 1), 4, "Monday"),
        ("2018-12-31T00:00:00Z", (2019, 1), 365, "Monday"),
        ("2023-07-16T23:30:00-05:00", (2023, 28), 197, "Sunday"),
    ];
    for (text, week, day, weekday) in cases {
        let civil = at(text).civil();
        assert_eq!(
            (civil.iso_week(), civil.year_day(), civil.weekday_name()),
            (week, day, weekday),
            "{text}"
        );
    }
}
