//! An object of the cloud, and what one sees of it.

use serde::{Deserialize, Serialize};

use crate::request::{Body, Marks, Status, View};

/// An object with its whole story. Times are in ms of the cloud's clock.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Its id.
    pub id: String,
    /// What clients decide of it.
    pub body: Body,
    /// Where it is reached.
    pub endpoint: String,
    /// Whose it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marks: Option<Marks>,
    /// The token that it was made with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The object whose controller made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maker: Option<String>,
    /// When reads begin to see it.
    pub seen_ms: u64,
    /// When it is whole, or has come to nothing.
    pub ready_ms: u64,
    /// When it has settled since it was made or changed.
    #[serde(default)]
    pub settled_ms: u64,
    /// Whether it never settles: it comes to nothing after it could be used.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unsettled: bool,
    /// Whether it comes to nothing half-way.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fails: bool,
    /// What reads still see, and until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stale: Option<(Body, u64)>,
    /// When it is gone, once its deletion has begun, and until when reads still see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone: Option<(u64, u64)>,
}

impl Item {
    /// Whether it exists, whatever reads see.
    pub fn exists(&self, now_ms: u64) -> bool {
        self.gone.is_none_or(|(gone, _)| now_ms < gone)
    }

    /// Whether its deletion has begun.
    pub fn is_going(&self) -> bool {
        self.gone.is_some()
    }

    /// How far it is.
    pub fn status(&self, now_ms: u64) -> Status {
        let fails = self.fails || self.unsettled && now_ms >= self.settled_ms;
        match (self.gone, now_ms < self.ready_ms, fails) {
            (Some(_), _, _) => Status::Deleting,
            (None, true, _) => Status::Pending,
            (None, false, true) => Status::Failed,
            (None, false, false) => Status::Ready,
        }
    }

    /// Whether it can be used and has not settled yet.
    pub fn is_settling(&self, now_ms: u64) -> bool {
        self.status(now_ms) == Status::Ready && now_ms < self.settled_ms
    }

    /// What a read sees now; nothing where it does not see it yet or no longer.
    pub fn view(&self, now_ms: u64) -> Option<View> {
        let is_seen = now_ms >= self.seen_ms && self.gone.is_none_or(|(_, unseen)| now_ms < unseen);
        let body = match &self.stale {
            Some((body, until)) if now_ms < *until => body,
            _ => &self.body,
        };
        is_seen.then(|| self.with_body(body.clone(), now_ms))
    }

    /// What is true of it now.
    pub fn truth(&self, now_ms: u64) -> View {
        self.with_body(self.body.clone(), now_ms)
    }

    fn with_body(&self, body: Body, now_ms: u64) -> View {
        View {
            id: self.id.clone(),
            body,
            endpoint: self.endpoint.clone(),
            marks: self.marks.clone(),
            maker: self.maker.clone(),
            status: self.status(now_ms),
            settling: self.is_settling(now_ms),
        }
    }
}
