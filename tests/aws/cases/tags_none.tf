# Without tags of every resource; tags that come and go.
# steps: 3
provider "aws" {
  region = "eu-central-1"
  # connection
}

locals {
  tags = [null, { a = "1", b = "2" }, { b = "3" }][local.step - 1]
}

resource "aws_ecr_repository" "r" {
  name = "stackwright-untagged"
  tags = local.tags
}

resource "aws_kms_key" "k" {
  deletion_window_in_days = 7
  tags                    = local.tags
}

resource "aws_subnet" "s" {
  vpc_id            = aws_vpc.v.id
  cidr_block        = "10.84.0.0/24"
  availability_zone = "eu-central-1a"
  tags              = local.tags
}

resource "aws_vpc" "v" {
  cidr_block = "10.84.0.0/16"
  tags       = local.tags
}

resource "aws_iam_user" "u" {
  name = "stackwright-untagged"
  tags = local.tags
}
