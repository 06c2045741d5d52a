flavor "experiment_tracker" "served" {
  description = "A tracking server in a cluster"
  requires "kubernetes_cluster" { as = "cluster" }
  requires "ingress" { as = "ingress" }
  requires "network" {
    as       = "network"
    optional = true
  }
  provides "tracking" { value = output.uri }
  zenml { flavor = "mlflow" }
}
