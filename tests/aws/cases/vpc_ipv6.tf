# ours alone: Terraform's provider waits for moto to associate ranges, which it never says it did, and ministack has none
# A network with addresses of both versions.
# steps: 2
resource "aws_vpc" "net" {
  cidr_block                       = "10.73.0.0/16"
  assign_generated_ipv6_cidr_block = true
}

resource "aws_subnet" "six" {
  vpc_id                                         = aws_vpc.net.id
  cidr_block                                     = "10.73.0.0/24"
  ipv6_cidr_block                                = cidrsubnet(aws_vpc.net.ipv6_cidr_block, 8, 1)
  availability_zone                              = "eu-central-1a"
  assign_ipv6_address_on_creation                = local.step == 2
  enable_resource_name_dns_aaaa_record_on_launch = false
}

resource "aws_internet_gateway" "out" {
  vpc_id = aws_vpc.net.id
}

resource "aws_route_table" "out" {
  vpc_id = aws_vpc.net.id
}

resource "aws_route" "six" {
  route_table_id              = aws_route_table.out.id
  destination_ipv6_cidr_block = "::/0"
  gateway_id                  = aws_internet_gateway.out.id
}

resource "aws_security_group" "six" {
  name   = "six"
  vpc_id = aws_vpc.net.id
  ingress {
    from_port        = 443
    to_port          = 443
    protocol         = "tcp"
    cidr_blocks      = ["0.0.0.0/0"]
    ipv6_cidr_blocks = ["::/0"]
  }
}
