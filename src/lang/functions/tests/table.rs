//! Calls and what they give: the corners of each family. Errors are written as `!` and the message's start.

/// A call with its result, or `!` and the start of the error's message.
pub const CALLS: &[(&str, &str)] = &[
    // Text.
    ("title(\"ǆ o'neil-x\")", "\"ǅ O'Neil-X\""),
    ("upper(\"straße\")", "\"STRAßE\""),
    ("substr(\"🤔🤷\", -1, 1)", "\"🤷\""),
    ("substr(\"hello\", 2, -1)", "\"llo\""),
    ("split(\"\", \"añ\")", "tolist([\"a\", \"ñ\"])"),
    ("join(\",\", [\"a\"], [null])", "!element 0 of list 2 is null; cannot concatenate null values"),
    ("format(\"%[2]s %[1]s %s\", \"a\", \"b\")", "\"b a b\""),
    ("format(\"%s %s\", \"a\")", "!not enough arguments for \"%s\" at 3: need index 2 but have 1 total"),
    (
        "format(\"%-4s|%04d|%+.2e|%#x|%q|%v\", \"c\", 7, 1234.5, 255, \"x\", [1])",
        "\"c   |0007|+1.23e+03|0xff|\\\"x\\\"|[1]\"",
    ),
    ("format(\"%d\", 1.5)", "!unsupported value for \"%d\" at 0: an integer is required"),
    (
        "formatlist(\"%s\", [\"a\"], [\"b\", \"c\"])",
        "!argument 2 has length 2, which is inconsistent with argument 1 of length 1",
    ),
    // Regular expressions.
    ("regex(\"(?P<y>\\\\d+)(?P<z>x)?\", \"ab12\")", "{y = \"12\", z = tostring(null)}"),
    ("regex(\"[a-c&&[b]]\", \"&]\")", "\"&]\""),
    (
        "regex(\"(a)(?P<n>b)\", \"ab\")",
        "!invalid regexp pattern: cannot mix both named and unnamed capture groups",
    ),
    ("regex(\"a**\", \"a\")", "!invalid regexp pattern: invalid nested repetition operator in **"),
    ("replace(\"a1b22\", \"/(?P<d>\\\\d+)/\", \"<$${d}$$>\")", "\"a<1$>b<22$>\""),
    // Numbers.
    ("floor(-0.5)", "-1"),
    ("pow(1.1, 10)", "2.593742460100002"),
    ("parseint(\"-zZ\", 62)", "-2231"),
    ("sum([\"1\", 2])", "3"),
    ("range(3, 0)", "tolist([3, 2, 1])"),
    ("range(0, 3, -1)", "!end must be less than start when step is negative"),
    // Collections.
    ("coalesce(null, \"\", 5)", "\"5\""),
    ("concat(tolist([\"a\"]), tolist([1]))", "tolist([\"a\", \"1\"])"),
    ("flatten([[1, [2]], tolist([]), 3])", "[1, 2, 3]"),
    ("merge({a = 1}, tomap({b = \"x\"}), null)", "{a = 1, b = \"x\"}"),
    ("lookup(tomap({a = 1}), \"b\", \"2\")", "2"),
    ("zipmap([\"a\"], tolist([1]))", "tomap({a = 1})"),
    ("setproduct(toset([\"a\"]), [1, \"b\"])", "toset([[\"a\", \"1\"], [\"a\", \"b\"]])"),
    ("setsubtract([1, 2], [\"2\"])", "toset([\"1\"])"),
    ("element(tolist([1, 2, 3]), -1)", "3"),
    ("one([1, 2])", "!must be a list, set, or tuple value with either zero or one elements"),
    ("slice([1, 2, 3], 1, 2)", "[2]"),
    // Encodings.
    (
        "csvdecode(\"a,b\\n\\\"x, \\\"\\\"y\\\"\\\"\\n\\\",2\\r\\n\")",
        "tolist([{a = \"x, \\\"y\\\"\\n\", b = \"2\"}])",
    ),
    ("csvdecode(\"a\\n\\\"x\")", "!CSV parse error on line 2: extraneous or missing \" in quoted-field"),
    ("jsonencode(\"<a&b>\")", "\"\\\"\\\\u003ca\\\\u0026b\\\\u003e\\\"\""),
    ("yamlencode({a = \"x\\ny\\n\", b = [[]]})", "\"\\\"a\\\": |\\n  x\\n  y\\n\\\"b\\\":\\n- []\\n\""),
    ("yamldecode(\"a: &x {k: 1}\\nb: {<<: *x, l: 2}\")", "{a = {k = 1}, b = {k = 1, l = 2}}"),
    ("yamldecode(\"a: *b\")", "!reference to undefined anchor \"b\""),
    ("base64gunzip(\"H4sIAAAAAAAA/8pIzcnJBwAAAP//AQAA//+GphA2BQAAAA==\")", "\"hello\""),
    ("base64gunzip(\"aGVsbG8=\")", "!failed to gunzip the data"),
    ("urldecode(\"%zz\")", "!failed to decode URL: invalid URL escape \"%zz\""),
    ("textencodebase64(\"é\", \"latin1\")", "\"6Q==\""),
    ("textencodebase64(\"hello\", \"IBM037\")", "\"iIWTk5Y=\""),
    ("textdecodebase64(\"YYE=\", \"cp437\")", "\"aü\""),
    (
        "base64gzip(\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\")",
        "\"H4sIAAAAAAAA/0okEQAAAAD//wEAAP//Vis4oDAAAAA=\"",
    ),
    // Files.
    ("file(\"no.txt\")", "!no file exists at \"no.txt\"; this function works only with files"),
    ("file(\"dir\")", "!failed to read file: read dir: is a directory"),
    ("filemd5(\"./x/../no.txt\")", "!open no.txt: no such file or directory"),
    ("fileset(\"dir\", \"**\")", "toset([\".f\", \"a.txt\", \"b/c.txt\", \"b/d/e.md\"])"),
    (
        "fileset(\"dir\", \"{*,b/*}.txt\")",
        "!failed to glob pattern \"dir/{*,b/*}.txt\": syntax error in pattern",
    ),
    ("fileset(\"dir/b\", \"../*.[^a-m]xt\")", "toset([\"../a.txt\"])"),
    ("fileset(\"dir\", \"b/**/*.md\")", "toset([\"b/d/e.md\"])"),
    ("abspath(\"a/../b\")", "\"/work/b\""),
    ("pathexpand(\"~/x\")", "\"/home/me/x\""),
    ("pathexpand(\"~you\")", "!cannot expand user-specific home dir"),
    ("dirname(\"/a\")", "\"/\""),
    // Addresses.
    ("cidrhost(\"10.0.0.0/8\", -1)", "\"10.255.255.255\""),
    ("cidrsubnet(\"fd00:fd12:3456:7890::/56\", 16, 162)", "\"fd00:fd12:3456:7800:a200::/72\""),
    (
        "cidrsubnets(\"10.0.0.0/30\", 2, 2, 2, 2, 2)",
        "!not enough remaining address space for a subnet with a prefix of 32 bits after 10.0.0.3/32",
    ),
    ("cidrcontains(\"fd00::/8\", \"10.0.0.1\")", "!address family mismatch"),
    ("cidrcontains(\"10.0.0.0/8\", \"10.0.0.0/7\")", "false"),
    // Time.
    ("timeadd(\"2024-02-28T23:59:59+01:00\", \"1.5s\")", "\"2024-02-29T00:00:00+01:00\""),
    ("timeadd(\"2024-01-01T00:00:00Z\", \"1d\")", "!time: unknown unit \"d\" in duration \"1d\""),
    (
        "formatdate(\"EEE 'o''clock' h:mm aa ZZZ\", \"2018-01-02T23:12:01-08:00\")",
        "\"Tue o'clock 23:12 pm -0800\"",
    ),
    ("formatdate(\"YYY\", \"2018-01-02T23:12:01Z\")", "!invalid date format verb \"YYY\""),
    // Identifiers and digests.
    ("uuid()", "\"01020304-0506-4708-890a-0b0c0d0e0f10\""),
    ("uuidv5(\"DNS\", \"a\")", "!uuidv5() doesn't support namespace DNS (invalid UUID length: 3)"),
    ("bcrypt(\"x\", 32)", "!error occured generating password crypto/bcrypt: cost 32"),
    // The built-in provider.
    (
        "provider::terraform::encode_expr([{a = 1}, {\"b c\" = \"$${x}\"}])",
        "\"[{\\n  a = 1\\n  }, {\\n  \\\"b c\\\" = \\\"$$${x}\\\"\\n}]\"",
    ),
    (
        "provider::terraform::decode_tfvars(\"a = b\")",
        "!invalid expression for variable \"a\": <decode_tfvars argument>:1,5-6: Variables not allowed",
    ),
    // Nulls and unknowns.
    ("upper(null)", "!argument must not be null"),
    ("upper(unknown_string)", "unknown_string"),
    ("length([unknown, 1])", "2"),
    ("keys({a = unknown})", "[\"a\"]"),
    ("jsonencode([unknown])", "unknown_string"),
    ("contains([1, unknown], 1)", "true"),
    ("join(\",\", [unknown_string])", "unknown_string"),
    ("format(\"a%s\", null)", "unknown"),
    ("alltrue([false, unknown])", "false"),
    ("alltrue([unknown, false])", "tobool(unknown)"),
    ("sort([unknown_string, \"a\"])", "tolist([unknown_string, unknown_string])"),
    ("setunion([\"a\"], [\"a\"], [unknown_string])", "toset([\"a\", unknown_string])"),
    ("startswith(jsonencode([unknown]), \"[\")", "true"),
    ("startswith(format(\"abc%s\", unknown_string), \"b\")", "false"),
    ("startswith(format(\"abc%s\", unknown_string), \"abd\")", "tobool(unknown)"),
    // Marks.
    ("issensitive(upper(sensitive(\"a\")))", "true"),
    ("issensitive(length([sensitive(1)]))", "false"),
    ("issensitive(keys({a = sensitive(1)}))", "false"),
    ("nonsensitive(one([sensitive(\"x\")]))", "\"x\""),
    ("parseint(sensitive(\"secret\"), 10)", "!cannot parse (sensitive value) as a base 10 integer"),
    (
        "cidrhost(sensitive(\"secret\"), 1)",
        "!invalid CIDR expression: invalid CIDR address: (sensitive value)",
    ),
    ("tonumber(sensitive(\"secret\"))", "!cannot convert this sensitive string to number"),
];
