# emulator: ministack
# A bucket that is copied to another one, in its own block.
# steps: 2
resource "aws_iam_role" "copies" {
  name = "stackwright-copies"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Action = "sts:AssumeRole", Effect = "Allow", Principal = { Service = "s3.amazonaws.com" } }]
  })
}

resource "aws_s3_bucket" "to" {
  bucket = "stackwright-copies-to"
  versioning {
    enabled = true
  }
}

resource "aws_s3_bucket" "from" {
  bucket = "stackwright-copies-from"
  versioning {
    enabled = true
  }

  replication_configuration {
    role = aws_iam_role.copies.arn
    rules {
      id       = "models"
      status   = local.step == 1 ? "Enabled" : "Disabled"
      priority = 1
      filter {
        prefix = "models/"
      }
      destination {
        bucket        = aws_s3_bucket.to.arn
        storage_class = "STANDARD_IA"
      }
    }
  }
}
