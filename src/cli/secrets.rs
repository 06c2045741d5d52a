//! Secret values that must not get into what is told, whoever words it: a provider may quote an argument in its error.

use std::collections::BTreeSet;

use model::{Diagnostic, Kind, Value};

/// Shorter texts are parts of ordinary words.
const SHORTEST: usize = 6;

/// The secret texts that are known so far.
#[derive(Default)]
pub struct Secrets {
    texts: BTreeSet<String>,
}

impl Secrets {
    /// Adds the secret texts of a value.
    pub fn add(&mut self, value: &Value) {
        if !value.deep_marks().is_sensitive() {
            return;
        }
        value.walk(&mut |_, part| {
            if part.marks().is_sensitive() {
                self.add_all(part);
            }
            !part.marks().is_sensitive()
        });
    }

    fn add_all(&mut self, secret: &Value) {
        secret.walk(&mut |_, part| {
            if let Kind::String(text) = part.kind()
                && text.len() >= SHORTEST
            {
                self.texts.insert(text.to_string());
                self.texts.insert(format!("{text:?}").trim_matches('"').to_owned());
            }
            true
        });
    }

    /// A diagnostic without them.
    pub fn veil(&self, diag: &Diagnostic) -> Diagnostic {
        let mut veiled = diag.clone();
        // What holds another secret goes first.
        let mut texts: Vec<&String> = self.texts.iter().collect();
        texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
        for text in texts {
            if veiled.detail.contains(text.as_str()) {
                veiled.detail = veiled.detail.replace(text.as_str(), "(sensitive value)");
            }
        }
        veiled
    }

    /// Whether none is known.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }
}
