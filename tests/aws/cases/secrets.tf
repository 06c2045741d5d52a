data "aws_caller_identity" "me" {}

resource "aws_kms_key" "a" {
  description             = "before"
  deletion_window_in_days = 7
  enable_key_rotation     = true
  tags = {
    purpose = "test"
  }
}

resource "aws_kms_key" "signs" {
  customer_master_key_spec = "RSA_2048"
  key_usage                = "SIGN_VERIFY"
  deletion_window_in_days  = 10
  is_enabled               = false
}

resource "aws_kms_alias" "a" {
  name          = "alias/stackwright"
  target_key_id = aws_kms_key.a.key_id
}

resource "aws_kms_alias" "made_up" {
  name_prefix   = "alias/stackwright-"
  target_key_id = aws_kms_key.a.arn
}

data "aws_kms_key" "a" {
  key_id = aws_kms_alias.a.name
}

resource "aws_secretsmanager_secret" "a" {
  name                    = "stackwright/secret"
  description             = "before"
  kms_key_id              = aws_kms_key.a.arn
  recovery_window_in_days = 0
  tags = {
    purpose = "test"
  }
}

resource "aws_secretsmanager_secret" "made_up" {
  name_prefix             = "stackwright-"
  recovery_window_in_days = 0
}

resource "aws_secretsmanager_secret_version" "a" {
  secret_id     = aws_secretsmanager_secret.a.id
  secret_string = jsonencode({ user = "u", password = "p" })
}

resource "aws_secretsmanager_secret_version" "bytes" {
  secret_id     = aws_secretsmanager_secret.made_up.id
  secret_binary = base64encode("bytes")
}

resource "aws_secretsmanager_secret_policy" "a" {
  secret_arn = aws_secretsmanager_secret.a.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "read"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }
      Action    = "secretsmanager:GetSecretValue"
      Resource  = "*"
    }]
  })
}

data "aws_secretsmanager_secret_version" "a" {
  secret_id  = aws_secretsmanager_secret.a.id
  depends_on = [aws_secretsmanager_secret_version.a]
}

### then

data "aws_caller_identity" "me" {}

resource "aws_kms_key" "a" {
  description             = "after"
  deletion_window_in_days = 8
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "all"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
  tags = {
    purpose = "changed"
    more    = "yes"
  }
}

resource "aws_kms_key" "signs" {
  customer_master_key_spec = "RSA_2048"
  key_usage                = "SIGN_VERIFY"
  deletion_window_in_days  = 10
}

resource "aws_kms_alias" "a" {
  name          = "alias/stackwright"
  target_key_id = aws_kms_key.signs.key_id
}

resource "aws_secretsmanager_secret" "a" {
  name                    = "stackwright/secret"
  description             = "after"
  kms_key_id              = aws_kms_key.a.arn
  recovery_window_in_days = 0
  tags = {
    purpose = "changed"
  }
}

resource "aws_secretsmanager_secret_version" "a" {
  secret_id                = aws_secretsmanager_secret.a.id
  secret_string_wo         = "unstored"
  secret_string_wo_version = 1
}

resource "aws_secretsmanager_secret_policy" "a" {
  secret_arn = aws_secretsmanager_secret.a.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "write"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }
      Action    = "secretsmanager:PutSecretValue"
      Resource  = "*"
    }]
  })
}

data "aws_secretsmanager_secret_version" "a" {
  secret_id  = aws_secretsmanager_secret.a.id
  depends_on = [aws_secretsmanager_secret_version.a]
}
