//! Serves a cloud over HTTP on this machine, for programs that are tests.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::cloud::Cloud;
use crate::request::{Refusal, Reply, Request};

/// A cloud that is served for as long as the program runs.
pub struct Server {
    port: u16,
    shared: Arc<Served>,
}

struct Served {
    cloud: Mutex<Cloud>,
    begun: Instant,
}

impl Server {
    /// Serves a cloud on a free port of the loopback interface.
    pub fn start(cloud: Cloud) -> io::Result<Server> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let shared = Arc::new(Served { cloud: Mutex::new(cloud), begun: Instant::now() });
        let served = shared.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let served = served.clone();
                // A client that goes away in the middle is nobody's business.
                std::thread::spawn(move || drop(served.converse(&stream)));
            }
        });
        Ok(Server { port, shared })
    }

    /// Where it is served.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// The cloud; no request is answered meanwhile.
    pub fn cloud(&self) -> MutexGuard<'_, Cloud> {
        self.shared.cloud()
    }

    /// The time by the cloud's clock, in ms.
    pub fn now_ms(&self) -> u64 {
        self.shared.now_ms()
    }
}

impl Served {
    fn cloud(&self) -> MutexGuard<'_, Cloud> {
        self.cloud.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now_ms(&self) -> u64 {
        self.begun.elapsed().as_millis() as u64
    }

    fn converse(&self, stream: &TcpStream) -> io::Result<()> {
        let mut reader = BufReader::new(stream);
        while let Some(body) = read(&mut reader)? {
            let answer = match serde_json::from_slice::<Request>(&body) {
                Ok(request) => self.cloud().answer(&request, self.now_ms()),
                Err(e) => Err(Refusal::Invalid(e.to_string())),
            };
            reply(stream, &answer)?;
        }
        Ok(())
    }
}

fn read(reader: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        if line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Some(body))
}

fn reply(mut stream: &TcpStream, answer: &Result<Reply, Refusal>) -> io::Result<()> {
    let body = serde_json::to_string(answer)?;
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all((head + &body).as_bytes())
}
