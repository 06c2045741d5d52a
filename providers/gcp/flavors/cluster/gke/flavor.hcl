flavor "cluster" "gke" {
  description = "A Kubernetes cluster of GKE with one pool of nodes"
  location    = "remote"

  requires "network" {
    as = "network"
  }

  provides "kubernetes_cluster" {
    value = { name = output.name, endpoint = output.endpoint, ca_certificate = output.ca_certificate }
  }
  provides "identity" {
    value = { issuer = output.issuer, audience = output.identity_pool }
  }
}
