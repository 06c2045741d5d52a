//! Points in time: RFC 3339 text and the calendar.

/// A point in time with the offset that it was written with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Instant {
    /// Seconds since 1970 UTC.
    pub seconds: i64,
    /// And nanoseconds, fewer than a second's.
    pub nanos: u32,
    /// How many seconds local time is ahead of UTC.
    pub offset: i32,
}

/// A point in time as the calendar and the clock show it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Civil {
    /// The year of the Gregorian calendar, which is taken to have been there always.
    pub year: i64,
    /// From 1.
    pub month: u8,
    /// From 1.
    pub day: u8,
    /// From 0 to 23.
    pub hour: u8,
    /// From 0 to 59.
    pub minute: u8,
    /// From 0 to 59.
    pub second: u8,
    /// Days since Sunday.
    pub weekday: u8,
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

impl Civil {
    /// The month's name in English.
    pub fn month_name(&self) -> &'static str {
        MONTHS[usize::from(self.month.clamp(1, 12)) - 1]
    }

    /// The weekday's name in English.
    pub fn weekday_name(&self) -> &'static str {
        WEEKDAYS[usize::from(self.weekday % 7)]
    }

    /// The day of the year, from 1.
    pub fn year_day(&self) -> i64 {
        days_of(self.year, self.month.into(), self.day.into()) - days_of(self.year, 1, 1) + 1
    }

    /// The year and the number of the week as ISO 8601 counts them: a week belongs to the year of its Thursday.
    pub fn iso_week(&self) -> (i64, i64) {
        let since_monday = (i64::from(self.weekday) + 6) % 7;
        let thursday = days_of(self.year, self.month.into(), self.day.into()) - since_monday + 3;
        let (year, _, _) = date_of(thursday);
        (year, (thursday - days_of(year, 1, 1)) / 7 + 1)
    }
}

const DAY: i64 = 86_400;

impl Instant {
    /// The point in time some nanoseconds after 1970, at UTC.
    pub fn from_unix_ns(ns: i128) -> Instant {
        let seconds = i64::try_from(ns.div_euclid(1_000_000_000)).unwrap_or(i64::MAX);
        let nanos = u32::try_from(ns.rem_euclid(1_000_000_000)).unwrap_or_default();
        Instant { seconds, nanos, offset: 0 }
    }

    /// What calendar and clock show.
    pub fn civil(self) -> Civil {
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
    pub fn to_rfc3339(self) -> String {
        let c = self.civil();
        let (sign, year) = if c.year < 0 { ("-", -c.year) } else { ("", c.year) };
        let zone = self.zone(":", "Z");
        format!(
            "{sign}{year:04}-{:02}-{:02}T{:02}:{:02}:{:02}{zone}",
            c.month, c.day, c.hour, c.minute, c.second
        )
    }

    /// The offset as `+hh:mm` with a separator, or another text for UTC.
    pub fn zone(self, separator: &str, utc: &str) -> String {
        if self.offset == 0 && !utc.is_empty() {
            return utc.into();
        }
        let sign = if self.offset < 0 { '-' } else { '+' };
        let minutes = self.offset.abs() / 60;
        format!("{sign}{:02}{separator}{:02}", minutes / 60, minutes % 60)
    }

    /// The point in time some nanoseconds later.
    pub fn plus(self, ns: i64) -> Instant {
        let nanos = i64::from(self.nanos) + ns.rem_euclid(1_000_000_000);
        let seconds = self.seconds + ns.div_euclid(1_000_000_000) + nanos / 1_000_000_000;
        Instant { seconds, nanos: u32::try_from(nanos % 1_000_000_000).unwrap_or_default(), ..self }
    }

    /// The point in time some seconds later; nothing where no calendar reaches.
    pub fn plus_seconds(self, seconds: i64) -> Option<Instant> {
        let seconds = self.seconds.checked_add(seconds)?;
        // Far beyond what anybody means, and far from where sums of seconds overflow.
        (seconds.unsigned_abs() < 1 << 50).then_some(Instant { seconds, ..self })
    }

    /// The same time of day some days later.
    pub fn plus_days(self, days: i64) -> Option<Instant> {
        self.plus_seconds(days.checked_mul(DAY)?)
    }

    /// The same day and time of day some months later; a day that the month does not have is counted on into the next.
    pub fn plus_months(self, months: i64) -> Option<Instant> {
        let civil = self.civil();
        let month =
            civil.year.checked_mul(12)?.checked_add(i64::from(civil.month) - 1)?.checked_add(months)?;
        let year = month.div_euclid(12);
        if year.unsigned_abs() > 1 << 24 {
            return None;
        }
        let (month, day) = (month.rem_euclid(12) + 1, i64::from(civil.day));
        let old = days_of(civil.year, civil.month.into(), day);
        self.plus_days(days_of(year, month, day) - old)
    }

    /// Reads RFC 3339 text; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Instant, String> {
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

#[cfg(test)]
mod tests;
