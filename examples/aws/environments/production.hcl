# Only a saved plan is applied here, data is never deleted along with the stack, and the state lies in a bucket, encrypted.
environment "production" {
  size      = "large"
  protected = true

  backend "s3" {
    bucket  = "churn-production-state"
    key     = "churn/production.tfstate"
    region  = "eu-central-1"
    encrypt = true
  }
}

connector "aws" "production" {
  region         = "eu-central-1"
  environments   = ["production"]
  expect_account = "123456789012"

  # In CI a token of the identity provider stands for the role.
  # assume_role_with_web_identity {
  #   role_arn                = "arn:aws:iam::123456789012:role/deploy-churn"
  #   web_identity_token_file = "/var/run/secrets/token"
  # }
}
