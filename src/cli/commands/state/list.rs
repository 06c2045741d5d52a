//! `state list`

use model::address::Target;
use model::{Diagnostic, Diagnostics, InstanceAddr, InstanceKey};
use state::{InstanceState, StateSnapshot};

use super::no_state;
use super::selection::{covers, meant, target, within};
use crate::args::StateListArgs;
use crate::commands::terminal::Terminal;

/// Lists the addresses of what is recorded: what lies in fewer modules first.
pub(in crate::commands) fn list(
    args: &StateListArgs,
    snapshot: Option<&StateSnapshot>,
    terminal: &mut Terminal,
) -> Result<u8, Diagnostics> {
    let Some(snapshot) = snapshot else { return no_state(terminal) };
    let mut problems = Diagnostics::new();
    let read = |text: &String| {
        let target = target(text)?;
        if within(&target, snapshot).next().is_none() {
            return Err(unknown(text, &target, snapshot));
        }
        Ok(target)
    };
    let targets: Vec<Target> =
        args.addresses.iter().filter_map(|a| read(a).map_err(|d| problems.push(d)).ok()).collect();
    if problems.has_errors() {
        return Err(problems);
    }
    let wanted = |address: &InstanceAddr, state: &InstanceState| {
        (targets.is_empty() || targets.iter().any(|t| covers(t, address)))
            && args.id.as_ref().is_none_or(|id| has_id(state, id))
    };
    let mut found: Vec<&InstanceAddr> =
        snapshot.instances.iter().filter(|(address, state)| wanted(address, state)).map(|(a, _)| a).collect();
    found.sort_by_key(|address| address.module.0.len());
    terminal.say(&found.iter().map(|address| format!("{address}\n")).collect::<String>());
    Ok(0)
}

fn has_id(state: &InstanceState, id: &str) -> bool {
    let Some(object) = &state.current else { return false };
    serde_json::from_str::<serde_json::Value>(&object.attributes).is_ok_and(|a| a["id"] == id)
}

fn unknown(text: &str, target: &Target, snapshot: &StateSnapshot) -> Diagnostic {
    let (summary, what) = match target {
        Target::Module(_) => ("Unknown module", "module"),
        Target::Resource(wanted) if wanted.key == InstanceKey::None => ("Unknown resource", "resource"),
        Target::Resource(_) => ("Unknown resource instance", "resource instance"),
    };
    let detail = format!(
        "The state records no {what} {text}.{} What is new in the configuration is recorded by \"stackwright apply\".",
        meant(text, snapshot)
    );
    Diagnostic::error(summary, detail)
}
