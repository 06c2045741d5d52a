import {
  to = terraform_data.c["a"]
  id = "x"
}
import {
  to = terraform_data.f[0]
  id = "x"
}
import {
  to = terraform_data.s[0]
  id = "x"
}
import {
  to = terraform_data.n
  id = "x"
}
import {
  to = terraform_data.m
  id = "x"
}
import {
  to = terraform_data.k["x"]
  id = "x"
}
resource "terraform_data" "c" { count = 2 }
resource "terraform_data" "f" { for_each = toset(["a"]) }
resource "terraform_data" "s" { }
resource "terraform_data" "k" { }
resource "terraform_data" "n" { count = 1 }
resource "terraform_data" "m" { for_each = toset(["a"]) }
