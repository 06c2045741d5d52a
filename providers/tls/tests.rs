use std::sync::Arc;

use model::{Str, Type};
use provider::kit::{Bench, Case, check_data_source, check_resource, check_schema};
use provider::{Object, PlanRequest, ResourceType, config_of, propose, text, with_attributes};

use super::*;
use crate::key::PrivateKey;

type Attributes<'a> = &'a [(&'static str, Value)];

fn ty(name: &str) -> Arc<dyn ResourceType> {
    TlsProvider::new().catalog().resources[name].clone()
}

fn s(text: &str) -> Value {
    Value::string(text)
}

fn n(number: i64) -> Value {
    Value::number(number)
}

fn strings(texts: &[&str]) -> Value {
    Value::list(Type::String, texts.iter().map(Value::string).collect())
}

fn config(name: &str, given: Attributes<'_>) -> Value {
    config_of(&ty(name).schema().block, given.iter().cloned())
}

/// A subject with a common name.
fn subject(name: &str) -> (&'static str, Value) {
    let block = cert::subject_block().block;
    ("subject", Value::list(block.ty(), vec![config_of(&block, [("common_name", s(name))])]))
}

fn pem(curve: &str) -> String {
    PrivateKey::generate("ECDSA", 0, curve).unwrap().to_pem().unwrap()
}

/// Plans: what is planned and the attributes that demand replacement.
async fn plan(name: &str, prior: Option<&Value>, given: Attributes<'_>) -> (Value, Vec<String>) {
    let (ty, config) = (ty(name), config(name, given));
    let proposed = propose(&ty.schema().block, prior, &config);
    let request = PlanRequest { prior, config: &config, proposed: &proposed, private: None };
    let change = ty.plan(Bench::new("/").call(), request).await.unwrap();
    (change.planned, change.requires_replace.iter().map(|p| p.to_string()).collect())
}

async fn make(name: &str, given: Attributes<'_>) -> Result<Value, ProviderError> {
    let planned = plan(name, None, given).await.0;
    let made = ty(name).create(Bench::new("/").call(), &planned, &config(name, given)).await;
    made.map(|object| object.value).map_err(|failed| failed.error)
}

/// The certificate of an authority with its key.
async fn authority() -> (String, String) {
    let key = pem("P256");
    let given = [
        ("private_key_pem", s(&key)),
        subject("CA"),
        ("validity_period_hours", n(24)),
        ("is_ca_certificate", Value::bool(true)),
        ("allowed_uses", strings(&["cert_signing"])),
    ];
    let made = make("tls_self_signed_cert", &given).await.unwrap();
    (text(&made, "cert_pem").unwrap().into(), key)
}

async fn request() -> String {
    let given = [("private_key_pem", s(&pem("P384"))), ("dns_names", strings(&["example.com"]))];
    text(&make("tls_cert_request", &given).await.unwrap(), "cert_request_pem").unwrap().into()
}

#[tokio::test]
async fn resource_types_keep_the_contract() {
    let (certificate, key) = authority().await;
    let hours = |hours: i64| ("validity_period_hours", n(hours));
    let uses = ("allowed_uses", strings(&["server_auth", "digital_signature"]));
    let own = ("private_key_pem", s(&key));
    let signed = [
        ("ca_cert_pem", s(&certificate)),
        ("ca_private_key_pem", s(&key)),
        ("cert_request_pem", s(&request().await)),
        uses.clone(),
        hours(1),
    ];
    let hidden = [("private_key_pem_wo", s(&key)), ("private_key_pem_wo_version", n(1))];
    let all: [(&str, Vec<_>, Vec<_>); 6] = [
        ("tls_private_key", vec![("algorithm", s("ECDSA"))], vec![("algorithm", s("ED25519"))]),
        ("tls_private_key", vec![("algorithm", s("RSA"))], vec![("algorithm", s("RSA"))]),
        ("tls_cert_request", vec![own.clone()], vec![own.clone(), subject("a")]),
        ("tls_cert_request", hidden.to_vec(), vec![hidden[0].clone(), ("private_key_pem_wo_version", n(2))]),
        (
            "tls_self_signed_cert",
            vec![own.clone(), uses.clone(), hours(1)],
            vec![own, uses, hours(1), ("early_renewal_hours", n(0)), ("uris", strings(&["spiffe://a/b"]))],
        ),
        ("tls_locally_signed_cert", signed.to_vec(), [&signed[..], &[("max_path_length", n(0))]].concat()),
    ];
    for (name, before, after) in all {
        let case = Case::new(name, config(name, &before)).then(config(name, &after));
        assert_eq!(check_resource(&*ty(name), &Bench::new("/"), &[case]).await, vec![]);
    }
}

#[tokio::test]
async fn data_sources_and_ephemeral_resources_keep_the_contract() {
    let provider = TlsProvider::new();
    let catalog = provider.catalog();
    let (certificate, key) = authority().await;
    let of = |name: &str, given: Attributes<'_>| {
        config_of(&catalog.data_sources[name].schema().block, given.iter().cloned())
    };
    let cases = [
        ("tls_public_key", of("tls_public_key", &[("private_key_pem", s(&key))])),
        ("tls_certificate", of("tls_certificate", &[("content", s(&certificate))])),
    ];
    for (name, config) in cases {
        let found = check_data_source(&*catalog.data_sources[name], &Bench::new("/"), &[config]).await;
        assert_eq!(found, vec![]);
    }
    for ephemeral in catalog.ephemerals.values() {
        assert_eq!(check_schema(ephemeral.schema()), Vec::<String>::new());
    }
    let ephemeral = &catalog.ephemerals["tls_private_key"];
    let config = config_of(&ephemeral.schema().block, [("algorithm", s("ED25519"))]);
    let opened = ephemeral.open(Bench::new("/").call(), &config).await.unwrap().value;
    assert!(opened.is_wholly_known() && text(&opened, "private_key_pem").unwrap().contains("PRIVATE KEY"));
}

#[test]
fn keys_are_sensitive_wherever_they_stand() {
    let provider = TlsProvider::new();
    let catalog = provider.catalog();
    let resources = catalog.resources.values().map(|t| t.schema());
    let sources = catalog.data_sources.values().map(|t| t.schema());
    let ephemerals = catalog.ephemerals.values().map(|t| t.schema());
    for schema in resources.chain(sources).chain(ephemerals) {
        for (name, attribute) in &schema.block.attributes {
            let is_key = name.contains("private_key") && !name.ends_with("version");
            assert!(attribute.sensitive == is_key, "{name}");
        }
    }
}

#[tokio::test]
async fn a_certificate_is_made_anew_when_its_time_is_nearly_over() {
    let key = pem("P256");
    let given = |early: i64| {
        let uses = ("allowed_uses", strings(&[]));
        [
            ("private_key_pem", s(&key)),
            uses,
            ("validity_period_hours", n(10)),
            ("early_renewal_hours", n(early)),
        ]
    };
    let made = make("tls_self_signed_cert", &given(3)).await.unwrap();
    assert_eq!(text(&made, "validity_start_time"), Some("2023-11-14T22:13:20Z"));
    assert_eq!(text(&made, "validity_end_time"), Some("2023-11-15T08:13:20Z"));
    assert_eq!(plan("tls_self_signed_cert", Some(&made), &given(3)).await, (made.clone(), vec![]));
    let (planned, replaces) = plan("tls_self_signed_cert", Some(&made), &given(9)).await;
    assert_eq!((planned.get("early_renewal_hours"), replaces), (Some(&n(9)), vec![]));

    let almost = with_attributes(&made, [("early_renewal_hours", n(10))]);
    assert_eq!(plan("tls_self_signed_cert", Some(&almost), &given(10)).await.1, [".ready_for_renewal"]);
    let object: Object = almost.into();
    let read = ty("tls_self_signed_cert").read(Bench::new("/").call(), &object).await.unwrap().unwrap();
    assert_eq!(read.value.get("ready_for_renewal"), Some(&Value::bool(true)));
}

#[tokio::test]
async fn what_older_versions_stored_is_no_reason_to_replace() {
    let key = pem("P256");
    let given =
        [("private_key_pem", s(&key)), ("validity_period_hours", n(10)), ("allowed_uses", strings(&[]))];
    let made = make("tls_self_signed_cert", &given).await.unwrap();
    let digest = with_attributes(&made, [("private_key_pem", s("0fa3"))]);
    let unset = with_attributes(&made, [("max_path_length", Value::null_of(Type::Number))]);
    for older in [digest, unset] {
        let (planned, replaces) = plan("tls_self_signed_cert", Some(&older), &given).await;
        assert_eq!((planned.get("private_key_pem"), replaces), (Some(&s(&key)), vec![]));
    }
    let other = [("private_key_pem", s(&pem("P256"))), given[1].clone(), given[2].clone()];
    assert_eq!(plan("tls_self_signed_cert", Some(&made), &other).await.1, [".private_key_pem"]);
}

#[test]
fn keys_of_version_0_get_the_forms_that_they_lack() {
    let key = pem("P256");
    let stored = serde_json::json!({"algorithm": "ECDSA", "private_key_pem": key, "id": "old"}).to_string();
    let upgraded = ty("tls_private_key").upgrade(0, &stored).unwrap();
    let upgraded: serde_json::Value = serde_json::from_str(&upgraded).unwrap();
    assert_eq!((&upgraded["private_key_pem"], &upgraded["id"]), (&key.into(), &"old".into()));
    assert!(upgraded["private_key_openssh"].as_str().unwrap().starts_with("-----BEGIN OPENSSH"));
    assert!(upgraded["public_key_fingerprint_sha256"].as_str().unwrap().starts_with("SHA256:"));
    assert!(ty("tls_private_key").upgrade(2, "{}").is_err());
}

#[tokio::test]
async fn wrong_arguments_are_refused_without_quoting_keys() {
    let (certificate, key) = authority().await;
    let rotten = "-----BEGIN EC PRIVATE KEY-----\naHVzaA==\n-----END EC PRIVATE KEY-----\n";
    let own = |more: Attributes<'_>| [&[("private_key_pem", s(&key))], more].concat();
    let hours = ("validity_period_hours", n(1));
    let signing = |certificate: &str, key: &str| {
        vec![
            ("ca_cert_pem", s(certificate)),
            ("ca_private_key_pem", s(key)),
            ("allowed_uses", strings(&[])),
            hours.clone(),
        ]
    };
    let cases = [
        ("tls_private_key", vec![("algorithm", s("DSA"))], "must be one of: [\"ECDSA\" \"ED25519\" \"RSA\"]"),
        (
            "tls_private_key",
            vec![("algorithm", s("RSA")), ("rsa_bits", n(1024))],
            "[2048 3072 4096 8192], got: 1024",
        ),
        (
            "tls_private_key",
            vec![("algorithm", s("ECDSA")), ("ecdsa_curve", s("P1"))],
            "\"P521\"], got: \"P1\"",
        ),
        ("tls_cert_request", vec![], "Exactly one of these attributes must be configured"),
        ("tls_cert_request", vec![("private_key_pem_wo", s(&key))], "must be configured together"),
        ("tls_cert_request", vec![("private_key_pem", s(rotten))], "it is no \"EC PRIVATE KEY\" of a kind"),
        ("tls_cert_request", vec![("private_key_pem", s("hush"))], "it is not in PEM form"),
        (
            "tls_cert_request",
            own(&[("ip_addresses", strings(&["1.2.3"]))]),
            "\"1.2.3\" in ip_addresses is none",
        ),
        ("tls_cert_request", own(&[("uris", strings(&["a b"]))]), "\"a b\" in uris is none"),
        ("tls_self_signed_cert", own(&[("validity_period_hours", n(-1))]), "must be at least 0, got: -1"),
        (
            "tls_self_signed_cert",
            own(&[("allowed_uses", strings(&["all"])), hours.clone()]),
            "\"all\" in allowed_uses",
        ),
        (
            "tls_locally_signed_cert",
            signing("x", &key),
            "The argument ca_cert_pem cannot be used: it is not in PEM form",
        ),
        (
            "tls_locally_signed_cert",
            signing(&key, &key),
            "it is a \"EC PRIVATE KEY\"; a \"CERTIFICATE\" is required",
        ),
        ("tls_locally_signed_cert", signing(&certificate, &key), ""),
    ];
    for (name, given, expected) in cases {
        let said =
            ty(name).validate(&config(name, &given)).first().map_or(String::new(), |e| e.detail.clone());
        assert!(
            said.contains(expected) && said.is_empty() == expected.is_empty(),
            "{name} {given:?}: {said}"
        );
        assert!(!said.contains("aHVzaA") && !said.contains("hush"), "{said}");
    }
}

#[tokio::test]
async fn authorities_need_a_name_and_their_own_key() {
    let (certificate, key) = authority().await;
    let plain = [
        ("private_key_pem", s(&key)),
        ("validity_period_hours", n(1)),
        ("allowed_uses", strings(&[])),
        ("is_ca_certificate", Value::bool(true)),
    ];
    let nameless = make("tls_self_signed_cert", &plain).await.unwrap_err();
    assert!(nameless.detail.contains("needs a subject"), "{nameless}");
    let request = request().await;
    let by = |certificate: &str, key: &str| {
        [
            ("ca_cert_pem", s(certificate)),
            ("ca_private_key_pem", s(key)),
            ("cert_request_pem", s(&request)),
            ("validity_period_hours", n(1)),
            ("allowed_uses", strings(&[])),
        ]
    };
    let stranger = make("tls_locally_signed_cert", &by(&certificate, &pem("P256"))).await.unwrap_err();
    assert!(stranger.detail.contains("it is not the key of the certificate"), "{stranger}");
    let leaf = make("tls_locally_signed_cert", &by(&certificate, &key)).await.unwrap();
    let warned = by(text(&leaf, "cert_pem").unwrap(), &key);
    let warnings = ty("tls_locally_signed_cert").validate(&config("tls_locally_signed_cert", &warned));
    assert!(
        warnings.iter().all(|w| w.warning && w.detail.contains("not that of an authority")),
        "{warnings:?}"
    );
    assert_eq!(warnings.len(), 1);
}

#[test]
fn types_of_objects_within_have_their_names() {
    let catalog = TlsProvider::new().catalog().clone();
    let described = &catalog.data_sources["tls_certificate"].schema().block.attributes["certificates"];
    let Type::List(element) = &described.ty else { panic!("{:?}", described.ty) };
    let Type::Object(object) = &**element else { panic!("{element:?}") };
    assert!(object.attributes.contains_key(&Str::from("sha1_fingerprint")));
}
