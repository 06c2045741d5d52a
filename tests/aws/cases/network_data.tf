# What can be looked up of networks.

data "aws_availability_zones" "all" {
  state = "available"
}

resource "aws_vpc" "net" {
  cidr_block = "10.60.0.0/16"
  tags = {
    Name = "looked-up"
  }
}

resource "aws_subnet" "a" {
  vpc_id            = aws_vpc.net.id
  cidr_block        = "10.60.0.0/24"
  availability_zone = "eu-central-1a"
}

resource "aws_security_group" "g" {
  name   = "looked-up"
  vpc_id = aws_vpc.net.id
}

data "aws_vpc" "by_id" {
  id = aws_vpc.net.id
}

data "aws_vpc" "by_tag" {
  tags = {
    Name = aws_vpc.net.tags.Name
  }
}

data "aws_vpcs" "by_tag" {
  tags = {
    Name = aws_vpc.net.tags.Name
  }
}

data "aws_subnets" "of_vpc" {
  filter {
    name   = "vpc-id"
    values = [aws_subnet.a.vpc_id]
  }
}

data "aws_subnet" "a" {
  vpc_id            = aws_vpc.net.id
  availability_zone = aws_subnet.a.availability_zone
}

data "aws_security_group" "g" {
  vpc_id = aws_vpc.net.id
  name   = aws_security_group.g.name
}
