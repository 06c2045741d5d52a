//! Texts in encodings other than UTF-8, within Base64.

use encoding_rs::Encoding;
use model::{Type, Value};

use super::arguments::text;
use super::code_pages::{self, CodePage};
use super::define::{Outcome, blame, define};
use super::encoding::{decode_base64, encode_base64};
use super::{CallError, Function, Param, Surroundings};

/// The family's members.
pub(super) fn members() -> Vec<Function> {
    let encoding = || Param::string("encoding", "The encoding's name, as IANA registers it.");
    vec![
        define(
            "textencodebase64",
            "Writes a text in an encoding, in Base64.",
            Type::String,
            textencodebase64,
        )
        .takes(Param::string("string", "The text."))
        .takes(encoding())
        .shows(&[("textencodebase64(\"Hi\", \"UTF-16LE\")", "\"SABpAA==\"")]),
        define(
            "textdecodebase64",
            "Reads a text in an encoding from Base64.",
            Type::String,
            textdecodebase64,
        )
        .takes(Param::string("source", "The Base64."))
        .takes(encoding())
        .shows(&[("textdecodebase64(\"SABpAA==\", \"UTF-16LE\")", "\"Hi\"")]),
    ]
}

/// How a text is written in bytes.
#[derive(Clone, Copy)]
enum Form {
    /// One byte for each of the first code points of Unicode.
    First(u32),
    /// Two bytes for each unit of UTF-16: the low one first or not, with a mark of the order or not.
    Utf16 { little: bool, marked: bool },
    /// A code page of IBM's.
    Ibm(&'static CodePage),
    /// A table of the web's.
    Web(&'static Encoding),
}

/// Encodings by the names that IANA registers for them, the first being the one that messages show.
const ENCODINGS: &[(&[&str], Form)] = &[
    (
        &[
            "US-ASCII",
            "ANSI_X3.4-1968",
            "iso-ir-6",
            "ANSI_X3.4-1986",
            "ISO_646.irv:1991",
            "ISO646-US",
            "us",
            "IBM367",
            "cp367",
            "csASCII",
        ],
        Form::First(0x80),
    ),
    (
        &[
            "ISO_8859-1:1987",
            "iso-ir-100",
            "ISO_8859-1",
            "ISO-8859-1",
            "latin1",
            "l1",
            "IBM819",
            "CP819",
            "csISOLatin1",
        ],
        Form::First(0x100),
    ),
    (&["UTF-8", "csUTF8"], Form::Web(encoding_rs::UTF_8)),
    (&["UTF-16", "csUTF16"], Form::Utf16 { little: false, marked: true }),
    (&["UTF-16BE", "csUTF16BE"], Form::Utf16 { little: false, marked: false }),
    (&["UTF-16LE", "csUTF16LE"], Form::Utf16 { little: true, marked: false }),
    (
        &["ISO_8859-2:1987", "iso-ir-101", "ISO_8859-2", "ISO-8859-2", "latin2", "l2", "csISOLatin2"],
        Form::Web(encoding_rs::ISO_8859_2),
    ),
    (
        &["ISO_8859-3:1988", "iso-ir-109", "ISO_8859-3", "ISO-8859-3", "latin3", "l3", "csISOLatin3"],
        Form::Web(encoding_rs::ISO_8859_3),
    ),
    (
        &["ISO_8859-4:1988", "iso-ir-110", "ISO_8859-4", "ISO-8859-4", "latin4", "l4", "csISOLatin4"],
        Form::Web(encoding_rs::ISO_8859_4),
    ),
    (
        &["ISO_8859-5:1988", "iso-ir-144", "ISO_8859-5", "ISO-8859-5", "cyrillic", "csISOLatinCyrillic"],
        Form::Web(encoding_rs::ISO_8859_5),
    ),
    (
        &[
            "ISO_8859-6:1987",
            "iso-ir-127",
            "ISO_8859-6",
            "ISO-8859-6",
            "ECMA-114",
            "ASMO-708",
            "arabic",
            "csISOLatinArabic",
        ],
        Form::Web(encoding_rs::ISO_8859_6),
    ),
    (
        &[
            "ISO_8859-7:1987",
            "iso-ir-126",
            "ISO_8859-7",
            "ISO-8859-7",
            "ELOT_928",
            "ECMA-118",
            "greek",
            "greek8",
            "csISOLatinGreek",
        ],
        Form::Web(encoding_rs::ISO_8859_7),
    ),
    (
        &["ISO_8859-8:1988", "iso-ir-138", "ISO_8859-8", "ISO-8859-8", "hebrew", "csISOLatinHebrew"],
        Form::Web(encoding_rs::ISO_8859_8),
    ),
    (
        &["ISO_8859-9:1989", "iso-ir-148", "ISO_8859-9", "ISO-8859-9", "latin5", "l5", "csISOLatin5"],
        Form::Web(encoding_rs::WINDOWS_1254),
    ),
    (
        &["ISO-8859-10", "iso-ir-157", "l6", "ISO_8859-10:1992", "csISOLatin6", "latin6"],
        Form::Web(encoding_rs::ISO_8859_10),
    ),
    (&["ISO-8859-13", "csISO885913"], Form::Web(encoding_rs::ISO_8859_13)),
    (
        &[
            "ISO-8859-14",
            "iso-ir-199",
            "ISO_8859-14:1998",
            "ISO_8859-14",
            "latin8",
            "iso-celtic",
            "l8",
            "csISO885914",
        ],
        Form::Web(encoding_rs::ISO_8859_14),
    ),
    (&["ISO-8859-15", "ISO_8859-15", "Latin-9", "csISO885915"], Form::Web(encoding_rs::ISO_8859_15)),
    (
        &["ISO-8859-16", "iso-ir-226", "ISO_8859-16:2001", "ISO_8859-16", "latin10", "l10", "csISO885916"],
        Form::Web(encoding_rs::ISO_8859_16),
    ),
    (&["windows-874", "cswindows874"], Form::Web(encoding_rs::WINDOWS_874)),
    (&["windows-1250", "cswindows1250"], Form::Web(encoding_rs::WINDOWS_1250)),
    (&["windows-1251", "cswindows1251"], Form::Web(encoding_rs::WINDOWS_1251)),
    (&["windows-1252", "cswindows1252"], Form::Web(encoding_rs::WINDOWS_1252)),
    (&["windows-1253", "cswindows1253"], Form::Web(encoding_rs::WINDOWS_1253)),
    (&["windows-1254", "cswindows1254"], Form::Web(encoding_rs::WINDOWS_1254)),
    (&["windows-1255", "cswindows1255"], Form::Web(encoding_rs::WINDOWS_1255)),
    (&["windows-1256", "cswindows1256"], Form::Web(encoding_rs::WINDOWS_1256)),
    (&["windows-1257", "cswindows1257"], Form::Web(encoding_rs::WINDOWS_1257)),
    (&["windows-1258", "cswindows1258"], Form::Web(encoding_rs::WINDOWS_1258)),
    (&["KOI8-R", "csKOI8R"], Form::Web(encoding_rs::KOI8_R)),
    (&["KOI8-U", "csKOI8U"], Form::Web(encoding_rs::KOI8_U)),
    (&["IBM866", "cp866", "866", "csIBM866"], Form::Web(encoding_rs::IBM866)),
    (
        &["IBM037", "cp037", "ebcdic-cp-us", "ebcdic-cp-ca", "ebcdic-cp-wt", "ebcdic-cp-nl", "csIBM037"],
        Form::Ibm(&code_pages::IBM037),
    ),
    (&["IBM437", "cp437", "437", "csPC8CodePage437"], Form::Ibm(&code_pages::IBM437)),
    (&["IBM850", "cp850", "850", "csPC850Multilingual"], Form::Ibm(&code_pages::IBM850)),
    (&["IBM852", "cp852", "852", "csPCp852"], Form::Ibm(&code_pages::IBM852)),
    (&["IBM855", "cp855", "855", "csIBM855"], Form::Ibm(&code_pages::IBM855)),
    (
        &["IBM00858", "CCSID00858", "CP00858", "PC-Multilingual-850+euro", "csIBM00858"],
        Form::Ibm(&code_pages::IBM858),
    ),
    (&["IBM860", "cp860", "860", "csIBM860"], Form::Ibm(&code_pages::IBM860)),
    (&["IBM862", "cp862", "862", "csPC862LatinHebrew"], Form::Ibm(&code_pages::IBM862)),
    (&["IBM863", "cp863", "863", "csIBM863"], Form::Ibm(&code_pages::IBM863)),
    (&["IBM865", "cp865", "865", "csIBM865"], Form::Ibm(&code_pages::IBM865)),
    (&["IBM1047", "IBM-1047", "csIBM1047"], Form::Ibm(&code_pages::IBM1047)),
    (
        &["IBM01140", "CCSID01140", "CP01140", "ebcdic-us-37+euro", "csIBM01140"],
        Form::Ibm(&code_pages::IBM1140),
    ),
    (&["macintosh", "mac", "csMacintosh"], Form::Web(encoding_rs::MACINTOSH)),
    (&["Shift_JIS", "MS_Kanji", "csShiftJIS"], Form::Web(encoding_rs::SHIFT_JIS)),
    (
        &["EUC-JP", "Extended_UNIX_Code_Packed_Format_for_Japanese", "csEUCPkdFmtJapanese"],
        Form::Web(encoding_rs::EUC_JP),
    ),
    (&["ISO-2022-JP", "csISO2022JP"], Form::Web(encoding_rs::ISO_2022_JP)),
    (&["EUC-KR", "csEUCKR"], Form::Web(encoding_rs::EUC_KR)),
    (&["GBK", "CP936", "MS936", "windows-936", "csGBK"], Form::Web(encoding_rs::GBK)),
    (&["GB18030", "csGB18030"], Form::Web(encoding_rs::GB18030)),
    (&["Big5", "csBig5"], Form::Web(encoding_rs::BIG5)),
];

fn find(name: &str) -> Result<(&'static str, Form), CallError> {
    let found = ENCODINGS.iter().find(|(names, _)| names.iter().any(|n| n.eq_ignore_ascii_case(name)));
    match found {
        Some((names, form)) => Ok((names[0], *form)),
        None => blame(1, format!("no encoding {name:?} is known")),
    }
}

fn textencodebase64(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let (name, form) = find(text(args, 1))?;
    match encode(text(args, 0), form) {
        Some(bytes) => Ok(Value::string(encode_base64(&bytes))),
        None => blame(0, format!("{name} has no form for some character of the text")),
    }
}

fn encode(text: &str, form: Form) -> Option<Vec<u8>> {
    match form {
        Form::First(count) => {
            text.chars().map(|c| u8::try_from(u32::from(c)).ok().filter(|b| u32::from(*b) < count)).collect()
        }
        Form::Utf16 { little, marked } => {
            let mark = if marked { Some(0xfeff) } else { None };
            let bytes = |unit: u16| if little { unit.to_le_bytes() } else { unit.to_be_bytes() };
            Some(mark.into_iter().chain(text.encode_utf16()).flat_map(bytes).collect())
        }
        Form::Ibm(page) => text.chars().map(|c| page.encode(c)).collect(),
        Form::Web(encoding) => match encoding.encode(text) {
            (bytes, _, false) => Some(bytes.into_owned()),
            (_, _, true) => None,
        },
    }
}

fn textdecodebase64(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let (name, form) = find(text(args, 1))?;
    let Some(bytes) = decode_base64(text(args, 0)) else {
        let offset = first_bad_symbol(text(args, 0));
        return blame(0, format!("the text is not Base64 at {offset}"));
    };
    match decode(&bytes, form) {
        Some(text) => Ok(Value::string(text)),
        None => blame(0, format!("some bytes stand for nothing in {name}")),
    }
}

fn first_bad_symbol(text: &str) -> usize {
    let is_symbol = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '\r' | '\n');
    text.find(|c| !is_symbol(c)).unwrap_or(0)
}

fn decode(bytes: &[u8], form: Form) -> Option<String> {
    match form {
        Form::First(count) => {
            bytes.iter().map(|b| Some(char::from(*b)).filter(|c| u32::from(*c) < count)).collect()
        }
        Form::Utf16 { little, marked } => {
            let (little, bytes) = match bytes {
                [0xff, 0xfe, rest @ ..] if marked => (true, rest),
                [0xfe, 0xff, rest @ ..] if marked => (false, rest),
                _ => (little, bytes),
            };
            let pairs = bytes.chunks(2).map(|pair| <[u8; 2]>::try_from(pair).ok());
            let unit = |pair| if little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) };
            let units: Vec<u16> = pairs.map(|pair| pair.map(unit)).collect::<Option<_>>()?;
            String::from_utf16(&units).ok()
        }
        Form::Ibm(page) => bytes.iter().map(|b| page.decode(*b)).collect(),
        Form::Web(encoding) => {
            let decoded = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
            // The web's tables give meaning to bytes that others leave undefined.
            let invented =
                encoding.is_single_byte() && decoded.contains(|c: char| ('\u{80}'..'\u{a0}').contains(&c));
            let windows = encoding.name().starts_with("windows");
            if invented && windows { None } else { Some(decoded.into_owned()) }
        }
    }
}
