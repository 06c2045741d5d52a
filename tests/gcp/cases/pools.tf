resource "google_iam_workload_identity_pool" "p" {
  workload_identity_pool_id = "a-pool"
  display_name              = "A pool"
  description               = "Of a test."
}

resource "google_iam_workload_identity_pool_provider" "github" {
  workload_identity_pool_id          = google_iam_workload_identity_pool.p.workload_identity_pool_id
  workload_identity_pool_provider_id = "github"
  attribute_condition                = "assertion.repository_owner == \"an-owner\""
  attribute_mapping = {
    "google.subject"       = "assertion.sub"
    "attribute.repository" = "assertion.repository"
  }
  oidc {
    issuer_uri        = "https://token.actions.githubusercontent.com"
    allowed_audiences = ["an-audience"]
  }
}

resource "google_iam_workload_identity_pool_provider" "aws" {
  workload_identity_pool_id          = google_iam_workload_identity_pool.p.workload_identity_pool_id
  workload_identity_pool_provider_id = "aws-account"
  disabled                           = true
  aws {
    account_id = "123456789012"
  }
}

### then

resource "google_iam_workload_identity_pool" "p" {
  workload_identity_pool_id = "a-pool"
  display_name              = "Changed"
  disabled                  = true
}

resource "google_iam_workload_identity_pool_provider" "github" {
  workload_identity_pool_id          = google_iam_workload_identity_pool.p.workload_identity_pool_id
  workload_identity_pool_provider_id = "github"
  description                        = "Changed."
  attribute_mapping = {
    "google.subject" = "assertion.sub"
  }
  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

### then

resource "google_iam_workload_identity_pool" "p" {
  workload_identity_pool_id = "a-pool"
}

resource "google_iam_workload_identity_pool_provider" "aws" {
  workload_identity_pool_id          = google_iam_workload_identity_pool.p.workload_identity_pool_id
  workload_identity_pool_provider_id = "aws-account"
  display_name                       = "Had back"
  aws {
    account_id = "123456789012"
  }
}
