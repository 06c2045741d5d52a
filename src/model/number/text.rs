//! Numbers from and to text.

use std::fmt;

use num_bigint::BigUint;

use super::decimal::Decimal;
use super::float::{Float, Magnitude};
use super::{Number, PARSED_PRECISION, Repr};

/// How to write a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// `-ddd.dddd`
    Fixed,
    /// `-d.dddde±dd`
    Scientific,
    /// Fixed, or scientific where the exponent is large.
    General,
}

impl Number {
    /// Reads decimal text as the language's literals and conversions write it (`12`, `-0.5`, `1e400`, also `1p3` for
    /// 1 * 2^3 and `inf`), at 512 bits.
    pub fn parse(text: &str) -> Option<Number> {
        if let Some(small) = parse_small(text) {
            return Some(Number(Repr::Small { value: small, precision: PARSED_PRECISION }));
        }
        if let "inf" | "Inf" | "+inf" | "+Inf" | "-inf" | "-Inf" = text {
            return Some(Float::infinite(text.starts_with('-'), PARSED_PRECISION).into());
        }
        parse_float(text).map(Number::from)
    }

    /// Reads a whole number of any size in a base from 2 to 62, with an optional sign. Letters stand for the digits
    /// from ten; up to base 36 their case does not matter, beyond it capital letters are the greater digits.
    pub fn parse_integer(text: &str, radix: u32) -> Option<Number> {
        let (negative, digits) = split_sign(text);
        if digits.is_empty() || !(2..=62).contains(&radix) {
            return None;
        }
        let mut magnitude = BigUint::ZERO;
        if radix <= 36 {
            if !digits.chars().all(|c| c.is_digit(radix)) {
                return None;
            }
            magnitude = BigUint::parse_bytes(digits.as_bytes(), radix)?;
        } else {
            for c in digits.chars() {
                magnitude = magnitude * radix + digit_beyond_36(c).filter(|d| *d < radix)?;
            }
        }
        let precision = (magnitude.bits() as u32).max(64);
        let negative = negative && magnitude.bits() > 0;
        Some(Float::new(negative, magnitude, 0, precision).into())
    }

    /// Writes the number in a notation with a number of digits: after the point for [`Notation::Fixed`] and
    /// [`Notation::Scientific`], in all for [`Notation::General`]. Without one, with as many as it takes to read
    /// the same number back.
    pub fn format(&self, notation: Notation, digits: Option<usize>) -> String {
        if let (Some(text), Notation::Fixed, None) = (self.small_text(), notation, digits) {
            return text;
        }
        let float = self.to_float();
        let mut out = String::from(if float.negative { "-" } else { "" });
        if float.is_infinite() {
            return if float.negative { "-Inf".into() } else { "+Inf".into() };
        }
        match digits {
            None => write_shortest(&Decimal::shortest(&float), notation, &mut out),
            Some(digits) => write_rounded(Decimal::of(&float), notation, digits, &mut out),
        }
        out
    }

    /// The exact text of a small whole number, where its precision holds it.
    fn small_text(&self) -> Option<String> {
        match &self.0 {
            Repr::Small { value, precision } if fits(*value, *precision) => Some(value.to_string()),
            Repr::Small { .. } | Repr::Big(_) => None,
        }
    }
}

fn fits(value: i64, precision: u32) -> bool {
    precision >= 64 || 64 - value.unsigned_abs().leading_zeros() <= precision
}

fn write_shortest(decimal: &Decimal, notation: Notation, out: &mut String) {
    let count = decimal.digits.len() as i64;
    match notation {
        Notation::Fixed => decimal.write_fixed((count - decimal.point).max(0) as usize, out),
        Notation::Scientific => decimal.write_scientific((count - 1).max(0) as usize, out),
        Notation::General => {
            let exponent = decimal.point - 1;
            if count > 0 && !(-4..6).contains(&exponent) {
                decimal.write_scientific((count - 1).max(0) as usize, out);
            } else {
                decimal.write_fixed((count - decimal.point).max(0) as usize, out);
            }
        }
    }
}

fn write_rounded(mut decimal: Decimal, notation: Notation, digits: usize, out: &mut String) {
    match notation {
        Notation::Fixed => {
            let keep = decimal.point + digits as i64;
            match usize::try_from(keep) {
                Ok(keep) => decimal.round(keep),
                Err(_) => decimal = Decimal { digits: Vec::new(), point: 0 },
            }
            decimal.write_fixed(digits, out);
        }
        Notation::Scientific => {
            decimal.round(digits + 1);
            decimal.write_scientific(digits, out);
        }
        Notation::General => {
            let digits = digits.max(1);
            decimal.round(digits);
            let count = decimal.digits.len();
            let all = count as i64;
            let threshold = if digits > count && all >= decimal.point { all } else { digits as i64 };
            let exponent = decimal.point - 1;
            if exponent < -4 || exponent >= threshold {
                decimal.write_scientific(digits.min(count).saturating_sub(1), out);
            } else {
                decimal.write_fixed((all - decimal.point).max(0) as usize, out);
            }
        }
    }
}

/// Writes all digits, without an exponent: the fewest that read back as the same number.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Small { value, precision } if fits(*value, *precision) => write!(f, "{value}"),
            Repr::Small { .. } | Repr::Big(_) => f.write_str(&self.format(Notation::Fixed, None)),
        }
    }
}

/// Whole numbers of up to 18 digits, the bulk of all numbers; not `-0`, which is kept apart from `0`.
fn parse_small(text: &str) -> Option<i64> {
    let (negative, digits) = split_sign(text);
    if digits.is_empty() || digits.len() > 18 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let value: i64 = digits.parse().ok()?;
    match (negative, value) {
        (true, 0) => None,
        (true, value) => Some(-value),
        (false, value) => Some(value),
    }
}

fn split_sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

fn digit_beyond_36(c: char) -> Option<u32> {
    match c {
        '0'..='9' | 'a'..='z' => c.to_digit(36),
        'A'..='Z' => Some(u32::from(c) - u32::from('A') + 36),
        _ => None,
    }
}

fn parse_float(text: &str) -> Option<Float> {
    let (negative, rest) = split_sign(text);
    let (mantissa, exponent) = match rest.find(['e', 'E', 'p', 'P']) {
        Some(at) => (&rest[..at], Some((rest.as_bytes()[at].to_ascii_lowercase(), &rest[at + 1..]))),
        None => (rest, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = [whole, fraction].concat();
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (base, exponent) = match exponent {
        None => (b'e', 0),
        Some((base, text)) => (base, parse_exponent(text)?),
    };
    let (twos, tens) = if base == b'p' { (exponent, 0) } else { (0, exponent) };
    let tens = tens.checked_sub(fraction.len() as i64)?;
    let mantissa = BigUint::parse_bytes(digits.as_bytes(), 10)?;
    scale(negative, mantissa, twos, tens)
}

fn parse_exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// `mantissa * 2^twos * 10^tens`, rounded once; nothing where the exponent is beyond all reason.
fn scale(negative: bool, mantissa: BigUint, twos: i64, tens: i64) -> Option<Float> {
    if mantissa.bits() == 0 {
        return Some(Float::zero(negative, PARSED_PRECISION));
    }
    let twos = twos.checked_add(tens)?;
    if (twos + mantissa.bits() as i64).unsigned_abs() > i32::MAX as u64 {
        return None;
    }
    let exact = Float { negative, precision: PARSED_PRECISION, magnitude: raw(mantissa, twos) };
    let fives = power_of_five(tens.unsigned_abs(), PARSED_PRECISION + 64);
    match tens {
        0 => Some(exact.with_precision(PARSED_PRECISION)),
        1.. => exact.mul(&fives, PARSED_PRECISION),
        _ => exact.div(&fives, PARSED_PRECISION),
    }
}

/// A magnitude that is not rounded.
fn raw(mantissa: BigUint, exponent: i64) -> Magnitude {
    Magnitude::rounded(mantissa, exponent, false, u32::MAX)
}

/// `5^n` at a precision; exact while it fits, and by squaring, so that huge exponents stay cheap.
fn power_of_five(mut n: u64, precision: u32) -> Float {
    let five = |p| Float::new(false, BigUint::from(5u32), 0, p);
    let mut result = Float::new(false, BigUint::from(1u32), 0, precision);
    let mut square = five(precision + 64);
    while n > 0 {
        if n & 1 == 1 {
            result = result.mul(&square, precision).unwrap_or(result);
        }
        square = square.mul(&square, precision + 64).unwrap_or(square);
        n >>= 1;
    }
    result
}
