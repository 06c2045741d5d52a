import {
  to = terraform_data.a
  id = var.nothing
}
import {
  to = terraform_data.b
  id = terraform_data.b.id
}
import {
  to = terraform_data.c
  id = each.value
}
import {
  to = terraform_data.d
  id = nofunc()
}
resource "terraform_data" "a" { }
resource "terraform_data" "b" { }
resource "terraform_data" "c" { }
resource "terraform_data" "d" { }
