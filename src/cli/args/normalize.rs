//! From the forms that people write to the ones that the grammar knows.

use super::errors::Stop;

/// Flags that take the following argument as their value, whatever it looks like.
const VALUE_FLAGS: &[&str] = &[
    "backend-config",
    "backup",
    "chdir",
    "env",
    "exclude",
    "explain",
    "format",
    "from-module",
    "generate-config-out",
    "id",
    "json-into",
    "lock-timeout",
    "lockfile",
    "module-depth",
    "out",
    "parallelism",
    "plan",
    "plugin-dir",
    "replace",
    "state",
    "state-out",
    "target",
    "test-directory",
    "type",
    "var",
    "var-file",
];

/// Turns `-flag` into `--flag` and joins values to the flags that take one, so that a value may start with a dash.
pub(super) fn arguments(given: &[String]) -> Vec<String> {
    let mut normal = Vec::with_capacity(given.len());
    let mut rest = given.iter();
    while let Some(argument) = rest.next() {
        let Some(flag) = long_flag(argument) else {
            normal.push(argument.clone());
            if argument == "--" {
                normal.extend(rest.by_ref().cloned());
            }
            continue;
        };
        match rest.as_slice().first() {
            Some(value) if VALUE_FLAGS.contains(&flag) => {
                normal.push(format!("--{flag}={value}"));
                rest.next();
            }
            _ => normal.push(format!("--{}", known_by(flag))),
        }
    }
    rename_commands(&mut normal);
    normal
}

/// What follows one or two dashes, where it is a flag at all (`-` is standard input, `-1` a value).
fn long_flag(argument: &str) -> Option<&str> {
    let flag = argument.strip_prefix("--").or_else(|| argument.strip_prefix('-'))?;
    flag.starts_with(|c: char| c.is_alphabetic()).then_some(flag)
}

fn known_by(flag: &str) -> &str {
    match flag {
        "h" => "help",
        other => other,
    }
}

/// Other names of commands: `-version`, and Terraform's `metadata functions`.
fn rename_commands(normal: &mut Vec<String>) {
    let Some(at) = command_position(normal) else {
        if let Some(version) = normal.iter_mut().find(|a| matches!(a.as_str(), "--version" | "--v")) {
            *version = "version".into();
        }
        return;
    };
    if normal[at] == "metadata" && normal.get(at + 1).is_some_and(|a| a == "functions") {
        normal.remove(at);
    }
}

/// Where the command's name stands: the first argument that is no flag.
pub(super) fn command_position(arguments: &[String]) -> Option<usize> {
    let mut at = 0;
    while let Some(argument) = arguments.get(at) {
        match long_flag(argument) {
            None => return Some(at),
            Some(flag) => at += 1 + usize::from(VALUE_FLAGS.contains(&flag)),
        }
    }
    None
}

/// Inserts the words of `TF_CLI_ARGS` and `TF_CLI_ARGS_<command>` right after the command, so that what was really
/// written comes later and wins.
pub(super) fn insert_from_environment(
    given: &mut Vec<String>,
    env: &impl Fn(&str) -> Option<String>,
) -> Result<(), Stop> {
    let Some(at) = command_position(given) else { return Ok(()) };
    let command = given[at].replace('-', "_");
    let mut words = Vec::new();
    for name in ["TF_CLI_ARGS".to_owned(), format!("TF_CLI_ARGS_{command}")] {
        let Some(text) = env(&name) else { continue };
        words.extend(split_words(&text).ok_or_else(|| {
            Stop::error(
                "Invalid extra arguments",
                format!("The environment variable {name} has a quotation mark that is never closed."),
            )
        })?);
    }
    given.splice(at + 1..at + 1, words);
    Ok(())
}

/// Splits as a shell does: blanks, both kinds of quotes, backslashes. Nothing where a quote is never closed.
fn split_words(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(q), c) if c == q => quote = None,
            (Some('"') | None, '\\') => word.get_or_insert_default().push(chars.next()?),
            (Some(_), c) => word.get_or_insert_default().push(c),
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (None, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}
