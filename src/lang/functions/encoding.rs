//! Base64, URLs and compression.

use base64::Engine;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use flate2::{Crc, Decompress, FlushDecompress, Status};
use model::{Type, Value};

use super::arguments::text;
use super::define::{Outcome, define, fail};
use super::deflate::deflate;
use super::{CallError, Function, Param, Surroundings};

/// The family's members.
pub(super) fn members() -> Vec<Function> {
    let mut all = base64s();
    all.extend(urls());
    all
}

fn base64s() -> Vec<Function> {
    let str_in = |description| Param::string("str", description);
    vec![
        define("base64encode", "Writes a text's UTF-8 bytes in Base64.", Type::String, base64encode)
            .takes(str_in("The text."))
            .shows(&[("base64encode(\"Hello\")", "\"SGVsbG8=\"")]),
        define("base64decode", "Reads a text from Base64.", Type::String, base64decode)
            .takes(str_in("The Base64."))
            .shows(&[("base64decode(\"SGVsbG8=\")", "\"Hello\"")]),
        define(
            "base64gzip",
            "Compresses a text with gzip and writes it in Base64.",
            Type::String,
            base64gzip,
        )
        .takes(str_in("The text."))
        .shows(&[("base64gunzip(base64gzip(\"Hello\"))", "\"Hello\"")]),
        define("base64gunzip", "Reads a text from Base64 that gzip compressed.", Type::String, base64gunzip)
            .takes(str_in("The Base64."))
            .shows(&[("base64gunzip(base64gzip(\"Hello\"))", "\"Hello\"")]),
    ]
}

fn urls() -> Vec<Function> {
    vec![
        define("urlencode", "Writes a text so that it fits into a URL's query.", Type::String, urlencode)
            .takes(Param::string("str", "The text."))
            .shows(&[("urlencode(\"a b&c\")", "\"a+b%26c\"")]),
        define("urldecode", "Reads a text from its form in a URL's query.", Type::String, urldecode)
            .takes(Param::string("str", "The encoded text."))
            .shows(&[("urldecode(\"a+b%26c\")", "\"a b&c\"")]),
    ]
}

/// Base64 that bears loose bits at the end and line breaks anywhere.
pub(super) fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let config = GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true);
    let lenient = GeneralPurpose::new(&base64::alphabet::STANDARD, config);
    let one_line: String = text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
    lenient.decode(one_line).ok()
}

/// Plain Base64.
pub(super) fn encode_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

fn base64encode(args: &[Value], _: &dyn Surroundings) -> Outcome {
    Ok(Value::string(encode_base64(text(args, 0).as_bytes())))
}

fn decoded(text: &str) -> Result<Vec<u8>, CallError> {
    decode_base64(text).map_or_else(|| fail(format!("failed to decode base64 data {text:?}")), Ok)
}

fn utf8(bytes: Vec<u8>) -> Outcome {
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Value::string(text)),
        Err(_) => fail("what the text stands for is not UTF-8"),
    }
}

fn base64decode(args: &[Value], _: &dyn Surroundings) -> Outcome {
    utf8(decoded(text(args, 0))?)
}

/// The first bytes of every gzip stream that we write: no name, no time, no operating system.
const GZIP_HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
fn base64gzip(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let plain = text(args, 0).as_bytes();
    let mut out = GZIP_HEADER.to_vec();
    out.extend(deflate(plain));
    let mut crc = Crc::new();
    crc.update(plain);
    out.extend(crc.sum().to_le_bytes());
    out.extend(crc.amount().to_le_bytes());
    Ok(Value::string(encode_base64(&out)))
}

/// How large a text `base64gunzip` unpacks at most, in bytes.
const LARGEST_TEXT: usize = 256 << 20;

fn base64gunzip(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let packed = decoded(text(args, 0))?;
    match gunzip(&packed) {
        Some(bytes) => utf8(bytes),
        None => fail("failed to gunzip the data"),
    }
}

fn gunzip(packed: &[u8]) -> Option<Vec<u8>> {
    let mut rest = packed.get(gzip_header_length(packed)?..)?;
    let mut inflate = Decompress::new(false);
    let mut out = Vec::new();
    loop {
        out.reserve(packed.len() * 4 + 64);
        let (read, written) = (inflate.total_in(), inflate.total_out());
        let status = inflate.decompress_vec(rest, &mut out, FlushDecompress::None).ok()?;
        rest = &rest[usize::try_from(inflate.total_in() - read).ok()?..];
        match status {
            Status::StreamEnd => break,
            _ if inflate.total_in() == read && inflate.total_out() == written => return None,
            _ if out.len() > LARGEST_TEXT => return None,
            _ => {}
        }
    }
    let mut crc = Crc::new();
    crc.update(&out);
    let checksum = u32::from_le_bytes(rest.get(..4)?.try_into().ok()?);
    (checksum == crc.sum()).then_some(out)
}

/// Where the compressed data starts, after the optional fields of RFC 1952.
fn gzip_header_length(packed: &[u8]) -> Option<usize> {
    let flags = *packed.get(3)?;
    if !packed.starts_with(&GZIP_HEADER[..3]) {
        return None;
    }
    let mut at = GZIP_HEADER.len();
    if flags & 4 != 0 {
        at += 2 + usize::from(u16::from_le_bytes(packed.get(at..at + 2)?.try_into().ok()?));
    }
    for text_flag in [8, 16] {
        if flags & text_flag != 0 {
            at += packed.get(at..)?.iter().position(|b| *b == 0)? + 1;
        }
    }
    Some(at + if flags & 2 != 0 { 2 } else { 0 })
}

fn urlencode(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let mut out = String::new();
    for byte in text(args, 0).bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    Ok(Value::string(out))
}

fn urldecode(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let source = text(args, 0);
    let mut bytes = Vec::new();
    let mut rest = source.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match first {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digits = after.get(..2).and_then(|d| std::str::from_utf8(d).ok());
                let Some(byte) = digits.and_then(|d| u8::from_str_radix(d, 16).ok()) else {
                    let shown = String::from_utf8_lossy(&after[..after.len().min(2)]);
                    return fail(format!("\"%{shown}\" is no escape of a URL"));
                };
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => bytes.push(*first),
        }
    }
    utf8(bytes)
}
