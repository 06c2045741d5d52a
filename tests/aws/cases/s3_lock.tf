# A bucket whose objects can be locked.
# steps: 2
resource "aws_s3_bucket" "b" {
  bucket              = "stackwright-lock"
  object_lock_enabled = true
}

resource "aws_s3_bucket_versioning" "b" {
  bucket = aws_s3_bucket.b.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket" "inline" {
  bucket = "stackwright-lock-inline"
  object_lock_configuration {
    object_lock_enabled = "Enabled"
    rule {
      default_retention {
        mode = "GOVERNANCE"
        days = local.step
      }
    }
  }
}
