//! States elsewhere: behind an HTTP address and in PostgreSQL, and the way there.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use crate::binary::{expect_exit, finish, stackwright};
use crate::postgres::Postgres;

const PASSPHRASE: &str = "correct horse battery staple";

fn write(dir: &Path, text: &str) {
    std::fs::write(dir.join("main.tf"), text).unwrap();
}

/// Runs a command that must fail; gives all that it said, in one line.
fn refused(command: Command) -> String {
    let output = finish(command);
    let said = [&*output.stdout, &*output.stderr].map(|b| String::from_utf8_lossy(b).into_owned()).concat();
    assert_eq!(output.status.code(), Some(1), "{said}");
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a server of Terraform's protocol holds.
#[derive(Default)]
struct Kept {
    state: Option<Vec<u8>>,
    lock: Option<Vec<u8>>,
    /// Method and path of each request.
    asked: Vec<String>,
}

/// Starts a server of Terraform's protocol on the loopback interface; its address.
fn serve() -> (String, Arc<Mutex<Kept>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let kept = Arc::<Mutex<Kept>>::default();
    let served = kept.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let kept = served.clone();
            std::thread::spawn(move || while answer(&stream, &kept).is_some() {});
        }
    });
    (address, kept)
}

/// Answers a request; nothing at the end of the connection.
fn answer(mut stream: &TcpStream, kept: &Mutex<Kept>) -> Option<()> {
    let mut reader = BufReader::with_capacity(1, stream);
    let (mut first, mut length) = (String::new(), 0);
    reader.read_line(&mut first).ok().filter(|n| *n > 0)?;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let mut words = first.split(' ');
    let (method, path) = (words.next()?, words.next()?);
    let mut kept = kept.lock().unwrap();
    kept.asked.push(format!("{method} {path}"));
    let id = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).ok().map(|v| v["ID"].clone());
    let (status, content) = match method {
        "GET" => kept.state.clone().map_or((404, Vec::new()), |state| (200, state)),
        "POST" => {
            kept.state = Some(body);
            (200, Vec::new())
        }
        "LOCK" => match &kept.lock {
            Some(holder) => (423, holder.clone()),
            None => {
                kept.lock = Some(body);
                (200, Vec::new())
            }
        },
        "UNLOCK" if kept.lock.as_deref().and_then(id) == id(&body) => {
            kept.lock = None;
            (200, Vec::new())
        }
        _ => (409, Vec::new()),
    };
    drop(kept);
    let head = format!("HTTP/1.1 {status} Status\r\nContent-Length: {}\r\n\r\n", content.len());
    stream.write_all(&[head.as_bytes(), &content].concat()).ok()
}

fn http(address: &str) -> String {
    format!(
        "terraform {{\n  backend \"http\" {{\n    address        = \"{address}/state\"\n    lock_address   = \"{address}/lock\"\n    \
         unlock_address = \"{address}/lock\"\n  }}\n}}\n"
    )
}

const ONE: &str = "resource \"terraform_data\" \"a\" {\n  input = 1\n}\n";

#[test]
fn a_state_moves_behind_an_address_and_is_worked_on_there() {
    let (address, kept) = serve();
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path();
    write(dir, ONE);
    expect_exit(stackwright(dir, &["apply", "-auto-approve"]), 0, "locally");
    write(dir, &(http(&address) + ONE));
    let said = refused(stackwright(dir, &["plan"]));
    assert!(said.contains("Backend initialization required"), "{said}");
    let said = refused(stackwright(dir, &["init", "-input=false"]));
    assert!(said.contains("-migrate-state") && said.contains("-reconfigure"), "{said}");
    let output = finish(stackwright(dir, &["init", "-migrate-state"]));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && said.contains("The journal is kept here"), "{said}");
    expect_exit(stackwright(dir, &["plan", "-detailed-exitcode"]), 0, "it is all there");
    write(dir, &(http(&address) + &ONE.replace('1', "2")));
    expect_exit(stackwright(dir, &["apply", "-auto-approve"]), 0, "there");
    {
        let kept = kept.lock().unwrap();
        let state = String::from_utf8(kept.state.clone().unwrap()).unwrap();
        assert!(state.contains("\"version\": 4") && state.contains("\"input\": {") && kept.lock.is_none());
        assert!(kept.asked.iter().any(|a| a.starts_with("POST /state?ID=")), "{:?}", kept.asked);
    }
    kept.lock().unwrap().lock =
        Some(b"{\"ID\":\"7\",\"Who\":\"ada@lovelace\",\"Created\":\"today\"}".to_vec());
    let said = refused(stackwright(dir, &["apply", "-auto-approve"]));
    assert!(said.contains("ada@lovelace") && said.contains("force-unlock 7"), "{said}");
    kept.lock().unwrap().lock = None;
    write(dir, &(http(&address) + "resource \"terraform_data\" \"a\" {\n  input = sensitive(3)\n}\n"));
    let said = refused(stackwright(dir, &["apply", "-auto-approve"]));
    assert!(said.contains("Sensitive values need encryption"), "{said}");
}

fn sealed(dir: &Path, args: &[&str]) -> Command {
    let mut command = stackwright(dir, args);
    command.env("STACKWRIGHT_ENCRYPTION_PASSPHRASE", PASSPHRASE);
    command
}

#[test]
fn two_directories_share_a_state_in_postgresql() {
    let Some(server) = Postgres::start() else {
        println!("skipped: PostgreSQL is not installed (Debian: apt-get install postgresql)");
        return;
    };
    let conn = format!("-backend-config=conn_str={}", server.address());
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let text = "terraform {\n  backend \"pg\" {}\n}\nresource \"terraform_data\" \"a\" {\n  input = sensitive(\"secret\")\n}\n";
    for dir in [one.path(), two.path()] {
        write(dir, text);
        let said = refused(stackwright(dir, &["plan"]));
        assert!(said.contains("stackwright init"), "{said}");
        expect_exit(stackwright(dir, &["init", &conn]), 0, "init");
    }
    let said = refused(stackwright(one.path(), &["apply", "-auto-approve"]));
    assert!(said.contains("Sensitive values need encryption"), "{said}");
    expect_exit(sealed(one.path(), &["apply", "-auto-approve"]), 0, "apply");
    expect_exit(sealed(two.path(), &["plan", "-detailed-exitcode"]), 0, "it is there for the other");
    let history = expect_exit(sealed(two.path(), &["state", "history"]), 0, "history");
    assert!(history.contains("+ terraform_data.a"), "{history}");
    // And back into a file.
    write(two.path(), &text.replace("backend \"pg\" {}", ""));
    expect_exit(sealed(two.path(), &["init", "-migrate-state"]), 0, "back");
    expect_exit(sealed(two.path(), &["plan", "-detailed-exitcode"]), 0, "nothing changes");
    expect_exit(sealed(one.path(), &["destroy", "-auto-approve"]), 0, "destroy");
}

#[test]
fn a_place_that_cannot_be_reached_is_told_at_once() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for (kind, backend) in [
        ("pg", format!("conn_str = \"postgres://nobody@127.0.0.1:{closed}/none?sslmode=disable\"")),
        ("http", format!("address = \"http://127.0.0.1:{closed}/state\"\n    retry_max = 0")),
    ] {
        let scratch = tempfile::tempdir().unwrap();
        write(scratch.path(), &format!("terraform {{\n  backend \"{kind}\" {{\n    {backend}\n  }}\n}}\n"));
        let said = refused(stackwright(scratch.path(), &["init"]));
        assert!(
            said.contains("Failed to use the state") && said.contains(&closed.to_string()),
            "{kind}: {said}"
        );
        let said = refused(stackwright(scratch.path(), &["plan"]));
        assert!(said.contains("was not initialised here"), "{kind}: {said}");
    }
}
