//! Draws the permissions: who may do what, as the contract between component types says.

use std::fmt;

use model::Str;

use crate::component::{ComponentId, Draft};

/// A permission that one component gets on another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Whose identity gets it.
    pub consumer: ComponentId,
    /// What it is on.
    pub producer: ComponentId,
    /// How much: `read`, `read_write`, `push`, `pull`, `invoke`.
    pub level: Str,
}

impl Grant {
    /// The name of the module call that the grant becomes.
    pub fn module(&self) -> String {
        format!("grant--{}--{}", self.consumer.module(), self.producer.module())
    }
}

/// As people read it: `component.orchestrator.a may read_write component.artifact_store.b`.
impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} may {} {}", self.consumer, self.level, self.producer)
    }
}

/// Who needs what: the type of the consumer, of the producer, and the level. The least that does the task.
pub const CONTRACT: &[(&str, &str, &str)] = &[
    ("deployer", "artifact_store", "read"),
    ("deployer", "container_registry", "pull"),
    ("experiment_tracker", "artifact_store", "read_write"),
    ("feature_store", "artifact_store", "read"),
    ("image_builder", "artifact_store", "read"),
    ("image_builder", "container_registry", "push"),
    ("log_store", "artifact_store", "read_write"),
    ("model_deployer", "artifact_store", "read"),
    ("model_deployer", "container_registry", "pull"),
    ("orchestrator", "artifact_store", "read_write"),
    ("orchestrator", "container_registry", "pull"),
    ("orchestrator", "experiment_tracker", "read_write"),
    ("orchestrator", "model_deployer", "invoke"),
    ("orchestrator", "secret_store", "read"),
    ("orchestrator", "step_operator", "invoke"),
    ("step_operator", "artifact_store", "read_write"),
    ("step_operator", "container_registry", "pull"),
    ("step_operator", "experiment_tracker", "read_write"),
    ("step_operator", "secret_store", "read"),
];

/// The grants of a stack: for each pair of the contract where the consumer has an identity and the producer offers the
/// level. (Where either lacks it, there is nothing to grant: local components.)
pub fn grants(drafts: &[Draft]) -> Vec<Grant> {
    let mut found = Vec::new();
    for consumer in drafts.iter().filter(|d| d.flavor.as_ref().is_some_and(|f| f.identity.is_some())) {
        for (_, producer_type, level) in CONTRACT.iter().filter(|(c, _, _)| *c == &*consumer.id.ty) {
            for producer in drafts.iter().filter(|d| &*d.id.ty == *producer_type) {
                if producer.flavor.as_ref().is_some_and(|f| f.offer(level).is_some()) {
                    let (consumer, producer) = (consumer.id.clone(), producer.id.clone());
                    found.push(Grant { consumer, producer, level: (*level).into() });
                }
            }
        }
    }
    found
}
