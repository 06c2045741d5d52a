//! Policies of access: what is checked of them before anything is sent.

use model::Path;
use provider::ProviderError;
use provider::sheet::Given;

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
