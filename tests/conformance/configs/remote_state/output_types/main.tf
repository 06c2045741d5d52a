data "terraform_remote_state" "a" {
  backend   = "local"
  config    = { path = "x.tfstate" }
  defaults  = { o = "default", n = { a = 1 } }
}
locals { o = data.terraform_remote_state.a.outputs }
output "all" { 
 value = local.o 
 sensitive = true
}
output "sum" { value = sum(local.o.nums) }
output "keys" { value = keys(local.o.obj) }
resource "terraform_data" "x" { 
  for_each = local.o.set
  input = each.value
}
resource "terraform_data" "y" { count = local.o.count }
