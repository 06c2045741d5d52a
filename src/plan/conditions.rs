//! Conditions: variables' validations, pre- and postconditions, checks.

use config::{Condition, EachValue, InstId, NodeId};
use model::{Diagnostic, Diagnostics, InstanceAddr, InstanceKey, Kind, Severity, Span, Type, Value, err};

use crate::change::{CheckKind, CheckResult, CheckStatus};
use crate::planner::Planner;

/// What became of one condition.
pub struct Verdict {
    /// Whether it holds.
    pub status: CheckStatus,
    /// Its message, where it does not hold.
    pub message: Option<String>,
    /// Errors of evaluation.
    pub diags: Diagnostics,
}

impl Planner<'_> {
    /// Evaluates a condition and, where it does not hold, its message.
    pub fn judge(
        &self,
        c: &Condition,
        node: NodeId,
        inst: InstId,
        each: EachValue,
        own: Option<Value>,
    ) -> Verdict {
        judge(&self.evaluator, c, node, inst, each, own)
    }

    fn note(&self, kind: CheckKind, config: String, inst: InstId, instance: String, verdicts: &[Verdict]) {
        let status =
            verdicts.iter().map(|v| v.status).max_by_key(|s| severity(*s)).unwrap_or(CheckStatus::Pass);
        let messages = verdicts.iter().filter_map(|v| v.message.clone()).collect();
        let mut found = self.found.borrow_mut();
        let result = found.checks.entry(format!("{kind:?} {config}")).or_insert_with(|| CheckResult {
            kind,
            address: config,
            status: CheckStatus::Pass,
            instances: Vec::new(),
        });
        if severity(status) > severity(result.status) {
            result.status = status;
        }
        result.instances.push((self.evaluator.module_addr(inst), instance, status, messages));
    }

    /// A variable's validations, in every instance of its module.
    pub fn check_validations(&self, node: NodeId, name: &str) -> Diagnostics {
        let path = &self.inputs.statics.node(node).path;
        let mut diags = Diagnostics::new();
        let Some(variable) = self.inputs.config.modules.get(path).and_then(|m| m.variables.get(name)) else {
            return diags;
        };
        for inst in self.evaluator.module_instances(path) {
            let verdicts: Vec<Verdict> = variable
                .validations
                .iter()
                .map(|c| self.judge(c, node, inst, EachValue::None, None))
                .collect();
            let addr = join(&self.evaluator.module_addr(inst).to_string(), &format!("var.{name}"));
            self.note(
                CheckKind::InputVariable,
                join(&path.to_string(), &format!("var.{name}")),
                inst,
                addr,
                &verdicts,
            );
            for (condition, verdict) in variable.validations.iter().zip(verdicts) {
                diags.extend(verdict.diags.into_iter().map(|d| match &*d.summary {
                    "Invalid condition result" => {
                        Diagnostic { summary: "Invalid variable validation result".into(), ..d }
                    }
                    _ => d,
                }));
                if verdict.status == CheckStatus::Fail {
                    let message = verdict.message.unwrap_or_default();
                    let place = self.argument_span(path, name).unwrap_or(variable.span);
                    diags.push(err!(
                        place,
                        "Invalid value for variable",
                        "{message}\n\nThis was checked by the validation rule at {}.",
                        self.location(condition.span)
                    ));
                }
            }
        }
        diags
    }

    /// Where the caller of a module gives an argument.
    fn argument_span(&self, path: &model::ModulePath, name: &str) -> Option<Span> {
        let (parent, call) = path.parent()?;
        let call = self.inputs.config.modules.get(&parent)?.calls.get(call)?;
        call.arguments.get(name).map(|e| e.span)
    }

    fn location(&self, span: Span) -> String {
        let _ = span;
        "its variable block".into()
    }

    /// An output's preconditions, in every instance of its module; and that nothing sensitive leaves unmarked.
    pub fn check_output(&self, node: NodeId, name: &str) -> Diagnostics {
        let path = &self.inputs.statics.node(node).path;
        let mut diags = Diagnostics::new();
        let Some(output) = self.inputs.config.modules.get(path).and_then(|m| m.outputs.get(name)) else {
            return diags;
        };
        for inst in self.evaluator.module_instances(path) {
            let value = self.evaluator.value(node, inst);
            diags.extend(check_output_marks(&value, output, path.is_root()));
            if output.preconditions.is_empty() {
                continue;
            }
            let verdicts: Vec<Verdict> = output
                .preconditions
                .iter()
                .map(|c| self.judge(c, node, inst, EachValue::None, None))
                .collect();
            let addr = join(&self.evaluator.module_addr(inst).to_string(), &format!("output.{name}"));
            self.note(
                CheckKind::OutputValue,
                join(&path.to_string(), &format!("output.{name}")),
                inst,
                addr,
                &verdicts,
            );
            diags.extend(failures(
                &output.preconditions,
                verdicts,
                "Module output value precondition failed",
            ));
        }
        diags
    }

    /// A `check` block's assertions: warnings, never errors.
    pub fn check_block(&self, node: NodeId, name: &str) -> Diagnostics {
        let path = &self.inputs.statics.node(node).path;
        let mut diags = Diagnostics::new();
        let Some(check) = self.inputs.config.modules.get(path).and_then(|m| m.checks.get(name)) else {
            return diags;
        };
        for inst in self.evaluator.module_instances(path) {
            let verdicts: Vec<Verdict> =
                check.asserts.iter().map(|c| self.judge(c, node, inst, EachValue::None, None)).collect();
            let addr = join(&self.evaluator.module_addr(inst).to_string(), &format!("check.{name}"));
            self.note(
                CheckKind::Check,
                join(&path.to_string(), &format!("check.{name}")),
                inst,
                addr,
                &verdicts,
            );
            let found = failures(&check.asserts, verdicts, "Check block assertion failed");
            diags.extend(found.into_iter().map(|d| Diagnostic { severity: Severity::Warning, ..d }));
        }
        diags
    }

    /// A resource's preconditions; the first failure stops the instance.
    pub fn check_preconditions(
        &self,
        node: NodeId,
        inst: InstId,
        key: &InstanceKey,
        addr: &InstanceAddr,
    ) -> Result<(), Diagnostics> {
        let Some((_, resource)) = self.evaluator.resource(node) else { return Ok(()) };
        let conditions = &resource.lifecycle.preconditions;
        if conditions.is_empty() {
            return Ok(());
        }
        let each = self.evaluator.each_of(node, inst, key);
        let verdicts: Vec<Verdict> =
            conditions.iter().map(|c| self.judge(c, node, inst, each.clone(), None)).collect();
        let config = resource.addr.in_module(&addr.module.path());
        self.note(CheckKind::Resource, config, inst, addr.to_string(), &verdicts);
        let diags = failures(conditions, verdicts, "Resource precondition failed");
        if diags.has_errors() { Err(diags) } else { self.fail_on(diags) }
    }

    /// A resource's postconditions, over the value that it will have.
    pub fn check_postconditions(
        &self,
        node: NodeId,
        inst: InstId,
        key: &InstanceKey,
        addr: &InstanceAddr,
        value: &Value,
    ) -> Diagnostics {
        let Some((_, resource)) = self.evaluator.resource(node) else { return Diagnostics::new() };
        let conditions = &resource.lifecycle.postconditions;
        if conditions.is_empty() {
            return Diagnostics::new();
        }
        let each = self.evaluator.each_of(node, inst, key);
        let judge = |c| self.judge(c, node, inst, each.clone(), Some(value.clone()));
        let verdicts: Vec<Verdict> = conditions.iter().map(judge).collect();
        let config = resource.addr.in_module(&addr.module.path());
        self.note(CheckKind::Resource, config, inst, addr.to_string(), &verdicts);
        failures(conditions, verdicts, "Resource postcondition failed")
    }
}

fn join(module: &str, rest: &str) -> String {
    if module.is_empty() { rest.to_owned() } else { format!("{module}.{rest}") }
}

fn severity(status: CheckStatus) -> u8 {
    match status {
        CheckStatus::Pass => 0,
        CheckStatus::Unknown => 1,
        CheckStatus::Fail => 2,
        CheckStatus::Error => 3,
    }
}

/// Errors for the conditions that do not hold.
pub fn failures(conditions: &[Condition], verdicts: Vec<Verdict>, summary: &'static str) -> Diagnostics {
    let mut diags = Diagnostics::new();
    for (condition, verdict) in conditions.iter().zip(verdicts) {
        diags.extend(verdict.diags);
        if verdict.status == CheckStatus::Fail {
            diags.push(err!(condition.condition.span, summary, "{}", verdict.message.unwrap_or_default()));
        }
    }
    diags
}

/// Evaluates a condition and, where it does not hold, its message.
pub fn judge(
    evaluator: &config::Evaluator<'_>,
    c: &Condition,
    node: NodeId,
    inst: InstId,
    each: EachValue,
    own: Option<Value>,
) -> Verdict {
    let (value, _, mut diags) = evaluator.eval(&c.condition, node, inst, each.clone(), own.clone());
    let failed = |diags| Verdict { status: CheckStatus::Error, message: None, diags };
    if diags.has_errors() {
        return failed(diags);
    }
    let (value, marks) = value.unmark();
    if !value.is_known() {
        return Verdict { status: CheckStatus::Unknown, message: None, diags };
    }
    let truth = match model::convert::convert(&value, &Type::Bool) {
        Ok(v) if v.as_bool().is_some() => v.as_bool() == Some(true),
        Ok(_) => {
            diags.push(err!(
                c.condition.span,
                "Invalid condition result",
                "Condition expression must return either true or false, not null."
            ));
            return failed(diags);
        }
        Err(e) => {
            diags.push(err!(
                c.condition.span,
                "Invalid condition result",
                "Invalid condition result value: {}.",
                e.full()
            ));
            return failed(diags);
        }
    };
    let _ = marks;
    if truth {
        return Verdict { status: CheckStatus::Pass, message: None, diags };
    }
    let (message, found) = message_of(evaluator, c, node, inst, each, own);
    diags.extend(found);
    Verdict { status: CheckStatus::Fail, message: Some(message), diags }
}

fn message_of(
    evaluator: &config::Evaluator<'_>,
    c: &Condition,
    node: NodeId,
    inst: InstId,
    each: EachValue,
    own: Option<Value>,
) -> (String, Diagnostics) {
    let (value, _, diags) = evaluator.eval(&c.message, node, inst, each, own);
    if value.deep_marks().is_sensitive() {
        let text = "The error message included a sensitive value, so it will not be displayed.";
        return (text.into(), diags);
    }
    let text = model::convert::convert(&value, &Type::String);
    let text = match text.as_ref().map(Value::kind) {
        Ok(Kind::String(s)) => s.trim().to_owned(),
        _ => "The condition does not hold, and its error message could not be evaluated.".to_owned(),
    };
    (text, diags)
}

/// A root output may hold sensitive values only if it says so; no output may store ephemeral ones.
pub fn check_output_marks(value: &Value, output: &config::Output, is_root: bool) -> Diagnostics {
    let mut diags = Diagnostics::new();
    if is_root && !output.sensitive && value.deep_marks().is_sensitive() {
        diags.push(err!(
            output.span,
            "Output refers to sensitive values",
            "To reduce the risk of accidentally exporting sensitive data that was intended to be only internal, any root \
             module output containing sensitive data must be explicitly marked as sensitive, to confirm your intent. If \
             you do intend to export this data, annotate the output value as sensitive by adding: sensitive = true."
        ));
    }
    if !output.ephemeral && value.deep_marks().is_ephemeral() {
        diags.push(err!(
            output.value.span,
            "Output refers to ephemeral values",
            "This output value is not declared as returning an ephemeral value, so it cannot be set to a result derived \
             from an ephemeral value."
        ));
    }
    diags
}
