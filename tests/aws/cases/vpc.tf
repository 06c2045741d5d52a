# Networks with subnets and a way to the internet. The emulators tell no IPv6 ranges of subnets that theirs understands.

resource "aws_vpc" "net" {
  cidr_block                       = "10.20.0.0/16"
  assign_generated_ipv6_cidr_block = true
  enable_dns_hostnames             = true
  tags = {
    Name = "net"
  }
}

resource "aws_subnet" "public" {
  count                   = 2
  vpc_id                  = aws_vpc.net.id
  cidr_block              = cidrsubnet(aws_vpc.net.cidr_block, 8, count.index)
  availability_zone       = element(["eu-central-1a", "eu-central-1b"], count.index)
  map_public_ip_on_launch = true
  tags = {
    Name = "public-${count.index}"
  }
}

resource "aws_internet_gateway" "out" {
  vpc_id = aws_vpc.net.id
}

resource "aws_vpc" "plain" {
  cidr_block = "10.21.0.0/24"
}

### then

resource "aws_vpc" "net" {
  cidr_block                       = "10.20.0.0/16"
  assign_generated_ipv6_cidr_block = true
  enable_dns_hostnames             = false
  tags = {
    Name  = "network"
    usage = "test"
  }
}

resource "aws_subnet" "public" {
  count             = 2
  vpc_id            = aws_vpc.net.id
  cidr_block        = cidrsubnet(aws_vpc.net.cidr_block, 8, count.index)
  availability_zone = element(["eu-central-1a", "eu-central-1b"], count.index)
  tags = {
    Name = "public-${count.index}"
    team = "ml"
  }
}

resource "aws_internet_gateway" "out" {
  tags = {
    Name = "detached"
  }
}

resource "aws_vpc" "plain" {
  cidr_block = "10.21.0.0/24"
}
