flavor "cluster" "k8s" {
  description = "A Kubernetes cluster"
  provides "kubernetes_cluster" { value = { name = output.name, endpoint = output.endpoint } }
  provides "ingress" {
    value     = output.ingress
    on_demand = true
  }
}
