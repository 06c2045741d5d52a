# moto refuses how Terraform's provider changes a rule for all protocols, so that one stays.
# Security groups with rules of all kinds, written within them as blocks and as an attribute, and beside them.

resource "aws_vpc" "net" {
  cidr_block = "10.40.0.0/16"
}

resource "aws_security_group" "web" {
  name        = "web"
  description = "Web servers"
  vpc_id      = aws_vpc.net.id

  ingress {
    description = "the world"
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0", "10.0.0.0/8"]
  }
  ingress {
    from_port = 0
    to_port   = 0
    protocol  = "-1"
    self      = true
  }
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
  tags = {
    Name = "web"
  }
}

resource "aws_security_group" "plain" {
  name_prefix = "plain-"
  vpc_id      = aws_vpc.net.id
}

resource "aws_security_group" "named_by_nobody" {
  vpc_id = aws_vpc.net.id
}

resource "aws_vpc_security_group_ingress_rule" "from_web" {
  security_group_id            = aws_security_group.plain.id
  referenced_security_group_id = aws_security_group.web.id
  ip_protocol                  = "tcp"
  from_port                    = 8080
  to_port                      = 8081
  tags = {
    Name = "from-web"
  }
}

resource "aws_vpc_security_group_egress_rule" "out" {
  security_group_id = aws_security_group.plain.id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
  description       = "to everywhere"
}

### then

resource "aws_vpc" "net" {
  cidr_block = "10.40.0.0/16"
}

variable "ports" {
  default = [80, 443]
}

resource "aws_security_group" "web" {
  name        = "web"
  description = "Web servers"
  vpc_id      = aws_vpc.net.id

  dynamic "ingress" {
    for_each = var.ports
    content {
      description = "port ${ingress.value}"
      from_port   = ingress.value
      to_port     = ingress.value
      protocol    = "tcp"
      cidr_blocks = ["0.0.0.0/0"]
    }
  }
  egress = []
  tags = {
    Name = "servers"
  }
}

resource "aws_security_group" "plain" {
  name_prefix            = "plain-"
  vpc_id                 = aws_vpc.net.id
  revoke_rules_on_delete = true
}

resource "aws_security_group" "named_by_nobody" {
  vpc_id = aws_vpc.net.id
  ingress = [{
    cidr_blocks      = ["10.0.0.0/8"]
    description      = "inside"
    from_port        = 22
    ipv6_cidr_blocks = null
    prefix_list_ids  = null
    protocol         = "tcp"
    security_groups  = [aws_security_group.web.id]
    self             = false
    to_port          = 22
  }]
}

resource "aws_vpc_security_group_ingress_rule" "from_web" {
  security_group_id            = aws_security_group.plain.id
  referenced_security_group_id = aws_security_group.web.id
  ip_protocol                  = "tcp"
  from_port                    = 8080
  to_port                      = 8090
  tags = {
    Name = "from-web"
    port = "many"
  }
}

resource "aws_vpc_security_group_egress_rule" "out" {
  security_group_id = aws_security_group.plain.id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
  description       = "to everywhere"
}
