//! The cloud as resource types talk to it: with patience, and with errors for people.

use std::sync::Arc;
use std::time::Duration;

use provider::{Budget, Budgets, Call, ErrorKind, Failed, ProviderError, Rate, Refused, Surroundings};

use crate::cloud::PAGE;
use crate::configure::Place;
use crate::kind::Kind;
use crate::request::{Body, Filter, Refusal, Reply, Request, Status, View};

/// How often something is looked at that takes its time, before that is called too long.
const LOOKS: u32 = 400;

/// How often a deletion is tried again that something stands in the way of.
const DELETIONS: u32 = 6;

/// A configured cloud.
#[derive(Clone)]
pub(crate) struct Client {
    place: Arc<Place>,
    budgets: Budgets,
    around: Arc<dyn Surroundings>,
    /// How many requests each kind takes by the cloud's documentation.
    documented: Option<Rate>,
    consistency: Duration,
    time_scale: f64,
}

impl Client {
    /// A client of a cloud, which is asked how it behaves.
    pub(crate) async fn connect(
        place: Place,
        budgets: Budgets,
        around: Arc<dyn Surroundings>,
    ) -> Result<Client, ProviderError> {
        let (consistency, time_scale) = (Duration::ZERO, 0.0);
        let mut client =
            Client { place: Arc::new(place), budgets, around, documented: None, consistency, time_scale };
        let limits = client.ask(&Request::Limits).await;
        if let Reply::Limits { consistency_ms, time_scale, rate, burst } =
            limits.map_err(|r| failure("reach the cloud", r))?
        {
            client.documented = (rate > 0.0).then_some(Rate { per_second: rate, burst });
            client.consistency = Duration::from_millis(consistency_ms);
            client.time_scale = time_scale;
        }
        Ok(client)
    }

    /// The client of a call.
    pub(crate) fn of<'c>(call: Call<'c>) -> Result<&'c Client, ProviderError> {
        call.client::<Client>().ok_or_else(|| {
            ProviderError::new(ErrorKind::Internal, "No simulated cloud", "The provider was not configured.")
        })
    }

    /// How long a read may miss what was written.
    pub(crate) fn consistency(&self) -> Duration {
        self.consistency
    }

    /// Sends a request that changes something; once, but for when it came too early.
    pub(crate) async fn send(&self, request: Request) -> Result<Reply, Refusal> {
        let budget = self.budget(&request);
        budget.send(&*self.around, || self.place.api.call(request.clone())).await
    }

    /// Sends a request that changes nothing, again and again while that may help.
    async fn ask(&self, request: &Request) -> Result<Reply, Refusal> {
        let budget = self.budget(request);
        budget.ask(&*self.around, || self.place.api.call(request.clone())).await
    }

    /// What the cloud takes of requests like this: each kind has a rate of its own.
    fn budget(&self, request: &Request) -> Arc<Budget> {
        match request.kind() {
            Some(kind) => self.budgets.of(&format!("{} {}", self.place.name, kind.name), self.documented),
            None => self.budgets.of(&self.place.name, None),
        }
    }

    /// An object as it is seen now.
    pub(crate) async fn describe(&self, id: &str) -> Result<Option<View>, Refusal> {
        match self.ask(&Request::Describe { id: id.to_owned() }).await {
            Ok(Reply::Object(view)) => Ok(Some(view)),
            Ok(_) | Err(Refusal::NotFound) => Ok(None),
            Err(refusal) => Err(refusal),
        }
    }

    /// All objects of a kind that a filter chooses, each once.
    pub(crate) async fn list(&self, kind: &Kind, only: &Filter) -> Result<Vec<View>, Refusal> {
        let (mut found, mut after) = (Vec::new(), String::new());
        loop {
            let (page, next) = self.page(kind, only, &after).await?;
            found.extend(page);
            match next {
                Some(next) => after = next,
                None => return Ok(found),
            }
        }
    }

    /// The objects of one page, those after an id, each once; with the id after which the next page begins, if there may be
    /// one.
    pub(crate) async fn page(
        &self,
        kind: &Kind,
        only: &Filter,
        after: &str,
    ) -> Result<(Vec<View>, Option<String>), Refusal> {
        let (kind, after) = (kind.name.to_owned(), after.to_owned());
        let request = Request::List { kind, only: only.clone(), after };
        let Reply::Objects(mut page) = self.ask(&request).await? else { return Ok((Vec::new(), None)) };
        let is_last = page.len() < PAGE;
        page.dedup_by(|view, last| view.id == last.id);
        let next = page.last().filter(|_| !is_last).map(|view| view.id.clone());
        Ok((page, next))
    }

    /// How long to wait before the next look at something that takes so many ms as published, after so long a wait: seldom
    /// at first, often around the time at which it should be there.
    fn interval(&self, published_ms: u64, waited: Duration) -> Duration {
        let published = self.scaled(published_ms);
        let part = if waited < published / 2 { 16 } else { 64 };
        (published / part).max(self.scaled(1_000)).max(self.consistency / 8).max(Duration::from_millis(10))
    }

    /// A published duration, by this cloud's clock.
    fn scaled(&self, published_ms: u64) -> Duration {
        Duration::from_secs_f64(published_ms as f64 * self.time_scale / 1000.0)
    }

    /// Waits until an object is as `is_done` wants it, and seen so; nothing if it is not there even after reads must see it.
    pub(crate) async fn wait(
        &self,
        call: Call<'_>,
        id: &str,
        published_ms: u64,
        is_done: impl Fn(&View) -> bool + Send,
    ) -> Result<Option<View>, ProviderError> {
        let (mut waited, mut missed, mut last) = (Duration::ZERO, Duration::ZERO, None);
        for look in 0..LOOKS {
            let interval = self.interval(published_ms, waited);
            // What takes its time is not there at once.
            if look > 0 || !self.scaled(published_ms).is_zero() {
                if call.cancel.wait(interval).await.is_err() {
                    return Err(interrupted(id));
                }
                waited += interval;
            }
            match self.describe(id).await.map_err(|r| failure(&format!("look at {id}"), r))? {
                Some(view) if is_done(&view) => return Ok(Some(view)),
                Some(view) => {
                    let word = word(&view);
                    if last != Some(word) {
                        call.progress.report(&format!("{id} is {word}"));
                    }
                    last = Some(word);
                }
                None if missed > self.consistency => return Ok(None),
                None => missed += interval,
            }
        }
        Err(ProviderError::new(
            ErrorKind::Internal,
            "Object takes too long",
            format!("{id} is not as it should be yet."),
        ))
    }

    /// Waits until an object has settled; whether there was anything to wait for.
    async fn settles(&self, call: Call<'_>, id: &str) -> Result<bool, ProviderError> {
        let seen = self.describe(id).await.map_err(|r| failure(&format!("look at {id}"), r))?;
        let is_settling = seen.is_some_and(|view| view.settling);
        if is_settling {
            self.settled(call, id).await?;
        }
        Ok(is_settling)
    }

    /// An object once it has settled; nothing if it is gone.
    pub(crate) async fn settled(&self, call: Call<'_>, id: &str) -> Result<Option<View>, ProviderError> {
        let published_ms = Kind::of_id(id).map_or(0, |kind| kind.settling_ms);
        self.wait(call, id, published_ms, |view| !view.settling).await
    }

    /// Changes an object, once it has settled.
    pub(crate) async fn change(&self, call: Call<'_>, id: &str, body: &Body) -> Result<View, ProviderError> {
        let what = format!("change {id}");
        loop {
            let request = Request::Update { id: id.to_owned(), body: body.clone() };
            match self.send(request).await {
                Ok(Reply::Object(changed)) => return Ok(changed),
                Ok(_) => return Err(failure(&what, Refusal::Invalid("the answer is none".into()))),
                Err(Refusal::Conflict(_)) if self.settles(call, id).await? => {}
                Err(refusal) => return Err(failure(&what, refusal)),
            }
        }
    }

    /// Deletes an object and waits until it is gone.
    pub(crate) async fn remove(&self, call: Call<'_>, id: &str) -> Result<(), ProviderError> {
        let published_ms = Kind::of_id(id).map_or(0, |kind| kind.deletion_ms);
        let mut tried = 1;
        loop {
            match self.send(Request::Delete { id: id.to_owned() }).await {
                Ok(_) | Err(Refusal::NotFound) => break,
                Err(Refusal::Conflict(_)) if self.settles(call, id).await? => {}
                // What lies in it may be on its way out.
                Err(Refusal::Conflict(_)) if tried < DELETIONS => {
                    let pause = (self.scaled(published_ms.max(30_000)) / 8).max(self.consistency / 8);
                    if call.cancel.wait(pause.max(Duration::from_millis(10))).await.is_err() {
                        return Err(interrupted(id));
                    }
                    tried += 1;
                }
                Err(refusal) => return Err(failure(&format!("delete {id}"), refusal)),
            }
        }
        self.wait(call, id, published_ms, |_| false).await.map(|_gone| ())
    }
}

fn word(view: &View) -> &'static str {
    match view.status {
        Status::Pending => "being made",
        Status::Ready if view.settling => "settling",
        Status::Ready => "there",
        Status::Failed => "half-made",
        Status::Deleting => "going",
    }
}

fn interrupted(id: &str) -> ProviderError {
    let detail = format!("The run was stopped while {id} was being waited for.");
    ProviderError::new(ErrorKind::Transient, "Interrupted", detail)
}

impl Refused for Refusal {
    fn kind(&self) -> ErrorKind {
        match self {
            Refusal::NotFound => ErrorKind::NotFound,
            Refusal::Conflict(_) => ErrorKind::Conflict,
            Refusal::Quota(_) => ErrorKind::Denied,
            Refusal::Invalid(_) => ErrorKind::Invalid,
            Refusal::Throttled => ErrorKind::Throttled,
            Refusal::Unavailable => ErrorKind::Transient,
            Refusal::Lost => ErrorKind::Lost,
        }
    }
}

/// A refusal in words for people.
pub(crate) fn failure(what: &str, refusal: Refusal) -> ProviderError {
    let (summary, why) = match &refusal {
        Refusal::NotFound => ("No such object", "there is no such object"),
        Refusal::Conflict(why) => ("Something is in the way", &**why),
        Refusal::Quota(why) => ("Quota exceeded", &**why),
        Refusal::Invalid(why) => ("Invalid request", &**why),
        Refusal::Throttled => ("Too many requests", "the cloud takes no more requests for now"),
        Refusal::Unavailable => ("Cloud is not available", "the cloud does not answer for now"),
        Refusal::Lost => ("Answer was lost", "the connection broke before there was an answer"),
    };
    ProviderError::new(refusal.kind(), summary, format!("Cannot {what}: {why}."))
}

/// A create that failed without a trace.
pub(crate) fn failed(what: &str, refusal: Refusal) -> Failed {
    failure(what, refusal).into()
}
