//! Functions on files and paths.

use md5::Md5;
use model::glob::Pattern;
use model::{Type, Value};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::arguments::{strings, text};
use super::define::{Outcome, Plain, blame, define, fail};
use super::encoding::encode_base64;
use super::hash::hex;
use super::{CallError, FileError, Function, Param, Surroundings};

/// The family's members.
pub(super) fn members() -> Vec<Function> {
    let mut all = contents();
    all.extend(digests());
    all.extend(paths());
    all
}

fn path() -> Param {
    Param::string("path", "The path.")
}

fn contents() -> Vec<Function> {
    vec![
        define("file", "Gives the text in a file.", Type::String, file)
            .takes(path())
            .shows(&[("file(\"hello.txt\")", "\"Hello\"")]),
        define("filebase64", "Gives the bytes in a file, in Base64.", Type::String, filebase64)
            .takes(path())
            .shows(&[("filebase64(\"hello.txt\")", "\"SGVsbG8=\"")]),
        define("fileexists", "Says whether there is a file.", Type::Bool, fileexists)
            .takes(path())
            .shows(&[("fileexists(\"no-such-file\")", "false")]),
        define("fileset", "Lists the files whose paths match a pattern.", Type::set(Type::String), fileset)
            .takes(Param::string("path", "The directory to look in."))
            .takes(Param::string("pattern", "The pattern: `*`, `**`, `?`, `[a-z]`, `{a,b}`."))
            .shows(&[("length(fileset(\"no-such-directory\", \"*\"))", "0")]),
    ]
}

fn digests() -> Vec<Function> {
    let entry = |name, description, code: Plain, example: &'static [_]| {
        define(name, description, Type::String, code).takes(path()).shows(example)
    };
    vec![
        entry(
            "filemd5",
            "Gives a file's MD5 digest in hexadecimal.",
            |a, w| digest::<Md5>(a, w, hex),
            &[("filemd5(\"hello.txt\")", "\"8b1a9953c4611296a827abf8c47804d7\"")],
        ),
        entry(
            "filesha1",
            "Gives a file's SHA-1 digest in hexadecimal.",
            |a, w| digest::<Sha1>(a, w, hex),
            &[("length(filesha1(\"hello.txt\"))", "40")],
        ),
        entry(
            "filesha256",
            "Gives a file's SHA-256 digest in hexadecimal.",
            |a, w| digest::<Sha256>(a, w, hex),
            &[("length(filesha256(\"hello.txt\"))", "64")],
        ),
        entry(
            "filesha512",
            "Gives a file's SHA-512 digest in hexadecimal.",
            |a, w| digest::<Sha512>(a, w, hex),
            &[("length(filesha512(\"hello.txt\"))", "128")],
        ),
        entry(
            "filebase64sha256",
            "Gives a file's SHA-256 digest in Base64.",
            |a, w| digest::<Sha256>(a, w, encode_base64),
            &[("length(filebase64sha256(\"hello.txt\"))", "44")],
        ),
        entry(
            "filebase64sha512",
            "Gives a file's SHA-512 digest in Base64.",
            |a, w| digest::<Sha512>(a, w, encode_base64),
            &[("length(filebase64sha512(\"hello.txt\"))", "88")],
        ),
    ]
}

fn paths() -> Vec<Function> {
    let entry = |name, description, code: Plain, example: &'static [_]| {
        define(name, description, Type::String, code).takes(path()).shows(example)
    };
    vec![
        entry("abspath", "Makes a path absolute.", abspath, &[("abspath(\"/a/../b\")", "\"/b\"")]),
        entry(
            "basename",
            "Gives the last part of a path.",
            basename,
            &[("basename(\"a/b.txt\")", "\"b.txt\"")],
        ),
        entry(
            "dirname",
            "Gives a path without its last part.",
            dirname,
            &[("dirname(\"a/b.txt\")", "\"a\"")],
        ),
        entry(
            "pathexpand",
            "Puts the home directory in place of `~`.",
            pathexpand,
            &[("pathexpand(\"a/~\")", "\"a/~\"")],
        ),
    ]
}

/// The shortest path that means the same, looking at the text alone.
fn clean(path: &str) -> String {
    let absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match (part, parts.last()) {
            ("" | ".", _) => {}
            ("..", Some(&"..")) => parts.push(".."),
            ("..", Some(_)) => {
                parts.pop();
            }
            ("..", None) if absolute => {}
            (part, _) => parts.push(part),
        }
    }
    match (absolute, parts.join("/")) {
        (true, joined) => format!("/{joined}"),
        (false, joined) if joined.is_empty() => ".".into(),
        (false, joined) => joined,
    }
}

fn expand_home(path: &str, around: &dyn Surroundings) -> Result<String, &'static str> {
    let Some(after) = path.strip_prefix('~') else { return Ok(path.into()) };
    if !after.is_empty() && !after.starts_with('/') {
        return Err("cannot expand user-specific home dir");
    }
    match around.files().home_dir() {
        Some(home) => Ok(clean(&format!("{}/{after}", home.display()))),
        None => Err("the home directory is not known"),
    }
}

/// The path at which a file is looked for.
fn located(path: &str, around: &dyn Surroundings) -> Result<String, CallError> {
    let expanded = expand_home(path, around).or_else(|e| blame(0, format!("failed to expand ~: {e}")))?;
    let base = around.base_dir();
    match expanded.starts_with('/') {
        true => Ok(clean(&expanded)),
        false => Ok(clean(&format!("{}/{expanded}", if base.is_empty() { "." } else { base }))),
    }
}

fn read(args: &[Value], around: &dyn Surroundings) -> Result<Vec<u8>, CallError> {
    let path = located(text(args, 0), around)?;
    around.files().read(&path).or_else(|e| match e {
        FileError::NotFound => blame(
            0,
            format!(
                "there is no file {:?}. Functions read files that are there before the run; for one that a resource \
                 makes, refer to that resource",
                text(args, 0)
            ),
        ),
        FileError::IsDirectory => blame(0, format!("{path} is a directory, not a file")),
        FileError::Other(why) => blame(0, format!("failed to read file: open {path}: {why}")),
    })
}

fn file(args: &[Value], around: &dyn Surroundings) -> Outcome {
    match String::from_utf8(read(args, around)?) {
        Ok(content) => Ok(Value::string(content)),
        Err(_) => fail(format!(
            "{:?} holds no UTF-8 text. filebase64 gives its content in Base64, filemd5, filesha256 and the like its \
             digest",
            text(args, 0)
        )),
    }
}

fn filebase64(args: &[Value], around: &dyn Surroundings) -> Outcome {
    Ok(Value::string(encode_base64(&read(args, around)?)))
}

fn digest<D: Digest>(args: &[Value], around: &dyn Surroundings, write: fn(&[u8]) -> String) -> Outcome {
    let path = located(text(args, 0), around)?;
    match around.files().read(&path) {
        Ok(content) => Ok(Value::string(write(&D::digest(content)))),
        Err(FileError::NotFound) => fail(format!("open {path}: no such file or directory")),
        Err(FileError::IsDirectory) => fail(format!("read {path}: is a directory")),
        Err(FileError::Other(why)) => fail(format!("open {path}: {why}")),
    }
}

fn fileexists(args: &[Value], around: &dyn Surroundings) -> Outcome {
    match around.files().exists(&located(text(args, 0), around)?) {
        Ok(exists) => Ok(Value::bool(exists)),
        Err(FileError::NotFound) => Ok(Value::bool(false)),
        Err(FileError::IsDirectory) => fail(format!("{:?} is a directory, not a file", text(args, 0))),
        Err(FileError::Other(_)) => fail(format!("failed to stat {:?}", text(args, 0))),
    }
}

fn fileset(args: &[Value], around: &dyn Surroundings) -> Outcome {
    let base = located(text(args, 0), around)?;
    let joined = clean(&format!("{base}/{}", text(args, 1)));
    let Some(pattern) = Pattern::parse(&joined) else {
        return fail(format!("the pattern {joined:?} is not complete"));
    };
    let root = pattern.root();
    let mut found = Vec::new();
    match pattern.is_literal() {
        true if around.files().exists(&joined) == Ok(true) => found.push(relative(&base, &joined)),
        true => {}
        false => {
            for below in around.files().walk(root).unwrap_or_default() {
                let path =
                    if root == "." { below } else { format!("{}/{below}", root.trim_end_matches('/')) };
                if pattern.matches(&path) {
                    found.push(relative(&base, &path));
                }
            }
        }
    }
    Ok(Value::set(Type::String, strings(found)))
}

/// The way from a directory to a path; both are clean.
fn relative(base: &str, path: &str) -> String {
    let parts = |p: &str| -> Vec<String> {
        p.split('/').filter(|s| !s.is_empty() && *s != ".").map(String::from).collect()
    };
    let (from, to) = (parts(base), parts(path));
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = from[shared..].iter().map(|_| "..".to_string());
    up.chain(to[shared..].iter().cloned()).collect::<Vec<_>>().join("/")
}

fn abspath(args: &[Value], around: &dyn Surroundings) -> Outcome {
    let path = text(args, 0);
    let current = around.files().current_dir();
    let absolute =
        if path.starts_with('/') { clean(path) } else { clean(&format!("{}/{path}", current.display())) };
    Ok(Value::string(absolute))
}

fn basename(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let path = text(args, 0);
    let trimmed = path.trim_end_matches('/');
    Ok(Value::string(match (path, trimmed) {
        ("", _) => ".",
        (_, "") => "/",
        (_, trimmed) => trimmed.rsplit('/').next().unwrap_or(trimmed),
    }))
}

fn dirname(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let path = text(args, 0);
    let directory = path.rfind('/').map_or("", |at| &path[..=at]);
    Ok(Value::string(clean(directory)))
}

fn pathexpand(args: &[Value], around: &dyn Surroundings) -> Outcome {
    expand_home(text(args, 0), around).map(Value::string).or_else(fail)
}
