//! Points in time: RFC 3339 text, the calendar, and durations as the language writes them.

/// A point in time with the offset that it was written with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Instant {
    /// Seconds since 1970 UTC.
    pub(super) seconds: i64,
    /// And nanoseconds, fewer than a second's.
    pub(super) nanos: u32,
    /// How many seconds local time is ahead of UTC.
    pub(super) offset: i32,
}

/// A point in time as the calendar and the clock show it.
pub(super) struct Civil {
    pub(super) year: i64,
    pub(super) month: u8,
    pub(super) day: u8,
    pub(super) hour: u8,
    pub(super) minute: u8,
    pub(super) second: u8,
    /// Days since Sunday.
    pub(super) weekday: u8,
}

const DAY: i64 = 86_400;

impl Instant {
    /// The point in time some nanoseconds after 1970, at UTC.
    pub(super) fn from_unix_ns(ns: i128) -> Instant {
        let seconds = i64::try_from(ns.div_euclid(1_000_000_000)).unwrap_or(i64::MAX);
        let nanos = u32::try_from(ns.rem_euclid(1_000_000_000)).unwrap_or_default();
        Instant { seconds, nanos, offset: 0 }
    }

    /// What calendar and clock show.
    pub(super) fn civil(self) -> Civil {
        let local = self.seconds + i64::from(self.offset);
        let (days, of_day) = (local.div_euclid(DAY), local.rem_euclid(DAY));
        let (year, month, day) = date_of(days);
        let small = |n: i64| u8::try_from(n).unwrap_or_default();
        Civil {
            year,
            month,
            day,
            hour: small(of_day / 3600),
            minute: small(of_day / 60 % 60),
            second: small(of_day % 60),
            weekday: small((days + 4).rem_euclid(7)),
        }
    }

    /// RFC 3339 text, fractions of a second left out.
    pub(super) fn to_rfc3339(self) -> String {
        let c = self.civil();
        let (sign, year) = if c.year < 0 { ("-", -c.year) } else { ("", c.year) };
        let zone = self.zone(":", "Z");
        format!(
            "{sign}{year:04}-{:02}-{:02}T{:02}:{:02}:{:02}{zone}",
            c.month, c.day, c.hour, c.minute, c.second
        )
    }

    /// The offset as `+hh:mm` with a separator, or another text for UTC.
    pub(super) fn zone(self, separator: &str, utc: &str) -> String {
        if self.offset == 0 && !utc.is_empty() {
            return utc.into();
        }
        let sign = if self.offset < 0 { '-' } else { '+' };
        let minutes = self.offset.abs() / 60;
        format!("{sign}{:02}{separator}{:02}", minutes / 60, minutes % 60)
    }

    /// The point in time some nanoseconds later.
    pub(super) fn plus(self, ns: i64) -> Instant {
        let nanos = i64::from(self.nanos) + ns.rem_euclid(1_000_000_000);
        let seconds = self.seconds + ns.div_euclid(1_000_000_000) + nanos / 1_000_000_000;
        Instant { seconds, nanos: u32::try_from(nanos % 1_000_000_000).unwrap_or_default(), ..self }
    }

    /// Reads RFC 3339 text; the error says what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Instant, String> {
        parse(text).map_err(|e| format!("not a valid RFC3339 timestamp: {e}"))
    }
}

/// Year, month and day of a day counted from 1970 (proleptic Gregorian calendar, in eras of 400 years).
fn date_of(days: i64) -> (i64, u8, u8) {
    let from_march_0 = days + 719_468;
    let era = from_march_0.div_euclid(146_097);
    let day_of_era = from_march_0.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, u8::try_from(month).unwrap_or(1), u8::try_from(day).unwrap_or(1))
}

/// The day counted from 1970 of a date.
fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn days_in_month(year: i64, month: i64) -> i64 {
    let (next_year, next_month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    days_of(next_year, next_month, 1) - days_of(year, month, 1)
}

/// What is left to read of a timestamp.
struct Rest<'t>(&'t str);

impl<'t> Rest<'t> {
    fn unusable(at: &str, what: &str) -> String {
        match at {
            "" => format!("end of string before {what}"),
            _ => format!("cannot use {at:?} as {what}"),
        }
    }

    /// Reads a number of so many digits.
    fn digits(&mut self, count: usize, what: &str) -> Result<i64, String> {
        let held = self.0;
        let digits = held.get(..count).filter(|d| d.bytes().all(|b| b.is_ascii_digit()));
        let Some(digits) = digits else { return Err(Rest::unusable(held, what)) };
        self.0 = &held[count..];
        digits.parse().map_err(|_| Rest::unusable(held, what))
    }

    /// Reads a number of two digits within a range; what is left then is what the error shows.
    fn two_digits(&mut self, range: std::ops::RangeInclusive<i64>, what: &str) -> Result<i64, String> {
        let n = self.digits(2, what)?;
        if range.contains(&n) { Ok(n) } else { Err(Rest::unusable(self.0, what)) }
    }

    fn separator(&mut self, separator: char) -> Result<(), String> {
        match self.0.strip_prefix(separator) {
            Some(rest) => self.0 = rest,
            None if separator == 'T' => return Err("missing required time introducer 'T'".into()),
            None if self.0.is_empty() => {
                return Err(format!("end of string where \"{separator}\" is expected"));
            }
            None => return Err(format!("found {:?} where \"{separator}\" is expected", self.0)),
        }
        Ok(())
    }

    /// Reads the hour, which may have one digit only for the sake of a better message.
    fn hour(&mut self) -> Result<i64, String> {
        let held = self.0;
        let bytes = held.as_bytes();
        let one_digit =
            bytes.first().is_some_and(u8::is_ascii_digit) && !bytes.get(1).is_some_and(u8::is_ascii_digit);
        if one_digit {
            return Err("hour must have exactly two digits".into());
        }
        let hour = self.digits(2, "hour")?;
        if hour > 23 { Err("hour must be between 0 and 23 inclusive".into()) } else { Ok(hour) }
    }

    fn minute(&mut self) -> Result<i64, String> {
        let minute = self.digits(2, "minute")?;
        if minute > 59 { Err("minute must have exactly two digits".into()) } else { Ok(minute) }
    }

    /// Reads a fraction of a second, if there is one.
    fn fraction(&mut self) -> u32 {
        let Some(after) = self.0.strip_prefix(['.', ',']) else { return 0 };
        let count = after.bytes().take_while(u8::is_ascii_digit).count();
        if count == 0 {
            return 0;
        }
        self.0 = &after[count..];
        let nine: String = after[..count].chars().chain("000000000".chars()).take(9).collect();
        nine.parse().unwrap_or(0)
    }

    fn offset(&mut self) -> Result<i32, String> {
        if let Some(rest) = self.0.strip_prefix('Z') {
            self.0 = rest;
            return Ok(0);
        }
        let held = self.0;
        let read = || {
            let (sign, rest) = match held.split_at_checked(1)? {
                ("+", rest) => (1, rest),
                ("-", rest) => (-1, rest),
                _ => return None,
            };
            let two = |at: usize| {
                rest.get(at..at + 2).filter(|d| d.bytes().all(|b| b.is_ascii_digit()))?.parse::<i32>().ok()
            };
            let (hours, minutes) = (two(0)?, two(3)?);
            let valid = rest.get(2..3) == Some(":") && hours < 24 && minutes < 60;
            valid.then_some(sign * (hours * 60 + minutes) * 60)
        };
        let offset = read().ok_or_else(|| Rest::unusable(held, "UTC offset"))?;
        self.0 = &held[6..];
        Ok(offset)
    }
}

fn parse(text: &str) -> Result<Instant, String> {
    let mut rest = Rest(text);
    let year = rest.digits(4, "year")?;
    rest.separator('-')?;
    let month = rest.two_digits(1..=12, "month")?;
    rest.separator('-')?;
    let day = rest.two_digits(0..=99, "day of month")?;
    rest.separator('T')?;
    let hour = rest.hour()?;
    rest.separator(':')?;
    let minute = rest.minute()?;
    rest.separator(':')?;
    let second = rest.two_digits(0..=59, "second")?;
    let nanos = rest.fraction();
    let offset = rest.offset()?;
    if !rest.0.is_empty() {
        return Err(Rest::unusable(rest.0, "timestamp segment"));
    }
    if !(1..=days_in_month(year, month)).contains(&day) {
        return Err("day out of range".into());
    }
    let local = days_of(year, month, day) * DAY + hour * 3600 + minute * 60 + second;
    Ok(Instant { seconds: local - i64::from(offset), nanos, offset })
}

/// Reads a duration such as `1h30m` or `-1.5s` as nanoseconds.
pub(super) fn parse_duration(text: &str) -> Result<i64, String> {
    let invalid = || format!("time: invalid duration {text:?}");
    let (negative, mut rest) = match text.split_at_checked(1) {
        Some(("-", rest)) => (true, rest),
        Some(("+", rest)) => (false, rest),
        _ => (false, text),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total: i128 = 0;
    while !rest.is_empty() {
        let (amount, after) = split_amount(rest).ok_or_else(invalid)?;
        let unit_length = after.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at(unit_length);
        if unit.is_empty() {
            return Err(format!("time: missing unit in duration {text:?}"));
        }
        let scale =
            unit_ns(unit).ok_or_else(|| format!("time: unknown unit {unit:?} in duration {text:?}"))?;
        total += scaled(amount, scale).ok_or_else(invalid)?;
        rest = after;
    }
    i64::try_from(if negative { -total } else { total }).map_err(|_| invalid())
}

/// The digits at the start, with at most one point among them.
fn split_amount(text: &str) -> Option<((&str, &str), &str)> {
    let digits = |s: &str| s.bytes().take_while(u8::is_ascii_digit).count();
    let (whole, rest) = text.split_at(digits(text));
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(after) => after.split_at(digits(after)),
        None => ("", rest),
    };
    if whole.is_empty() && fraction.is_empty() { None } else { Some(((whole, fraction), rest)) }
}

fn unit_ns(unit: &str) -> Option<i128> {
    Some(match unit {
        "ns" => 1,
        "us" | "\u{b5}s" | "\u{3bc}s" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    })
}

/// An amount of a unit in nanoseconds, cut towards zero; nothing where it does not fit 64 bits.
fn scaled((whole, fraction): (&str, &str), scale: i128) -> Option<i128> {
    let whole: i128 = if whole.is_empty() { 0 } else { whole.parse::<i64>().ok()?.into() };
    let kept = &fraction[..fraction.len().min(18)];
    let numerator: i128 = if kept.is_empty() { 0 } else { kept.parse().ok()? };
    let denominator = 10i128.pow(u32::try_from(kept.len()).unwrap_or_default());
    Some(whole * scale + numerator * scale / denominator)
}
