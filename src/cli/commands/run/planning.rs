//! Making a plan and showing it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use ::apply::Operation;
use ::plan::{Importing, Mode, Options, Plan, Turn};
use model::address::Target;
use model::{Diagnostic, InstanceAddr, InstanceKey, ProviderAddr, Schema, Stage, Str};
use provider::Registry;

use super::{Prior, Ready};
use crate::app::App;
use crate::args::PlanViewArgs;
use crate::commands::generated::Generated;
use crate::project::Project;
use crate::render::plan::Look;
use crate::render::why::Why;
use crate::render::{self, messages, words};
use crate::view::View;
use crate::world::Outside;

/// How many objects are told one by one when they are read; of further ones it is told how many they are.
const TOLD: usize = 500;

/// How many further ones are told together.
const COUNTED: usize = 1000;

/// Hears what planning reads and tells it.
struct Reads<'v> {
    view: &'v View,
    generated: Option<&'v Generated>,
    /// How many objects were read so far.
    refreshed: Cell<usize>,
    /// When the reading of data sources began.
    began: RefCell<BTreeMap<InstanceAddr, Instant>>,
}

impl ::plan::Watch for Reads<'_> {
    fn refreshing(&self, address: &InstanceAddr, id: Option<&str>) {
        self.view.say(|| messages::refresh_start(address, id));
        let number = self.refreshed.get() + 1;
        self.refreshed.set(number);
        if number <= TOLD {
            self.view.note(&format!("{}\n", words::refreshing_line(address, id)));
        } else if number.is_multiple_of(COUNTED) {
            self.view.note(&format!("Refreshing state... {number} objects so far\n"));
        }
    }

    fn refreshed(&self, address: &InstanceAddr, id: Option<&str>) {
        self.view.say(|| messages::refresh_complete(address, id));
    }

    fn listing(&self, ty: &str, count: usize) {
        self.view.note(&format!("{}\n", words::listing_line(ty, count)));
    }

    fn listed(&self, address: &InstanceAddr, id: Option<&str>) {
        self.view.say(|| messages::refresh_start(address, id));
    }

    fn reading(&self, address: &InstanceAddr) {
        self.began.borrow_mut().insert(address.clone(), Instant::now());
        self.view.say_all(|| messages::apply_start(address, Operation::Read, None));
        self.view.note(&format!("{}\n", words::reading_line(address)));
    }

    fn read(&self, address: &InstanceAddr, id: Option<&str>) {
        let took = self.began.borrow_mut().remove(address).map(|t| t.elapsed()).unwrap_or_default();
        self.view.say_all(|| messages::apply_complete(address, Operation::Read, id, took));
        self.view.note(&format!("{}\n", words::read_line(address, id, took)));
    }

    fn importing(&self, address: &InstanceAddr, id: Option<&str>) {
        self.view.note(&format!("{}\n", words::importing_line(address, id)));
    }

    fn ephemeral(&self, address: &InstanceAddr, turn: Turn) {
        self.view.say(|| render::ephemeral::message(address, turn));
        let line = render::ephemeral::line(address, turn);
        line.into_iter().for_each(|line| self.view.note(&format!("{line}\n")));
    }

    fn generated(&self, address: &InstanceAddr, importing: &Importing, block: &str) {
        if let Some(generated) = self.generated {
            generated.add(address, importing, block);
        }
    }
}

/// Which of the things that planning found are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Telling {
    /// All.
    All,
    /// Not what the apply that follows at once will find out.
    NotYetOpen,
}

/// Makes a plan over a snapshot. What was found is told, and where planning failed also how far it came.
pub async fn make_plan(
    app: &App,
    view: &View,
    ready: &Ready,
    options: Options,
    prior: Prior,
    timestamp: &str,
    telling: Telling,
) -> Plan {
    let outside = Outside::planning(timestamp);
    let world = ready.project.world(outside.clone(), &app.equipment.registry);
    let inputs = ::plan::Inputs {
        config: &ready.project.config,
        statics: &ready.project.statics,
        world: &world,
        variables: ready.variables.clone(),
        given: ready.project.given.iter().map(|(name, root)| (name.clone(), root.value.clone())).collect(),
        prior: Arc::new(prior.snapshot),
        prevent_destroy: prior.prevent_destroy,
        registry: &app.equipment.registry,
        around: Arc::new(outside),
        ownership: ready.project.ownership(),
        timestamp: timestamp.into(),
        options,
        watch: &Reads {
            view,
            generated: ready.generated.as_ref(),
            refreshed: Cell::default(),
            began: RefCell::default(),
        },
        stages: app.stages(),
    };
    let (plan, mut diags) = ::plan::plan(&inputs).await;
    if !plan.errored && telling == Telling::NotYetOpen {
        diags.0.retain(|diag| diag.summary != ::plan::OPEN_CHECK);
    }
    if plan.errored {
        show_plan(app, view, &ready.project, &plan, &PlanViewArgs::default());
    }
    view.tell(&diags, &ready.project.sources.borrow());
    plan
}

/// The schema of an instance's type.
pub fn schema_of(registry: &Registry, addr: &InstanceAddr, provider: &ProviderAddr) -> Option<Arc<Schema>> {
    let catalog = registry.get(provider)?.catalog();
    let ty = &addr.resource.ty;
    let schema = match addr.resource.mode {
        model::ResourceMode::Managed => catalog.resources.get(ty).map(|t| t.schema()),
        model::ResourceMode::Data => catalog.data_sources.get(ty).map(|t| t.schema()),
        model::ResourceMode::Ephemeral => catalog.ephemerals.get(ty).map(|t| t.schema()),
    };
    schema.cloned().map(Arc::new)
}

/// Shows a plan to a person as the flags ask for, or tells it to a tool. Says no where an address to explain means nothing,
/// which has been told.
pub fn show_plan(app: &App, view: &View, project: &Project, plan: &Plan, shown: &PlanViewArgs) -> bool {
    let _render = app.stages().enter(Stage::Render, "plan");
    view.say_all(|| messages::plan(plan));
    if !view.is_for_people() {
        return true;
    }
    let sources = project.sources.borrow();
    let why = Why::new(plan, &project.config, &sources, &project.given);
    if !shown.explain.is_empty() {
        return explain(view, &why, plan, &shown.explain);
    }
    let look = Look {
        schemas: &|a: &InstanceAddr, p: &ProviderAddr| schema_of(&app.equipment.registry, a, p),
        note: &|change| why.note(change),
        screen: &view.out,
    };
    view.print(&match shown.concise {
        true => render::plan::concise(plan, &why.groups(&view.out), &view.out),
        false => render::plan::human(plan, &look),
    });
    if let Some(stack) = project.stack.as_ref().filter(|_| plan.mode == Mode::Normal) {
        view.print(&crate::commands::plan::stack_notes(stack));
    }
    true
}

/// How many objects of a resource or module are explained at once.
const EXPLAINED: usize = 20;

fn explain(view: &View, why: &Why, plan: &Plan, addresses: &[String]) -> bool {
    for (number, text) in addresses.iter().enumerate() {
        let target = stack::address::from_people(text).parse::<Target>();
        let found = match &target {
            Ok(target) => explanation(why, plan, target).ok_or_else(|| not_planned(text, plan)),
            Err(e) => Err(Diagnostic::error("Invalid address", e.to_string())),
        };
        match found {
            Ok(text) if number == 0 => view.print(&text),
            Ok(text) => view.print(&format!("\n{text}")),
            Err(diag) => {
                view.tell_one(diag);
                return false;
            }
        }
    }
    true
}

/// Why something happens to one object, or to each of a resource or module; nothing where the plan knows none.
fn explanation(why: &Why, plan: &Plan, target: &Target) -> Option<String> {
    if let Target::Resource(address) = target
        && let Some(chain) = why.chain(address)
    {
        return Some(chain);
    }
    let covered: Vec<&InstanceAddr> = plan
        .changes
        .iter()
        .filter(|c| c.deposed.is_none())
        .map(|c| &c.address)
        .filter(|a| covers(target, a))
        .collect();
    let changing: Vec<&InstanceAddr> = covered.iter().copied().filter(|a| why.happens(a)).collect();
    if changing.is_empty() {
        return (!covered.is_empty()).then(|| "Nothing of it changes.\n".to_owned());
    }
    let chains: Vec<String> = changing.iter().take(EXPLAINED).filter_map(|a| why.chain(a)).collect();
    let more = match changing.len().saturating_sub(EXPLAINED) {
        0 => String::new(),
        more => format!("\n{more} more change; ask for them by their own addresses.\n"),
    };
    Some(chains.join("\n") + &more)
}

/// Whether an instance belongs to a resource or module.
fn covers(target: &Target, address: &InstanceAddr) -> bool {
    match target {
        Target::Module(module) => is_within(&module.0, &address.module.0),
        Target::Resource(wanted) => {
            let same_module = wanted.module.0.len() == address.module.0.len();
            let same_key = wanted.key == InstanceKey::None || wanted.key == address.key;
            let fits = same_module && same_key && wanted.resource == address.resource;
            fits && is_within(&wanted.module.0, &address.module.0)
        }
    }
}

/// Whether calls begin with these; one without a key stands for all of its instances.
fn is_within(outer: &[(Str, InstanceKey)], calls: &[(Str, InstanceKey)]) -> bool {
    let mut pairs = outer.iter().zip(calls);
    outer.len() <= calls.len()
        && pairs.all(|((n, k), (name, key))| n == name && (*k == InstanceKey::None || k == key))
}

fn not_planned(text: &str, plan: &Plan) -> Diagnostic {
    let names: Vec<String> =
        plan.changes.iter().map(|c| render::display_address(&c.address.to_string())).collect();
    let meant = model::diagnostic::did_you_mean(text, names.iter().map(|n| &**n));
    Diagnostic::error(
        "No such resource instance",
        format!("Nothing in this plan has the address {text}: it is neither configured nor recorded.{meant}"),
    )
}
