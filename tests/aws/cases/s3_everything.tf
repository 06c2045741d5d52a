# A bucket as many write it: every setting in a resource of its own, from one set of variables.
# steps: 2
variable "settings" {
  type = object({
    name     = string
    versions = optional(bool, true)
    rules = optional(map(object({
      prefix = optional(string, "")
      days   = number
    })), {})
    origins = optional(set(string), [])
  })
  default = {
    name = "stackwright-settings-all"
    rules = {
      runs = { prefix = "runs/", days = 30 }
      tmp  = { prefix = "tmp/", days = 1 }
    }
    origins = ["https://a.example.com"]
  }
}

resource "aws_s3_bucket" "this" {
  bucket        = var.settings.name
  force_destroy = true
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id
  versioning_configuration {
    status = var.settings.versions ? "Enabled" : "Suspended"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket     = aws_s3_bucket.this.id
  depends_on = [aws_s3_bucket_versioning.this]

  dynamic "rule" {
    for_each = var.settings.rules
    content {
      id     = rule.key
      status = "Enabled"
      filter {
        prefix = rule.value.prefix
      }
      expiration {
        days = rule.value.days * local.step
      }
    }
  }
}

resource "aws_s3_bucket_cors_configuration" "this" {
  bucket = aws_s3_bucket.this.id
  cors_rule {
    allowed_methods = ["GET", "HEAD"]
    allowed_origins = var.settings.origins
    allowed_headers = local.step == 1 ? [] : ["*"]
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_ownership_controls" "this" {
  bucket = aws_s3_bucket.this.id
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

data "aws_iam_policy_document" "this" {
  statement {
    sid     = "tls"
    effect  = "Deny"
    actions = ["s3:*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    resources = [for suffix in ["", "/*"] : "${aws_s3_bucket.this.arn}${suffix}"]
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id
  policy = data.aws_iam_policy_document.this.json
}
