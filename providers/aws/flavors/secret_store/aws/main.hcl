variable "prefix" {
  description = "How the names of the secrets begin. Left out: STACK-ENVIRONMENT-NAME and a slash."
  type        = string
  default     = null
}

variable "context" {
  description = "The component that this is, told by the stack."
  type        = object({ name = string })
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  prefix  = coalesce(var.prefix, "${var.context.name}/")
  account = "${data.aws_region.current.name}:${data.aws_caller_identity.current.account_id}"
}

resource "aws_kms_key" "secrets" {
  description             = "Encrypts the secrets of ${var.context.name}"
  enable_key_rotation     = true
  deletion_window_in_days = 7
}

resource "aws_kms_alias" "secrets" {
  name          = "alias/${var.context.name}"
  target_key_id = aws_kms_key.secrets.key_id
}

output "prefix" {
  description = "How the names of the secrets begin."
  value       = local.prefix
}

output "secrets_arn" {
  description = "The ARN of all secrets under the prefix."
  value       = "arn:${data.aws_partition.current.partition}:secretsmanager:${local.account}:secret:${local.prefix}*"
}

output "kms_key_arn" {
  description = "The key that encrypts the secrets."
  value       = aws_kms_key.secrets.arn
}

output "name" {
  description = "What the component is called in the account."
  value       = var.context.name
}
