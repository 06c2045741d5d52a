variable "t" {
  ephemeral = true
}
resource "terraform_data" "a" {
  provisioner "local-exec" {
    command = "echo ${var.t} > out.txt"
  }
  provisioner "local-exec" {
    when = destroy
    command = "echo bye"
  }
}
