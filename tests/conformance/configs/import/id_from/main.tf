variable "v" { default = "vv" }
locals { l = "ll" }
data "terraform_remote_state" "s" {
  backend = "local"
  config = { path = "s.tfstate" }
}
module "m" { source = "./m" }
import {
  to = terraform_data.a
  id = "${var.v}-${local.l}-${upper("x")}"
}
import {
  to = terraform_data.b
  id = data.terraform_remote_state.s.outputs.o
}
import {
  to = terraform_data.c
  id = module.m.o
}
import {
  to = terraform_data.d
  id = 5
}
import {
  to = terraform_data.e
  id = true
}
resource "terraform_data" "a" { }
resource "terraform_data" "b" { }
resource "terraform_data" "c" { }
resource "terraform_data" "d" { }
resource "terraform_data" "e" { }
