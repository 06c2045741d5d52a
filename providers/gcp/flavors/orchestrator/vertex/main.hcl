variable "location" {
  description = "Where pipelines run. Left out: the connector's region."
  type        = string
  default     = null
}

variable "context" {
  description = "The component that this is, told by the stack."
  type        = object({ name = string })
}

data "google_client_config" "current" {}

locals {
  project  = data.google_client_config.current.project
  location = coalesce(var.location, data.google_client_config.current.region)
  full     = "${var.context.name}-vertex"
  # Names of service accounts have 30 characters at most.
  account = length(local.full) <= 30 ? local.full : "${trimsuffix(substr(local.full, 0, 21), "-")}-${substr(sha256(local.full), 0, 8)}"
}

resource "google_project_service" "vertex" {
  service            = "aiplatform.googleapis.com"
  disable_on_destroy = false
}

# Vertex AI acts in the project under an account of its own, which is there from the first use on, or when it is asked for.
resource "google_project_service_identity" "vertex" {
  service    = "aiplatform.googleapis.com"
  depends_on = [google_project_service.vertex]
}

# Other stacks in the project need the same, so it stays.
resource "google_project_iam_member" "agent" {
  project    = local.project
  role       = "roles/aiplatform.serviceAgent"
  member     = google_project_service_identity.vertex.member
  on_destroy = "retain"
}

resource "google_service_account" "pipelines" {
  account_id   = local.account
  display_name = "Pipelines of ${var.context.name}"
}

# What running pipelines takes beside the grants on other components.
resource "google_project_iam_member" "pipelines" {
  for_each = toset(["roles/aiplatform.user", "roles/logging.logWriter"])

  project = local.project
  role    = each.key
  member  = google_service_account.pipelines.member
}

# A pipeline starts its steps as the account that it runs as.
resource "google_service_account_iam_member" "itself" {
  service_account_id = google_service_account.pipelines.name
  role               = "roles/iam.serviceAccountUser"
  member             = google_service_account.pipelines.member
}

output "service_account" {
  description = "The service account under which pipelines run."
  value       = google_service_account.pipelines.email
}

output "member" {
  description = "The same, as policies call it."
  value       = google_service_account.pipelines.member
}

output "location" {
  description = "The region in which pipelines run."
  value       = local.location

  # They run once Vertex AI may act in the project.
  depends_on = [google_project_iam_member.agent]
}

output "project" {
  description = "The project in which pipelines run."
  value       = local.project
}
