//! Names that nobody gave.

use provider::sheet::At;

use crate::Client;

/// A name that begins with a prefix, no longer than so many characters. It comes from what was written down of the create
/// before it began, so that the same create asks for the same name again; without that, from chance.
pub fn made_up(at: &At<'_, Client>, prefix: &str, longest: usize) -> String {
    const LENGTH: usize = 26;
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
