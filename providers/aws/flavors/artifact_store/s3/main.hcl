variable "bucket" {
  description = "The bucket's name. Left out: STACK-ENVIRONMENT-NAME and the account's number."
  type        = string
  default     = null
}

variable "kms_key_arn" {
  description = "The key that encrypts artifacts. Left out: one that S3 manages."
  type        = string
  default     = null
}

variable "expire_versions_after_days" {
  description = "After how many days versions of artifacts go that newer ones have taken the place of."
  type        = number
  default     = 90
}

variable "on_destroy" {
  description = "What happens to artifacts when the store is destroyed: retain, fail_if_not_empty or purge."
  type        = string
  default     = "fail_if_not_empty"
}

variable "context" {
  description = "The component that this is, told by the stack."
  type        = object({ name = string })
}

data "aws_caller_identity" "current" {}

resource "aws_s3_bucket" "artifacts" {
  bucket     = coalesce(var.bucket, "${var.context.name}-${data.aws_caller_identity.current.account_id}")
  on_destroy = var.on_destroy
}

resource "aws_s3_bucket_public_access_block" "artifacts" {
  bucket                  = aws_s3_bucket.artifacts.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "artifacts" {
  bucket = aws_s3_bucket.artifacts.id
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_versioning" "artifacts" {
  bucket = aws_s3_bucket.artifacts.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "artifacts" {
  bucket = aws_s3_bucket.artifacts.id
  rule {
    bucket_key_enabled = var.kms_key_arn != null
    apply_server_side_encryption_by_default {
      sse_algorithm     = var.kms_key_arn == null ? "AES256" : "aws:kms"
      kms_master_key_id = var.kms_key_arn
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "artifacts" {
  bucket = aws_s3_bucket_versioning.artifacts.bucket
  rule {
    id     = "earlier-versions"
    status = "Enabled"
    filter {}
    noncurrent_version_expiration {
      noncurrent_days = var.expire_versions_after_days
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}

# Only over TLS.
resource "aws_s3_bucket_policy" "artifacts" {
  bucket = aws_s3_bucket_public_access_block.artifacts.bucket
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OnlyOverTls"
      Effect    = "Deny"
      Principal = { AWS = "*" }
      Action    = "s3:*"
      Resource  = [aws_s3_bucket.artifacts.arn, "${aws_s3_bucket.artifacts.arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}

output "bucket" {
  description = "The bucket's name."
  value       = aws_s3_bucket.artifacts.id
}

output "bucket_arn" {
  description = "The bucket's ARN."
  value       = aws_s3_bucket.artifacts.arn
}

output "kms_key_arn" {
  description = "The key that encrypts artifacts; null where S3 manages it."
  value       = var.kms_key_arn
}

output "uri" {
  description = "Where pipelines write their artifacts."
  value       = "s3://${aws_s3_bucket.artifacts.id}"
}

output "name" {
  description = "What the component is called in the account."
  value       = var.context.name
}
