//! A PostgreSQL server of one test's own, on a socket in a directory that goes with it.

#![allow(
    dead_code,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "each test uses a part, says what it skips, and fails where it cannot be set up"
)]

use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A server that is running.
pub struct Postgres {
    directory: tempfile::TempDir,
    programs: PathBuf,
    server: Option<Child>,
    /// Where it listens besides its socket, with TLS.
    port: Option<u16>,
}

/// Where Debian keeps the server's programs, which are in nobody's path.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> =
        versions.map(|v| v.path().join("bin")).filter(|b| b.join("initdb").exists()).collect();
    found.sort();
    found.pop()
}

/// The server refuses to run as root, so it runs as somebody else then.
fn other_user() -> Option<(u32, u32)> {
    let is_root =
        std::fs::metadata("/proc/self").ok().map(|m| std::os::unix::fs::MetadataExt::uid(&m)) == Some(0);
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let ids = |name: &str| {
        let line = users.lines().find(|l| l.starts_with(&format!("{name}:")))?;
        let parts: Vec<&str> = line.split(':').collect();
        Some((parts.get(2)?.parse().ok()?, parts.get(3)?.parse().ok()?))
    };
    is_root.then(|| ids("postgres").or_else(|| ids("nobody"))).flatten()
}

impl Postgres {
    /// Starts one; nothing where PostgreSQL is not installed, which is said.
    pub fn start() -> Option<Postgres> {
        let Some(programs) = programs() else {
            println!("skipped: PostgreSQL is not installed (Debian: apt-get install postgresql)");
            return None;
        };
        let directory = tempfile::Builder::new().prefix("pg").tempdir_in("/tmp").unwrap();
        std::fs::set_permissions(directory.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        if let Some((user, group)) = other_user() {
            chown(directory.path(), Some(user), Some(group)).unwrap();
        }
        let mut postgres = Postgres { directory, programs, server: None, port: None };
        let data = postgres.data();
        let made = postgres
            .program("initdb")
            .args(["--auth=trust", "--username=postgres", "--no-sync", "--encoding=UTF8", "--locale=C", "-D"])
            .arg(data)
            .status()
            .unwrap();
        assert!(made.success(), "initdb");
        postgres.run();
        Some(postgres)
    }

    fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        command.stdout(Stdio::null()).stderr(Stdio::null()).current_dir("/");
        if let Some((user, group)) = other_user() {
            command.uid(user).gid(group);
        }
        command
    }

    fn run(&mut self) {
        let mut server = self.program("postgres");
        server.arg("-D").arg(self.data()).arg("-k").arg(self.directory.path());
        server.args(["-c", "fsync=off", "-c", "max_connections=300"]);
        match self.port {
            None => server.args(["-c", "listen_addresses="]),
            Some(port) => {
                server.args(["-c", "listen_addresses=127.0.0.1", "-c", "ssl=on", "-p", &port.to_string()])
            }
        };
        self.server = Some(server.spawn().unwrap());
        let mut ready = self.program("pg_isready");
        ready
            .arg("-q")
            .arg("-h")
            .arg(self.directory.path())
            .arg("-p")
            .arg(self.port.unwrap_or(5432).to_string());
        while !ready.status().unwrap().success() {
            std::thread::yield_now();
        }
    }

    /// Stops it as a machine that loses its power would, and starts it again.
    pub fn restart(&mut self) {
        self.kill();
        self.run();
    }

    /// Has it listen on the loopback interface with a certificate and its key, in PEM; the port.
    pub fn listen(&mut self, certificate: &str, key: &str) -> u16 {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        for (name, text) in [("server.crt", certificate), ("server.key", key)] {
            let path = self.data().join(name);
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
            if let Some((user, group)) = other_user() {
                chown(&path, Some(user), Some(group)).unwrap();
            }
        }
        self.port = Some(free);
        self.restart();
        free
    }

    fn kill(&mut self) {
        let mut stop = self.program("pg_ctl");
        stop.args(["stop", "--mode=immediate", "--wait", "-D"]).arg(self.data());
        let _stopped = stop.status();
        if let Some(mut server) = self.server.take() {
            let _ended = server.wait();
        }
    }

    /// How to connect.
    pub fn address(&self) -> String {
        format!("host={} user=postgres dbname=postgres", self.socket().display())
    }

    /// The directory of its socket.
    pub fn socket(&self) -> &Path {
        self.directory.path()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.kill();
    }
}
