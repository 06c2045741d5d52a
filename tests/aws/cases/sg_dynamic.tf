# emulator: ministack
# Rules within a group, from a list; moto refuses how Terraform's provider changes them.
# steps: 2
locals {
  ports = local.step == 1 ? [80, 443] : [443, 8080]
}

resource "aws_vpc" "net" {
  cidr_block = "10.75.0.0/16"
}

resource "aws_security_group" "web" {
  name_prefix = "web-"
  description = "of servers"
  vpc_id      = aws_vpc.net.id

  dynamic "ingress" {
    for_each = local.ports
    content {
      description = "port ${ingress.value}"
      from_port   = ingress.value
      to_port     = ingress.value
      protocol    = "tcp"
      cidr_blocks = ["10.0.0.0/8"]
    }
  }

  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }

  lifecycle {
    create_before_destroy = true
  }
}
