# Ways to services, from sets.
# steps: 2
resource "aws_vpc" "net" {
  cidr_block           = "10.79.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_subnet" "each" {
  for_each          = { a = 0, b = 1 }
  vpc_id            = aws_vpc.net.id
  cidr_block        = cidrsubnet(aws_vpc.net.cidr_block, 8, each.value)
  availability_zone = "eu-central-1${each.key}"
}

resource "aws_route_table" "each" {
  for_each = aws_subnet.each
  vpc_id   = aws_vpc.net.id
}

resource "aws_security_group" "endpoints" {
  name   = "endpoints-set"
  vpc_id = aws_vpc.net.id
}

resource "aws_vpc_endpoint" "gateway" {
  for_each        = toset(["s3", "dynamodb"])
  vpc_id          = aws_vpc.net.id
  service_name    = "com.amazonaws.eu-central-1.${each.key}"
  route_table_ids = [for table in aws_route_table.each : table.id]
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = "*", Action = "${each.key}:*", Resource = "*" }]
  })
  tags = {
    Name = "${each.key}-${local.step}"
  }
}

resource "aws_vpc_endpoint" "interface" {
  for_each            = toset(["sts", "ecr.dkr"])
  vpc_id              = aws_vpc.net.id
  service_name        = "com.amazonaws.eu-central-1.${each.key}"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = [for subnet in aws_subnet.each : subnet.id]
  security_group_ids  = [aws_security_group.endpoints.id]
}
