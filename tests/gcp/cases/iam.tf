resource "google_service_account" "a" {
  account_id   = "stackwright-a"
  display_name = "An account"
}

resource "google_service_account" "off" {
  account_id = "stackwright-off"
  disabled   = true
}

resource "google_service_account_key" "k" {
  service_account_id = google_service_account.a.name
}

resource "google_service_account_iam_member" "m" {
  service_account_id = google_service_account.a.name
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = google_service_account.off.member
}

resource "google_project_iam_member" "m" {
  project = "a-project"
  role    = "roles/storage.admin"
  member  = google_service_account.a.member
  condition {
    title       = "one bucket"
    description = "No other."
    expression  = "resource.name.startsWith(\"projects/_/buckets/b\")"
  }
}

resource "google_project_iam_member" "many" {
  for_each = toset(["roles/browser", "roles/viewer", "roles/editor"])
  project  = "a-project"
  role     = each.key
  member   = google_service_account.a.member
}

resource "google_project_iam_custom_role" "r" {
  role_id     = "stackwrightRole"
  title       = "A role"
  permissions = ["storage.buckets.get", "secretmanager.secrets.create"]
}

data "google_project" "p" {}

data "google_service_account" "a" {
  account_id = google_service_account.a.account_id
}

data "google_client_config" "c" {}

### then

resource "google_service_account" "a" {
  account_id  = "stackwright-a"
  description = "It is described."
}

resource "google_service_account" "off" {
  account_id = "stackwright-off"
}

resource "google_service_account_key" "k" {
  service_account_id = google_service_account.a.name
  keepers = {
    year = "2027"
  }
}

resource "google_project_iam_member" "many" {
  for_each = toset(["roles/browser", "roles/owner"])
  project  = "a-project"
  role     = each.key
  member   = google_service_account.a.member
}

resource "google_project_iam_custom_role" "r" {
  role_id     = "stackwrightRole"
  title       = "Another title"
  description = "It is described."
  permissions = ["storage.buckets.get"]
  stage       = "BETA"
}
