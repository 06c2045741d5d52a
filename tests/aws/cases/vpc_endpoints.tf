# Ways from a network to services.

resource "aws_vpc" "net" {
  cidr_block           = "10.50.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_subnet" "a" {
  vpc_id            = aws_vpc.net.id
  cidr_block        = "10.50.0.0/24"
  availability_zone = "eu-central-1a"
}

resource "aws_route_table" "t" {
  vpc_id = aws_vpc.net.id
}

resource "aws_security_group" "g" {
  name   = "endpoints"
  vpc_id = aws_vpc.net.id
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id          = aws_vpc.net.id
  service_name    = "com.amazonaws.eu-central-1.s3"
  route_table_ids = [aws_route_table.t.id]
  tags = {
    Name = "s3"
  }
}

resource "aws_vpc_endpoint" "ecr" {
  vpc_id              = aws_vpc.net.id
  service_name        = "com.amazonaws.eu-central-1.ecr.api"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = [aws_subnet.a.id]
  security_group_ids  = [aws_security_group.g.id]
  private_dns_enabled = true
}

### then

resource "aws_vpc" "net" {
  cidr_block           = "10.50.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_subnet" "a" {
  vpc_id            = aws_vpc.net.id
  cidr_block        = "10.50.0.0/24"
  availability_zone = "eu-central-1a"
}

resource "aws_route_table" "t" {
  vpc_id = aws_vpc.net.id
}

resource "aws_security_group" "g" {
  name   = "endpoints"
  vpc_id = aws_vpc.net.id
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id          = aws_vpc.net.id
  service_name    = "com.amazonaws.eu-central-1.s3"
  route_table_ids = [aws_route_table.t.id]
  tags = {
    Name = "objects"
  }
}

resource "aws_vpc_endpoint" "ecr" {
  vpc_id              = aws_vpc.net.id
  service_name        = "com.amazonaws.eu-central-1.ecr.api"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = [aws_subnet.a.id]
  security_group_ids  = [aws_security_group.g.id]
  private_dns_enabled = true
  tags = {
    Name = "images"
  }
}
