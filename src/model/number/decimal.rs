//! Numbers as decimal digits: exact, shortest, rounded.

use num_bigint::BigUint;

use super::float::{Float, Magnitude};

/// `0.d1d2d3... * 10^point`, without leading or trailing zero digits; no digits for zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal {
    /// ASCII digits.
    pub digits: Vec<u8>,
    /// Where the decimal point stands, counted from before the first digit.
    pub point: i64,
}

impl Decimal {
    /// The exact digits of `mantissa * 2^exponent`.
    fn exact(mantissa: &BigUint, exponent: i64) -> Decimal {
        if mantissa.bits() == 0 {
            return Decimal { digits: Vec::new(), point: 0 };
        }
        let (digits, shift) = if exponent >= 0 {
            ((mantissa << exponent as u64).to_str_radix(10), 0)
        } else {
            // m / 2^k = m * 5^k / 10^k
            let fives = BigUint::from(5u32).pow(exponent.unsigned_abs() as u32);
            ((mantissa * fives).to_str_radix(10), exponent)
        };
        let mut digits = digits.into_bytes();
        let point = digits.len() as i64 + shift;
        trim(&mut digits);
        Decimal { digits, point }
    }

    /// The exact digits of a finite float's absolute value.
    pub(super) fn of(float: &Float) -> Decimal {
        match &float.magnitude {
            Magnitude::Finite { mantissa, exponent } => Decimal::exact(mantissa, *exponent),
            Magnitude::Zero | Magnitude::Infinite => Decimal { digits: Vec::new(), point: 0 },
        }
    }

    /// The fewest digits that read back as the same float at its precision.
    pub(super) fn shortest(float: &Float) -> Decimal {
        let mut decimal = Decimal::of(float);
        let Magnitude::Finite { mantissa, exponent } = &float.magnitude else { return decimal };
        // Widened so that the last bit stands for half a unit in the last place.
        let wanted = u64::from(float.precision) + 1;
        let shift = wanted.saturating_sub(mantissa.bits());
        let wide = mantissa << shift;
        let exponent = exponent - shift as i64;
        // A bound itself reads back only if the mantissa is even, for halves round to even.
        let inclusive = !wide.bit(1);
        let lower = Decimal::exact(&(&wide - 1u32), exponent);
        let upper = Decimal::exact(&(&wide + 1u32), exponent);
        decimal.cut_between(&lower, &upper, inclusive);
        decimal
    }

    /// Drops digits as soon as what is left lies between two bounds.
    fn cut_between(&mut self, lower: &Decimal, upper: &Decimal, inclusive: bool) {
        for i in 0..self.digits.len() {
            let (low, digit, high) = (lower.at(i), self.digits[i], upper.at(i));
            let down = low != digit || (inclusive && i + 1 == lower.digits.len());
            let up = digit != high && (inclusive || digit + 1 < high || i + 1 < upper.digits.len());
            match (down, up) {
                (true, true) => return self.round(i + 1),
                (true, false) => return self.round_down(i + 1),
                (false, true) => return self.round_up(i + 1),
                (false, false) => {}
            }
        }
    }

    fn at(&self, i: usize) -> u8 {
        self.digits.get(i).copied().unwrap_or(b'0')
    }

    /// Rounds to a number of digits, half to even.
    pub(super) fn round(&mut self, count: usize) {
        if count >= self.digits.len() {
            return;
        }
        let halfway = self.digits[count] == b'5' && count + 1 == self.digits.len();
        let up = if halfway {
            count > 0 && !(self.digits[count - 1] - b'0').is_multiple_of(2)
        } else {
            self.digits[count] >= b'5'
        };
        if up { self.round_up(count) } else { self.round_down(count) }
    }

    fn round_up(&mut self, count: usize) {
        if count >= self.digits.len() {
            return;
        }
        self.digits.truncate(count);
        while self.digits.last() == Some(&b'9') {
            self.digits.pop();
        }
        match self.digits.last_mut() {
            Some(last) => *last += 1,
            None => {
                self.digits.push(b'1');
                self.point += 1;
            }
        }
    }

    fn round_down(&mut self, count: usize) {
        if count < self.digits.len() {
            self.digits.truncate(count);
            trim(&mut self.digits);
            if self.digits.is_empty() {
                self.point = 0;
            }
        }
    }

    /// Writes `ddd.ddd` with a number of digits after the point.
    pub(super) fn write_fixed(&self, places: usize, out: &mut String) {
        let whole = self.point.max(0) as usize;
        if whole == 0 {
            out.push('0');
        }
        out.extend((0..whole).map(|i| char::from(self.at(i))));
        if places > 0 {
            out.push('.');
            out.extend((0..places as i64).map(|i| {
                let index = self.point + i;
                char::from(usize::try_from(index).map_or(b'0', |i| self.at(i)))
            }));
        }
    }

    /// Writes `d.ddde+dd` with a number of digits after the point.
    pub(super) fn write_scientific(&self, places: usize, out: &mut String) {
        out.push(char::from(self.at(0)));
        if places > 0 {
            out.push('.');
            out.extend((1..=places).map(|i| char::from(self.at(i))));
        }
        let exponent = if self.digits.is_empty() { 0 } else { self.point - 1 };
        let sign = if exponent < 0 { '-' } else { '+' };
        out.push_str(&format!("e{sign}{:02}", exponent.unsigned_abs()));
    }
}

fn trim(digits: &mut Vec<u8>) {
    while digits.last() == Some(&b'0') {
        digits.pop();
    }
}
