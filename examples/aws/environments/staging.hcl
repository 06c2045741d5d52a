environment "staging" {
  size = "medium"
}

connector "aws" "staging" {
  region         = "eu-central-1"
  environments   = ["staging"]
  expect_account = "123456789012"
}
