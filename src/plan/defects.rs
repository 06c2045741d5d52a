//! A provider's defects and failures as diagnostics: which provider, which object, where in it.

use model::{Diagnostic, InstanceAddr, ProviderAddr};
use provider::contract::Breach;
use provider::{ErrorKind, ProviderError};

/// A provider at work on an object.
#[derive(Clone, Copy, Debug)]
pub struct AtWork<'w> {
    /// The provider.
    pub provider: &'w ProviderAddr,
    /// The object's instance.
    pub address: &'w InstanceAddr,
}

impl AtWork<'_> {
    /// It planned what it must not.
    pub fn planned_wrongly(&self, breach: Breach) -> Diagnostic {
        let what = format!("planned an invalid value for {}: {breach}.", self.address);
        self.defect("Provider produced invalid plan", &what, "Nothing was changed.", breach)
    }

    /// It planned something else when everything was known.
    pub fn planned_otherwise(&self, breach: Breach) -> Diagnostic {
        let what = format!(
            "planned something else for {} when the values that became known during apply were put in: {breach}.",
            self.address
        );
        self.defect("Provider produced inconsistent final plan", &what, "The object was not touched.", breach)
    }

    /// It did something else than it planned.
    pub fn did_otherwise(&self, breach: Breach) -> Diagnostic {
        let what = format!("did not do with {} what it had planned: {breach}.", self.address);
        let kept = "The state records the object as it is.";
        self.defect("Provider produced inconsistent result after apply", &what, kept, breach)
    }

    /// What it gave after an effect is no object of its type.
    pub fn gave_no_object(&self, breach: Breach) -> Diagnostic {
        let what =
            format!("gave an invalid result for {} after the change was made: {breach}.", self.address);
        let kept = match breach.path.is_empty() {
            true => "What became of the object is looked up by the next run.",
            false => "What is valid of it was recorded; the rest is read by the next run.",
        };
        self.defect("Provider returned invalid result object after apply", &what, kept, breach)
    }

    /// What it read is no object of its type.
    pub fn read_no_object(&self, breach: Breach) -> Diagnostic {
        let what = format!("gave an invalid object for {} when it was read: {breach}.", self.address);
        self.defect("Provider produced invalid object", &what, "What is recorded was kept.", breach)
    }

    /// A call failed; a crash is the provider's own defect.
    pub fn failed(&self, e: ProviderError) -> Diagnostic {
        if e.kind == ErrorKind::Lost {
            let detail = format!("{} What became of it is looked up by the next run.", e.detail);
            return crate::provider_diag(ProviderError { detail, ..e }).for_address(self.address);
        }
        if e.kind != ErrorKind::Crashed {
            return crate::provider_diag(e).for_address(self.address);
        }
        let detail = format!(
            "Provider {:?} crashed while it worked on {}. {} This is a defect of the provider; please report it to its \
             maintainers. If it had begun a change, what became of that is looked up by the next run.",
            self.provider.to_string(),
            self.address,
            e.detail
        );
        Diagnostic::error(e.summary, detail).for_address(self.address)
    }

    fn defect(&self, summary: &'static str, what: &str, kept: &str, breach: Breach) -> Diagnostic {
        let detail = format!(
            "Provider {:?} {what} This is a defect of the provider; please report it to its maintainers. {kept}",
            self.provider.to_string()
        );
        let diag = Diagnostic::error(summary, detail).for_address(self.address);
        if breach.path.is_empty() { diag } else { diag.for_path(breach.path) }
    }
}
