//! States elsewhere: behind an HTTP address and in PostgreSQL, and the way there.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use crate::binary::{expect_exit, finish, stackwright};
use crate::certificates::{AUTHORITY, outputs};
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
    let Some(server) = Postgres::start() else { return };
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
fn workspaces_in_postgresql_are_made_listed_read_by_others_and_deleted() {
    let Some(server) = Postgres::start() else { return };
    let conn = format!("-backend-config=conn_str={}", server.address());
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let text = "terraform {\n  backend \"pg\" {}\n}\nresource \"terraform_data\" \"a\" {}\noutput \"w\" {\n  \
                value = terraform.workspace\n}\n";
    for dir in [one.path(), two.path()] {
        write(dir, text);
        expect_exit(stackwright(dir, &["init", &conn]), 0, "init");
    }
    let (one, two) = (one.path(), two.path());
    let list = |dir: &Path| expect_exit(stackwright(dir, &["workspace", "list"]), 0, "list");
    assert_eq!(list(one), "* default\n\n");
    expect_exit(stackwright(one, &["workspace", "new", "blue"]), 0, "new");
    assert_eq!(list(two), "* default\n  blue\n\n", "the other sees it before anything is applied");
    assert!(refused(stackwright(two, &["workspace", "new", "blue"])).contains("already exists"));
    expect_exit(stackwright(one, &["apply", "-auto-approve"]), 0, "apply in blue");
    assert!(refused(stackwright(two, &["workspace", "delete", "blue"])).contains("Workspace is not empty"));
    // Another configuration reads the outputs of one workspace, and misses what is in none.
    let reader = tempfile::tempdir().unwrap();
    let remote = |workspace: &str| {
        format!(
            "data \"terraform_remote_state\" \"r\" {{\n  backend = \"pg\"\n  workspace = {workspace:?}\n  config = {{\n    \
             conn_str = {:?}\n  }}\n}}\noutput \"read\" {{\n  value = data.terraform_remote_state.r.outputs.w\n}}\n",
            server.address()
        )
    };
    write(reader.path(), &remote("blue"));
    let said = expect_exit(stackwright(reader.path(), &["apply", "-auto-approve"]), 0, "read");
    assert!(said.contains("read = \"blue\""), "{said}");
    write(reader.path(), &remote("green"));
    assert!(refused(stackwright(reader.path(), &["plan"])).contains("Unable to find remote state"));
    expect_exit(stackwright(one, &["destroy", "-auto-approve"]), 0, "destroy in blue");
    expect_exit(stackwright(two, &["workspace", "delete", "blue"]), 0, "delete");
    assert_eq!(list(two), "* default\n\n");
}

#[test]
fn a_database_is_reached_over_tls_and_only_the_right_one_is_believed() {
    let Some(mut server) = Postgres::start() else { return };
    let made = tempfile::tempdir().unwrap();
    write(made.path(), AUTHORITY);
    expect_exit(stackwright(made.path(), &["apply", "-auto-approve"]), 0, "certificates");
    let outputs = outputs(made.path());
    let pem = |name: &str| outputs[name].as_str().unwrap();
    let port = server.listen(pem("certificate"), pem("key"));
    let authority = made.path().join("authority.pem");
    std::fs::write(&authority, pem("authority")).unwrap();
    let init = |host: &str, query: &str| {
        let dir = tempfile::tempdir().unwrap();
        let address = format!("postgres://postgres@{host}:{port}/postgres{query}");
        write(
            dir.path(),
            &format!("terraform {{\n  backend \"pg\" {{\n    conn_str = {address:?}\n  }}\n}}\n"),
        );
        stackwright(dir.path(), &["init"]).output().map(|o| (o, dir)).unwrap()
    };
    let full = format!("?sslmode=verify-full&sslrootcert={}", authority.display());
    let chain = format!("?sslrootcert={}", authority.display());
    for (host, query) in
        [("localhost", &*full), ("127.0.0.1", &*chain), ("127.0.0.1", ""), ("localhost", "?sslmode=disable")]
    {
        let (output, _dir) = init(host, query);
        assert!(output.status.success(), "{host}{query}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let refused = |host: &str, query: &str| {
        let (output, _dir) = init(host, query);
        let said =
            [&*output.stdout, &*output.stderr].map(|b| String::from_utf8_lossy(b).into_owned()).concat();
        assert_eq!(output.status.code(), Some(1), "{host}{query}: {said}");
        said.split(|c: char| c.is_whitespace() || c == '│')
            .filter(|w| !w.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    };
    let said = refused("127.0.0.1", &full);
    assert!(said.contains("not valid for name"), "{said}");
    let said = refused("localhost", "?sslmode=verify-full");
    assert!(said.contains("invalid peer certificate"), "{said}");
    let said =
        refused("localhost", &format!("?sslmode=verify-ca&sslrootcert={}/none.pem", made.path().display()));
    assert!(said.contains("none.pem cannot be used"), "{said}");
}

#[test]
fn outputs_of_a_state_behind_an_http_address_are_read() {
    let (address, kept) = serve();
    let made = tempfile::tempdir().unwrap();
    write(
        made.path(),
        &format!(
            "terraform {{\n  backend \"http\" {{\n    address = \"{address}/state\"\n  }}\n}}\noutput \"o\" {{\n  value = [1]\n}}\n"
        ),
    );
    expect_exit(stackwright(made.path(), &["init"]), 0, "init");
    expect_exit(stackwright(made.path(), &["apply", "-auto-approve"]), 0, "apply");
    let said = refused(stackwright(made.path(), &["workspace", "list"]));
    assert!(said.contains("keeps one state only"), "{said}");
    let reader = tempfile::tempdir().unwrap();
    let text = format!(
        "data \"terraform_remote_state\" \"r\" {{\n  backend = \"http\"\n  config = {{\n    address = \"{address}/state\"\n    \
         retry_max = 0\n  }}\n}}\noutput \"read\" {{\n  value = data.terraform_remote_state.r.outputs.o[0] + 1\n}}\n"
    );
    write(reader.path(), &text);
    let asked = kept.lock().unwrap().asked.len();
    let said = expect_exit(stackwright(reader.path(), &["apply", "-auto-approve"]), 0, "read");
    assert!(said.contains("read = 2"), "{said}");
    assert!(kept.lock().unwrap().asked[asked..].iter().all(|a| a.starts_with("GET ")), "reading only reads");
    let missing = text.replace("config = {", "workspace = \"other\"\n  config = {");
    write(reader.path(), &missing);
    assert!(refused(stackwright(reader.path(), &["plan"])).contains("Workspaces not supported"));
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
