variable "storage" {
  description = "Where what is to be built is put, bound by the stack."
  type        = object({ uri = string })
}

variable "context" {
  description = "The component that this is, told by the stack."
  type        = object({ name = string })
}

data "google_client_config" "current" {}

locals {
  project = data.google_client_config.current.project
  full    = "${var.context.name}-builds"
  # Names of service accounts have 30 characters at most.
  account = length(local.full) <= 30 ? local.full : "${trimsuffix(substr(local.full, 0, 21), "-")}-${substr(sha256(local.full), 0, 8)}"
}

resource "google_project_service" "builds" {
  service            = "cloudbuild.googleapis.com"
  disable_on_destroy = false
}

resource "google_service_account" "builder" {
  account_id   = local.account
  display_name = "Builds of ${var.context.name}"
}

# What building takes beside the grants on the registry and on what is to be built.
resource "google_project_iam_member" "builder" {
  for_each = toset(["roles/cloudbuild.builds.editor", "roles/logging.logWriter"])

  project = local.project
  role    = each.key
  member  = google_service_account.builder.member
}

# A build runs as the account that asks for it.
resource "google_service_account_iam_member" "itself" {
  service_account_id = google_service_account.builder.name
  role               = "roles/iam.serviceAccountUser"
  member             = google_service_account.builder.member
}

output "service_account" {
  description = "The service account under which images are built."
  value       = google_service_account.builder.email
  depends_on  = [google_project_service.builds]
}

output "member" {
  description = "The same, as policies call it."
  value       = google_service_account.builder.member
}

output "source" {
  description = "Where what is to be built is put."
  value       = "${var.storage.uri}/cloudbuild"
}
