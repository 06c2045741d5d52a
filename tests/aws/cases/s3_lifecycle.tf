# emulator: ministack
resource "aws_s3_bucket" "b" {
  bucket = "stackwright-lifecycle"
}

resource "aws_s3_bucket_lifecycle_configuration" "b" {
  bucket = aws_s3_bucket.b.id
  rule {
    id     = "old"
    status = "Enabled"
    filter {
      prefix = "runs/"
    }
    expiration {
      days = 90
    }
    transition {
      days          = 30
      storage_class = "STANDARD_IA"
    }
  }
  rule {
    id     = "versions"
    status = "Disabled"
    filter {}
    noncurrent_version_expiration {
      noncurrent_days = 7
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 3
    }
  }
  rule {
    id     = "tagged"
    status = "Enabled"
    filter {
      and {
        prefix = "a/"
        tags = {
          one = "1"
          two = "2"
        }
      }
    }
    expiration {
      expired_object_delete_marker = true
    }
  }
}

### then

resource "aws_s3_bucket" "b" {
  bucket = "stackwright-lifecycle"
}

resource "aws_s3_bucket_lifecycle_configuration" "b" {
  bucket = aws_s3_bucket.b.id
  rule {
    id     = "old"
    status = "Enabled"
    filter {
      tag {
        key   = "keep"
        value = "no"
      }
    }
    expiration {
      days = 30
    }
    noncurrent_version_transition {
      noncurrent_days = 30
      storage_class   = "GLACIER"
    }
  }
}
