//! Certificates through the binary: an authority of one's own, a server that it vouches for, and who trusts it.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::Value;

use crate::binary::{expect_exit, finish, stackwright};

/// An authority, and a server's key with the certificate that the authority gives for it.
pub const AUTHORITY: &str = r#"
resource "tls_private_key" "authority" {
  algorithm   = "ECDSA"
  ecdsa_curve = "P256"
}
resource "tls_self_signed_cert" "authority" {
  private_key_pem       = tls_private_key.authority.private_key_pem
  is_ca_certificate     = true
  validity_period_hours = 48
  allowed_uses          = ["cert_signing", "crl_signing"]
  subject {
    common_name = "Tests"
  }
}
resource "tls_private_key" "server" {
  algorithm = "ED25519"
}
resource "tls_cert_request" "server" {
  private_key_pem = tls_private_key.server.private_key_pem
  dns_names       = ["localhost"]
  subject {
    common_name = "localhost"
  }
}
resource "tls_locally_signed_cert" "server" {
  cert_request_pem      = tls_cert_request.server.cert_request_pem
  ca_cert_pem           = tls_self_signed_cert.authority.cert_pem
  ca_private_key_pem    = tls_private_key.authority.private_key_pem
  validity_period_hours = 24
  allowed_uses          = ["server_auth", "digital_signature"]
}
output "authority" {
  value = tls_self_signed_cert.authority.cert_pem
}
output "certificate" {
  value = tls_locally_signed_cert.server.cert_pem
}
output "key" {
  value     = tls_private_key.server.private_key_pem
  sensitive = true
}
"#;

/// Who asks the server, and trusts it for the authority's sake.
fn client(port: u16, trust: &str) -> String {
    format!(
        r#"
data "http" "server" {{
  url = "https://localhost:{port}/"
  {trust}
}}
data "tls_certificate" "server" {{
  url          = "https://localhost:{port}"
  verify_chain = false
}}
output "body" {{
  value = data.http.server.response_body
}}
output "same" {{
  value = data.tls_certificate.server.certificates[0].cert_pem == tls_locally_signed_cert.server.cert_pem
}}
output "issuer" {{
  value = data.tls_certificate.server.certificates[0].issuer
}}
"#
    )
}

/// Answers every request on this machine, as the owner of a certificate; its port.
fn serve(certificate: &str, key: &str) -> u16 {
    let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
    let crypto = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let versions = ServerConfig::builder_with_provider(crypto).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(versions.with_no_client_auth().with_single_cert(chain, key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let session = ServerConnection::new(config.clone()).unwrap();
            let mut stream = StreamOwned::new(session, stream.unwrap());
            let mut request = [0; 4096];
            // Who does not trust us, or only wants the certificate, asks for nothing.
            if stream.read(&mut request).is_ok_and(|read| read > 0) {
                let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\ntrusted";
                let _gone = stream.write_all(answer);
            }
        }
    });
    port
}

/// The values of all outputs.
pub fn outputs(dir: &Path) -> BTreeMap<String, Value> {
    let shown = expect_exit(stackwright(dir, &["output", "-json"]), 0, "the outputs");
    let outputs: BTreeMap<String, Value> = serde_json::from_str(&shown).unwrap();
    outputs.into_iter().map(|(name, mut output)| (name, output["value"].take())).collect()
}

#[test]
fn a_server_is_trusted_for_the_sake_of_an_authority_of_ones_own() {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path();
    let apply = || stackwright(dir, &["apply", "-auto-approve"]);
    std::fs::write(dir.join("authority.tf"), AUTHORITY).unwrap();
    let said = expect_exit(apply(), 0, "the authority");
    assert!(!said.contains("PRIVATE KEY"), "{said}");
    expect_exit(stackwright(dir, &["plan", "-detailed-exitcode"]), 0, "the plan after it");

    let made = outputs(dir);
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    let port = serve(&text("certificate"), &text("key"));
    std::fs::write(dir.join("client.tf"), client(port, "")).unwrap();
    let refused = finish(apply());
    let why = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(refused.status.code() == Some(1) && why.contains("certificate"), "{why}");

    let trust = "ca_cert_pem = tls_self_signed_cert.authority.cert_pem";
    std::fs::write(dir.join("client.tf"), client(port, trust)).unwrap();
    expect_exit(apply(), 0, "a client that trusts the authority");
    let made = outputs(dir);
    let values = ["body", "same", "issuer"].map(|name| made[name].clone());
    assert_eq!(values, [Value::from("trusted"), true.into(), "CN=Tests".into()]);
    expect_exit(stackwright(dir, &["destroy", "-auto-approve"]), 0, "destroy");
}
