# What has to be made anew when it changes.
# steps: 2
resource "aws_s3_bucket" "b" {
  bucket = "stackwright-replaced-${local.step}"
}

resource "aws_s3_bucket_versioning" "b" {
  bucket = aws_s3_bucket.b.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_iam_role" "r" {
  name = "stackwright-replaced"
  path = "/step-${local.step}/"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "r" {
  name   = "step-${local.step}"
  role   = aws_iam_role.r.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = "s3:*", Resource = "*" }] })
}

resource "aws_vpc" "net" {
  cidr_block = "10.${87 + local.step}.0.0/16"
}

resource "aws_subnet" "s" {
  vpc_id            = aws_vpc.net.id
  cidr_block        = cidrsubnet(aws_vpc.net.cidr_block, 8, 1)
  availability_zone = "eu-central-1a"
}

resource "aws_kms_alias" "k" {
  name          = "alias/stackwright-replaced-${local.step}"
  target_key_id = aws_kms_key.k.id
}

resource "aws_kms_key" "k" {
  deletion_window_in_days = 7
}
