# Two regions, in the root and handed to a module.
# steps: 2
provider "aws" {
  region = "eu-central-1"
  # connection
}

provider "aws" {
  alias  = "paris"
  region = "eu-west-3"
  # connection
  default_tags {
    tags = {
      region = "paris"
    }
  }
}

resource "aws_s3_bucket" "here" {
  bucket = "stackwright-regions-here"
}

resource "aws_s3_bucket" "there" {
  provider = aws.paris
  bucket   = "stackwright-regions-there"
  tags = {
    step = tostring(local.step)
  }
}

resource "aws_ecr_repository" "there" {
  provider = aws.paris
  name     = "stackwright-there"
}

data "aws_region" "there" {
  provider = aws.paris
}

module "network" {
  source = "./network"
  providers = {
    aws = aws.paris
  }
}

### module network
resource "aws_vpc" "net" {
  cidr_block = "10.85.0.0/16"
}

data "aws_availability_zones" "all" {
  state = "available"
}

resource "aws_subnet" "first" {
  vpc_id            = aws_vpc.net.id
  cidr_block        = "10.85.0.0/24"
  availability_zone = data.aws_availability_zones.all.names[0]
}
