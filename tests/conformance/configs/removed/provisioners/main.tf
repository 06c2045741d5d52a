resource "terraform_data" "n" { input = "x" }
resource "terraform_data" "k" { 
  count = 2
  input = "x${count.index}"
}
