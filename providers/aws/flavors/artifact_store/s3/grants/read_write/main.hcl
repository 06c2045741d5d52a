variable "identity" {
  description = "Who gets it."
  type        = object({ role = string })
}

variable "target" {
  description = "What it is on."
  type        = object({ name = string, bucket_arn = string, kms_key_arn = optional(string) })
}

resource "aws_iam_role_policy" "grant" {
  name = "read-write-${var.target.name}"
  role = var.identity.role
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat([
      {
        Effect   = "Allow"
        Action   = ["s3:ListBucket", "s3:GetBucketLocation", "s3:GetBucketVersioning", "s3:ListBucketMultipartUploads"]
        Resource = var.target.bucket_arn
      },
      {
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"]
        Resource = "${var.target.bucket_arn}/*"
      },
      ], var.target.kms_key_arn == null ? [] : [
      { Effect = "Allow", Action = ["kms:Decrypt", "kms:GenerateDataKey"], Resource = var.target.kms_key_arn },
    ])
  })
}
