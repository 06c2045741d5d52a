stack "churn" {
  description = "Churn model: training and tracking on one machine"
  owner       = "ml-platform@example.com"
}

# Where pipelines put what they produce.
component "artifact_store" "models" {
  flavor     = "local"
  on_destroy = var.data_on_destroy
}

# Runs the pipelines.
component "orchestrator" "pipelines" {
  flavor = "local"
}

# Records parameters and metrics of runs.
component "experiment_tracker" "tracking" {
  flavor     = "mlflow_local"
  on_destroy = var.data_on_destroy
}

# Keeps versions of models. It needs a tracker, and finds the one above.
component "model_registry" "registry" {
  flavor = "mlflow_local"
}

component "image_builder" "builder" {
  flavor = "local"
}

# Plain blocks may stand beside components and refer to them.
resource "local_file" "settings" {
  filename        = "churn-${environment.name}.env"
  file_permission = "0644"
  content         = <<-EOT
    MLFLOW_TRACKING_URI=${component.experiment_tracker.tracking.tracking_uri}
    MLFLOW_EXPERIMENT_NAME=${var.experiment}
  EOT
}
