//! Binary floats of any precision, rounded to the nearest and half to even.

use std::cmp::Ordering;

use num_bigint::BigUint;

/// Exponents beyond this overflow to infinity or underflow to zero.
const MAX_EXPONENT: i64 = i32::MAX as i64;

/// A binary float with the precision that its results are rounded to.
#[derive(Clone, Debug)]
pub(super) struct Float {
    pub(super) negative: bool,
    /// Bits of mantissa.
    pub(super) precision: u32,
    pub(super) magnitude: Magnitude,
}

/// The absolute value of a [`Float`].
#[derive(Clone, Debug)]
pub(super) enum Magnitude {
    Zero,
    /// `mantissa * 2^exponent`; the mantissa is odd.
    Finite {
        mantissa: BigUint,
        exponent: i64,
    },
    Infinite,
}

impl Magnitude {
    /// Rounds `mantissa * 2^exponent` to a precision. `sticky` says that the exact mantissa is slightly larger.
    pub(super) fn rounded(mantissa: BigUint, exponent: i64, sticky: bool, precision: u32) -> Magnitude {
        let bits = mantissa.bits();
        if bits <= u64::from(precision) {
            return Magnitude::normalized(mantissa, exponent);
        }
        let excess = bits - u64::from(precision);
        let half = mantissa.bit(excess - 1);
        let beyond_half = sticky || mantissa.trailing_zeros().is_some_and(|zeros| zeros < excess - 1);
        let mut kept = mantissa >> excess;
        if half && (beyond_half || kept.bit(0)) {
            kept += 1u32;
        }
        Magnitude::normalized(kept, exponent + excess as i64)
    }

    /// Strips the mantissa's trailing zeros; what the exponent cannot hold becomes infinite or zero.
    fn normalized(mantissa: BigUint, exponent: i64) -> Magnitude {
        let Some(zeros) = mantissa.trailing_zeros() else { return Magnitude::Zero };
        let top = exponent.saturating_add(mantissa.bits() as i64);
        if top > MAX_EXPONENT {
            return Magnitude::Infinite;
        }
        if top < -MAX_EXPONENT {
            return Magnitude::Zero;
        }
        let mantissa = if zeros == 0 { mantissa } else { mantissa >> zeros };
        Magnitude::Finite { mantissa, exponent: exponent + zeros as i64 }
    }

    pub(super) fn cmp(&self, other: &Magnitude) -> Ordering {
        use Magnitude::{Finite, Infinite, Zero};
        match (self, other) {
            (Zero, Zero) | (Infinite, Infinite) => Ordering::Equal,
            (Zero, _) | (_, Infinite) => Ordering::Less,
            (_, Zero) | (Infinite, _) => Ordering::Greater,
            (Finite { mantissa: a, exponent: ea }, Finite { mantissa: b, exponent: eb }) => {
                let top_a = ea + a.bits() as i64;
                let top_b = eb + b.bits() as i64;
                top_a.cmp(&top_b).then_with(|| {
                    let low = *ea.min(eb);
                    (a << (ea - low) as u64).cmp(&(b << (eb - low) as u64))
                })
            }
        }
    }
}

impl Float {
    pub(super) fn zero(negative: bool, precision: u32) -> Float {
        Float { negative, precision, magnitude: Magnitude::Zero }
    }

    pub(super) fn infinite(negative: bool, precision: u32) -> Float {
        Float { negative, precision, magnitude: Magnitude::Infinite }
    }

    /// `±mantissa * 2^exponent`, rounded.
    pub(super) fn new(negative: bool, mantissa: BigUint, exponent: i64, precision: u32) -> Float {
        let magnitude = Magnitude::rounded(mantissa, exponent, false, precision);
        Float { negative, precision, magnitude }
    }

    /// The same number, rounded to another precision.
    pub(super) fn with_precision(self, precision: u32) -> Float {
        let magnitude = match self.magnitude {
            Magnitude::Finite { mantissa, exponent } => {
                Magnitude::rounded(mantissa, exponent, false, precision)
            }
            other => other,
        };
        Float { negative: self.negative, precision, magnitude }
    }

    pub(super) fn is_zero(&self) -> bool {
        matches!(self.magnitude, Magnitude::Zero)
    }

    pub(super) fn is_infinite(&self) -> bool {
        matches!(self.magnitude, Magnitude::Infinite)
    }

    /// The least precision that holds the number exactly.
    pub(super) fn min_precision(&self) -> u32 {
        match &self.magnitude {
            Magnitude::Finite { mantissa, .. } => mantissa.bits() as u32,
            Magnitude::Zero | Magnitude::Infinite => 0,
        }
    }

    /// Sum at a precision; nothing for infinities of opposite sign.
    pub(super) fn add(&self, other: &Float, precision: u32) -> Option<Float> {
        use Magnitude::{Finite, Infinite, Zero};
        let of = |f: &Float| Some(f.clone().with_precision(precision));
        match (&self.magnitude, &other.magnitude) {
            (Infinite, Infinite) if self.negative != other.negative => None,
            (Zero, Zero) => Some(Float::zero(self.negative && other.negative, precision)),
            (Infinite, _) | (_, Zero) => of(self),
            (_, Infinite) | (Zero, _) => of(other),
            (Finite { mantissa: a, exponent: ea }, Finite { mantissa: b, exponent: eb }) => {
                let low = *ea.min(eb);
                let (a, b) = (a << (ea - low) as u64, b << (eb - low) as u64);
                let (negative, sum) = match (self.negative == other.negative, a.cmp(&b)) {
                    (true, _) => (self.negative, a + b),
                    (false, Ordering::Equal) => return Some(Float::zero(false, precision)),
                    (false, Ordering::Greater) => (self.negative, a - b),
                    (false, Ordering::Less) => (other.negative, b - a),
                };
                Some(Float::new(negative, sum, low, precision))
            }
        }
    }

    /// Product at a precision; nothing for zero times infinity.
    pub(super) fn mul(&self, other: &Float, precision: u32) -> Option<Float> {
        use Magnitude::{Finite, Infinite, Zero};
        let negative = self.negative != other.negative;
        match (&self.magnitude, &other.magnitude) {
            (Zero, Infinite) | (Infinite, Zero) => None,
            (Infinite, _) | (_, Infinite) => Some(Float::infinite(negative, precision)),
            (Zero, _) | (_, Zero) => Some(Float::zero(negative, precision)),
            (Finite { mantissa: a, exponent: ea }, Finite { mantissa: b, exponent: eb }) => {
                Some(Float::new(negative, a * b, ea + eb, precision))
            }
        }
    }

    /// Quotient at a precision; nothing for zero by zero and infinity by infinity.
    pub(super) fn div(&self, other: &Float, precision: u32) -> Option<Float> {
        use Magnitude::{Finite, Infinite, Zero};
        let negative = self.negative != other.negative;
        match (&self.magnitude, &other.magnitude) {
            (Zero, Zero) | (Infinite, Infinite) => None,
            (Zero, _) | (_, Infinite) => Some(Float::zero(negative, precision)),
            (Infinite, _) | (_, Zero) => Some(Float::infinite(negative, precision)),
            (Finite { mantissa: a, exponent: ea }, Finite { mantissa: b, exponent: eb }) => {
                // Two bits more than the precision, and whether anything is left, decide the rounding.
                let wanted = u64::from(precision) + 2 + b.bits();
                let shift = wanted.saturating_sub(a.bits());
                let dividend = a << shift;
                let quotient = &dividend / b;
                let exact = &quotient * b == dividend;
                let magnitude = Magnitude::rounded(quotient, ea - eb - shift as i64, !exact, precision);
                Some(Float { negative, precision, magnitude })
            }
        }
    }

    /// The whole part, cut towards zero, and whether that is all; nothing for infinity.
    pub(super) fn truncated(&self) -> Option<(BigUint, bool)> {
        match &self.magnitude {
            Magnitude::Zero => Some((BigUint::ZERO, true)),
            Magnitude::Infinite => None,
            Magnitude::Finite { mantissa, exponent } if *exponent >= 0 => {
                Some((mantissa << *exponent as u64, true))
            }
            Magnitude::Finite { mantissa, exponent } => Some((mantissa >> exponent.unsigned_abs(), false)),
        }
    }

    /// Order by value; both zeros are equal.
    pub(super) fn cmp(&self, other: &Float) -> Ordering {
        let sign = |f: &Float| match (f.is_zero(), f.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        sign(self).cmp(&sign(other)).then_with(|| {
            let order = self.magnitude.cmp(&other.magnitude);
            if self.negative { order.reverse() } else { order }
        })
    }

    /// The nearest double.
    pub(super) fn to_f64(&self) -> f64 {
        let sign = if self.negative { -1.0 } else { 1.0 };
        match &self.magnitude {
            Magnitude::Zero => 0.0 * sign,
            Magnitude::Infinite => f64::INFINITY * sign,
            Magnitude::Finite { mantissa, exponent } => sign * nearest_double(mantissa, *exponent),
        }
    }
}

/// The double nearest to `mantissa * 2^exponent`.
fn nearest_double(mantissa: &BigUint, exponent: i64) -> f64 {
    let top = exponent + mantissa.bits() as i64;
    // Doubles below 2^-1022 have fewer bits; their last bit is always 2^-1074.
    let precision = (top + 1074).clamp(0, 53) as u32;
    let rounded = if precision == 0 {
        // At most half of the least double: only what exceeds the half rounds up.
        let above_half = top == -1074 && mantissa.bits() > 1;
        return if above_half { f64::from_bits(1) } else { 0.0 };
    } else {
        Magnitude::rounded(mantissa.clone(), exponent, false, precision)
    };
    let Magnitude::Finite { mantissa, exponent } = rounded else { return f64::INFINITY };
    if exponent + mantissa.bits() as i64 > 1024 {
        return f64::INFINITY;
    }
    let bits = mantissa.iter_u64_digits().next().unwrap_or(0);
    scaled(bits as f64, exponent)
}

/// `x * 2^exponent` in steps that stay within the range of doubles; exact where the result is a double.
fn scaled(mut x: f64, mut exponent: i64) -> f64 {
    while exponent > 1000 {
        x *= 2f64.powi(1000);
        exponent -= 1000;
    }
    while exponent < -1000 {
        x *= 2f64.powi(-1000);
        exponent += 1000;
    }
    x * 2f64.powi(exponent as i32)
}
