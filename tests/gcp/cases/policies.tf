resource "google_service_account" "a" {
  account_id = "stackwright-p"
}

resource "google_storage_bucket" "b" {
  name          = "stackwright-policies"
  location      = "EU"
  force_destroy = true
}

resource "google_storage_bucket" "whole" {
  name          = "stackwright-whole"
  location      = "EU"
  force_destroy = true
}

resource "google_secret_manager_secret" "s" {
  secret_id = "stackwright-policies"
  replication {
    auto {}
  }
}

resource "google_artifact_registry_repository" "r" {
  location      = "europe-west1"
  repository_id = "policies"
  format        = "DOCKER"
}

resource "google_storage_bucket_iam_binding" "b" {
  bucket  = google_storage_bucket.b.name
  role    = "roles/storage.objectViewer"
  members = ["allUsers", google_service_account.a.member]
}

resource "google_storage_bucket_iam_binding" "sometimes" {
  bucket  = google_storage_bucket.b.name
  role    = "roles/storage.objectViewer"
  members = [google_service_account.a.member]
  condition {
    title      = "for a while"
    expression = "request.time < timestamp(\"2030-01-01T00:00:00Z\")"
  }
}

resource "google_service_account_iam_binding" "a" {
  service_account_id = google_service_account.a.name
  role               = "roles/iam.serviceAccountUser"
  members            = ["user:Jane@Example.com"]
}

resource "google_project_iam_binding" "p" {
  project = "a-project"
  role    = "roles/browser"
  members = ["group:people@example.com", google_service_account.a.member]
}

resource "google_secret_manager_secret_iam_binding" "s" {
  secret_id = google_secret_manager_secret.s.secret_id
  role      = "roles/secretmanager.secretAccessor"
  members   = [google_service_account.a.member]
}

data "google_iam_policy" "readers" {
  binding {
    role    = "roles/artifactregistry.reader"
    members = ["user:b@example.com", "user:a@example.com"]
  }
  binding {
    role    = "roles/artifactregistry.writer"
    members = ["user:a@example.com"]
  }
}

data "google_iam_policy" "bucket" {
  binding {
    role    = "roles/storage.admin"
    members = ["user:a@example.com"]
  }
}

resource "google_artifact_registry_repository_iam_policy" "r" {
  location    = google_artifact_registry_repository.r.location
  repository  = google_artifact_registry_repository.r.name
  policy_data = data.google_iam_policy.readers.policy_data
}

resource "google_storage_bucket_iam_policy" "whole" {
  bucket      = google_storage_bucket.whole.name
  policy_data = data.google_iam_policy.bucket.policy_data
}

### then

resource "google_service_account" "a" {
  account_id = "stackwright-p"
}

resource "google_storage_bucket" "b" {
  name          = "stackwright-policies"
  location      = "EU"
  force_destroy = true
}

resource "google_storage_bucket" "whole" {
  name          = "stackwright-whole"
  location      = "EU"
  force_destroy = true
}

resource "google_artifact_registry_repository" "r" {
  location      = "europe-west1"
  repository_id = "policies"
  format        = "DOCKER"
}

# says: Members lose access
# says: roles/storage.objectViewer: allUsers
# says: roles/artifactregistry.writer: user:a@example.com
resource "google_storage_bucket_iam_binding" "b" {
  bucket  = google_storage_bucket.b.name
  role    = "roles/storage.objectViewer"
  members = ["user:new@example.com"]
}

resource "google_service_account_iam_binding" "a" {
  service_account_id = google_service_account.a.name
  role               = "roles/iam.serviceAccountUser"
  members            = ["user:jane@example.com", "user:joe@example.com"]
}

data "google_iam_policy" "readers" {
  binding {
    role    = "roles/artifactregistry.reader"
    members = ["user:a@example.com"]
  }
}

data "google_iam_policy" "bucket" {
  binding {
    role    = "roles/storage.admin"
    members = ["user:a@example.com", "user:c@example.com"]
  }
}

resource "google_artifact_registry_repository_iam_policy" "r" {
  location    = google_artifact_registry_repository.r.location
  repository  = google_artifact_registry_repository.r.name
  policy_data = data.google_iam_policy.readers.policy_data
}

resource "google_storage_bucket_iam_policy" "whole" {
  bucket      = google_storage_bucket.whole.name
  policy_data = data.google_iam_policy.bucket.policy_data
}
