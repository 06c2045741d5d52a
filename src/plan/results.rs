//! What has become of every object with conditions.

use std::collections::{BTreeMap, HashSet};

use config::{Config, NodeKind, Resource, Statics};
use model::ModuleAddr;
use serde_json::{Value as Json, json};

use crate::change::{CheckKind, CheckResult, CheckStatus};
use crate::conditions::Verdict;

/// The results of conditions as they come in, by the address and kind of what has them.
#[derive(Clone, Debug, Default)]
pub struct Results {
    objects: BTreeMap<(String, CheckKind), Object>,
}

/// One object of the configuration.
#[derive(Clone, Debug, Default)]
struct Object {
    /// Whether its instances are known; without any, nothing is wrong then.
    is_expanded: bool,
    instances: BTreeMap<String, Instance>,
}

/// One instance: how many of its groups of conditions are still to be judged, and the worst of the others.
#[derive(Clone, Debug)]
struct Instance {
    module: ModuleAddr,
    open: usize,
    worst: CheckStatus,
    messages: Vec<String>,
}

/// Names an instance of an object with conditions.
#[derive(Clone, Debug)]
pub struct Subject {
    /// What kind of object.
    pub kind: CheckKind,
    /// Its address in the configuration.
    pub config: String,
    /// The instance's module.
    pub module: ModuleAddr,
    /// The instance's address.
    pub instance: String,
}

impl Results {
    /// Everything in a configuration that has conditions, nothing of it judged.
    pub fn declared(config: &Config, statics: &Statics) -> Results {
        let mut results = Results::default();
        for (path, module) in &config.modules {
            let resources = module.resources.values().filter(|r| groups(r) > 0);
            let nodes = resources.map(|r| (CheckKind::Resource, NodeKind::Resource(r.addr.clone())));
            let outputs = module.outputs.values().filter(|o| !o.preconditions.is_empty());
            let outputs = outputs.map(|o| (CheckKind::OutputValue, NodeKind::Output(o.name.clone())));
            let checks = module.checks.keys().map(|c| (CheckKind::Check, NodeKind::Check(c.clone())));
            let variables = module.variables.values().filter(|v| !v.validations.is_empty());
            let variables =
                variables.map(|v| (CheckKind::InputVariable, NodeKind::Validation(v.name.clone())));
            for (kind, node) in nodes.chain(outputs).chain(checks).chain(variables) {
                if let Some(id) = statics.find(path, &node) {
                    results.objects.insert((statics.describe(id), kind), Object::default());
                }
            }
        }
        results
    }

    /// Says that all instances of an object are named by now, or that there are none.
    pub fn expanded(&mut self, kind: CheckKind, config: String) {
        self.objects.entry((config, kind)).or_default().is_expanded = true;
    }

    /// Says that an instance exists, and how many groups of conditions it has.
    pub fn expect(&mut self, subject: &Subject, groups: usize) {
        self.instance(subject).open = groups;
    }

    fn instance(&mut self, subject: &Subject) -> &mut Instance {
        let object = self.objects.entry((subject.config.clone(), subject.kind)).or_default();
        object.is_expanded = true;
        object.instances.entry(subject.instance.clone()).or_insert_with(|| Instance {
            module: subject.module.clone(),
            open: 1,
            worst: CheckStatus::Pass,
            messages: Vec::new(),
        })
    }

    /// Keeps what became of one group of an instance's conditions.
    pub fn note(&mut self, subject: &Subject, verdicts: &[Verdict]) {
        let instance = self.instance(subject);
        instance.open = instance.open.saturating_sub(1);
        for verdict in verdicts {
            instance.worst = worse(instance.worst, verdict.status);
            instance.messages.extend(verdict.message.clone());
        }
    }

    /// Keeps a result that was found before and still holds.
    pub fn carry(&mut self, subject: &Subject, status: CheckStatus, messages: &[String]) {
        let instance = self.instance(subject);
        (instance.open, instance.worst, instance.messages) = (0, status, messages.to_vec());
    }

    /// Notes that what the conditions are about could not be had.
    pub fn fail(&mut self, subject: &Subject, messages: Vec<String>) {
        let instance = self.instance(subject);
        instance.open = 0;
        instance.worst = worse(instance.worst, CheckStatus::Fail);
        instance.messages.extend(messages);
    }

    /// Whether an instance is known to have failed.
    pub fn has_failed(&self, subject: &Subject) -> bool {
        let object = self.objects.get(&(subject.config.clone(), subject.kind));
        let instance = object.and_then(|o| o.instances.get(&subject.instance));
        instance.is_some_and(|i| i.status() == CheckStatus::Fail)
    }

    /// The addresses of the resource instances with conditions that are not known to hold.
    pub fn open_resources(&self) -> HashSet<String> {
        let resources = self.objects.iter().filter(|((_, kind), _)| *kind == CheckKind::Resource);
        let instances = resources.flat_map(|(_, object)| &object.instances);
        instances.filter(|(_, i)| i.status() == CheckStatus::Unknown).map(|(a, _)| a.clone()).collect()
    }

    /// All results, ordered by address.
    pub fn into_list(self) -> Vec<CheckResult> {
        let result = |((address, kind), object): ((String, CheckKind), Object)| CheckResult {
            kind,
            address,
            status: object.status(),
            instances: object
                .instances
                .into_iter()
                .map(|(address, i)| (i.module.clone(), address, i.status(), i.messages))
                .collect(),
        };
        self.objects.into_iter().map(result).collect()
    }
}

impl Object {
    fn status(&self) -> CheckStatus {
        let start = if self.is_expanded { CheckStatus::Pass } else { CheckStatus::Unknown };
        self.instances.values().map(Instance::status).fold(start, worse)
    }
}

impl Instance {
    fn status(&self) -> CheckStatus {
        if self.open > 0 { worse(self.worst, CheckStatus::Unknown) } else { self.worst }
    }
}

/// How many groups of conditions an instance of a resource has: before and after.
pub fn groups(resource: &Resource) -> usize {
    let lifecycle = &resource.lifecycle;
    usize::from(!lifecycle.preconditions.is_empty()) + usize::from(!lifecycle.postconditions.is_empty())
}

fn worse(a: CheckStatus, b: CheckStatus) -> CheckStatus {
    let rank = |s: CheckStatus| match s {
        CheckStatus::Pass => 0,
        CheckStatus::Unknown => 1,
        CheckStatus::Fail => 2,
        CheckStatus::Error => 3,
    };
    if rank(b) > rank(a) { b } else { a }
}

/// Results as states record them; nothing where there are none.
pub fn recorded_checks(results: &[CheckResult]) -> Option<String> {
    let records: Vec<Json> = results.iter().map(recorded).collect();
    (!records.is_empty()).then(|| Json::Array(records).to_string())
}

/// Whether two records hold the same results; Terraform writes them in no order.
pub fn same_checks(a: Option<&str>, b: Option<&str>) -> bool {
    a == b || sorted(a) == sorted(b)
}

fn sorted(records: Option<&str>) -> Vec<String> {
    let mut records: Vec<Json> = records.and_then(|r| serde_json::from_str(r).ok()).unwrap_or_default();
    for record in &mut records {
        if let Some(objects) = record["objects"].as_array_mut() {
            objects.sort_by_key(Json::to_string);
        }
    }
    let mut lines: Vec<String> = records.iter().map(Json::to_string).collect();
    lines.sort();
    lines
}

fn recorded(result: &CheckResult) -> Json {
    let kind = match result.kind {
        CheckKind::Resource => "resource",
        CheckKind::OutputValue => "output",
        CheckKind::Check => "check",
        CheckKind::InputVariable => "var",
    };
    let object = |(_, address, status, messages): &(ModuleAddr, String, CheckStatus, Vec<String>)| {
        let mut object = json!({ "object_addr": address, "status": word(*status) });
        if !messages.is_empty() {
            object["failure_messages"] = json!(messages);
        }
        object
    };
    let objects: Vec<Json> = result.instances.iter().map(object).collect();
    let objects = if objects.is_empty() { Json::Null } else { Json::Array(objects) };
    json!({
        "object_kind": kind,
        "config_addr": result.address,
        "status": word(result.status),
        "objects": objects,
    })
}

fn word(status: CheckStatus) -> &'static str {
    match status {
        CheckStatus::Pass => "pass",
        CheckStatus::Fail => "fail",
        CheckStatus::Error => "error",
        CheckStatus::Unknown => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Diagnostics;

    fn verdict(status: CheckStatus) -> Verdict {
        let message = (status == CheckStatus::Fail).then(|| "no".to_owned());
        let holds = None;
        Verdict { status, holds, message, values: Vec::new(), diags: Diagnostics::new() }
    }

    fn subject(instance: &str) -> Subject {
        let config = "a.b".to_owned();
        Subject { kind: CheckKind::Resource, config, module: ModuleAddr::root(), instance: instance.into() }
    }

    #[test]
    fn an_instance_is_judged_when_all_its_groups_are() {
        use CheckStatus::{Error, Fail, Pass, Unknown};
        let table: &[(&[&[CheckStatus]], CheckStatus)] = &[
            (&[], Unknown),
            (&[&[Pass]], Unknown),
            (&[&[Pass], &[Pass]], Pass),
            (&[&[Pass, Fail]], Fail),
            (&[&[Pass], &[Unknown]], Unknown),
            (&[&[Fail], &[Error]], Error),
        ];
        for (judged, expected) in table {
            let mut results = Results::default();
            results.expect(&subject("a.b"), 2);
            for group in *judged {
                let verdicts: Vec<Verdict> = group.iter().copied().map(verdict).collect();
                results.note(&subject("a.b"), &verdicts);
            }
            assert_eq!(results.into_list()[0].status, *expected, "{judged:?}");
        }
    }

    #[test]
    fn records_are_the_same_in_any_order() {
        let a = r#"[{"x":1,"objects":[{"o":1},{"o":2}]},{"x":2,"objects":null}]"#;
        let b = r#"[{"x":2,"objects":null},{"x":1,"objects":[{"o":2},{"o":1}]}]"#;
        assert!(same_checks(Some(a), Some(b)));
        assert!(!same_checks(Some(a), Some("[]")));
        assert!(same_checks(None, Some("[]")));
    }

    #[test]
    fn states_record_messages_and_no_empty_lists() {
        let mut results = Results::default();
        results.expanded(CheckKind::OutputValue, "output.o".into());
        results.note(&subject("a.b"), &[verdict(CheckStatus::Fail)]);
        let recorded = recorded_checks(&results.into_list()).unwrap();
        let expected = json!([
            { "object_kind": "resource", "config_addr": "a.b", "status": "fail",
              "objects": [{ "object_addr": "a.b", "status": "fail", "failure_messages": ["no"] }] },
            { "object_kind": "output", "config_addr": "output.o", "status": "pass", "objects": null },
        ]);
        assert_eq!(serde_json::from_str::<Json>(&recorded).unwrap(), expected);
        assert_eq!(recorded_checks(&[]), None);
    }
}
