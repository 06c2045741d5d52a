use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Mutex;

use model::Value;
use model::instant::Instant;
use provider::config_of;
use provider::kit::Bench;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection};

use super::*;
use crate::cert::{AltNames, Issuer, Wanted, issue, subject};
use crate::key::{PrivateKey, read_pem};

fn certificate(key: &PrivateKey, is_authority: bool) -> CertificateDer<'static> {
    let nobody = subject(&Value::object::<&str>([])).unwrap();
    let wanted = Wanted {
        subject: nobody,
        key: key.public().unwrap(),
        alt_names: AltNames { dns: vec!["localhost".into()], ..AltNames::default() },
        uses: Vec::new(),
        is_authority,
        max_path_length: None,
        names_key: false,
        validity: (Instant::from_unix_ns(0), Instant::parse("2090-01-01T00:00:00Z").unwrap()),
    };
    let issued = issue(&wanted, &Issuer::Itself { names_key: false }, key).unwrap();
    read_pem(&issued.pem).unwrap().1.to_vec().into()
}

/// A server on this machine that presents two certificates; its port and these.
fn serve() -> (u16, Vec<Vec<u8>>) {
    let key = PrivateKey::generate("ECDSA", 0, "P256").unwrap();
    let chain = vec![certificate(&key, false), certificate(&key, true)];
    let der = read_pem(&key.to_pkcs8_pem().unwrap()).unwrap().1.to_vec();
    let crypto = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(crypto)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain.clone(), PrivateKeyDer::Pkcs8(der.into()))
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut session = ServerConnection::new(config.clone()).unwrap();
            // Who does not trust the certificate breaks off.
            while session.is_handshaking() && session.complete_io(&mut stream).is_ok() {}
        }
    });
    (port, chain.iter().map(|c| c.to_vec()).collect())
}

/// A proxy on this machine that connects to whatever port is asked for; its port and what was asked.
fn proxy() -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = asked.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut client = stream.unwrap();
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                client.read_exact(&mut byte).unwrap();
                head.extend(byte);
            }
            let head = String::from_utf8(head).unwrap();
            let port = head.split([' ', ':']).nth(2).unwrap().parse::<u16>().unwrap();
            log.lock().unwrap().push(head);
            let mut server = TcpStream::connect(("127.0.0.1", port)).unwrap();
            client.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").unwrap();
            let (mut from, mut to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            std::thread::spawn(move || std::io::copy(&mut from, &mut to));
            let _ended = std::io::copy(&mut server, &mut client);
        }
    });
    (port, asked)
}

fn settings_of(given: &[(&'static str, Value)]) -> Value {
    let block = &settings().block.blocks["proxy"].block;
    config_of(
        &settings().block,
        [("proxy", Value::list(block.ty(), vec![config_of(block, given.iter().cloned())]))],
    )
}

fn s(text: &str) -> Value {
    Value::string(text)
}

#[tokio::test]
async fn a_server_tells_its_certificates_its_own_last() {
    let (port, mut chain) = serve();
    chain.reverse();
    let target = || Target { host: "localhost".into(), port };
    assert_eq!(certificates_of(target(), false, None).await.unwrap(), chain);
    let untrusted = certificates_of(target(), true, None).await.unwrap_err();
    assert!(untrusted.detail.contains("certificate"), "{untrusted}");
}

#[tokio::test]
async fn a_proxy_is_asked_for_the_way() {
    let (server, chain) = serve();
    let (port, asked) = proxy();
    let url = format!("https://localhost:{server}/");
    let given =
        [("url", s(&format!("http://127.0.0.1:{port}"))), ("username", s("me")), ("password", s("pass"))];
    let proxies = Proxies::of(&settings_of(&given), &*Bench::new("/").around());
    let found = certificates_of(Target::of(&url).unwrap(), false, proxies.for_url(&url)).await.unwrap();
    assert_eq!(found.len(), chain.len());
    let asked = asked.lock().unwrap();
    assert!(asked[0].starts_with(&format!("CONNECT localhost:{server} HTTP/1.1\r\n")), "{asked:?}");
    assert!(asked[0].contains("Proxy-Authorization: Basic bWU6cGFzcw==\r\n"), "{asked:?}");
}

#[test]
fn the_environment_names_a_proxy_and_for_whom_it_is_not() {
    let env = [("HTTPS_PROXY", "http://proxy:3128"), ("no_proxy", "example.com, .internal")];
    let bench = Bench::with_env("/", env);
    let of = |config: &Value| Proxies::of(config, &*bench.around());
    let from_env = of(&settings_of(&[]));
    let proxied = ["https://example.org", "https://example.com.evil"];
    let direct =
        ["https://example.com", "https://a.example.com:1/", "https://a.internal", "tls://example.org:1"];
    assert!(proxied.iter().all(|url| from_env.for_url(url).is_some()));
    assert!(direct.iter().all(|url| from_env.for_url(url).is_none()));
    let none = [settings_of(&[("from_env", Value::bool(false))]), config_of(&settings().block, [])];
    assert!(none.iter().all(|config| of(config).for_url(proxied[0]).is_none()));
}

#[test]
fn addresses_name_host_and_port() {
    let target = |host: &str, port: u16| Some(Target { host: host.into(), port });
    let cases = [
        ("https://example.com", target("example.com", 443)),
        ("https://me@example.com:8443/path?x#y", target("example.com", 8443)),
        ("tls://[::1]:1", target("::1", 1)),
        ("tls://example.com", None),
        ("http://example.com", None),
        ("https://", None),
        ("https://example.com:x", None),
        ("example.com", None),
    ];
    for (url, expected) in cases {
        assert_eq!(Target::of(url).ok(), expected, "{url}");
    }
}

#[test]
fn wrong_settings_are_refused() {
    let (url, user) = (("url", s("http://proxy:1")), ("username", s("me")));
    let cases = [
        (vec![url.clone(), ("from_env", Value::bool(true))], "\"proxy.from_env\" cannot be specified"),
        (vec![user.clone()], "\"proxy.url\" must be specified"),
        (vec![url.clone(), ("password", s("x"))], "\"proxy.username\" must be specified"),
        (vec![("url", s("ftp://proxy"))], "must be http://HOST:PORT"),
        (vec![url, user], ""),
    ];
    for (given, expected) in cases {
        let said = check_settings(&settings_of(&given)).first().map_or(String::new(), |e| e.detail.clone());
        assert!(said.contains(expected) && said.is_empty() == expected.is_empty(), "{given:?}: {said}");
    }
    assert!(check_settings(&config_of(&settings().block, [])).is_empty());
}
