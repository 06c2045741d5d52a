# A network over zones, with NAT gateways for each.
# steps: 2
locals {
  zones = slice(["eu-central-1a", "eu-central-1b", "eu-central-1c"], 0, local.step + 1)
}

resource "aws_vpc" "net" {
  cidr_block           = "10.70.0.0/16"
  enable_dns_hostnames = true
  tags = {
    Name = "zones"
  }
}

resource "aws_internet_gateway" "out" {
  vpc_id = aws_vpc.net.id
  tags = {
    Name = "zones"
  }
}

resource "aws_subnet" "public" {
  count                   = length(local.zones)
  vpc_id                  = aws_vpc.net.id
  cidr_block              = cidrsubnet(aws_vpc.net.cidr_block, 8, count.index)
  availability_zone       = local.zones[count.index]
  map_public_ip_on_launch = true
  tags = {
    Name                     = "public-${local.zones[count.index]}"
    "kubernetes.io/role/elb" = "1"
  }
}

resource "aws_subnet" "private" {
  for_each          = { for i, zone in local.zones : zone => i }
  vpc_id            = aws_vpc.net.id
  cidr_block        = cidrsubnet(aws_vpc.net.cidr_block, 8, 100 + each.value)
  availability_zone = each.key
  tags = {
    "kubernetes.io/role/internal-elb" = "1"
  }
}

resource "aws_eip" "nat" {
  count  = length(local.zones)
  domain = "vpc"
  tags = {
    Name = "nat-${count.index}"
  }
  depends_on = [aws_internet_gateway.out]
}

resource "aws_nat_gateway" "nat" {
  count         = length(local.zones)
  allocation_id = aws_eip.nat[count.index].id
  subnet_id     = aws_subnet.public[count.index].id
}

resource "aws_route_table" "private" {
  for_each = aws_subnet.private
  vpc_id   = aws_vpc.net.id
  tags = {
    zone = each.key
  }
}

resource "aws_route" "private" {
  for_each               = aws_route_table.private
  route_table_id         = each.value.id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.nat[index(local.zones, each.key)].id
}

resource "aws_route_table_association" "private" {
  for_each       = aws_subnet.private
  subnet_id      = each.value.id
  route_table_id = aws_route_table.private[each.key].id
}
