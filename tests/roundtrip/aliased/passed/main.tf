resource "terraform_data" "within" {}
