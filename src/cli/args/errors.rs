//! Why a command line leads to no command.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use model::Diagnostic;

/// What to do instead of running a command.
#[derive(Clone, Debug, PartialEq)]
pub enum Stop {
    /// Help was asked for: to standard output, with this exit status.
    Help {
        /// The text.
        text: String,
        /// 0 where it was asked for, 127 where no command was given at all.
        status: u8,
    },
    /// The command line is wrong: exit status 1.
    Error(Box<Diagnostic>),
}

impl Stop {
    /// A wrong command line.
    pub(super) fn error(summary: &'static str, detail: String) -> Stop {
        Stop::Error(Box::new(Diagnostic::error(summary, detail)))
    }

    pub(super) fn from_clap(error: clap::Error) -> Stop {
        match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                Stop::Help { text: error.render().to_string(), status: 0 }
            }
            ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
                Stop::Help { text: error.render().to_string(), status: 127 }
            }
            ErrorKind::InvalidSubcommand => unknown_command(&error),
            ErrorKind::UnknownArgument if !names_flag(&error) => {
                Stop::error("Too many command line arguments", flag_detail(&error))
            }
            _ => Stop::error("Failed to parse command-line flags", flag_detail(&error)),
        }
    }
}

/// Whether the error is about a flag, and not about what stands by itself.
fn names_flag(error: &clap::Error) -> bool {
    context(error, ContextKind::InvalidArg).is_some_and(|a| a.starts_with('-'))
}

fn unknown_command(error: &clap::Error) -> Stop {
    let given = context(error, ContextKind::InvalidSubcommand).unwrap_or_default();
    let similar = best_of(error, ContextKind::SuggestedSubcommand);
    let meant = similar.map_or_else(String::new, |s| format!(" Did you mean {s:?}?"));
    Stop::error(
        "Unknown command",
        format!(
            "Stackwright has no command named {given:?}.{meant} \"stackwright -help\" lists all commands."
        ),
    )
}

fn flag_detail(error: &clap::Error) -> String {
    let argument = context(error, ContextKind::InvalidArg).map(|a| shown(&a)).unwrap_or_default();
    let value = context(error, ContextKind::InvalidValue).unwrap_or_default();
    match error.kind() {
        ErrorKind::UnknownArgument if argument.starts_with('-') => {
            let meant = best_of(error, ContextKind::SuggestedArg)
                .map_or_else(String::new, |s| format!(" Did you mean {}?", shown(&s)));
            format!("There is no flag {argument} here.{meant}")
        }
        ErrorKind::UnknownArgument => format!(
            "The argument {argument:?} is one too many. To work in another directory, use -chdir=DIR before the \
             command."
        ),
        ErrorKind::InvalidValue if value.is_empty() => format!("The flag {argument} needs a value."),
        ErrorKind::InvalidValue => format!("The value {value:?} does not suit {argument}.{}", choices(error)),
        ErrorKind::ValueValidation => {
            let why = std::error::Error::source(error).map_or_else(String::new, |s| format!(": {s}"));
            format!("The value {value:?} does not suit {argument}{why}.")
        }
        ErrorKind::MissingRequiredArgument => format!("Missing: {argument}."),
        _ => error.render().to_string().trim_start_matches("error: ").trim().to_owned(),
    }
}

fn choices(error: &clap::Error) -> String {
    match error.get(ContextKind::ValidValue) {
        Some(ContextValue::Strings(all)) if !all.is_empty() => format!(" It is one of {}.", all.join(", ")),
        _ => String::new(),
    }
}

/// `--out <FILE>` as people write it: `-out`.
fn shown(argument: &str) -> String {
    let name = argument.split([' ', '=', '[']).next().unwrap_or(argument);
    match name.strip_prefix("--") {
        Some(flag) if !flag.is_empty() => format!("-{flag}"),
        _ => argument.to_owned(),
    }
}

fn context(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(all) => Some(all.join(", ")),
        _ => None,
    }
}

/// The best suggestion: the last, as they come in order of growing likeness.
fn best_of(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(all) => all.last().cloned(),
        _ => None,
    }
}
