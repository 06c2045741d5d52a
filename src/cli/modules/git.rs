//! Packages in git repositories, over the program `git`.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::address::Package;
use super::cache::Cache;
use super::fetch::FetchError;

/// Options that a source may have.
const OPTIONS: &[&str] = &["ref", "depth"];

/// Fetches the tree of a package's revision: the branch, tag or commit that `ref` names, or the default branch.
pub fn fetch(package: &Package, cache: &Cache) -> Result<PathBuf, FetchError> {
    check_options(package)?;
    let reference = package.option("ref").filter(|r| !r.is_empty());
    if let Some(commit) = reference.filter(|r| is_commit(r))
        && let Some(found) = cache.find(&package.url, commit)
    {
        return Ok(found);
    }
    let listed = list(&package.url)?;
    let tip = tip(&listed, reference.unwrap_or("HEAD"));
    if let Some(tip) = &tip
        && let Some(found) = cache.find(&package.url, &tip.commit)
    {
        return Ok(found);
    }
    let room = cache.room()?;
    let commit = match (&tip, reference) {
        (Some(tip), _) => check_out_tip(package, &tip.name, room.path())?,
        (None, Some(reference)) if is_commit(reference) || looks_abbreviated(reference) => {
            check_out_commit(package, reference, room.path())?
        }
        (None, reference) => {
            let name = reference.unwrap_or("HEAD");
            return Err(FetchError::Address(format!("the repository has no branch, tag or commit {name:?}")));
        }
    };
    // The history is not part of the module, and differs from clone to clone.
    let history = room.path().join(".git");
    std::fs::remove_dir_all(&history).map_err(|e| FetchError::disk(&history, e))?;
    cache.keep(&package.url, &commit, room)
}

fn check_options(package: &Package) -> Result<(), FetchError> {
    for (name, value) in &package.query {
        if name == "sshkey" {
            let why = "a private key does not belong into a configuration; let an SSH agent hold it, and leave sshkey out";
            return Err(FetchError::Address(why.into()));
        }
        if !OPTIONS.contains(&&**name) {
            let why = format!("there is no option {name:?} for git; there are: {}", OPTIONS.join(", "));
            return Err(FetchError::Address(why));
        }
        if name == "ref" && value.starts_with('-') {
            return Err(FetchError::Address(format!("{value:?} is no branch, tag or commit")));
        }
        if name == "depth" && value.parse::<u32>().is_err() {
            return Err(FetchError::Address(format!("depth is a number of commits, not {value:?}")));
        }
    }
    Ok(())
}

/// A full commit id, SHA-1 or SHA-256.
fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.chars().all(|c| c.is_ascii_hexdigit())
}

fn looks_abbreviated(text: &str) -> bool {
    text.len() >= 4 && text.chars().all(|c| c.is_ascii_hexdigit())
}

/// A branch or tag of a repository with its commit.
#[derive(Debug, PartialEq)]
struct Tip {
    name: String,
    commit: String,
}

/// What a repository says that it has: commits and names, a line each.
fn list(url: &str) -> Result<String, FetchError> {
    run(None, &["ls-remote", "--", url], "ls-remote")
}

/// Finds a branch or tag; of a tag with a message, the commit that it is for.
fn tip(listed: &str, reference: &str) -> Option<Tip> {
    let refs: Vec<(&str, &str)> = listed.lines().filter_map(|l| l.split_once('\t')).collect();
    let exact = |name: &str| refs.iter().find(|(_, n)| *n == name);
    let names = [reference.to_owned(), format!("refs/heads/{reference}"), format!("refs/tags/{reference}")];
    let (commit, name) = names.iter().find_map(|n| exact(n))?;
    let commit = exact(&format!("{name}^{{}}")).map_or(commit, |(peeled, _)| peeled);
    Some(Tip { name: (*name).into(), commit: (*commit).into() })
}

/// Fetches one branch or tag; the commit that it has by now. Without a wish for more history only that commit.
fn check_out_tip(package: &Package, name: &str, dir: &Path) -> Result<String, FetchError> {
    let depth = format!("--depth={}", package.option("depth").unwrap_or("1"));
    run(Some(dir), &["init", "--quiet"], "init")?;
    run(Some(dir), &["fetch", "--quiet", &depth, "--", &package.url, name], "fetch")?;
    run(Some(dir), &["checkout", "--quiet", "--detach", "FETCH_HEAD"], "checkout")?;
    submodules(dir)?;
    head(dir)
}

/// Not every server gives out single commits: the whole history is sure to have it.
fn check_out_commit(package: &Package, commit: &str, dir: &Path) -> Result<String, FetchError> {
    run(None, &["clone", "--quiet", "--no-checkout", "--", &package.url, &dir.to_string_lossy()], "clone")?;
    run(Some(dir), &["checkout", "--quiet", "--detach", commit], "checkout")?;
    submodules(dir)?;
    head(dir)
}

fn submodules(dir: &Path) -> Result<(), FetchError> {
    if dir.join(".gitmodules").is_file() {
        run(
            Some(dir),
            &["submodule", "--quiet", "update", "--init", "--recursive", "--depth=1"],
            "submodule update",
        )?;
        remove_links_to_history(dir)?;
    }
    Ok(())
}

/// A submodule has a file in the place of its history.
fn remove_links_to_history(dir: &Path) -> Result<(), FetchError> {
    let mut stack = vec![dir.to_owned()];
    while let Some(at) = stack.pop() {
        for entry in std::fs::read_dir(&at).map_err(|e| FetchError::disk(&at, e))?.flatten() {
            let kind = entry.file_type().map_err(|e| FetchError::disk(&entry.path(), e))?;
            if kind.is_file() && entry.file_name() == ".git" {
                std::fs::remove_file(entry.path()).map_err(|e| FetchError::disk(&entry.path(), e))?;
            } else if kind.is_dir() && entry.file_name() != ".git" {
                stack.push(entry.path());
            }
        }
    }
    Ok(())
}

fn head(dir: &Path) -> Result<String, FetchError> {
    run(Some(dir), &["rev-parse", "HEAD"], "rev-parse").map(|out| out.trim().to_owned())
}

/// Runs git; what it wrote to standard output.
fn run(dir: Option<&Path>, args: &[&str], word: &str) -> Result<String, FetchError> {
    let failed = |said: String| FetchError::Git { command: word.into(), said };
    let mut command = Command::new("git");
    command
        .args(["-c", "protocol.ext.allow=never", "-c", "advice.detachedHead=false"])
        .args(args)
        .stdin(Stdio::null());
    if let Some(dir) = dir {
        command.current_dir(dir);
    }
    if !std::io::stdin().is_terminal() {
        command.env("GIT_TERMINAL_PROMPT", "0");
    }
    // What surrounds this process may not lead git into another repository.
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        command.env_remove(name);
    }
    let output = command.output().map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => {
            failed("the program git is not installed; it is needed for modules from git".into())
        }
        _ => failed(e.to_string()),
    })?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(failed(words(&String::from_utf8_lossy(&output.stderr)))),
    }
}

/// What git said in one line, without passwords.
fn words(said: &str) -> String {
    let lines: Vec<&str> = said.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    let text = lines.join("; ");
    let words: Vec<String> = text.split(' ').map(without_password_in_word).collect();
    words.join(" ")
}

/// A URL may stand in quotes, with punctuation around it.
fn without_password_in_word(word: &str) -> String {
    let start = word.find(|c: char| c.is_alphanumeric()).unwrap_or(0);
    format!("{}{}", &word[..start], super::address::without_password(&word[start..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTED: &str =
        "aaaa\tHEAD\naaaa\trefs/heads/main\nbbbb\trefs/heads/v1\ncccc\trefs/tags/v2\ndddd\trefs/tags/v2^{}\n";

    #[test]
    fn names_are_found_as_git_finds_them() {
        let found = |reference: &str| tip(LISTED, reference).map(|t| (t.name, t.commit));
        let pair = |name: &str, commit: &str| Some((name.to_owned(), commit.to_owned()));
        assert_eq!(found("HEAD"), pair("HEAD", "aaaa"));
        assert_eq!(found("main"), pair("refs/heads/main", "aaaa"));
        assert_eq!(found("v1"), pair("refs/heads/v1", "bbbb"));
        assert_eq!(found("v2"), pair("refs/tags/v2", "dddd"));
        assert_eq!(found("refs/tags/v2"), pair("refs/tags/v2", "dddd"));
        assert_eq!(found("v3"), None);
    }

    #[test]
    fn what_git_says_holds_no_password() {
        let said = "fatal: unable to access 'https://me:secret@example.com/a.git/': no route\n";
        assert_eq!(words(said), "fatal: unable to access 'https://me:***@example.com/a.git/': no route");
    }
}
