variable "identity" {
  description = "Who gets it."
  type        = object({ role = string })
}

variable "target" {
  description = "What it is on."
  type        = object({ name = string, bucket_arn = string, kms_key_arn = optional(string) })
}

resource "aws_iam_role_policy" "grant" {
  name = "read-${var.target.name}"
  role = var.identity.role
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat([
      { Effect = "Allow", Action = ["s3:ListBucket", "s3:GetBucketLocation"], Resource = var.target.bucket_arn },
      { Effect = "Allow", Action = ["s3:GetObject", "s3:GetObjectVersion"], Resource = "${var.target.bucket_arn}/*" },
      ], var.target.kms_key_arn == null ? [] : [
      { Effect = "Allow", Action = ["kms:Decrypt"], Resource = var.target.kms_key_arn },
    ])
  })
}
