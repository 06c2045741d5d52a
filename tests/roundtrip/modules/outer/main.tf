variable "name" {
  type = string
}

module "inner" {
  source   = "./inner"
  for_each = toset(["one", "two"])
  name     = "${var.name}/${each.key}"
}

resource "terraform_data" "own" {
  input = [for m in module.inner : m.id]
}

output "inner" {
  value = { for k, m in module.inner : k => m.id }
}
