//! Objects with conditions, judged instance by instance: while planning, and once more during apply.

use std::cell::RefCell;

use config::{Condition, Evaluator, InstId, NodeId, NodeKind, Variable};
use model::{Diagnostic, Diagnostics, InstanceAddr, ModulePath, Severity, Span, Value, err};

use crate::change::{CheckKind, CheckStatus};
use crate::conditions::{Around, Verdict, failures, judge};
use crate::results::{Results, Subject, groups};

/// The summary of the warning for an assertion of a check that only applying can judge.
pub const OPEN_CHECK: &str = "Check block assertion known after apply";

/// Judges objects and keeps the results.
pub struct Judge<'e, 'c> {
    /// Values.
    pub evaluator: &'e Evaluator<'c>,
    /// Where results go.
    pub results: &'e RefCell<Results>,
    /// When it is done.
    pub time: Time,
}

/// When conditions are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time {
    /// While planning: what is unknown is judged later.
    Planning,
    /// While planning to change nothing: what fails is a warning.
    Refreshing,
    /// During apply.
    Applying,
}

/// The summary where a message is no text.
pub const INVALID_MESSAGE: &str = "Invalid error message";

/// The summary where a precondition of an output does not hold.
pub const OUTPUT_FAILED: &str = "Module output value precondition failed";

/// Which of a resource's conditions.
#[derive(Clone, Copy, Debug)]
pub enum Stage<'v> {
    /// Preconditions.
    Before,
    /// Postconditions, with the object as it is or will be.
    After(&'v Value),
}

impl<'c> Judge<'_, 'c> {
    /// Judges a variable's validations, an output's preconditions, or a check, in every instance of its module.
    pub fn node(&self, node: NodeId) -> Diagnostics {
        let path = &self.evaluator.statics().node(node).path;
        let insts = self.evaluator.module_instances(path);
        if let Some(subject) = self.subject(node, InstId::ROOT).filter(|_| !self.conditions(node).is_empty())
        {
            self.results.borrow_mut().expanded(subject.kind, subject.config);
        }
        let found = insts.into_iter().flat_map(|inst| self.node_in(node, inst, true).unwrap_or_default());
        Diagnostics(found.collect())
    }

    /// Judges a variable, output or check in one instance of its module. Nothing, and nothing noted, where it is not known
    /// yet and that is not to be kept.
    pub fn node_in(&self, node: NodeId, inst: InstId, keeps_unknown: bool) -> Option<Diagnostics> {
        let conditions = self.conditions(node);
        let subject = self.subject(node, inst).filter(|_| !conditions.is_empty());
        let Some(subject) = subject else { return Some(Diagnostics::new()) };
        if subject.kind == CheckKind::Check && self.results.borrow().has_failed(&subject) {
            return Some(Diagnostics::new());
        }
        let around = Around::default();
        let judged = conditions.iter().map(|c| judge(self.evaluator, c, node, inst, &around));
        let mut verdicts: Vec<Verdict> = judged.collect();
        if !keeps_unknown && verdicts.iter().any(|v| v.status == CheckStatus::Unknown) {
            return None;
        }
        if let Some(variable) = self.variable(node) {
            verdicts.iter_mut().for_each(|v| reword(v, variable));
        }
        self.results.borrow_mut().note(&subject, &verdicts);
        Some(self.report(node, conditions, verdicts))
    }

    /// Judges a resource instance's pre- or postconditions.
    pub fn resource(&self, node: NodeId, inst: InstId, addr: &InstanceAddr, stage: Stage<'_>) -> Diagnostics {
        let Some((_, resource)) = self.evaluator.resource(node) else { return Diagnostics::new() };
        let (conditions, summary, own) = match stage {
            Stage::Before => (&resource.lifecycle.preconditions, "Resource precondition failed", None),
            Stage::After(value) => {
                (&resource.lifecycle.postconditions, "Resource postcondition failed", Some(value.clone()))
            }
        };
        if conditions.is_empty() {
            return Diagnostics::new();
        }
        let around = Around { each: self.evaluator.each_of(node, inst, &addr.key), own };
        let judged = conditions.iter().map(|c| judge(self.evaluator, c, node, inst, &around));
        let verdicts: Vec<Verdict> = judged.collect();
        self.results.borrow_mut().note(&resource_subject(self.evaluator, node, addr), &verdicts);
        failures(conditions, verdicts, summary, self.severity())
    }

    /// Names the instances of a resource, where it has conditions.
    pub fn expect(&self, node: NodeId, instances: impl Iterator<Item = InstanceAddr>) {
        let Some((_, resource)) = self.evaluator.resource(node) else { return };
        let groups = groups(resource);
        if groups == 0 {
            return;
        }
        let mut results = self.results.borrow_mut();
        results.expanded(CheckKind::Resource, self.evaluator.statics().describe(node));
        for addr in instances {
            results.expect(&resource_subject(self.evaluator, node, &addr), groups);
        }
    }

    /// Keeps why the data source of a check could not be read; what were errors are warnings then.
    pub fn data_of_check(&self, check: NodeId, inst: InstId, errors: Diagnostics) -> Diagnostics {
        let messages = errors.iter().filter(|d| d.is_error());
        let messages = messages.map(|d| format!("{}: {}", d.summary, d.detail)).collect();
        if let Some(subject) = self.subject(check, inst) {
            self.results.borrow_mut().fail(&subject, messages);
        }
        let soften = |d| Diagnostic { severity: Severity::Warning, ..d };
        Diagnostics(errors.into_iter().map(soften).collect())
    }

    /// How a variable, output or check is called in one instance of its module.
    pub fn subject(&self, node: NodeId, inst: InstId) -> Option<Subject> {
        let (kind, local) = match &self.evaluator.statics().node(node).kind {
            NodeKind::Validation(name) => (CheckKind::InputVariable, format!("var.{name}")),
            NodeKind::Output(name) => (CheckKind::OutputValue, format!("output.{name}")),
            NodeKind::Check(name) => (CheckKind::Check, format!("check.{name}")),
            _ => return None,
        };
        let module = self.evaluator.module_addr(inst);
        let prefix = module.to_string();
        let instance = if prefix.is_empty() { local } else { format!("{prefix}.{local}") };
        Some(Subject { kind, config: self.evaluator.statics().describe(node), module, instance })
    }

    fn conditions(&self, node: NodeId) -> &'c [Condition] {
        let found = self.evaluator.statics().node(node);
        let module = self.evaluator.config().modules.get(&found.path);
        let conditions = module.and_then(|module| match &found.kind {
            NodeKind::Validation(name) => module.variables.get(name).map(|v| &v.validations),
            NodeKind::Output(name) => module.outputs.get(name).map(|o| &o.preconditions),
            NodeKind::Check(name) => module.checks.get(name).map(|c| &c.asserts),
            _ => None,
        });
        conditions.map_or(&[], Vec::as_slice)
    }

    fn variable(&self, node: NodeId) -> Option<&'c Variable> {
        let found = self.evaluator.statics().node(node);
        let NodeKind::Validation(name) = &found.kind else { return None };
        self.evaluator.config().modules.get(&found.path)?.variables.get(name)
    }

    fn severity(&self) -> Severity {
        match self.time {
            Time::Refreshing => Severity::Warning,
            Time::Planning | Time::Applying => Severity::Error,
        }
    }

    fn report(&self, node: NodeId, conditions: &[Condition], verdicts: Vec<Verdict>) -> Diagnostics {
        let found = self.evaluator.statics().node(node);
        match &found.kind {
            NodeKind::Check(_) => self.report_check(conditions, verdicts),
            NodeKind::Validation(_) => self.report_validations(node, &found.path, verdicts),
            _ => failures(conditions, verdicts, OUTPUT_FAILED, self.severity()),
        }
    }

    /// Assertions that do not hold are warnings, and so is it while planning that they are not known yet.
    fn report_check(&self, conditions: &[Condition], verdicts: Vec<Verdict>) -> Diagnostics {
        let open = conditions.iter().zip(&verdicts).filter(|(_, v)| v.status == CheckStatus::Unknown);
        let later = open.map(|(condition, verdict)| Diagnostic {
            subject: Some(condition.condition.span),
            values: verdict.values.clone(),
            ..Diagnostic::warning(
                OPEN_CHECK,
                "Whether the condition holds is not known yet; applying this plan will tell.",
            )
        });
        let later: Vec<Diagnostic> = if self.time == Time::Applying { Vec::new() } else { later.collect() };
        let mut diags = failures(conditions, verdicts, "Check block assertion failed", Severity::Warning);
        diags.extend(later);
        diags
    }

    fn report_validations(&self, node: NodeId, path: &ModulePath, verdicts: Vec<Verdict>) -> Diagnostics {
        let mut diags = Diagnostics::new();
        let Some(variable) = self.variable(node) else { return diags };
        let place = self.argument_span(path, &variable.name).unwrap_or(variable.span);
        for mut verdict in verdicts {
            // A message that is no text counts only where it would be shown.
            let is_message = |d: &Diagnostic| d.summary == INVALID_MESSAGE;
            let wrong = verdict.diags.iter().any(is_message);
            let fails = verdict.status == CheckStatus::Fail || wrong && verdict.holds == Some(false);
            verdict.diags.0.retain(|d| fails || !is_message(d));
            diags.extend(verdict.diags);
            if fails {
                let message = verdict.message.as_deref().unwrap_or(match wrong {
                    true => "The value is refused, and the message that should say why is not valid.",
                    false => "The message holds a sensitive value, so it is not shown.",
                });
                let diag = err!(
                    place,
                    "Invalid value for variable",
                    "{message}\n\nThis was checked by a validation rule in the block of the variable {:?}.",
                    variable.name
                );
                diags.push(Diagnostic { values: verdict.values, ..diag });
            }
        }
        diags
    }

    /// Where the caller of a module gives an argument.
    fn argument_span(&self, path: &ModulePath, name: &str) -> Option<Span> {
        let (parent, call) = path.parent()?;
        let call = self.evaluator.config().modules.get(&parent)?.calls.get(call)?;
        call.arguments.get(name).map(|e| e.span)
    }
}

/// How an instance of a resource is called.
pub fn resource_subject(evaluator: &Evaluator<'_>, node: NodeId, addr: &InstanceAddr) -> Subject {
    Subject {
        kind: CheckKind::Resource,
        config: evaluator.statics().describe(node),
        module: addr.module.clone(),
        instance: addr.to_string(),
    }
}

/// The check that a data source belongs to.
pub fn enclosing_check(evaluator: &Evaluator<'_>, data: NodeId) -> Option<NodeId> {
    let statics = evaluator.statics();
    let (module, resource) = evaluator.resource(data)?;
    let check = module.checks.values().find(|c| c.data.as_ref() == Some(&resource.addr))?;
    statics.find(&module.path, &NodeKind::Check(check.name.clone()))
}

/// Validations say some things in their own words. A secret in a message is an error, but where the variable itself is
/// secret: its message could say nothing else.
fn reword(verdict: &mut Verdict, variable: &Variable) {
    let is_failure = verdict.status == CheckStatus::Fail;
    verdict.diags.0.retain_mut(|d| match &*d.summary {
        "Invalid condition result" => {
            d.summary = "Invalid variable validation result".into();
            true
        }
        "Error message refers to sensitive values" if variable.sensitive => false,
        "Error message refers to sensitive values" | "Error message refers to ephemeral values" => {
            d.severity = Severity::Error;
            is_failure
        }
        _ => true,
    });
}
