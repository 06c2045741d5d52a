//! Golden tests: each `cases/NAME.json` describes a plan, `cases/NAME.txt` is how people see it, `cases/NAME.md` how a pull
//! request does. `STACKWRIGHT_BLESS=1` rewrites the latter.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use model::schema::{Block, NestedBlock, Nesting};
use model::{Path, ProviderAddr, Schema, Str, Type, Value};
use plan::{Action, Change, Importing, Mode, OutputChange, Plan, Reason, ReplaceOrder};
use serde_json::Value as Json;

use super::{Look, human};
use crate::render::text::Screen;

/// Values in cases: `"$unknown"`, `{"$sensitive": v}`, `{"$map": {}}`, `{"$list": []}`, `{"$set": []}`, plain JSON.
pub(in crate::render) fn value(json: &Json) -> Value {
    let each = |items: &Json| items.as_array().unwrap().iter().map(value).collect::<Vec<Value>>();
    let element = |items: &[Value]| items.first().map_or(Type::String, Value::ty);
    match json {
        Json::Null => Value::null(),
        Json::Bool(b) => Value::bool(*b),
        Json::Number(n) => Value::number(model::Number::parse(&n.to_string()).unwrap()),
        Json::String(s) if s == "$unknown" => Value::dynamic(),
        Json::String(s) => Value::string(s),
        Json::Array(_) => Value::tuple(each(json)),
        Json::Object(map) => match map.iter().next() {
            Some((key, inner)) if key == "$sensitive" => value(inner).sensitive(),
            Some((key, inner)) if key == "$list" => Value::list(element(&each(inner)), each(inner)),
            Some((key, inner)) if key == "$set" => Value::set(element(&each(inner)), each(inner)),
            Some((key, inner)) if key == "$map" => {
                let entries: Vec<(String, Value)> =
                    inner.as_object().unwrap().iter().map(|(k, v)| (k.clone(), value(v))).collect();
                Value::map(entries.first().map_or(Type::String, |(_, v)| v.ty()), entries)
            }
            _ => Value::object(map.iter().map(|(k, v)| (k.as_str(), value(v)))),
        },
    }
}

/// Without schemas and reasons.
const PLAIN: Look = Look { schemas: &|_, _| None, note: &|_| None, screen: &Screen::PLAIN };

fn action(name: &str) -> Action {
    match name {
        "no-op" => Action::NoOp,
        "create" => Action::Create,
        "read" => Action::Read,
        "update" => Action::Update,
        "replace" => Action::Replace(ReplaceOrder::DeleteFirst),
        "create-first" => Action::Replace(ReplaceOrder::CreateFirst),
        "delete" => Action::Delete,
        "forget" => Action::Forget,
        other => panic!("{other}"),
    }
}

const REASONS: &[Reason] = &[
    Reason::ReplaceBecauseTainted,
    Reason::ReplaceByRequest,
    Reason::ReplaceByTriggers,
    Reason::ReplaceBecauseCannotUpdate,
    Reason::DeleteBecauseNoResourceConfig,
    Reason::DeleteBecauseNoModule,
    Reason::DeleteBecauseWrongRepetition,
    Reason::DeleteBecauseCountIndex,
    Reason::DeleteBecauseEachKey,
    Reason::DeleteBecauseNoMoveTarget,
    Reason::DeleteBecauseDisabled,
    Reason::ReadBecauseConfigUnknown,
    Reason::ReadBecauseDependencyPending,
    Reason::ReadBecauseCheckNested,
];

pub(in crate::render) fn change(json: &Json) -> Change {
    let text = |name: &str| json[name].as_str();
    let path = |p: &Json| {
        p.as_array().unwrap().iter().fold(Path::root(), |path, step| match step {
            Json::String(s) => path.attr(s.as_str()),
            other => path.index(value(other)),
        })
    };
    Change {
        address: text("address").unwrap().parse().unwrap(),
        previous_address: text("previous").map(|p| p.parse().unwrap()),
        deposed: text("deposed").map(Str::from),
        provider: ProviderAddr::builtin_terraform(),
        provider_config: "".into(),
        action: action(text("action").unwrap()),
        reason: text("reason").map(|r| *REASONS.iter().find(|x| x.as_str() == r).unwrap()),
        before: value(&json["before"]),
        after: value(&json["after"]),
        replace_paths: json["replace"].as_array().into_iter().flatten().map(path).collect(),
        importing: text("import").map(|id| Importing { id: id.into(), is_sensitive: false }),
        generated_config: None,
        create_before_destroy: false,
        reads: Arc::from([]),
    }
}

fn output(json: &Json) -> OutputChange {
    OutputChange {
        action: action(json["action"].as_str().unwrap()),
        before: value(&json["before"]),
        after: value(&json["after"]),
        sensitive: json["sensitive"].as_bool().unwrap_or(false),
    }
}

pub(in crate::render) fn plan_of(json: &Json) -> Plan {
    let list = |name: &str| json[name].as_array().into_iter().flatten().map(change).collect();
    let outputs = json["outputs"].as_object().into_iter().flatten();
    Plan {
        mode: match json["mode"].as_str() {
            Some("destroy") => Mode::Destroy,
            Some("refresh-only") => Mode::RefreshOnly,
            _ => Mode::Normal,
        },
        lineage: String::new(),
        serial: 0,
        timestamp: String::new(),
        variables: BTreeMap::new(),
        drift: list("drift"),
        changes: list("changes"),
        outputs: outputs.map(|(name, o)| (name.as_str().into(), output(o))).collect(),
        checks: Vec::new(),
        steps: Vec::new(),
        refreshed: Arc::default(),
        prior: Arc::default(),
        prevent_destroy: BTreeSet::new(),
        targets: Vec::new(),
        errored: json["errored"].as_bool().unwrap_or(false),
        complete: true,
        deferred: Vec::new(),
        findings: Vec::new(),
        lists: Vec::new(),
    }
}

/// `{"ingress": "list", "timeouts": {"nesting": "single", "blocks": {...}}}`
pub(in crate::render) fn block(json: &Json) -> Block {
    let blocks = json.as_object().into_iter().flatten();
    blocks.fold(Block::default(), |block, (name, nested)| {
        let nesting = match nested["nesting"].as_str().or(nested.as_str()).unwrap() {
            "single" => Nesting::Single,
            "list" => Nesting::List,
            "set" => Nesting::Set,
            "map" => Nesting::Map,
            other => panic!("{other}"),
        };
        block.block(name, NestedBlock { nesting, ..NestedBlock::list(self::block(&nested["blocks"])) })
    })
}

fn check(case: &FilePath) -> Result<(), String> {
    compare(case, "txt", |plan, look| human(plan, &Look { screen: &Screen::PLAIN, ..*look }))
}

/// Compares what a recorded plan is rendered to with the file of this extension beside it.
pub(in crate::render) fn compare(
    case: &FilePath,
    extension: &str,
    render: impl Fn(&Plan, &Look) -> String,
) -> Result<(), String> {
    let json: Json = serde_json::from_str(&std::fs::read_to_string(case).unwrap()).unwrap();
    let schema = Arc::new(Schema::new(block(&json["blocks"])));
    let schemas = |_: &_, _: &_| Some(schema.clone());
    let got = render(&plan_of(&json), &Look { schemas: &schemas, note: &|_| None, screen: &Screen::DIFF });
    let golden = case.with_extension(extension);
    if std::env::var_os("STACKWRIGHT_BLESS").is_some() {
        std::fs::write(&golden, &got).unwrap();
    }
    let expected = std::fs::read_to_string(&golden).unwrap_or_default();
    if got == expected { Ok(()) } else { Err(format!("{}:\n{got}", case.display())) }
}

#[test]
fn plans_look_as_recorded() {
    check_all(check);
}

/// Checks every recorded plan.
pub(in crate::render) fn check_all(check: impl Fn(&FilePath) -> Result<(), String>) {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("render/plan/cases");
    let mut cases: Vec<PathBuf> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    cases.retain(|c| c.extension().is_some_and(|e| e == "json"));
    cases.sort();
    assert!(!cases.is_empty());
    let failed: Vec<String> = cases.iter().filter_map(|c| check(c).err()).collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn no_secret_is_shown() {
    let secret =
        |s: &str| Value::object([("a", Value::string(s)), ("b", Value::tuple(vec![Value::string(s)]))]);
    let hide = |s: &str| {
        Value::object([
            ("one", Value::string(s).sensitive()),
            ("deep", Value::object([("in", secret(s).sensitive())])),
            ("list", Value::tuple(vec![Value::string(s).sensitive()])),
            ("was", Value::string("public")),
        ])
    };
    for action_name in ["create", "update", "delete", "replace", "forget", "no-op"] {
        let mut change = change(&serde_json::json!({"address": "a.b", "action": action_name, "import": "x"}));
        (change.before, change.after) = (hide("hunter2"), hide("hunter3"));
        let shown = super::change(&change, &PLAIN);
        assert!(!shown.contains("hunter"), "{shown}");
    }
}

#[test]
fn ten_thousand_elements_are_rendered_at_once() {
    let list = |from: i64| Value::tuple((from..from + 10_000).map(Value::number).collect());
    let mut change = change(&serde_json::json!({"address": "a.b", "action": "update"}));
    change.before = Value::object([("list", list(0))]);
    change.after = Value::object([("list", list(100_000))]);
    assert!(super::change(&change, &PLAIN).lines().count() > 10_000);
}
