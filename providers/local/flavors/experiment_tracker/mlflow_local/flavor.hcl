flavor "experiment_tracker" "mlflow_local" {
  description = "MLflow without a server: runs and metrics in a directory on this machine"
  location    = "local"

  provides "tracking" {
    value = output.tracking_uri
  }

  zenml {
    flavor = "mlflow"
    config = { tracking_uri = output.tracking_uri }
  }
}
