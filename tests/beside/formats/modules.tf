variable "names" { default = ["a", "b"] }
module "each" {
  source   = "./each"
  for_each = toset(var.names)
  name     = each.key
}
module "one" {
  source = "./each"
  name   = module.each["a"].id
}
locals { all = { for k, m in module.each : k => m.id } }
output "all" { value = local.all }
# file each/main.tf
variable "name" {
  type        = string
  description = "A name."
}
resource "terraform_data" "x" {
  input = var.name
  provisioner "local-exec" {
    command = "true"
  }
}
output "id" {
  value       = terraform_data.x.id
  description = "Its id."
}
# then
module "each" {
  source   = "./each"
  for_each = toset(["b", "c"])
  name     = "${each.key}!"
}
output "all" { value = values(module.each)[*].id }
