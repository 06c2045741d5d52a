//! A small HTTP server on the loopback interface, whose answers the test sets.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// One answer: status, headers, content.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Headers by name.
    pub headers: Vec<(&'static str, String)>,
    /// The content.
    pub body: Vec<u8>,
}

/// A request as it came: its path with the query, and its headers in lower case.
#[derive(Clone, Debug)]
pub struct Request {
    /// Path and query.
    pub path: String,
    /// Headers by name.
    pub headers: BTreeMap<String, String>,
}

type Shared = Arc<Mutex<(BTreeMap<String, Answer>, Vec<Request>)>>;

/// A server that runs until the test ends.
pub struct Server {
    port: u16,
    shared: Shared,
}

impl Server {
    /// Starts a server on a free port.
    pub fn start() -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Shared::default();
        let served = shared.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = served.clone();
                std::thread::spawn(move || serve(stream, &shared));
            }
        });
        Server { port, shared }
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Sets the answer for a path, whatever the query is. An `ETag` among the headers is honoured.
    pub fn answer(&self, path: &str, answer: Answer) {
        self.shared.lock().unwrap().0.insert(path.into(), answer);
    }

    /// The requests so far; they are forgotten.
    pub fn requests(&self) -> Vec<Request> {
        std::mem::take(&mut self.shared.lock().unwrap().1)
    }
}

fn serve(mut stream: TcpStream, shared: &Shared) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    while let Some(request) = read(&mut reader) {
        let answer = {
            let mut shared = shared.lock().unwrap();
            shared.1.push(request.clone());
            let path = request.path.split('?').next().unwrap_or_default();
            shared.0.get(path).cloned()
        };
        let answer = answer.unwrap_or(Answer { status: 404, ..Answer::default() });
        let tag = answer.headers.iter().find(|(name, _)| *name == "ETag").map(|(_, tag)| tag);
        let unchanged = tag.is_some() && tag == request.headers.get("if-none-match");
        let (status, body) = if unchanged { (304, &[][..]) } else { (answer.status, &answer.body[..]) };
        let mut head = format!("HTTP/1.1 {status} Status\r\nContent-Length: {}\r\n", body.len());
        answer.headers.iter().for_each(|(name, value)| head.push_str(&format!("{name}: {value}\r\n")));
        if stream.write_all(format!("{head}\r\n").as_bytes()).and_then(|()| stream.write_all(body)).is_err() {
            return;
        }
    }
}

/// A request without content; nothing at the end of the connection.
fn read(reader: &mut impl BufRead) -> Option<Request> {
    let mut line = String::new();
    if reader.read_line(&mut line).ok()? == 0 {
        return None;
    }
    let path = line.split(' ').nth(1)?.to_owned();
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    Some(Request { path, headers })
}
