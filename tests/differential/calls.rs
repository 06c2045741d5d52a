//! Calls of every function that both sides have, with arguments that often suit.

use serde_json::Value;

use super::grammar::{Grammar, Kind};
use super::tree::Tree;

/// Functions whose result differs each time, that read what is not here, or whose exact bytes their libraries choose.
const LEFT_OUT: &[&str] = &[
    "timestamp",
    "plantimestamp",
    "uuid",
    "bcrypt",
    "base64gzip",
    "rsadecrypt",
    "base64gunzip",
    "cidrcontains",
    "urldecode",
    "type",
    "abspath",
    "pathexpand",
    "fileset",
];

/// Texts that mean something to a parameter, by the function and the parameter's position.
const POOLS: &[(&str, usize, &[&str])] = &[
    ("format", 0, FORMATS),
    ("formatlist", 0, FORMATS),
    (
        "formatdate",
        0,
        &["\"YYYY-MM-DD\"", "\"hh:mm:ssZ\"", "\"EEE, D MMM YY 'at' h AA\"", "\"'q\"", "\"YYYYY\""],
    ),
    ("formatdate", 1, TIMES),
    ("timeadd", 0, TIMES),
    ("timeadd", 1, &["\"1h\"", "\"-90m\"", "\"1.5h10s\"", "\"1d\"", "\"100ms\""]),
    ("timecmp", 0, TIMES),
    ("timecmp", 1, TIMES),
    ("regex", 0, PATTERNS),
    ("regexall", 0, PATTERNS),
    ("replace", 1, &["\"a\"", "\"/[a-z]+/\"", "\"\"", "\"/(b)(c)?/\"", "\"é\""]),
    ("replace", 2, &["\"X\"", "\"$1\"", "\"\"", "\"${1}y\"", "\"$${1}z\""]),
    ("cidrhost", 0, BLOCKS),
    ("cidrhost", 1, SMALL),
    ("cidrnetmask", 0, BLOCKS),
    ("cidrsubnet", 0, BLOCKS),
    ("cidrsubnet", 1, SMALL),
    ("cidrsubnet", 2, SMALL),
    ("cidrsubnets", 0, BLOCKS),
    ("cidrsubnets", 1, SMALL),
    ("base64decode", 0, &["\"aGk=\"", "\"w6k=\"", "\"/w==\"", "\"a\"", "base64encode(var.text)"]),
    (
        "jsondecode",
        0,
        &[
            "\"{\\\"a\\\":[1,2.50,null,true]}\"",
            "\"[]\"",
            "\"1e400\"",
            "\"\\\"\\\\u00e9\\\"\"",
            "\"{\"",
            "\" 1 2\"",
            "\"-0\"",
            "jsonencode(var.anything)",
            "jsonencode(local.mixed)",
        ],
    ),
    (
        "yamldecode",
        0,
        &[
            "\"a: [1, 0x10, ~, yes]\"",
            "\"- 1\\n- b: c\\n\"",
            "\"&a 1\"",
            "\"a: b: c\"",
            "\"|\\n text\\n\"",
            "\"1.50\"",
            "yamlencode(local.nested)",
            "\"{a: 1, a: 2}\"",
            "\"2020-01-02\"",
            "\"!!str 1\"",
        ],
    ),
    (
        "csvdecode",
        0,
        &["\"a,b\\n1,2\\n\"", "\"a,a\\n1,2\"", "\"a\\n\\\"q\\\"\\\"x\\\"\\n\"", "\"a,b\\n1\"", "\"\""],
    ),
    ("parseint", 0, &["\"ff\"", "\"-101\"", "\"zz\"", "12", "\"\"", "\"1.5\"", "\"9Z\""]),
    ("parseint", 1, &["16", "2", "36", "10", "62", "1"]),
    ("textencodebase64", 1, ENCODINGS),
    ("textdecodebase64", 0, &["\"aGk=\"", "\"AGEAYg==\"", "\"4Q==\""]),
    ("textdecodebase64", 1, ENCODINGS),
    ("file", 0, FILES),
    ("filebase64", 0, FILES),
    ("fileexists", 0, FILES),
    ("templatefile", 0, &["\"greeting.tftpl\"", "\"lines.txt\""]),
    (
        "templatefile",
        1,
        &[
            "{ name = var.text, xs = var.names }",
            "{ name = 1, xs = [] }",
            "{ name = var.secret, xs = [1] }",
            "{}",
        ],
    ),
    ("substr", 1, SMALL),
    ("substr", 2, SMALL),
    ("range", 0, SMALL),
    ("range", 1, SMALL),
    ("range", 2, &["1", "2", "-1", "0.5", "0"]),
    ("chunklist", 1, SMALL),
    ("slice", 1, SMALL),
    ("slice", 2, SMALL),
    ("element", 1, SMALL),
    ("indent", 0, SMALL),
    ("pow", 1, SMALL),
    ("split", 0, &["\",\"", "\"\"", "\"b\"", "\" \""]),
    ("join", 0, &["\",\"", "\"\"", "\"-\""]),
    ("provider::terraform::decode_tfvars", 0, &["\"a = 1\\nb = [true]\\n\"", "\"a = \"", "\"x {}\\n\""]),
    ("lookup", 1, &["\"env\"", "\"a\"", "\"missing\""]),
];

const FORMATS: &[&str] = &[
    "\"%s\"",
    "\"%d-%v\"",
    "\"%05.2f|%x\"",
    "\"%q %#v\"",
    "\"%-5s|%5s\"",
    "\"%%\"",
    "\"%[2]s %[1]s\"",
    "\"%b\"",
    "\"%t\"",
    "\"%e\"",
    "\"%g\"",
    "\"%+d\"",
    "\"%s %s\"",
    "\"%!\"",
    "\"%*d\"",
    "\"%6.3v\"",
    "\"% d\"",
    "\"%08d\"",
    "\"%.2s\"",
    "\"%o\"",
    "\"%X\"",
];
const TIMES: &[&str] = &[
    "\"2024-02-29T12:30:45Z\"",
    "\"2023-12-31T23:59:59+05:30\"",
    "\"2024-13-01T00:00:00Z\"",
    "\"2024-01-01\"",
    "\"0001-01-01T00:00:00Z\"",
];
const PATTERNS: &[&str] = &[
    "\"[a-z]+\"",
    "\"(?P<first>\\\\w)(?P<rest>.*)\"",
    "\"(a)(b)?\"",
    "\"(\"",
    "\"\"",
    "\"^\\\\s*$\"",
    "\"\\\\pL+\"",
    "\"(?i)AB\"",
];
const BLOCKS: &[&str] = &[
    "\"10.0.0.0/8\"",
    "\"192.168.1.77/24\"",
    "\"fd00::/48\"",
    "\"10.0.0.0/33\"",
    "\"::ffff:1.2.3.4/112\"",
    "\"10.0.0/8\"",
];
const SMALL: &[&str] = &["0", "1", "2", "3", "4", "8", "-1", "-2", "1.5", "local.numbers[0]"];
const ENCODINGS: &[&str] =
    &["\"UTF-8\"", "\"UTF-16LE\"", "\"ISO-8859-1\"", "\"windows-1252\"", "\"shift_jis\"", "\"nope\""];
const FILES: &[&str] =
    &["\"lines.txt\"", "\"greeting.tftpl\"", "\"missing.txt\"", "\".\"", "\"${path.module}/lines.txt\""];

/// A function as its side lists it.
struct Signature {
    name: String,
    parameters: Vec<Kind>,
    variadic: Option<Kind>,
    result: Kind,
}

/// The functions to call.
pub struct Calls(Vec<Signature>);

impl Calls {
    /// Reads the list that the command `metadata functions -json` gives.
    pub fn read(document: &Value) -> Calls {
        let all = document["function_signatures"].as_object().expect("functions are listed");
        let wanted = all.iter().filter(|(name, _)| {
            let plain = name.strip_prefix("core::").unwrap_or(name);
            plain == *name && !LEFT_OUT.contains(&plain)
        });
        Calls(wanted.map(|(name, s)| Signature::read(name, s)).collect())
    }

    /// A call that should give something of a kind.
    pub fn call(&self, grammar: &mut Grammar, kind: Kind, depth: usize) -> Tree {
        let suits = |s: &&Signature| s.result == kind || s.result == Kind::Any || kind == Kind::Any;
        let suiting: Vec<&Signature> = self.0.iter().filter(suits).collect();
        let signature = suiting[grammar.dice.below(suiting.len())];
        let mut kinds = signature.parameters.clone();
        if let Some(more) = signature.variadic {
            let most = if signature.name.ends_with("product") { 2 } else { 3 };
            kinds.extend(std::iter::repeat_n(more, grammar.dice.below(most + 1)));
        }
        if grammar.dice.one_in(60) {
            kinds.pop();
        }
        let arguments: Vec<Tree> = kinds
            .iter()
            .enumerate()
            .map(|(i, kind)| argument(grammar, &signature.name, i, *kind, depth))
            .collect();
        let expanded = signature.variadic.is_some() && grammar.dice.one_in(12) && !arguments.is_empty();
        let close = if expanded { "...)" } else { ")" };
        Tree::list(&format!("{}(", signature.name), arguments, ", ", close)
    }
}

impl Signature {
    fn read(name: &str, s: &Value) -> Signature {
        let parameters: Vec<Kind> = s["parameters"]
            .as_array()
            .map(|all| all.iter().map(|p| parameter(name, &p["type"])).collect())
            .unwrap_or_default();
        let variadic = s.get("variadic_parameter").map(|p| parameter(name, &p["type"]));
        Signature { name: name.to_string(), parameters, variadic, result: kind_of(&s["return_type"]) }
    }
}

fn parameter(function: &str, ty: &Value) -> Kind {
    match (function, kind_of(ty)) {
        ("merge" | "keys" | "values" | "lookup" | "transpose" | "matchkeys", Kind::Any) => Kind::Mapping,
        (
            "concat" | "flatten" | "element" | "length" | "distinct" | "contains" | "index" | "setproduct"
            | "reverse" | "sum" | "slice" | "coalescelist" | "compact" | "toset" | "tolist" | "one"
            | "alltrue" | "anytrue" | "chunklist" | "sort",
            Kind::Any,
        ) => Kind::Sequence,
        (_, kind) => kind,
    }
}

fn kind_of(ty: &Value) -> Kind {
    match ty.as_str().or_else(|| ty[0].as_str()) {
        Some("number") => Kind::Number,
        Some("string") => Kind::Text,
        Some("bool") => Kind::Bool,
        Some("list" | "set" | "tuple") => Kind::Sequence,
        Some("map" | "object") => Kind::Mapping,
        _ => Kind::Any,
    }
}

fn argument(grammar: &mut Grammar, function: &str, position: usize, kind: Kind, depth: usize) -> Tree {
    let pool = POOLS.iter().find(|(name, at, _)| *name == function && *at == position);
    match pool {
        Some((_, _, texts)) if !grammar.dice.one_in(5) => Tree::text(grammar.dice.pick(texts)),
        _ => grammar.expr(kind, depth),
    }
}
