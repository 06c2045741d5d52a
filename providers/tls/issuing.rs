//! What types of certificates have in common: validity, renewal, uses.

use model::instant::Instant;
use model::{Attribute, Block, Path, Type, Value};
use provider::ProviderError;

use crate::arguments::{check_whole, texts, whole};
use crate::cert::{ALLOWED_USES, AltNames, CertError, Issued, Issuer, Purpose, Wanted, issue};
use crate::key::{PrivateKey, PublicKey};
use crate::recipe::{Default, Given, READY};

/// What arguments that are left out are.
pub(crate) const DEFAULTS: [(&str, Default); 4] = [
    ("early_renewal_hours", Default::Number(0)),
    ("is_ca_certificate", Default::Bool(false)),
    ("max_path_length", Default::Number(-1)),
    ("set_subject_key_id", Default::Bool(false)),
];

/// Adds the arguments and attributes.
pub(crate) fn with_validity(block: Block) -> Block {
    let uses: Vec<String> = ALLOWED_USES.iter().map(|(name, _)| format!("`{name}`")).collect();
    let uses = format!("What the certificate may be used for: {}.", uses.join(", "));
    let number = |what: &str| Attribute::optional_computed(Type::Number, what);
    let switch = |what: &str| Attribute::optional_computed(Type::Bool, what);
    let computed = |what: &str| Attribute::computed(Type::String, what);
    block
        .attr("validity_period_hours", Attribute::required(Type::Number, "How many hours it is valid, from when it is made."))
        .attr("allowed_uses", Attribute::required(Type::list(Type::String), &uses))
        .attr("early_renewal_hours", number("How many hours before its end it is made anew, by the first run after that; 0 if left out."))
        .attr("is_ca_certificate", switch("Whether it is that of an authority, which certifies others; `false` if left out."))
        .attr("max_path_length", number("How many authorities may stand between this one and what it certifies in the end; any number, -1, if left out."))
        .attr("set_subject_key_id", switch("Whether it names its key by its identifier; `false` if left out, but that of an authority always does."))
        .attr("cert_pem", computed("The certificate in PEM form."))
        .attr(READY, Attribute::computed(Type::Bool, "Whether its time is over, or so nearly that it is made anew."))
        .attr("validity_start_time", computed("From when it is valid, in RFC 3339 form."))
        .attr("validity_end_time", computed("Until when it is valid, in RFC 3339 form."))
        .attr("id", computed("Its serial number, in decimal digits."))
}

/// Checks the arguments.
pub(crate) fn check_validity(config: &Value) -> Vec<ProviderError> {
    // Ten thousand years: what ends later has no end that a certificate can name.
    let hours = (0, 24 * 366 * 8000);
    let bounds =
        [("validity_period_hours", hours), ("early_renewal_hours", hours), ("max_path_length", (-1, 255))];
    let numbers = bounds.into_iter().filter_map(|(name, bounds)| check_whole(config, name, bounds));
    let known = |name: &str| ALLOWED_USES.iter().any(|(known, _)| *known == name);
    let uses = texts(config, "allowed_uses").filter(|name| !known(name)).map(|name| {
        let all: Vec<&str> = ALLOWED_USES.iter().map(|(name, _)| *name).collect();
        let detail = format!("{name:?} in allowed_uses is no use. Uses are: {}.", all.join(", "));
        ProviderError::invalid("Invalid Attribute Value Match", detail).at(Path::of_attr("allowed_uses"))
    });
    numbers.chain(uses).collect()
}

/// Whether a certificate is to be made anew: its end is near, or past.
pub(crate) fn is_due(object: &Value, now: Instant) -> bool {
    let end = provider::text(object, "validity_end_time").and_then(|end| Instant::parse(end).ok());
    let early = whole(object, "early_renewal_hours").unwrap_or(0);
    end.is_some_and(|end| end.seconds.saturating_sub(early.saturating_mul(3600)) <= now.seconds)
}

/// Whom a certificate is for.
pub(crate) struct Holder {
    /// By name.
    pub(crate) subject: x509_cert::name::Name,
    /// By other names.
    pub(crate) alt_names: AltNames,
    /// By key.
    pub(crate) key: PublicKey,
}

/// Makes the certificate that arguments say, from now on.
pub(crate) fn make(
    arguments: &Value,
    holder: Holder,
    by: (&Issuer<'_>, &PrivateKey),
    now: Instant,
) -> Result<Given, CertError> {
    let (issuer, issuer_key) = by;
    let switch = |name: &str| arguments.get(name).and_then(Value::as_bool) == Some(true);
    let is_authority = switch("is_ca_certificate");
    if is_authority && holder.subject.is_empty() {
        let why = "the certificate of an authority needs a subject with at least one part";
        return Err(CertError(why.into()));
    }
    let begin = Instant { nanos: 0, ..now };
    let seconds = whole(arguments, "validity_period_hours").and_then(|hours| hours.checked_mul(3600));
    let end = seconds.and_then(|seconds| begin.plus_seconds(seconds)).filter(|end| end.civil().year <= 9999);
    let end = end.ok_or_else(|| CertError("it would be valid beyond the year 9999".into()))?;
    let wanted = Wanted {
        subject: holder.subject,
        alt_names: holder.alt_names,
        key: holder.key,
        uses: uses(arguments),
        is_authority,
        max_path_length: whole(arguments, "max_path_length").and_then(|n| u8::try_from(n).ok()),
        names_key: switch("set_subject_key_id"),
        validity: (begin, end),
    };
    let Issued { pem, serial } = issue(&wanted, issuer, issuer_key)?;
    Ok(vec![
        ("cert_pem", Value::string(pem)),
        ("id", Value::string(serial)),
        ("validity_start_time", Value::string(begin.to_rfc3339())),
        ("validity_end_time", Value::string(end.to_rfc3339())),
    ])
}

fn uses(arguments: &Value) -> Vec<Purpose> {
    let purpose =
        |name: &str| ALLOWED_USES.iter().find(|(known, _)| *known == name).map(|(_, purpose)| *purpose);
    texts(arguments, "allowed_uses").filter_map(purpose).collect()
}
