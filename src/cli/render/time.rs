//! Instants and durations as text.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Now, RFC 3339 in UTC with microseconds: the stream's timestamps.
pub fn now() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    rfc3339(since, true)
}

/// An instant since 1970 as RFC 3339 in UTC, to the second or the microsecond.
pub fn rfc3339(since_1970: Duration, with_micros: bool) -> String {
    let seconds = since_1970.as_secs();
    let (year, month, day) = civil(seconds / 86_400);
    let (h, m, s) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    let fraction = if with_micros { format!(".{:06}", since_1970.subsec_micros()) } else { String::new() };
    format!("{year:04}-{month:02}-{day:02}T{h:02}:{m:02}:{s:02}{fraction}Z")
}

/// Year, month and day of a day since 1970-01-01, in the Gregorian calendar. Years are counted from March, so that
/// leap days come last.
fn civil(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

/// A duration to the second: `0s`, `1m10s`, `2h0m5s`.
pub fn elapsed(duration: Duration) -> String {
    let seconds = rounded_seconds(duration);
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, s) => format!("{s}s"),
        (0, m, s) => format!("{m}m{s}s"),
        (h, m, s) => format!("{h}h{m}m{s}s"),
    }
}

/// Whole seconds, halves rounded up.
pub fn rounded_seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_millis() >= 500)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_in_the_gregorian_calendar() {
        let cases = [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (1_795_229_999, "2026-11-21T02:59:59Z"),
            (4_107_542_399, "2100-02-28T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ];
        for (seconds, text) in cases {
            assert_eq!(rfc3339(Duration::from_secs(seconds), false), text);
        }
        assert_eq!(rfc3339(Duration::from_micros(1_000_007), true), "1970-01-01T00:00:01.000007Z");
    }

    #[test]
    fn durations_are_rounded_to_the_second() {
        for (ms, text) in [(0, "0s"), (499, "0s"), (500, "1s"), (70_000, "1m10s"), (7_205_000, "2h0m5s")] {
            assert_eq!(elapsed(Duration::from_millis(ms)), text);
        }
    }
}
