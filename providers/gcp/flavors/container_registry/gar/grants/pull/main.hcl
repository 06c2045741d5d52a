variable "identity" {
  description = "Who gets it."
  type        = object({ member = string })
}

variable "target" {
  description = "What it is on."
  type        = object({ repository = string, project = string, location = string })
}

resource "google_project_iam_member" "grant" {
  project = var.target.project
  role    = "roles/artifactregistry.reader"
  member  = var.identity.member

  condition {
    title      = "Pulls images of ${var.target.repository}"
    expression = "resource.name.startsWith(\"projects/${var.target.project}/locations/${var.target.location}/repositories/${var.target.repository}\")"
  }
}
