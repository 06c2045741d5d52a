variable "identity" {
  description = "Who gets it."
  type        = object({ member = string })
}

variable "target" {
  description = "What it is on."
  type        = object({ prefix = string, project = string, project_number = string })
}

resource "google_project_iam_member" "grant" {
  project = var.target.project
  role    = "roles/secretmanager.secretAccessor"
  member  = var.identity.member

  condition {
    title      = "Reads secrets of ${var.target.prefix}"
    expression = "resource.name.startsWith(\"projects/${var.target.project_number}/secrets/${var.target.prefix}\")"
  }
}
