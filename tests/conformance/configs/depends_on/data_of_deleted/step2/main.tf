resource "terraform_data" "a" { 
  count = 1
}
data "terraform_remote_state" "r" {
  backend = "local"
  config = { path = "other.tfstate" }
  depends_on = [terraform_data.a]
}
