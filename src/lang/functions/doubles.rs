//! Powers of doubles, calculated step by step as the oracle does: the last digits of a result are part of plans.

/// `x` to the power of `y`.
pub(super) fn power(x: f64, y: f64) -> f64 {
    let is_usual = x.is_finite() && y.is_finite() && x != 0.0 && y != 0.0 && x != 1.0;
    if !is_usual || y.abs() >= 9.2e18 {
        return x.powf(y);
    }
    if y == 0.5 || y == -0.5 {
        return if y > 0.0 { x.sqrt() } else { 1.0 / x.sqrt() };
    }
    let (mut whole, mut fraction) = (y.abs().trunc(), y.abs().fract());
    if fraction != 0.0 && x < 0.0 {
        return f64::NAN;
    }
    let mut mantissa = 1.0;
    if fraction != 0.0 {
        if fraction > 0.5 {
            fraction -= 1.0;
            whole += 1.0;
        }
        mantissa = exponential(fraction * natural_logarithm(x));
    }
    let (mantissa, exponent) = multiplied(mantissa, x, whole as i64);
    if y < 0.0 { scaled(1.0 / mantissa, -exponent) } else { scaled(mantissa, exponent) }
}

/// Multiplies by a whole power through repeated squaring, exponents of two kept apart.
fn multiplied(start: f64, x: f64, count: i64) -> (f64, i64) {
    const ENDLESS: i64 = 1 << 12;
    let (mut mantissa, mut exponent) = (start, 0);
    let (mut factor, mut factor_exponent) = split(x);
    let mut left = count;
    while left != 0 {
        if factor_exponent.abs() > ENDLESS {
            exponent += factor_exponent;
            break;
        }
        if left & 1 == 1 {
            mantissa *= factor;
            exponent += factor_exponent;
        }
        factor *= factor;
        factor_exponent *= 2;
        if factor < 0.5 {
            factor += factor;
            factor_exponent -= 1;
        }
        left >>= 1;
    }
    (mantissa, exponent)
}

/// A finite number as a mantissa from 0.5 to 1 and an exponent of two.
fn split(x: f64) -> (f64, i64) {
    let (x, shift) = if x.abs() < f64::MIN_POSITIVE { (x * 2f64.powi(52), -52) } else { (x, 0) };
    let bits = x.to_bits();
    let exponent = i64::try_from((bits >> 52) & 0x7ff).unwrap_or_default() - 1022;
    (f64::from_bits(bits & !(0x7ff << 52) | 1022 << 52), exponent + shift)
}

/// A number times a power of two, in steps that do not overflow early.
fn scaled(mantissa: f64, exponent: i64) -> f64 {
    let mut value = mantissa;
    let mut left = exponent.clamp(-3000, 3000);
    while left != 0 {
        let step = left.clamp(-1000, 1000);
        value *= 2f64.powi(i32::try_from(step).unwrap_or_default());
        left -= step;
    }
    value
}

/// The natural logarithm by the series of Sun's fdlibm, so that the last digit is the oracle's.
///
/// With x = 2^k (1 + f): log(x) = k ln 2 + log(1 + f), and log(1 + f) = f - f²/2 + s (f²/2 + R(s²)) for s = f / (2 + f).
pub(super) fn natural_logarithm(x: f64) -> f64 {
    if !x.is_normal() || x < 0.0 {
        return x.ln();
    }
    let (f, k) = mantissa_near_one(x);
    let s = f / (2.0 + f);
    let s2 = s * s;
    let s4 = s2 * s2;
    let odd = s2
        * (6.666_666_666_666_735e-1
            + s4 * (2.857_142_874_366_239e-1
                + s4 * (1.818_357_216_161_805e-1 + s4 * 1.479_819_860_511_658_6e-1)));
    let even =
        s4 * (3.999_999_999_940_942e-1 + s4 * (2.222_219_843_214_978_4e-1 + s4 * 1.531_383_769_920_937_3e-1));
    let half_square = 0.5 * f * f;
    let low = s * (half_square + (odd + even)) + k * 1.908_214_929_270_587_7e-10;
    k * 6.931_471_803_691_238e-1 - ((half_square - low) - f)
}

/// x as 2^k (1 + f), with 1 + f between the root of one half and that of two: f and k.
fn mantissa_near_one(x: f64) -> (f64, f64) {
    let (mantissa, exponent) = split(x);
    match mantissa < std::f64::consts::SQRT_2 / 2.0 {
        true => (mantissa * 2.0 - 1.0, (exponent - 1) as f64),
        false => (mantissa - 1.0, exponent as f64),
    }
}

/// The exponential function as the oracle calculates it on machines that multiply and add in one rounding: the argument
/// is reduced by multiples of ln 2 and a sixteenth, a Taylor series taken, and the result squared four times. All
/// additions of products round once, the last one too.
fn exponential(x: f64) -> f64 {
    const TERMS: [f64; 8] =
        [1.0 / 40_320.0, 1.0 / 5_040.0, 1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0];
    let count = (x * std::f64::consts::LOG2_E).round_ties_even();
    let upper = (-count).mul_add(0.693_147_180_559_663, x);
    let r = (-count).mul_add(2.823_529_056_303_157_7e-13, upper) * 0.0625;
    let series = TERMS.iter().copied().reduce(|sum, term| sum.mul_add(r, term)).unwrap_or_default();
    let mut less_one = series * r;
    for _ in 0..3 {
        less_one *= less_one + 2.0;
    }
    scaled((less_one + 2.0).mul_add(less_one, 1.0), count as i64)
}
