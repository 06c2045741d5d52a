variable "cidr" {
  description = "The addresses of machines."
  type        = string
  default     = "10.0.0.0/20"
}

variable "pods_cidr" {
  description = "The addresses of pods of a cluster, in the range `pods`."
  type        = string
  default     = "10.4.0.0/14"
}

variable "services_cidr" {
  description = "The addresses of services of a cluster, in the range `services`."
  type        = string
  default     = "10.8.0.0/20"
}

variable "context" {
  description = "The component that this is, told by the stack."
  type        = object({ name = string })
}

data "google_client_config" "current" {}

resource "google_project_service" "compute" {
  service            = "compute.googleapis.com"
  disable_on_destroy = false
}

resource "google_compute_network" "network" {
  name                    = var.context.name
  auto_create_subnetworks = false
  routing_mode            = "REGIONAL"
  depends_on              = [google_project_service.compute]
}

# Machines in it have no addresses of the internet; Google's APIs they reach all the same.
resource "google_compute_subnetwork" "private" {
  name                     = "${var.context.name}-private"
  network                  = google_compute_network.network.id
  region                   = data.google_client_config.current.region
  ip_cidr_range            = var.cidr
  private_ip_google_access = true

  secondary_ip_range {
    range_name    = "pods"
    ip_cidr_range = var.pods_cidr
  }
  secondary_ip_range {
    range_name    = "services"
    ip_cidr_range = var.services_cidr
  }
}

resource "google_compute_router" "out" {
  name    = "${var.context.name}-out"
  network = google_compute_network.network.id
  region  = google_compute_subnetwork.private.region
}

resource "google_compute_router_nat" "out" {
  name                               = "${var.context.name}-out"
  router                             = google_compute_router.out.name
  region                             = google_compute_router.out.region
  nat_ip_allocate_option             = "AUTO_ONLY"
  source_subnetwork_ip_ranges_to_nat = "ALL_SUBNETWORKS_ALL_IP_RANGES"

  log_config {
    enable = true
    filter = "ERRORS_ONLY"
  }
}

output "id" {
  description = "The network."
  value       = google_compute_network.network.id
}

output "subnet_ids" {
  description = "The subnetworks for machines, without addresses of the internet."
  value       = [google_compute_subnetwork.private.id]

  # A machine there reaches the internet only once the way out is there.
  depends_on = [google_compute_router_nat.out]
}
