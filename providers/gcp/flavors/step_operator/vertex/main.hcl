variable "machine_type" {
  description = "On what machines steps run. Left out, the size says."
  type        = string
  default     = null
}

variable "location" {
  description = "Where steps run. Left out: the connector's region."
  type        = string
  default     = null
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
  project      = data.google_client_config.current.project
  location     = coalesce(var.location, data.google_client_config.current.region)
  machine_type = coalesce(var.machine_type, { small = "n1-standard-4", medium = "n1-standard-8", large = "n1-standard-32" }[var.size])
  full         = "${var.context.name}-steps"
  # Names of service accounts have 30 characters at most.
  account = length(local.full) <= 30 ? local.full : "${trimsuffix(substr(local.full, 0, 21), "-")}-${substr(sha256(local.full), 0, 8)}"
}

resource "google_project_service" "vertex" {
  service            = "aiplatform.googleapis.com"
  disable_on_destroy = false
}

resource "google_service_account" "steps" {
  account_id   = local.account
  display_name = "Steps of ${var.context.name}"
}

# What running steps takes beside the grants on other components.
resource "google_project_iam_member" "steps" {
  for_each = toset(["roles/aiplatform.user", "roles/logging.logWriter"])

  project = local.project
  role    = each.key
  member  = google_service_account.steps.member
}

output "service_account" {
  description = "The service account under which steps run."
  value       = google_service_account.steps.email
}

output "service_account_name" {
  description = "The same, by its full name."
  value       = google_service_account.steps.name
}

output "member" {
  description = "The same, as policies call it."
  value       = google_service_account.steps.member
}

output "location" {
  description = "The region in which steps run."
  value       = local.location
  depends_on  = [google_project_service.vertex]
}

output "project" {
  description = "The project in which steps run."
  value       = local.project
}

output "machine_type" {
  description = "On what machines steps run."
  value       = local.machine_type
}
