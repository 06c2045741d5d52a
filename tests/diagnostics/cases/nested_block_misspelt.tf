resource "terraform_data" "a" {
  lifecylce {
    prevent_destroy = true
  }
}
