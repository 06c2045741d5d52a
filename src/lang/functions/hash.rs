//! Digests, password hashes, identifiers and decryption.

use md5::Md5;
use model::{Type, Value};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::arguments::{text, whole};
use super::define::{Outcome, Plain, blame, define, fail};
use super::encoding::{decode_base64, encode_base64};
use super::rsa::PrivateKey;
use super::{Function, Param, Surroundings};

/// The family's members.
pub(super) fn members() -> Vec<Function> {
    let mut all = digests();
    all.extend(secrets());
    all
}

fn digests() -> Vec<Function> {
    let entry = |name, description, code: Plain, example: &'static [_]| {
        define(name, description, Type::String, code).takes(Param::string("str", "The text.")).shows(example)
    };
    vec![
        entry(
            "md5",
            "Gives a text's MD5 digest in hexadecimal.",
            |a, _| hex_of::<Md5>(a),
            &[("md5(\"a\")", "\"0cc175b9c0f1b6a831c399e269772661\"")],
        ),
        entry(
            "sha1",
            "Gives a text's SHA-1 digest in hexadecimal.",
            |a, _| hex_of::<Sha1>(a),
            &[("sha1(\"a\")", "\"86f7e437faa5a7fce15d1ddcb9eaeaea377667b8\"")],
        ),
        entry(
            "sha256",
            "Gives a text's SHA-256 digest in hexadecimal.",
            |a, _| hex_of::<Sha256>(a),
            &[("substr(sha256(\"a\"), 0, 8)", "\"ca978112\"")],
        ),
        entry(
            "sha512",
            "Gives a text's SHA-512 digest in hexadecimal.",
            |a, _| hex_of::<Sha512>(a),
            &[("substr(sha512(\"a\"), 0, 8)", "\"1f40fc92\"")],
        ),
        entry(
            "base64sha256",
            "Gives a text's SHA-256 digest in Base64.",
            |a, _| base64_of::<Sha256>(a),
            &[("base64sha256(\"a\")", "\"ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=\"")],
        ),
        entry(
            "base64sha512",
            "Gives a text's SHA-512 digest in Base64.",
            |a, _| base64_of::<Sha512>(a),
            &[("length(base64sha512(\"a\"))", "88")],
        ),
    ]
}

fn secrets() -> Vec<Function> {
    vec![
        define("bcrypt", "Hashes a password.", Type::String, bcrypt)
            .takes(Param::string("str", "The password."))
            .takes_any_number(Param::number("cost", "How many times the work is doubled; 10 by default."))
            .shows(&[("length(bcrypt(\"secret\", 4))", "60")]),
        define("uuid", "Gives a random identifier.", Type::String, uuid).shows(&[("length(uuid())", "36")]),
        define("uuidv5", "Gives the identifier of a name in a namespace.", Type::String, uuidv5)
            .takes(Param::string("namespace", "\"dns\", \"url\", \"oid\", \"x500\" or an identifier."))
            .takes(Param::string("name", "The name."))
            .shows(&[("uuidv5(\"dns\", \"example.com\")", "\"cfbff0d1-9375-5685-968c-48ce8b15ae17\"")]),
        define("rsadecrypt", "Decrypts a text with an RSA key.", Type::String, rsadecrypt)
            .takes(Param::string("ciphertext", "The encrypted text, in Base64."))
            .takes(Param::string("privatekey", "The key, in PEM form."))
            .shows(&[("rsadecrypt(local.secret, local.key)", "\"secret\"")]),
    ]
}

/// Bytes in hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn hex_of<D: Digest>(args: &[Value]) -> Outcome {
    Ok(Value::string(hex(&D::digest(text(args, 0)))))
}

fn base64_of<D: Digest>(args: &[Value]) -> Outcome {
    Ok(Value::string(encode_base64(&D::digest(text(args, 0)))))
}

fn bcrypt(args: &[Value], around: &dyn Surroundings) -> Outcome {
    if args.len() > 2 {
        return fail("it takes two arguments at most");
    }
    let cost = if args.len() > 1 { whole(args, 1)? } else { 10 };
    if around.defers_impure() {
        return Ok(Value::unknown_not_null(Type::String));
    }
    if text(args, 0).len() > 72 {
        return fail("the text is longer than the 72 bytes that bcrypt takes");
    }
    let cost = match cost {
        // Costs that are too small become the usual one.
        ..4 => 10,
        4..=31 => u32::try_from(cost).unwrap_or(10),
        _ => {
            return fail(format!("a cost of {cost} is not between 4 and 31"));
        }
    };
    let mut salt = [0; 16];
    around.random(&mut salt);
    match ::bcrypt::hash_with_salt(text(args, 0), cost, salt) {
        Ok(parts) => Ok(Value::string(parts.format_for_version(::bcrypt::Version::TwoA))),
        Err(e) => fail(format!("error occured generating password {e}")),
    }
}

/// 16 bytes as an identifier of a version.
fn identifier(mut bytes: [u8; 16], version: u8) -> String {
    bytes[6] = bytes[6] & 0x0f | version << 4;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = hex(&bytes);
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

fn uuid(_: &[Value], around: &dyn Surroundings) -> Outcome {
    if around.defers_impure() {
        return Ok(Value::unknown_not_null(Type::String));
    }
    let mut bytes = [0; 16];
    around.random(&mut bytes);
    Ok(Value::string(identifier(bytes, 4)))
}

/// The namespaces of RFC 4122 differ only in their first 4 bytes, of which only the last varies.
fn known_namespace(last: u8) -> [u8; 16] {
    [0x6b, 0xa7, 0xb8, last, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8]
}

fn uuidv5(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let namespace = match text(args, 0) {
        "dns" => known_namespace(0x10),
        "url" => known_namespace(0x11),
        "oid" => known_namespace(0x12),
        "x500" => known_namespace(0x14),
        other => match parse_identifier(other) {
            Ok(bytes) => bytes,
            Err(why) => {
                return fail(format!(
                    "{other:?} is no namespace: it is neither \"dns\", \"url\", \"oid\", \
                 \"x500\" nor an identifier ({why})"
                ));
            }
        },
    };
    let digest = Sha1::new().chain_update(namespace).chain_update(text(args, 1)).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Ok(Value::string(identifier(bytes, 5)))
}

/// Reads an identifier in its plain, braced, `urn:uuid:` or bare hexadecimal form.
fn parse_identifier(text: &str) -> Result<[u8; 16], String> {
    const INVALID: &str = "invalid UUID format";
    let plain = match text.len() {
        36 | 32 => text,
        38 if text.is_char_boundary(1) && text.is_char_boundary(37) => &text[1..37],
        45 => {
            let (prefix, rest) = text.split_at_checked(9).ok_or(INVALID)?;
            if !prefix.eq_ignore_ascii_case("urn:uuid:") {
                return Err(format!("invalid urn prefix: {prefix:?}"));
            }
            rest
        }
        length => return Err(format!("invalid UUID length: {length}")),
    };
    if plain.len() == 36 && [8, 13, 18, 23].iter().any(|at| plain.as_bytes()[*at] != b'-') {
        return Err(INVALID.into());
    }
    let digits: String = plain.chars().filter(|c| *c != '-').collect();
    match u128::from_str_radix(&digits, 16) {
        Ok(n) if digits.len() == 32 && digits.bytes().all(|b| b.is_ascii_hexdigit()) => Ok(n.to_be_bytes()),
        _ => Err(INVALID.into()),
    }
}

fn rsadecrypt(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let Some(encrypted) = decode_base64(text(args, 0)) else {
        let given = text(args, 0);
        return blame(0, format!("the text to decrypt, {given:?}, is not Base64"));
    };
    let key = match PrivateKey::from_pem(text(args, 1)) {
        Ok(key) => key,
        Err(why) => return blame(1, format!("invalid private key: {why}")),
    };
    let decrypted = key.decrypt(&encrypted).and_then(|bytes| String::from_utf8(bytes).ok());
    match decrypted {
        Some(text) => Ok(Value::string(text)),
        None => fail("this key does not decrypt it"),
    }
}
