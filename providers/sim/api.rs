//! Ways to reach a cloud.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;

use crate::clock::Clock;
use crate::cloud::Cloud;
use crate::request::{Refusal, Reply, Request};

/// Something that answers requests.
#[async_trait]
pub trait Api: Send + Sync {
    /// Answers a request.
    async fn call(&self, request: Request) -> Result<Reply, Refusal>;
}

/// Watches a request on its way; tests decide here what happens next, and whether anything does.
#[async_trait]
pub trait Stage: Send + Sync {
    /// A request is sent, or an answer comes back.
    async fn moment(&self, at: Moment<'_>);
}

/// Where a request is.
#[derive(Clone, Copy, Debug)]
pub enum Moment<'r> {
    /// On its way to the cloud: nothing has been done.
    Sent(&'r Request),
    /// Answered: the effect is done, and nobody has been told.
    Answered(&'r Request),
}

/// A cloud in memory. Clones share it.
#[derive(Clone)]
pub struct InMemory {
    cloud: Arc<Mutex<Cloud>>,
    clock: Clock,
    stage: Option<Arc<dyn Stage>>,
}

impl InMemory {
    /// A way to a cloud in memory, by a clock.
    pub fn new(cloud: Cloud, clock: Clock) -> InMemory {
        InMemory { cloud: Arc::new(Mutex::new(cloud)), clock, stage: None }
    }

    /// The same cloud with somebody who watches the requests.
    pub fn watched(self, stage: Arc<dyn Stage>) -> InMemory {
        InMemory { stage: Some(stage), ..self }
    }

    /// The clock.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// The cloud itself; nobody else has it meanwhile.
    pub fn cloud(&self) -> MutexGuard<'_, Cloud> {
        self.cloud.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn at(&self, moment: Moment<'_>) {
        let latency = self.cloud().latency();
        if latency > 0 {
            tokio::time::sleep(Duration::from_millis(latency)).await;
        }
        if let Some(stage) = &self.stage {
            stage.moment(moment).await;
        }
    }
}

#[async_trait]
impl Api for InMemory {
    async fn call(&self, request: Request) -> Result<Reply, Refusal> {
        self.at(Moment::Sent(&request)).await;
        let answer = self.cloud().answer(&request, self.clock.now_ms());
        self.at(Moment::Answered(&request)).await;
        answer
    }
}
