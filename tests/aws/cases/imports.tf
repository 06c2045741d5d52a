# What was forgotten is taken over again.
resource "aws_s3_bucket" "b" {
  bucket = "stackwright-imports"
  tags = {
    Name = "imported"
  }
}

resource "aws_s3_bucket_versioning" "b" {
  bucket = aws_s3_bucket.b.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_iam_role" "r" {
  name = "stackwright-imports"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy_attachment" "r" {
  role       = aws_iam_role.r.name
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}

resource "aws_ecr_repository" "e" {
  name = "stackwright-imports"
}

resource "aws_cloudwatch_log_group" "l" {
  name              = "stackwright-imports"
  retention_in_days = 7
}

resource "aws_kms_alias" "k" {
  name          = "alias/stackwright-imports"
  target_key_id = aws_kms_key.k.id
}

resource "aws_kms_key" "k" {
  description = "imports"
}

### then

removed {
  from = aws_s3_bucket.b
  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_s3_bucket_versioning.b
  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_iam_role.r
  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_iam_role_policy_attachment.r
  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_ecr_repository.e
  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_cloudwatch_log_group.l
  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_kms_alias.k
  lifecycle {
    destroy = false
  }
}

resource "aws_kms_key" "k" {
  description = "imports"
}

### then

locals {
  policy = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}

import {
  to = aws_s3_bucket.b
  id = "stackwright-imports"
}

import {
  to = aws_s3_bucket_versioning.b
  id = "stackwright-imports"
}

import {
  to = aws_iam_role.r
  id = "stackwright-imports"
}

import {
  to = aws_iam_role_policy_attachment.r
  id = "stackwright-imports/${local.policy}"
}

import {
  to = aws_ecr_repository.e
  id = "stackwright-imports"
}

import {
  to = aws_cloudwatch_log_group.l
  id = "stackwright-imports"
}

import {
  to = aws_kms_alias.k
  id = "alias/stackwright-imports"
}

resource "aws_s3_bucket" "b" {
  bucket = "stackwright-imports"
  tags = {
    Name = "imported"
  }
}

resource "aws_s3_bucket_versioning" "b" {
  bucket = aws_s3_bucket.b.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_iam_role" "r" {
  name = "stackwright-imports"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy_attachment" "r" {
  role       = aws_iam_role.r.name
  policy_arn = local.policy
}

resource "aws_ecr_repository" "e" {
  name = "stackwright-imports"
}

resource "aws_cloudwatch_log_group" "l" {
  name              = "stackwright-imports"
  retention_in_days = 7
}

resource "aws_kms_alias" "k" {
  name          = "alias/stackwright-imports"
  target_key_id = aws_kms_key.k.id
}

resource "aws_kms_key" "k" {
  description = "imports"
}
