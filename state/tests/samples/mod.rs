//! What several tests of states need.

#![allow(dead_code, reason = "each test uses a part")]

use std::sync::Arc;
use std::time::Duration;

use model::InstanceAddr;
use state::{
    Backend, Change, InstanceObject, Intent, IntentAction, LockInfo, ObjectStatus, Session, StateError, Store,
};

pub const PROVIDER: &str = "provider[\"terraform.io/builtin/terraform\"]";

pub fn addr(text: &str) -> InstanceAddr {
    text.parse().unwrap()
}

pub fn object(id: &str) -> Arc<InstanceObject> {
    Arc::new(InstanceObject {
        status: ObjectStatus::Ready,
        schema_version: 0,
        attributes: format!("{{\"id\":\"{id}\"}}").into(),
        sensitive_paths: Vec::new(),
        private: None,
        dependencies: Arc::from([]),
        create_before_destroy: false,
    })
}

pub fn intent(address: &str) -> Intent {
    Intent {
        address: addr(address),
        action: IntentAction::Create,
        deposed: None,
        provider: PROVIDER.into(),
        planned: Some("{\"id\":null}".into()),
        schema_version: 0,
        dependencies: Arc::from([]),
        sensitive_paths: Vec::new(),
        token: Some("0123abcd".into()),
        fence: Arc::from(["before".into()]),
        create_before_destroy: false,
    }
}

pub fn current(address: &str, id: &str) -> Change {
    Change::Current { address: addr(address), provider: PROVIDER.into(), object: Some(object(id)) }
}

pub fn gone(address: &str) -> Change {
    Change::Current { address: addr(address), provider: PROVIDER.into(), object: None }
}

pub fn lock_info(id: &str) -> LockInfo {
    LockInfo {
        id: id.into(),
        operation: "OperationTypeApply".into(),
        who: "ada@lovelace".into(),
        version: "0.1.0".into(),
        created: "2026-01-02T03:04:05Z".into(),
        info: "pid 1".into(),
        path: String::new(),
    }
}

pub fn store(backend: impl Backend + 'static) -> Store {
    Store::new(Arc::new(backend))
}

pub async fn open(backend: impl Backend + 'static, id: &str) -> Result<Session, StateError> {
    store(backend).lock(lock_info(id), Duration::ZERO).await
}
