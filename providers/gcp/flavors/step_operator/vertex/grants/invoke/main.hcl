variable "identity" {
  description = "Who gets it."
  type        = object({ member = string })
}

variable "target" {
  description = "What it is on."
  type        = object({ service_account = string, project = string })
}

# Starting a step is making a job that runs as the step's account; jobs themselves may be made by whoever runs pipelines.
resource "google_service_account_iam_member" "grant" {
  service_account_id = var.target.service_account
  role               = "roles/iam.serviceAccountUser"
  member             = var.identity.member
}
