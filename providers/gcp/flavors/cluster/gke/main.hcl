variable "network" {
  description = "The network that the cluster lies in, bound by the stack; its subnetwork has the ranges `pods` and `services`."
  type        = object({ id = string, subnet_ids = list(string) })
}

variable "kubernetes_version" {
  description = "The least version of Kubernetes. Left out: what the release channel offers."
  type        = string
  default     = null
}

variable "machine_type" {
  description = "On what machines workloads run. Left out, the size says."
  type        = string
  default     = null
}

variable "nodes" {
  description = "How many nodes there are at least and at most. Left out, the size says."
  type        = object({ min = number, max = number })
  default     = null
}

variable "public_access_cidrs" {
  description = "From where the cluster's interface is reached over the internet; nothing keeps it inside."
  type        = list(string)
  default     = []
}

variable "size" {
  description = "The environment's size: small, medium or large."
  type        = string
  default     = "small"
}

variable "context" {
  description = "The component that this is, told by the stack."
  type        = object({ name = string })
}

data "google_client_config" "current" {}

locals {
  by_size = {
    small  = { type = "e2-standard-2", min = 1, max = 3 }
    medium = { type = "e2-standard-4", min = 2, max = 6 }
    large  = { type = "e2-standard-8", min = 3, max = 12 }
  }[var.size]
  nodes   = coalesce(var.nodes, { min = local.by_size.min, max = local.by_size.max })
  project = data.google_client_config.current.project
  full    = "${var.context.name}-nodes"
  # Names of service accounts have 30 characters at most.
  account = length(local.full) <= 30 ? local.full : "${trimsuffix(substr(local.full, 0, 21), "-")}-${substr(sha256(local.full), 0, 8)}"
}

resource "google_project_service" "container" {
  service            = "container.googleapis.com"
  disable_on_destroy = false
}

# What nodes do in the project: no more than logs, metrics and images need.
resource "google_service_account" "nodes" {
  account_id   = local.account
  display_name = "Nodes of ${var.context.name}"
}

resource "google_project_iam_member" "nodes" {
  project = local.project
  role    = "roles/container.defaultNodeServiceAccount"
  member  = google_service_account.nodes.member
}

resource "google_container_cluster" "cluster" {
  name               = var.context.name
  location           = data.google_client_config.current.region
  network            = var.network.id
  subnetwork         = var.network.subnet_ids[0]
  min_master_version = var.kubernetes_version

  # The stack says what may go; the nodes come in a pool of their own.
  deletion_protection      = false
  remove_default_node_pool = true
  initial_node_count       = 1

  release_channel {
    channel = "REGULAR"
  }

  ip_allocation_policy {
    cluster_secondary_range_name  = "pods"
    services_secondary_range_name = "services"
  }

  # Workloads get identities of Google's through it.
  workload_identity_config {
    workload_pool = "${local.project}.svc.id.goog"
  }

  private_cluster_config {
    enable_private_nodes    = true
    enable_private_endpoint = length(var.public_access_cidrs) == 0
  }

  master_authorized_networks_config {
    dynamic "cidr_blocks" {
      for_each = var.public_access_cidrs
      content {
        cidr_block = cidr_blocks.value
      }
    }
  }

  depends_on = [google_project_service.container]
}

resource "google_container_node_pool" "nodes" {
  name    = "nodes"
  cluster = google_container_cluster.cluster.id

  autoscaling {
    total_min_node_count = local.nodes.min
    total_max_node_count = local.nodes.max
  }

  management {
    auto_repair  = true
    auto_upgrade = true
  }

  node_config {
    machine_type    = coalesce(var.machine_type, local.by_size.type)
    service_account = google_service_account.nodes.email
    oauth_scopes    = ["https://www.googleapis.com/auth/cloud-platform"]

    workload_metadata_config {
      mode = "GKE_METADATA"
    }

    shielded_instance_config {
      enable_secure_boot = true
    }
  }

  # Nodes without these permissions come up, and are of no use.
  depends_on = [google_project_iam_member.nodes]
}

output "name" {
  description = "The cluster's name."
  value       = google_container_cluster.cluster.name

  # Workloads run once there are nodes.
  depends_on = [google_container_node_pool.nodes]
}

output "endpoint" {
  description = "Where its interface is."
  value       = "https://${google_container_cluster.cluster.endpoint}"
}

output "ca_certificate" {
  description = "The authority that signed its certificate, base64."
  value       = google_container_cluster.cluster.master_auth[0].cluster_ca_certificate
}

output "issuer" {
  description = "Who issues tokens to its workloads."
  value       = "https://container.googleapis.com/v1/${google_container_cluster.cluster.id}"
}

output "identity_pool" {
  description = "The pool of the identities of its workloads."
  value       = google_container_cluster.cluster.workload_identity_config[0].workload_pool
}
