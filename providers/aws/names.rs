//! Names that nobody gave.

use provider::sheet::{At, Given};

use crate::Client;

/// How many characters are made up.
pub(crate) const LENGTH: usize = 26;

/// A name that begins with a prefix, no longer than so many characters. It comes from what was written down of the create
/// before it began, so that the same create asks for the same name again; without that, from chance.
pub fn made_up(at: &At<'_, Client>, prefix: &str, longest: usize) -> String {
    let digest = digest(at);
    let room = longest.saturating_sub(LENGTH);
    let prefix: String = prefix.chars().take(room).collect();
    format!("{prefix}{}", &digest[..LENGTH])
}

/// Names a create and no other in the form of a UUID: the same whenever the same create is asked for.
pub fn token(at: &At<'_, Client>) -> String {
    let digest = digest(at);
    let part = |range: std::ops::Range<usize>| &digest[range];
    format!("{}-{}-4{}-8{}-{}", part(0..8), part(8..12), part(13..16), part(17..20), part(20..32))
}

/// 64 hexadecimal digits that are a create's own.
fn digest(at: &At<'_, Client>) -> String {
    let seed = match at.call.attempt {
        Some(attempt) if !attempt.token.is_empty() => attempt.token.clone().into_bytes(),
        _ => {
            let mut chance = [0; 16];
            at.call.around.random(&mut chance);
            chance.to_vec()
        }
    };
    provider::hex(&<sha2::Sha256 as sha2::Digest>::digest(&seed))
}

/// The name that is wanted: the one that was given as `name`, or a made-up one that begins with `name_prefix`.
pub fn wanted(at: &At<'_, Client>, wanted: Given<'_>, longest: usize) -> String {
    let prefix = wanted.text("name_prefix").unwrap_or("terraform-");
    wanted.string("name").unwrap_or_else(|| made_up(at, prefix, longest))
}

/// What a name begins with that was made up; nothing of a name that was given.
pub fn prefix_of(name: &str) -> Option<&str> {
    let (prefix, made_up) = name.split_at_checked(name.len().checked_sub(LENGTH)?)?;
    made_up.bytes().all(|c| c.is_ascii_hexdigit()).then_some(prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_of_a_made_up_name_is_seen() {
        assert_eq!(prefix_of("role-0123456789abcdef0123456789"), Some("role-"));
        assert_eq!(prefix_of("0123456789abcdef0123456789"), Some(""));
        assert_eq!(prefix_of("role-of-mine"), None);
        assert_eq!(prefix_of("a-role-with-a-long-name-of-its-own"), None);
    }
}
