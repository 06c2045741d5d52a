//! Numbers of arbitrary precision: binary floats, with small whole numbers kept small.
//!
//! Every number carries the precision to which results are rounded: 512 bits for what is read from text, 64 for
//! counts, 53 for what comes from a double. An operation takes the greater precision of its operands.

mod decimal;
mod float;
mod text;

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use num_bigint::BigUint;

use float::{Float, Magnitude};

pub use decimal::Decimal;
pub use text::Notation;

/// The precision of numbers that are read from text.
const PARSED_PRECISION: u32 = 512;
/// The precision of whole numbers that the program counts.
const COUNTED_PRECISION: u32 = 64;
/// The precision of doubles.
const DOUBLE_PRECISION: u32 = 53;

/// A number: any real number that fits its precision, `-0`, or an infinity.
///
/// `==` is the language's: whole numbers by value, others by their shortest text, so that a double `0.1` equals the
/// literal `0.1`; both zeros are equal. [`raw_equals`](Number::raw_equals) tells more apart.
#[derive(Clone, Debug)]
pub struct Number(Repr);

#[derive(Clone, Debug)]
enum Repr {
    /// A whole number; never negative zero.
    Small { value: i64, precision: u32 },
    /// Everything else.
    Big(Arc<Float>),
}

/// Why an operation on numbers has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberError {
    /// Infinities of opposite sign were added.
    Sum,
    /// Infinities of the same sign were subtracted.
    Difference,
    /// Zero and infinity were multiplied.
    Product,
    /// Zero was divided by zero, or infinity by infinity.
    Quotient,
    /// The remainder of or by infinity was asked for.
    Remainder,
}

/// Words the error as the language's diagnostics do.
impl fmt::Display for NumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NumberError::Sum => "can't compute sum of opposing infinities",
            NumberError::Difference => "can't subtract infinity from itself",
            NumberError::Product => "can't multiply zero by infinity",
            NumberError::Quotient => "can't divide zero by zero or infinity by infinity",
            NumberError::Remainder => "can't use modulo with zero and infinity",
        })
    }
}

impl std::error::Error for NumberError {}

/// Arithmetic.
impl Number {
    /// Sum.
    pub fn add(&self, other: &Number) -> Result<Number, NumberError> {
        let precision = self.precision().max(other.precision());
        if let (Some(a), Some(b)) = (self.small(), other.small())
            && let Some(sum) = a.checked_add(b)
            && precision >= 64
        {
            return Ok(Number(Repr::Small { value: sum, precision }));
        }
        let sum = self.to_float().add(&other.to_float(), precision).ok_or(NumberError::Sum)?;
        Ok(sum.into())
    }

    /// Difference.
    pub fn sub(&self, other: &Number) -> Result<Number, NumberError> {
        self.add(&other.neg()).map_err(|_| NumberError::Difference)
    }

    /// Product; as precise as the operands, and more where it takes up to 512 bits to be exact.
    pub fn mul(&self, other: &Number) -> Result<Number, NumberError> {
        let precision = self.precision().max(other.precision());
        if let (Some(a), Some(b)) = (self.small(), other.small())
            && let Some(product) = a.checked_mul(b)
            && product != 0
            && precision >= 64
        {
            return Ok(Number(Repr::Small { value: product, precision }));
        }
        let product = self.to_float().mul(&other.to_float(), 512).ok_or(NumberError::Product)?;
        let precision = precision.max(product.min_precision());
        Ok(product.with_precision(precision).into())
    }

    /// Quotient; infinite for a division of a non-zero number by zero.
    pub fn div(&self, other: &Number) -> Result<Number, NumberError> {
        let precision = self.precision().max(other.precision());
        if let (Some(a), Some(b)) = (self.small(), other.small())
            && a != 0
            && a.checked_rem(b) == Some(0)
            && precision >= 64
        {
            return Ok(Number(Repr::Small { value: a / b, precision }));
        }
        let quotient = self.to_float().div(&other.to_float(), precision).ok_or(NumberError::Quotient)?;
        Ok(quotient.into())
    }

    /// Remainder with the sign of the dividend; `x % 0` is `x`.
    pub fn rem(&self, other: &Number) -> Result<Number, NumberError> {
        if other.is_zero() {
            return Ok(self.clone());
        }
        let precision = self.precision();
        if let (Some(a), Some(b)) = (self.small(), other.small())
            && let Some(rest) = a.checked_rem(b)
            && precision >= 64
        {
            return Ok(Number(Repr::Small { value: rest, precision }));
        }
        let quotient = self.div(other).map_err(|_| NumberError::Remainder)?.to_float();
        let (whole, _) = quotient.truncated().ok_or(NumberError::Remainder)?;
        let negative = quotient.negative && whole.bits() > 0;
        let whole = Float::new(negative, whole, 0, precision);
        let mut taken = other.to_float().mul(&whole, precision).ok_or(NumberError::Remainder)?;
        taken.negative = !taken.negative;
        let rest = self.to_float().add(&taken, precision).ok_or(NumberError::Remainder)?;
        Ok(rest.into())
    }

    /// Negation; zero keeps a sign.
    pub fn neg(&self) -> Number {
        match &self.0 {
            Repr::Small { value, precision } if *value != 0 && *value != i64::MIN => {
                Number(Repr::Small { value: -value, precision: *precision })
            }
            Repr::Small { .. } | Repr::Big(_) => {
                let float = self.to_float();
                Float { negative: !float.negative, ..float }.into()
            }
        }
    }

    /// Absolute value.
    pub fn abs(&self) -> Number {
        if self.is_negative() { self.neg() } else { self.clone() }
    }

    /// The greatest whole number that is not greater.
    pub fn floor(&self) -> Number {
        self.to_whole(self.is_negative())
    }

    /// The least whole number that is not less.
    pub fn ceil(&self) -> Number {
        self.to_whole(!self.is_negative())
    }

    /// Cuts towards zero or rounds away from it.
    fn to_whole(&self, away_from_zero: bool) -> Number {
        let Repr::Big(float) = &self.0 else { return self.clone() };
        match float.truncated() {
            None | Some((_, true)) => self.clone(),
            Some((whole, false)) => {
                let whole = if away_from_zero { whole + 1u32 } else { whole };
                let negative = float.negative && whole.bits() > 0;
                Float::new(negative, whole, 0, float.precision).into()
            }
        }
    }

    /// -1, 0 or 1.
    pub fn signum(&self) -> Number {
        Number::from(match (self.is_zero(), self.is_negative()) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        })
    }
}

/// Questions.
impl Number {
    /// Plus infinity.
    pub fn infinity() -> Number {
        Float::infinite(false, PARSED_PRECISION).into()
    }

    /// Exactly the double, or nothing where that is not a number.
    pub fn from_f64(n: f64) -> Option<Number> {
        if n.is_nan() {
            return None;
        }
        let negative = n.is_sign_negative();
        if n.is_infinite() {
            return Some(Float::infinite(negative, DOUBLE_PRECISION).into());
        }
        let bits = n.to_bits();
        let fraction = bits & ((1 << 52) - 1);
        let (mantissa, exponent) = match (bits >> 52) & 0x7ff {
            0 => (fraction, -1074),
            biased => (fraction | 1 << 52, biased as i64 - 1075),
        };
        Some(Float::new(negative, BigUint::from(mantissa), exponent, DOUBLE_PRECISION).into())
    }

    /// The value as an index or count, where it is a whole number in range.
    pub fn to_usize(&self) -> Option<usize> {
        self.to_u64().and_then(|n| usize::try_from(n).ok())
    }

    /// The value, where it is a whole number in range.
    pub fn to_u64(&self) -> Option<u64> {
        match &self.0 {
            Repr::Small { value, .. } => u64::try_from(*value).ok(),
            Repr::Big(float) => match float.truncated() {
                Some((whole, true)) if !float.negative || whole.bits() == 0 => u64::try_from(whole).ok(),
                _ => None,
            },
        }
    }

    /// The value, where it is a whole number in range.
    pub fn to_i64(&self) -> Option<i64> {
        match &self.0 {
            Repr::Small { value, .. } => Some(*value),
            Repr::Big(float) if float.is_zero() => Some(0),
            Repr::Big(_) => None,
        }
    }

    /// The nearest double.
    pub fn to_f64(&self) -> f64 {
        match &self.0 {
            // A conversion from whole numbers rounds to nearest, half to even.
            Repr::Small { value, .. } => *value as f64,
            Repr::Big(float) => float.to_f64(),
        }
    }

    /// The digits of the whole part, without sign, cut towards zero; nothing for infinity.
    pub fn whole_magnitude(&self) -> Option<BigUint> {
        self.to_float().truncated().map(|(whole, _)| whole)
    }

    /// Whether this is a whole number.
    pub fn is_integer(&self) -> bool {
        match &self.0 {
            Repr::Small { .. } => true,
            Repr::Big(float) => match &float.magnitude {
                Magnitude::Zero => true,
                Magnitude::Finite { exponent, .. } => *exponent >= 0,
                Magnitude::Infinite => false,
            },
        }
    }

    /// Whether this is plus or minus infinity.
    pub fn is_infinite(&self) -> bool {
        matches!(&self.0, Repr::Big(float) if float.is_infinite())
    }

    /// Whether this is zero of either sign.
    pub fn is_zero(&self) -> bool {
        match &self.0 {
            Repr::Small { value, .. } => *value == 0,
            Repr::Big(float) => float.is_zero(),
        }
    }

    /// Whether the sign is minus (also of negative zero).
    pub fn is_negative(&self) -> bool {
        match &self.0 {
            Repr::Small { value, .. } => *value < 0,
            Repr::Big(float) => float.negative,
        }
    }

    /// Whether two numbers are equal and, if they are zero, have the same sign.
    pub fn raw_equals(&self, other: &Number) -> bool {
        self == other && self.is_negative() == other.is_negative()
    }

    /// The exact order by value, in which `<` and `>` of the language compare. [`Ord`] differs from it only for
    /// numbers that are equal by their text.
    pub fn compare(&self, other: &Number) -> Ordering {
        match (&self.0, &other.0) {
            (Repr::Small { value: a, .. }, Repr::Small { value: b, .. }) => a.cmp(b),
            _ => self.to_float().cmp(&other.to_float()),
        }
    }

    fn small(&self) -> Option<i64> {
        match &self.0 {
            Repr::Small { value, .. } => Some(*value),
            Repr::Big(_) => None,
        }
    }

    fn precision(&self) -> u32 {
        match &self.0 {
            Repr::Small { precision, .. } => *precision,
            Repr::Big(float) => float.precision,
        }
    }

    fn to_float(&self) -> Float {
        match &self.0 {
            Repr::Small { value, precision } => {
                Float::new(*value < 0, BigUint::from(value.unsigned_abs()), 0, *precision)
            }
            Repr::Big(float) => (**float).clone(),
        }
    }
}

/// Keeps small whole numbers small.
impl From<Float> for Number {
    fn from(float: Float) -> Number {
        match small_value(&float) {
            Some(value) => Number(Repr::Small { value, precision: float.precision }),
            None => Number(Repr::Big(Arc::new(float))),
        }
    }
}

/// The float as a small whole number, where it is one; negative zero is not.
fn small_value(float: &Float) -> Option<i64> {
    match &float.magnitude {
        Magnitude::Zero if !float.negative => Some(0),
        Magnitude::Finite { mantissa, exponent } if (0..64).contains(exponent) => {
            let magnitude = i128::from(u64::try_from(mantissa).ok()?) << exponent;
            i64::try_from(if float.negative { -magnitude } else { magnitude }).ok()
        }
        Magnitude::Zero | Magnitude::Finite { .. } | Magnitude::Infinite => None,
    }
}

impl From<i64> for Number {
    fn from(n: i64) -> Number {
        Number(Repr::Small { value: n, precision: COUNTED_PRECISION })
    }
}

impl From<i32> for Number {
    fn from(n: i32) -> Number {
        Number::from(i64::from(n))
    }
}

impl From<u64> for Number {
    fn from(n: u64) -> Number {
        Float::new(false, BigUint::from(n), 0, COUNTED_PRECISION).into()
    }
}

impl From<usize> for Number {
    fn from(n: usize) -> Number {
        Number::from(n as u64)
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Number) -> bool {
        if let (Some(a), Some(b)) = (self.small(), other.small()) {
            return a == b;
        }
        if self.is_zero() || other.is_zero() {
            return self.is_zero() && other.is_zero();
        }
        let by_value = self.is_integer() || other.is_integer() || self.precision() == other.precision();
        if by_value {
            self.compare(other) == Ordering::Equal
        } else {
            self.is_negative() == other.is_negative() && self.to_string() == other.to_string()
        }
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Number) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Number) -> Ordering {
        if self == other { Ordering::Equal } else { self.compare(other) }
    }
}

#[cfg(test)]
mod tests;
