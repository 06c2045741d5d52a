flavor "secret_store" "gcp" {
  description = "Secrets of Secret Manager under a prefix"
  location    = "remote"

  offers "read" {
    target = { prefix = output.prefix, project = output.project, project_number = output.project_number }
  }
}
