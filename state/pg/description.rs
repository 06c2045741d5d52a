//! How a connection to PostgreSQL is described: an address, or words with `=`.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;

/// Takes the parameters of some names out of a description: what is left of it, and they.
pub(super) fn take(text: &str, names: &[&str]) -> (String, BTreeMap<String, String>) {
    match text.starts_with("postgres://") || text.starts_with("postgresql://") {
        true => from_url(text, names),
        false => from_words(text, names),
    }
}

/// The parameters of an address that are taken, and the address without them.
fn from_url(text: &str, names: &[&str]) -> (String, BTreeMap<String, String>) {
    let Some((address, query)) = text.split_once('?') else { return (text.to_owned(), BTreeMap::new()) };
    let mut asked = BTreeMap::new();
    let mut left = Vec::new();
    for part in query.split('&') {
        match part.split_once('=').filter(|(name, _)| names.contains(name)) {
            Some((name, value)) => drop(
                asked.insert(name.to_owned(), percent_decode_str(value).decode_utf8_lossy().into_owned()),
            ),
            None => left.push(part),
        }
    }
    let rest = if left.is_empty() { address.to_owned() } else { format!("{address}?{}", left.join("&")) };
    (rest, asked)
}

/// The words `NAME=VALUE` that are taken, and the others. Values may be in single quotes, with backslashes.
fn from_words(text: &str, names: &[&str]) -> (String, BTreeMap<String, String>) {
    let mut asked = BTreeMap::new();
    let mut left = String::new();
    let mut rest = text;
    while !rest.trim_start().is_empty() {
        let (word, after) = rest.trim_start().split_at(word_length(rest.trim_start()));
        match word.split_once('=').map(|(name, value)| (name.trim(), value.trim())) {
            Some((name, value)) if names.contains(&name) => {
                drop(asked.insert(name.to_owned(), unquoted(value)))
            }
            _ => left.push_str(&format!("{word} ")),
        }
        rest = after;
    }
    (left.trim_end().to_owned(), asked)
}

/// How long the word at the beginning is; spaces may stand around its `=` and within its quotes.
fn word_length(text: &str) -> usize {
    let Some(equals) = text.find('=') else { return text.len() };
    let value = equals + 1 + (text[equals + 1..].len() - text[equals + 1..].trim_start().len());
    let (mut is_quoted, mut is_escaped) = (false, false);
    for (at, c) in text[value..].char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '\'' => is_quoted = !is_quoted,
            c if c.is_whitespace() && !is_quoted => return value + at,
            _ => {}
        }
    }
    text.len()
}

fn unquoted(value: &str) -> String {
    let inner = value.strip_prefix('\'').and_then(|v| v.strip_suffix('\'')).unwrap_or(value);
    let mut text = String::new();
    let mut escaped = false;
    for c in inner.chars() {
        if c == '\\' && !escaped {
            escaped = true;
        } else {
            text.push(c);
            escaped = false;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_taken_out_of_addresses_and_words() {
        for (text, rest, taken) in [
            ("postgres://a@h/d", "postgres://a@h/d", "{}"),
            ("postgres://a@h/d?sslmode=verify-full", "postgres://a@h/d", "{\"sslmode\": \"verify-full\"}"),
            (
                "postgresql://h/d?connect_timeout=3&sslrootcert=%2Fetc%2Fca.pem",
                "postgresql://h/d?connect_timeout=3",
                "{\"sslrootcert\": \"/etc/ca.pem\"}",
            ),
            ("host=h sslmode=disable  user=u", "host=h user=u", "{\"sslmode\": \"disable\"}"),
            (
                r"sslrootcert = '/a b/it\'s.pem' password='sslmode=no'",
                "password='sslmode=no'",
                "{\"sslrootcert\": \"/a b/it's.pem\"}",
            ),
        ] {
            let (left, found) = take(text, &["sslmode", "sslrootcert"]);
            assert_eq!((left.as_str(), format!("{found:?}").as_str()), (rest, taken), "{text}");
        }
    }
}
