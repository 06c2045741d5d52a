variable "t" {
  ephemeral = true
}
variable "u" {
  ephemeral = true
  default = "z"
}
variable "v" { default = 1 }
resource "terraform_data" "a" {
  input = var.v
  provisioner "local-exec" {
    command = "echo done > out.txt"
    environment = { T = var.t }
  }
}
