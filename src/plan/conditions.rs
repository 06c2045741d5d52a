//! One condition: whether it holds, and what its author has to say where it does not.

use config::{Condition, EachValue, Evaluator, InstId, NodeId};
use model::{Diagnostic, Diagnostics, Kind, Severity, Type, Value, err};

use crate::change::CheckStatus;
use crate::judging::INVALID_MESSAGE;

/// What became of one condition.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Whether it holds; an error where its message is one.
    pub status: CheckStatus,
    /// Whether the condition does, whatever is wrong with its message; nothing where that is not known.
    pub holds: Option<bool>,
    /// Its message, where it does not hold and the message may be shown.
    pub message: Option<String>,
    /// What the references of a condition that does not hold, or is not known yet, stand for.
    pub values: Vec<(String, String)>,
    /// Errors of evaluation, and warnings about the message.
    pub diags: Diagnostics,
}

/// What a condition is evaluated with.
#[derive(Clone, Debug, Default)]
pub struct Around {
    /// The key and value of the instance.
    pub each: EachValue,
    /// `self`
    pub own: Option<Value>,
}

/// Evaluates a condition and its message.
pub fn judge(
    evaluator: &Evaluator<'_>,
    c: &Condition,
    node: NodeId,
    inst: InstId,
    around: &Around,
) -> Verdict {
    let eval = |expr| {
        let (value, _, diags) = evaluator.eval(expr, node, inst, around.each.clone(), around.own.clone());
        (value, diags)
    };
    let (value, mut diags) = eval(&c.condition);
    let truth = if diags.has_errors() { None } else { diags.absorb(truth(&value, c)) };
    let (message, found) = eval(&c.message);
    let is_evaluated = !found.has_errors();
    diags.extend(found);
    let message = match is_evaluated {
        true => shown(&message, c, &mut diags),
        false => None,
    };
    let holds = truth.flatten();
    let status = match truth {
        _ if diags.has_errors() => CheckStatus::Error,
        None => CheckStatus::Error,
        Some(None) => CheckStatus::Unknown,
        Some(Some(true)) => CheckStatus::Pass,
        Some(Some(false)) => CheckStatus::Fail,
    };
    if !matches!(status, CheckStatus::Fail | CheckStatus::Unknown) {
        return Verdict { status, holds, message: None, values: Vec::new(), diags };
    }
    let message = message.filter(|_| status == CheckStatus::Fail);
    let nothing = Diagnostic::error("", "");
    let failed = evaluator.explained(nothing, &c.condition, inst, around.each.clone(), around.own.clone());
    Verdict { status, holds, message, values: failed.values, diags }
}

/// True, false, or nothing where it is not known.
fn truth(value: &Value, c: &Condition) -> Result<Option<bool>, Diagnostics> {
    let invalid =
        |why: String| Diagnostics::from(err!(c.condition.span, "Invalid condition result", "{why}"));
    let (value, _) = value.clone().unmark();
    if !value.is_known() {
        return Ok(None);
    }
    match model::convert::convert(&value, &Type::Bool) {
        Ok(v) if v.as_bool().is_some() => Ok(v.as_bool()),
        Ok(_) => Err(invalid("The condition is null, which is neither true nor false.".into())),
        Err(e) => Err(invalid(format!("Invalid condition result value: {}.", e.full()))),
    }
}

/// The message as it may be shown: nothing where it is unknown or secret.
fn shown(value: &Value, c: &Condition, diags: &mut Diagnostics) -> Option<String> {
    let marks = value.deep_marks();
    if marks.is_sensitive() {
        diags.push(secret(
            c,
            "Error message refers to sensitive values",
            "sensitive values, so the message is not shown. Leave them out of it, or use nonsensitive() on what is \
             no secret",
        ));
        return None;
    }
    if marks.is_ephemeral() {
        diags.push(secret(
            c,
            "Error message refers to ephemeral values",
            "ephemeral values, so the message is not shown. Leave them out of it, or use ephemeralasnull() on them",
        ));
        return None;
    }
    let invalid =
        |why: &str| err!(c.message.span, INVALID_MESSAGE, "Unsuitable value for error message: {why}.");
    match model::convert::convert(value, &Type::String) {
        Ok(text) => match text.kind() {
            Kind::String(s) => return Some(s.trim().to_owned()),
            Kind::Null(_) => diags.push(invalid("must not be null")),
            _ => {}
        },
        Err(e) => diags.push(invalid(&e.full())),
    }
    None
}

fn secret(c: &Condition, summary: &'static str, why: &str) -> Diagnostic {
    let detail = format!("The message of this condition refers to {why}.");
    Diagnostic::warning(summary, detail).at(c.message.span)
}

/// A diagnostic for each condition that does not hold, with what was found on the way.
pub fn failures(
    conditions: &[Condition],
    verdicts: Vec<Verdict>,
    summary: &'static str,
    severity: Severity,
) -> Diagnostics {
    const NO_MESSAGE: &str = "The condition does not hold, and its message is not valid either; another error says \
         why.";
    let mut diags = Diagnostics::new();
    for (condition, verdict) in conditions.iter().zip(verdicts) {
        diags.extend(verdict.diags);
        if verdict.status == CheckStatus::Fail {
            let message = verdict.message.as_deref().unwrap_or(NO_MESSAGE);
            let diag = err!(condition.condition.span, summary, "{message}");
            diags.push(Diagnostic { severity, values: verdict.values, ..diag });
        }
    }
    diags
}

/// A root output may hold sensitive values only if it says so; no output may give ephemeral ones unless declared so.
pub fn check_output_marks(value: &Value, output: &config::Output, is_root: bool) -> Diagnostics {
    let mut diags = Diagnostics::new();
    if is_root && !output.sensitive && value.deep_marks().is_sensitive() {
        diags.push(err!(
            output.span,
            "Output refers to sensitive values",
            "The value is sensitive, and outputs of the root module are shown to everybody. If it is to be an \
             output, say so: sensitive = true."
        ));
    }
    if !output.ephemeral && value.deep_marks().is_ephemeral() {
        diags.push(err!(
            output.value.span,
            "Ephemeral value not allowed",
            "The value is ephemeral, and this output is not declared so. Set ephemeral = true, which outputs of the \
             root module cannot have."
        ));
    }
    diags
}
