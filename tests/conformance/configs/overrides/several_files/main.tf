variable "v" { 
  type = string
  default = "a"
}
locals { x = 1 }
resource "terraform_data" "a" {
  input = local.x
  triggers_replace = var.v
}
output "o" { value = local.x }
module "m" {
  source = "./m"
  p = 1
  q = 2
}
