//! How states and plans of a directory are encrypted: what its `encryption` block says, and the environment.

use std::sync::Arc;

use config::{Early, EarlyInputs, EarlyModule, Encryption, EncryptionTarget, KeyProvider, SealingMethod};
use lang::ast::{Body, Expr};
use model::{Diagnostic, Diagnostics, FileId, Kind, Type, err};
use state::{Kdf, KeySource, Sealing, SealingError};

use super::Project;
use crate::world::Outside;

/// The passphrase where nothing else is said of encryption.
const PASSPHRASE: &str = "STACKWRIGHT_ENCRYPTION_PASSPHRASE";

/// The content of an `encryption` block, as in OpenTofu.
const BLOCK: &str = "TF_ENCRYPTION";

/// The least that a passphrase may have.
const LEAST: usize = 16;

/// How documents are kept.
#[derive(Clone, Debug, Default)]
pub struct Sealings {
    /// States, their journals, and what lies beside them.
    pub state: Arc<Sealing>,
    /// Saved plans.
    pub plan: Arc<Sealing>,
    /// Whether anybody said anything of encryption.
    pub is_configured: bool,
}

impl Sealings {
    fn same(sealing: Sealing) -> Sealings {
        let sealing = Arc::new(sealing);
        Sealings { state: sealing.clone(), plan: sealing, is_configured: true }
    }
}

impl Project {
    /// How its documents are kept. Keys are derived when they are needed, and once.
    pub fn sealings(&self) -> Result<Sealings, Diagnostics> {
        if let Some(known) = self.sealings.get() {
            return Ok(known.clone());
        }
        let read = self.read_sealings()?;
        Ok(self.sealings.get_or_init(|| read).clone())
    }

    /// Uses another directory's keys, if that has any.
    pub fn adopt_sealings(&self, sealings: &Sealings) {
        if sealings.is_configured {
            let _known = self.sealings.set(sealings.clone());
        }
    }

    fn read_sealings(&self) -> Result<Sealings, Diagnostics> {
        let mut diags = Diagnostics::new();
        let own = self.config.root().and_then(|root| root.encryption.clone());
        let given = variable(BLOCK).map(|text| self.parse_given(text, &mut diags));
        let over = given.as_ref().map(|(_, body)| body);
        let encryption = config::read_encryption(own.as_deref(), over, &mut diags);
        let read = match encryption.filter(|_| !diags.has_errors()) {
            Some(encryption) => self.configured(&encryption, &mut diags),
            None => passphrase_alone(&mut diags),
        };
        if let Some((file, _)) = given {
            diags = Diagnostics(diags.into_iter().map(|d| without_text(d, file)).collect());
        }
        diags.into_result(read)
    }

    fn parse_given(&self, text: String, diags: &mut Diagnostics) -> (FileId, Body) {
        let mut sources = self.sources.borrow_mut();
        let file = sources.add(BLOCK, text);
        let text = sources.file(file).text.clone();
        let (body, found) = config::parse_encryption(file, &text);
        diags.extend(found);
        (file, body)
    }

    fn configured(&self, encryption: &Encryption, diags: &mut Diagnostics) -> Sealings {
        let state = encryption.state.as_ref().and_then(|t| self.sealing(t, diags)).map(Arc::new);
        let plan = match &encryption.plan {
            Some(target) => self.sealing(target, diags).map(Arc::new),
            None => state.clone(),
        };
        Sealings { state: state.unwrap_or_default(), plan: plan.unwrap_or_default(), is_configured: true }
    }

    fn sealing(&self, target: &EncryptionTarget, diags: &mut Diagnostics) -> Option<Sealing> {
        let (first, others) = target.methods.split_first()?;
        if target.enforced && matches!(first, SealingMethod::Unencrypted) {
            return None;
        }
        let mut sealing = match first {
            SealingMethod::Unencrypted => Sealing::none(),
            SealingMethod::Sealed(provider) => Sealing::with(self.key(provider, diags)?),
        };
        for method in others {
            sealing = match method {
                SealingMethod::Unencrypted => sealing.or_read_clear(),
                SealingMethod::Sealed(provider) => sealing.or_read_with(self.key(provider, diags)?),
            };
        }
        Some(sealing)
    }

    fn key(&self, provider: &KeyProvider, diags: &mut Diagnostics) -> Option<KeySource> {
        let known: &[&str] = match &*provider.ty {
            "argon2" => &["passphrase", "memory", "iterations", "parallelism"],
            "pbkdf2" => &["passphrase", "iterations", "hash_function", "key_length", "salt_length"],
            other => {
                diags.push(err!(
                    provider.span,
                    "Unknown key_provider type",
                    "There is no key provider {other:?} here; there are argon2, which is the stronger one, and pbkdf2."
                ));
                return None;
            }
        };
        for a in provider.body.attributes.iter().filter(|a| !known.contains(&&*a.name.name)) {
            diags.push(err!(
                a.name.span,
                "Unsupported argument",
                "There is no argument {:?} here; {} takes: {}.",
                a.name.name,
                provider.ty,
                known.join(", ")
            ));
        }
        let passphrase = self.passphrase(provider, diags);
        let kdf = self.kdf(provider, diags)?;
        let made = KeySource::new(&passphrase?, kdf);
        made.map_err(|why| diags.push(unusable(provider, &why))).ok()
    }

    fn kdf(&self, provider: &KeyProvider, diags: &mut Diagnostics) -> Option<Kdf> {
        let mut number = |name: &str, default: u32| match provider.body.attribute(name) {
            Some(a) => self.number(&a.expr, name, diags),
            None => Some(default),
        };
        match (&*provider.ty, Kdf::ARGON2) {
            ("argon2", Kdf::Argon2id { memory, iterations, parallelism }) => Some(Kdf::Argon2id {
                memory: number("memory", memory)?,
                iterations: number("iterations", iterations)?,
                parallelism: number("parallelism", parallelism)?,
            }),
            _ => Some(Kdf::Pbkdf2 { iterations: number("iterations", 600_000)? }),
        }
    }

    fn number(&self, expr: &Expr, name: &str, diags: &mut Diagnostics) -> Option<u32> {
        let value = self.early_value(expr, &Type::Number, &format!("the {name} of a key"), diags)?;
        let number = match value.unmark().0.kind() {
            Kind::Number(n) => n.to_string().parse().ok(),
            _ => None,
        };
        if number.is_none() {
            diags.push(err!(expr.span, "Unsuitable value type", "A whole number is required as {name}."));
        }
        number
    }

    fn passphrase(&self, provider: &KeyProvider, diags: &mut Diagnostics) -> Option<String> {
        let Some(a) = provider.body.attribute("passphrase") else {
            diags.push(err!(
                provider.span,
                "Missing required argument",
                "The argument \"passphrase\" is required, but no definition was found."
            ));
            return None;
        };
        let value = self.early_value(&a.expr, &Type::String, "the passphrase", diags)?.unmark().0;
        let text = value.as_str().map(|s| s.to_string()).filter(|s| s.chars().count() >= LEAST);
        if text.is_none() {
            diags.push(err!(a.expr.span, "Unusable passphrase", "{}", too_short()));
        }
        text
    }

    fn early_value(
        &self,
        expr: &Expr,
        ty: &Type,
        purpose: &str,
        diags: &mut Diagnostics,
    ) -> Option<model::Value> {
        let surroundings = Outside::console();
        let inputs =
            EarlyInputs { given: &self.given, workspace: &self.workspace, surroundings: &surroundings };
        let mut sources = self.sources.borrow_mut();
        let mut early = Early { inputs, sources: &mut sources, diags };
        let root = self.config.root().cloned();
        let root = root.unwrap_or_else(|| config::Module::empty(model::ModulePath::root(), "."));
        EarlyModule::root(&root).eval(expr, ty, purpose, &mut early)
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.trim().is_empty())
}

/// Encryption with the passphrase of the environment, or none.
fn passphrase_alone(diags: &mut Diagnostics) -> Sealings {
    let Some(passphrase) = variable(PASSPHRASE) else { return Sealings::default() };
    if passphrase.chars().count() < LEAST {
        let detail = format!("What {PASSPHRASE} holds cannot be used. {}", too_short());
        diags.push(Diagnostic::error("Unusable passphrase", detail));
        return Sealings::default();
    }
    match KeySource::new(&passphrase, Kdf::ARGON2) {
        Ok(key) => Sealings::same(Sealing::with(key)),
        Err(why) => {
            diags.push(Diagnostic::error("Unusable passphrase", format!("{why}.")));
            Sealings::default()
        }
    }
}

fn too_short() -> String {
    format!("A passphrase has at least {LEAST} characters; one of six random words is a good one.")
}

fn unusable(provider: &KeyProvider, why: &SealingError) -> Diagnostic {
    err!(provider.span, "Unusable key provider", "The key {}.{}: {why}.", provider.ty, provider.name)
}

/// What the environment says holds a passphrase, so no part of it is shown.
fn without_text(diag: Diagnostic, file: FileId) -> Diagnostic {
    if diag.subject.is_none_or(|span| span.file != file) {
        return diag;
    }
    let detail = format!("{} This concerns what the environment variable {BLOCK} says.", diag.detail);
    Diagnostic { subject: None, context: None, values: Vec::new(), related: Vec::new(), detail, ..diag }
}
