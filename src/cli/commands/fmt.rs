//! `fmt`

mod diff;

use std::fs::DirEntry;
use std::io::BufRead;
use std::path::{Component, Path, PathBuf};

use lang::parse::parse_body;
use model::{Diagnostic, Diagnostics, SourceMap};

use super::terminal::{Terminal, with_standard_streams};
use crate::app::App;
use crate::args::FmtArgs;
use crate::view::View;

/// The exit status of `-check` where a file would change.
const WOULD_CHANGE: u8 = 3;

/// Endings of files in the language; their JSON forms have no layout of ours.
const ENDINGS: &[&str] = &[".tf", ".tfvars", ".hcl", ".tftest.hcl", ".tfmock.hcl"];

/// Runs the command; the exit status.
pub fn run(app: &App, args: FmtArgs) -> u8 {
    let mut sources = SourceMap::new();
    let result = with_standard_streams(app, |t| format_all(&args, &mut sources, t));
    result.unwrap_or_else(|diags| {
        View::new(app).tell(&diags, &sources);
        2
    })
}

/// Brings files into the standard layout. Texts that were read are added to `sources`, so that errors can show them.
pub(super) fn format_all(
    args: &FmtArgs,
    sources: &mut SourceMap,
    terminal: &mut Terminal,
) -> Result<u8, Diagnostics> {
    if args.paths.iter().any(|p| p == Path::new("-")) {
        return standard_input(args, sources, terminal);
    }
    let mut problems = Diagnostics::new();
    let mut changed = false;
    for file in files(args, &mut problems) {
        if let Some(would_change) = problems.absorb(one_file(&file, args, sources, terminal)) {
            changed |= would_change;
        }
    }
    problems.into_result(status(args, changed))
}

fn status(args: &FmtArgs, changed: bool) -> u8 {
    if args.check && changed { WOULD_CHANGE } else { 0 }
}

fn standard_input(
    args: &FmtArgs,
    sources: &mut SourceMap,
    terminal: &mut Terminal,
) -> Result<u8, Diagnostics> {
    if args.paths.len() > 1 {
        return Err(
            Diagnostic::error("Invalid arguments", "- stands for standard input and comes alone.").into()
        );
    }
    let text = read_text(terminal.input).map_err(|e| unreadable("<stdin>", &e))?;
    let formatted = format("<stdin>", &text, sources)?;
    let changed = formatted != text;
    if args.diff {
        terminal.say(&diff::unified("<stdin>", &text, &formatted));
    } else if !args.check {
        terminal.say(&with_line_end(formatted));
    }
    Ok(status(args, changed))
}

fn with_line_end(mut text: String) -> String {
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

fn read_text(input: &mut dyn BufRead) -> std::io::Result<String> {
    let mut text = String::new();
    input.read_to_string(&mut text)?;
    Ok(text)
}

/// Formats one file; true if that changes it.
fn one_file(
    path: &Path,
    args: &FmtArgs,
    sources: &mut SourceMap,
    terminal: &mut Terminal,
) -> Result<bool, Diagnostics> {
    let name = shown(path);
    let text = std::fs::read_to_string(path).map_err(|e| unreadable(&name, &e))?;
    let formatted = format(&name, &text, sources)?;
    if formatted == text {
        return Ok(false);
    }
    if args.list {
        terminal.say(&format!("{name}\n"));
    }
    if args.write && !args.check {
        write(path, &formatted)
            .map_err(|e| Diagnostic::error("Failed to write file", format!("Writing {name}: {e}.")))?;
    }
    if args.diff {
        terminal.say(&diff::unified(&name, &text, &formatted));
    }
    Ok(true)
}

/// Replaces a file as a whole, so that a crash leaves the old or the new one, with the permissions that it had.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let target = std::fs::canonicalize(path)?;
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(format!(".stackwright-{}", std::process::id()));
    let beside = target.with_file_name(name);
    std::fs::write(&beside, text)?;
    std::fs::set_permissions(&beside, std::fs::metadata(&target)?.permissions())?;
    std::fs::rename(&beside, &target)
}

fn format(name: &str, text: &str, sources: &mut SourceMap) -> Result<String, Diagnostics> {
    let file = sources.add(name, text);
    let (_, diagnostics) = parse_body(file, text);
    diagnostics.into_result(())?;
    Ok(lang::fmt::format(text))
}

fn files(args: &FmtArgs, problems: &mut Diagnostics) -> Vec<PathBuf> {
    let here = [PathBuf::from(".")];
    let roots = if args.paths.is_empty() { &here[..] } else { &args.paths[..] };
    let mut found = Vec::new();
    for root in roots {
        match std::fs::metadata(root) {
            Ok(kind) if kind.is_dir() => directory(root, args.recursive, &mut found, problems),
            Ok(_) if is_ours(root) => found.push(root.clone()),
            Ok(_) => problems.push(Diagnostic::error(
                "Unsupported file",
                format!("{} does not end like a file of the language: {}.", shown(root), ENDINGS.join(", ")),
            )),
            Err(e) => problems.push(unreadable(&shown(root), &e)),
        }
    }
    found
}

fn directory(dir: &Path, recursive: bool, found: &mut Vec<PathBuf>, problems: &mut Diagnostics) {
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(e) => return problems.push(unreadable(&shown(dir), &e)),
    };
    let mut entries: Vec<DirEntry> = entries.filter_map(Result::ok).collect();
    entries.sort_by_key(DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        // A link to a directory is not followed, so that no circle of them is.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            if recursive {
                directory(&path, recursive, found, problems);
            }
        } else if is_ours(&path) && path.is_file() {
            found.push(path);
        }
    }
}

fn is_ours(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // Terragrunt's file has the ending, but functions and rules of its own.
    name != "terragrunt.hcl" && name != ".terraform.lock.hcl" && ENDINGS.iter().any(|e| name.ends_with(e))
}

/// A path as the working directory sees it, without detours.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    relative(&without_detours(&here.join(path)), &here).display().to_string()
}

/// The path without `.`, and without `..` behind the name of a directory.
fn without_detours(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for part in path.components() {
        let can_leave =
            clean.components().next_back().is_some_and(|last| matches!(last, Component::Normal(_)));
        match part {
            Component::CurDir => {}
            Component::ParentDir if can_leave => {
                clean.pop();
            }
            _ => clean.push(part),
        }
    }
    clean
}

/// An absolute path from a directory's point of view.
fn relative(path: &Path, here: &Path) -> PathBuf {
    let common = path.components().zip(here.components()).take_while(|(a, b)| a == b).count();
    let up = here.components().skip(common).map(|_| Component::ParentDir);
    up.chain(path.components().skip(common)).collect()
}

fn unreadable(name: &str, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error("Failed to read file", format!("Reading {name}: {error}."))
}
