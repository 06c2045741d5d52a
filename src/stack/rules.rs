//! Rules of composition: which components go together. Each has a name that `explain` knows.
//!
//! The facts come from ZenML, which refuses such stacks only when a pipeline is run on them, or not at all.

mod checks;

use model::{Diagnostic, Span};

use crate::component::Draft;

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
pub struct Finding {
    /// The component, or the stack.
    at: Span,
    /// What is wrong and what to do, in full sentences.
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
        check: |f| checks::missing(f, "artifact_store"),
    },
    Rule {
        name: "image-builder-registry-required",
        sentence: "An image builder in the cloud needs a container registry.",
        explanation: "CodeBuild, Cloud Build and kaniko have no place of their own for the images that they build: they \
                      push them to the stack's container registry.",
        summary: "Missing container registry",
        check: checks::builder_needs_registry,
    },
    Rule {
        name: "image-builder-required",
        sentence: "What runs steps in containers needs an image builder.",
        explanation: "These orchestrators, step operators and deployers run every step in a container image that holds \
                      the step's code and requirements. The image builder builds it when a pipeline is started. \
                      \"local\" builds with the Docker on the machine that starts the pipeline.",
        summary: "Missing image builder",
        check: |f| checks::container_needs(f, "image_builder", "an image builder"),
    },
    Rule {
        name: "local-orchestrator-image-builder-required",
        sentence: "A local Docker orchestrator or deployer needs an image builder.",
        explanation: "They run steps in containers on this machine. No registry is needed, but the images must be built.",
        summary: "Missing image builder",
        check: checks::docker_needs_builder,
    },
    Rule {
        name: "mlflow-registry-needs-tracker",
        sentence: "The MLflow model registry needs the MLflow experiment tracker.",
        explanation: "MLflow keeps its models in the tracking server's store, so the registry is reached through the \
                      experiment tracker, which must be MLflow's too.",
        summary: "MLflow registry without MLflow tracker",
        check: checks::mlflow_registry,
    },
    Rule {
        name: "one-of-its-type",
        sentence: "A stack has at most one component of most types.",
        explanation: "ZenML lets a stack have several alerters, experiment trackers and step operators, and one of every \
                      other type: a step names the one that it uses, or there is nothing to choose. Clusters, networks \
                      and secret stores, which ZenML does not know, can be as many as are needed.",
        summary: "Several components of one type",
        check: checks::one_of_its_type,
    },
    Rule {
        name: "orchestrator-required",
        sentence: "A stack has an orchestrator.",
        explanation: "The orchestrator runs the pipelines; a stack without one does nothing. ZenML refuses such a stack. \
                      To begin with, \"local\" runs them in the process that starts them.",
        summary: "Missing orchestrator",
        check: |f| checks::missing(f, "orchestrator"),
    },
    Rule {
        name: "registry-required",
        sentence: "What runs steps in containers elsewhere needs a container registry.",
        explanation: "The image that a step runs in is built where the pipeline is started and must reach the machines \
                      that run it: it is pushed to the stack's container registry and pulled from there.",
        summary: "Missing container registry",
        check: |f| checks::container_needs(f, "container_registry", "a container registry"),
    },
    Rule {
        name: "remote-orchestrator-local-registry",
        sentence: "A remote orchestrator or step operator refuses a local container registry.",
        explanation: "Machines elsewhere cannot pull images from a registry on this one.",
        summary: "Remote execution with a local registry",
        check: |f| checks::remote_refuses_local(f, "container_registry", "pull its images from"),
    },
    Rule {
        name: "remote-orchestrator-local-store",
        sentence: "A remote orchestrator or step operator refuses a local artifact store.",
        explanation: "Steps that run elsewhere cannot read or write a directory on this machine: the first step would \
                      fail, or its results would be lost with the machine it ran on. Use a store that both sides reach, \
                      such as a bucket of the cloud that the orchestrator runs in.",
        summary: "Remote execution with a local artifact store",
        check: |f| checks::remote_refuses_local(f, "artifact_store", "reach"),
    },
    Rule {
        name: "remote-orchestrator-local-tracker",
        sentence: "A remote orchestrator or step operator refuses a local experiment tracker.",
        explanation: "Steps that run elsewhere would write their runs to a directory that nobody sees afterwards. SageMaker and \
                      the orchestrators on Kubernetes refuse every local component for that reason.",
        summary: "Remote execution with a local experiment tracker",
        check: |f| checks::remote_refuses_local(f, "experiment_tracker", "reach"),
    },
    Rule {
        name: "vertex-pipeline-root",
        sentence: "Vertex AI needs a Google Cloud Storage artifact store, or a pipeline root of its own.",
        explanation: "Vertex AI keeps the files of its pipelines under a gs:// path. It takes it from the artifact store \
                      where that is a bucket of Google Cloud; otherwise set the orchestrator's argument pipeline_root.",
        summary: "Vertex AI without a pipeline root",
        check: checks::vertex_root,
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
