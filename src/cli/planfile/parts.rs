//! The parts of a plan as JSON, and back.

use model::{InstanceAddr, Str};
use plan::{
    Action, ByList, Change, CheckKind, CheckResult, CheckStatus, Importing, OutputChange, Reason,
    ReplaceOrder, Step, StepAction, StepId,
};
use serde_json::{Value as Json, json};

use super::values;

pub(super) fn encode_list(list: &ByList) -> Json {
    json!([&*list.provider_config, &*list.ty, list.objects, list.calls, list.singly])
}

pub(super) fn decode_list(j: &Json) -> Option<ByList> {
    let text = |at: usize| j.get(at).and_then(Json::as_str).map(Str::from);
    let number = |at: usize| usize::try_from(j.get(at)?.as_u64()?).ok();
    Some(ByList {
        provider_config: text(0)?,
        ty: text(1)?,
        objects: number(2)?,
        calls: number(3)?,
        singly: number(4)?,
    })
}

pub(super) fn encode_change(c: &Change) -> Json {
    json!({
        "address": c.address.to_string(),
        "previous": c.previous_address.as_ref().map(ToString::to_string),
        "deposed": c.deposed.as_deref(),
        "provider": c.provider.to_string(),
        "provider_config": &*c.provider_config,
        "action": encode_action(c.action),
        "reason": c.reason.map(Reason::as_str),
        "before": values::encode(&c.before),
        "after": values::encode(&c.after),
        "replace_paths": c.replace_paths.iter().map(values::encode_path).collect::<Vec<_>>(),
        "importing": c.importing.as_ref().map(|i| json!([i.id, i.is_sensitive])),
        "generated_config": c.generated_config,
        "create_before_destroy": c.create_before_destroy,
        "reads": c.reads.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

pub(super) fn decode_change(j: &Json) -> Option<Change> {
    let text = |name: &str| j.get(name).and_then(Json::as_str);
    let previous = match text("previous") {
        Some(text) => Some(text.parse::<InstanceAddr>().ok()?),
        None => None,
    };
    Some(Change {
        address: text("address")?.parse().ok()?,
        previous_address: previous,
        deposed: text("deposed").map(Str::from),
        provider: text("provider")?.parse().ok()?,
        provider_config: text("provider_config")?.into(),
        action: decode_action(text("action")?)?,
        reason: text("reason").and_then(decode_reason),
        before: values::decode(j.get("before")?)?,
        after: values::decode(j.get("after")?)?,
        replace_paths: j
            .get("replace_paths")?
            .as_array()?
            .iter()
            .map(values::decode_path)
            .collect::<Option<_>>()?,
        importing: j.get("importing").and_then(decode_importing),
        generated_config: text("generated_config").map(str::to_owned),
        create_before_destroy: j.get("create_before_destroy")?.as_bool()?,
        reads: j.get("reads")?.as_array()?.iter().filter_map(|a| a.as_str()?.parse().ok()).collect(),
    })
}

fn decode_importing(j: &Json) -> Option<Importing> {
    Some(Importing { id: j.get(0)?.as_str()?.to_owned(), is_sensitive: j.get(1)?.as_bool()? })
}

const ACTIONS: &[(&str, Action)] = &[
    ("no-op", Action::NoOp),
    ("create", Action::Create),
    ("read", Action::Read),
    ("update", Action::Update),
    ("delete-create", Action::Replace(ReplaceOrder::DeleteFirst)),
    ("create-delete", Action::Replace(ReplaceOrder::CreateFirst)),
    ("delete", Action::Delete),
    ("forget", Action::Forget),
];

fn encode_action(action: Action) -> &'static str {
    ACTIONS.iter().find(|(_, a)| *a == action).map_or("no-op", |(name, _)| name)
}

fn decode_action(text: &str) -> Option<Action> {
    ACTIONS.iter().find(|(name, _)| *name == text).map(|(_, a)| *a)
}

fn decode_reason(text: &str) -> Option<Reason> {
    const ALL: &[Reason] = &[
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
    ALL.iter().copied().find(|r| r.as_str() == text)
}

pub(super) fn encode_output(o: &OutputChange) -> Json {
    json!([encode_action(o.action), values::encode(&o.before), values::encode(&o.after), o.sensitive])
}

pub(super) fn decode_output(j: &Json) -> Option<OutputChange> {
    Some(OutputChange {
        action: decode_action(j.get(0)?.as_str()?)?,
        before: values::decode(j.get(1)?)?,
        after: values::decode(j.get(2)?)?,
        sensitive: j.get(3)?.as_bool()?,
    })
}

const KINDS: &[(&str, CheckKind)] = &[
    ("resource", CheckKind::Resource),
    ("output", CheckKind::OutputValue),
    ("check", CheckKind::Check),
    ("variable", CheckKind::InputVariable),
];

const STATUSES: &[(&str, CheckStatus)] = &[
    ("pass", CheckStatus::Pass),
    ("fail", CheckStatus::Fail),
    ("error", CheckStatus::Error),
    ("unknown", CheckStatus::Unknown),
];

fn name_of<T: PartialEq + Copy>(table: &[(&'static str, T)], value: T) -> &'static str {
    table.iter().find(|(_, v)| *v == value).map_or("", |(name, _)| name)
}

fn value_of<T: Copy>(table: &[(&'static str, T)], name: &str) -> Option<T> {
    table.iter().find(|(n, _)| *n == name).map(|(_, v)| *v)
}

pub(super) fn encode_check(c: &CheckResult) -> Json {
    let instances: Vec<Json> = c
        .instances
        .iter()
        .map(|(module, addr, status, messages)| {
            json!([module.to_string(), addr, name_of(STATUSES, *status), messages])
        })
        .collect();
    json!([name_of(KINDS, c.kind), c.address, name_of(STATUSES, c.status), instances])
}

pub(super) fn decode_check(j: &Json) -> Option<CheckResult> {
    let instance = |i: &Json| {
        let module = i.get(0)?.as_str()?;
        let module = match module {
            "" => model::ModuleAddr::root(),
            text => match text.parse().ok()? {
                model::address::Target::Module(m) => m,
                model::address::Target::Resource(_) => return None,
            },
        };
        let messages = i.get(3)?.as_array()?.iter().filter_map(|m| m.as_str().map(str::to_owned)).collect();
        Some((module, i.get(1)?.as_str()?.to_owned(), value_of(STATUSES, i.get(2)?.as_str()?)?, messages))
    };
    Some(CheckResult {
        kind: value_of(KINDS, j.get(0)?.as_str()?)?,
        address: j.get(1)?.as_str()?.to_owned(),
        status: value_of(STATUSES, j.get(2)?.as_str()?)?,
        instances: j.get(3)?.as_array()?.iter().map(instance).collect::<Option<_>>()?,
    })
}

pub(super) fn encode_step(s: &Step) -> Json {
    let (name, key) = match &s.action {
        StepAction::Create => ("create", None),
        StepAction::Read => ("read", None),
        StepAction::Update => ("update", None),
        StepAction::Stabilise => ("stabilise", None),
        StepAction::Delete => ("delete", None),
        StepAction::Depose(key) => ("depose", Some(key)),
        StepAction::DeleteDeposed(key) => ("delete-deposed", Some(key)),
        StepAction::Forget => ("forget", None),
        StepAction::Import => ("import", None),
        StepAction::Gate => ("gate", None),
    };
    json!([name, key.map(|k| &**k), s.change, s.after.iter().map(|a| a.0).collect::<Vec<_>>()])
}

pub(super) fn decode_step(j: &Json) -> Option<Step> {
    let key = || j.get(1).and_then(Json::as_str).map(Str::from);
    let action = match j.get(0)?.as_str()? {
        "create" => StepAction::Create,
        "read" => StepAction::Read,
        "update" => StepAction::Update,
        "stabilise" => StepAction::Stabilise,
        "delete" => StepAction::Delete,
        "depose" => StepAction::Depose(key()?),
        "delete-deposed" => StepAction::DeleteDeposed(key()?),
        "forget" => StepAction::Forget,
        "import" => StepAction::Import,
        "gate" => StepAction::Gate,
        _ => return None,
    };
    let after = j.get(3)?.as_array()?.iter().map(|a| Some(StepId(a.as_u64()? as u32)));
    Some(Step { action, change: j.get(2)?.as_u64().map(|c| c as u32), after: after.collect::<Option<_>>()? })
}
