# For trying things out: what it holds may go with it.
environment "dev" {
  size = "small"
  values = {
    data_on_destroy   = "purge"
    training_instance = "n1-standard-4"
  }
}

connector "gcp" "dev" {
  project        = "acme-churn-dev" # your own project
  region         = "europe-west3"
  environments   = ["dev"]
  expect_project = "acme-churn-dev"
}
