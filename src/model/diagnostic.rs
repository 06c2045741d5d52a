//! Errors and warnings as data: where, what, why, and what to do.

use std::borrow::Cow;

use crate::{Path, Span, Type};

/// How bad a [`Diagnostic`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// The command cannot do what it was asked.
    Error,
    /// The command goes on, but somebody should look.
    Warning,
}

/// One message to the user, complete without its sender.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// Short and constant, without names: "Unsupported attribute".
    pub summary: Cow<'static, str>,
    /// Full sentences: what is wrong, why it matters, what to do.
    pub detail: String,
    /// The source that is wrong.
    pub subject: Option<Span>,
    /// A larger range to show around the subject.
    pub context: Option<Span>,
    /// The object concerned, as the user writes its address.
    pub address: Option<String>,
    /// The attribute within the object concerned.
    pub path: Option<Path>,
    /// Values that took part, as `("var.region", "is \"eu\"")`; never sensitive ones.
    pub values: Vec<(String, String)>,
    /// Other places that belong to it, each with what stands there: the members of a cycle.
    pub related: Vec<(String, Span)>,
    /// The function whose call failed, where one did.
    pub function: Option<FunctionCall>,
    /// Whether the failure comes from an unknown value.
    pub because_unknown: bool,
    /// Whether the failure comes from a sensitive value.
    pub because_sensitive: bool,
}

/// A function as a message shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionCall {
    /// The name as it was called.
    pub called_as: String,
    /// The name under which it is documented.
    pub name: String,
    /// The parameters in order: name and type.
    pub params: Vec<(String, Type)>,
    /// The last parameter, where it may be repeated.
    pub variadic: Option<(String, Type)>,
    /// The result's type.
    pub returns: Type,
}

impl Diagnostic {
    /// An error without a place yet.
    pub fn error(summary: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Diagnostic {
        Diagnostic {
            severity: Severity::Error,
            summary: summary.into(),
            detail: detail.into(),
            subject: None,
            context: None,
            address: None,
            path: None,
            values: Vec::new(),
            related: Vec::new(),
            function: None,
            because_unknown: false,
            because_sensitive: false,
        }
    }

    /// A warning without a place yet.
    pub fn warning(summary: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, ..Diagnostic::error(summary, detail) }
    }

    /// Points at the source that is wrong.
    pub fn at(self, subject: Span) -> Diagnostic {
        Diagnostic { subject: Some(subject), ..self }
    }

    /// Points at the source unless a place is already known.
    pub fn or_at(self, subject: Span) -> Diagnostic {
        Diagnostic { subject: self.subject.or(Some(subject)), ..self }
    }

    /// Shows a larger range around the subject.
    pub fn within(self, context: Span) -> Diagnostic {
        Diagnostic { context: Some(context), ..self }
    }

    /// Names the object concerned.
    pub fn for_address(self, address: impl std::fmt::Display) -> Diagnostic {
        Diagnostic { address: Some(address.to_string()), ..self }
    }

    /// Names the attribute concerned.
    pub fn for_path(self, path: Path) -> Diagnostic {
        Diagnostic { path: Some(path), ..self }
    }

    /// Whether this is an error.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// What a front-end stage collected; it never stops at the first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl Diagnostics {
    /// Nothing to report.
    pub fn new() -> Diagnostics {
        Diagnostics::default()
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Adds all of another stage's.
    pub fn extend(&mut self, more: impl IntoIterator<Item = Diagnostic>) {
        self.0.extend(more);
    }

    /// Adds those that are not here yet: what is wrong with one thing may be found by all that use it.
    pub fn add_new(&mut self, more: impl IntoIterator<Item = Diagnostic>) {
        for diagnostic in more {
            if !self.0.contains(&diagnostic) {
                self.push(diagnostic);
            }
        }
    }

    /// Whether any is an error.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(Diagnostic::is_error)
    }

    /// Whether there is none at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All in the order in which they were found.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// Takes the value of a result, or keeps its diagnostics and gives nothing.
    pub fn absorb<T>(&mut self, result: Result<T, Diagnostics>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(more) => {
                self.extend(more);
                None
            }
        }
    }

    /// `Ok` with the value unless an error was collected.
    pub fn into_result<T>(self, value: T) -> Result<T, Diagnostics> {
        if self.has_errors() { Err(self) } else { Ok(value) }
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Diagnostics {
        Diagnostics(vec![diagnostic])
    }
}

/// Makes an error diagnostic at a span: `err!(span, "Summary", "Detail about {name}.")`.
#[macro_export]
macro_rules! err {
    ($span:expr, $summary:expr, $($detail:tt)+) => {
        $crate::Diagnostic::error($summary, format!($($detail)+)).at($span)
    };
}

/// Finds the candidate that is most like what was written, for "Did you mean ...?".
///
/// Returns nothing where no candidate is close (edit distance above a third of the length, at least one, but less than
/// the whole).
pub fn similar_name<'a>(given: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = given.chars().count();
    let limit = (length / 3).max(1).min(length.saturating_sub(1));
    candidates
        .into_iter()
        .map(|c| (edit_distance(given, c), c))
        .filter(|(d, _)| *d <= limit)
        .min_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.cmp(b.1)))
        .map(|(_, c)| c)
}

/// Renders the suggestion as a sentence with a leading space, or nothing.
pub fn did_you_mean<'a>(given: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    similar_name(given, candidates).map_or_else(String::new, |c| format!(" Did you mean {c:?}?"))
}

/// Levenshtein distance in characters.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
