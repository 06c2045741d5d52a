# What can be looked up of the account and the region.
data "aws_caller_identity" "me" {}

data "aws_region" "here" {}

data "aws_region" "other" {
  name = "us-east-1"
}

data "aws_partition" "here" {}

data "aws_ssm_parameter" "image" {
  name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
}

data "aws_availability_zones" "local" {
  filter {
    name   = "region-name"
    values = [data.aws_region.here.name]
  }
}

data "aws_iam_policy" "by_arn" {
  arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}

resource "terraform_data" "seen" {
  input = {
    account = data.aws_caller_identity.me.account_id
    region  = data.aws_region.here.id
    suffix  = data.aws_partition.here.dns_suffix
  }
}
