resource "terraform_data" "a" { input = 1 }
module "i" {
  source = "./i"
}
