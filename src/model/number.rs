//! Numbers of arbitrary precision: 512-bit binary floats, with small integers kept small.
// Interface; the values helper replaces the bodies.

/// A number.
#[derive(Clone, Debug)]
pub struct Number(i64);

/// Why an operation on numbers has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberError {
    /// `0 / 0`, `inf - inf` and the like.
    Undefined,
}

impl Number {
    /// Reads decimal text as the language's literals and conversions write it (`12`, `-0.5`, `1e400`).
    pub fn parse(text: &str) -> Option<Number> {
        text.parse().ok().map(Number)
    }
    /// The value as an index or count, where it is a whole number in range.
    pub fn to_usize(&self) -> Option<usize> {
        usize::try_from(self.0).ok()
    }
    /// The value as a whole number in range.
    pub fn to_i64(&self) -> Option<i64> {
        Some(self.0)
    }
    /// The nearest double.
    pub fn to_f64(&self) -> f64 {
        self.0 as f64
    }
    /// Sum.
    pub fn add(&self, other: &Number) -> Result<Number, NumberError> {
        Ok(Number(self.0 + other.0))
    }
    /// Difference.
    pub fn sub(&self, other: &Number) -> Result<Number, NumberError> {
        Ok(Number(self.0 - other.0))
    }
    /// Product.
    pub fn mul(&self, other: &Number) -> Result<Number, NumberError> {
        Ok(Number(self.0 * other.0))
    }
    /// Quotient; infinite for a division of a non-zero number by zero.
    pub fn div(&self, other: &Number) -> Result<Number, NumberError> {
        Ok(Number(self.0 / other.0))
    }
    /// Remainder with the sign of the dividend; `x % 0` is `x`.
    pub fn rem(&self, other: &Number) -> Result<Number, NumberError> {
        Ok(Number(self.0 % other.0))
    }
    /// Negation; zero keeps a sign.
    pub fn neg(&self) -> Number {
        Number(-self.0)
    }
    /// Whether this is a whole number.
    pub fn is_integer(&self) -> bool {
        true
    }
    /// Whether this is plus or minus infinity.
    pub fn is_infinite(&self) -> bool {
        false
    }
    /// Whether this is zero of either sign.
    pub fn is_zero(&self) -> bool {
        self.0 == 0
    }
    /// Whether the sign is minus (also of negative zero).
    pub fn is_negative(&self) -> bool {
        self.0 < 0
    }
}

impl From<i64> for Number {
    fn from(n: i64) -> Number {
        Number(n)
    }
}
impl From<i32> for Number {
    fn from(n: i32) -> Number {
        Number(n.into())
    }
}
impl From<u64> for Number {
    fn from(n: u64) -> Number {
        Number(n as i64)
    }
}
impl From<usize> for Number {
    fn from(n: usize) -> Number {
        Number(n as i64)
    }
}
impl From<f64> for Number {
    fn from(n: f64) -> Number {
        Number(n as i64)
    }
}
impl PartialEq for Number {
    fn eq(&self, other: &Number) -> bool {
        self.0 == other.0
    }
}
impl Eq for Number {}
impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Number) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Number {
    fn cmp(&self, other: &Number) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}
