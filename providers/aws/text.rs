//! Forms of text that many services have.

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

/// A time in whole seconds: `2024-01-31T12:00:00Z`.
pub fn rfc3339(time: &DateTime) -> String {
    DateTime::from_secs(time.secs()).fmt(Format::DateTime).unwrap_or_default()
}

/// A text without the escapes of addresses, as IAM sends its policies; what is no escape stays.
pub fn url_decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text.as_bytes());
    while let [first, after @ ..] = rest {
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let escape = digits.filter(|_| *first == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(escape.unwrap_or(*first));
        rest = if escape.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_read() {
        assert_eq!(url_decoded("%7B%22a%22%3A%20%22%C3%A4%22%7D"), "{\"a\": \"ä\"}");
        assert_eq!(url_decoded("100%, %zz + %2"), "100%, %zz + %2");
    }

    #[test]
    fn times_have_no_fractions() {
        assert_eq!(rfc3339(&DateTime::from_secs_and_nanos(1_700_000_000, 5)), "2023-11-14T22:13:20Z");
    }
}
