resource "aws_s3_bucket" "b" {
  bucket        = "stackwright-objects"
  force_destroy = true
}

resource "aws_s3_bucket_versioning" "b" {
  bucket = aws_s3_bucket.b.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_object" "text" {
  bucket       = aws_s3_bucket_versioning.b.bucket
  key          = "dir/a file.txt"
  content      = "hello"
  content_type = "text/plain"
  metadata = {
    author = "me"
  }
  tags = {
    a = "b c"
  }
}

resource "aws_s3_object" "binary" {
  bucket         = aws_s3_bucket_versioning.b.bucket
  key            = "binary"
  content_base64 = "AAECAw=="
  cache_control  = "no-cache"
}

resource "aws_s3_object" "empty" {
  bucket = aws_s3_bucket_versioning.b.bucket
  key    = "folder/"
}

### then

resource "aws_s3_bucket" "b" {
  bucket        = "stackwright-objects"
  force_destroy = true
}

resource "aws_s3_bucket_versioning" "b" {
  bucket = aws_s3_bucket.b.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_object" "text" {
  bucket       = aws_s3_bucket_versioning.b.bucket
  key          = "dir/a file.txt"
  content      = "hello again"
  content_type = "text/plain"
  tags = {
    a = "c"
  }
}

resource "aws_s3_object" "binary" {
  bucket         = aws_s3_bucket_versioning.b.bucket
  key            = "binary"
  content_base64 = "AAECAw=="
  cache_control  = "no-cache"
  storage_class  = "STANDARD_IA"
}

data "aws_s3_object" "text" {
  bucket = aws_s3_object.text.bucket
  key    = aws_s3_object.text.key
}

data "aws_s3_bucket" "b" {
  bucket = aws_s3_bucket.b.bucket
}
