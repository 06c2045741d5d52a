//! Names of subjects and issuers: from arguments, and as text.

use der::asn1::{Any, Ia5String, ObjectIdentifier, PrintableString};
use der::{Encode, Tag, Tagged};
use model::{Attribute, Block, NestedBlock, Type, Value};
use provider::{hex, text};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};

use super::CertError;

/// The block's name.
pub(crate) const SUBJECT: &str = "subject";

/// The parts of a name in the order in which they stand in it: argument, identifier, how people write it.
const PARTS: [(&str, ObjectIdentifier, &str); 9] = [
    ("country", ObjectIdentifier::new_unwrap("2.5.4.6"), "C"),
    ("province", ObjectIdentifier::new_unwrap("2.5.4.8"), "ST"),
    ("locality", ObjectIdentifier::new_unwrap("2.5.4.7"), "L"),
    ("street_address", ObjectIdentifier::new_unwrap("2.5.4.9"), "STREET"),
    ("postal_code", ObjectIdentifier::new_unwrap("2.5.4.17"), "POSTALCODE"),
    ("organization", ObjectIdentifier::new_unwrap("2.5.4.10"), "O"),
    ("organizational_unit", ObjectIdentifier::new_unwrap("2.5.4.11"), "OU"),
    ("common_name", ObjectIdentifier::new_unwrap("2.5.4.3"), "CN"),
    ("serial_number", ObjectIdentifier::new_unwrap("2.5.4.5"), "SERIALNUMBER"),
];

const EMAIL: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.1");

/// The block `subject`.
pub(crate) fn subject_block() -> NestedBlock {
    let part = |what: &str| Attribute::optional(Type::String, what);
    let block = Block::new(
        "Whom the certificate is for. All of it is optional, but for authorities, which need a name.",
    )
    .attr("street_address", Attribute::optional(Type::list(Type::String), "`STREET`, one or several."))
    .attr("email_address", part("The email address, as identifier 1.2.840.113549.1.9.1."));
    let single = PARTS.into_iter().filter(|(name, ..)| *name != "street_address");
    let block = single.fold(block, |block, (name, _, short)| block.attr(name, part(&format!("`{short}`"))));
    NestedBlock::list(block).items(0, 1)
}

/// The name that the arguments' `subject` is; empty where there is none.
pub(crate) fn subject(arguments: &Value) -> Result<Name, CertError> {
    let given = arguments.get(SUBJECT).and_then(Value::as_items).and_then(|items| items.first());
    let mut sequence = RdnSequence::default();
    let Some(given) = given else { return Ok(Name::hazmat_from_rdn_sequence(sequence)) };
    for (name, oid, _) in PARTS {
        let mut values: Vec<Any> = Vec::new();
        match given.get(name).and_then(Value::as_items) {
            Some(items) => {
                for item in items.iter().filter_map(Value::as_str) {
                    values.push(string(item)?);
                }
            }
            None => values.extend(text(given, name).map(string).transpose()?),
        }
        push(&mut sequence, oid, values)?;
    }
    if let Some(email) = text(given, "email_address") {
        let email =
            Ia5String::new(email).map_err(|_| CertError::new("an email address must be ASCII text"))?;
        push(&mut sequence, EMAIL, vec![Any::encode_from(&email)?])?;
    }
    Ok(Name::hazmat_from_rdn_sequence(sequence))
}

fn push(sequence: &mut RdnSequence, oid: ObjectIdentifier, values: Vec<Any>) -> Result<(), CertError> {
    let mut part = RelativeDistinguishedName::default();
    for value in values {
        part.insert(AttributeTypeAndValue { oid, value })?;
    }
    if !part.is_empty() {
        sequence.push(part);
    }
    Ok(())
}

/// Text in the narrowest type that holds it.
fn string(text: &str) -> Result<Any, CertError> {
    Ok(match PrintableString::new(text) {
        Ok(printable) => Any::encode_from(&printable)?,
        Err(_) => Any::new(Tag::Utf8String, text.as_bytes())?,
    })
}

/// A name as people write it, in the manner of RFC 2253: the most particular part first, known parts by their short names,
/// those of one kind joined by `+`, others as their identifier and their bytes.
pub(super) fn written(name: &Name) -> String {
    let all: Vec<&AttributeTypeAndValue> = name.iter().collect();
    let mut groups: Vec<String> = Vec::new();
    for (_, oid, short) in PARTS {
        let values = all.iter().filter(|part| part.oid == oid);
        let mut values: Vec<String> =
            values.map(|part| format!("{short}={}", escaped(&plain(part)))).collect();
        // Of these there is only one in a name; the last counts.
        if ["CN", "SERIALNUMBER"].contains(&short) {
            values.drain(..values.len().saturating_sub(1));
        }
        if !values.is_empty() {
            groups.push(values.join("+"));
        }
    }
    groups.reverse();
    let others = all.iter().filter(|part| PARTS.iter().all(|(_, oid, _)| *oid != part.oid));
    groups.extend(others.rev().map(|part| format!("{}=#{}", part.oid, other(part))));
    groups.join(",")
}

/// The text of a part; bytes of other types are taken for UTF-8.
fn plain(part: &AttributeTypeAndValue) -> String {
    String::from_utf8_lossy(part.value.value()).into_owned()
}

/// A part of another kind in hexadecimal. Texts are all of one type then, as Terraform's provider writes them.
fn other(part: &AttributeTypeAndValue) -> String {
    let is_text = matches!(part.value.tag(), Tag::Ia5String | Tag::Utf8String | Tag::PrintableString);
    let value = if is_text { string(&plain(part)).ok() } else { None };
    hex(&value.unwrap_or_else(|| part.value.clone()).to_der().unwrap_or_default())
}

fn escaped(text: &str) -> String {
    let last = text.chars().count().saturating_sub(1);
    let escape = |(at, c): (usize, char)| {
        let special = matches!(c, ',' | '+' | '"' | '\\' | '<' | '>' | ';');
        let at_edge = c == ' ' && (at == 0 || at == last) || c == '#' && at == 0;
        if special || at_edge { format!("\\{c}") } else { c.to_string() }
    };
    text.chars().enumerate().map(escape).collect()
}
