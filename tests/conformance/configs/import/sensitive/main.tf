variable "v" { 
  sensitive = true
  default = "sv"
}
resource "terraform_data" "a" { 
  input = var.v
}
import {
  for_each = sensitive(toset(["x"]))
  to = terraform_data.a
  id = each.value
}
