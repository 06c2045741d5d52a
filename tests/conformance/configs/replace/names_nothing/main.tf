resource "terraform_data" "a" { }
resource "terraform_data" "f" { for_each = toset(["x"]) }
