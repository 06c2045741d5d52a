# Secrets with policies, under a key.
# steps: 2
data "aws_caller_identity" "me" {}

resource "aws_kms_key" "secrets" {
  deletion_window_in_days = 7
}

resource "aws_secretsmanager_secret" "inline" {
  name_prefix             = "stackwright-inline-"
  kms_key_id              = local.step == 1 ? aws_kms_key.secrets.key_id : aws_kms_key.secrets.arn
  recovery_window_in_days = 0
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      Principal = { AWS = "arn:aws:iam::210987654321:root" }
      Action    = "secretsmanager:*"
      Resource  = "*"
    }]
  })
}

resource "aws_secretsmanager_secret" "beside" {
  name                    = "stackwright-beside"
  description             = local.step == 1 ? "first" : "second"
  recovery_window_in_days = 0
}

data "aws_iam_policy_document" "read" {
  statement {
    actions   = ["secretsmanager:GetSecretValue"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.me.account_id}:root"]
    }
    condition {
      test     = "ForAnyValue:StringEquals"
      variable = "secretsmanager:VersionStage"
      values   = ["AWSCURRENT"]
    }
  }
}

resource "aws_secretsmanager_secret_policy" "beside" {
  secret_arn          = aws_secretsmanager_secret.beside.arn
  policy              = data.aws_iam_policy_document.read.json
  block_public_policy = local.step == 2
}
