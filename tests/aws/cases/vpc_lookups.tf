# How networks are found by other configurations.
resource "aws_vpc" "net" {
  cidr_block = "10.72.0.0/16"
  tags = {
    Name = "found"
    team = "search"
  }
}

resource "aws_subnet" "each" {
  for_each          = { a = 0, b = 1 }
  vpc_id            = aws_vpc.net.id
  cidr_block        = cidrsubnet(aws_vpc.net.cidr_block, 4, each.value)
  availability_zone = "eu-central-1${each.key}"
  tags = {
    tier = each.key == "a" ? "public" : "private"
  }
}

resource "aws_security_group" "web" {
  name        = "found-web"
  description = "found"
  vpc_id      = aws_vpc.net.id
  tags = {
    Name = "found"
  }
}

data "aws_vpc" "by_filter" {
  filter {
    name   = "cidr"
    values = [aws_vpc.net.cidr_block]
  }
}

data "aws_subnets" "private" {
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.by_filter.id]
  }
  tags = {
    tier = "private"
  }
  depends_on = [aws_subnet.each]
}

data "aws_subnet" "by_block" {
  cidr_block = aws_subnet.each["a"].cidr_block
  vpc_id     = aws_vpc.net.id
}

data "aws_subnet" "by_id" {
  for_each = toset(["a", "b"])
  id       = aws_subnet.each[each.key].id
}

data "aws_security_group" "by_tag" {
  vpc_id = aws_vpc.net.id
  tags = {
    Name = aws_security_group.web.tags.Name
  }
}

data "aws_availability_zones" "names" {
  exclude_names = ["eu-central-1c"]
}
