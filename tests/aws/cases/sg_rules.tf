# Rules as resources of their own.
# steps: 2
resource "aws_vpc" "net" {
  cidr_block = "10.76.0.0/16"
}

resource "aws_security_group" "each" {
  for_each    = toset(["front", "back"])
  name        = "rules-${each.key}"
  description = each.key
  vpc_id      = aws_vpc.net.id
}

resource "aws_vpc_security_group_ingress_rule" "front" {
  for_each          = { http = 80, https = 443 }
  security_group_id = aws_security_group.each["front"].id
  cidr_ipv4         = "0.0.0.0/0"
  from_port         = each.value
  to_port           = each.value
  ip_protocol       = "tcp"
  description       = each.key
  tags = {
    Name = each.key
    step = tostring(local.step)
  }
}

resource "aws_vpc_security_group_ingress_rule" "back" {
  security_group_id            = aws_security_group.each["back"].id
  referenced_security_group_id = aws_security_group.each["front"].id
  from_port                    = 5432
  to_port                      = 5432
  ip_protocol                  = "tcp"
}

resource "aws_vpc_security_group_egress_rule" "front" {
  security_group_id            = aws_security_group.each["front"].id
  referenced_security_group_id = aws_security_group.each["back"].id
  ip_protocol                  = "-1"
}
