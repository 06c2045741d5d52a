resource "aws_s3_bucket" "b" {
  bucket = "stackwright-bucket"
  tags = {
    purpose = "test"
  }
}

resource "aws_s3_bucket_versioning" "b" {
  bucket = aws_s3_bucket.b.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_public_access_block" "b" {
  bucket            = aws_s3_bucket.b.id
  block_public_acls = true
}

resource "aws_s3_bucket" "prefixed" {
  bucket_prefix = "stackwright-"
}

### then

resource "aws_s3_bucket" "b" {
  bucket        = "stackwright-bucket"
  force_destroy = true
  tags = {
    purpose = "changed"
    more    = "yes"
  }
}

resource "aws_s3_bucket_versioning" "b" {
  bucket = aws_s3_bucket.b.id
  versioning_configuration {
    status = "Suspended"
  }
}

resource "aws_s3_bucket_public_access_block" "b" {
  bucket                  = aws_s3_bucket.b.id
  block_public_acls       = true
  restrict_public_buckets = true
}
