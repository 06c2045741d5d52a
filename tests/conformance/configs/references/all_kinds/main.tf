resource "terraform_data" "a" { count = 2 }
resource "terraform_data" "b" { for_each = { k = 1 } }
module "m" { 
  source = "./m" 
  for_each = { z = 1 }
}
output "a" { value = terraform_data.a.id }
output "b" { value = terraform_data.b.id }
output "c" { value = terraform_data.a["x"].id }
output "d" { value = terraform_data.b["nope"].id }
output "e" { value = terraform_data.a[5].id }
output "f" { value = module.m.o }
output "g" { value = module.m["z"].nope }
output "h" { value = module.m["y"].o }
output "i" { value = terraform_data.a[0].nope }
output "j" { value = local.nope }
output "k" { value = var.nope }
output "l" { value = module.nope.x }
output "m" { value = each.key }
output "n" { value = count.index }
output "o" { value = self.x }
output "p" { value = path.nope }
output "q" { value = terraform.nope }
output "r" { value = data.terraform_remote_state.x }
output "s" { value = nope }
output "t" { value = terraform_data }
output "u" { value = terraform_data.a[0][1] }
output "v" { value = each.value["x"] }
output "w" { value = module.m }
output "x" { value = terraform.workspace.x }
