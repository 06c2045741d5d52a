# A whole network is forgotten and taken over again, by identifiers that are kept beside.
resource "aws_vpc" "net" {
  cidr_block = "10.86.0.0/16"
}

resource "aws_subnet" "s" {
  vpc_id            = aws_vpc.net.id
  cidr_block        = "10.86.0.0/24"
  availability_zone = "eu-central-1a"
}

resource "aws_internet_gateway" "i" {
  vpc_id = aws_vpc.net.id
}

resource "aws_route_table" "t" {
  vpc_id = aws_vpc.net.id
}

resource "aws_route_table_association" "a" {
  subnet_id      = aws_subnet.s.id
  route_table_id = aws_route_table.t.id
}

resource "aws_route" "r" {
  route_table_id         = aws_route_table.t.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.i.id
}

resource "aws_security_group" "g" {
  name   = "imports"
  vpc_id = aws_vpc.net.id
}

resource "aws_vpc_security_group_ingress_rule" "in" {
  security_group_id = aws_security_group.g.id
  cidr_ipv4         = "10.0.0.0/8"
  from_port         = 22
  to_port           = 22
  ip_protocol       = "tcp"
}

resource "aws_security_group_rule" "out" {
  type              = "egress"
  from_port         = 443
  to_port           = 443
  protocol          = "tcp"
  cidr_blocks       = ["10.0.0.0/8"]
  security_group_id = aws_security_group.g.id
}

resource "aws_eip" "e" {
  domain = "vpc"
}

resource "aws_nat_gateway" "n" {
  allocation_id = aws_eip.e.id
  subnet_id     = aws_subnet.s.id
}

resource "aws_vpc_endpoint" "p" {
  vpc_id       = aws_vpc.net.id
  service_name = "com.amazonaws.eu-central-1.s3"
}

resource "terraform_data" "ids" {
  input = {
    net = aws_vpc.net.id
    s   = aws_subnet.s.id
    i   = aws_internet_gateway.i.id
    t   = aws_route_table.t.id
    a   = "${aws_subnet.s.id}/${aws_route_table.t.id}"
    r   = "${aws_route_table.t.id}_0.0.0.0/0"
    g   = aws_security_group.g.id
    in  = aws_vpc_security_group_ingress_rule.in.id
    out = "${aws_security_group.g.id}_egress_tcp_443_443_10.0.0.0/8"
    e   = aws_eip.e.id
    n   = aws_nat_gateway.n.id
    p   = aws_vpc_endpoint.p.id
  }
}

### then

removed {
  from = aws_vpc.net
  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_subnet.s
  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_internet_gateway.i
  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_route_table.t
  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_route_table_association.a
  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_route.r
  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_security_group.g
  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_vpc_security_group_ingress_rule.in
  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_security_group_rule.out
  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_eip.e
  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_nat_gateway.n
  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_vpc_endpoint.p
  lifecycle {
    destroy = false
  }
}

resource "terraform_data" "ids" {
  input = {}
  lifecycle {
    ignore_changes = [input]
  }
}

### then

import {
  to = aws_vpc.net
  id = terraform_data.ids.output["net"]
}

import {
  to = aws_subnet.s
  id = terraform_data.ids.output["s"]
}

import {
  to = aws_internet_gateway.i
  id = terraform_data.ids.output["i"]
}

import {
  to = aws_route_table.t
  id = terraform_data.ids.output["t"]
}

import {
  to = aws_route_table_association.a
  id = terraform_data.ids.output["a"]
}

import {
  to = aws_route.r
  id = terraform_data.ids.output["r"]
}

import {
  to = aws_security_group.g
  id = terraform_data.ids.output["g"]
}

import {
  to = aws_vpc_security_group_ingress_rule.in
  id = terraform_data.ids.output["in"]
}

import {
  to = aws_security_group_rule.out
  id = terraform_data.ids.output["out"]
}

import {
  to = aws_eip.e
  id = terraform_data.ids.output["e"]
}

import {
  to = aws_nat_gateway.n
  id = terraform_data.ids.output["n"]
}

import {
  to = aws_vpc_endpoint.p
  id = terraform_data.ids.output["p"]
}

resource "terraform_data" "ids" {
  input = {}
  lifecycle {
    ignore_changes = [input]
  }
}

resource "aws_vpc" "net" {
  cidr_block = "10.86.0.0/16"
}

resource "aws_subnet" "s" {
  vpc_id            = aws_vpc.net.id
  cidr_block        = "10.86.0.0/24"
  availability_zone = "eu-central-1a"
}

resource "aws_internet_gateway" "i" {
  vpc_id = aws_vpc.net.id
}

resource "aws_route_table" "t" {
  vpc_id = aws_vpc.net.id
}

resource "aws_route_table_association" "a" {
  subnet_id      = aws_subnet.s.id
  route_table_id = aws_route_table.t.id
}

resource "aws_route" "r" {
  route_table_id         = aws_route_table.t.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.i.id
}

resource "aws_security_group" "g" {
  name   = "imports"
  vpc_id = aws_vpc.net.id
}

resource "aws_vpc_security_group_ingress_rule" "in" {
  security_group_id = aws_security_group.g.id
  cidr_ipv4         = "10.0.0.0/8"
  from_port         = 22
  to_port           = 22
  ip_protocol       = "tcp"
}

resource "aws_security_group_rule" "out" {
  type              = "egress"
  from_port         = 443
  to_port           = 443
  protocol          = "tcp"
  cidr_blocks       = ["10.0.0.0/8"]
  security_group_id = aws_security_group.g.id
}

resource "aws_eip" "e" {
  domain = "vpc"
}

resource "aws_nat_gateway" "n" {
  allocation_id = aws_eip.e.id
  subnet_id     = aws_subnet.s.id
}

resource "aws_vpc_endpoint" "p" {
  vpc_id       = aws_vpc.net.id
  service_name = "com.amazonaws.eu-central-1.s3"
}
