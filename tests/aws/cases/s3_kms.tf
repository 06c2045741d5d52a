# A bucket under a key of one's own, which says who may use it.
# steps: 2
data "aws_caller_identity" "me" {}

resource "aws_kms_key" "b" {
  description             = "objects"
  deletion_window_in_days = 7
  enable_key_rotation     = local.step == 2
}

resource "aws_kms_alias" "b" {
  name          = "alias/stackwright-objects"
  target_key_id = aws_kms_key.b.id
}

resource "aws_s3_bucket" "b" {
  bucket = "stackwright-kms"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "b" {
  bucket = aws_s3_bucket.b.bucket
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = local.step == 1 ? aws_kms_key.b.arn : aws_kms_alias.b.arn
    }
    bucket_key_enabled = local.step == 1
  }
}

resource "aws_s3_bucket_policy" "b" {
  bucket = aws_s3_bucket.b.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OnlyWithTheKey"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:PutObject"
      Resource  = "${aws_s3_bucket.b.arn}/*"
      Condition = {
        StringNotEqualsIfExists = {
          "s3:x-amz-server-side-encryption-aws-kms-key-id" = aws_kms_key.b.arn
        }
      }
    }]
  })
}
