resource "terraform_data" "network" {}
resource "terraform_data" "b" {
  depends_on = [terraform_data.netwrk]
}
