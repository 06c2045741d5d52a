//! Arguments that several types share, and what is wrong with them.

use std::net::IpAddr;

use model::{Attribute, Block, Path, Type, Value};
use provider::{ProviderError, text};

use crate::cert::{AltNames, CertError};
use crate::key::{KeyError, PrivateKey};

/// Adds the private key, in both of its forms: one that is stored and one that is not.
pub(crate) fn with_key(block: Block, name: &str, whose: &str) -> Block {
    let (hidden, version) = (format!("{name}_wo"), format!("{name}_wo_version"));
    let key = format!("The private key {whose}, in PEM form. Exactly one of this and `{hidden}` is given.");
    let unstored = format!("The same, kept neither in plans nor in the state; needs `{version}`.");
    let counter = format!("Any number for the key in `{hidden}`; when it changes, the object is made anew.");
    block
        .attr(name, Attribute::optional(Type::String, &key).sensitive())
        .attr(&hidden, Attribute::optional(Type::String, &unstored).sensitive().write_only())
        .attr(&version, Attribute::optional(Type::Number, &counter))
}

/// Adds the names beside the subject's.
pub(crate) fn with_alt_names(block: Block) -> Block {
    let list = |what: &str| Attribute::optional(Type::list(Type::String), what);
    block
        .attr("dns_names", list("Names of hosts that the certificate is for, such as `*.example.com`."))
        .attr("ip_addresses", list("Addresses of hosts that the certificate is for."))
        .attr("uris", list("URIs that the certificate is for."))
}

/// An error about an argument's PEM form. It quotes nothing of the argument.
pub(crate) fn unusable(name: &str, why: &str) -> ProviderError {
    let detail = format!("The argument {name} cannot be used: {why}.");
    ProviderError::invalid("Failed to parse PEM", detail).at(Path::of_attr(name))
}

/// The private key of an argument, stored or not.
pub(crate) fn private_key(config: &Value, name: &str) -> Result<PrivateKey, ProviderError> {
    let hidden = format!("{name}_wo");
    let given =
        text(config, name).map(|pem| (name, pem)).or(text(config, &hidden).map(|pem| (&*hidden, pem)));
    let Some((name, pem)) = given else { return Err(unusable(name, "it is not given")) };
    PrivateKey::from_pem(pem).map_err(|KeyError(why)| unusable(name, &why))
}

/// Checks the private key in both of its forms.
pub(crate) fn check_key(config: &Value, name: &str) -> Vec<ProviderError> {
    let (hidden, version) = (format!("{name}_wo"), format!("{name}_wo_version"));
    let value = |name: &str| config.get(name);
    let given = |name: &str| value(name).is_some_and(|v| !v.is_null());
    let decided = |name: &str| value(name).is_some_and(Value::is_known);
    let combined = |detail: String| ProviderError::invalid("Invalid Attribute Combination", detail);
    let pair = match (given(name), given(&hidden)) {
        (true, true) if decided(name) && decided(&hidden) => {
            Some(combined(format!("Exactly one of these attributes must be configured: [{name},{hidden}]")))
        }
        (false, false) => {
            let detail = format!("Exactly one of these attributes must be configured: [{name},{hidden}]");
            Some(ProviderError::invalid("Missing Attribute Configuration", detail))
        }
        _ => None,
    };
    let together = given(&hidden) != given(&version) && decided(&hidden) && decided(&version);
    let together = together
        .then(|| combined(format!("These attributes must be configured together: [{hidden},{version}]")));
    let readable = [name, &hidden].into_iter().find_map(|n| {
        let read = PrivateKey::from_pem(text(config, n)?);
        read.err().map(|KeyError(why)| unusable(n, &why))
    });
    pair.into_iter().chain(together).chain(readable).collect()
}

/// The texts of a list; unknown ones are left out.
pub(crate) fn texts<'v>(config: &'v Value, name: &str) -> impl Iterator<Item = &'v str> {
    let items = config.get(name).and_then(Value::as_items).unwrap_or_default();
    items.iter().filter_map(Value::as_str).map(|s| &**s)
}

/// The names beside the subject's. They were checked before.
pub(crate) fn alt_names(config: &Value) -> AltNames {
    AltNames {
        dns: texts(config, "dns_names").map(str::to_owned).collect(),
        ips: texts(config, "ip_addresses").filter_map(|ip| ip.parse().ok()).collect(),
        uris: texts(config, "uris").map(str::to_owned).collect(),
    }
}

/// Checks the names beside the subject's.
pub(crate) fn check_alt_names(config: &Value) -> Vec<ProviderError> {
    let wrong = |name: &'static str, summary: &str, what: &str| {
        let detail = format!("{what:?} in {name} is none.");
        ProviderError::invalid(summary, detail).at(Path::of_attr(name))
    };
    let is_uri = |text: &str| text.contains(':') && text.bytes().all(|b| b.is_ascii_graphic());
    let is_dns = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
    let ips = texts(config, "ip_addresses").filter(|ip| ip.parse::<IpAddr>().is_err());
    let uris = texts(config, "uris").filter(|uri| !is_uri(uri));
    let names = texts(config, "dns_names").filter(|name| !is_dns(name));
    ips.map(|ip| wrong("ip_addresses", "Invalid IP address", ip))
        .chain(uris.map(|uri| wrong("uris", "Invalid URI", uri)))
        .chain(names.map(|name| wrong("dns_names", "Invalid DNS name", name)))
        .collect()
}

/// The whole number that an argument is.
pub(crate) fn whole(object: &Value, name: &str) -> Option<i64> {
    object.get(name)?.as_number()?.to_i64()
}

/// Finds that an argument is no whole number within bounds.
pub(crate) fn check_whole(config: &Value, name: &str, bounds: (i64, i64)) -> Option<ProviderError> {
    let given = config.get(name)?.as_number()?;
    let (least, most) = bounds;
    let why = match given.to_i64() {
        Some(number) if number < least => format!("must be at least {least}, got: {number}"),
        Some(number) if number > most => format!("must be at most {most}, got: {number}"),
        Some(_) => return None,
        None => format!("must be a whole number, got: {given}"),
    };
    let detail = format!("Attribute {name} value {why}");
    Some(ProviderError::invalid("Invalid Attribute Value", detail).at(Path::of_attr(name)))
}

/// Finds that an argument is none of several texts.
pub(crate) fn check_one_of(config: &Value, name: &str, texts: &[&str]) -> Option<ProviderError> {
    let given = text(config, name).filter(|given| !texts.contains(given))?;
    let known: Vec<String> = texts.iter().map(|t| format!("{t:?}")).collect();
    let detail = format!("Attribute {name} value must be one of: [{}], got: {given:?}", known.join(" "));
    Some(ProviderError::invalid("Invalid Attribute Value Match", detail).at(Path::of_attr(name)))
}

/// An error about a certificate that cannot be made.
pub(crate) fn unmakeable(CertError(why): CertError) -> ProviderError {
    ProviderError::invalid("Failed to create certificate", format!("The certificate cannot be made: {why}."))
}
