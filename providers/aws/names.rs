//! Names that nobody gave.

use provider::sheet::At;

use crate::Client;

/// How many characters of a made-up name follow its prefix.
const LENGTH: usize = 26;

/// A name that begins with a prefix, no longer than so many characters. It comes from what was written down of the create
/// before it began, so that the same create asks for the same name again; without that, from chance.
pub fn made_up(at: &At<'_, Client>, prefix: &str, longest: usize) -> String {
    let seed = match at.call.attempt {
        Some(attempt) if !attempt.token.is_empty() => attempt.token.clone().into_bytes(),
        _ => {
            let mut chance = [0; 16];
            at.call.around.random(&mut chance);
            chance.to_vec()
        }
    };
    let digest = provider::hex(&<sha2::Sha256 as sha2::Digest>::digest(&seed));
    let room = longest.saturating_sub(LENGTH);
    let prefix: String = prefix.chars().take(room).collect();
    format!("{prefix}{}", &digest[..LENGTH])
}

/// How a name begins that was made up; nothing where it was not.
pub fn prefix_of(name: &str) -> Option<String> {
    let (prefix, rest) = name.split_at_checked(name.len().checked_sub(LENGTH)?)?;
    (rest.bytes().all(|byte| byte.is_ascii_hexdigit()) && !prefix.is_empty()).then(|| prefix.to_owned())
}
