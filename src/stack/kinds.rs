//! The component types and the capabilities: the fixed vocabulary of stacks.

/// A component type with its one task.
pub struct ComponentType {
    /// The first label of a `component` block.
    pub name: &'static str,
    /// A name for one, as messages propose it.
    pub example: &'static str,
    /// What a component of the type does.
    pub task: &'static str,
    /// Whether a stack may hold several (so ZenML has it for the types that it knows).
    pub repeatable: bool,
    /// Whether ZenML knows the type; the others are shared ground.
    pub zenml: bool,
}

const fn one(name: &'static str, example: &'static str, task: &'static str) -> ComponentType {
    ComponentType { name, example, task, repeatable: false, zenml: true }
}

const fn several(name: &'static str, example: &'static str, task: &'static str) -> ComponentType {
    ComponentType { name, example, task, repeatable: true, zenml: true }
}

const fn ground(name: &'static str, example: &'static str, task: &'static str) -> ComponentType {
    ComponentType { name, example, task, repeatable: true, zenml: false }
}

/// Every component type, by name.
pub const COMPONENT_TYPES: &[ComponentType] = &[
    several("alerter", "alerts", "tells people what pipelines did"),
    one("annotator", "labels", "lets people label data"),
    one("artifact_store", "models", "keeps what pipelines produce: data, models, reports"),
    ground("cluster", "shared", "runs containers for other components"),
    one("container_registry", "images", "keeps container images"),
    one("data_validator", "checks", "checks the quality of data"),
    one("deployer", "endpoints", "serves pipelines behind an endpoint"),
    several("experiment_tracker", "tracking", "records parameters and metrics of runs"),
    one("feature_store", "features", "serves features to training and inference"),
    one("image_builder", "builder", "builds the container images that pipelines run in"),
    one("log_store", "logs", "keeps the logs of pipelines"),
    one("model_deployer", "serving", "serves models behind an endpoint"),
    one("model_registry", "registry", "keeps versions of models"),
    ground("network", "shared", "connects other components"),
    one("orchestrator", "pipelines", "runs pipelines"),
    ground("secret_store", "secrets", "keeps secrets"),
    several("step_operator", "steps", "runs single steps elsewhere, on hardware of their own"),
];

/// A component type by its name.
pub fn component_type(name: &str) -> Option<&'static ComponentType> {
    COMPONENT_TYPES.iter().find(|t| t.name == name)
}

/// What one component offers and another needs.
pub struct Capability {
    /// Its name in `provides` and `requires`.
    pub name: &'static str,
    /// The type of its value.
    pub ty: &'static str,
    /// What the value says.
    pub meaning: &'static str,
}

/// The capabilities that the built-in flavors agree on, by name. A team's own flavors may have others among themselves.
pub const CAPABILITIES: &[Capability] = &[
    Capability {
        name: "identity",
        ty: "object({ issuer = string, audience = string })",
        meaning: "turns workloads of a cluster into identities of the cloud",
    },
    Capability {
        name: "ingress",
        ty: "object({ class = string, host = string })",
        meaning: "lets requests from outside reach services in a cluster",
    },
    Capability {
        name: "kubernetes_cluster",
        ty: "object({ name = string, endpoint = string, ca_certificate = string })",
        meaning: "a Kubernetes interface to run workloads on",
    },
    Capability {
        name: "network",
        ty: "object({ id = string, subnet_ids = list(string) })",
        meaning: "a private network with places for machines",
    },
    Capability {
        name: "registry",
        ty: "object({ uri = string })",
        meaning: "where images are pushed to and pulled from",
    },
    Capability {
        name: "storage",
        ty: "object({ uri = string })",
        meaning: "where files are written to and read from",
    },
    Capability {
        name: "tracking",
        ty: "string",
        meaning: "the address of a tracker of runs, as MLflow takes it",
    },
];
