//! The checks behind the rules: each gives the places where its rule is broken.

use super::{Facts, Finding};
use crate::component::Draft;
use crate::flavor::Location;
use crate::kinds::component_type;
use crate::paste;

/// Flavors, as ZenML calls them, that run steps in containers elsewhere.
const CONTAINERS: &[(&str, &[&str])] = &[
    ("deployer", &["aws", "gcp", "kubernetes"]),
    (
        "orchestrator",
        &[
            "airflow",
            "azureml",
            "hyperai",
            "kubeflow",
            "kubernetes",
            "modal",
            "sagemaker",
            "ssh",
            "tekton",
            "vertex",
            "vm_aws",
            "vm_azure",
            "vm_gcp",
            "vm_kubernetes",
            "vm_lambda",
        ],
    ),
    (
        "step_operator",
        &[
            "azureml",
            "baseten",
            "kubernetes",
            "modal",
            "runai",
            "sagemaker",
            "spark-kubernetes",
            "ssh",
            "vertex",
        ],
    ),
];

/// Image builders that push what they build.
const PUSHING_BUILDERS: &[&str] = &["aws", "gcp", "kaniko"];

impl<'f> Facts<'f> {
    fn of_type(&self, ty: &str) -> impl Iterator<Item = &'f Draft> {
        self.drafts.iter().filter(move |d| &*d.id.ty == ty)
    }

    fn has(&self, ty: &str) -> bool {
        self.of_type(ty).next().is_some()
    }

    /// What runs steps elsewhere.
    fn remote_runners(&self) -> impl Iterator<Item = &'f Draft> {
        let runs = |d: &&Draft| matches!(&*d.id.ty, "orchestrator" | "step_operator");
        self.drafts.iter().filter(runs).filter(|d| location(d) == Some(Location::Remote))
    }
}

fn location(draft: &Draft) -> Option<Location> {
    draft.flavor.as_ref().map(|f| f.location)
}

/// ZenML's name of a component's flavor.
fn zenml_flavor(draft: &Draft) -> Option<&str> {
    draft.flavor.as_ref()?.zenml.as_ref().map(|z| &*z.flavor)
}

/// There is no component of a type.
pub fn missing(facts: &Facts<'_>, ty: &str) -> Vec<Finding> {
    if facts.has(ty) {
        return Vec::new();
    }
    let block = paste::component_of_type(ty, "local");
    let task = component_type(ty).map(|t| t.task).unwrap_or_default();
    let detail = format!("The stack has no component of the type {ty:?}, which {task}. Add one:\n{block}");
    vec![Finding { at: facts.stack, detail }]
}

/// Something runs steps in containers elsewhere, and there is no component of a type.
pub fn container_needs(facts: &Facts<'_>, ty: &str, what: &str) -> Vec<Finding> {
    if facts.has(ty) {
        return Vec::new();
    }
    let runs_containers = |d: &&Draft| {
        let flavors = CONTAINERS.iter().find(|(ty, _)| *ty == &*d.id.ty).map(|(_, flavors)| *flavors);
        flavors.unwrap_or_default().iter().any(|f| Some(*f) == zenml_flavor(d))
    };
    let flavor = if ty == "image_builder" { "local" } else { "..." };
    let finding = |d: &Draft| Finding {
        at: d.header(),
        detail: format!(
            "{} runs steps in containers and needs {what}. Add one:\n{}",
            d.id,
            paste::component_of_type(ty, flavor)
        ),
    };
    facts.drafts.iter().filter(runs_containers).map(finding).collect()
}

/// An image builder pushes what it builds, and there is no registry.
pub fn builder_needs_registry(facts: &Facts<'_>) -> Vec<Finding> {
    if facts.has("container_registry") {
        return Vec::new();
    }
    let pushes = |d: &&Draft| zenml_flavor(d).is_some_and(|f| PUSHING_BUILDERS.contains(&f));
    let finding = |d: &Draft| Finding {
        at: d.header(),
        detail: format!(
            "{} pushes the images that it builds and needs a container registry. Add one:\n{}",
            d.id,
            paste::component_of_type("container_registry", "...")
        ),
    };
    facts.of_type("image_builder").filter(pushes).map(finding).collect()
}

/// Something runs containers on this machine, and there is no image builder.
pub fn docker_needs_builder(facts: &Facts<'_>) -> Vec<Finding> {
    if facts.has("image_builder") {
        return Vec::new();
    }
    let needs = |d: &&Draft| {
        let pairs = [("orchestrator", "local_docker"), ("deployer", "docker"), ("model_deployer", "seldon")];
        pairs.iter().any(|(ty, flavor)| *ty == &*d.id.ty && Some(*flavor) == zenml_flavor(d))
    };
    let finding = |d: &Draft| Finding {
        at: d.header(),
        detail: format!(
            "{} runs container images and needs an image builder. Add one:\n{}",
            d.id,
            paste::component_of_type("image_builder", "local")
        ),
    };
    facts.drafts.iter().filter(needs).map(finding).collect()
}

/// There is an MLflow registry without an MLflow tracker.
pub fn mlflow_registry(facts: &Facts<'_>) -> Vec<Finding> {
    let is_mlflow = |d: &&Draft| zenml_flavor(d) == Some("mlflow");
    if facts.of_type("experiment_tracker").any(|d| is_mlflow(&d) || d.flavor.is_none()) {
        return Vec::new();
    }
    let finding = |d: &Draft| Finding {
        at: d.header(),
        detail: format!(
            "{} keeps its models in MLflow's tracking store, and the stack has no MLflow experiment tracker. Add one:\n{}",
            d.id,
            paste::component_of_type("experiment_tracker", "mlflow_local")
        ),
    };
    facts.of_type("model_registry").filter(is_mlflow).map(finding).collect()
}

/// There are several components of a type of which there may be one.
pub fn one_of_its_type(facts: &Facts<'_>) -> Vec<Finding> {
    let is_second = |(i, d): &(usize, &Draft)| {
        component_type(&d.id.ty).is_some_and(|t| !t.repeatable)
            && facts.drafts[..*i].iter().any(|before| before.id.ty == d.id.ty)
    };
    let finding = |(i, d): (usize, &Draft)| {
        let first = facts.drafts[..i].iter().find(|before| before.id.ty == d.id.ty);
        let first = first.map(|f| f.id.to_string()).unwrap_or_default();
        let detail =
            format!("{} is the second component of its type, after {first}. Remove one of them.", d.id);
        Finding { at: d.header(), detail }
    };
    facts.drafts.iter().enumerate().filter(is_second).map(finding).collect()
}

/// Something runs steps elsewhere, and a component of a type is on this machine.
pub fn remote_refuses_local(facts: &Facts<'_>, ty: &str, verb: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for local in facts.of_type(ty).filter(|d| location(d) == Some(Location::Local)) {
        for runner in facts.remote_runners() {
            let detail = format!(
                "{} runs steps elsewhere, and they cannot {verb} {}, which is on this machine.",
                runner.id, local.id
            );
            findings.push(Finding { at: local.header(), detail });
        }
    }
    findings
}

/// Vertex AI has no place for its files.
pub fn vertex_root(facts: &Facts<'_>) -> Vec<Finding> {
    let stores = || facts.of_type("artifact_store");
    if stores().any(|d| zenml_flavor(d) == Some("gcp")) || stores().any(|d| d.flavor.is_none()) {
        return Vec::new();
    }
    let rootless = |d: &&Draft| zenml_flavor(d) == Some("vertex") && !d.gives("pipeline_root");
    let finding = |d: &Draft| Finding {
        at: d.header(),
        detail: format!(
            "{} finds no place for its files: the artifact store is not on Google Cloud Storage. Set \
             pipeline_root = \"gs://BUCKET/PATH\", or use a bucket of Google Cloud as the artifact store.",
            d.id
        ),
    };
    facts.of_type("orchestrator").filter(rootless).map(finding).collect()
}
