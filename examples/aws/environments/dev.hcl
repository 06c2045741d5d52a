# For trying things out: what it holds may go with it.
environment "dev" {
  size = "small"
  values = {
    data_on_destroy   = "purge"
    training_instance = "ml.m5.large"
  }
}

connector "aws" "dev" {
  region         = "eu-central-1"
  environments   = ["dev"]
  expect_account = "123456789012" # your own account's number
}
