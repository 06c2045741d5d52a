variable "v" { default = 5 }
locals { x = 3 }
resource "terraform_data" "a" {
  input = "over"
  for_each = toset(["k"])
  lifecycle { create_before_destroy = true }
}
module "m" { q = 9 }
