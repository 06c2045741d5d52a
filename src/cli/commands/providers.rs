//! `providers`: what the configuration needs, and what is built in.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use crate::app::{App, print};
use crate::args::{ProvidersArgs, ProvidersCommand, VarArgs};
use crate::project::load;
use crate::render::schema_json::provider_json;
use crate::view::View;

/// Runs the command; the exit status.
pub fn run(app: &App, args: ProvidersArgs) -> u8 {
    let view = View::new(app);
    if let Some(ProvidersCommand::Schema(_)) = args.command {
        let schemas: Map<String, Json> = app
            .equipment
            .registry
            .all()
            .iter()
            .map(|p| (p.addr().to_string(), provider_json(&**p)))
            .collect();
        print(&format!("{}\n", json!({"format_version": "1.0", "provider_schemas": schemas})));
        return 0;
    }
    let place = match app.place() {
        Ok(place) => place,
        Err(diag) => {
            view.tell_one(diag);
            return 1;
        }
    };
    let mut project = load(&app.equipment, &place, &VarArgs::default());
    let diags = std::mem::take(&mut project.diags);
    view.tell(&diags, &project.sources.borrow());
    if diags.has_errors() {
        return 1;
    }
    let mut needed: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, module) in &project.config.modules {
        for resource in module.resources.values() {
            let addr = module.provider_addr(&module.provider_key(resource).name).to_string();
            let place = config::module_phrase(path);
            let users = needed.entry(addr).or_default();
            if !users.contains(&place) {
                users.push(place);
            }
        }
    }
    for (addr, users) in needed {
        view.print(&format!("{addr}\n    needed by {}\n", users.join(", ")));
    }
    0
}
