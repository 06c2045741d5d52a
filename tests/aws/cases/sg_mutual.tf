# Groups that name each other.
resource "aws_vpc" "net" {
  cidr_block = "10.78.0.0/16"
}

resource "aws_security_group" "a" {
  name                   = "mutual-a"
  vpc_id                 = aws_vpc.net.id
  revoke_rules_on_delete = true
}

resource "aws_security_group" "b" {
  name   = "mutual-b"
  vpc_id = aws_vpc.net.id
  ingress {
    from_port       = 9000
    to_port         = 9000
    protocol        = "udp"
    security_groups = [aws_security_group.a.id]
    self            = true
  }
  egress {
    from_port   = -1
    to_port     = -1
    protocol    = "icmp"
    cidr_blocks = ["10.78.0.0/16"]
  }
}

resource "aws_vpc_security_group_ingress_rule" "a" {
  security_group_id            = aws_security_group.a.id
  referenced_security_group_id = aws_security_group.b.id
  from_port                    = 9000
  to_port                      = 9000
  ip_protocol                  = "udp"
}
