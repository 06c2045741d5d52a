//! Functions on text.

use model::{Kind, Type, Value};

use super::arguments::{items, strings, text, whole};
use super::characters::characters;
use super::define::{Outcome, blame, define, fail};
use super::{Function, Param, Surroundings};

/// The family's members.
pub(super) fn members() -> Vec<Function> {
    let mut all = letters();
    all.extend(trimming());
    all.extend(questions());
    all.extend(pieces());
    all
}

fn letters() -> Vec<Function> {
    let text_in = || Param::string("str", "The text to change.");
    vec![
        define("lower", "Turns all letters of a text into lower case.", Type::String, lower)
            .takes(text_in())
            .shows(&[("lower(\"HELLO\")", "\"hello\"")]),
        define("upper", "Turns all letters of a text into upper case.", Type::String, upper)
            .takes(text_in())
            .shows(&[("upper(\"hello\")", "\"HELLO\"")]),
        define("title", "Turns the first letter of each word into upper case.", Type::String, title)
            .takes(text_in())
            .shows(&[("title(\"hello world\")", "\"Hello World\"")]),
        define("strrev", "Reverses the characters of a text.", Type::String, strrev)
            .takes(text_in())
            .shows(&[("strrev(\"abc\")", "\"cba\"")]),
        define("indent", "Puts spaces before each line of a text but the first.", Type::String, indent)
            .takes(Param::number("spaces", "How many spaces."))
            .takes(text_in())
            .shows(&[("indent(2, \"a\\nb\")", "\"a\\n  b\"")]),
    ]
}

fn trimming() -> Vec<Function> {
    let text_in = || Param::string("str", "The text to trim.");
    vec![
        define("chomp", "Removes the line breaks at the end of a text.", Type::String, chomp)
            .takes(text_in())
            .shows(&[("chomp(\"a\\n\\n\")", "\"a\"")]),
        define("trim", "Removes given characters from both ends of a text.", Type::String, trim)
            .takes(text_in())
            .takes(Param::string("cutset", "The characters to remove."))
            .shows(&[("trim(\"?!hi?!\", \"!?\")", "\"hi\"")]),
        define("trimprefix", "Removes a text's start, if it is the given one.", Type::String, trimprefix)
            .takes(text_in())
            .takes(Param::string("prefix", "The start to remove."))
            .shows(&[("trimprefix(\"helloworld\", \"hello\")", "\"world\"")]),
        define("trimsuffix", "Removes a text's end, if it is the given one.", Type::String, trimsuffix)
            .takes(text_in())
            .takes(Param::string("suffix", "The end to remove."))
            .shows(&[("trimsuffix(\"helloworld\", \"world\")", "\"hello\"")]),
        define("trimspace", "Removes white space from both ends of a text.", Type::String, trimspace)
            .takes(text_in())
            .shows(&[("trimspace(\" a \\n\")", "\"a\"")]),
    ]
}

fn questions() -> Vec<Function> {
    let text_in = || Param::string("str", "The text to look at.");
    vec![
        define("startswith", "Says whether a text starts with another.", Type::Bool, startswith)
            .takes(text_in().unknown_too())
            .takes(Param::string("prefix", "The start to look for."))
            .shows(&[("startswith(\"hello\", \"he\")", "true")]),
        define("endswith", "Says whether a text ends with another.", Type::Bool, endswith)
            .takes(text_in())
            .takes(Param::string("suffix", "The end to look for."))
            .shows(&[("endswith(\"hello\", \"lo\")", "true")]),
        define("strcontains", "Says whether a text occurs within another.", Type::Bool, strcontains)
            .takes(text_in())
            .takes(Param::string("substr", "The text to look for."))
            .promises_nothing()
            .shows(&[("strcontains(\"hello\", \"ell\")", "true")]),
    ]
}

fn pieces() -> Vec<Function> {
    vec![
        define("join", "Puts texts together with a separator between them.", Type::String, join)
            .takes(Param::string("separator", "What to put between the texts."))
            .takes_any_number(
                Param::of(Type::list(Type::String), "lists", "Lists of the texts.").unknown_too(),
            )
            .shows(&[("join(\"-\", [\"a\", \"b\"])", "\"a-b\"")]),
        define("split", "Cuts a text at each separator.", Type::list(Type::String), split)
            .takes(Param::string("separator", "Where to cut."))
            .takes(Param::string("str", "The text to cut."))
            .shows(&[("split(\",\", \"a,b\")", "tolist([\"a\", \"b\"])")]),
        define("substr", "Takes a part out of a text, counted in characters.", Type::String, substr)
            .takes(Param::string("str", "The text."))
            .takes(Param::number("offset", "Where the part starts; from the end where negative."))
            .takes(Param::number("length", "How long the part is; -1 for all the rest."))
            .shows(&[("substr(\"hello world\", 1, 4)", "\"ello\"")]),
    ]
}

/// The single letter that Unicode maps a letter to in upper case; letters that become several stay.
fn upper_letter(c: char) -> char {
    let mut mapped = c.to_uppercase();
    match (mapped.next(), mapped.next()) {
        (Some(one), None) => one,
        _several => c,
    }
}

/// The single letter that Unicode maps a letter to in lower case.
fn lower_letter(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

/// The single letter that Unicode maps a letter to at the start of a word: digraphs have a form of their own.
fn title_letter(c: char) -> char {
    match c {
        'Ǆ'..='ǆ' => 'ǅ',
        'Ǉ'..='ǉ' => 'ǈ',
        'Ǌ'..='ǌ' => 'ǋ',
        'Ǳ'..='ǳ' => 'ǲ',
        _ => upper_letter(c),
    }
}

fn lower(args: &[Value], _: &dyn Surroundings) -> Outcome {
    Ok(Value::string(text(args, 0).chars().map(lower_letter).collect::<String>()))
}

fn upper(args: &[Value], _: &dyn Surroundings) -> Outcome {
    Ok(Value::string(text(args, 0).chars().map(upper_letter).collect::<String>()))
}

/// Whether a word ends before this character: white space and ASCII punctuation but `_`.
fn separates_words(c: char) -> bool {
    if c.is_ascii() { !c.is_ascii_alphanumeric() && c != '_' } else { c.is_whitespace() }
}

fn title(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let mut before = ' ';
    let letters = text(args, 0).chars().map(|c| {
        let starts_word = separates_words(std::mem::replace(&mut before, c));
        if starts_word { title_letter(c) } else { c }
    });
    Ok(Value::string(letters.collect::<String>()))
}

fn strrev(args: &[Value], _: &dyn Surroundings) -> Outcome {
    Ok(Value::string(characters(text(args, 0)).rev().collect::<String>()))
}

/// How many spaces `indent` puts before a line at most.
const WIDEST_INDENT: usize = 1_000_000;

fn indent(args: &[Value], _: &dyn Surroundings) -> Outcome {
    match usize::try_from(whole(args, 0)?) {
        Ok(spaces) if spaces > WIDEST_INDENT => fail("the number of spaces is too large"),
        Ok(spaces) => {
            let line_start = format!("\n{}", " ".repeat(spaces));
            Ok(Value::string(text(args, 1).replace('\n', &line_start)))
        }
        Err(_) => fail("the number of spaces must not be negative"),
    }
}

fn chomp(args: &[Value], _: &dyn Surroundings) -> Outcome {
    Ok(Value::string(text(args, 0).trim_end_matches(['\r', '\n'])))
}

fn trim(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let cut = text(args, 1);
    Ok(Value::string(text(args, 0).trim_matches(|c| cut.contains(c))))
}

fn trimprefix(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let whole = text(args, 0);
    Ok(Value::string(whole.strip_prefix(text(args, 1)).unwrap_or(whole)))
}

fn trimsuffix(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let whole = text(args, 0);
    Ok(Value::string(whole.strip_suffix(text(args, 1)).unwrap_or(whole)))
}

fn trimspace(args: &[Value], _: &dyn Surroundings) -> Outcome {
    Ok(Value::string(text(args, 0).trim()))
}

fn startswith(args: &[Value], _: &dyn Surroundings) -> Outcome {
    if let Kind::Unknown(unknown) = args[0].kind() {
        return Ok(starts_unknown(unknown.refinement.prefix.as_deref().unwrap_or(""), text(args, 1)));
    }
    Ok(Value::bool(text(args, 0).starts_with(text(args, 1))))
}

/// What the certain start of an unknown text says about the start looked for, if it is as long as that.
fn starts_unknown(certain: &str, wanted: &str) -> Value {
    match certain.len() >= wanted.len() {
        true => Value::bool(certain.starts_with(wanted)),
        false => Value::unknown_not_null(Type::Bool),
    }
}

fn endswith(args: &[Value], _: &dyn Surroundings) -> Outcome {
    Ok(Value::bool(text(args, 0).ends_with(text(args, 1))))
}

fn strcontains(args: &[Value], _: &dyn Surroundings) -> Outcome {
    Ok(Value::bool(text(args, 0).contains(text(args, 1))))
}

fn join(args: &[Value], _: &dyn Surroundings) -> Outcome {
    if args.len() < 2 {
        return fail("at least one list is required");
    }
    if !args.iter().all(Value::is_wholly_known) {
        return Ok(Value::unknown_not_null(Type::String));
    }
    let mut texts = Vec::new();
    for list in 1..args.len() {
        for (i, item) in items(args, list).iter().enumerate() {
            match item.as_str() {
                Some(text) => texts.push(&**text),
                None if args.len() > 2 => {
                    return blame(list, format!("element {i} of list {list} is null, and null is no text"));
                }
                None => return blame(list, format!("element {i} is null, and null is no text")),
            }
        }
    }
    Ok(Value::string(texts.join(text(args, 0))))
}

fn split(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let (separator, whole) = (text(args, 0), text(args, 1));
    let parts = match separator {
        "" => strings(whole.chars().map(String::from)),
        _ => strings(whole.split(separator)),
    };
    Ok(Value::list(Type::String, parts))
}

fn substr(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let (offset, length) = (whole(args, 1)?, whole(args, 2)?);
    let all = || characters(text(args, 0));
    let start = match usize::try_from(offset) {
        Ok(start) => start,
        Err(_) => all().count().saturating_sub(usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX)),
    };
    // Counted from the end, no length at all stands for all the rest, as a negative one does.
    let is_rest = length < 0 || length == 0 && offset < 0;
    let count = if is_rest { usize::MAX } else { usize::try_from(length).unwrap_or(usize::MAX) };
    Ok(Value::string(all().skip(start).take(count).collect::<String>()))
}
