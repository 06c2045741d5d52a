//! `stackwright_sim_*`: the resource types of the simulated cloud, all made from one table.

mod shape;

use std::time::Duration;

use async_trait::async_trait;
use model::{Schema, Value};
use provider::{
    Attempt, Call, CreateClass, Failed, Imported, Leftover, ListRequest, Listed, Listing, Lists, Object,
    Owner, Ownership, Page, PlanRequest, PlannedChange, ProviderError, Recovery, ResourceType, changed, text,
    with_attributes,
};

use crate::client::{Client, failed, failure};
use crate::kind::{Kind, LOAD_BALANCER, NETWORK};
use crate::request::{Filter, Marks, Refusal, Reply, Request, Status, View};
use shape::{body_of, schema, value_of};

/// A resource type.
pub(crate) struct SimType {
    kind: &'static Kind,
    schema: Schema,
}

impl SimType {
    pub(crate) fn new(kind: &'static Kind) -> SimType {
        SimType { kind, schema: schema(kind) }
    }

    fn object(&self, view: &View, like: &Value) -> Object {
        value_of(self.kind, view, like).into()
    }

    /// Waits until a new object is whole, and gives it, or what there is of it.
    async fn finish(&self, call: Call<'_>, made: &View, planned: &Value) -> Result<Object, Failed> {
        let client = Client::of(call)?;
        let is_over = |view: &View| matches!(view.status, Status::Ready | Status::Failed);
        let halfway = |error| Failed { error, partial: Some(self.object(made, planned)) };
        if made.status == Status::Ready && client.consistency().is_zero() {
            return Ok(self.object(made, planned));
        }
        match client.wait(call, &made.id, self.kind.creation_ms, is_over).await.map_err(halfway)? {
            Some(view) if view.status == Status::Ready => Ok(self.object(&view, planned)),
            Some(view) => {
                let why = format!("{} came to nothing half-way and is left as it is", view.id);
                let error = failure(&format!("make the {}", self.kind.name), Refusal::Conflict(why));
                Err(Failed { error, partial: Some(self.object(&view, planned)) })
            }
            None => {
                let why = format!("{} was made and is gone again", made.id);
                Err(failed(&format!("make the {}", self.kind.name), Refusal::Conflict(why)))
            }
        }
    }

    /// The objects that an interrupted create may have made; more than one where nobody can tell.
    async fn candidates(
        &self,
        call: Call<'_>,
        attempt: &Attempt,
        planned: &Value,
    ) -> Result<Vec<View>, Refusal> {
        let Ok(client) = Client::of(call) else { return Ok(Vec::new()) };
        let body = body_of(planned);
        let only = match self.kind.class {
            CreateClass::Token => Filter { token: Some(attempt.token.clone()), ..Filter::default() },
            CreateClass::Name => Filter { name: Some(body.name.clone()), marked: true, ..Filter::default() },
            CreateClass::Fence => Filter { network: Some(body.network.clone()), ..Filter::default() },
            CreateClass::Tag | CreateClass::StateOnly => Filter { marked: true, ..Filter::default() },
        };
        let listed = client.list(self.kind, &only).await?;
        let is_known = |view: &View| call.known.iter().any(|o| text(&o.value, "id") == Some(&*view.id));
        let is_ours = |view: &View| match self.kind.class {
            CreateClass::Token => true,
            // What people may have changed since does not tell it from others; its name under its parent does.
            CreateClass::Fence => {
                let is_same = (&view.body.name, &view.body.network) == (&body.name, &body.network);
                is_same && !attempt.fence.contains(&view.id)
            }
            CreateClass::Name | CreateClass::Tag | CreateClass::StateOnly => {
                view.marks.as_ref() == call.ownership.map(Marks::from).as_ref()
            }
        };
        let going = |view: &View| view.status == Status::Deleting;
        Ok(listed.into_iter().filter(|v| !is_known(v) && is_ours(v) && !going(v)).collect())
    }

    /// Those candidates, once reads must see them if there are any.
    async fn found(
        &self,
        call: Call<'_>,
        attempt: &Attempt,
        planned: &Value,
    ) -> Result<Vec<View>, ProviderError> {
        let client = Client::of(call)?;
        let look = || async {
            let found = self.candidates(call, attempt, planned).await;
            found.map_err(|r| failure("look for the object", r))
        };
        let found = look().await?;
        // One that is alone by its nature is enough; what was only listed late shows by then.
        let is_certain =
            matches!(self.kind.class, CreateClass::Token | CreateClass::Name) && !found.is_empty();
        if is_certain || client.consistency().is_zero() {
            return Ok(found);
        }
        tokio::time::sleep(client.consistency() + Duration::from_millis(1)).await;
        look().await
    }
}

#[async_trait]
impl ResourceType for SimType {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn create_class(&self) -> CreateClass {
        self.kind.class
    }

    async fn plan(&self, _call: Call<'_>, request: PlanRequest<'_>) -> Result<PlannedChange, ProviderError> {
        let left_out = request.config.get("size").is_some_and(Value::is_null);
        let default = left_out.then(|| ("size", Value::number(1)));
        let planned = with_attributes(request.proposed, default);
        let fixed = ["name", "zone", "network_id"];
        let requires_replace = request.prior.map(|prior| changed(prior, &planned, fixed)).unwrap_or_default();
        Ok(PlannedChange { planned, requires_replace })
    }

    async fn create(&self, call: Call<'_>, planned: &Value, _config: &Value) -> Result<Object, Failed> {
        let client = Client::of(call)?;
        let request = Request::Create {
            kind: self.kind.name.to_owned(),
            body: body_of(planned),
            marks: call.ownership.filter(|_| self.kind.is_marked()).map(Marks::from),
            token: call.attempt.filter(|_| self.kind.class == CreateClass::Token).map(|a| a.token.clone()),
        };
        match client.send(request).await {
            Ok(Reply::Object(made)) => self.finish(call, &made, planned).await,
            Ok(_) => Err(failed("make it", Refusal::Invalid("the answer is none".into()))),
            Err(refusal) => Err(failed(&format!("make the {}", self.kind.name), refusal)),
        }
    }

    async fn read(&self, call: Call<'_>, prior: &Object) -> Result<Option<Object>, ProviderError> {
        let id = text(&prior.value, "id").unwrap_or_default();
        let client = Client::of(call)?;
        let view = client.describe(id).await.map_err(|r| failure(&format!("read {id}"), r))?;
        // What is going is as good as gone, but its name is free only once it is.
        if view.as_ref().is_some_and(|view| view.status == Status::Deleting) {
            client.wait(call, id, self.kind.deletion_ms, |_| false).await?;
            return Ok(None);
        }
        Ok(view.map(|view| self.object(&view, &prior.value)))
    }

    async fn update(
        &self,
        call: Call<'_>,
        prior: &Object,
        planned: &Value,
        _config: &Value,
    ) -> Result<Object, Failed> {
        let client = Client::of(call)?;
        let (id, body) = (text(&prior.value, "id").unwrap_or_default(), body_of(planned));
        let changed = client.change(call, id, &body).await?;
        let halfway = |error| Failed { error, partial: Some(self.object(&changed, planned)) };
        let seen = client.wait(call, id, 0, |view| view.body == body).await.map_err(halfway)?;
        seen.map(|view| self.object(&view, planned))
            .ok_or_else(|| failed(&format!("change {id}"), Refusal::NotFound))
    }

    async fn delete(&self, call: Call<'_>, prior: &Object) -> Result<(), ProviderError> {
        Client::of(call)?.remove(call, text(&prior.value, "id").unwrap_or_default()).await
    }

    fn stabilises(&self) -> bool {
        self.kind.settling_ms > 0
    }

    async fn stabilise(&self, call: Call<'_>, object: &Object) -> Result<(), ProviderError> {
        let id = text(&object.value, "id").unwrap_or_default();
        let seen = Client::of(call)?.settled(call, id).await?;
        match seen.filter(|view| view.status == Status::Failed) {
            Some(_) => {
                let why = format!("{id} could be used and came to nothing before it had settled");
                Err(failure(&format!("make the {}", self.kind.name), Refusal::Conflict(why)))
            }
            None => Ok(()),
        }
    }

    async fn import(&self, call: Call<'_>, id: &str) -> Result<Imported, ProviderError> {
        let view = Client::of(call)?.describe(id).await.map_err(|r| failure(&format!("read {id}"), r))?;
        match view.filter(|view| Kind::of_id(&view.id).is_some_and(|k| k.name == self.kind.name)) {
            Some(view) => Ok(self.object(&view, &Value::null())),
            None => Err(failure(&format!("import {id}"), Refusal::NotFound)),
        }
    }

    async fn recover(&self, call: Call<'_>, planned: &Value) -> Result<Recovery, ProviderError> {
        let attempt = call.attempt.cloned().unwrap_or_default();
        let found = self.found(call, &attempt, planned).await?;
        let made = match &found[..] {
            [] => return Ok(Recovery::Absent),
            [made] => made,
            several => {
                let ids: Vec<&str> = several.iter().map(|view| &*view.id).collect();
                return Ok(Recovery::CannotTell(format!("it may be any of {}.", ids.join(", "))));
            }
        };
        match self.finish(call, made, planned).await {
            Ok(object) => Ok(Recovery::Exists(object)),
            Err(Failed { partial: Some(object), .. }) => Ok(Recovery::HalfMade(object)),
            Err(Failed { partial: None, .. }) => Ok(Recovery::Absent),
        }
    }

    fn fence_scope(&self, planned: &Value) -> String {
        body_of(planned).network
    }

    async fn fence(&self, call: Call<'_>, planned: &Value) -> Result<Vec<String>, ProviderError> {
        let only = Filter { network: Some(body_of(planned).network), ..Filter::default() };
        let there = Client::of(call)?.list(self.kind, &only).await;
        let there = there.map_err(|r| failure("list what is there", r))?;
        Ok(there.into_iter().map(|view| view.id).collect())
    }

    async fn leftovers(&self, call: Call<'_>, prior: &Object) -> Result<Vec<Leftover>, ProviderError> {
        let id = text(&prior.value, "id").map(str::to_owned);
        let only = match self.kind.name {
            name if name == NETWORK.name => Filter { network: id, ..Filter::default() },
            _ if self.kind.balanced => Filter { maker: id, ..Filter::default() },
            _ => return Ok(Vec::new()),
        };
        let client = Client::of(call)?;
        if !client.consistency().is_zero() {
            tokio::time::sleep(client.consistency()).await;
        }
        let found = client.list(&LOAD_BALANCER, &only).await;
        let found = found.map_err(|r| failure("look for load balancers", r))?;
        // What is going already is waited for.
        Ok(found.into_iter().map(leftover).collect())
    }

    async fn remove_leftover(&self, call: Call<'_>, leftover: &Leftover) -> Result<(), ProviderError> {
        Client::of(call)?.remove(call, &leftover.id).await
    }

    fn lists(&self) -> Lists {
        self.kind.lists
    }

    async fn list(&self, call: Call<'_>, request: ListRequest<'_>) -> Result<Page, ProviderError> {
        let only = Filter { marked: true, lineage: request.lineage.map(str::to_owned), ..Filter::default() };
        let found = Client::of(call)?.page(self.kind, &only, request.after.unwrap_or_default()).await;
        let (found, next) = found.map_err(|r| failure("list objects", r))?;
        // What is going is left to those who read it, for its name is free only once it is gone.
        let there = found.into_iter().filter(|view| view.status != Status::Deleting);
        let listed = there.filter_map(|view| {
            let marks: Ownership = view.marks.clone()?.into();
            Some((Listed { id: view.id.clone(), marks }, self.object(&view, &Value::null())))
        });
        let listing = match self.kind.lists {
            Lists::Whole => Listing::Complete(listed.collect()),
            Lists::Identity | Lists::Nothing => Listing::IdentityOnly(listed.map(|(l, _)| l).collect()),
        };
        Ok(Page { listing, next })
    }

    fn as_read(&self, prior: &Object, listed: &Object) -> Object {
        shape::with_tags_like(&listed.value, &prior.value).into()
    }
}

fn leftover(view: View) -> Leftover {
    let of = view.maker.as_ref().map(|maker| format!(" of {maker}")).unwrap_or_default();
    let owner = view.marks.map_or(Owner::Unknown, |marks| Owner::Marked(marks.into()));
    Leftover { what: format!("load balancer {}{of}", view.id), id: view.id, owner }
}
