environment "staging" {
  size = "medium"
}

# Whoever is signed in becomes this account, and nobody needs a key.
connector "gcp" "staging" {
  project                     = "acme-churn-staging"
  region                      = "europe-west3"
  environments                = ["staging"]
  expect_project              = "acme-churn-staging"
  impersonate_service_account = "deploy-churn@acme-churn-staging.iam.gserviceaccount.com"
}
