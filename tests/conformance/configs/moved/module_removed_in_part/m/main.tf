resource "terraform_data" "r" { input = "k" }
resource "terraform_data" "s" { 
  count = 2 
}
