flavor "secret_store" "aws" {
  description = "Secrets of Secrets Manager under a prefix, encrypted by a key of their own"
  location    = "remote"

  offers "read" {
    target = { name = output.name, secrets_arn = output.secrets_arn, kms_key_arn = output.kms_key_arn }
  }
}
