stack "churn" {
  description = "Churn model on Google Cloud: training on Vertex AI, images built in the project"
  owner       = "ml-platform@example.com"
}

# Where pipelines put what they produce.
component "artifact_store" "models" {
  flavor     = "gcs"
  on_destroy = var.data_on_destroy
}

component "container_registry" "images" {
  flavor     = "gar"
  on_destroy = var.data_on_destroy
}

component "image_builder" "builder" {
  flavor = "gcp"
}

# Runs the pipelines.
component "orchestrator" "pipelines" {
  flavor = "vertex"
}

# Single steps on larger machines.
component "step_operator" "training" {
  flavor       = "vertex"
  machine_type = var.training_instance
}

component "secret_store" "secrets" {
  flavor = "gcp"
}

# Where machines of one's own stand: a private network.
component "network" "shared" {
  flavor = "gcp"
}

# A Kubernetes cluster in it, for what Vertex AI does not run.
component "cluster" "shared" {
  flavor = "gke"
}
