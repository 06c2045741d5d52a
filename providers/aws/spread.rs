//! IAM tells the rest of AWS only after a while what it was told: a new role is unknown to those who should use it.

use std::time::Duration;

use provider::sheet::At;

use crate::{Client, Trouble};

/// How long a principal may stay unknown to others.
const PRINCIPAL: Duration = Duration::from_mins(2);

/// How long IAM itself may not know what it has just been told.
const ITSELF: Duration = Duration::from_secs(10);

/// The wait before the second attempt; each further one is half as long again, up to the longest.
const FIRST: Duration = Duration::from_millis(500);

/// The longest wait between two attempts.
const LONGEST: Duration = Duration::from_secs(5);

/// A refusal that passes: a code, and what its message then says, in lower case.
struct Passing {
    code: &'static str,
    says: &'static [&'static str],
    limit: Duration,
}

/// How services say that they do not know a role yet, or are not trusted by it yet.
const ROLE: &[&str] = &[
    "principal",
    "assumed",
    "assume role",
    "sts:assumerole",
    "role does not exist",
    "does not exist or is not authorized",
    "not authorized to perform",
    "invalid iam instance profile",
];

const PASSING: &[Passing] = &[
    Passing { code: "MalformedPolicyDocument", says: &["principal"], limit: PRINCIPAL },
    Passing { code: "MalformedPolicyDocumentException", says: &["principal"], limit: PRINCIPAL },
    Passing { code: "MalformedPolicy", says: &["principal"], limit: PRINCIPAL },
    Passing { code: "InvalidParameterException", says: ROLE, limit: PRINCIPAL },
    Passing { code: "InvalidParameterValue", says: ROLE, limit: PRINCIPAL },
    Passing { code: "InvalidInputException", says: ROLE, limit: PRINCIPAL },
    Passing { code: "InvalidRequestException", says: ROLE, limit: PRINCIPAL },
    Passing { code: "ConcurrentModification", says: &[""], limit: PRINCIPAL },
    Passing { code: "ConcurrentModificationException", says: &[""], limit: PRINCIPAL },
    Passing { code: "EntityTemporarilyUnmodifiable", says: &[""], limit: PRINCIPAL },
    Passing { code: "NoSuchEntity", says: &[""], limit: ITSELF },
];

/// How long a refusal may pass; nothing of one that stays.
fn passes(trouble: &Trouble) -> Option<Duration> {
    let message = trouble.message.to_lowercase();
    let is_it = |it: &&Passing| trouble.is(&[it.code]) && it.says.iter().any(|says| message.contains(says));
    PASSING.iter().find(is_it).map(|passing| passing.limit)
}

/// Sends a request, again while it is refused because what IAM was told lately is not known everywhere yet: a role cannot be
/// assumed, a principal is no valid one. What was refused did nothing, so that this is safe for creates too.
pub async fn when_spread<T, F>(at: &At<'_, Client>, send: impl Fn() -> F) -> Result<T, Trouble>
where
    F: Future<Output = Result<T, Trouble>>,
{
    let (mut waited, mut pause) = (Duration::ZERO, FIRST);
    loop {
        let trouble = match send().await {
            Ok(answer) => return Ok(answer),
            Err(trouble) => trouble,
        };
        let is_over = passes(&trouble).is_none_or(|limit| waited >= limit);
        if is_over || at.call.cancel.wait(pause).await.is_err() {
            return Err(trouble);
        }
        if waited.is_zero() {
            at.call.progress.report("waiting for IAM to make known everywhere what it was told");
        }
        waited += pause;
        pause = pause.mul_f64(1.5).min(LONGEST);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use provider::ErrorKind;

    #[test]
    fn only_what_passes_is_waited_for() {
        let refused = |code: &str, message: &str| {
            let mut trouble = Trouble::new(ErrorKind::Invalid, "make a role", message);
            trouble.code = code.into();
            passes(&trouble)
        };
        assert_eq!(refused("MalformedPolicyDocument", "Invalid principal in policy"), Some(PRINCIPAL));
        assert_eq!(refused("MalformedPolicyDocument", "Syntax errors in policy"), None);
        assert_eq!(refused("NoSuchEntity", "The role is unknown"), Some(ITSELF));
        let of_project = "CodeBuild is not authorized to perform: sts:AssumeRole on arn:aws:iam::1:role/a";
        assert_eq!(refused("InvalidInputException", of_project), Some(PRINCIPAL));
        assert_eq!(refused("InvalidInputException", "Invalid image"), None);
    }
}
