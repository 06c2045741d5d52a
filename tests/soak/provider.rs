//! The fickle provider: random types over the [`Cloud`], which fail on demand and watch how they are called.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use model::{Attribute, Block, ProviderAddr, Schema, Type, Value};
use provider::{
    Call, Catalog, Client, CreateClass, DataSource, Failed, Object, PlanRequest, PlannedChange, Provider,
    ProviderError, Recovery, ResourceType, Surroundings, text,
};

use crate::cloud::{Cloud, Fault, Moment, Op, Thing, found};
use crate::kind::{Kind, Shape};
use crate::kinds::{LOOK, look};
use crate::rules;
use crate::val::Val;

/// The cloud as all types share it.
pub type Shared = Arc<Mutex<Cloud>>;

/// Looks at the cloud; nobody else does meanwhile.
pub fn cloud(shared: &Shared) -> MutexGuard<'_, Cloud> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The provider.
pub struct Fickle {
    schema: Schema,
    catalog: Catalog,
}

/// What a provider block makes.
struct Region(String);

impl Fickle {
    /// A provider of random types.
    pub fn new(kinds: &[Kind], shared: &Shared) -> Fickle {
        let block = Block::new("Made for a test.")
            .attr("region", Attribute::required(Type::String, "Made for a test."));
        let mut catalog = Catalog::default();
        for (number, kind) in kinds.iter().enumerate() {
            let ty = FickleType { number, schema: kind.schema(), kind: kind.clone(), shared: shared.clone() };
            catalog = catalog.resource(&kind.name, ty);
        }
        let source = Look { schema: Schema::new(look().block()), shape: look(), shared: shared.clone() };
        Fickle { schema: Schema::new(block), catalog: catalog.data_source(LOOK, source) }
    }
}

#[async_trait]
impl Provider for Fickle {
    fn addr(&self) -> ProviderAddr {
        ProviderAddr::implied("fickle")
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

    async fn configure(&self, config: &Value, _: Arc<dyn Surroundings>) -> Result<Client, ProviderError> {
        Ok(Arc::new(Region(text(config, "region").unwrap_or_default().to_owned())))
    }
}

struct FickleType {
    number: usize,
    schema: Schema,
    kind: Kind,
    shared: Shared,
}

/// The failure that mischief asks for.
fn failure(op: Op, call: &Call<'_>) -> ProviderError {
    let what = format!("The fickle provider would not {op:?} {}.", call.address);
    ProviderError::new(provider::ErrorKind::Internal, "Fickle failure", what)
}

fn id_of(value: &Val) -> String {
    match value.get("id") {
        Val::Str(id) => id.clone(),
        _ => String::new(),
    }
}

fn region(call: &Call<'_>) -> String {
    call.client::<Region>().map_or_else(String::new, |r| r.0.clone())
}

/// What the engine gives must be of the type, without marks, and known where it has to be.
fn take(shared: &Shared, shape: &Shape, value: &Value, known: bool, what: &str) -> Val {
    let complain = |why: &str| cloud(shared).complain(format!("{what} {why}"));
    if value.ty() != shape.ty().model() {
        complain("has another type than the schema's");
    }
    if !value.deep_marks().is_empty() {
        complain("carries marks");
    }
    if known && !value.is_wholly_known() {
        complain("is not wholly known");
    }
    Val::from(value)
}

impl FickleType {
    fn shape(&self) -> &Shape {
        &self.kind.shape
    }

    fn is_outside(&self) -> bool {
        self.kind.class != CreateClass::StateOnly
    }

    fn object(&self, val: &Val, private: Option<String>) -> Object {
        Object { value: val.value(&self.shape().ty()), private }
    }

    fn take(&self, value: &Value, known: bool, what: &str, call: &Call<'_>) -> Val {
        take(&self.shared, self.shape(), value, known, &format!("{}: {what}", call.address))
    }

    /// Begins an effect: notes it, lets time pass, and says how it fails, if it does.
    async fn begin(&self, op: Op, call: &Call<'_>, id: Option<&str>) -> Option<Fault> {
        let address = call.address.to_string();
        let (pause, fault) = {
            let mut cloud = cloud(&self.shared);
            cloud.note(op, &address, id, Moment::Begins);
            (cloud.pause(op, &address), cloud.fault(op, &address))
        };
        tokio::time::sleep(Duration::from_millis(pause)).await;
        fault
    }

    /// The middle of an effect, in which the program may die. Says whether it takes place.
    async fn middle(&self, mut effect: impl FnMut(&mut Cloud)) {
        let fate = cloud(&self.shared).spend();
        if fate != Some(false) {
            effect(&mut cloud(&self.shared));
        }
        if fate.is_some() {
            cloud(&self.shared).dead = true;
            std::future::pending::<()>().await;
        }
    }

    fn end(&self, op: Op, call: &Call<'_>, id: Option<&str>, moment: Moment) {
        cloud(&self.shared).note(op, &call.address.to_string(), id, moment);
    }

    /// The attributes that are given and never told again.
    fn hidden(&self, config: &Val) -> Val {
        let hidden = self.shape().attrs.iter().filter(|a| a.write_only);
        Val::Map(hidden.map(|a| (a.name.clone(), config.get(&a.name).clone())).collect())
    }

    fn private(&self, id: &str, n: usize) -> Option<String> {
        self.kind.private.then(|| format!("remembered of {id}, {n}"))
    }

    /// Nothing is done to an object that is still settling.
    fn must_have_settled(&self, id: &str, what: &str, call: &Call<'_>) {
        let mut cloud = cloud(&self.shared);
        if cloud.things.get(id).is_some_and(|thing| thing.settling) {
            cloud.complain(format!("{}: {id} is {what} before it has settled", call.address));
        }
    }

    fn check_private(&self, id: &str, private: Option<&str>, call: &Call<'_>) {
        if !self.is_outside() {
            return;
        }
        let mut cloud = cloud(&self.shared);
        let kept = cloud.things.get(id).map(|t| t.private.clone());
        if kept.is_some_and(|kept| kept.as_deref() != private) {
            cloud.complain(format!(
                "{}: what the type remembers of {id} came back as {private:?}",
                call.address
            ));
        }
    }
}

#[async_trait]
impl ResourceType for FickleType {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn create_class(&self) -> CreateClass {
        self.kind.class
    }

    async fn plan(&self, call: Call<'_>, request: PlanRequest<'_>) -> Result<PlannedChange, ProviderError> {
        let prior = request.prior.map(|p| self.take(p, true, "what was before", &call));
        let config = self.take(request.config, false, "the configuration", &call);
        let proposed = self.take(request.proposed, false, "what is proposed", &call);
        let own = rules::propose(self.shape(), prior.as_ref(), &config);
        if own != proposed {
            let at = own.departs(&proposed).unwrap_or_default();
            cloud(&self.shared).complain(format!("{}: what is proposed is wrong{at}", call.address));
        }
        if let Some(prior) = &prior {
            self.check_private(&id_of(prior), request.private, &call);
        }
        let planned = rules::plan(&self.kind, prior.as_ref(), &config);
        let requires_replace = planned.replace.iter().map(|n| model::Path::of_attr(n.as_str())).collect();
        Ok(PlannedChange { planned: planned.object.value(&self.shape().ty()), requires_replace })
    }

    async fn create(&self, call: Call<'_>, planned: &Value, config: &Value) -> Result<Object, Failed> {
        let config = self.take(config, true, "the configuration of a create", &call);
        let planned = self.take(planned, false, "the plan of a create", &call);
        let fault = self.begin(Op::Create, &call, None).await;
        if fault == Some(Fault::Clean) {
            self.end(Op::Create, &call, None, Moment::Fails);
            return Err(failure(Op::Create, &call).into());
        }
        let val = rules::made(self.shape(), &planned, &mut *cloud(&self.shared));
        let id = id_of(&val);
        let private = self.private(&id, 0);
        let thing = Thing {
            kind: self.number,
            address: call.address.to_string(),
            half: fault.is_some(),
            settling: self.kind.settles && fault.is_none(),
            val: val.clone(),
            private: private.clone(),
            hidden: self.hidden(&config),
            region: region(&call),
        };
        if self.is_outside() {
            self.middle(|cloud| drop(cloud.things.insert(id.clone(), thing.clone()))).await;
        } else {
            cloud(&self.shared).hidden.insert(id.clone(), thing.hidden);
        }
        let object = self.object(&val, private);
        if fault.is_some() {
            self.end(Op::Create, &call, Some(&id), Moment::Fails);
            return Err(Failed { error: failure(Op::Create, &call), partial: Some(object) });
        }
        self.end(Op::Create, &call, Some(&id), Moment::Succeeds);
        Ok(object)
    }

    async fn read(&self, call: Call<'_>, prior: &Object) -> Result<Option<Object>, ProviderError> {
        let val = self.take(&prior.value, true, "the object to read", &call);
        let id = id_of(&val);
        let fault = self.begin(Op::Read, &call, Some(&id)).await;
        if fault.is_some() {
            self.end(Op::Read, &call, Some(&id), Moment::Fails);
            return Err(failure(Op::Read, &call));
        }
        self.end(Op::Read, &call, Some(&id), Moment::Succeeds);
        if !self.is_outside() {
            return Ok(Some(prior.clone()));
        }
        let thing = cloud(&self.shared).things.get(&id).cloned();
        Ok(thing.map(|t| self.object(&t.val, t.private)))
    }

    async fn update(
        &self,
        call: Call<'_>,
        prior: &Object,
        planned: &Value,
        config: &Value,
    ) -> Result<Object, Failed> {
        let before = self.take(&prior.value, true, "the object to update", &call);
        let config = self.take(config, true, "the configuration of an update", &call);
        let planned = self.take(planned, false, "the plan of an update", &call);
        let id = id_of(&before);
        self.check_private(&id, prior.private.as_deref(), &call);
        if planned == before {
            cloud(&self.shared).complain(format!("{}: an update of {id} changes nothing", call.address));
        }
        let fault = self.begin(Op::Update, &call, Some(&id)).await;
        if fault == Some(Fault::Clean) {
            self.end(Op::Update, &call, Some(&id), Moment::Fails);
            return Err(failure(Op::Update, &call).into());
        }
        let mut val = rules::made(self.shape(), &planned, &mut *cloud(&self.shared));
        if fault.is_some() {
            val = halfway(&before, &val);
        }
        let changes = cloud(&self.shared).effects;
        let private = self.private(&id, changes);
        let hidden = self.hidden(&config);
        if self.is_outside() {
            self.must_have_settled(&id, "updated", &call);
            self.middle(|cloud| {
                match cloud.things.get_mut(&id) {
                    Some(thing) => {
                        thing.val = val.clone();
                        thing.private = private.clone();
                        thing.hidden = hidden.clone();
                        thing.settling = self.kind.settles && fault.is_none();
                    }
                    None => cloud.complain(format!("{}: {id} is updated, which is not there", call.address)),
                }
                if cloud.things.get(&id).is_some_and(|t| t.region != region(&call)) {
                    cloud.complain(format!("{}: {id} is updated in another region", call.address));
                }
            })
            .await;
        } else {
            cloud(&self.shared).hidden.insert(id.clone(), hidden);
        }
        let object = self.object(&val, private);
        if fault.is_some() {
            self.end(Op::Update, &call, Some(&id), Moment::Fails);
            return Err(Failed { error: failure(Op::Update, &call), partial: Some(object) });
        }
        self.end(Op::Update, &call, Some(&id), Moment::Succeeds);
        Ok(object)
    }

    async fn delete(&self, call: Call<'_>, prior: &Object) -> Result<(), ProviderError> {
        let val = self.take(&prior.value, true, "the object to delete", &call);
        let id = id_of(&val);
        self.check_private(&id, prior.private.as_deref(), &call);
        if self.begin(Op::Delete, &call, Some(&id)).await.is_some() {
            self.end(Op::Delete, &call, Some(&id), Moment::Fails);
            return Err(failure(Op::Delete, &call));
        }
        if self.is_outside() {
            self.must_have_settled(&id, "deleted", &call);
            self.middle(|cloud| {
                let thing = cloud.things.remove(&id);
                if thing.is_some_and(|t| t.region != region(&call)) {
                    cloud.complain(format!("{}: {id} is deleted in another region", call.address));
                }
            })
            .await;
        }
        self.end(Op::Delete, &call, Some(&id), Moment::Succeeds);
        Ok(())
    }

    fn stabilises(&self) -> bool {
        self.kind.settles
    }

    async fn stabilise(&self, call: Call<'_>, object: &Object) -> Result<(), ProviderError> {
        let id = id_of(&self.take(&object.value, true, "the object to wait for", &call));
        let fault = self.begin(Op::Stabilise, &call, Some(&id)).await;
        self.middle(|cloud| {
            let thing = cloud.things.get_mut(&id);
            thing.into_iter().for_each(|thing| thing.settling = false);
        })
        .await;
        let moment = if fault.is_some() { Moment::Fails } else { Moment::Succeeds };
        self.end(Op::Stabilise, &call, Some(&id), moment);
        fault.map_or(Ok(()), |_| Err(failure(Op::Stabilise, &call)))
    }

    fn upgrade(&self, _version: u64, stored: &str) -> Result<String, ProviderError> {
        Ok(stored.to_owned())
    }

    async fn recover(&self, call: Call<'_>, _planned: &Value) -> Result<Recovery, ProviderError> {
        let known: Vec<String> = call.known.iter().map(|o| id_of(&Val::from(&o.value))).collect();
        let cloud = cloud(&self.shared);
        let mut own = cloud.things.iter().filter(|(id, thing)| {
            thing.kind == self.number && thing.address == call.address.to_string() && !known.contains(id)
        });
        let Some((_, thing)) = own.next() else { return Ok(Recovery::Absent) };
        let object = self.object(&thing.val, thing.private.clone());
        Ok(if thing.half { Recovery::HalfMade(object) } else { Recovery::Exists(object) })
    }
}

/// An object of which only the first change was made.
fn halfway(before: &Val, after: &Val) -> Val {
    let changed = after.entries().iter().find(|(name, value)| before.get(name) != *value);
    changed.map_or_else(|| after.clone(), |(name, value)| before.with(name, value.clone()))
}

/// The data source.
struct Look {
    schema: Schema,
    shape: Shape,
    shared: Shared,
}

#[async_trait]
impl DataSource for Look {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    async fn read(&self, call: Call<'_>, config: &Value) -> Result<Value, ProviderError> {
        let address = call.address.to_string();
        let args =
            take(&self.shared, &self.shape, config, true, &format!("{address}: the configuration to read"));
        let (pause, fault) = {
            let mut cloud = cloud(&self.shared);
            cloud.note(Op::Look, &address, None, Moment::Begins);
            (cloud.pause(Op::Look, &address), cloud.fault(Op::Look, &address))
        };
        tokio::time::sleep(Duration::from_millis(pause)).await;
        let mut cloud = cloud(&self.shared);
        if fault.is_some() {
            cloud.note(Op::Look, &address, None, Moment::Fails);
            return Err(failure(Op::Look, &call));
        }
        cloud.note(Op::Look, &address, None, Moment::Succeeds);
        Ok(found(&args, cloud.epoch).value(&self.shape.ty()))
    }
}
