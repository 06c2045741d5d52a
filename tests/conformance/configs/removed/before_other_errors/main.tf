resource "terraform_data" "a" { input = 1 }
removed {
  from = terraform_data.a
  lifecycle {
    destroy = false
  }
}
resource "terraform_data" "b" { 
  input = 1
  lifecycle {
    precondition {
      condition = local.x == 2
      error_message = "no"
    }
  }
}
locals { x = 1 }
moved {
  from = terraform_data.x
  to   = terraform_data.x
}
