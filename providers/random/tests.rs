use std::sync::Arc;

use super::*;
use model::{Type, Value};
use provider::kit::{Bench, Case, check_resource, check_schema};
use provider::{Object, PlanRequest, ResourceType, config_of, propose, text};

fn ty(name: &str) -> Arc<dyn ResourceType> {
    RandomProvider::new().catalog().resources[name].clone()
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

fn keepers(entries: &[(&'static str, &str)]) -> Value {
    Value::map(Type::String, entries.iter().map(|(k, v)| (*k, s(v))))
}

type Config = Vec<(&'static str, Value)>;

fn config(name: &str, given: &Config) -> Value {
    config_of(&ty(name).schema().block, given.clone())
}

/// Plans: what is planned and the names of the attributes that demand replacement.
async fn plan(name: &str, prior: Option<&Value>, given: &Config) -> (Value, Vec<String>) {
    let (ty, config) = (ty(name), config(name, given));
    let proposed = propose(&ty.schema().block, prior, &config);
    let request = PlanRequest { prior, config: &config, proposed: &proposed, private: None };
    let change = ty.plan(Bench::new("/").call(), request).await.unwrap();
    (change.planned, change.requires_replace.iter().map(|p| p.to_string()).collect())
}

async fn make(bench: &Bench, name: &str, given: Config) -> Value {
    let planned = plan(name, None, &given).await.0;
    ty(name).create(bench.call(), &planned, &config(name, &given)).await.unwrap().value
}

fn string(object: &Value, name: &str) -> String {
    text(object, name).unwrap().to_owned()
}

#[tokio::test]
async fn every_type_keeps_the_contract() {
    let length = || ("length", n(12));
    let all: [(&str, Config, Config); 9] = [
        ("random_bytes", vec![("length", n(4))], vec![("length", n(5))]),
        ("random_id", vec![("byte_length", n(8))], vec![("byte_length", n(8)), ("prefix", s("p-"))]),
        ("random_integer", vec![("min", n(1)), ("max", n(6))], vec![("min", n(1)), ("max", n(1))]),
        ("random_password", vec![length()], vec![length(), ("special", Value::bool(false))]),
        ("random_pet", vec![], vec![("length", n(3))]),
        ("random_shuffle", vec![("input", strings(&["a", "b"]))], vec![("input", strings(&[]))]),
        ("random_string", vec![length()], vec![length(), ("numeric", Value::bool(false))]),
        ("random_uuid", vec![], vec![("keepers", keepers(&[("a", "1")]))]),
        ("random_uuid", vec![], vec![("keepers", keepers(&[]))]),
    ];
    for (name, before, after) in all {
        let case = Case::new(name, config(name, &before)).then(config(name, &after));
        assert_eq!(check_resource(&*ty(name), &Bench::new("/"), &[case]).await, vec![]);
    }
}

#[tokio::test]
async fn keepers_demand_a_new_value_when_they_change() {
    let bench = Bench::new("/");
    let object = make(&bench, "random_uuid", vec![("keepers", keepers(&[("a", "1")]))]).await;
    let bare = make(&bench, "random_uuid", vec![]).await;
    let null = || Value::map(Type::String, [("a", Value::null_of(Type::String))]);
    let unknown = || Value::unknown(Type::map(Type::String));
    let cases = [
        (&object, keepers(&[("a", "1")]), false),
        (&object, keepers(&[("a", "2")]), true),
        (&object, keepers(&[("a", "1"), ("b", "1")]), true),
        (&object, null(), true),
        (&object, unknown(), true),
        (&bare, keepers(&[]), false),
        (&bare, null(), false),
        (&bare, keepers(&[("a", "1")]), true),
    ];
    for (prior, after, replaces) in cases {
        let (planned, paths) = plan("random_uuid", Some(prior), &vec![("keepers", after.clone())]).await;
        assert_eq!(paths.is_empty(), !replaces, "{after:?}");
        assert_eq!(planned.is_wholly_known(), !replaces, "{after:?}");
    }
}

#[tokio::test]
async fn an_id_has_the_same_bytes_in_every_form() {
    let given = vec![("byte_length", n(3)), ("prefix", s("p-"))];
    let object = make(&Bench::new("/"), "random_id", given).await;
    let hex = string(&object, "hex");
    let number = u32::from_str_radix(hex.strip_prefix("p-").unwrap(), 16).unwrap();
    assert_eq!(string(&object, "dec"), format!("p-{number}"));
    assert_eq!(string(&object, "b64_url"), format!("p-{}", string(&object, "id")));
    assert_eq!((hex.len(), string(&object, "b64_std").len()), (8, 6));
}

#[tokio::test]
async fn numbers_stay_in_their_range() {
    let bench = Bench::new("/");
    let cases = [(1, 6), (5, 5), (-3, -1), (i64::MIN, i64::MAX)];
    for (min, max) in cases {
        for _ in 0..50 {
            let object = make(&bench, "random_integer", vec![("min", n(min)), ("max", n(max))]).await;
            let result = object.get("result").unwrap().as_number().unwrap().to_i64().unwrap();
            assert!((min..=max).contains(&result));
            assert_eq!(string(&object, "id"), result.to_string());
        }
    }
}

#[tokio::test]
async fn a_seed_always_gives_the_same() {
    let bench = Bench::new("/");
    let words = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let cases: [(&str, Config); 2] = [
        ("random_integer", vec![("min", n(0)), ("max", n(1_000_000)), ("seed", s("x"))]),
        ("random_shuffle", vec![("input", strings(&words)), ("seed", s("x"))]),
    ];
    for (name, given) in cases {
        let first = make(&bench, name, given.clone()).await;
        assert_eq!(make(&bench, name, given.clone()).await, first);
        let other = given.into_iter().map(|(k, v)| if k == "seed" { (k, s("y")) } else { (k, v) }).collect();
        assert_ne!(make(&bench, name, other).await.get("result"), first.get("result"));
    }
}

#[tokio::test]
async fn a_shuffle_repeats_elements_only_after_all_have_come() {
    for (count, expected) in [(None, 3), (Some(0), 0), (Some(2), 2), (Some(7), 7)] {
        let mut given = vec![("input", strings(&["a", "b", "c"]))];
        given.extend(count.map(|c| ("result_count", n(c))));
        let object = make(&Bench::new("/"), "random_shuffle", given).await;
        let result = object.get("result").unwrap().as_items().unwrap();
        assert_eq!(result.len(), expected);
        let mut first: Vec<_> = result.iter().take(3).map(|v| v.as_str().unwrap().clone()).collect();
        first.sort();
        first.dedup();
        assert_eq!(first.len(), expected.min(3));
    }
}

#[tokio::test]
async fn text_has_the_characters_that_were_asked_for() {
    let bench = Bench::new("/");
    let off = |name| (name, Value::bool(false));
    let digits_only = vec![("length", n(20)), off("lower"), off("upper"), off("special")];
    assert!(
        string(&make(&bench, "random_string", digits_only).await, "result")
            .bytes()
            .all(|b| b.is_ascii_digit())
    );
    let dashes =
        vec![("length", n(9)), off("lower"), off("upper"), off("number"), ("override_special", s("-"))];
    assert_eq!(string(&make(&bench, "random_string", dashes).await, "result"), "---------");
    let least = ["min_lower", "min_upper", "min_numeric", "min_special"].map(|name| (name, n(2)));
    let each = make(&bench, "random_password", least.into_iter().chain([("length", n(8))]).collect()).await;
    let password = string(&each, "result");
    for kind in
        [|c: char| c.is_ascii_lowercase(), |c: char| c.is_ascii_uppercase(), |c: char| c.is_ascii_digit()]
    {
        assert_eq!(password.chars().filter(|c| kind(*c)).count(), 2);
    }
}

#[tokio::test]
async fn a_password_is_secret_and_has_its_hash() {
    let object = make(&Bench::new("/"), "random_password", vec![("length", n(80))]).await;
    let (password, hash) = (string(&object, "result"), string(&object, "bcrypt_hash"));
    assert!(hash.starts_with("$2a$10$") && bcrypt::verify(&password.as_bytes()[..72], &hash).unwrap());
    assert_eq!(string(&object, "id"), "none");
    let schema = ty("random_password").schema().clone();
    let secret = schema.block.attributes.iter().filter(|(_, a)| a.sensitive).map(|(n, _)| &**n);
    assert_eq!(secret.collect::<Vec<_>>(), ["bcrypt_hash", "result"]);
}

#[tokio::test]
async fn pets_have_as_many_words_as_wanted() {
    let cases: [(Config, usize); 3] = [
        (vec![], 2),
        (vec![("length", n(4)), ("separator", s("_"))], 4),
        (vec![("length", n(1)), ("prefix", s("my"))], 2),
    ];
    for (given, expected) in cases {
        let separator = if given.len() == 2 && given[1].0 == "separator" { '_' } else { '-' };
        let id = string(&make(&Bench::new("/"), "random_pet", given).await, "id");
        assert_eq!(id.split(separator).count(), expected, "{id}");
    }
}

#[test]
fn there_are_enough_words_and_none_twice() {
    for list in [words::ADVERBS, words::ADJECTIVES, words::NAMES] {
        assert!(list.len() >= 100 && list.is_sorted_by(|a, b| a < b));
    }
}

#[test]
fn wrong_arguments_are_refused() {
    let length = |l| ("length", n(l));
    let sum = "Attribute length value must be at least sum of min_upper + min_lower + min_numeric + min_special, got: 3";
    let off = |name| (name, Value::bool(false));
    let cases: [(&str, Config, &str); 9] = [
        ("random_id", vec![("byte_length", n(0))], "Attribute byte_length value must be at least 1, got: 0"),
        (
            "random_integer",
            vec![("min", n(2)), ("max", n(1))],
            "The minimum (min) value needs to be smaller than or equal to maximum (max) value.",
        ),
        ("random_password", vec![length(3), ("min_lower", n(2)), ("min_upper", n(2))], sum),
        ("random_string", vec![length(0)], "Attribute length value must be at least 1, got: 0"),
        (
            "random_string",
            vec![length(1), ("number", Value::bool(true)), off("numeric")],
            "The arguments number and numeric are two names for the same, and have different values.",
        ),
        (
            "random_string",
            vec![length(1), off("lower"), off("upper"), off("special"), off("numeric")],
            "No kind of character may occur. Permit one of lower, upper, numeric and special.",
        ),
        (
            "random_shuffle",
            vec![("input", strings(&[])), ("result_count", n(-1))],
            "Attribute result_count value must be at least 0, got: -1",
        ),
        ("random_pet", vec![("length", n(0))], "Attribute length value must be at least 1, got: 0"),
        ("random_password", vec![("length", Value::unknown(Type::Number)), ("min_lower", n(5))], ""),
    ];
    for (name, given, expected) in cases {
        let errors = ty(name).validate(&config(name, &given));
        assert_eq!(errors.iter().map(|e| &*e.detail).collect::<Vec<_>>().join("; "), expected);
    }
}

#[tokio::test]
async fn what_is_imported_needs_no_change() {
    let uuid = "0A1b2c3d-0000-4000-8000-123456789abc";
    let cases: [(&str, &str, Config, (&str, &str)); 7] = [
        ("random_bytes", "AP8=", vec![("length", n(2))], ("hex", "00ff")),
        ("random_id", "_w", vec![("byte_length", n(1))], ("dec", "255")),
        ("random_id", "a,b,_w", vec![("byte_length", n(1)), ("prefix", s("a,b"))], ("hex", "a,bff")),
        ("random_integer", "3,1,5,x", vec![("min", n(1)), ("max", n(5)), ("seed", s("x"))], ("id", "3")),
        ("random_password", "s3cret", vec![("length", n(6))], ("result", "s3cret")),
        ("random_string", "text", vec![("length", n(4))], ("id", "text")),
        ("random_uuid", uuid, vec![], ("result", "0a1b2c3d-0000-4000-8000-123456789abc")),
    ];
    for (name, id, given, (attribute, expected)) in cases {
        let imported: Object = ty(name).import(Bench::new("/").call(), id).await.unwrap();
        assert!(imported.value.is_wholly_known());
        assert_eq!(string(&imported.value, attribute), expected);
        assert_eq!(plan(name, Some(&imported.value), &given).await, (imported.value, vec![]), "{name}");
    }
}

#[tokio::test]
async fn bad_identifiers_are_refused() {
    let cases = [
        ("random_bytes", "?"),
        ("random_id", "?"),
        ("random_integer", "1,2"),
        ("random_integer", "a,1,2"),
        ("random_uuid", "0a1b"),
        ("random_pet", "brave-otter"),
        ("random_shuffle", "-"),
    ];
    for (name, id) in cases {
        assert!(ty(name).import(Bench::new("/").call(), id).await.is_err(), "{name} {id}");
    }
}

#[test]
fn older_stored_forms_are_brought_forward() {
    let upgraded =
        ty("random_password").upgrade(1, r#"{"length":4,"number":false,"result":"abcd"}"#).unwrap();
    assert_eq!(upgraded, r#"{"length":4,"number":false,"result":"abcd","numeric":false}"#);
    assert!(ty("random_password").upgrade(4, "{}").is_err());
}

#[tokio::test]
async fn an_ephemeral_password_is_made_as_asked_for_each_time() {
    let catalog = RandomProvider::new().catalog().ephemerals.clone();
    let ephemeral = &catalog["random_password"];
    assert_eq!(check_schema(ephemeral.schema()), Vec::<String>::new());
    let off = |name| (name, Value::bool(false));
    let of = |given: Config| config_of(&ephemeral.schema().block, given);
    let config =
        of(vec![("length", n(20)), off("lower"), off("upper"), off("special"), ("min_numeric", n(3))]);
    assert_eq!(ephemeral.validate(&config), vec![]);
    let bench = Bench::new("/");
    let one = ephemeral.open(bench.call(), &config).await.unwrap().value;
    let other = ephemeral.open(bench.call(), &config).await.unwrap().value;
    assert!(one.is_wholly_known());
    assert!(string(&one, "result").len() == 20 && string(&one, "result").bytes().all(|b| b.is_ascii_digit()));
    assert!(string(&one, "bcrypt_hash").starts_with("$2a$10$"));
    assert_ne!(string(&one, "result"), string(&other, "result"));
    let short = of(vec![("length", n(2)), ("min_numeric", n(3))]);
    assert_eq!(ephemeral.validate(&short).len(), 1);
    assert!(ephemeral.open(bench.call(), &short).await.is_err());
}
