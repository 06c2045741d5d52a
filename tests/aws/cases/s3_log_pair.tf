# A bucket and the one that its requests are logged in, in the blocks of older configurations.
# steps: 2
resource "aws_s3_bucket" "logs" {
  bucket        = "stackwright-pair-logs"
  acl           = "log-delivery-write"
  force_destroy = true

  lifecycle_rule {
    id      = "expire"
    enabled = true
    expiration {
      days = local.step == 1 ? 30 : 60
    }
  }
}

resource "aws_s3_bucket" "data" {
  bucket = "stackwright-pair-data"

  logging {
    target_bucket = aws_s3_bucket.logs.id
    target_prefix = "data/${local.step}/"
  }

  versioning {
    enabled = local.step == 2
  }
}
