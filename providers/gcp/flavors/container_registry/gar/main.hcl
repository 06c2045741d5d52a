variable "repository" {
  description = "The repository's name. Left out: STACK-ENVIRONMENT-NAME."
  type        = string
  default     = null
}

variable "location" {
  description = "Where images lie. Left out: the connector's region."
  type        = string
  default     = null
}

variable "keep_images" {
  description = "How many images without a tag are kept."
  type        = number
  default     = 20
}

variable "on_destroy" {
  description = "What happens to images when the registry is destroyed: fail_if_not_empty or purge."
  type        = string
  default     = "fail_if_not_empty"
}

variable "context" {
  description = "The component that this is, told by the stack."
  type        = object({ name = string })
}

data "google_client_config" "current" {}

locals {
  project  = data.google_client_config.current.project
  location = coalesce(var.location, data.google_client_config.current.region)
}

resource "google_project_service" "registries" {
  service            = "artifactregistry.googleapis.com"
  disable_on_destroy = false
}

resource "google_artifact_registry_repository" "images" {
  repository_id = coalesce(var.repository, var.context.name)
  location      = local.location
  format        = "DOCKER"
  description   = "Images that pipelines run in"

  cleanup_policies {
    id     = "untagged"
    action = "DELETE"
    condition {
      tag_state = "UNTAGGED"
    }
  }
  cleanup_policies {
    id     = "newest"
    action = "KEEP"
    most_recent_versions {
      keep_count = var.keep_images
    }
  }

  depends_on = [google_project_service.registries]
}

output "repository" {
  description = "The repository's name."
  value       = google_artifact_registry_repository.images.repository_id
}

output "project" {
  description = "The project that it lies in."
  value       = local.project
}

output "location" {
  description = "The region that it lies in."
  value       = local.location
}

output "uri" {
  description = "Where images are pushed to and pulled from."
  value       = "${local.location}-docker.pkg.dev/${local.project}/${google_artifact_registry_repository.images.repository_id}"
}
