# A bucket for each of a set, with its settings.
# steps: 2
locals {
  buckets = local.step == 1 ? toset(["raw", "clean", "models"]) : toset(["clean", "models", "reports"])
}

resource "aws_s3_bucket" "each" {
  for_each      = local.buckets
  bucket        = "stackwright-each-${each.key}"
  force_destroy = each.key == "raw"
  tags = {
    stage = each.key
  }
}

resource "aws_s3_bucket_versioning" "each" {
  for_each = aws_s3_bucket.each
  bucket   = each.value.id
  versioning_configuration {
    status = each.key == "models" ? "Enabled" : "Suspended"
  }
}

resource "aws_s3_bucket_public_access_block" "each" {
  for_each                = local.buckets
  bucket                  = aws_s3_bucket.each[each.key].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
