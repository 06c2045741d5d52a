//! Rules of composition: which components go together. Each has a name that `explain` knows.
//!
//! The facts come from ZenML, which refuses such stacks only when a pipeline is run on them, or not at all.

use model::{Diagnostic, Span};

use crate::component::Draft;
use crate::flavor::Location;
use crate::kinds::component_type;
use crate::paste;

/// One rule.
pub struct Rule {
    /// Its name.
    pub name: &'static str,
    /// What it says, in one sentence.
    pub sentence: &'static str,
    /// Why it is so, and what to do.
    pub explanation: &'static str,
    /// The summary of the error of a stack that breaks it.
    summary: &'static str,
    check: fn(&Facts<'_>) -> Vec<Finding>,
}

/// A stack as the rules see it.
pub struct Facts<'f> {
    /// Its components.
    pub drafts: &'f [Draft],
    /// Where the stack itself is defined.
    pub stack: Span,
}

/// Where a rule is broken, and how.
struct Finding {
    at: Span,
    detail: String,
}

/// Every rule, by name.
pub const RULES: &[Rule] = &[
    Rule {
        name: "artifact-store-required",
        sentence: "A stack has an artifact store.",
        explanation: "Every step of a pipeline hands its results to the next through the artifact store, so without one \
                      no pipeline runs. ZenML refuses such a stack.",
        summary: "Missing artifact store",
        check: |f| missing(f, "artifact_store", "models"),
    },
    Rule {
        name: "image-builder-required",
        sentence: "What runs steps in containers needs an image builder.",
        explanation: "These orchestrators, step operators and deployers run every step in a container image that holds \
                      the step's code and requirements. The image builder builds it when a pipeline is started. \
                      \"local\" builds with the Docker on the machine that starts the pipeline.",
        summary: "Missing image builder",
        check: |f| container_needs(f, "image_builder", "an image builder", "builder"),
    },
    Rule {
        name: "image-builder-registry-required",
        sentence: "An image builder in the cloud needs a container registry.",
        explanation: "CodeBuild, Cloud Build and kaniko have no place of their own for the images that they build: they \
                      push them to the stack's container registry.",
        summary: "Missing container registry",
        check: builder_needs_registry,
    },
    Rule {
        name: "local-orchestrator-image-builder-required",
        sentence: "A local Docker orchestrator or deployer needs an image builder.",
        explanation: "They run steps in containers on this machine. No registry is needed, but the images must be built.",
        summary: "Missing image builder",
        check: docker_needs_builder,
    },
    Rule {
        name: "mlflow-registry-needs-tracker",
        sentence: "The MLflow model registry needs the MLflow experiment tracker.",
        explanation: "MLflow keeps its models in the tracking server's store, so the registry is reached through the \
                      experiment tracker, which must be MLflow's too.",
        summary: "MLflow registry without MLflow tracker",
        check: mlflow_registry,
    },
    Rule {
        name: "one-of-its-type",
        sentence: "A stack has at most one component of most types.",
        explanation: "ZenML lets a stack have several alerters, experiment trackers and step operators, and one of every \
                      other type: a step names the one that it uses, or there is nothing to choose. Clusters, networks \
                      and secret stores, which ZenML does not know, can be as many as are needed.",
        summary: "Several components of one type",
        check: one_of_its_type,
    },
    Rule {
        name: "orchestrator-required",
        sentence: "A stack has an orchestrator.",
        explanation: "The orchestrator runs the pipelines; a stack without one does nothing. ZenML refuses such a stack. \
                      To begin with, \"local\" runs them in the process that starts them.",
        summary: "Missing orchestrator",
        check: |f| missing(f, "orchestrator", "pipelines"),
    },
    Rule {
        name: "registry-required",
        sentence: "What runs steps in containers elsewhere needs a container registry.",
        explanation: "The image that a step runs in is built where the pipeline is started and must reach the machines \
                      that run it: it is pushed to the stack's container registry and pulled from there.",
        summary: "Missing container registry",
        check: |f| container_needs(f, "container_registry", "a container registry", "images"),
    },
    Rule {
        name: "remote-orchestrator-local-registry",
        sentence: "A remote orchestrator or step operator refuses a local container registry.",
        explanation: "Machines elsewhere cannot pull images from a registry on this one.",
        summary: "Remote execution with a local registry",
        check: |f| remote_refuses_local(f, "container_registry", "pull its images from"),
    },
    Rule {
        name: "remote-orchestrator-local-store",
        sentence: "A remote orchestrator or step operator refuses a local artifact store.",
        explanation: "Steps that run elsewhere cannot read or write a directory on this machine: the first step would \
                      fail, or its results would be lost with the machine it ran on. Use a store that both sides reach, \
                      such as a bucket of the cloud that the orchestrator runs in.",
        summary: "Remote execution with a local artifact store",
        check: |f| remote_refuses_local(f, "artifact_store", "reach"),
    },
    Rule {
        name: "remote-orchestrator-local-tracker",
        sentence: "A remote orchestrator or step operator refuses a local experiment tracker.",
        explanation: "Steps that run elsewhere would write their runs to a directory that nobody sees afterwards. SageMaker and \
                      the orchestrators on Kubernetes refuse every local component for that reason.",
        summary: "Remote execution with a local experiment tracker",
        check: |f| remote_refuses_local(f, "experiment_tracker", "reach"),
    },
    Rule {
        name: "vertex-pipeline-root",
        sentence: "Vertex AI needs a Google Cloud Storage artifact store, or a pipeline root of its own.",
        explanation: "Vertex AI keeps the files of its pipelines under a gs:// path. It takes it from the artifact store \
                      where that is a bucket of Google Cloud; otherwise set the orchestrator's argument pipeline_root.",
        summary: "Vertex AI without a pipeline root",
        check: vertex_root,
    },
];

/// A rule by its name.
pub fn rule(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|r| r.name == name)
}

/// Checks all rules.
pub fn check(facts: &Facts<'_>) -> Vec<Diagnostic> {
    RULES.iter().flat_map(|rule| (rule.check)(facts).into_iter().map(|f| rule.broken(f))).collect()
}

impl Rule {
    fn broken(&self, finding: Finding) -> Diagnostic {
        let Finding { at, detail } = finding;
        let more = format!("Rule {0}: {1} `stackwright explain {0}` says why.", self.name, self.sentence);
        Diagnostic::error(self.summary, format!("{detail}\n\n{more}")).at(at)
    }
}

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

fn missing(facts: &Facts<'_>, ty: &str, name: &str) -> Vec<Finding> {
    if facts.has(ty) {
        return Vec::new();
    }
    let block = paste::component_of_type(ty, name, "local");
    let task = component_type(ty).map(|t| t.task).unwrap_or_default();
    let detail = format!("The stack has no component of the type {ty:?}, which {task}. Add one:\n{block}");
    vec![Finding { at: facts.stack, detail }]
}

fn container_needs(facts: &Facts<'_>, ty: &str, what: &str, name: &str) -> Vec<Finding> {
    if facts.has(ty) {
        return Vec::new();
    }
    let runs_containers = |d: &&Draft| {
        let flavors = CONTAINERS.iter().find(|(ty, _)| *ty == &*d.id.ty).map(|(_, flavors)| *flavors);
        flavors.unwrap_or_default().iter().any(|f| Some(*f) == zenml_flavor(d))
    };
    let flavor = if ty == "image_builder" { "local" } else { "..." };
    let finding = |d: &Draft| Finding {
        at: d.span(),
        detail: format!(
            "{} runs steps in containers and needs {what}. Add one:\n{}",
            d.id,
            paste::component_of_type(ty, name, flavor)
        ),
    };
    facts.drafts.iter().filter(runs_containers).map(finding).collect()
}

fn builder_needs_registry(facts: &Facts<'_>) -> Vec<Finding> {
    if facts.has("container_registry") {
        return Vec::new();
    }
    let pushes = |d: &&Draft| zenml_flavor(d).is_some_and(|f| PUSHING_BUILDERS.contains(&f));
    let finding = |d: &Draft| Finding {
        at: d.span(),
        detail: format!(
            "{} pushes the images that it builds and needs a container registry. Add one:\n{}",
            d.id,
            paste::component_of_type("container_registry", "images", "...")
        ),
    };
    facts.of_type("image_builder").filter(pushes).map(finding).collect()
}

fn docker_needs_builder(facts: &Facts<'_>) -> Vec<Finding> {
    if facts.has("image_builder") {
        return Vec::new();
    }
    let needs = |d: &&Draft| {
        let pairs = [("orchestrator", "local_docker"), ("deployer", "docker"), ("model_deployer", "seldon")];
        pairs.iter().any(|(ty, flavor)| *ty == &*d.id.ty && Some(*flavor) == zenml_flavor(d))
    };
    let finding = |d: &Draft| Finding {
        at: d.span(),
        detail: format!(
            "{} runs container images and needs an image builder. Add one:\n{}",
            d.id,
            paste::component_of_type("image_builder", "builder", "local")
        ),
    };
    facts.drafts.iter().filter(needs).map(finding).collect()
}

fn mlflow_registry(facts: &Facts<'_>) -> Vec<Finding> {
    let is_mlflow = |d: &&Draft| zenml_flavor(d) == Some("mlflow");
    if facts.of_type("experiment_tracker").any(|d| is_mlflow(&d)) {
        return Vec::new();
    }
    let finding = |d: &Draft| Finding {
        at: d.span(),
        detail: format!(
            "{} keeps its models in MLflow's tracking store, and the stack has no MLflow experiment tracker. Add one:\n{}",
            d.id,
            paste::component_of_type("experiment_tracker", "tracking", "mlflow_local")
        ),
    };
    facts.of_type("model_registry").filter(is_mlflow).map(finding).collect()
}

fn one_of_its_type(facts: &Facts<'_>) -> Vec<Finding> {
    let is_second = |(i, d): &(usize, &Draft)| {
        component_type(&d.id.ty).is_some_and(|t| !t.repeatable)
            && facts.drafts[..*i].iter().any(|before| before.id.ty == d.id.ty)
    };
    let finding = |(i, d): (usize, &Draft)| {
        let first = facts.drafts[..i].iter().find(|before| before.id.ty == d.id.ty);
        let first = first.map(|f| f.id.to_string()).unwrap_or_default();
        let detail =
            format!("{} is the second component of its type, after {first}. Remove one of them.", d.id);
        Finding { at: d.span(), detail }
    };
    facts.drafts.iter().enumerate().filter(is_second).map(finding).collect()
}

fn remote_refuses_local(facts: &Facts<'_>, ty: &str, verb: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for local in facts.of_type(ty).filter(|d| location(d) == Some(Location::Local)) {
        for runner in facts.remote_runners() {
            let detail = format!(
                "{} runs steps elsewhere, and they cannot {verb} {}, which is on this machine.",
                runner.id, local.id
            );
            findings.push(Finding { at: local.span(), detail });
        }
    }
    findings
}

fn vertex_root(facts: &Facts<'_>) -> Vec<Finding> {
    let stores = || facts.of_type("artifact_store");
    if stores().any(|d| zenml_flavor(d) == Some("gcp")) || stores().any(|d| d.flavor.is_none()) {
        return Vec::new();
    }
    let rootless = |d: &&Draft| zenml_flavor(d) == Some("vertex") && !d.gives("pipeline_root");
    let finding = |d: &Draft| Finding {
        at: d.span(),
        detail: format!(
            "{} finds no place for its files: the artifact store is not on Google Cloud Storage. Set \
             pipeline_root = \"gs://BUCKET/PATH\", or use a bucket of Google Cloud as the artifact store.",
            d.id
        ),
    };
    facts.of_type("orchestrator").filter(rootless).map(finding).collect()
}
