//! One run: a configuration made, changed and destroyed, with everything that may come between.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use model::address::Target;
use model::{Diagnostics, InstanceAddr, Value};
use plan::{Action, Mode, Options, Plan};
use provider::Registry;
use state::{LastWrite, MemoryBackend, StateSnapshot};

use crate::cloud::{Cloud, Entry, Mischief};
use crate::compose::Composer;
use crate::dice::Dice;
use crate::engine::{self, End, Project, told};
use crate::expect::{Expected, expected};
use crate::kind::Kind;
use crate::provider::{Fickle, Shared, cloud};
use crate::spec::Spec;
use crate::static_order::StaticOrder;
use crate::{checks, failures, kinds, order, recorded, text};

/// How often something was done.
pub type Counts = BTreeMap<&'static str, u64>;

/// A run that broke an invariant.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What repeats it.
    pub seed: u64,
    /// What is wrong.
    pub wrong: Vec<String>,
    /// What was done, in order.
    pub story: Vec<String>,
    /// The configuration at the time.
    pub files: BTreeMap<String, String>,
}

/// A run under way.
pub struct Scenario {
    pub(crate) dice: Dice,
    pub(crate) seed: u64,
    pub(crate) kinds: Arc<Vec<Kind>>,
    pub(crate) spec: Spec,
    pub(crate) shared: Shared,
    pub(crate) backend: MemoryBackend,
    pub(crate) names: usize,
    /// Objects that were let go on purpose.
    pub(crate) abandoned: BTreeSet<String>,
    /// Objects that were removed from outside.
    pub(crate) vanished: BTreeSet<String>,
    /// Objects that were changed from outside since they were last read.
    pub(crate) drifted: BTreeSet<String>,
    pub(crate) story: Vec<String>,
    pub(crate) counts: Counts,
    registry: Registry,
    runs: u64,
}

/// What one apply is to be.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// What it is for.
    pub mode: Mode,
    /// What fails.
    pub mischief: Mischief,
    /// The writing operation at which the program dies, and how far that one gets.
    pub write_death: Option<(usize, LastWrite)>,
    /// What is to be replaced.
    pub replace: BTreeSet<InstanceAddr>,
    /// What the plan is limited to.
    pub targets: Vec<Target>,
    /// Whether the state is taken at its word.
    pub stale: bool,
}

/// How an apply went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Went {
    /// Everything was done.
    Well,
    /// Planning found that it must not be done, as it should.
    Refused,
    /// Something failed, as it should.
    Partly,
    /// The program died, as it should.
    Died,
}

/// Why a run ends early.
pub type Broken = Vec<String>;

/// Runs a seed from beginning to end.
pub fn run(seed: u64) -> Result<Counts, Box<Failure>> {
    replay(seed).1
}

/// Runs a seed and tells all that happened in it.
pub fn replay(seed: u64) -> (Vec<String>, Result<Counts, Box<Failure>>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(e) => return (Vec::new(), Err(Box::new(Failure::new(seed, vec![format!("no runtime: {e}")])))),
    };
    let mut scenario = Scenario::new(seed);
    let result = match runtime.block_on(scenario.play()) {
        Ok(()) => Ok(std::mem::take(&mut scenario.counts)),
        Err(wrong) => Err(Box::new(scenario.failure(wrong))),
    };
    (scenario.story, result)
}

impl Failure {
    fn new(seed: u64, wrong: Vec<String>) -> Failure {
        Failure { seed, wrong, story: Vec::new(), files: BTreeMap::new() }
    }
}

impl Scenario {
    fn new(seed: u64) -> Scenario {
        let mut dice = Dice::new(seed);
        let kinds = Arc::new(kinds::kinds(&mut dice));
        let shared: Shared = Arc::new(Mutex::new(Cloud::default()));
        let mut composer = Composer { dice, kinds: &kinds, names: 0 };
        let spec = composer.spec();
        let (dice, names) = (composer.dice, composer.names);
        let registry = Registry::new().with(Fickle::new(&kinds, &shared));
        Scenario {
            dice,
            seed,
            kinds,
            spec,
            shared,
            backend: MemoryBackend::new(),
            names,
            abandoned: BTreeSet::new(),
            vanished: BTreeSet::new(),
            drifted: BTreeSet::new(),
            story: Vec::new(),
            counts: Counts::new(),
            registry,
            runs: 0,
        }
    }

    fn failure(&self, wrong: Vec<String>) -> Failure {
        let files = text::files(&self.spec, &self.kinds);
        Failure { seed: self.seed, wrong, story: self.story.clone(), files }
    }

    /// Counts something.
    pub(crate) fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    /// Notes what happens.
    pub(crate) fn tell(&mut self, what: impl Into<String>) {
        self.story.push(what.into());
    }

    /// Changes the configuration.
    pub(crate) fn compose<T>(&mut self, work: impl FnOnce(&mut Composer<'_>, &mut Spec) -> T) -> T {
        let kinds = self.kinds.clone();
        let mut composer = Composer { dice: self.dice.clone(), kinds: &kinds, names: self.names };
        let done = work(&mut composer, &mut self.spec);
        (self.dice, self.names) = (composer.dice, composer.names);
        done
    }

    fn given(&self) -> BTreeMap<String, Value> {
        let vars = &self.spec.root().vars;
        let of = |v: &crate::spec::Var| Some((v.name.clone(), self.spec.given.get(&v.name)?.value(&v.ty)));
        vars.iter().filter_map(of).collect()
    }

    fn load(&self) -> Result<Project, Broken> {
        let files = text::files(&self.spec, &self.kinds);
        engine::load(&files, &self.given(), &self.registry)
            .map_err(|diags| vec![format!("a good configuration is refused: {}", told(&diags))])
    }

    /// Plans and applies once, and checks everything that can be checked about it.
    pub(crate) async fn apply(&mut self, wish: &Wish) -> Result<Went, Broken> {
        self.count("applies");
        let project = self.load()?;
        let disk = self.mortal(wish);
        self.runs += 1;
        let session = engine::lock(&disk, self.runs).await;
        let session = match session {
            Err(_) if disk.is_dead() => return Ok(self.bury()),
            other => other.map_err(|e| vec![format!("the state cannot be locked: {e}")])?,
        };
        let unresolved = session.unresolved();
        if let Err(why) = engine::settle(&project, &self.registry, &session).await {
            return if disk.is_dead() {
                Ok(self.bury())
            } else {
                Err(vec![format!("recovery failed: {why}")])
            };
        }
        let prior = session.snapshot();
        self.inventory(&prior, "after recovery")?;
        let settled = unresolved.iter().map(|(_, intent)| intent);
        self.fail_on(failures::found_objects_depend(settled.clone(), &prior))?;
        self.fail_on(failures::nothing_is_aside_for_nothing(settled, &prior))?;
        let expected = self.expected(&prior, wish, BTreeSet::new())?;
        let seed = self.dice.roll();
        let log = cloud(&self.shared).log.len();
        let (plan, diags) = self.plan(&project, &prior, wish, seed).await;
        self.complaints()?;
        if diags.has_errors() {
            let failed_calls =
                cloud(&self.shared).log[log..].iter().any(|e| e.moment == crate::cloud::Moment::Fails);
            drop(session.close().await);
            let moved_away =
                |d: &model::Diagnostic| d.summary == "Moved resource instances excluded by targeting";
            if failed_calls
                || !wish.targets.is_empty() && diags.iter().any(moved_away)
                || expected.must_be_refused() && wish.mode == Mode::Normal
                || self.is_guarded(wish)
            {
                self.count("refusals");
                self.tell(format!("refused: {}", told(&diags)));
                return Ok(if disk.is_dead() { self.bury() } else { Went::Refused });
            }
            return Err(vec![format!("planning failed: {}", told(&diags))]);
        }
        let secrecy = checks::changed_in_secrecy(&plan, &self.spec);
        let expected = if secrecy.is_empty() { expected } else { self.expected(&prior, wish, secrecy)? };
        self.check_plan(&project, &plan, &expected, wish, seed).await?;
        let log = cloud(&self.shared).log.len();
        self.prepare(wish);
        let parallelism = *self.dice.pick(&[1, 2, 10]);
        let world = (&disk, &self.shared);
        let end = engine::apply(&project, &self.registry, &plan, &session, world, parallelism, seed).await;
        let log: Vec<Entry> = cloud(&self.shared).log[log..].to_vec();
        cloud(&self.shared).mischief = Mischief::default();
        self.note_let_go(&plan, &prior);
        self.complaints()?;
        let (outcome, events) = match end {
            End::Died => return Ok(self.bury()),
            End::Done(outcome, events) => (outcome, events),
        };
        for entry in &log {
            self.tell(format!("  {:?} {} {:?} {:?}", entry.op, entry.address, entry.moment, entry.id));
        }
        self.check_order(&plan, (&prior, &session.snapshot()), &expected, &log, (&events, &outcome.failed))?;
        let snapshot = match session.close().await {
            Ok(snapshot) => snapshot,
            Err(_) if disk.is_dead() => return Ok(self.bury()),
            Err(e) => return Err(vec![format!("the state cannot be published: {e}")]),
        };
        self.check_done(&plan, &snapshot, &outcome, &events).await?;
        self.inventory(&snapshot, "after the apply")?;
        let mut wrong = failures::what_stays_is_in_use(&plan, &prior, &snapshot, &log);
        if plan.mode == Mode::Normal {
            wrong.extend(failures::outputs_of_failures_stay(
                &plan,
                &expected,
                (&prior, &snapshot),
                &outcome,
                &log,
            ));
        }
        self.fail_on(wrong)?;
        if outcome.diags.has_errors() {
            self.count("partial failures");
            let on_purpose = wish.mischief.percent > 0 || !expected.failing_later.is_empty();
            self.tell(format!("failed in part: {}", told(&outcome.diags)));
            if !on_purpose {
                return Err(vec![format!("apply failed: {}", told(&outcome.diags))]);
            }
            return Ok(Went::Partly);
        }
        if wish.targets.is_empty() && wish.mode == Mode::Normal && !expected.failing_later.is_empty() {
            return Err(vec!["a condition that turned out not to hold stopped nothing".into()]);
        }
        if wish.targets.is_empty() && wish.mode == Mode::Normal && !wish.stale {
            let wrong =
                checks::configuration_is_met(&self.spec, &self.kinds, &snapshot, &cloud(&self.shared), &log);
            self.fail_on(wrong)?;
            self.second_plan(&project, &snapshot).await?;
        }
        Ok(Went::Well)
    }

    fn mortal(&self, wish: &Wish) -> MemoryBackend {
        let (at, last) = wish.write_death.unwrap_or((usize::MAX, LastWrite::Lost));
        self.backend.dying_at(at, last)
    }

    /// The program died: another one will take over.
    fn bury(&mut self) -> Went {
        self.count("deaths");
        self.tell("the program died");
        let mut cloud = cloud(&self.shared);
        cloud.dead = false;
        cloud.mischief = Mischief::default();
        drop(cloud);
        self.backend = self.backend.reopened();
        Went::Died
    }

    fn prepare(&mut self, wish: &Wish) {
        let mut cloud = cloud(&self.shared);
        cloud.effects = 0;
        cloud.mischief = wish.mischief.clone();
    }

    fn options(wish: &Wish) -> Options {
        Options {
            mode: wish.mode,
            refresh: !wish.stale,
            replace: wish.replace.iter().cloned().collect(),
            targets: wish.targets.clone(),
            ..Options::default()
        }
    }

    async fn plan(
        &self,
        project: &Project,
        prior: &StateSnapshot,
        wish: &Wish,
        seed: u64,
    ) -> (Plan, Diagnostics) {
        engine::plan(project, &self.registry, prior, Scenario::options(wish), seed).await
    }

    fn expected(
        &self,
        prior: &StateSnapshot,
        wish: &Wish,
        secrecy: BTreeSet<InstanceAddr>,
    ) -> Result<Expected, Broken> {
        let start = recorded::start(&self.spec, &self.kinds, prior, &cloud(&self.shared), !wish.stale);
        let mut start = start.map_err(|why| vec![why])?;
        start.replace = wish.replace.clone();
        start.secrecy = secrecy;
        Ok(expected(&self.spec, &self.kinds, &start))
    }

    /// Whether destroying meets something that must be kept.
    fn is_guarded(&self, wish: &Wish) -> bool {
        wish.mode == Mode::Destroy && self.spec.items().any(|(_, item)| item.life.keep)
    }

    async fn check_plan(
        &mut self,
        project: &Project,
        plan: &Plan,
        expected: &Expected,
        wish: &Wish,
        seed: u64,
    ) -> Result<(), Broken> {
        self.tell(summary(plan));
        if wish.mode == Mode::Normal && wish.targets.is_empty() {
            if expected.must_be_refused() {
                let who = expected.kept.iter().chain(&expected.failing).map(|a| a.to_string());
                return Err(vec![format!(
                    "planning should have failed for {}",
                    who.collect::<Vec<_>>().join(", ")
                )]);
            }
            self.fail_on(checks::plan_is_as_expected(plan, expected))?;
        }
        self.fail_on(order::halves_are_ordered(plan))?;
        let order = StaticOrder::of(&self.spec);
        if wish.mode == Mode::Normal {
            self.fail_on(order::steps_wait_for_a_reason(plan, &order, &plan.prior))?;
        }
        if self.dice.chance(25) {
            self.count("plans made twice");
            let (again, _) = self.plan(project, &plan.prior, wish, seed).await;
            let one = format!("{:?}{:?}{:?}", plan.changes, plan.steps, plan.outputs);
            let other = format!("{:?}{:?}{:?}", again.changes, again.steps, again.outputs);
            if one != other {
                return Err(vec!["two plans of the same differ".into()]);
            }
        }
        self.check_rendering(plan)
    }

    fn check_rendering(&mut self, plan: &Plan) -> Result<(), Broken> {
        if !self.dice.chance(30) {
            return Ok(());
        }
        self.count("plans shown");
        let registry = &self.registry;
        let schemas = |addr: &InstanceAddr, provider: &model::ProviderAddr| {
            let catalog = registry.get(provider)?.catalog();
            let schema = match addr.resource.mode {
                model::ResourceMode::Managed => catalog.resources.get(&addr.resource.ty)?.schema().clone(),
                _ => catalog.data_sources.get(&addr.resource.ty)?.schema().clone(),
            };
            Some(Arc::new(schema))
        };
        let screen = &cli::render::Screen::PLAIN;
        let look = cli::render::plan::Look { schemas: &schemas, note: &|_| None, screen };
        let shown = cli::render::plan::human(plan, &look);
        let debug = format!("{:?}", plan.changes);
        for (what, text) in [("the plan as people read it", shown), ("the plan's debug text", debug)] {
            if let Some(line) = text.lines().find(|l| l.contains("s3cr3t")) {
                let at = line.find("s3cr3t").unwrap_or(0);
                let near: String = line.chars().skip(at.saturating_sub(120)).take(160).collect();
                return Err(vec![format!("{what} shows a secret: {near}")]);
            }
        }
        Ok(())
    }

    fn check_order(
        &mut self,
        plan: &Plan,
        (prior, after): (&StateSnapshot, &StateSnapshot),
        expected: &Expected,
        log: &[Entry],
        (events, failed): (&[apply::Event], &[InstanceAddr]),
    ) -> Result<(), Broken> {
        let mut wrong = checks::only_what_was_planned(plan, log);
        if plan.mode == Mode::Normal {
            wrong.extend(order::makers_follow_what_they_read(expected, log));
        }
        wrong.extend(order::deletes_go_backwards(plan, &self.spec, (&self.kinds, prior), expected, log));
        wrong.extend(order::branches_are_independent(
            plan,
            &self.kinds,
            after,
            &order::Told { events, failed },
        ));
        self.fail_on(wrong)
    }

    async fn check_done(
        &mut self,
        plan: &Plan,
        snapshot: &StateSnapshot,
        outcome: &apply::Outcome,
        events: &[apply::Event],
    ) -> Result<(), Broken> {
        let made = |e: &apply::Event| match e {
            apply::Event::Finished { address, operation, .. } => {
                let makes = matches!(operation, apply::Operation::Create | apply::Operation::Update);
                makes.then(|| address.clone())
            }
            _ => None,
        };
        let done: BTreeSet<InstanceAddr> = events.iter().filter_map(made).collect();
        let mut wrong = checks::plans_are_kept(plan, &self.kinds, snapshot, &done);
        wrong.extend(checks::secrets_are_marked(&self.kinds, snapshot));
        wrong.extend(checks::state_round_trips(snapshot));
        let told = format!("{events:?}{:?}", outcome.diags);
        if told.contains("s3cr3t") {
            wrong.push("what apply tells shows a secret".into());
        }
        let published =
            engine::read(&self.backend).await.map_err(|e| vec![format!("the state cannot be read: {e}")])?;
        if published
            .as_ref()
            .is_some_and(|p| p.instances != snapshot.instances || p.outputs != snapshot.outputs)
        {
            wrong.push("what was published is not what the session had".into());
        }
        self.fail_on(wrong)
    }

    /// Objects and records fit together.
    pub(crate) fn inventory(&mut self, snapshot: &StateSnapshot, when: &str) -> Result<(), Broken> {
        let cloud = cloud(&self.shared);
        let mut wrong =
            checks::nothing_is_lost(&self.kinds, snapshot, &cloud, &self.abandoned, &self.vanished);
        wrong.extend(checks::records_are_true(&self.kinds, snapshot, &cloud, &self.drifted));
        wrong.extend(checks::everything_has_settled(&self.kinds, snapshot, &cloud));
        drop(cloud);
        self.fail_on(wrong.into_iter().map(|w| format!("{when}: {w}")).collect())
    }

    /// What the plan lets go stays outside and is nobody's business any more.
    fn note_let_go(&mut self, plan: &Plan, prior: &StateSnapshot) {
        let forgotten = plan.changes.iter().filter(|c| c.action == Action::Forget);
        for change in forgotten {
            let old = change.previous_address.as_ref().unwrap_or(&change.address);
            let object = prior.current(old).map(|o| recorded::attributes(&self.kinds, old, o));
            if let Some(Ok(value)) = object
                && let crate::val::Val::Str(id) = value.get("id")
            {
                self.abandoned.insert(id.clone());
            }
        }
        if plan.mode == Mode::Normal && plan.targets.is_empty() {
            self.drifted.clear();
        }
    }

    async fn second_plan(&mut self, project: &Project, snapshot: &StateSnapshot) -> Result<(), Broken> {
        let (plan, diags) = self.plan(project, snapshot, &Wish::default(), 1).await;
        if diags.has_errors() {
            return Err(vec![format!("a second plan fails: {}", told(&diags))]);
        }
        self.fail_on(checks::plan_is_empty(&plan))
    }

    fn complaints(&mut self) -> Result<(), Broken> {
        let complaints = std::mem::take(&mut cloud(&self.shared).complaints);
        self.fail_on(complaints)
    }

    /// Ends the run where something is wrong.
    pub(crate) fn fail_on(&self, wrong: Vec<String>) -> Result<(), Broken> {
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }
}

impl Expected {
    /// Whether a plan must not come to its end.
    pub fn must_be_refused(&self) -> bool {
        !self.kept.is_empty() || !self.failing.is_empty()
    }
}

fn summary(plan: &Plan) -> String {
    let (add, change, destroy, _) = plan.counts();
    let mut text = format!("plan {:?}: {add} to add, {change} to change, {destroy} to destroy", plan.mode);
    for change in plan.changes.iter().filter(|c| c.action != Action::NoOp || c.is_move()) {
        let from = change.previous_address.as_ref().map(|p| format!(" (was {p})")).unwrap_or_default();
        let deposed = change.deposed.as_ref().map(|k| format!(" deposed {k}")).unwrap_or_default();
        text.push_str(&format!("\n    {:?} {}{from}{deposed}", change.action, change.address));
    }
    for (i, step) in plan.steps.iter().enumerate() {
        let of = step.change.and_then(|c| plan.changes.get(c as usize)).map(|c| c.address.to_string());
        let after: Vec<u32> = step.after.iter().map(|s| s.0).collect();
        text.push_str(&format!("\n    {i}. {:?} {} after {after:?}", step.action, of.unwrap_or_default()));
    }
    text
}
