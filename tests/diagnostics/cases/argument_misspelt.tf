resource "terraform_data" "a" {
  imput = 1
}
