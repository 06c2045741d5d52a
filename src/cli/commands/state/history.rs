//! `state history` and `state show -at=N`: what was done, and what was recorded then.

use std::collections::BTreeSet;

use model::Diagnostic;
use serde_json::{Value as Json, json};
use state::{Addresses, HistoryEntry, StateSnapshot, Store};

use super::{show, with_schemas};
use crate::app::{App, print};
use crate::args::{StateArgs, StateCommand, StateHistoryArgs, StatePlaces};
use crate::commands::run::state_error;
use crate::commands::store::open;
use crate::commands::terminal::over_standard_streams;
use crate::view::View;

/// Lists what was done; the exit status.
pub(super) async fn history(app: &App, args: &StateHistoryArgs) -> u8 {
    let view = View::new(app);
    let places = StatePlaces { state: args.state.as_deref(), ..StatePlaces::default() };
    let Some((_, store)) = open(app, &view, places) else { return 1 };
    let read = async { Ok((store.read().await?.sidecar.history, store.kept().await?)) };
    match read.await {
        Ok((entries, kept)) => {
            let kept: BTreeSet<u64> = kept.into_iter().collect();
            match args.json {
                true => print(&format!("{}\n", document(&entries, &kept))),
                false => print(&text(&entries, &kept)),
            }
            0
        }
        Err(e) => {
            view.tell_one(state_error(&e));
            1
        }
    }
}

fn document(entries: &[HistoryEntry], kept: &BTreeSet<u64>) -> Json {
    let addresses = |a: &Addresses| json!({"count": a.count, "addresses": a.names});
    let entry = |e: &HistoryEntry| {
        json!({
            "serial": e.serial, "from": e.from, "time": e.time, "who": e.who, "command": e.command,
            "summary": e.summary, "commit": e.commit, "configuration": e.configuration,
            "added": addresses(&e.added), "changed": addresses(&e.changed), "removed": addresses(&e.removed),
            "kept": kept.contains(&e.serial),
        })
    };
    json!({"format_version": "1.0", "history": entries.iter().map(entry).collect::<Vec<_>>(), "kept": kept})
}

/// A line for each run, the newest first; what can be brought back has a star.
fn text(entries: &[HistoryEntry], kept: &BTreeSet<u64>) -> String {
    let mut text = String::new();
    for e in entries.iter().rev() {
        let star = if kept.contains(&e.serial) { '*' } else { ' ' };
        let commit =
            e.commit.as_ref().map(|c| format!(", commit {}", &c[..12.min(c.len())])).unwrap_or_default();
        text.push_str(&format!("{star} {:>5}  {}  {}  {}{commit}\n", e.serial, e.time, e.who, e.command));
        for (sign, addresses) in [('+', &e.added), ('~', &e.changed), ('-', &e.removed)] {
            for name in addresses.names.iter().take(10) {
                text.push_str(&format!("           {sign} {name}\n"));
            }
            if addresses.count > 10 {
                text.push_str(&format!("           {sign} and {} more\n", addresses.count - 10));
            }
        }
    }
    if text.is_empty() {
        return "Nothing was done here yet.\n".into();
    }
    text + "\n* kept: \"stackwright state show -at=SERIAL ADDRESS\" shows it, \"stackwright state restore SERIAL\" brings it back.\n"
}

/// Shows an instance as it was recorded; the exit status.
pub(super) async fn show_at(app: &App, args: &StateArgs, serial: u64) -> u8 {
    let view = View::new(app);
    let StateCommand::Show(asked) = &args.command else { return 1 };
    let places = StatePlaces { state: asked.state.as_deref(), ..StatePlaces::default() };
    let Some((_, store)) = open(app, &view, places) else { return 1 };
    match at(&store, serial).await {
        Ok(snapshot) => over_standard_streams(app, |t| {
            with_schemas(app, Some(&snapshot), |s| show(asked, Some(&snapshot), s, t))
        }),
        Err(diag) => {
            view.tell_one(diag);
            1
        }
    }
}

/// An earlier snapshot that is kept.
pub(super) async fn at(store: &Store, serial: u64) -> Result<StateSnapshot, Diagnostic> {
    if let Some(snapshot) = store.read_kept(serial).await.map_err(|e| state_error(&e))? {
        return Ok(snapshot);
    }
    let kept = store.kept().await.map_err(|e| state_error(&e))?;
    let list: Vec<String> = kept.iter().map(u64::to_string).collect();
    let there = if list.is_empty() { "none".to_owned() } else { list.join(", ") };
    Err(Diagnostic::error(
        "No such snapshot",
        format!("No snapshot with serial {serial} is kept. Kept are: {there}."),
    ))
}
