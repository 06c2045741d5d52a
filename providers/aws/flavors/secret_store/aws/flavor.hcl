flavor "secret_store" "aws" {
  description = "Secrets of Secrets Manager under a prefix, encrypted by a key of their own"
  location    = "aws"

  offers "read" {
    target = { name = var.context.name, secrets_arn = output.secrets_arn, kms_key_arn = output.kms_key_arn }
  }
}
