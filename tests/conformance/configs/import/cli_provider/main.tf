provider "terraform" { alias = "z" }
resource "terraform_data" "a" { provider = terraform.z }
