variable "prefix" {
  description = "How the names of the secrets begin. Left out: STACK-ENVIRONMENT-NAME and a dash."
  type        = string
  default     = null
}

variable "context" {
  description = "The component that this is, told by the stack."
  type        = object({ name = string })
}

data "google_project" "current" {}

resource "google_project_service" "secrets" {
  service            = "secretmanager.googleapis.com"
  disable_on_destroy = false
}

output "prefix" {
  description = "How the names of the secrets begin."
  value       = coalesce(var.prefix, "${var.context.name}-")
  depends_on  = [google_project_service.secrets]
}

output "project" {
  description = "The project that the secrets lie in."
  value       = data.google_project.current.project_id
}

output "project_number" {
  description = "The number of that project, by which secrets are named."
  value       = data.google_project.current.number
}
