//! What many types check of a configuration before anything is asked of AWS.

use model::Path;
use provider::ProviderError;
use provider::sheet::Given;

/// Faults found in a configuration.
pub type Faults = Vec<ProviderError>;

/// A fault of an attribute.
pub fn fault(name: &str, detail: impl Into<String>) -> ProviderError {
    ProviderError::invalid("Invalid attribute value", detail).at(Path::of_attr(name))
}

/// Two attributes of which at most one may be given.
pub fn exclusive(config: Given<'_>, one: &str, other: &str) -> Option<ProviderError> {
    let both = config.value(one).is_some() && config.value(other).is_some();
    let detail = || format!("`{one}` and `{other}` exclude each other: leave one of them out.");
    both.then(|| ProviderError::invalid("Conflicting configuration arguments", detail()))
}

/// A text that is to be JSON: a policy, say.
pub fn json(config: Given<'_>, name: &str) -> Option<ProviderError> {
    let text = config.text(name)?;
    let why = match serde_json::from_str::<serde_json::Value>(text) {
        Ok(value) if value.is_object() => return None,
        Ok(_) => "it is JSON, but no object".to_owned(),
        Err(error) => error.to_string(),
    };
    Some(fault(name, format!("`{name}` is to be a document in JSON, and this can't be read as one: {why}.")))
}

/// A number that is to lie within bounds.
pub fn within(config: Given<'_>, name: &str, least: i64, most: i64) -> Option<ProviderError> {
    let number = config.int(name).filter(|number| !(least..=most).contains(number))?;
    Some(fault(name, format!("`{name}` is to lie between {least} and {most}, and is {number}.")))
}

/// A text that is to be one of several.
pub fn one_of(config: Given<'_>, name: &str, all: &[&str]) -> Option<ProviderError> {
    let text = config.text(name).filter(|text| !all.contains(text))?;
    let all = all.iter().map(|one| format!("{one:?}")).collect::<Vec<_>>().join(", ");
    Some(fault(name, format!("`{name}` is to be one of {all}, and is {text:?}.")))
}

/// A text that is to be an ARN.
pub fn arn(config: Given<'_>, name: &str) -> Option<ProviderError> {
    let text = config.text(name).filter(|text| !is_arn(text))?;
    let form = "arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE";
    Some(fault(name, format!("`{name}` is to be an ARN, of the form {form}, and is {text:?}.")))
}

/// Whether a text has the form of an ARN.
pub fn is_arn(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    parts.len() == 6 && parts[0] == "arn" && parts[1].starts_with("aws") && !parts[5].is_empty()
}

/// What names of a kind look like.
#[derive(Clone, Copy, Debug)]
pub struct NameForm {
    /// The attribute with the name. The prefix of a made-up one is called alike, with `_prefix` behind it.
    pub attribute: &'static str,
    /// How many characters it may have.
    pub longest: usize,
    /// What characters it may have beside letters and digits.
    pub signs: &'static str,
}

impl NameForm {
    /// The faults of a name, and of the prefix of one that is made up.
    pub fn check(self, config: Given<'_>) -> Faults {
        let prefix = format!("{}_prefix", self.attribute);
        let room = self.longest.saturating_sub(crate::names::LENGTH);
        let both = exclusive(config, self.attribute, &prefix);
        let faults = [self.fault(config, self.attribute, self.longest), self.fault(config, &prefix, room)];
        both.into_iter().chain(faults.into_iter().flatten()).collect()
    }

    fn fault(self, config: Given<'_>, attribute: &str, longest: usize) -> Option<ProviderError> {
        let name = config.text(attribute)?;
        if name.chars().count() > longest {
            let detail = format!("`{attribute}` is to have at most {longest} characters; {name:?} has more.");
            return Some(fault(attribute, detail));
        }
        let wrong = name.chars().find(|c| !c.is_ascii_alphanumeric() && !self.signs.contains(*c))?;
        let signs = self.signs.chars().map(String::from).collect::<Vec<_>>().join(" ");
        let detail = format!(
            "`{attribute}` may have letters, digits, and {signs} in it; {name:?} has {wrong:?} in it."
        );
        Some(fault(attribute, detail))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Value;

    fn config(name: &str, value: &str) -> Value {
        Value::object([(name, Value::string(value))])
    }

    #[test]
    fn names_are_checked_for_length_and_characters() {
        let form = NameForm { attribute: "name", longest: 64, signs: "+=,.@-_" };
        let faults = |name: &str, text: &str| form.check(Given::new(&config(name, text))).len();
        assert_eq!(faults("name", "a-role.of@mine"), 0);
        assert_eq!(faults("name", "a role"), 1);
        assert_eq!(faults("name", &"a".repeat(65)), 1);
        assert_eq!(faults("name_prefix", &"a".repeat(38)), 0);
        assert_eq!(faults("name_prefix", &"a".repeat(39)), 1);
    }

    #[test]
    fn documents_and_arns_are_told_from_other_texts() {
        assert!(json(Given::new(&config("policy", "{\"Version\": \"2012-10-17\"}")), "policy").is_none());
        assert!(json(Given::new(&config("policy", "[]")), "policy").is_some());
        assert!(json(Given::new(&config("policy", "{")), "policy").is_some());
        assert!(is_arn("arn:aws-cn:iam::123456789012:role/a:b"));
        assert!(!is_arn("arn:aws:iam::123456789012"));
    }
}
