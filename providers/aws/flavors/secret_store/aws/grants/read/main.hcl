variable "identity" {
  description = "Who gets it."
  type        = object({ role = string })
}

variable "target" {
  description = "What it is on."
  type        = object({ name = string, secrets_arn = string, kms_key_arn = string })
}

resource "aws_iam_role_policy" "grant" {
  name = "read-${var.target.name}"
  role = var.identity.role
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
        Resource = var.target.secrets_arn
      },
      { Effect = "Allow", Action = ["kms:Decrypt"], Resource = var.target.kms_key_arn },
    ]
  })
}
