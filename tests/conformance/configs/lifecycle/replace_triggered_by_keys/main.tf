variable "v" { default = 1 }
module "m" {
  source = "./m"
  v = var.v
}
resource "terraform_data" "a" {
  lifecycle { replace_triggered_by = [terraform_data.b.output, terraform_data.c] }
}
resource "terraform_data" "b" { input = module.m.o }
resource "terraform_data" "c" { 
  for_each = toset(["x","y"])
  input = each.key == "x" ? var.v : 7
}
resource "terraform_data" "d" { 
  for_each = toset(["x","y"])
  lifecycle { replace_triggered_by = [terraform_data.c[each.key]] }
}
