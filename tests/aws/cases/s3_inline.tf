# emulator: ministack
# Settings in a bucket's own block.
# steps: 2
resource "aws_s3_bucket" "b" {
  bucket = "stackwright-inline"

  versioning {
    enabled = true
  }

  server_side_encryption_configuration {
    rule {
      apply_server_side_encryption_by_default {
        sse_algorithm = "AES256"
      }
    }
  }

  cors_rule {
    allowed_headers = ["Authorization", "Content-Type"]
    allowed_methods = local.step == 1 ? ["GET", "HEAD"] : ["PUT", "POST"]
    allowed_origins = ["https://b.example.com", "https://a.example.com"]
    max_age_seconds = 60
  }

  cors_rule {
    allowed_methods = ["GET"]
    allowed_origins = ["*"]
  }

  lifecycle_rule {
    id                                     = "all"
    enabled                                = true
    prefix                                 = "runs/"
    abort_incomplete_multipart_upload_days = 3
    tags = {
      keep = "no"
    }
    noncurrent_version_expiration {
      days = 10
    }
    transition {
      days          = 30
      storage_class = "STANDARD_IA"
    }
    transition {
      days          = 60
      storage_class = "GLACIER"
    }
  }

  website {
    index_document = "index.html"
    error_document = "error.html"
  }

  tags = {
    Name = "inline-${local.step}"
  }
}
