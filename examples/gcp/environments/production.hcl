# Only a saved plan is applied here, data is never deleted along with the stack, and the state lies in a bucket, encrypted.
environment "production" {
  size      = "large"
  protected = true

  backend "gcs" {
    bucket = "acme-churn-production-state"
    prefix = "churn"
  }
}

connector "gcp" "production" {
  project        = "acme-churn-production"
  region         = "europe-west3"
  environments   = ["production"]
  expect_project = "acme-churn-production"

  # In CI a token of the identity provider stands for the account; the file says where it is, and holds no secret.
  # external_account = "workload-identity.json"
}
