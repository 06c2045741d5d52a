# Buckets that a module makes.
# steps: 2
module "raw" {
  source = "./bucket"
  name   = "stackwright-module-raw"
  days   = 10
}

module "set" {
  source   = "./bucket"
  for_each = { models = true, runs = local.step == 2 }
  name     = "stackwright-module-${each.key}"
  versions = each.value
}

resource "aws_s3_object" "list" {
  bucket  = module.raw.bucket
  key     = "list"
  content = join("\n", sort([for one in module.set : one.arn]))
}

### module bucket
variable "name" {
  type = string
}

variable "versions" {
  type    = bool
  default = false
}

variable "days" {
  type    = number
  default = null
}

resource "aws_s3_bucket" "this" {
  bucket = var.name
  tags   = merge({ Name = var.name }, var.days == null ? {} : { days = tostring(var.days) })
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id
  versioning_configuration {
    status = var.versions ? "Enabled" : "Suspended"
  }
}

resource "aws_s3_bucket_cors_configuration" "this" {
  count  = var.days == null ? 0 : 1
  bucket = aws_s3_bucket.this.id
  dynamic "cors_rule" {
    for_each = ["https://a.example.com"]
    content {
      allowed_methods = ["GET"]
      allowed_origins = [cors_rule.value]
    }
  }
}

output "bucket" {
  value = aws_s3_bucket.this.bucket
}

output "arn" {
  value = aws_s3_bucket.this.arn
}
