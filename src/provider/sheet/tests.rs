//! What sheets say, and what comes of it.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use model::{AttributeKind, Nesting, Path, Type, Value};

use super::*;
use crate::kit::Bench;
use crate::{CreateClass, Object, PlanRequest, ProviderError, Recovery, ResourceType, fields, propose};

const SHEET: &str = "\
A thing
in two lines.

name required fixed string | Its name.
size optional default=3 number | How large it is.
policy optional policy string | Who may do what.
stamp computed volatile string | Changes with each change.
secret optional sensitive string | Never shown.
tags optional map(string) | Its tags.
parts optional list(object(a:string,b:list(number))) | Its parts.
rule block set 1..2 | Its rules.
  days required number | After how many days.
  note optional string | A note.
extra block list computed | Given by others too.
  id optional computed string | Its id.
timeouts block single | How long things may take.
  create optional string | As `1m`.
";

#[test]
fn a_sheet_is_a_schema_with_its_documentation() {
    let sheet = Sheet::parse(SHEET).unwrap();
    let block = &sheet.schema.block;
    assert_eq!(block.description, "A thing in two lines.");
    let kinds = ["name", "size", "stamp"].map(|name| block.attributes[name].kind);
    assert_eq!(kinds, [AttributeKind::Required, AttributeKind::Optional, AttributeKind::Computed]);
    assert!(block.attributes["secret"].sensitive && block.attributes["size"].defaulted);
    let parts = Type::object([("a", Type::String), ("b", Type::list(Type::Number))]);
    assert_eq!(block.attributes["parts"].ty, Type::list(parts));
    let rule = &block.blocks["rule"];
    assert_eq!((rule.nesting, rule.min_items, rule.max_items), (Nesting::Set, 1, 2));
    assert!(block.blocks["extra"].computed && block.blocks["timeouts"].nesting == Nesting::Single);
    assert_eq!(block.blocks["rule"].block.attributes["days"].description, "After how many days.");
}

#[test]
fn a_block_can_be_like_another_one() {
    let text = format!(
        "{SHEET}many block list | Many.\n  note optional string | A note.\n  rule block list 0..1 like=rule | A rule.\n"
    );
    let sheet = Sheet::parse(&text).unwrap();
    let inner = &sheet.schema.block.blocks["many"].block.blocks["rule"];
    assert_eq!((inner.nesting, inner.max_items), (Nesting::List, 1));
    assert_eq!(inner.block.attributes, sheet.schema.block.blocks["rule"].block.attributes);
    let error = Sheet::parse("A thing.\n\na block list like=b | A.\n").unwrap_err();
    assert!(error.what.contains("no outermost block"), "{}", error.what);
}

#[test]
fn a_data_source_tells_what_a_resource_is() {
    let sheet = Sheet::parse(SHEET).unwrap().told(&["name", "size"]);
    let block = &sheet.schema.block;
    let kinds = ["name", "size", "stamp", "rule"].map(|name| block.attributes[name].kind);
    let (required, optional) = (AttributeKind::Required, AttributeKind::Optional);
    assert_eq!(kinds, [required, optional, AttributeKind::Computed, AttributeKind::Computed]);
    let rule = Type::object([("days", Type::Number), ("note", Type::String)]);
    assert_eq!(block.attributes["rule"].ty, Type::set(rule));
    assert!(block.blocks.is_empty() && !block.attributes.contains_key("timeouts"));
    assert!(sheet.traits.is_empty() && !block.attributes["size"].defaulted);
}

#[test]
fn a_line_that_cannot_be_read_is_named() {
    let wrong = |line: &str, what: &str| {
        let error = Sheet::parse(&format!("A thing.\n\nfine optional string | Fine.\n{line}\n")).unwrap_err();
        assert_eq!(error.line, 4, "{line}");
        assert!(error.what.contains(what), "{line}: {}", error.what);
    };
    wrong("no meaning", "no `|`");
    wrong("name optional text | A name.", "unknown type");
    wrong("name maybe string | A name.", "unknown word");
    wrong("name required optional string | A name.", "must be required");
    wrong("      name optional string | Too deep.", "indented too far");
    wrong("size optional default=many number | A size.", "default of another type");
    wrong("rule block list some | Rules.", "unknown word");
}

/// Things by their names, kept by the test.
#[derive(Clone, Default)]
struct Things(Arc<Mutex<Vec<Fields>>>);

struct Thing;

#[async_trait]
impl Kind for Thing {
    type Client = Things;
    const NAME: &'static str = "test_thing";
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = SHEET;

    async fn create(&self, at: &At<'_, Things>, wanted: Given<'_>) -> Result<Made, KindError> {
        let thing =
            fields! { name: wanted.str("name"), policy: wanted.str("policy").replace('*', "* ").trim() };
        at.client.0.lock().unwrap().push(thing.marked(at.call.ownership.cloned()));
        Ok(fields! { stamp: "made" })
    }

    async fn read(&self, at: &At<'_, Things>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let things = at.client.0.lock().unwrap();
        let name = Value::string(known.str("name"));
        let found = things.iter().find(|thing| thing.get("name") == Some(&name));
        Ok(found
            .map(|thing| thing.clone().with("secret", "").with("tags", std::collections::BTreeMap::new())))
    }

    async fn delete(&self, _: &At<'_, Things>, _: Given<'_>) -> Result<(), KindError> {
        Ok(())
    }
}

const POLICY: &str = r#"{"Statement":[{"Effect":"Allow","Action":["a","b"]}]}"#;
const SAME_POLICY: &str = r#"{"Statement": {"Effect": "Allow", "Action": ["b", "a"]}}"#;

fn config(entries: Fields) -> Value {
    let rule = fields! { days: 1_i64 };
    object(&Sheet::parse(SHEET).unwrap().schema.block, fields! { name: "n", rule: vec![rule] }.and(entries))
        .unwrap()
}

fn planned(prior: Option<&Value>, config: &Value) -> crate::PlannedChange {
    let sheet = Sheet::parse(SHEET).unwrap();
    let proposed = propose(&sheet.schema.block, prior, config);
    let request = PlanRequest { prior, config, proposed: &proposed, private: None };
    Draft::begin(&sheet, request).finish(&sheet)
}

#[test]
fn constants_stand_for_what_is_left_out_and_the_rest_is_known_later() {
    let planned = planned(None, &config(Fields::new())).planned;
    assert_eq!(planned.get("size"), Some(&Value::number(3)));
    assert!(!planned.get("stamp").unwrap().is_known() && !planned.get("extra").unwrap().is_known());
    crate::contract::check_planned(
        &Sheet::parse(SHEET).unwrap().schema.block,
        None,
        &config(Fields::new()),
        &planned,
    )
    .unwrap();
}

#[test]
fn what_means_the_same_is_no_change_and_what_is_fixed_needs_another_object() {
    let before = config(fields! { policy: POLICY, size: 3_i64, stamp: "s", secret: "" });
    let before = known_extra(&before);
    let same = planned(Some(&before), &config(fields! { policy: SAME_POLICY }));
    assert_eq!(same.planned, before);
    let other = planned(Some(&before), &config(fields! { name: "m", policy: POLICY }));
    assert_eq!(other.requires_replace, [Path::of_attr("name")]);
    assert!(!other.planned.get("stamp").unwrap().is_known(), "it changes with each change");
}

fn known_extra(object: &Value) -> Value {
    let tags = Value::map(Type::String, Vec::<(&str, Value)>::new());
    crate::with_attributes(object, [("tags", tags)])
}

#[tokio::test(start_paused = true)]
async fn what_is_read_takes_the_form_that_was_planned() {
    let things = Things::default();
    let mut bench = Bench::new("/");
    bench.client = Arc::new(things.clone());
    let call = bench.call();
    let ty = Typed::new(Thing).unwrap();
    let config = config(fields! { policy: POLICY });
    let planned = planned(None, &config).planned;
    let made = ty.create(call, &planned, &config).await.unwrap();
    assert_eq!(made.value.get("policy"), Some(&Value::string(POLICY)));
    assert!(made.value.get("secret").unwrap().is_null() && made.value.get("tags").unwrap().is_null());
    assert_eq!(made.value.get("stamp"), Some(&Value::string("made")));
    assert_eq!(made.value.get("extra").and_then(Value::as_items).map(<[Value]>::len), Some(0));
    assert_eq!(ty.read(call, &made).await.unwrap(), Some(made.clone()));
    let found = ty.recover(call, &planned).await.unwrap();
    assert!(matches!(found, Recovery::Exists(object) if object.value.get("name") == made.value.get("name")));
    things.0.lock().unwrap()[0].marks = Some(crate::Ownership {
        lineage: "another".into(),
        stack: String::new(),
        environment: String::new(),
        id: String::new(),
    });
    assert_eq!(ty.recover(call, &planned).await.unwrap(), Recovery::Absent);
}

#[tokio::test(start_paused = true)]
async fn a_client_of_another_provider_is_an_error() {
    let bench = Bench::new("/");
    let ty = Typed::new(Thing).unwrap();
    let error: ProviderError = ty.read(bench.call(), &Object::from(config(Fields::new()))).await.unwrap_err();
    assert_eq!(error.summary, "Provider is not configured");
}

#[test]
fn what_is_read_takes_the_planned_form_beside_parts_that_were_not_known() {
    let sheet = Sheet::parse(
        "A.\n\nnet block list 1..1 | A.\n  id computed string | A.\n  groups optional set(string) | A.\n",
    );
    let sheet = sheet.unwrap();
    let net = |id: Value, groups: Value| {
        let net = Value::object([("id", id), ("groups", groups)]);
        Value::object([("net", Value::list(sheet.schema.block.blocks["net"].block.ty(), vec![net]))])
    };
    let none = || Value::null_of(Type::set(Type::String));
    let planned = net(Value::unknown(Type::String), none());
    let read = fields! { net: vec![fields! { id: "1", groups: Vec::<String>::new() }] };
    let settled = shape::merge_over(&sheet, &planned, &planned, read).unwrap();
    assert_eq!(settled, net(Value::string("1"), none()));
}
