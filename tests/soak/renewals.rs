//! Ephemeral resources that have to be renewed, and warnings beside what is read: a provider of leases, by a virtual clock.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use model::{Attribute, Block, Diagnostics, ProviderAddr, Schema, Type, Value};
use plan::Options;
use provider::{
    Call, Catalog, CreateClass, DataSource, Ephemeral, ErrorKind, Failed, Object, Provider, ProviderError,
    Registry, ResourceType, with_attributes,
};
use state::MemoryBackend;
use tokio::time::{Instant, sleep};

use crate::engine::{self, told};

/// How long a lease holds.
const HOLDS: Duration = Duration::from_secs(12);

/// After how long it is to be renewed.
const RENEWED: Duration = Duration::from_secs(10);

/// The only lease, as its issuer knows it.
#[derive(Default)]
struct Issuer {
    /// Until when it holds, while it is open.
    until: Option<Instant>,
    renewals: usize,
    /// How many renewals succeed.
    most: Option<usize>,
    /// What was remembered when it was closed.
    closed: Vec<String>,
}

type Shared = Arc<Mutex<Issuer>>;

fn issuer(shared: &Shared) -> MutexGuard<'_, Issuer> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Lease(Schema, Shared);

#[async_trait]
impl Ephemeral for Lease {
    fn schema(&self) -> &Schema {
        &self.0
    }

    async fn open(&self, _: Call<'_>, config: &Value) -> Result<Object, ProviderError> {
        let mut issuer = issuer(&self.1);
        (issuer.until, issuer.renewals) = (Some(Instant::now() + HOLDS), 0);
        let value = with_attributes(config, [("token", Value::string("t"))]);
        Ok(Object { value, private: Some("0".into()) })
    }

    fn renew_after(&self, _: &Object) -> Option<Duration> {
        Some(RENEWED)
    }

    async fn renew(&self, call: Call<'_>, opened: &Object) -> Result<Object, ProviderError> {
        sleep(Duration::from_secs(1)).await;
        let mut issuer = issuer(&self.1);
        if issuer.most.is_some_and(|most| issuer.renewals >= most) {
            return Err(ProviderError::new(ErrorKind::Denied, "Lease not renewed", "No more of them."));
        }
        issuer.renewals += 1;
        issuer.until = Some(Instant::now() + HOLDS);
        call.warn(ProviderError::invalid("Lease renewed", "It was."));
        Ok(Object { private: Some(issuer.renewals.to_string()), ..opened.clone() })
    }

    async fn close(&self, _: Call<'_>, opened: &Object) -> Result<(), ProviderError> {
        let mut issuer = issuer(&self.1);
        issuer.until = None;
        issuer.closed.extend(opened.private.clone());
        Ok(())
    }
}

/// Works for a while, with a lease that has to hold until the end.
async fn work(shared: &Shared) -> Result<(), ProviderError> {
    sleep(Duration::from_secs(35)).await;
    let holds = issuer(shared).until.is_some_and(|until| Instant::now() <= until);
    let expired = || ProviderError::new(ErrorKind::Denied, "Lease expired", "It does not hold any more.");
    if holds { Ok(()) } else { Err(expired()) }
}

struct Slow(Schema, Shared);

#[async_trait]
impl DataSource for Slow {
    fn schema(&self) -> &Schema {
        &self.0
    }

    async fn read(&self, call: Call<'_>, config: &Value) -> Result<Value, ProviderError> {
        work(&self.1).await?;
        call.warn(ProviderError::invalid("Slow source", "It takes its time."));
        Ok(with_attributes(config, [("id", Value::string("i"))]))
    }
}

#[async_trait]
impl ResourceType for Slow {
    fn schema(&self) -> &Schema {
        &self.0
    }

    fn create_class(&self) -> CreateClass {
        CreateClass::StateOnly
    }

    async fn create(&self, call: Call<'_>, planned: &Value, _: &Value) -> Result<Object, Failed> {
        work(&self.1).await?;
        call.warn(ProviderError::invalid("Slow object", "It takes its time."));
        Ok(with_attributes(planned, [("id", Value::string("i"))]).into())
    }

    async fn read(&self, _: Call<'_>, prior: &Object) -> Result<Option<Object>, ProviderError> {
        Ok(Some(prior.clone()))
    }

    async fn update(&self, _: Call<'_>, _: &Object, planned: &Value, _: &Value) -> Result<Object, Failed> {
        Ok(planned.clone().into())
    }

    async fn delete(&self, _: Call<'_>, _: &Object) -> Result<(), ProviderError> {
        Ok(())
    }
}

struct Leases(Schema, Catalog);

impl Provider for Leases {
    fn addr(&self) -> ProviderAddr {
        ProviderAddr::implied("lease")
    }
    fn mirrored_version(&self) -> &str {
        "1.0.0"
    }
    fn schema(&self) -> &Schema {
        &self.0
    }
    fn catalog(&self) -> &Catalog {
        &self.1
    }
}

fn registry(shared: &Shared) -> Registry {
    let lease = Block::new("A lease.").attr("token", Attribute::computed(Type::String, "The token."));
    let slow = || {
        let token = Attribute::optional(Type::String, "The token.").write_only();
        Schema::new(
            Block::new("It is slow.")
                .attr("id", Attribute::computed(Type::String, "I."))
                .attr("token", token),
        )
    };
    let source = Schema::new(Block::new("It is slow.").attr("id", Attribute::computed(Type::String, "I.")));
    let catalog = Catalog::default()
        .ephemeral("lease_lease", Lease(Schema::new(lease), shared.clone()))
        .data_source("lease_slow", Slow(source, shared.clone()))
        .resource("lease_slow", Slow(slow(), shared.clone()));
    Registry::new().with(Leases(Schema::new(Block::new("Nothing to set.")), catalog))
}

/// Plans and applies; gives what was told by each.
fn run(text: &str, shared: &Shared) -> (Diagnostics, Diagnostics) {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let (registry, backend) = (registry(shared), MemoryBackend::new());
        let files = BTreeMap::from([("main.tf".to_owned(), text.to_owned())]);
        let project = engine::load(&files, &BTreeMap::new(), &registry).unwrap();
        let session = engine::lock(&backend, 1).await.unwrap();
        let (plan, planned) =
            engine::plan(&project, &registry, &session.snapshot(), Options::default(), 1).await;
        if planned.has_errors() {
            return (planned, Diagnostics::new());
        }
        let (outcome, _) = engine::carry_out(&project, &registry, &plan, &session, 4, 1).await;
        session.close().await.unwrap();
        (planned, outcome.diags)
    })
}

const LEASE: &str =
    "ephemeral \"lease_lease\" \"l\" {\n}\n\nlocals {\n  token = ephemeral.lease_lease.l.token\n}\n";

const SOURCE: &str = "data \"lease_slow\" \"s\" {\n  depends_on = [ephemeral.lease_lease.l]\n}\n";

const OBJECT: &str = "resource \"lease_slow\" \"s\" {\n  token = local.token\n}\n";

fn summaries(diags: &Diagnostics) -> Vec<String> {
    let with_address = |d: &model::Diagnostic| {
        assert!(d.subject.is_some(), "{} has no place", d.summary);
        format!("{} {}", d.address.clone().unwrap_or_default(), d.summary)
    };
    let mut all: Vec<String> = diags.iter().map(with_address).collect();
    all.sort();
    all
}

#[test]
fn what_is_open_is_renewed_while_planning_and_applying() {
    let shared = Shared::default();
    let (planned, applied) = run(&format!("{LEASE}{SOURCE}{OBJECT}"), &shared);
    assert!(!planned.has_errors() && !applied.has_errors(), "{} {}", told(&planned), told(&applied));
    assert_eq!(issuer(&shared).closed, ["3", "3"], "renewed after 10, 21 and 32 s each time");
    let renewed = "ephemeral.lease_lease.l Lease renewed";
    assert_eq!(summaries(&planned), ["data.lease_slow.s Slow source", renewed]);
    assert_eq!(summaries(&applied), [renewed, "lease_slow.s Slow object"]);
}

#[test]
fn what_cannot_be_renewed_is_told_and_closed() {
    let shared = Shared::default();
    issuer(&shared).most = Some(1);
    let (planned, _) = run(&format!("{LEASE}{SOURCE}{OBJECT}"), &shared);
    let errors: Vec<&str> = planned.iter().filter(|d| d.is_error()).map(|d| &*d.summary).collect();
    assert_eq!(errors, ["Lease expired", "Lease not renewed"]);
    assert_eq!(issuer(&shared).closed, ["1"]);
}
