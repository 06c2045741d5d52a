flavor "cluster" "eks" {
  description = "A Kubernetes cluster of EKS with one group of nodes"
  location    = "remote"

  requires "network" {
    as = "network"
  }

  provides "kubernetes_cluster" {
    value = { name = output.name, endpoint = output.endpoint, ca_certificate = output.ca_certificate }
  }
  provides "identity" {
    value = { issuer = output.issuer, audience = "sts.amazonaws.com" }
  }
}
