//! Saved plans: for people, as a document, as a comment.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use ::plan::{Mode, Plan};
use model::{InstanceAddr, ProviderAddr, ResourceMode};

use super::decoder;
use crate::app::{App, print};
use crate::args::{ShowArgs, VarArgs};
use crate::commands::plan::stack_notes;
use crate::commands::run::{schema_of, show_plan};
use crate::commands::store::read_plan;
use crate::planfile::Finding;
use crate::project::{Place, Project, load_kept};
use crate::render::markdown::{Subject, comment};
use crate::render::plan::Look;
use crate::render::why::Why;
use crate::render::{Screen, configuration_json, plan_json, streamed};
use crate::view::View;

/// Shows the plan of a file; the exit status.
pub(super) fn show(app: &App, view: &View, path: &Path, args: &ShowArgs) -> u8 {
    let vars = VarArgs::default();
    let Some((saved, _)) = read_plan(app, view, path, &vars) else { return 1 };
    let kept = &saved.plan.variables;
    let mut project = load_kept(app, &saved.place, saved.files, kept, &vars);
    project.set_origins(saved.origins);
    if args.json {
        write_document(app, &project, &saved.plan);
        return 0;
    }
    if args.markdown {
        print(&page(app, &project, &saved.plan, &saved.place, &saved.findings));
        return 0;
    }
    u8::from(!show_plan(app, view, &project, &saved.plan, &args.shown))
}

/// The plan as a comment for a pull request.
fn page(app: &App, project: &Project, plan: &Plan, place: &Place, findings: &[Finding]) -> String {
    let sources = project.sources.borrow();
    let why = Why::new(plan, &project.config, &sources, &project.given);
    let stack = project.stack.as_ref();
    let subject = Subject {
        stack: stack.map(|s| &*s.name),
        place,
        is_place_protected: project.environment.as_ref().is_some_and(|e| e.protected),
        findings,
        is_protected: &|address| is_protected(project, address),
        notes: &stack.filter(|_| plan.mode == Mode::Normal).map(stack_notes).unwrap_or_default(),
    };
    let look = Look {
        schemas: &|a: &InstanceAddr, p: &ProviderAddr| schema_of(&app.equipment.registry, a, p),
        note: &|change| why.note(change),
        screen: &Screen::DIFF,
    };
    comment(plan, &subject, &look)
}

/// Whether the configuration protects an object from being destroyed.
fn is_protected(project: &Project, address: &InstanceAddr) -> bool {
    let module = project.config.modules.get(&address.module.path());
    module.and_then(|m| m.resources.get(&address.resource)).is_some_and(|r| r.lifecycle.prevent_destroy)
}

/// Writes the plan as a document.
fn write_document(app: &App, project: &Project, plan: &Plan) {
    let registry = &app.equipment.registry;
    let decode = decoder(registry, &plan.refreshed);
    let schemas = |a: &InstanceAddr, p: &ProviderAddr| schema_of(registry, a, p);
    let version = |a: &InstanceAddr, p: &ProviderAddr| schemas(a, p).map_or(0, |s| s.version);
    let statics = &project.statics;
    let known = RefCell::new(HashMap::new());
    let dependencies = |a: &InstanceAddr| {
        let node = statics.find(&a.module.path(), &config::NodeKind::Resource(a.resource.clone()))?;
        let found =
            || known.borrow_mut().entry(node).or_insert_with(|| statics.resource_dependencies(node)).clone();
        (a.resource.mode == ResourceMode::Managed).then(found)
    };
    let context = plan_json::Context {
        dependencies: &dependencies,
        version: crate::TERRAFORM_VERSION,
        decode: &decode,
        schema_version: &version,
        configuration: configuration_json::configuration(&project.config, &schemas, &generated(plan)),
        relevant_attributes: configuration_json::relevant_attributes(&project.config, plan),
    };
    streamed::write(&mut std::io::stdout().lock(), &plan_json::plan_json(plan, &context));
}

/// What planning wrote itself, which is no part of the configuration that it planned from.
fn generated(plan: &Plan) -> BTreeSet<InstanceAddr> {
    let found = plan.changes.iter().filter(|c| c.generated_config.is_some());
    found.map(|c| c.address.whole()).collect()
}
