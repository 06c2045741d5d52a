# Routes within their tables.
# steps: 2
resource "aws_vpc" "net" {
  cidr_block = "10.74.0.0/16"
}

resource "aws_internet_gateway" "out" {
  vpc_id = aws_vpc.net.id
}

resource "aws_vpc_endpoint" "objects" {
  vpc_id       = aws_vpc.net.id
  service_name = "com.amazonaws.eu-central-1.s3"
}

resource "aws_route_table" "inline" {
  vpc_id = aws_vpc.net.id

  dynamic "route" {
    for_each = local.step == 1 ? ["0.0.0.0/0"] : ["192.168.0.0/16", "172.16.0.0/12"]
    content {
      cidr_block = route.value
      gateway_id = aws_internet_gateway.out.id
    }
  }
}

resource "aws_route_table" "empty" {
  vpc_id = aws_vpc.net.id
  route  = []
}

resource "aws_subnet" "a" {
  vpc_id            = aws_vpc.net.id
  cidr_block        = "10.74.0.0/24"
  availability_zone = "eu-central-1a"
}

resource "aws_route_table_association" "a" {
  subnet_id      = aws_subnet.a.id
  route_table_id = local.step == 1 ? aws_route_table.inline.id : aws_route_table.empty.id
}
