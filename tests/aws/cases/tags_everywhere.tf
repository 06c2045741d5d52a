# Tags of every resource, tags of some that say the same, and tags of others.
# steps: 2
provider "aws" {
  region = "eu-central-1"
  # connection
  default_tags {
    tags = local.step == 1 ? { team = "ml", owner = "a" } : { team = "ml", owner = "b", cost = "1" }
  }
  ignore_tags {
    keys         = ["LastSeen"]
    key_prefixes = ["stackwright-", "scanner:"]
  }
}

resource "aws_s3_bucket" "plain" {
  bucket = "stackwright-tags-plain"
}

resource "aws_s3_bucket" "overrides" {
  bucket = "stackwright-tags-overrides"
  tags = {
    owner = "me"
    Name  = "n"
  }
}

resource "aws_iam_role" "same" {
  name = "stackwright-tags"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
  tags = {
    Name = "same"
  }
}

resource "aws_vpc" "net" {
  cidr_block = "10.83.0.0/16"
  tags = {
    Name    = "net-${aws_iam_role.same.unique_id == "" ? "a" : "b"}"
    empty   = ""
    "a:b/c" = "special"
  }
}

resource "aws_secretsmanager_secret" "none" {
  name                    = "stackwright/tags"
  recovery_window_in_days = 0
  tags                    = {}
}
