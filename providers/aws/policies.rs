//! Policies of access: what is checked of them before anything is sent, and what is ridden out afterwards.

use std::time::Duration;

use model::Path;
use provider::ProviderError;
use provider::sheet::{At, Given};

use crate::{Client, Trouble};

/// How often something is tried that fails because a principal is not known yet.
const TRIES: u32 = 12;

/// The wait between two tries.
const PAUSE: Duration = Duration::from_secs(5);

/// Checks that an attribute holds a policy.
pub fn check(config: Given<'_>, name: &str) -> Vec<ProviderError> {
    let Some(text) = config.text(name) else { return Vec::new() };
    let wrong = |why: String| {
        let detail = format!("`{name}` has to hold a policy in JSON: {why}.");
        vec![ProviderError::invalid("Invalid policy", detail).at(Path::of_attr(name))]
    };
    match serde_json::from_str::<serde_json::Value>(text) {
        Err(e) => wrong(e.to_string()),
        Ok(serde_json::Value::Object(members)) if members.contains_key("Statement") => Vec::new(),
        Ok(serde_json::Value::Object(_)) => wrong("it has no `Statement`".into()),
        Ok(_) => wrong("it is no object".into()),
    }
}

/// Does something that is refused for as long as a role or user that was made just now is not known everywhere.
pub async fn once_principals_are_known<T, F>(at: &At<'_, Client>, work: impl Fn() -> F) -> Result<T, Trouble>
where
    F: Future<Output = Result<T, Trouble>>,
{
    let mut tried = 1;
    loop {
        match work().await {
            Err(trouble) if tried < TRIES && is_not_known_yet(&trouble) => {
                at.call.progress.report("waiting for a role that was just made to be known everywhere");
                if at.call.cancel.wait(PAUSE).await.is_err() {
                    return Err(trouble);
                }
                tried += 1;
            }
            result => return result,
        }
    }
}

fn is_not_known_yet(trouble: &Trouble) -> bool {
    let says = |parts: &[&str]| {
        let message = trouble.message.to_lowercase();
        parts.iter().any(|part| message.contains(part))
    };
    let principal = ["invalid principal", "cannot be assumed", "not authorized to perform: sts:assumerole"];
    match &*trouble.code {
        "MalformedPolicy" | "MalformedPolicyDocument" => says(&["principal"]),
        "InvalidParameterException" | "InvalidParameterValue" | "InvalidInputException" => {
            says(&principal)
                || says(&["role", "instance profile"])
                    && says(&["does not exist", "not found", "not authorized"])
        }
        _ => false,
    }
}
