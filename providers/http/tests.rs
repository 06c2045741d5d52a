use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use model::{Type, Value};
use provider::kit::{Bench, check_data_source};
use provider::{DataSource, ProviderError, config_of, text, with_attributes};

use super::*;

/// A server on this machine that answers each request as its path says, and remembers what came.
struct Server {
    address: String,
    received: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start() -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let received = Arc::new(Mutex::new(Vec::new()));
        let log = received.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let request = read_request(&mut BufReader::new(&stream));
                let earlier = log.lock().unwrap().len();
                let answer = answer(request.split(' ').nth(1).unwrap_or_default(), earlier);
                log.lock().unwrap().push(request);
                // Who does not wait for the answer is not there any more.
                let _gone = stream.write_all(&answer);
            }
        });
        Server { address, received }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    fn received(&self) -> Vec<String> {
        self.received.lock().unwrap().clone()
    }
}

fn read_request(stream: &mut impl BufRead) -> String {
    let mut text = String::new();
    let mut length = 0;
    while !text.ends_with("\r\n\r\n") && stream.read_line(&mut text).unwrap() > 0 {
        let line = text.lines().next_back().unwrap_or_default().to_ascii_lowercase();
        length = line.strip_prefix("content-length: ").map_or(length, |n| n.parse().unwrap());
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    text + std::str::from_utf8(&body).unwrap()
}

/// What is answered at a path, after a number of earlier requests.
fn answer(path: &str, earlier: usize) -> Vec<u8> {
    let plain = |status: &str, headers: &str, body: &[u8]| {
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n",
            body.len()
        );
        [head.as_bytes(), body].concat()
    };
    match path {
        "/" => {
            plain("200 OK", "x-two: a\r\nX-Two: b\r\ncontent-type: text/plain\r\n", "h\u{e9}llo".as_bytes())
        }
        "/binary" => plain("200 OK", "", &[0xff, 0xfe, b'a']),
        "/missing" => plain("404 Not Found", "", b"no"),
        "/moved" => plain("302 Found", "Location: /\r\n", b""),
        "/circle" => plain("302 Found", "Location: /circle\r\n", b""),
        "/flaky" if earlier < 2 => plain("503 Service Unavailable", "", b""),
        "/busy" if earlier < 1 => plain("429 Too Many Requests", "Retry-After: 0\r\n", b""),
        "/flaky" | "/busy" => plain("200 OK", "", b"at last"),
        "/down" => plain("500 Internal Server Error", "", b"secret"),
        "/torn" => b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf".to_vec(),
        "/slow" => {
            std::thread::sleep(std::time::Duration::from_millis(400));
            plain("200 OK", "", b"")
        }
        _ => plain("200 OK", "", path.as_bytes()),
    }
}

fn source() -> data::Http {
    data::Http::new()
}

fn s(text: &str) -> Value {
    Value::string(text)
}

fn config(given: &[(&'static str, Value)]) -> Value {
    config_of(&source().schema().block, given.iter().cloned())
}

fn retry(attempts: i64) -> Value {
    let number = |n: i64| Value::number(n);
    Value::object([("attempts", number(attempts)), ("min_delay_ms", number(1)), ("max_delay_ms", number(5))])
}

async fn read(given: &[(&'static str, Value)]) -> Result<Value, ProviderError> {
    source().read(Bench::new("/").call(), &config(given)).await
}

#[tokio::test]
async fn bytes_that_are_no_text_are_warned_about() {
    let server = Server::start();
    for (path, warned) in [("/binary", vec!["Response body is not recognized as UTF-8"]), ("/", vec![])] {
        let bench = Bench::new("/");
        source().read(bench.call(), &config(&[("url", s(&server.url(path)))])).await.unwrap();
        let warnings = bench.take_warnings();
        assert!(warnings.iter().all(|w| w.warning));
        assert_eq!(warnings.iter().map(|w| &*w.summary).collect::<Vec<_>>(), warned);
    }
}

#[tokio::test]
async fn the_data_source_keeps_the_contract() {
    let server = Server::start();
    let headers = Value::map(Type::String, [("Accept", s("text/plain"))]);
    let configs = [
        config(&[("url", s(&server.url("/")))]),
        config(&[("url", s(&server.url("/missing"))), ("request_headers", headers), ("retry", retry(1))]),
    ];
    assert_eq!(check_data_source(&source(), &Bench::new("/"), &configs).await, vec![]);
}

#[tokio::test]
async fn an_answer_is_told_in_full() {
    let server = Server::start();
    let answer = read(&[("url", s(&server.url("/")))]).await.unwrap();
    assert_eq!(answer.get("status_code"), Some(&Value::number(200i64)));
    for (name, expected) in
        [("response_body", "h\u{e9}llo"), ("body", "h\u{e9}llo"), ("response_body_base64", "aMOpbGxv")]
    {
        assert_eq!(text(&answer, name), Some(expected));
    }
    let headers = answer.get("response_headers").unwrap();
    assert_eq!((text(headers, "X-Two"), text(headers, "Content-Type")), (Some("a, b"), Some("text/plain")));
    let binary = read(&[("url", s(&server.url("/binary")))]).await.unwrap();
    assert_eq!(text(&binary, "response_body_base64"), Some("//5h"));
    let missing = read(&[("url", s(&server.url("/missing")))]).await.unwrap();
    assert_eq!(missing.get("status_code"), Some(&Value::number(404i64)));
    let moved = read(&[("url", s(&server.url("/moved")))]).await.unwrap();
    assert_eq!(
        (text(&moved, "response_body"), text(&moved, "id")),
        (Some("h\u{e9}llo"), Some(&*server.url("/moved")))
    );
}

#[tokio::test]
async fn a_request_is_sent_as_it_is_asked_for() {
    let server = Server::start();
    let headers = Value::map(Type::String, [("X-Token", s("t")), ("Host", s("example.test"))]);
    let post = [
        ("url", s(&server.url("/post"))),
        ("method", s("POST")),
        ("request_headers", headers),
        ("request_body", s("data")),
    ];
    read(&post).await.unwrap();
    let head = read(&[("url", s(&server.url("/"))), ("method", s("HEAD"))]).await.unwrap();
    assert_eq!(text(&head, "response_body"), Some(""));
    let received = server.received();
    let lower = received[0].to_ascii_lowercase();
    assert!(lower.starts_with("post /post http/1.1\r\n") && lower.ends_with("\r\n\r\ndata"), "{lower}");
    assert!(lower.contains("x-token: t\r\n") && lower.contains("host: example.test\r\n"), "{lower}");
    assert!(received[1].starts_with("HEAD / "));
}

#[tokio::test]
async fn requests_are_repeated_as_often_as_wanted() {
    for (path, attempts, expected) in [("/flaky", 2, 3), ("/busy", 1, 2)] {
        let server = Server::start();
        let answer = read(&[("url", s(&server.url(path))), ("retry", retry(attempts))]).await.unwrap();
        assert_eq!(text(&answer, "response_body"), Some("at last"));
        assert_eq!(server.received().len(), expected);
    }
    let server = Server::start();
    let error = read(&[("url", s(&server.url("/down"))), ("retry", retry(1))]).await.unwrap_err();
    let expected = format!(
        "GET {} failed after 2 attempts: the server answered 500 Internal Server Error.",
        server.url("/down")
    );
    assert_eq!(error.detail, expected);
}

#[tokio::test]
async fn failures_say_why_and_no_password() {
    let server = Server::start();
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let timeout = ("request_timeout_ms", Value::number(50i64));
    let cases = [
        (vec![("url", s(&server.url("/circle")))], "failed: too many redirects."),
        (vec![("url", s(&server.url("/slow"))), timeout], "exceeded the specified timeout of 50 ms"),
        (vec![("url", s(&server.url("/torn")))], "failed"),
        (vec![("url", s(&format!("http://me:hush@{closed}/?key=hush")))], "Connection refused"),
    ];
    for (given, expected) in cases {
        let error = read(&given).await.unwrap_err();
        assert!(error.detail.contains(expected) && !error.detail.contains("hush"), "{error}");
    }
}

#[tokio::test]
async fn proxies_of_the_environment_are_used_but_not_for_this_machine() {
    let (server, proxy) = (Server::start(), Server::start());
    let address = format!("http://{}", proxy.address);
    let bench = Bench::with_env("/", [("http_proxy", &*address), ("NO_PROXY", "other.invalid")]);
    let read = async |url: &str| source().read(bench.call(), &config(&[("url", s(url))])).await;
    read("http://example.invalid/x").await.unwrap();
    read(&server.url("/")).await.unwrap();
    assert!(
        proxy.received()[0].starts_with("GET http://example.invalid/x HTTP/1.1"),
        "{:?}",
        proxy.received()
    );
    assert_eq!((proxy.received().len(), server.received().len()), (1, 1));
    assert!(read("http://other.invalid/").await.is_err());
}

#[test]
fn wrong_arguments_are_refused() {
    let with = |more: &[(&'static str, Value)]| [&[("url", s("https://example.com/"))], more].concat();
    let delays = |least: i64, most: i64| {
        with_attributes(
            &retry(1),
            [("min_delay_ms", Value::number(least)), ("max_delay_ms", Value::number(most))],
        )
    };
    let cases = [
        (vec![("url", s("example.com"))], "must begin with http://"),
        (vec![("url", s("ftp://example.com/"))], "must begin with http://"),
        (with(&[("method", s("PUT"))]), "must be one of: \"GET\", \"POST\" or \"HEAD\", got: \"PUT\""),
        (
            with(&[("request_timeout_ms", Value::number(0i64))]),
            "request_timeout_ms value must be at least 1, got: 0",
        ),
        (with(&[("retry", retry(-1))]), "retry.attempts value must be at least 0, got: -1"),
        (with(&[("retry", delays(9, 5))]), "must be at least min_delay_ms, 9, got: 5"),
        (
            with(&[("ca_cert_pem", s("x")), ("insecure", Value::bool(true))]),
            "\"insecure\" cannot be specified",
        ),
        (with(&[("client_cert_pem", s("x"))]), "\"client_key_pem\" must be specified"),
        (with(&[("client_key_pem", s("x"))]), "\"client_cert_pem\" must be specified"),
        (with(&[("url", Value::unknown(Type::String))]), ""),
    ];
    for (given, expected) in cases {
        let said = source().validate(&config(&given)).first().map_or(String::new(), |e| e.detail.clone());
        assert!(said.contains(expected) && said.is_empty() == expected.is_empty(), "{given:?}: {said}");
    }
}

#[tokio::test]
async fn unusable_certificates_are_told_without_quoting_them() {
    let url = ("url", s("https://localhost:1/"));
    let pair = [url.clone(), ("client_cert_pem", s("hush")), ("client_key_pem", s("hush"))];
    for given in [&[url, ("ca_cert_pem", s("hush"))][..], &pair] {
        let error = read(given).await.unwrap_err();
        assert!(error.summary == "Error configuring TLS client" && !error.detail.contains("hush"), "{error}");
    }
}
