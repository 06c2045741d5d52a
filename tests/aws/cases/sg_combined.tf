# Rules for many other ends at once.
# steps: 2
resource "aws_vpc" "net" {
  cidr_block = "10.77.0.0/16"
}

resource "aws_security_group" "a" {
  name   = "combined-a"
  vpc_id = aws_vpc.net.id
}

resource "aws_security_group" "b" {
  name   = "combined-b"
  vpc_id = aws_vpc.net.id
}

resource "aws_security_group_rule" "ranges" {
  type              = "ingress"
  from_port         = 443
  to_port           = 443
  protocol          = "tcp"
  cidr_blocks       = ["10.0.0.0/16", "10.1.0.0/16"]
  security_group_id = aws_security_group.a.id
}

resource "aws_security_group_rule" "own" {
  type              = "ingress"
  from_port         = 0
  to_port           = 65535
  protocol          = "tcp"
  self              = true
  description       = "among themselves"
  security_group_id = aws_security_group.a.id
}

resource "aws_security_group_rule" "group" {
  type                     = "ingress"
  from_port                = local.step == 1 ? 5432 : 5433
  to_port                  = local.step == 1 ? 5432 : 5433
  protocol                 = "6"
  source_security_group_id = aws_security_group.a.id
  security_group_id        = aws_security_group.b.id
}

resource "aws_security_group_rule" "out" {
  type              = "egress"
  from_port         = 0
  to_port           = 0
  protocol          = "-1"
  cidr_blocks       = ["192.168.0.0/16"]
  security_group_id = aws_security_group.b.id
}
