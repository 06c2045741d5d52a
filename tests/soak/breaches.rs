//! A provider that breaks its contract in one way at a time: what is said of it, what the state keeps, and that the next
//! run mends what is left.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use model::{Attribute, Block, Diagnostics, NestedBlock, ProviderAddr, Schema, Type, Value};
use plan::{Action, Options, Plan};
use provider::{
    Call, Catalog, CreateClass, Failed, Object, PlanRequest, PlannedChange, Provider, ProviderError,
    Recovery, Registry, ResourceType, with_attributes,
};
use state::{MemoryBackend, StateSnapshot};

use crate::engine::{self, End};
use crate::provider::Shared;

/// What the provider's calls give in place of what they should.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Wrong {
    /// A configured or planned value is another one.
    Value,
    /// An attribute is not there.
    Attribute,
    /// A block is gone.
    Block,
    /// A value is unknown.
    Unknown,
    /// A value is there that nobody configured and that is not the provider's to give.
    Gift,
    /// A value is of another type.
    Type,
    /// The answer is null.
    Null,
    /// The call panics, with a secret.
    Panic,
}

/// The call that goes wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
enum At {
    Plan,
    /// The plan that apply asks for.
    FinalPlan,
    Create,
    Update,
    Read,
    Delete,
}

/// What is outside: the only object, once it is made, and what is to go wrong.
#[derive(Default)]
struct World {
    object: Option<Value>,
    made: usize,
    breach: Option<(At, Wrong)>,
    applying: bool,
}

type Outside = Arc<Mutex<World>>;

fn world(outside: &Outside) -> MutexGuard<'_, World> {
    outside.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Faithless {
    schema: Schema,
    catalog: Catalog,
}

struct Thing {
    schema: Schema,
    outside: Outside,
}

fn thing() -> Block {
    let rule = Block::new("A rule.").attr("port", Attribute::required(Type::Number, "Its port."));
    Block::new("A thing.")
        .attr("name", Attribute::required(Type::String, "Its name."))
        .attr("note", Attribute::optional(Type::String, "A note."))
        .attr("id", Attribute::computed(Type::String, "Its identifier."))
        .block("rule", NestedBlock::list(rule))
}

#[async_trait]
impl Provider for Faithless {
    fn addr(&self) -> ProviderAddr {
        ProviderAddr::implied("faithless")
    }
    fn mirrored_version(&self) -> &str {
        "1.0.0"
    }
    fn schema(&self) -> &Schema {
        &self.schema
    }
    fn catalog(&self) -> &Catalog {
        &self.catalog
    }
}

impl Thing {
    /// An answer, spoilt if it is its turn.
    fn answer(&self, at: At, right: Value) -> Value {
        let now = world(&self.outside).breach;
        let Some((_, wrong)) = now.filter(|(when, _)| *when == at) else { return right };
        match wrong {
            Wrong::Value => with_attributes(&right, [("name", Value::string("another"))]),
            Wrong::Attribute => {
                let entries = right.as_entries().unwrap_or_default().iter();
                Value::object(entries.filter(|(name, _)| **name != *"note").cloned().collect::<Vec<_>>())
            }
            Wrong::Block => {
                let ty = right.get("rule").map_or(Type::Dynamic, Value::ty);
                let Type::List(element) = ty else { return right };
                with_attributes(&right, [("rule", Value::list((*element).clone(), Vec::new()))])
            }
            Wrong::Unknown => with_attributes(&right, [("name", Value::unknown(Type::String))]),
            Wrong::Gift => with_attributes(&right, [("note", Value::string("a gift"))]),
            Wrong::Type => with_attributes(&right, [("name", Value::bool(true))]),
            Wrong::Null => Value::null_of(thing().ty()),
            Wrong::Panic => std::panic::panic_any("s3cr3t-panic"),
        }
    }
}

#[async_trait]
impl ResourceType for Thing {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn create_class(&self) -> CreateClass {
        CreateClass::Name
    }

    async fn plan(&self, _: Call<'_>, request: PlanRequest<'_>) -> Result<PlannedChange, ProviderError> {
        let at = if world(&self.outside).applying { At::FinalPlan } else { At::Plan };
        Ok(PlannedChange::in_place(self.answer(at, request.proposed.clone())))
    }

    async fn create(&self, _: Call<'_>, planned: &Value, _: &Value) -> Result<Object, Failed> {
        let made = with_attributes(planned, [("id", Value::string("thing-1"))]);
        let mut outside = world(&self.outside);
        outside.made += 1;
        outside.object = Some(made.clone());
        drop(outside);
        Ok(self.answer(At::Create, made).into())
    }

    async fn read(&self, _: Call<'_>, _: &Object) -> Result<Option<Object>, ProviderError> {
        let object = world(&self.outside).object.clone();
        Ok(object.map(|object| self.answer(At::Read, object).into()))
    }

    async fn update(&self, _: Call<'_>, _: &Object, planned: &Value, _: &Value) -> Result<Object, Failed> {
        world(&self.outside).object = Some(planned.clone());
        Ok(self.answer(At::Update, planned.clone()).into())
    }

    async fn delete(&self, _: Call<'_>, prior: &Object) -> Result<(), ProviderError> {
        world(&self.outside).object = None;
        drop(self.answer(At::Delete, prior.value.clone()));
        Ok(())
    }

    async fn recover(&self, _: Call<'_>, _: &Value) -> Result<Recovery, ProviderError> {
        let object = world(&self.outside).object.clone();
        Ok(object.map_or(Recovery::Absent, |object| Recovery::Exists(object.into())))
    }
}

/// A run over the provider, in memory.
struct Bench {
    outside: Outside,
    registry: Registry,
    backend: MemoryBackend,
    runs: u64,
}

impl Bench {
    fn new() -> Bench {
        let outside = Outside::default();
        let ty = Thing { schema: Schema::new(thing()), outside: outside.clone() };
        let catalog = Catalog::default().resource("faithless_thing", ty);
        let provider = Faithless { schema: Schema::new(Block::new("Nothing to set.")), catalog };
        Bench { outside, registry: Registry::new().with(provider), backend: MemoryBackend::new(), runs: 0 }
    }

    fn breach(&self, breach: Option<(At, Wrong)>) {
        world(&self.outside).breach = breach;
    }

    /// Recovers, plans and applies; gives the plan and all that was said.
    fn run(&mut self, configuration: &str) -> (Plan, Diagnostics) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(self.go(configuration))
    }

    async fn go(&mut self, configuration: &str) -> (Plan, Diagnostics) {
        let files = BTreeMap::from([("main.tf".to_owned(), configuration.to_owned())]);
        let project = engine::load(&files, &BTreeMap::new(), &self.registry).unwrap();
        self.runs += 1;
        let session = engine::lock(&self.backend, self.runs).await.unwrap();
        engine::settle(&project, &self.registry, &session).await.unwrap();
        let prior = session.snapshot();
        world(&self.outside).applying = false;
        let (plan, mut diags) =
            engine::plan(&project, &self.registry, &prior, Options::default(), self.runs).await;
        if !diags.has_errors() {
            world(&self.outside).applying = true;
            let places = (&self.backend, &Shared::default());
            let end = engine::apply(&project, &self.registry, &plan, &session, places, 4, self.runs).await;
            let End::Done(outcome, _) = end else { panic!("the program died") };
            diags.extend(outcome.diags);
        }
        session.close().await.unwrap();
        (plan, diags)
    }

    fn snapshot(&self) -> StateSnapshot {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(engine::read(&self.backend)).unwrap().unwrap_or_default()
    }
}

/// A thing with one rule and a note.
const FIRST: &str = "resource \"faithless_thing\" \"t\" {\n  name = \"one\"\n  rule { port = 1 }\n}\n";

/// The same thing with another note.
const SECOND: &str =
    "resource \"faithless_thing\" \"t\" {\n  name = \"one\"\n  note = \"new\"\n  rule { port = 1 }\n}\n";

const PLANNED: &str = "Provider produced invalid plan";
const FINAL: &str = "Provider produced inconsistent final plan";
const RESULT: &str = "Provider produced inconsistent result after apply";
const OBJECT: &str = "Provider returned invalid result object after apply";
const READ: &str = "Provider produced invalid object";
const CRASHED: &str = "Provider crashed";

/// Every breach, with the summary and the place that is named.
const BREACHES: &[(At, Wrong, &str, &str)] = &[
    (At::Plan, Wrong::Value, PLANNED, ".name"),
    (At::Plan, Wrong::Attribute, PLANNED, ".note"),
    (At::Plan, Wrong::Block, PLANNED, ".rule"),
    (At::Plan, Wrong::Unknown, PLANNED, ".name"),
    (At::Plan, Wrong::Gift, PLANNED, ".note"),
    (At::Plan, Wrong::Type, PLANNED, ".name"),
    (At::Plan, Wrong::Null, PLANNED, "the whole object"),
    (At::Plan, Wrong::Panic, CRASHED, ""),
    (At::FinalPlan, Wrong::Value, FINAL, ".name"),
    (At::FinalPlan, Wrong::Attribute, FINAL, ".note"),
    (At::FinalPlan, Wrong::Block, FINAL, ".rule"),
    (At::FinalPlan, Wrong::Unknown, FINAL, ".name"),
    (At::FinalPlan, Wrong::Gift, FINAL, ".note"),
    (At::FinalPlan, Wrong::Type, FINAL, ".name"),
    (At::FinalPlan, Wrong::Null, FINAL, "the whole object"),
    (At::FinalPlan, Wrong::Panic, CRASHED, ""),
    (At::Create, Wrong::Value, RESULT, ".name"),
    (At::Create, Wrong::Attribute, OBJECT, ".note"),
    (At::Create, Wrong::Block, RESULT, ".rule"),
    (At::Create, Wrong::Unknown, OBJECT, ".name"),
    (At::Create, Wrong::Gift, RESULT, ".note"),
    (At::Create, Wrong::Type, OBJECT, ".name"),
    (At::Create, Wrong::Null, OBJECT, "the whole object"),
    (At::Create, Wrong::Panic, CRASHED, ""),
    (At::Update, Wrong::Value, RESULT, ".name"),
    (At::Update, Wrong::Attribute, OBJECT, ".note"),
    (At::Update, Wrong::Block, RESULT, ".rule"),
    (At::Update, Wrong::Unknown, OBJECT, ".name"),
    (At::Update, Wrong::Gift, RESULT, ".note"),
    (At::Update, Wrong::Type, OBJECT, ".name"),
    (At::Update, Wrong::Null, OBJECT, "the whole object"),
    (At::Update, Wrong::Panic, CRASHED, ""),
    (At::Read, Wrong::Attribute, READ, ".note"),
    (At::Read, Wrong::Unknown, READ, ".name"),
    (At::Read, Wrong::Type, READ, ".name"),
    (At::Read, Wrong::Null, READ, "the whole object"),
    (At::Read, Wrong::Panic, CRASHED, ""),
    (At::Delete, Wrong::Panic, CRASHED, ""),
];

#[test]
fn every_breach_is_the_providers_and_the_next_run_mends_it() {
    let told: Vec<String> = BREACHES.iter().filter_map(|case| judge(case).err()).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
}

fn judge(&(at, wrong, summary, place): &(At, Wrong, &str, &str)) -> Result<(), String> {
    let demand = |holds: bool, what: &str| match holds {
        true => Ok(()),
        false => Err(format!("{at:?} {wrong:?}: {what}")),
    };
    let mut bench = Bench::new();
    let from_nothing = matches!(at, At::Plan | At::FinalPlan | At::Create);
    if !from_nothing {
        let (_, diags) = bench.run(FIRST);
        demand(!diags.has_errors(), "the object cannot be made")?;
    }
    bench.breach(Some((at, wrong)));
    let (broken, mended) = match at {
        At::Plan | At::FinalPlan | At::Create => (FIRST, FIRST),
        At::Update => (SECOND, SECOND),
        At::Read => (FIRST, FIRST),
        At::Delete => ("", ""),
    };
    let before = bench.snapshot();
    let (_, diags) = bench.run(broken);
    let [error] = &diags.0[..] else { return Err(format!("{at:?} {wrong:?}: {diags:?}")) };
    demand(error.summary == summary, &format!("it is said: {}: {}", error.summary, error.detail))?;
    demand(error.detail.contains("hashicorp/faithless"), "the provider is not named")?;
    demand(error.detail.contains("defect of the provider"), "whose defect it is is not said")?;
    demand(error.detail.contains(place), &format!("{place:?} is not in: {}", error.detail))?;
    let address = error.address.as_ref().map(ToString::to_string);
    demand(address.as_deref() == Some("faithless_thing.t"), "the object is not named")?;
    demand(!format!("{error:?}").contains("s3cr3t"), "what it panicked with is shown")?;
    let after = bench.snapshot();
    let touched = matches!(at, At::Create | At::Update | At::Delete);
    demand(touched || before.instances == after.instances, "the state changed although nothing was done")?;
    bench.breach(None);
    let (_, diags) = bench.run(mended);
    demand(!diags.has_errors(), &format!("the next run fails: {diags:?}"))?;
    let (plan, _) = bench.run(mended);
    let changes = plan.changes.iter().filter(|c| c.action != Action::NoOp).count();
    demand(changes == 0, "after the next run there is still something to do")?;
    let object = world(&bench.outside).object.clone();
    let made = world(&bench.outside).made;
    let recorded = bench.snapshot().instances.len();
    demand(recorded == usize::from(object.is_some()), "what is recorded is not what is there")?;
    demand(object.is_some() != (at == At::Delete), "the object is not as it was asked for")?;
    demand(made <= 1, "the object was made twice")
}
