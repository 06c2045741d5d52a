//! The cloud: what exists, what time does to it, and how it answers.

use std::collections::{BTreeMap, BTreeSet};

use crate::chance::Chance;
use crate::inventory::Inventory;
use crate::item::Item;
use crate::kind::{Kind, LOAD_BALANCER, NETWORK, Network};
use crate::request::{Body, Marks, Refusal, Reply, Request, View};
use crate::settings::Settings;

/// How many objects one answer of a list names at most.
pub const PAGE: usize = 100;

/// How long after a service is whole its load balancer comes, with the published durations.
const BALANCER_DELAY_MS: u64 = 5_000;

/// A request and how it went.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// When it came, in ms of the cloud's clock.
    pub at_ms: u64,
    /// What was asked.
    pub request: Request,
    /// What was answered.
    pub answer: Result<Reply, Refusal>,
}

/// A simulated cloud. It has no clock of its own: whoever asks says what time it is, never an earlier one than before.
#[derive(Clone, Debug)]
pub struct Cloud {
    /// How it behaves; may change at any time.
    pub settings: Settings,
    /// Every request, where they are kept.
    pub log: Option<Vec<Entry>>,
    /// How many requests came.
    pub requests: u64,
    inventory: Inventory,
    chance: Chance,
    /// What happens by itself, and when.
    agenda: BTreeSet<(u64, String)>,
    next: u64,
    buckets: BTreeMap<&'static str, Bucket>,
    changed: BTreeSet<String>,
    latest_ms: u64,
}

/// Tokens for requests, of which some come with time.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    tokens: f64,
    at_ms: u64,
}

impl Cloud {
    /// An empty cloud.
    pub fn new(settings: Settings) -> Cloud {
        let chance = Chance::new(settings.seed);
        Cloud {
            settings,
            log: None,
            requests: 0,
            inventory: Inventory::default(),
            chance,
            agenda: BTreeSet::new(),
            next: 1,
            buckets: BTreeMap::new(),
            changed: BTreeSet::new(),
            latest_ms: 0,
        }
    }

    /// The same, with every request kept.
    pub fn with_log(settings: Settings) -> Cloud {
        Cloud { log: Some(Vec::new()), ..Cloud::new(settings) }
    }

    /// The latest time that anybody told it.
    pub fn latest_ms(&self) -> u64 {
        self.latest_ms
    }

    /// What exists at a time, whatever reads see.
    pub fn existing(&mut self, now_ms: u64) -> Vec<&Item> {
        self.advance(now_ms);
        self.inventory.all().filter(|item| item.exists(now_ms)).collect()
    }

    /// Every object, those included that are gone and that reads may still see.
    pub fn everything(&self) -> impl Iterator<Item = &Item> {
        self.inventory.all()
    }

    /// What changed since this was last asked: objects as they are now, or nothing for those that are forgotten.
    pub fn take_changes(&mut self) -> Vec<(String, Option<Item>)> {
        let changed = std::mem::take(&mut self.changed);
        changed.into_iter().map(|id| (id.clone(), self.inventory.get(&id).cloned())).collect()
    }

    /// Takes in what another program changed.
    pub fn adopt(&mut self, id: &str, item: Option<Item>) {
        let number = id.rsplit('-').next().and_then(|n| n.parse::<u64>().ok()).unwrap_or(0);
        self.next = self.next.max(number + 1);
        match item {
            Some(item) => {
                if Kind::of_id(id).is_some_and(|kind| kind.balanced) && !item.fails && !item.is_going() {
                    let due = item.ready_ms + self.settings.scaled(BALANCER_DELAY_MS);
                    self.agenda.insert((due, id.to_owned()));
                }
                self.put(item);
            }
            None => self.inventory.remove(id),
        }
        self.changed.remove(id);
    }

    /// How long a request is on its way, there or back, in ms.
    pub fn latency(&mut self) -> u64 {
        let middle = self.settings.latency_ms / 2.0;
        self.chance.latency(middle) as u64
    }

    /// Answers a request.
    pub fn answer(&mut self, request: &Request, now_ms: u64) -> Result<Reply, Refusal> {
        self.advance(now_ms);
        if *request == Request::Limits {
            let Settings { consistency_ms, time_scale, rate, burst, documented_rate, .. } = self.settings;
            let rate = if documented_rate > 0.0 { documented_rate } else { rate };
            return Ok(Reply::Limits { consistency_ms, time_scale, rate, burst });
        }
        self.requests += 1;
        if self.chance.happens(self.settings.people) {
            self.meddle(now_ms);
        }
        let answer = self.serve(request, now_ms);
        if let Some(log) = &mut self.log {
            log.push(Entry { at_ms: now_ms, request: request.clone(), answer: answer.clone() });
        }
        answer
    }

    /// The answer with all that may go wrong on the way to it.
    fn serve(&mut self, request: &Request, now_ms: u64) -> Result<Reply, Refusal> {
        self.admit(request, now_ms)?;
        if self.chance.happens(self.settings.unavailable) {
            return Err(Refusal::Unavailable);
        }
        let is_lost = self.chance.happens(self.settings.lost);
        if is_lost && self.chance.below(2) == 0 {
            return Err(Refusal::Lost);
        }
        let answer = self.effect(request, now_ms);
        if is_lost { Err(Refusal::Lost) } else { answer }
    }

    /// Takes a token for the request, if there is one.
    fn admit(&mut self, request: &Request, now_ms: u64) -> Result<(), Refusal> {
        let Settings { rate, burst, .. } = self.settings;
        if rate <= 0.0 {
            return Ok(());
        }
        let kind = request.kind().map_or("", |kind| kind.name);
        let bucket = self.buckets.entry(kind).or_insert(Bucket { tokens: burst, at_ms: now_ms });
        let rested = now_ms.saturating_sub(bucket.at_ms) as f64 / 1000.0;
        let tokens = (bucket.tokens + rested * rate).min(burst);
        let is_admitted = tokens >= 1.0;
        *bucket = Bucket { tokens: if is_admitted { tokens - 1.0 } else { tokens }, at_ms: now_ms };
        if is_admitted { Ok(()) } else { Err(Refusal::Throttled) }
    }

    fn effect(&mut self, request: &Request, now_ms: u64) -> Result<Reply, Refusal> {
        match request {
            Request::Create { kind, body, marks, token } => {
                let kind = Kind::find(kind).ok_or_else(|| no_kind(kind))?;
                self.create(kind, body, marks.as_ref(), token.as_ref(), now_ms)
            }
            Request::Describe { id } => {
                let item = self.inventory.get(id).and_then(|item| item.view(now_ms));
                item.map(Reply::Object).ok_or(Refusal::NotFound)
            }
            Request::List { kind, only, after } => {
                let kind = Kind::find(kind).ok_or_else(|| no_kind(kind))?;
                let seen = self.inventory.chosen(kind, only, after).filter_map(|item| item.view(now_ms));
                let mut page: Vec<View> = seen.take(PAGE).collect();
                if page.len() < PAGE && self.chance.happens(self.settings.repeated) {
                    page.extend(page.last().cloned());
                }
                Ok(Reply::Objects(page))
            }
            Request::Update { id, body } => self.update(id, body, now_ms),
            Request::Delete { id } => self.delete(id, now_ms),
            Request::Limits => Ok(Reply::Done),
        }
    }

    fn create(
        &mut self,
        kind: &'static Kind,
        body: &Body,
        marks: Option<&Marks>,
        token: Option<&String>,
        now_ms: u64,
    ) -> Result<Reply, Refusal> {
        if let Some(made) = token.and_then(|token| self.inventory.by_token(token)) {
            return Ok(Reply::Object(made.truth(now_ms)));
        }
        self.check_create(kind, body, now_ms)?;
        let is_slow = self.settings.scaled(kind.creation_ms) > self.settings.scaled(2_000);
        let ready_ms = now_ms + self.duration(kind.creation_ms);
        let settled_ms = ready_ms + self.duration(kind.settling_ms);
        let item = Item {
            id: self.new_id(kind),
            body: body.clone(),
            endpoint: String::new(),
            marks: marks.filter(|_| kind.is_marked()).cloned(),
            token: token.cloned(),
            maker: None,
            seen_ms: now_ms + self.lag(),
            ready_ms,
            settled_ms,
            unsettled: settled_ms > ready_ms && self.chance.happens(self.settings.half_made),
            fails: is_slow && self.chance.happens(self.settings.half_made),
            stale: None,
            gone: None,
        };
        let item = Item { endpoint: format!("{}.sim.test", item.id), ..item };
        if kind.balanced && !item.fails {
            let due = item.ready_ms + self.settings.scaled(BALANCER_DELAY_MS);
            self.agenda.insert((due, item.id.clone()));
        }
        let view = item.truth(now_ms);
        self.put(item);
        Ok(Reply::Object(view))
    }

    fn check_create(&self, kind: &Kind, body: &Body, now_ms: u64) -> Result<(), Refusal> {
        let network = self.inventory.get(&body.network).filter(|item| item.exists(now_ms));
        let conflict = match (network, kind.network) {
            (Some(network), _) if network.is_going() => Some(format!("{} is being deleted", network.id)),
            (None, Network::Always | Network::Perhaps) if !body.network.is_empty() => {
                Some(format!("there is no network {:?}", body.network))
            }
            _ => None,
        };
        if let Some(why) = conflict {
            return Err(Refusal::Conflict(why));
        }
        let same = self.inventory.by_name(kind, &body.name).find(|item| item.exists(now_ms));
        if let Some(other) = same.filter(|_| kind.has_own_names()) {
            return Err(Refusal::Conflict(format!("the name {:?} is taken by {}", body.name, other.id)));
        }
        let quota = self.settings.quota;
        let everything = Default::default();
        let of_kind = self.inventory.chosen(kind, &everything, "").filter(|item| item.exists(now_ms));
        if quota > 0 && of_kind.take(quota).count() == quota {
            return Err(Refusal::Quota(format!("there may be {quota} of kind {} at most", kind.name)));
        }
        Ok(())
    }

    fn update(&mut self, id: &str, body: &Body, now_ms: u64) -> Result<Reply, Refusal> {
        let item = self.inventory.get(id).filter(|item| item.exists(now_ms)).cloned();
        let item = item.ok_or(Refusal::NotFound)?;
        if item.is_going() {
            return Err(Refusal::Conflict(format!("{id} is being deleted")));
        }
        check_settled(&item, now_ms)?;
        let fixed = |body: &Body| (body.name.clone(), body.network.clone(), body.zone.clone());
        if fixed(&item.body) != fixed(body) {
            return Err(Refusal::Invalid("name, network and zone stay as they are".into()));
        }
        let stale = (item.body != *body).then(|| (item.body.clone(), now_ms + self.lag()));
        let settling = Kind::of_id(id).filter(|_| !item.unsettled).map_or(0, |kind| kind.settling_ms);
        let settled_ms = item.settled_ms.max(now_ms + self.duration(settling));
        let item = Item { body: body.clone(), stale: stale.or(item.stale.clone()), settled_ms, ..item };
        let view = item.truth(now_ms);
        self.put(item);
        Ok(Reply::Object(view))
    }

    fn delete(&mut self, id: &str, now_ms: u64) -> Result<Reply, Refusal> {
        let item = self.inventory.get(id).filter(|item| item.exists(now_ms)).cloned();
        let item = item.ok_or(Refusal::NotFound)?;
        if item.is_going() {
            return Ok(Reply::Done);
        }
        check_settled(&item, now_ms)?;
        let inside = self.inventory.inside(id).find(|inner| inner.exists(now_ms));
        if let Some(inner) = inside.filter(|_| Kind::of_id(id).is_some_and(|k| k.name == NETWORK.name)) {
            return Err(Refusal::Conflict(format!("{} lies in it", inner.id)));
        }
        self.let_go(item, now_ms);
        Ok(Reply::Done)
    }

    /// Begins the deletion of an object, and of what its controller made.
    fn let_go(&mut self, item: Item, now_ms: u64) {
        let duration = Kind::of_id(&item.id).map_or(0, |kind| kind.deletion_ms);
        let gone = now_ms + self.duration(duration);
        let unseen = gone + self.lag();
        let made: Vec<Item> = self.inventory.made_by(&item.id).filter(|i| !i.is_going()).cloned().collect();
        for balancer in made {
            if !self.chance.happens(self.settings.lingering) {
                self.let_go(balancer, gone);
            }
        }
        self.agenda.insert((unseen, item.id.clone()));
        self.put(Item { gone: Some((gone, unseen)), ..item });
    }

    /// What happens by itself until a time.
    fn advance(&mut self, now_ms: u64) {
        self.latest_ms = self.latest_ms.max(now_ms);
        while let Some((due, id)) = self.agenda.first().filter(|(due, _)| *due <= now_ms).cloned() {
            self.agenda.pop_first();
            let Some(item) = self.inventory.get(&id).cloned() else { continue };
            match item.gone {
                Some((_, unseen)) if unseen <= due => {
                    self.inventory.remove(&id);
                    self.changed.insert(id);
                }
                Some(_) => {}
                None if self.inventory.made_by(&id).next().is_none() => self.balance(&item, due),
                None => {}
            }
        }
    }

    /// A controller puts a load balancer beside a service.
    fn balance(&mut self, service: &Item, due: u64) {
        let id = self.new_id(&LOAD_BALANCER);
        let name = format!("{}-balancer", service.body.name);
        let item = Item {
            endpoint: format!("{id}.sim.test"),
            id,
            body: Body { name, network: service.body.network.clone(), size: 1, ..Body::default() },
            marks: service.marks.clone(),
            token: None,
            maker: Some(service.id.clone()),
            seen_ms: due + self.lag(),
            ready_ms: due + self.settings.scaled(LOAD_BALANCER.creation_ms),
            settled_ms: 0,
            unsettled: false,
            fails: false,
            stale: None,
            gone: None,
        };
        self.put(item);
    }

    /// Somebody changes or removes an object by hand.
    pub fn meddle(&mut self, now_ms: u64) {
        let own = |item: &&Item| item.exists(now_ms) && !item.is_going() && item.maker.is_none();
        let ids: Vec<String> = self.inventory.all().filter(own).map(|item| item.id.clone()).collect();
        let Some(id) = ids.get(self.chance.below(ids.len() as u64) as usize) else { return };
        if self.chance.below(3) == 0 {
            // What something lies in stays, as for everybody else; who does it by hand takes care of the rest.
            let lingering = std::mem::take(&mut self.settings.lingering);
            let _refused = self.delete(id, now_ms);
            self.settings.lingering = lingering;
        } else if let Some(item) = self.inventory.get(id) {
            let body = Body { size: item.body.size + 1, ..item.body.clone() };
            let _refused = self.update(&id.clone(), &body, now_ms);
        }
    }

    fn put(&mut self, item: Item) {
        self.changed.insert(item.id.clone());
        if let Some((_, unseen)) = item.gone {
            self.agenda.insert((unseen, item.id.clone()));
        }
        self.inventory.put(item);
    }

    fn new_id(&mut self, kind: &Kind) -> String {
        let number = self.next;
        self.next += 1;
        format!("{}-{number:06}", kind.prefix)
    }

    /// How long reads miss what is written now.
    fn lag(&mut self) -> u64 {
        match self.settings.consistency_ms {
            0 => 0,
            most => self.chance.below(most + 1),
        }
    }

    /// A published duration as it is this time.
    fn duration(&mut self, ms: u64) -> u64 {
        let middle = self.settings.scaled(ms);
        let spread = (middle as f64 * self.settings.spread) as u64;
        if spread == 0 { middle } else { middle - (spread / 2).min(middle) + self.chance.below(spread + 1) }
    }
}

/// Nothing is changed or deleted that has not settled.
fn check_settled(item: &Item, now_ms: u64) -> Result<(), Refusal> {
    match item.is_settling(now_ms) {
        true => Err(Refusal::Conflict(format!("{} has not settled yet", item.id))),
        false => Ok(()),
    }
}

fn no_kind(name: &str) -> Refusal {
    Refusal::Invalid(format!("there is no kind {name:?}"))
}
