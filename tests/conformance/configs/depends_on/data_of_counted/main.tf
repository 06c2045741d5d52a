variable "n" { default = 1 }
resource "terraform_data" "a" { 
  count = var.n
  input = count.index 
}
resource "terraform_data" "z" { 
  count = 0
}
data "terraform_remote_state" "r" {
  backend = "local"
  config = { path = "other.tfstate" }
  depends_on = [terraform_data.a[0]]
}
data "terraform_remote_state" "s" {
  backend = "local"
  config = { path = "other.tfstate" }
  depends_on = [terraform_data.z]
}
data "terraform_remote_state" "t" {
  backend = "local"
  config = { path = "other.tfstate" }
  depends_on = [data.terraform_remote_state.r]
}
