# Objects from a map, with what is said of them.
# steps: 2
locals {
  files = {
    "config/a.json" = { type = "application/json", body = jsonencode({ step = local.step }) }
    "config/b.yaml" = { type = "application/yaml", body = yamlencode({ a = [1, 2], b = true }) }
    "plain.txt"     = { type = "text/plain; charset=utf-8", body = local.step == 1 ? "one" : "two" }
  }
}

resource "aws_s3_bucket" "b" {
  bucket        = "stackwright-objects-map"
  force_destroy = true
}

resource "aws_s3_object" "each" {
  for_each      = local.files
  bucket        = aws_s3_bucket.b.id
  key           = each.key
  content       = each.value.body
  content_type  = each.value.type
  cache_control = "no-cache"
  etag          = md5(each.value.body)
  metadata = {
    kind = "file"
  }
}

resource "aws_s3_object" "bytes" {
  bucket         = aws_s3_bucket.b.id
  key            = "bytes"
  content_base64 = base64encode("bytes-${local.step}")
  storage_class  = "STANDARD_IA"
  tags = {
    step = tostring(local.step)
  }
}

data "aws_s3_object" "plain" {
  bucket = aws_s3_bucket.b.id
  key    = aws_s3_object.each["plain.txt"].key
}

data "aws_s3_bucket" "b" {
  bucket = aws_s3_bucket.b.id
}
