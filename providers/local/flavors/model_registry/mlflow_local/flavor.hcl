flavor "model_registry" "mlflow_local" {
  description = "The registry that MLflow keeps beside its runs"
  location    = "local"

  requires "tracking" {
    as = "tracking_uri"
  }

  zenml {
    flavor = "mlflow"
    config = {}
  }
}
