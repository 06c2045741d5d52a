//! `providers`: what the configuration needs, and what is built in.

use std::collections::{BTreeMap, BTreeSet};

use model::ProviderAddr;
use serde_json::{Map, Value as Json};

use crate::app::{App, print};
use crate::args::{ProvidersArgs, ProvidersCommand, StatePlaces, VarArgs};
use crate::commands::run::has_configuration;
use crate::commands::validate::any_place;
use crate::project::{Place, Project, load};
use crate::render::schema_json::provider_json;
use crate::view::View;

/// Runs the command; the exit status.
pub async fn run(app: &App, args: ProvidersArgs) -> u8 {
    let view = View::new(app);
    match args.command {
        Some(ProvidersCommand::Schema(_)) => schemas(app, &view).await,
        None => list(app, &view),
    }
}

/// Writes the schemas of the providers that the configuration and the state need; of all where there is no configuration.
async fn schemas(app: &App, view: &View) -> u8 {
    let place = any_place(app);
    let mut project = load(app, &place, &VarArgs::default());
    let diags = std::mem::take(&mut project.diags);
    let failed = diags.has_errors();
    view.tell(&diags, &project.sources.borrow());
    if failed {
        return 1;
    }
    let all = !has_configuration(&project);
    let needed = needed(&project, &place).await;
    let wanted = app.equipment.registry.all().iter().filter(|p| all || needed.contains(&p.addr()));
    let schemas: Map<String, Json> = wanted.map(|p| (p.addr().to_string(), provider_json(&**p))).collect();
    let mut out = Map::from_iter([("format_version".to_owned(), Json::from("1.0"))]);
    if !schemas.is_empty() {
        out.insert("provider_schemas".into(), Json::Object(schemas));
    }
    print(&format!("{}\n", Json::Object(out)));
    0
}

/// The providers of all resources, provider blocks and requirements, and those of what is recorded.
async fn needed(project: &Project, place: &Place) -> BTreeSet<ProviderAddr> {
    let mut needed = BTreeSet::new();
    for module in project.config.modules.values() {
        needed.extend(module.resources.values().map(|r| module.provider_addr(&module.provider_key(r).name)));
        needed.extend(module.providers.keys().map(|key| module.provider_addr(&key.name)));
        needed.extend(module.required_providers.values().map(|required| required.addr.clone()));
    }
    let Ok(store) = project.store(place, StatePlaces::default()) else { return needed };
    let recorded = store.read().await.ok().and_then(|folded| folded.snapshot);
    for state in recorded.iter().flat_map(|snapshot| snapshot.instances.values()) {
        needed.extend(::plan::clients::parse_config_text(&state.provider).map(|configured| configured.addr));
    }
    needed
}

/// Shows who needs which provider.
fn list(app: &App, view: &View) -> u8 {
    let place = match app.place() {
        Ok(place) => place,
        Err(diag) => {
            view.tell_one(diag);
            return 1;
        }
    };
    let mut project = load(app, &place, &VarArgs::default());
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
