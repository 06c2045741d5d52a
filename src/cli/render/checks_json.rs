//! The `checks` section of plan and state documents.

use plan::{CheckKind, CheckResult, CheckStatus};
use serde_json::{Map, Value as Json};

/// The section for a plan's results, ordered by address.
pub(super) fn of_plan(results: &[CheckResult]) -> Vec<Json> {
    let mut sorted: Vec<&CheckResult> = results.iter().collect();
    sorted.sort_by(|a, b| a.address.cmp(&b.address));
    sorted.into_iter().map(of_result).collect()
}

fn of_result(result: &CheckResult) -> Json {
    let kind = match result.kind {
        CheckKind::Resource => "resource",
        CheckKind::OutputValue => "output_value",
        CheckKind::Check => "check",
        CheckKind::InputVariable => "var",
    };
    let instances = result.instances.iter().map(|(module, address, status, messages)| Instance {
        module: module.to_string(),
        address: address.clone(),
        status: status_name(*status).to_owned(),
        messages: messages.clone(),
    });
    object(kind, &result.address, status_name(result.status), instances.collect())
}

fn status_name(status: CheckStatus) -> &'static str {
    match status {
        CheckStatus::Pass => "pass",
        CheckStatus::Fail => "fail",
        CheckStatus::Error => "error",
        CheckStatus::Unknown => "unknown",
    }
}

/// The section for the results that a state records, ordered by address. What cannot be read is left out.
pub(super) fn of_state(recorded: &str) -> Vec<Json> {
    let Ok(Json::Array(mut results)) = serde_json::from_str::<Json>(recorded) else { return Vec::new() };
    results.sort_by(|a, b| text(a, "config_addr").cmp(text(b, "config_addr")));
    results.iter().map(of_recorded).collect()
}

fn of_recorded(result: &Json) -> Json {
    let kind = match text(result, "object_kind") {
        "output" => "output_value",
        other => other,
    };
    let mut instances: Vec<Instance> =
        result["objects"].as_array().into_iter().flatten().map(Instance::recorded).collect();
    instances.sort_by(|a, b| a.address.cmp(&b.address));
    object(kind, text(result, "config_addr"), text(result, "status"), instances)
}

fn text<'j>(json: &'j Json, name: &str) -> &'j str {
    json[name].as_str().unwrap_or_default()
}

struct Instance {
    module: String,
    address: String,
    status: String,
    messages: Vec<String>,
}

impl Instance {
    fn recorded(object: &Json) -> Instance {
        let address = text(object, "object_addr").to_owned();
        let messages = object["failure_messages"].as_array().into_iter().flatten();
        Instance {
            module: split_module(&address).0.to_owned(),
            status: text(object, "status").to_owned(),
            messages: messages.filter_map(|m| Some(m.as_str()?.to_owned())).collect(),
            address,
        }
    }
}

fn object(kind: &str, address: &str, status: &str, instances: Vec<Instance>) -> Json {
    let mut out = Map::new();
    out.insert("address".into(), config_address(kind, address));
    out.insert("status".into(), status.into());
    if !instances.is_empty() {
        out.insert("instances".into(), instances.iter().map(instance).collect());
    }
    Json::Object(out)
}

fn config_address(kind: &str, address: &str) -> Json {
    let (module, local) = split_module(address);
    let mut out = Map::new();
    out.insert("kind".into(), kind.into());
    if kind == "resource" {
        let (mode, local) = local.strip_prefix("data.").map_or(("managed", local), |l| ("data", l));
        let (ty, name) = local.split_once('.').unwrap_or((local, ""));
        out.insert("mode".into(), mode.into());
        out.insert("type".into(), ty.into());
        out.insert("name".into(), name.into());
    } else {
        out.insert("name".into(), local.split_once('.').map_or(local, |(_, name)| name).into());
    }
    if !module.is_empty() {
        out.insert("module".into(), module.into());
    }
    out.insert("to_display".into(), address.into());
    Json::Object(out)
}

fn instance(instance: &Instance) -> Json {
    let mut address = Map::new();
    address.insert("to_display".into(), instance.address.as_str().into());
    if !instance.module.is_empty() {
        address.insert("module".into(), instance.module.as_str().into());
    }
    if let Ok(addr) = instance.address.parse::<model::InstanceAddr>()
        && addr.key != model::InstanceKey::None
    {
        address.insert("instance_key".into(), super::shapes::key(&addr.key));
    }
    let mut out = Map::new();
    out.insert("address".into(), Json::Object(address));
    out.insert("status".into(), instance.status.as_str().into());
    if !instance.messages.is_empty() {
        let problem = |m: &String| Json::Object(Map::from_iter([("message".into(), m.as_str().into())]));
        out.insert("problems".into(), instance.messages.iter().map(problem).collect());
    }
    Json::Object(out)
}

/// `module.a["k"].check.x` in its module and the rest.
fn split_module(address: &str) -> (&str, &str) {
    let mut end = 0;
    while let Some(call) = address[end..].strip_prefix("module.") {
        let Some(length) = call_length(call) else { break };
        end += "module.".len() + length + 1;
    }
    (address[..end].trim_end_matches('.'), &address[end..])
}

/// The length of `name["key"]` up to the dot that follows it.
fn call_length(text: &str) -> Option<usize> {
    let mut quoted = false;
    let mut escaped = false;
    for (i, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '.' if !quoted => return Some(i),
            _ => {}
        }
    }
    None
}
